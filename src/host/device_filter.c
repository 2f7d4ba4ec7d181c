/* SPDX-License-Identifier: Apache-2.0 */
#include "host/device_filter.h"

#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "host/bpf_program.h"

/* Registers: 1 = the context, then 2 type, 3 wanted access, 4 major and 5 minor number. */
enum { RESULT, CONTEXT, TYPE, ACCESS, MAJOR, MINOR };

static int32_t access_bits(const char *rights) {
        return (strchr(rights, 'r') ? BPF_DEVCG_ACC_READ : 0) |
               (strchr(rights, 'w') ? BPF_DEVCG_ACC_WRITE : 0) |
               (strchr(rights, 'm') ? BPF_DEVCG_ACC_MKNOD : 0);
}

static void add_load(BpfProgram *program, uint8_t to, size_t place) {
        (void)bpf_add_at(program, BPF_LDX | BPF_MEM | BPF_W, to, CONTEXT, (int16_t)place);
}

/* access_type holds the kind of device in its lower half, the access in the upper one. */
static void add_head(BpfProgram *program) {
        add_load(program, TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type));
        (void)bpf_add(program, BPF_ALU64 | BPF_MOV | BPF_X, ACCESS, TYPE, 0);
        (void)bpf_add(program, BPF_ALU64 | BPF_AND | BPF_K, TYPE, 0, 0xffff);
        (void)bpf_add(program, BPF_ALU64 | BPF_RSH | BPF_K, ACCESS, 0, 16);
        add_load(program, MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
        add_load(program, MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
}

/* Returns 1 when everything fits, goes on behind it otherwise. */
static void add_rule(BpfProgram *program, const DeviceRule *rule) {
        unsigned jumps[4], n = 0;

        jumps[n++] = bpf_add_jump(program,
                                  BPF_JNE,
                                  TYPE,
                                  rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR,
                                  0);
        if (rule->major_number != DEVICE_ANY)
                jumps[n++] = bpf_add_jump(program, BPF_JNE, MAJOR, (int32_t)rule->major_number, 0);
        if (rule->minor_number != DEVICE_ANY)
                jumps[n++] = bpf_add_jump(program, BPF_JNE, MINOR, (int32_t)rule->minor_number, 0);
        jumps[n++] = bpf_add_jump(program, BPF_JSET, ACCESS, 7 & ~access_bits(rule->rights), 0);
        (void)bpf_add(program, BPF_ALU64 | BPF_MOV | BPF_K, RESULT, 0, 1);
        (void)bpf_add(program, BPF_JMP | BPF_EXIT, 0, 0, 0);
        for (unsigned i = 0; i < n; i++)
                bpf_land(program, jumps[i]);
}

int device_filter_set(const char *directory, const DeviceRules *rules) {
        BpfProgram program = { .n = 0 };

        if (rules) {
                add_head(&program);
                for (unsigned i = 0; i < rules->n_items; i++)
                        add_rule(&program, &rules->items[i]);
                (void)bpf_add(&program, BPF_ALU64 | BPF_MOV | BPF_K, RESULT, 0, 0);
                (void)bpf_add(&program, BPF_JMP | BPF_EXIT, 0, 0, 0);
        }
        const BpfPlace place = {
                .directory = directory,
                .type = BPF_PROG_TYPE_CGROUP_DEVICE,
                .attach_type = BPF_CGROUP_DEVICE,
        };
        return err_pass(bpf_program_replace(rules ? &program : NULL, &place));
}
