/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of tend-journald put together, and the way of every message: limits, then storage. */

#include <systemd/sd-event.h>

#include "base/list.h"
#include "base/log.h"
#include "host/keeper_link.h"
#include "journald/forward.h"
#include "journald/journald_config.h"
#include "journald/journald_paths.h"
#include "journald/progress.h"
#include "journald/rate_limit.h"
#include "journald/recorder_user.h"
#include "journald/sender.h"
#include "journald/storage_shelf.h"

/* Priorities on the loop. The manager's messages come by datagrams: that a service is started comes
 * before what that writes. Datagrams in a flood wait their turn with the others. */
enum {
        RECORDER_PRIORITY_DATAGRAM = -10,
        RECORDER_PRIORITY_OTHER = 0,
};

typedef struct DatagramBatch DatagramBatch;
typedef struct KernelInput KernelInput;

/* The sockets that messages come in by. */
typedef enum RecorderSocket {
        SOCKET_STDOUT,
        SOCKET_NATIVE,
        SOCKET_SYSLOG,
        SOCKET_VARLINK,
        RECORDER_SOCKET_COUNT
} RecorderSocket;

typedef struct Recorder {
        sd_event *event; /* owned */
        Log log;
        RecorderUser user;
        JournaldPaths paths;
        JournaldConfig config;
        Storage storage;
        Shelves shelves;
        Progress progress;
        Senders senders;
        RateLimits limits;
        Forward forward;
        KeeperLink *keeper;                 /* owned; NULL = none */
        int sockets[RECORDER_SOCKET_COUNT]; /* owned */
        sd_event_source *sources[RECORDER_SOCKET_COUNT];
        ListLink streams;
        unsigned n_streams;
        char *buffer; /* owned; what streams are read into, with room in front */
        size_t buffer_size;
        DatagramBatch *batch;    /* owned */
        Str *values;             /* owned; room for those of the largest native message */
        KernelInput *kernel;     /* owned; NULL = not read */
        ValueSet native, syslog; /* _TRANSPORT= */
        sd_event_source *sync_timer;
        bool sync_is_armed;
        sd_event_source *expiry_timer; /* see expiry.h */
        bool expiry_is_armed;
        uint64_t room;      /* bytes that may still be stored, looked up now and then */
        uint64_t room_usec; /* monotonic, when that was */
        sd_event_source *signals[8];
        unsigned n_signals;
        bool is_last; /* nobody comes after us: the places where clients look are given up */
} Recorder;

/* One message, before its sender's facts and the common fields are added. */
typedef struct Message {
        Sender *sender;
        ValueSet *sets[2]; /* values of the stream or the kind of input; NULL = none */
        const Str *values;
        size_t n_values;
        const JournalHint *hint; /* for the first value; NULL = none */
        int priority;            /* syslog(3), facility included or not */
        unsigned forward;        /* a bit for each ForwardTarget that its stream wants */
        Str raw;                 /* the datagram of syslog(3); else empty */
        uint64_t realtime_usec, monotonic_usec;
} Message;

/* Stores a message unless a limit of its unit forbids it. */
void recorder_take(Recorder *recorder, const Message *message);

/* After the messages of one event: readers are told, the sync timer is set. `is_idle` says that the
 * sender has no more now. */
void recorder_end_batch(Recorder *recorder, bool is_idle);

/* Where messages of a sender go; NULL counts as one that has no unit. */
Storage *recorder_storage(Recorder *recorder, const Sender *sender);

/* Where its files are. */
StorageOptions recorder_storage_options(const Recorder *recorder);

/* Does this with every storage; the first error, after all have had their turn. */
int recorder_each_storage(Recorder *recorder, int (*run)(Storage *storage));

/* Takes everything that has been sent by now. */
void recorder_drain(Recorder *recorder);

/* Makes all parts and takes over what the keeper has. -errno after logging why. */
int recorder_init(Recorder *recorder, const JournaldPlaces *places, int keeper_fd);

/* Runs until SIGTERM; the exit status. */
int recorder_run(Recorder *recorder);

/* Closes everything in good order. Streams go on in the keeper if there is one. */
void recorder_done(Recorder *recorder);
