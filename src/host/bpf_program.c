/* SPDX-License-Identifier: Apache-2.0 */
#include "host/bpf_program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/str.h"

#define USUAL_NAME "tend_filter"
#define ATTACHED_MAX 64 /* programs of one kind at one group, the kernel's limit */

static int call(enum bpf_cmd command, union bpf_attr *attributes) {
        int r = (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
        return r < 0 ? err_new(-errno) : r;
}

/* --- assembling ------------------------------------------------------------------------------- */

static unsigned add(BpfProgram *program, struct bpf_insn instruction) {
        if (program->n < BPF_PROGRAM_MAX)
                program->code[program->n] = instruction;
        return program->n++;
}

unsigned bpf_add(BpfProgram *program, uint8_t code, uint8_t to, uint8_t from, int32_t number) {
        return add(program,
                   (struct bpf_insn){
                           .code = code, .dst_reg = to & 15, .src_reg = from & 15, .imm = number });
}

unsigned bpf_add_at(BpfProgram *program, uint8_t code, uint8_t to, uint8_t from, int16_t offset) {
        return add(program,
                   (struct bpf_insn){
                           .code = code, .dst_reg = to & 15, .src_reg = from & 15, .off = offset });
}

unsigned
bpf_add_jump(BpfProgram *program, uint8_t operation, uint8_t to, int32_t number, int16_t skip) {
        return add(program,
                   (struct bpf_insn){ .code = BPF_JMP | operation | BPF_K,
                                      .dst_reg = to & 15,
                                      .off = skip,
                                      .imm = number });
}

void bpf_add_map(BpfProgram *program, uint8_t to, int map_fd) {
        (void)bpf_add(program, BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, map_fd);
        (void)bpf_add(program, 0, 0, 0, 0); /* the upper half */
}

void bpf_land(BpfProgram *program, unsigned jump) {
        if (jump < BPF_PROGRAM_MAX)
                program->code[jump].off = (int16_t)(program->n - jump - 1);
}

/* --- maps ------------------------------------------------------------------------------------- */

int bpf_map_new(enum bpf_map_type type, uint32_t key_size, uint32_t value_size, uint32_t n) {
        union bpf_attr attributes = {
                .map_type = type,
                .key_size = key_size,
                .value_size = value_size,
                .max_entries = n,
                .map_flags = type == BPF_MAP_TYPE_LPM_TRIE ? BPF_F_NO_PREALLOC : 0,
        };
        return err_pass(call(BPF_MAP_CREATE, &attributes));
}

static int element(enum bpf_cmd command, int map_fd, const void *key, const void *value) {
        union bpf_attr attributes = {
                .map_fd = (uint32_t)map_fd,
                .key = (uint64_t)(uintptr_t)key,
                .value = (uint64_t)(uintptr_t)value,
        };
        return err_pass(call(command, &attributes));
}

int bpf_map_set(int map_fd, const void *key, const void *value) {
        return err_pass(element(BPF_MAP_UPDATE_ELEM, map_fd, key, value));
}

int bpf_map_get(int map_fd, const void *key, void *value) {
        return err_pass(element(BPF_MAP_LOOKUP_ELEM, map_fd, key, value));
}

/* --- attaching -------------------------------------------------------------------------------- */

static const char *name_of(const BpfPlace *place) {
        return place->name ? place->name : USUAL_NAME;
}

static int load(const BpfProgram *program, const BpfPlace *place) {
        union bpf_attr attributes = {
                .prog_type = place->type,
                .insns = (uint64_t)(uintptr_t)program->code,
                .insn_cnt = program->n,
                .license = (uint64_t)(uintptr_t) "Apache-2.0",
        };
        if (place->type == BPF_PROG_TYPE_CGROUP_SOCK_ADDR || place->type == BPF_PROG_TYPE_LSM)
                attributes.expected_attach_type = place->attach_type;
        if (place->type == BPF_PROG_TYPE_LSM) {
                attributes.attach_btf_id = place->hook;
                /* The kernel takes no other at its security hooks (bpf_lsm_verify_prog). */
                attributes.license = (uint64_t)(uintptr_t) "Dual MIT/GPL";
        }
        memcpy(attributes.prog_name,
               name_of(place),
               strnlen(name_of(place), sizeof(attributes.prog_name) - 1));
        if (program->n > BPF_PROGRAM_MAX)
                return err_new(-E2BIG);
        return err_pass(call(BPF_PROG_LOAD, &attributes));
}

static int attach(int group_fd, int program_fd, enum bpf_attach_type type) {
        union bpf_attr attributes = {
                .target_fd = (uint32_t)group_fd,
                .attach_bpf_fd = (uint32_t)program_fd,
                .attach_type = type,
                .attach_flags = BPF_F_ALLOW_MULTI,
        };
        return err_pass(call(BPF_PROG_ATTACH, &attributes));
}

static int detach(int group_fd, int program_fd, enum bpf_attach_type type) {
        union bpf_attr attributes = {
                .target_fd = (uint32_t)group_fd,
                .attach_bpf_fd = (uint32_t)program_fd,
                .attach_type = type,
        };
        return err_pass(call(BPF_PROG_DETACH, &attributes));
}

/* The ids of what is attached to the group itself. */
static int query(int group_fd, enum bpf_attach_type type, uint32_t *ids, unsigned *ret_n) {
        uint32_t flags[ATTACHED_MAX];
        union bpf_attr attributes = {
                .query = { .target_fd = (uint32_t)group_fd,
                           .attach_type = type,
                           .prog_ids = (uint64_t)(uintptr_t)ids,
                           .prog_cnt = ATTACHED_MAX },
        };
        if (type == BPF_LSM_CGROUP) /* must be asked for with these, others cannot be */
                attributes.query.prog_attach_flags = (uint64_t)(uintptr_t)flags;
        int r = call(BPF_PROG_QUERY, &attributes);
        if (r < 0)
                return err_pass(r);
        *ret_n = attributes.query.prog_cnt;
        return 0;
}

/* A descriptor of a program of this name by its id; -errno, also for others. */
static int open_own(uint32_t id, const char *name) {
        struct bpf_prog_info info = { 0 };
        union bpf_attr by_id = { .prog_id = id };
        AUTO_FD int fd = call(BPF_PROG_GET_FD_BY_ID, &by_id);

        if (fd < 0)
                return err_new(fd);
        union bpf_attr attributes = {
                .info = { .bpf_fd = (uint32_t)fd,
                          .info_len = sizeof(info),
                          .info = (uint64_t)(uintptr_t)&info },
        };
        int r = call(BPF_OBJ_GET_INFO_BY_FD, &attributes);
        if (r < 0)
                return err_pass(r);
        return streq(info.name, name) ? steal_fd(&fd) : err_new(-EPERM);
}

static bool is_attached(int group, enum bpf_attach_type attach_type, int program) {
        struct bpf_prog_info info = { 0 };
        union bpf_attr attributes = {
                .info = { .bpf_fd = (uint32_t)program,
                          .info_len = sizeof(info),
                          .info = (uint64_t)(uintptr_t)&info },
        };
        uint32_t ids[ATTACHED_MAX];
        unsigned n = 0;

        if (call(BPF_OBJ_GET_INFO_BY_FD, &attributes) < 0 || query(group, attach_type, ids, &n) < 0)
                return false;
        for (unsigned i = 0; i < n; i++)
                if (ids[i] == info.id)
                        return true;
        return false;
}

int bpf_program_replace(const BpfProgram *program, const BpfPlace *place) {
        uint32_t ids[ATTACHED_MAX];
        unsigned n = 0;
        AUTO_FD int group = open(place->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        AUTO_FD int loaded = -1;

        if (group < 0)
                return err_new(-errno);
        int r = query(group, place->attach_type, ids, &n);
        if (r < 0)
                return err_pass(r);
        if (program) {
                loaded = load(program, place);
                r = loaded < 0 ? loaded : attach(group, loaded, place->attach_type);
                if (r < 0)
                        return err_pass(r);
        }
        for (unsigned i = 0; i < n; i++) {
                AUTO_FD int old = open_own(ids[i], name_of(place));
                if (old >= 0)
                        (void)detach(group, old, place->attach_type); /* it was attached just now */
        }
        return 0;
}

int bpf_program_attach_pinned(const char *path,
                              const char *directory,
                              enum bpf_attach_type attach_type) {
        union bpf_attr attributes = { .pathname = (uint64_t)(uintptr_t)path };
        AUTO_FD int pinned = call(BPF_OBJ_GET, &attributes);
        AUTO_FD int group = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (pinned < 0 || group < 0)
                return err_new(pinned < 0 ? pinned : -errno);
        int r = attach(group, pinned, attach_type);
        /* A program is attached to a group once. */
        return r == -EINVAL && is_attached(group, attach_type, pinned) ? 0 : err_pass(r);
}
