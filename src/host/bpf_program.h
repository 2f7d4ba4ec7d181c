/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Programs that the kernel runs for a control group of version 2 (bpf(2)): assembling them, and
 * putting one in the place of another. Knows nothing about units. */

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#define BPF_PROGRAM_MAX 512 /* instructions */

/* Instructions in the making; too many of them are noticed when it is loaded. */
typedef struct BpfProgram {
        struct bpf_insn code[BPF_PROGRAM_MAX];
        unsigned n;
} BpfProgram;

/* Appends one instruction, as in struct bpf_insn. Returns its place. */
unsigned bpf_add(BpfProgram *program, uint8_t code, uint8_t to, uint8_t from, int32_t number);
/* The same with an offset: loads, stores and jumps. */
unsigned bpf_add_at(BpfProgram *program, uint8_t code, uint8_t to, uint8_t from, int16_t offset);
/* "if (to == number) goto" over `skip` instructions (BPF_JEQ, BPF_JNE, ... in `operation`). */
unsigned
bpf_add_jump(BpfProgram *program, uint8_t operation, uint8_t to, int32_t number, int16_t skip);
/* Loads the address of a map (two instructions). */
void bpf_add_map(BpfProgram *program, uint8_t to, int map_fd);
/* Lets the jump at this place lead to the next instruction to be added. */
void bpf_land(BpfProgram *program, unsigned jump);

/* Makes a map; -errno. */
int bpf_map_new(enum bpf_map_type type, uint32_t key_size, uint32_t value_size, uint32_t n);
/* Sets or gets one element. -errno. */
int bpf_map_set(int map_fd, const void *key, const void *value);
int bpf_map_get(int map_fd, const void *key, void *value);

/* Where a program goes. */
typedef struct BpfPlace {
        const char *directory; /* of the group */
        enum bpf_prog_type type;
        enum bpf_attach_type attach_type;
        const char *name; /* by which ours are told from those of others and from each other; at
                             most 15 bytes, NULL = the usual one */
        uint32_t hook;    /* of BPF_PROG_TYPE_LSM: the number of its function */
} BpfPlace;

/* Loads the program and attaches it, then detaches those of the same kind and name that this
 * manager or the last one attached there. NULL only detaches. -errno: nothing has changed. */
int bpf_program_replace(const BpfProgram *program, const BpfPlace *place);

/* Attaches a program that somebody pinned below /sys/fs/bpf, unless it is there already; it stays
 * until the group goes. -errno. */
int bpf_program_attach_pinned(const char *path,
                              const char *directory,
                              enum bpf_attach_type attach_type);
