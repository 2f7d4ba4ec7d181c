/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The run-time records of all units in one append-only file, so that the next manager goes on where
 * this one died. Changes are gathered and written with one write(2); the file is written anew when
 * it is twice as long as what is live. The file is locked while a manager or a child that it is
 * just starting lives. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/state_record.h"
#include "base/strbuf.h"

typedef struct StateLog {
        char *path;       /* owned */
        int fd;           /* append only, close-on-exec; -1 = not open */
        size_t written;   /* bytes in the file */
        size_t reserved;  /* up to where there is room for it, as far as is known */
        unsigned n_files; /* counts the files that it was, for who has one open too */
        StrBuf pending;   /* framed records not written yet */
} StateLog;

#define STATE_LOG_INIT ((StateLog){ .fd = -1 })

typedef int StateLogFunction(void *userdata, const StateRecord *record);

/* Opens or creates the file and waits a few seconds for the lock: an executor of the last manager
 * may still have to take its order, or to write that none came. -EBUSY when another manager keeps
 * it. */
int state_log_open(StateLog *log, const char *path);

/* Calls `function` for every record in the order of writing; ends early with its error. `ret_torn`:
 * bytes at the end that were no record; they are cut off. */
int state_log_read(StateLog *log, StateLogFunction *function, void *userdata, size_t *ret_torn);

/* Adds a record to what is pending. */
int state_log_add(StateLog *log, const StateRecord *record);

/* Writes what is pending. Where it does not fit (-ENOSPC), nothing of it is in the file, and all of
 * it stays for the next time. */
int state_log_flush(StateLog *log);

/* Whether the file, with what is pending, should be written anew, given how many bytes of records
 * are live. */
bool state_log_is_wasteful(const StateLog *log, size_t live);

/* Replaces the file's content by the framed records in `content`; on an error all is as before. */
int state_log_replace(StateLog *log, const StrBuf *content);

/* Puts framed records in the place of what is pending. */
int state_log_pend(StateLog *log, const StrBuf *content);

/* Closes; the file stays. */
void state_log_close(StateLog *log);

DEFINE_AUTO_DONE(StateLog, state_log_close);
