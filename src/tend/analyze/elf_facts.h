/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What an ELF file says about itself (elf(5)): kind, machine, build id, and the package it came in
 * as JSON (https://systemd.io/ELF_PACKAGE_METADATA). Pure: the bytes are given, and may be hostile.
 */

#include "base/str.h"

typedef enum ElfKind {
        ELF_EXECUTABLE, /* has an interpreter: 252 goes by that alone */
        ELF_LIBRARY,    /* whatever else */
        ELF_COREDUMP,
} ElfKind;

typedef struct ElfFacts {
        ElfKind kind;
        const char *machine; /* NULL: unknown */
        Str build_id;        /* bytes in the file; empty = none */
        Str package;         /* JSON in the file, not checked; empty = none */
} ElfFacts;

/* -EINVAL when it is no ELF file. What lies outside of the file is passed over. */
int elf_facts_read(Str file, ElfFacts *ret);
