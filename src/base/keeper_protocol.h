/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What tend-keeper and tendd say to each other over their SOCK_SEQPACKET pair. Every message is one
 * KeeperMessage, whole or not at all; a message of another size or version ends the connection. A
 * descriptor may ride along by SCM_RIGHTS where the type says so.
 *
 * After HELLO the keeper sends all stored descriptors (FD ... FDS_END) and all exits that no
 * manager has acknowledged yet (EXIT ... EXITS_END), then each further exit as it happens. An exit
 * stays remembered until EXIT_ACK. */

#include <stdint.h>

#define KEEPER_PROTOCOL_VERSION 1
#define KEEPER_QUIT_REBOOT 256 /* status of KEEPER_QUIT: the container is to begin anew */
#define KEEPER_NAME_MAX 232    /* bytes of a descriptor name with NUL */

typedef enum KeeperMessageType {
        KEEPER_HELLO = 1,     /* to keeper: pid of the manager */
        KEEPER_EXIT = 2,      /* to manager: pid, code (CLD_*), status */
        KEEPER_EXIT_ACK = 3,  /* to keeper: pid */
        KEEPER_EXITS_END = 4, /* to manager: the backlog is complete; status = how many were lost
                                 for lack of room */
        KEEPER_FD = 5,        /* to manager: name, with descriptor */
        KEEPER_FDS_END = 6,   /* to manager */
        KEEPER_FD_STORE = 7,  /* to keeper: name, with descriptor; replaces one of the same name */
        KEEPER_FD_REMOVE = 8, /* to keeper: name, or prefix ending in '*' */
        KEEPER_QUIT = 9,  /* to keeper: do not start the manager again, end with `status` when it is
                             gone */
        KEEPER_SYNC = 11, /* to keeper, and back once every exit that happened before was sent */
        KEEPER_SIGNAL = 10, /* to manager: the keeper got signal `status` (SIGTERM, SIGINT, SIGHUP,
                               SIGPWR, ...) */
        KEEPER_READY = 12,  /* to keeper: the recorder answers, the manager may be started */
} KeeperMessageType;

typedef struct KeeperMessage {
        uint16_t version; /* KEEPER_PROTOCOL_VERSION */
        uint16_t type;    /* KeeperMessageType */
        int32_t pid;
        int32_t code;
        int32_t status;
        char name[KEEPER_NAME_MAX]; /* NUL-terminated where used, else zero */
} KeeperMessage;

_Static_assert(sizeof(KeeperMessage) == 248, "the wire format has a fixed size");
