/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Records of who is on which terminal, for who(1) and last(1): /run/utmp and /var/log/wtmp, as
 * utmp(5) describes them for x86-64. Not every C library writes them. */

#include <sys/types.h>

typedef enum LoginMode {
        LOGIN_MODE_INIT,  /* the process will do the rest, as getty(8) does */
        LOGIN_MODE_LOGIN, /* ... as login(1) does */
        LOGIN_MODE_USER,  /* the process is a session of its user */
} LoginMode;

/* What is written when a process begins; nothing owned. */
typedef struct LoginStart {
        const char *id;   /* UtmpIdentifier=; its last four characters count */
        const char *line; /* the terminal, with or without "/dev/"; NULL = none */
        const char *user; /* for LOGIN_MODE_USER; NULL = unknown */
        pid_t pid, session;
        LoginMode mode;
} LoginStart;

/* Writes the records that the mode asks for. -ENOENT when there is no utmp, which is nothing to
 * worry about; a missing wtmp is passed over. -errno. */
int login_record_begin(const LoginStart *start);

/* Marks the record of this id as that of a dead process, if it is still this process'. `code` and
 * `status` are those of waitid(2). */
void login_record_end(const char *id, pid_t pid, int code, int status);
