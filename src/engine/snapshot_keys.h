/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the writer and the reader of records share. Internal to the engine. */

#include <stddef.h>

#include "engine/unit_object.h"

#define SNAPSHOT_VERSION 1u
#define SNAPSHOT_STAMP_COUNT 7
#define SNAPSHOT_FLAG_COUNT 6
#define SNAPSHOT_FLAG_RARE 4 /* the first one that is only told when it is set */

/* Bits of the fifth word of "job=". */
#define SNAPSHOT_JOB_IRREVERSIBLE 1u
#define SNAPSHOT_JOB_IGNORE_ORDER 2u
#define SNAPSHOT_JOB_BY_REQUEST 4u

typedef struct SnapshotStamp {
        const char *key;
        size_t offset; /* of a DualTimestamp in Unit */
} SnapshotStamp;

typedef struct SnapshotFlag {
        const char *key;
        unsigned flag; /* of Unit.flags */
} SnapshotFlag;

extern const SnapshotStamp snapshot_stamps[SNAPSHOT_STAMP_COUNT];
extern const SnapshotFlag snapshot_flags[SNAPSHOT_FLAG_COUNT];
