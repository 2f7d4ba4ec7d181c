/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The framing of the manager's state log: records one after another, each with length and checksum,
 * so that a torn end is found and left out. Bytes in memory only; host/state_log.h moves them to
 * and from the file. Executors write there too.
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
        STATE_RECORD_SPAWN = 3, /* a process was started; no later record of the unit knows of it */
        STATE_RECORD_VOID = 4,  /* the process was not told what to do, and has done nothing */
} StateRecordKind;

typedef struct StateRecord {
        StateRecordKind kind;
        uint16_t list; /* DirectiveId; of spawn records, as are index, pid and invocation_id */
        uint32_t index;
        int32_t pid; /* of void records too */
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

/* Takes the next record from the front of `rest`; slices point into it. StateRecordOutcome. */
int state_record_next(Str *rest, StateRecord *ret);
