/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The framing of the state log: records one after another, each with length and checksum, so that a
 * torn end is found and left out. Bytes in memory only; state_log.c moves them to and from the
 * file.
 *
 * A record is: length of the rest (32 bits), CRC-32 of the rest after the checksum, then kind,
 * command list, length of the name (8, 16 and 8 bits), command index, pid (32 bits each),
 * invocation id, name, text. */

#include <stddef.h>
#include <stdint.h>

#include "base/random_id.h"
#include "base/str.h"
#include "base/strbuf.h"

#define STATE_RECORD_MAX (128 * 1024) /* bytes of one record */

typedef enum StateRecordKind {
        STATE_RECORD_UNIT = 1, /* text: the unit's record, replaces all earlier ones of this name */
        STATE_RECORD_GONE = 2, /* the unit has nothing worth a record any more */
        STATE_RECORD_SPAWN =
                3, /* a process was started; no later record of the unit knows of it yet */
} StateRecordKind;

typedef struct StateRecord {
        StateRecordKind kind;
        uint16_t list; /* DirectiveId; spawn records only, as are index, pid and invocation_id */
        uint32_t index;
        int32_t pid;
        Id128 invocation_id;
        Str name; /* unit name, at most UNIT_NAME_MAX bytes */
        Str text;
} StateRecord;

/* Outcomes of reading. */
typedef enum StateRecordOutcome {
        STATE_RECORD_OK = 0,
        STATE_RECORD_END = 1,  /* nothing is left */
        STATE_RECORD_TORN = 2, /* what is left is no whole record: a write was cut off, or the file
                                  is damaged */
} StateRecordOutcome;

/* Appends one framed record. -ENAMETOOLONG, -E2BIG. */
int state_record_append(StrBuf *out, const StateRecord *record);

/* Sets the pid of the framed spawn record at `data` and seals it anew. Async-signal-safe: the child
 * between clone and exec calls it. */
void state_record_set_pid(char *data, size_t length, int32_t pid);

/* Takes the next record from the front of `rest`; slices point into it. StateRecordOutcome. */
int state_record_next(Str *rest, StateRecord *ret);
