/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/input_native.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <syslog.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/parse_value.h"
#include "journald/datagram_batch.h"
#include "journald/input_stdout.h"
#include "journald/native_message.h"
#include "journald/object_process.h"

#define MEMORY_FILE_MAX (UINT64_C(768) * 1024 * 1024) /* as systemd */
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

#define STARTING_MESSAGE_ID "7d4958e842da4a758f6c1cdc7b36dcc5" /* sd-messages.h: unit starting */

/* Where a message came from. */
typedef struct Origin {
        Sender *sender;
        uint64_t sent_usec; /* 0 = unknown */
} Origin;

/* The manager speaks about a unit: what the unit wrote before that is stored before it. Only the
 * word that it starts comes before all that it writes. */
static void take_turn(Recorder *recorder, const NativeMessage *native) {
        AUTO_FREE char *unit = NULL;

        for (size_t i = 0; i < native->n; i++) {
                Str value = native->values[i];
                if (str_equal_c(value, "MESSAGE_ID=" STARTING_MESSAGE_ID))
                        return;
                if ((str_skip_prefix(&value, "OBJECT_SYSTEMD_UNIT=") ||
                     str_skip_prefix(&value, "OBJECT_SYSTEMD_USER_UNIT=")) &&
                    !unit)
                        unit = str_dup(value);
        }
        if (unit)
                streams_drain_unit(recorder, unit);
}

/* What root says of another process comes with the facts of that. */
static void
add_object(Recorder *recorder, const Sender *sender, const NativeMessage *native, ValueSet *set) {
        uint64_t pid;

        if (sender->credentials.uid != 0)
                return;
        for (size_t i = 0; i < native->n; i++) {
                Str value = native->values[i];
                if (!str_skip_prefix(&value, "OBJECT_PID=") || parse_u64(value, 10, &pid) < 0 ||
                    pid == 0 || pid > INT32_MAX)
                        continue;
                object_process_add(&recorder->senders, (pid_t)pid, set);
                return;
        }
}

/* All entries of a message. */
static void take_entries(Recorder *recorder, const Origin *origin, char *data, size_t length) {
        static const size_t own = 1; /* values that we add */
        Str *values = recorder->values;
        NativeMessage native = {
                .data = data, .length = length, .values = values, .max = ENTRY_VALUES_MAX - own
        };
        char stamp[64];
        int r;

        (void)snprintf(stamp,
                       sizeof(stamp),
                       "_SOURCE_REALTIME_TIMESTAMP=%" PRIu64,
                       origin->sent_usec); /* fits */
        do {
                AUTO(value_set_done) ValueSet object = { 0 };
                r = native_message_next(&native);
                if (native.n == 0)
                        continue;
                take_turn(recorder, &native);
                add_object(recorder, origin->sender, &native, &object);
                if (origin->sent_usec > 0)
                        values[native.n++] = str_of(stamp);
                const Message message = {
                        .sender = origin->sender,
                        .sets = { &recorder->native, &object },
                        .values = values,
                        .n_values = native.n,
                        .priority = native.priority >= 0 ? native.priority : LOG_INFO,
                        .realtime_usec = clock_realtime_usec(),
                        .monotonic_usec = clock_monotonic_usec(),
                };
                recorder_take(recorder, &message);
        } while (r > 0);
}

/* A memory file that its sender cannot change any more. */
static int take_file(Recorder *recorder, const Origin *origin, int fd) {
        struct stat status;
        int seals = fcntl(fd, F_GET_SEALS);

        if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &status) < 0 ||
            !S_ISREG(status.st_mode))
                return err_new(-EPERM);
        if (status.st_size <= 0 || (uint64_t)status.st_size > MEMORY_FILE_MAX)
                return err_new(-E2BIG);
        size_t size = (size_t)status.st_size;
        char *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED)
                return err_new(-errno);
        take_entries(recorder, origin, data, size);
        (void)munmap(data, size); /* ours */
        return 0;
}

static void take_datagram(Recorder *recorder, Datagram *datagram) {
        if (datagram->from.pid == 0 || datagram->is_cut)
                return;
        Origin origin = {
                .sender = sender_get(&recorder->senders, &datagram->from, NULL),
                .sent_usec = datagram->sent_usec,
        };
        if (!origin.sender)
                return;
        if (datagram->fd < 0)
                take_entries(recorder, &origin, datagram->data, datagram->length);
        else if (datagram->length == 0) {
                int r = take_file(recorder, &origin, datagram->fd);
                if (r < 0)
                        log_line(&recorder->log,
                                 LOG_WARNING,
                                 NULL,
                                 "Process %d sent a message in a file that cannot be used: %s",
                                 (int)datagram->from.pid,
                                 r == -EPERM ? "it is no sealed memory file" : strerror(-r));
        }
        sender_unref(&recorder->senders, origin.sender);
}

int on_native_socket(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Recorder *recorder = userdata;
        int n = datagram_batch_receive(recorder->batch, fd);

        (void)events;
        if (source)
                (void)sd_event_source_set_priority(
                        source,
                        n == DATAGRAMS_AT_ONCE ? RECORDER_PRIORITY_OTHER
                                               : RECORDER_PRIORITY_DATAGRAM); /* a wish */
        for (int i = 0; i < n; i++)
                take_datagram(recorder, datagram_batch_get(recorder->batch, (unsigned)i));
        recorder_end_batch(recorder, n < DATAGRAMS_AT_ONCE);
        return n > 0; /* the loop takes it as success */
}
