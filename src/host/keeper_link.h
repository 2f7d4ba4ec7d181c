/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The connection to the keeper (base/keeper_protocol.h): exits of adopted processes come in,
 * descriptors that must survive us go out. When the keeper is gone the manager goes on without. */

#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "base/auto.h"

typedef struct KeeperLink KeeperLink;

typedef struct KeeperHandler {
        void *userdata;
        /* A process that fell to the keeper ended. The exit is acknowledged when this returns
         * (those of the greeting by keeper_link_attach). */
        void (*on_exit)(void *userdata, pid_t pid, int code, int status);
        /* A descriptor the last manager stored; the callee owns it. Only during keeper_link_greet.
         */
        void (*on_fd)(void *userdata, const char *name, int fd);
        void (*on_signal)(void *userdata, int signal_number);
        void (*on_lost)(void *userdata, unsigned n_exits); /* that many exits were lost */
        void (*on_gone)(void *userdata);                   /* the keeper ended or spoke nonsense */
} KeeperHandler;

/* Takes over the descriptor. */
int keeper_link_new(int fd, const KeeperHandler *handler, KeeperLink **ret);
KeeperLink *keeper_link_free(KeeperLink *link);
DEFINE_AUTO(KeeperLink *, keeper_link_free);

/* Says HELLO and waits for all stored descriptors and all remembered exits; the exits are kept for
 * keeper_link_replay. -EPIPE when the keeper is gone. */
int keeper_link_greet(KeeperLink *link);

/* Hands the exits of the greeting to the handler, without acknowledging them; all of them each time
 * it is called. */
void keeper_link_replay(KeeperLink *link);

/* Waits until the keeper has told of every process that has ended by now, and hands these exits on.
 * -errno when it does not answer. Between keeper_link_replay and keeper_link_attach. */
int keeper_link_sync(KeeperLink *link);

/* Acknowledges the exits of the greeting and hands on further messages as they come on the loop. */
int keeper_link_attach(KeeperLink *link, sd_event *event, int64_t priority);

/* Stores a descriptor under a name (the keeper gets a copy), or removes names (a '*' at the end is
 * a prefix). */
int keeper_link_store(KeeperLink *link, const char *name, int fd);
int keeper_link_remove(KeeperLink *link, const char *name);

/* Asks the keeper to end with this status once we have ended. */
int keeper_link_quit(KeeperLink *link, int status);

/* Says that we answer our clients, for which the keeper starts others. */
int keeper_link_ready(KeeperLink *link);

/* The keeper's pid, 0 when it is gone. */
pid_t keeper_link_pid(const KeeperLink *link);
