/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One record of /dev/kmsg, as the kernel's Documentation/ABI/testing/dev-kmsg describes it:
 * "PRIORITY,NUMBER,USEC,FLAGS;TEXT", then lines " NAME=VALUE". */

#include <stdint.h>

#include "base/str.h"

#define KERNEL_RECORD_MAX 8192 /* the kernel's own limit */
#define KERNEL_RECORD_FIELDS_MAX 16

typedef struct KernelRecord {
        int priority;                    /* with facility */
        uint64_t number, monotonic_usec; /* since boot */
        Str text;
        Str fields[KERNEL_RECORD_FIELDS_MAX]; /* "NAME=VALUE" */
        unsigned n_fields;
} KernelRecord;

/* Takes a record apart; what is returned points into `record`, whose "\xNN" are replaced.
 * -EBADMSG. */
int kernel_record_parse(char *record, size_t length, KernelRecord *ret);
