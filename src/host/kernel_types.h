/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Reads what the kernel says about its own types (BTF, /sys/kernel/btf/vmlinux; the layout is in
 * linux/btf.h): which number a function has, and where a member stands in a structure. Bytes in,
 * numbers out. */

#include <stdint.h>

#include "base/str.h"

#define KERNEL_TYPES_MAX (64U << 20) /* bytes; that of a usual kernel has six million */

typedef struct KernelTypes {
        Str types;   /* the records, one after the other; not owned */
        Str strings; /* their names, each with a 0 behind it */
} KernelTypes;

/* Takes the parts apart; `bytes` must outlive the result. -EBADMSG. */
int kernel_types_read(Str bytes, KernelTypes *ret);

/* The number of a function. -ENOENT when there is none of this name, -EBADMSG. */
int kernel_types_find_function(const KernelTypes *types, const char *name, uint32_t *ret_id);

/* How many bytes into a structure a member begins; members of structures without a name inside it
 * are not looked at. -ENOENT when there is none, or it is less than whole bytes; -EBADMSG. */
int kernel_types_find_member(const KernelTypes *types,
                             const char *structure,
                             const char *member,
                             uint32_t *ret_offset);
