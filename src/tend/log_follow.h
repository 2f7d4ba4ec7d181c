/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One log file that is read on as it grows, also when it is made later, cut or replaced. */

#include <sys/types.h>

#include "base/auto.h"
#include "base/str.h"
#include "base/strbuf.h"

typedef struct LogFollow {
        char *unit, *path; /* owned */
        int fd;            /* owned; -1 while there is no file */
        int watch;         /* of the directory, -1 = not yet */
        ino_t inode;       /* of what `fd` is open on */
        off_t offset;      /* what was read so far */
        StrBuf partial;    /* a line without its end */
} LogFollow;

typedef void LogFollowFunction(void *userdata, const LogFollow *file, Str line);

/* What stands in the file now counts as read. */
void log_follow_skip_to_end(LogFollow *file);

/* Hands on each line that has been completed since the last time, and makes sure that `inotify_fd`
 * (an inotify instance) becomes readable when there are more. */
int log_follow_read(LogFollow *file, int inotify_fd, LogFollowFunction *on_line, void *userdata);

/* Releases it. */
void log_follow_done(LogFollow *file);
