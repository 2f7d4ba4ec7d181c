/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/seccomp_program.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "sandbox/exec_plan.h"
#include "sandbox/seccomp_cache.h"
#include "sandbox_test.h"
#include "unit/unit_print.h"

/* The programs are run here by a small interpreter of the instructions that seccomp(2) allows. */

#define NUMBER_FCHMODAT2 452
#define X32_BIT 0x40000000
#define DENIED(error) (SECCOMP_RET_ERRNO | (error))
#define PROGRAMS_MAX 3

typedef struct Machine {
        uint32_t accumulator, index, memory[BPF_MEMWORDS];
} Machine;

static uint32_t compute(uint16_t operation, uint32_t a, uint32_t b) {
        switch (operation) {
        case BPF_AND:
                return a & b;
        case BPF_OR:
                return a | b;
        case BPF_RSH:
                return a >> b;
        default:
                fail_msg("instruction %x", operation);
                return 0;
        }
}

static bool compare(uint16_t operation, uint32_t a, uint32_t b) {
        switch (operation) {
        case BPF_JEQ:
                return a == b;
        case BPF_JGT:
                return a > b;
        case BPF_JGE:
                return a >= b;
        case BPF_JSET:
                return (a & b) != 0;
        default:
                fail_msg("jump %x", operation);
                return false;
        }
}

/* One instruction; the distance to the next one behind it. */
static uint32_t
step(Machine *machine, const struct sock_filter *now, const struct seccomp_data *data) {
        uint32_t operand = BPF_SRC(now->code) == BPF_X ? machine->index : now->k;
        bool holds;

        switch (BPF_CLASS(now->code)) {
        case BPF_LD:
                if (BPF_MODE(now->code) == BPF_ABS)
                        memcpy(&machine->accumulator,
                               (const char *)data + now->k,
                               sizeof(uint32_t));
                else
                        machine->accumulator = machine->memory[now->k];
                return 0;
        case BPF_ST:
                machine->memory[now->k] = machine->accumulator;
                return 0;
        case BPF_ALU:
                machine->accumulator = compute(BPF_OP(now->code), machine->accumulator, operand);
                return 0;
        case BPF_MISC:
                machine->index = machine->accumulator;
                return 0;
        default:
                assert_int_equal(BPF_CLASS(now->code), BPF_JMP);
                if (BPF_OP(now->code) == BPF_JA)
                        return now->k;
                holds = compare(BPF_OP(now->code), machine->accumulator, operand);
                return holds ? now->jt : now->jf;
        }
}

static uint32_t run_program(const StrBuf *bytes, const struct seccomp_data *data) {
        size_t n = bytes->length / sizeof(struct sock_filter);
        Machine machine = { 0 };

        for (size_t i = 0; i < n; i++) {
                struct sock_filter now;

                memcpy(&now, strbuf_text(bytes) + i * sizeof(now), sizeof(now));
                if (BPF_CLASS(now.code) == BPF_RET)
                        return now.k;
                i += step(&machine, &now, data);
        }
        fail_msg("the program does not end");
        return 0;
}

typedef struct Filter {
        StrBuf programs[PROGRAMS_MAX];
        unsigned n_programs;
} Filter;

static Filter compile(const char *settings) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT, out = STRBUF_INIT;
        Filter filter = { .n_programs = 0 };
        Str rest, program;

        assert_int_equal(unit_spec_new("a.service", &spec), 0);
        strbuf_addf(&text, "[Service]\nExecStart=/bin/a\n%s\n", settings);
        assert_int_equal(unit_read_text(spec, str_of(strbuf_text(&text)), &diag), 0);
        assert_int_equal(seccomp_program_compile(spec, &out), 0);
        assert_int_equal(seccomp_program_is_needed(spec), out.length > 0);
        rest = (Str){ strbuf_text(&out), out.length };
        while (rest.length > 0) {
                assert_true(filter.n_programs < PROGRAMS_MAX);
                assert_int_equal(exec_plan_next_program(&rest, &program), 0);
                filter.programs[filter.n_programs] = (StrBuf)STRBUF_INIT;
                strbuf_add_str(&filter.programs[filter.n_programs], program);
                filter.n_programs++;
        }
        return filter;
}

static void filter_done(Filter *filter) {
        for (unsigned i = 0; i < filter->n_programs; i++)
                strbuf_done(&filter->programs[i]);
}
DEFINE_AUTO_DONE(Filter, filter_done);

/* What the kernel makes of the answers of all programs: the least one as a signed number, the
 * program loaded last where two are alike in kind. */
static uint32_t ask(const Filter *filter, uint32_t architecture, const uint64_t call[7]) {
        struct seccomp_data data = { .nr = (int)call[0], .arch = architecture };
        uint32_t result = SECCOMP_RET_ALLOW;

        memcpy(data.args, call + 1, sizeof(data.args));
        for (unsigned i = filter->n_programs; i-- > 0;) {
                uint32_t answer = run_program(&filter->programs[i], &data);

                if ((int32_t)(answer & SECCOMP_RET_ACTION_FULL) <
                    (int32_t)(result & SECCOMP_RET_ACTION_FULL))
                        result = answer;
        }
        return result;
}

typedef struct Case {
        const char *settings;
        uint64_t call[7];
        uint32_t expected;
        uint32_t architecture; /* 0 = the machine's */
} Case;

static void check(const Case *cases, size_t n) {
        for (size_t i = 0; i < n; i++) {
                AUTO(filter_done) Filter filter = compile(cases[i].settings);
                uint32_t answer =
                        ask(&filter, cases[i].architecture ?: AUDIT_ARCH_X86_64, cases[i].call);

                if (answer != cases[i].expected)
                        fail_msg("%s: call %d gives %x, not %x",
                                 cases[i].settings,
                                 (int)cases[i].call[0],
                                 answer,
                                 cases[i].expected);
        }
}

#define KILL SECCOMP_RET_KILL_PROCESS
#define ALLOW SECCOMP_RET_ALLOW

/* clang-format off */
static void test_lists_of_calls(void **state UNUSED) {
        static const Case cases[] = {
                { "SystemCallFilter=read write", { SYS_read }, ALLOW, 0 },
                { "SystemCallFilter=read write", { SYS_execve }, ALLOW, 0 },
                { "SystemCallFilter=read write", { SYS_exit_group }, ALLOW, 0 },
                { "SystemCallFilter=read write", { SYS_getppid }, ALLOW, 0 },
                { "SystemCallFilter=read write", { SYS_mkdir }, KILL, 0 },
                { "SystemCallFilter=read write\nSystemCallErrorNumber=EACCES", { SYS_mkdir }, DENIED(EACCES), 0 },
                { "SystemCallFilter=read write\nSystemCallErrorNumber=kill", { SYS_mkdir }, KILL, 0 },
                { "SystemCallFilter=read write mkdir\nSystemCallFilter=~write", { SYS_write }, KILL, 0 },
                { "SystemCallFilter=@system-service", { SYS_openat }, ALLOW, 0 },
                { "SystemCallFilter=@known\nSystemCallErrorNumber=EACCES", { SYS_reboot }, ALLOW, 0 },
                { "SystemCallFilter=@system-service", { SYS_reboot }, KILL, 0 },
                { "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged", { SYS_chown }, KILL, 0 },
                { "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged\nSystemCallFilter=chown", { SYS_chown }, ALLOW, 0 },
                { "SystemCallFilter=@system-service", { NUMBER_FCHMODAT2 }, ALLOW, 0 },
                { "SystemCallFilter=read mkdir\nSystemCallFilter=~mkdir:EXFULL", { SYS_mkdir }, DENIED(EXFULL), 0 },
                { "SystemCallFilter=read mkdir\nSystemCallFilter=~mkdir:EXFULL\nSystemCallErrorNumber=EXFULL", { SYS_mkdir }, DENIED(EXFULL), 0 },
                { "SystemCallFilter=~mkdir", { SYS_mkdir }, KILL, 0 },
                { "SystemCallFilter=~mkdir", { SYS_rmdir }, ALLOW, 0 },
                { "SystemCallFilter=~mkdir:EUCLEAN", { SYS_mkdir }, DENIED(EUCLEAN), 0 },
                { "SystemCallFilter=~mkdir:0", { SYS_mkdir }, DENIED(0U), 0 },
                { "SystemCallFilter=~mkdir:kill rmdir\nSystemCallErrorNumber=EPERM", { SYS_mkdir }, KILL, 0 },
                { "SystemCallFilter=~mkdir:kill rmdir\nSystemCallErrorNumber=EPERM", { SYS_rmdir }, DENIED(EPERM), 0 },
                { "SystemCallFilter=~@mount:ENOANO", { SYS_umount2 }, DENIED(ENOANO), 0 },
                { "SystemCallFilter=~@mount\nSystemCallFilter=umount2", { SYS_umount2 }, ALLOW, 0 },
                { "SystemCallLog=mkdir", { SYS_mkdir }, SECCOMP_RET_LOG, 0 },
                { "SystemCallLog=mkdir", { SYS_rmdir }, ALLOW, 0 },
                { "SystemCallLog=~mkdir", { SYS_mkdir }, ALLOW, 0 },
                { "SystemCallLog=~mkdir", { SYS_rmdir }, SECCOMP_RET_LOG, 0 },
                { "SystemCallLog=mkdir\nSystemCallFilter=~mkdir:EPERM", { SYS_mkdir }, DENIED(EPERM), 0 },
        };

        check(cases, ARRAY_LENGTH(cases));
}

static void test_architectures(void **state UNUSED) {
        enum { I386_READ = 3, I386_MKDIR = 39, I386_PERSONALITY = 136 };
        static const Case cases[] = {
                { "SystemCallArchitectures=native", { SYS_read }, ALLOW, 0 },
                { "SystemCallArchitectures=native", { I386_READ }, KILL, AUDIT_ARCH_I386 },
                { "SystemCallArchitectures=native", { X32_BIT | SYS_read }, KILL, 0 },
                { "SystemCallArchitectures=x86", { I386_READ }, ALLOW, AUDIT_ARCH_I386 },
                { "SystemCallArchitectures=x86", { SYS_read }, ALLOW, 0 },
                { "SystemCallArchitectures=x86", { X32_BIT | SYS_read }, KILL, 0 },
                { "SystemCallArchitectures=x32", { X32_BIT | SYS_read }, ALLOW, 0 },
                { "SystemCallFilter=~mkdir", { I386_MKDIR }, KILL, AUDIT_ARCH_I386 },
                { "SystemCallFilter=~mkdir", { X32_BIT | SYS_mkdir }, KILL, 0 },
                { "SystemCallFilter=read", { I386_READ }, ALLOW, AUDIT_ARCH_I386 },
                { "SystemCallFilter=read", { I386_MKDIR }, KILL, AUDIT_ARCH_I386 },
                { "SystemCallFilter=read\nSystemCallArchitectures=native", { I386_READ }, KILL, AUDIT_ARCH_I386 },
                { "LockPersonality=yes", { I386_PERSONALITY, 4 }, DENIED(EPERM), AUDIT_ARCH_I386 },
        };

        check(cases, ARRAY_LENGTH(cases));
}

static void test_families_and_name_spaces(void **state UNUSED) {
        const uint64_t high = UINT64_C(1) << 32;
        const Case cases[] = {
                { "RestrictAddressFamilies=AF_UNIX AF_INET", { SYS_socket, AF_UNIX }, ALLOW, 0 },
                { "RestrictAddressFamilies=AF_UNIX AF_INET", { SYS_socket, AF_INET }, ALLOW, 0 },
                { "RestrictAddressFamilies=AF_UNIX AF_INET", { SYS_socket, AF_INET6 }, DENIED(EAFNOSUPPORT), 0 },
                { "RestrictAddressFamilies=AF_UNIX AF_NETLINK", { SYS_socket, AF_INET }, DENIED(EAFNOSUPPORT), 0 },
                { "RestrictAddressFamilies=AF_INET6", { SYS_socket, AF_UNSPEC }, DENIED(EAFNOSUPPORT), 0 },
                { "RestrictAddressFamilies=AF_UNIX", { SYS_socket, high | AF_INET }, DENIED(EAFNOSUPPORT), 0 },
                { "RestrictAddressFamilies=none", { SYS_socket, AF_UNIX }, DENIED(EAFNOSUPPORT), 0 },
                { "RestrictAddressFamilies=~AF_PACKET", { SYS_socket, AF_PACKET }, DENIED(EAFNOSUPPORT), 0 },
                { "RestrictAddressFamilies=~AF_PACKET", { SYS_socket, high | AF_PACKET }, DENIED(EAFNOSUPPORT), 0 },
                { "RestrictAddressFamilies=~AF_PACKET", { SYS_socket, AF_INET }, ALLOW, 0 },
                { "RestrictAddressFamilies=~AF_PACKET\nSystemCallFilter=~socket:EDOM", { SYS_socket, AF_INET }, DENIED(EDOM), 0 },
                { "RestrictNamespaces=yes", { SYS_unshare, CLONE_NEWUSER }, DENIED(EPERM), 0 },
                { "RestrictNamespaces=yes", { SYS_unshare, CLONE_FILES }, ALLOW, 0 },
                { "RestrictNamespaces=yes", { SYS_clone, CLONE_NEWNET | 17 }, DENIED(EPERM), 0 },
                { "RestrictNamespaces=yes", { SYS_clone, CLONE_VM | 17 }, ALLOW, 0 },
                { "RestrictNamespaces=yes", { SYS_clone3 }, DENIED(ENOSYS), 0 },
                { "RestrictNamespaces=yes", { SYS_setns, 3, CLONE_NEWNET }, DENIED(EPERM), 0 },
                { "RestrictNamespaces=net", { SYS_setns, 3, CLONE_NEWNET }, ALLOW, 0 },
                { "RestrictNamespaces=net", { SYS_setns, 3, CLONE_NEWNS }, DENIED(EPERM), 0 },
                { "RestrictNamespaces=net", { SYS_setns, 3, high }, DENIED(EPERM), 0 },
                { "RestrictNamespaces=net", { SYS_unshare, CLONE_NEWNET }, ALLOW, 0 },
                { "RestrictNamespaces=net", { SYS_unshare, CLONE_NEWNET | CLONE_NEWNS }, DENIED(EPERM), 0 },
        };

        check(cases, ARRAY_LENGTH(cases));
}

static void test_single_restrictions(void **state UNUSED) {
        static const Case cases[] = {
                { "MemoryDenyWriteExecute=yes", { SYS_mmap, 0, 1, PROT_WRITE | PROT_EXEC }, DENIED(EPERM), 0 },
                { "MemoryDenyWriteExecute=yes", { SYS_mmap, 0, 1, PROT_READ | PROT_EXEC }, ALLOW, 0 },
                { "MemoryDenyWriteExecute=yes", { SYS_mprotect, 0, 1, PROT_EXEC }, DENIED(EPERM), 0 },
                { "MemoryDenyWriteExecute=yes", { SYS_mprotect, 0, 1, PROT_READ }, ALLOW, 0 },
                { "MemoryDenyWriteExecute=yes", { SYS_pkey_mprotect, 0, 1, PROT_EXEC }, DENIED(EPERM), 0 },
                { "MemoryDenyWriteExecute=yes", { SYS_shmat, 0, 0, 0100000 }, DENIED(EPERM), 0 },
                { "RestrictRealtime=yes", { SYS_sched_setscheduler, 0, SCHED_FIFO }, DENIED(EPERM), 0 },
                { "RestrictRealtime=yes", { SYS_sched_setscheduler, 0, SCHED_RR }, DENIED(EPERM), 0 },
                { "RestrictRealtime=yes", { SYS_sched_setscheduler, 0, 6 }, DENIED(EPERM), 0 },
                { "RestrictRealtime=yes", { SYS_sched_setscheduler, 0, SCHED_BATCH }, ALLOW, 0 },
                { "RestrictRealtime=yes", { SYS_sched_setscheduler, 0, SCHED_IDLE }, ALLOW, 0 },
                { "RestrictSUIDSGID=yes", { SYS_chmod, 0, 04755 }, DENIED(EPERM), 0 },
                { "RestrictSUIDSGID=yes", { SYS_chmod, 0, 0755 }, ALLOW, 0 },
                { "RestrictSUIDSGID=yes", { SYS_fchmodat, 0, 0, 02755 }, DENIED(EPERM), 0 },
                { "RestrictSUIDSGID=yes", { NUMBER_FCHMODAT2, 0, 0, 02755 }, DENIED(EPERM), 0 },
                { "RestrictSUIDSGID=yes", { SYS_openat, 0, 0, O_CREAT | O_RDWR, 06755 }, DENIED(EPERM), 0 },
                { "RestrictSUIDSGID=yes", { SYS_openat, 0, 0, O_RDWR, 06755 }, ALLOW, 0 },
                { "RestrictSUIDSGID=yes", { SYS_openat, 0, 0, O_TMPFILE | O_RDWR, 04755 }, DENIED(EPERM), 0 },
                { "RestrictSUIDSGID=yes", { SYS_openat2 }, DENIED(ENOSYS), 0 },
                { "RestrictSUIDSGID=yes", { SYS_mkdir, 0, 02755 }, DENIED(EPERM), 0 },
                { "RestrictSUIDSGID=yes", { SYS_mknodat, 0, 0, S_IFREG | 04755 }, DENIED(EPERM), 0 },
                { "DynamicUser=yes", { SYS_chmod, 0, 04755 }, DENIED(EPERM), 0 },
                { "LockPersonality=yes", { SYS_personality, 0 }, ALLOW, 0 },
                { "LockPersonality=yes", { SYS_personality, 8 }, DENIED(EPERM), 0 },
                { "LockPersonality=yes\nPersonality=x86", { SYS_personality, 8 }, ALLOW, 0 },
                { "ProtectKernelModules=yes", { SYS_finit_module }, DENIED(EPERM), 0 },
                { "ProtectKernelLogs=yes", { SYS_syslog }, DENIED(EPERM), 0 },
                { "ProtectKernelTunables=yes", { SYS__sysctl }, DENIED(EPERM), 0 },
                { "ProtectClock=yes", { SYS_clock_settime }, DENIED(EPERM), 0 },
                { "ProtectHostname=yes", { SYS_sethostname }, DENIED(EPERM), 0 },
                { "PrivateDevices=yes", { SYS_iopl }, DENIED(EPERM), 0 },
                { "PrivateDevices=yes\nSystemCallFilter=@system-service", { SYS_iopl }, KILL, 0 },
                { "ProtectClock=yes\nSystemCallFilter=@system-service @clock", { SYS_clock_settime }, DENIED(EPERM), 0 },
        };

        check(cases, ARRAY_LENGTH(cases));
}
/* clang-format on */

static void test_nothing_asked_for_is_no_program(void **state UNUSED) {
        static const char *const settings[] = { "",
                                                "RestrictNamespaces=no",
                                                "PrivateDevices=no",
                                                "SystemCallErrorNumber=EPERM",
                                                "ProtectSystem=yes" };

        for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
                AUTO(filter_done) Filter filter = compile(settings[i]);

                assert_int_equal(filter.n_programs, 0);
        }
}

/* A copy of the programs. */
static void get(SeccompCache *cache, const char *settings, StrBuf *out) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        Str programs;

        assert_int_equal(unit_spec_new("a.service", &spec), 0);
        strbuf_addf(&text, "[Service]\nExecStart=/bin/a\n%s\n", settings);
        assert_int_equal(unit_read_text(spec, str_of(strbuf_text(&text)), &diag), 0);
        assert_int_equal(seccomp_cache_get(cache, spec, &programs), 0);
        strbuf_add_str(out, programs);
}

static bool is_same(const StrBuf *a, const StrBuf *b) {
        return str_equal((Str){ a->data, a->length }, (Str){ b->data, b->length });
}

static void test_the_same_settings_are_compiled_once(void **state UNUSED) {
        AUTO(seccomp_cache_done) SeccompCache cache = { .next = 0 };
        AUTO(strbuf_done) StrBuf first = STRBUF_INIT, second = STRBUF_INIT, none = STRBUF_INIT;

        get(&cache, "SystemCallFilter=~mkdir\nUser=a", &first);
        get(&cache, "SystemCallFilter=~mkdir\nUser=b", &second);
        get(&cache, "User=b", &none);
        assert_int_equal(cache.n_compiled, 1);
        assert_true(is_same(&first, &second));
        assert_int_equal(none.length, 0);
        for (unsigned i = 0; i < SECCOMP_CACHE_SIZE; i++) {
                AUTO(strbuf_done) StrBuf other = STRBUF_INIT;
                char settings[64];

                (void)snprintf(settings, sizeof(settings), "SystemCallFilter=~mkdir:%u", i + 1);
                get(&cache, settings, &other);
                assert_false(is_same(&first, &other));
        }
        strbuf_done(&second);
        get(&cache, "SystemCallFilter=~mkdir", &second);
        assert_true(is_same(&first, &second));
        assert_int_equal(cache.n_compiled, SECCOMP_CACHE_SIZE + 2);
}

/* Every setting that a filter depends on, in two forms, behind one list: whatever the cache holds,
 * each gets what a cache of its own compiles. */
static void test_other_settings_get_other_filters(void **state UNUSED) {
        static const char *const settings[] = {
                "",
                "DynamicUser=yes",
                "LockPersonality=yes",
                "LockPersonality=yes\nPersonality=x86",
                "LockPersonality=yes\nPersonality=x86-64",
                "MemoryDenyWriteExecute=yes",
                "PrivateDevices=yes",
                "ProtectClock=yes",
                "ProtectHostname=yes",
                "ProtectKernelLogs=yes",
                "ProtectKernelModules=yes",
                "ProtectKernelTunables=yes",
                "RestrictAddressFamilies=AF_UNIX",
                "RestrictAddressFamilies=~AF_UNIX",
                "RestrictAddressFamilies=AF_INET",
                "RestrictNamespaces=yes",
                "RestrictNamespaces=user",
                "RestrictNamespaces=~user",
                "RestrictRealtime=yes",
                "RestrictSUIDSGID=yes",
                "SystemCallArchitectures=native",
                "SystemCallArchitectures=x86",
                "SystemCallErrorNumber=EACCES",
                "SystemCallErrorNumber=kill",
                "SystemCallFilter=~rmdir",
                "SystemCallFilter=~rmdir:EACCES",
                "SystemCallLog=mkdir",
                "SystemCallLog=~mkdir",
        };
        AUTO(seccomp_cache_done) SeccompCache cache = { .next = 0 };

        for (size_t i = 0; i < 2 * ARRAY_LENGTH(settings); i++) {
                AUTO(seccomp_cache_done) SeccompCache empty = { .next = 0 };
                AUTO(strbuf_done) StrBuf text = STRBUF_INIT, cached = STRBUF_INIT;
                AUTO(strbuf_done) StrBuf fresh = STRBUF_INIT;

                strbuf_addf(
                        &text, "SystemCallFilter=~mkdir\n%s", settings[i % ARRAY_LENGTH(settings)]);
                get(&cache, strbuf_text(&text), &cached);
                get(&empty, strbuf_text(&text), &fresh);
                assert_true(is_same(&cached, &fresh));
        }
        assert_true(cache.n_compiled >= ARRAY_LENGTH(settings));
}

/* Frequent calls must not pay for a list of hundreds: the depth of a tree, not its length. */
static void test_programs_are_trees(void **state UNUSED) {
        AUTO(filter_done)
        Filter filter = compile("SystemCallFilter=@system-service\nSystemCallArchitectures=native");
        const StrBuf *program = &filter.programs[filter.n_programs - 1];
        const struct seccomp_data data = { .nr = SYS_write, .arch = AUDIT_ARCH_X86_64 };
        Machine machine = { 0 };
        unsigned n_steps = 0;

        for (size_t i = 0;; i++, n_steps++) {
                struct sock_filter now;

                memcpy(&now, strbuf_text(program) + i * sizeof(now), sizeof(now));
                if (BPF_CLASS(now.code) == BPF_RET)
                        break;
                i += step(&machine, &now, &data);
        }
        assert_true(n_steps < 40);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lists_of_calls),
                cmocka_unit_test(test_architectures),
                cmocka_unit_test(test_families_and_name_spaces),
                cmocka_unit_test(test_single_restrictions),
                cmocka_unit_test(test_nothing_asked_for_is_no_program),
                cmocka_unit_test(test_the_same_settings_are_compiled_once),
                cmocka_unit_test(test_other_settings_get_other_filters),
                cmocka_unit_test(test_programs_are_trees),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
