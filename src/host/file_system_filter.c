/* SPDX-License-Identifier: Apache-2.0 */
#include "host/file_system_filter.h"

#include <endian.h>
#include <errno.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/strv.h"
#include "host/bpf_program.h"
#include "host/file_system_magic.h"
#include "host/kernel_types.h"

#define TYPES_FILE "/sys/kernel/btf/vmlinux"
#define MODULES_TEXT_MAX 4096
#define STACK_KEY (-8) /* the key of the switch on the program's stack */

/* Registers: the file and what it leads to, then its number, which a call leaves alone. */
enum { RESULT = BPF_REG_0, OBJECT = BPF_REG_1, MAGIC = BPF_REG_6 };

/* --- the kernel's types ----------------------------------------------------------------------- */

static int find_places(Str bytes, FileSystemHook *hook) {
        const struct {
                const char *structure, *member;
                uint32_t *place;
        } members[] = {
                { "file", "f_inode", &hook->inode },
                { "inode", "i_sb", &hook->super_block },
                { "super_block", "s_magic", &hook->magic },
        };
        KernelTypes types;
        int r = kernel_types_read(bytes, &types);

        if (r == 0)
                r = kernel_types_find_function(&types, "bpf_lsm_file_open", &hook->function);
        for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(members); i++) {
                r = kernel_types_find_member(
                        &types, members[i].structure, members[i].member, members[i].place);
                if (r == 0 && *members[i].place > INT16_MAX)
                        r = -EOPNOTSUPP; /* no instruction reaches it */
        }
        return err_pass(r);
}

/* What securityfs says about security modules, in fresh memory, "capability,landlock,bpf\n"; NULL
 * where this process may not look. It is looked at where it is not mounted, too. */
static char *read_modules(void) {
        AUTO_FD int context = (int)syscall(SYS_fsopen, "securityfs", FSOPEN_CLOEXEC);
        char *text = NULL;

        if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
                return NULL;
        AUTO_FD int mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
        if (mount >= 0)
                (void)file_read_at(
                        mount, "lsm", MODULES_TEXT_MAX, &text, NULL, NULL); /* NULL then */
        return text;
}

/* Whether the module is asked at all: otherwise programs are taken and never run. */
static bool has_module(void) {
        AUTO_FREE char *text = read_modules();
        Str rest = str_trim(str_of(text)), name;

        while (text && str_next_part(&rest, ',', &name))
                if (str_equal_c(name, "bpf"))
                        return true;
        return false;
}

static int find_hook(FileSystemHook *hook) {
        AUTO_FREE char *types = NULL;
        size_t length = 0;

        if (!hook->is_known) {
                if (!has_module())
                        hook->lack = "bpf is not among its security modules (lsm=)";
                else if (file_read(TYPES_FILE, KERNEL_TYPES_MAX, &types, &length, NULL) < 0)
                        hook->lack = "it does not tell its types (" TYPES_FILE ")";
                else if (find_places((Str){ types, length }, hook) < 0)
                        hook->lack = "its types are not as they should be";
                hook->is_known = true;
        }
        return hook->lack ? err_new(-ENOSYS) : 0;
}

/* --- the program ------------------------------------------------------------------------------ */

static void add_load(BpfProgram *program, uint8_t size, uint8_t to, uint8_t from, uint32_t place) {
        (void)bpf_add_at(program, BPF_LDX | BPF_MEM | size, to, from, (int16_t)place);
}

static void add_answer(BpfProgram *program, int32_t answer) {
        (void)bpf_add(program, BPF_ALU64 | BPF_MOV | BPF_K, RESULT, 0, answer);
        (void)bpf_add(program, BPF_JMP | BPF_EXIT, 0, 0, 0);
}

/* MAGIC = the lower half of the number of the opened file's super block, signed as the numbers that
 * it is compared with. */
static void add_magic(BpfProgram *program, const FileSystemHook *hook) {
        uint32_t lower_half = __BYTE_ORDER == __BIG_ENDIAN && sizeof(long) == 8 ? 4 : 0;

        add_load(program, BPF_DW, OBJECT, OBJECT, 0); /* the first argument */
        add_load(program, BPF_DW, OBJECT, OBJECT, hook->inode);
        add_load(program, BPF_DW, OBJECT, OBJECT, hook->super_block);
        add_load(program, BPF_W, MAGIC, OBJECT, hook->magic + lower_half);
        (void)bpf_add(program, BPF_ALU64 | BPF_LSH | BPF_K, MAGIC, 0, 32);
        (void)bpf_add(program, BPF_ALU64 | BPF_ARSH | BPF_K, MAGIC, 0, 32);
}

/* Lets everything be opened while the switch is off. */
static void add_switch(BpfProgram *program, int map) {
        (void)bpf_add_at(program, BPF_ST | BPF_MEM | BPF_W, BPF_REG_10, 0, STACK_KEY);
        bpf_add_map(program, BPF_REG_1, map);
        (void)bpf_add(program, BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_10, 0);
        (void)bpf_add(program, BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, STACK_KEY);
        (void)bpf_add(program, BPF_JMP | BPF_CALL, 0, 0, BPF_FUNC_map_lookup_elem);
        unsigned missing = bpf_add_jump(program, BPF_JEQ, RESULT, 0, 0);
        add_load(program, BPF_W, BPF_REG_1, RESULT, 0);
        unsigned on = bpf_add_jump(program, BPF_JNE, BPF_REG_1, 0, 0);
        bpf_land(program, missing);
        add_answer(program, 1);
        bpf_land(program, on);
}

static void add_rules(BpfProgram *program, const FileSystemMagics *magics, bool is_denied) {
        unsigned hits[FILE_SYSTEM_MAGICS_MAX];

        for (unsigned i = 0; i < magics->n; i++)
                hits[i] = bpf_add_jump(program, BPF_JEQ, MAGIC, (int32_t)magics->numbers[i], 0);
        add_answer(program, is_denied);
        if (magics->n == 0)
                return; /* what no path leads to is refused */
        for (unsigned i = 0; i < magics->n; i++)
                bpf_land(program, hits[i]);
        add_answer(program, !is_denied);
}

static int collect(char *const *names, FileSystemMagics *magics, const char **ret_unknown) {
        *ret_unknown = NULL;
        STRV_FOREACH(name, names) {
                int r = file_system_magics_add(magics, *name);
                if (r == -ENOENT && !*ret_unknown)
                        *ret_unknown = *name;
                else if (r < 0 && r != -ENOENT)
                        return err_pass(r);
        }
        return 0;
}

/* A new switch; -errno. */
static int make_switch(bool is_on) {
        uint32_t key = 0, value = is_on;
        AUTO_FD int map = bpf_map_new(BPF_MAP_TYPE_ARRAY, sizeof(key), sizeof(value), 1);
        int r = map < 0 ? map : bpf_map_set(map, &key, &value);

        return r < 0 ? err_pass(r) : steal_fd(&map);
}

int file_system_filter_set(const char *directory,
                           FileSystemHook *hook,
                           const FileSystemRules *rules,
                           int *map,
                           const char **ret_unknown) {
        FileSystemMagics magics = { .n = 0 };
        BpfProgram program = { .n = 0 };
        AUTO_FD int fresh = -1;
        int r = find_hook(hook);

        if (r == 0 && rules)
                r = collect(rules->names, &magics, ret_unknown);
        if (r == 0 && rules)
                r = fresh = make_switch(rules->is_on);
        if (r < 0)
                return err_pass(r);
        if (rules) {
                add_magic(&program, hook);
                add_switch(&program, fresh);
                add_rules(&program, &magics, rules->is_denied);
        }
        const BpfPlace place = {
                .directory = directory,
                .type = BPF_PROG_TYPE_LSM,
                .attach_type = BPF_LSM_CGROUP,
                .name = "tend_files",
                .hook = hook->function,
        };
        r = bpf_program_replace(rules ? &program : NULL, &place);
        if (r < 0)
                return err_pass(r);
        (void)fd_close(*map);
        *map = steal_fd(&fresh);
        return 0;
}
