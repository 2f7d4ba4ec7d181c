/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Exits of orphans: every process that fell to the keeper is reaped at once and its status is
 * remembered until a manager has acknowledged it. A fixed table; nothing is allocated. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define ORPHAN_EXITS_MAX 32768 /* exits remembered while no manager lives */

typedef struct OrphanExit {
        int32_t pid;    /* 0 = free slot */
        uint8_t code;   /* CLD_EXITED, CLD_KILLED, CLD_DUMPED */
        uint8_t status; /* exit code or signal */
        bool sent;      /* the present manager has been told */
} OrphanExit;

typedef struct OrphanTable {
        OrphanExit exits[ORPHAN_EXITS_MAX];
        unsigned n_exits;  /* slots in use */
        unsigned n_unsent; /* of them not told to the present manager */
        unsigned end;      /* slots at and above this index are free */
        unsigned n_lost;   /* exits that found the table full since the last manager was told */
} OrphanTable;

/* A child of our own, whose exit is not remembered but told. */
typedef struct OwnChild {
        pid_t pid; /* 0 = does not run */
        bool ended;
        int status; /* exit code, or 128 and the signal */
} OwnChild;

/* Reaps everything that has ended, and says which of our own children were among it. */
void orphan_reap_all(OrphanTable *table, OwnChild *children, unsigned n_children);

/* A new manager has come: all remembered exits are to be sent again. */
void orphan_mark_unsent(OrphanTable *table);

/* Sends what is unsent to the manager; stops without error when the socket is full. -errno. */
int orphan_send(OrphanTable *table, int socket_fd);

/* The manager has dealt with the exit of this process. */
void orphan_acknowledge(OrphanTable *table, pid_t pid);
