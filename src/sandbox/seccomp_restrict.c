/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/seccomp_restrict.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "sandbox/syscall_groups.h"
#include "unit/name_tables.h"

/* Numbers that the kernel takes as 32 bits are compared so, or others above would pass. */
#define INT_MASK 0xffffffffU

typedef struct scmp_arg_cmp Comparison;

/* --- one rule ----------------------------------------------------------------------------------
 */

/* Denies a call where all comparisons hold. A call that the architecture does not have, or that a
 * deny list has decided about, needs no rule. */
static int deny_where(const SeccompTarget *target,
                      const char *call,
                      int error,
                      const Comparison *comparisons,
                      unsigned n_comparisons) {
        int number, r;

        if (!call_number(call, &number) ||
            (target->denied && call_set_find(target->denied, number) != CALL_ABSENT))
                return 0;
        r = seccomp_rule_add_exact_array(target->filter,
                                         SCMP_ACT_ERRNO((uint32_t)error),
                                         number,
                                         n_comparisons,
                                         comparisons);
        return r == -EDOM || r == -EEXIST ? 0 : r < 0 ? err_new(r) : 0;
}

static int deny(const SeccompTarget *target, const char *call, int error) {
        return err_pass(deny_where(target, call, error, NULL, 0));
}

/* Denies a call whose argument has all these bits. */
static int
deny_bits(const SeccompTarget *target, const char *call, unsigned argument, uint64_t bits) {
        const Comparison comparison = { argument, SCMP_CMP_MASKED_EQ, bits, bits };

        return err_pass(deny_where(target, call, EPERM, &comparison, 1));
}

static int deny_all(const SeccompTarget *target, const char *const *calls) {
        int r = 0;

        for (; r == 0 && *calls; calls++)
                r = **calls == '@' ? deny_all(target, syscall_group_members(*calls))
                                   : deny(target, *calls, EPERM);
        return err_pass(r);
}

/* --- RestrictAddressFamilies= --- */

#define FAMILIES_MAX 64

/* The families named, as a bit set. */
static uint64_t named_families(const Value *value) {
        uint64_t families = 0;

        STRV_FOREACH(word, value->strv) {
                bool against = **word == '~';
                int family = address_family_parse(str_of(*word + against));
                uint64_t bit = family >= 0 && family < FAMILIES_MAX ? UINT64_C(1) << family : 0;

                families = against ? families & ~bit : families | bit;
        }
        return families;
}

static int deny_family(const SeccompTarget *target, enum scmp_compare how, uint64_t a, uint64_t b) {
        const Comparison comparison = { 0, how, a, b };

        return err_pass(deny_where(target, "socket", EAFNOSUPPORT, &comparison, 1));
}

/* Everything above the highest one that is allowed, and each below it that is not. */
static int allow_families(const SeccompTarget *target, uint64_t families) {
        unsigned highest = families ? 63U - (unsigned)__builtin_clzll(families) : 0;
        int r;

        if (!families)
                return err_pass(deny(target, "socket", EAFNOSUPPORT));
        r = deny_family(target, SCMP_CMP_GT, highest, 0);
        for (unsigned i = 0; r == 0 && i < highest; i++)
                if (!(families >> i & 1))
                        r = deny_family(target, SCMP_CMP_EQ, i, 0);
        return err_pass(r);
}

static int restrict_families(const SeccompTarget *target, const UnitSpec *spec) {
        const Value *value = unit_spec_find(spec, DIRECTIVE_RESTRICT_ADDRESS_FAMILIES);
        uint64_t families = named_families(value);
        int r = 0;

        /* There sockets come from a multiplexer whose arguments are in memory, where no filter
         * sees them. */
        if (target->architecture == SCMP_ARCH_X86)
                return 0;
        if (!(value->flags & VALUE_INVERTED))
                return err_pass(allow_families(target, families));
        for (unsigned i = 0; r == 0 && i < FAMILIES_MAX; i++)
                if (families >> i & 1)
                        r = deny_family(target, SCMP_CMP_MASKED_EQ, INT_MASK, i);
        return err_pass(r);
}

/* --- MemoryDenyWriteExecute= --- */

static int restrict_memory(const SeccompTarget *target, const UnitSpec *spec UNUSED) {
        bool is_x86 = target->architecture == SCMP_ARCH_X86;
        int r = deny_bits(target, is_x86 ? "mmap2" : "mmap", 2, PROT_WRITE | PROT_EXEC);

        if (r == 0 && is_x86) /* the old form has its arguments in memory */
                r = deny(target, "mmap", EPERM);
        if (r == 0)
                r = deny_bits(target, "mprotect", 2, PROT_EXEC);
        if (r == 0)
                r = deny_bits(target, "pkey_mprotect", 2, PROT_EXEC);
        if (r == 0 && !is_x86)
                r = deny_bits(target, "shmat", 2, SHM_EXEC);
        return err_pass(r);
}

/* --- RestrictRealtime= --- */

static int restrict_realtime(const SeccompTarget *target, const UnitSpec *spec UNUSED) {
        static const int policies[] = { SCHED_FIFO, SCHED_RR, 4 /* never made */ };
        const Comparison above = { 1, SCMP_CMP_GT, SCHED_IDLE, 0 };
        int r = deny_where(target, "sched_setscheduler", EPERM, &above, 1);

        for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(policies); i++) {
                const Comparison same = { 1, SCMP_CMP_EQ, (scmp_datum_t)policies[i], 0 };

                r = deny_where(target, "sched_setscheduler", EPERM, &same, 1);
        }
        return err_pass(r);
}

/* --- RestrictSUIDSGID= --- */

/* Where a call has its mode, and the argument with flags of which one makes the mode count. */
static const struct {
        const char *call;
        unsigned mode;
        int flags; /* -1 = none */
} mode_calls[] = {
        { "chmod", 1, -1 },   { "fchmod", 1, -1 }, { "fchmodat", 2, -1 }, { "fchmodat2", 2, -1 },
        { "creat", 1, -1 },   { "mkdir", 1, -1 },  { "mkdirat", 2, -1 },  { "mknod", 1, -1 },
        { "mknodat", 2, -1 }, { "open", 2, 1 },    { "openat", 3, 2 },
};

static int deny_mode(const SeccompTarget *target, size_t i, mode_t bit) {
        static const uint64_t making[] = { O_CREAT, O_TMPFILE & ~O_DIRECTORY };
        Comparison comparisons[2] = { { mode_calls[i].mode, SCMP_CMP_MASKED_EQ, bit, bit } };
        int r = 0;

        if (mode_calls[i].flags < 0)
                return err_pass(deny_where(target, mode_calls[i].call, EPERM, comparisons, 1));
        for (size_t j = 0; r == 0 && j < ARRAY_LENGTH(making); j++) {
                comparisons[1] = (Comparison){
                        (unsigned)mode_calls[i].flags, SCMP_CMP_MASKED_EQ, making[j], making[j]
                };
                r = deny_where(target, mode_calls[i].call, EPERM, comparisons, 2);
        }
        return err_pass(r);
}

static int restrict_modes(const SeccompTarget *target, const UnitSpec *spec UNUSED) {
        int r = deny(target, "openat2", ENOSYS); /* its arguments are in memory */

        for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(mode_calls); i++) {
                r = deny_mode(target, i, S_ISUID);
                if (r == 0)
                        r = deny_mode(target, i, S_ISGID);
        }
        return err_pass(r);
}

/* --- RestrictNamespaces= --- */

static const uint64_t name_spaces[] = {
        CLONE_NEWCGROUP, CLONE_NEWIPC,  CLONE_NEWNET, CLONE_NEWNS,
        CLONE_NEWPID,    CLONE_NEWUSER, CLONE_NEWUTS,
};

static bool allows_all(uint64_t kept) {
        for (size_t i = 0; i < ARRAY_LENGTH(name_spaces); i++)
                if (!(kept & name_spaces[i]))
                        return false;
        return true;
}

static int restrict_name_spaces(const SeccompTarget *target, const UnitSpec *spec) {
        uint64_t kept = unit_spec_number(spec, DIRECTIVE_RESTRICT_NAMESPACES);
        const Comparison any_kind = { 1, SCMP_CMP_MASKED_EQ, INT_MASK, 0 };
        /* 0 lets the kernel find out which kind it is. */
        int r = kept == 0 ? deny(target, "setns", EPERM)
                          : deny_where(target, "setns", EPERM, &any_kind, 1);

        if (r == 0)
                r = deny(target, "clone3", ENOSYS); /* its flags are in memory */
        for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(name_spaces); i++) {
                bool swapped = target->architecture == SCMP_ARCH_S390 ||
                               target->architecture == SCMP_ARCH_S390X;

                if (kept & name_spaces[i])
                        continue;
                r = deny_bits(target, "unshare", 0, name_spaces[i]);
                if (r == 0)
                        r = deny_bits(target, "clone", swapped ? 1 : 0, name_spaces[i]);
                if (r == 0 && kept != 0)
                        r = deny_bits(target, "setns", 1, name_spaces[i]);
        }
        return err_pass(r);
}

/* --- one call or group each --- */

/* The domain that the service will have (Personality=, whose names are "x86" and "x86-64"), else
 * ours. */
static int lock_personality(const SeccompTarget *target, const UnitSpec *spec) {
        const Value *chosen = unit_spec_find(spec, DIRECTIVE_PERSONALITY);
        uint64_t now = chosen ? (chosen->number == 0 ? PER_LINUX32 : PER_LINUX)
                              : (uint64_t)personality(INT_MASK) & PER_MASK;
        const Comparison other = { 0, SCMP_CMP_NE, now, 0 };

        return err_pass(deny_where(target, "personality", EPERM, &other, 1));
}

static int protect_tunables(const SeccompTarget *target, const UnitSpec *spec UNUSED) {
        static const char *const calls[] = { "_sysctl", NULL };

        return err_pass(deny_all(target, calls));
}

static int protect_modules(const SeccompTarget *target, const UnitSpec *spec UNUSED) {
        return err_pass(deny_all(target, syscall_group_members("@module")));
}

static int protect_logs(const SeccompTarget *target, const UnitSpec *spec UNUSED) {
        return err_pass(deny(target, "syslog", EPERM));
}

static int protect_clock(const SeccompTarget *target, const UnitSpec *spec UNUSED) {
        return err_pass(deny_all(target, syscall_group_members("@clock")));
}

static int protect_raw_io(const SeccompTarget *target, const UnitSpec *spec UNUSED) {
        return err_pass(deny_all(target, syscall_group_members("@raw-io")));
}

static int protect_host_name(const SeccompTarget *target, const UnitSpec *spec UNUSED) {
        static const char *const calls[] = { "sethostname", "setdomainname", NULL };

        return err_pass(deny_all(target, calls));
}

typedef int Restriction(const SeccompTarget *target, const UnitSpec *spec);

/* clang-format off */
static const struct {
        DirectiveId id;
        Restriction *apply;
} restrictions[] = {
        { DIRECTIVE_DYNAMIC_USER,              restrict_modes },
        { DIRECTIVE_LOCK_PERSONALITY,          lock_personality },
        { DIRECTIVE_MEMORY_DENY_WRITE_EXECUTE, restrict_memory },
        { DIRECTIVE_PRIVATE_DEVICES,           protect_raw_io },
        { DIRECTIVE_PROTECT_CLOCK,             protect_clock },
        { DIRECTIVE_PROTECT_HOSTNAME,          protect_host_name },
        { DIRECTIVE_PROTECT_KERNEL_LOGS,       protect_logs },
        { DIRECTIVE_PROTECT_KERNEL_MODULES,    protect_modules },
        { DIRECTIVE_PROTECT_KERNEL_TUNABLES,   protect_tunables },
        { DIRECTIVE_RESTRICT_ADDRESS_FAMILIES, restrict_families },
        { DIRECTIVE_RESTRICT_NAMESPACES,       restrict_name_spaces },
        { DIRECTIVE_RESTRICT_REALTIME,         restrict_realtime },
        { DIRECTIVE_RESTRICT_SUID_SGID,        restrict_modes },
};
/* clang-format on */

static bool is_on(const UnitSpec *spec, DirectiveId id) {
        const Value *value = unit_spec_find(spec, id);

        if (value && id == DIRECTIVE_RESTRICT_NAMESPACES)
                return !allows_all(value->number);
        return value && (value->shape != SHAPE_BOOL || value->number != 0);
}

bool seccomp_restrictions_are_wanted(const UnitSpec *spec) {
        for (size_t i = 0; i < ARRAY_LENGTH(restrictions); i++)
                if (is_on(spec, restrictions[i].id))
                        return true;
        return false;
}

int seccomp_restrict(const SeccompTarget *target, const UnitSpec *spec) {
        int r = 0;

        for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(restrictions); i++)
                if (is_on(spec, restrictions[i].id))
                        r = restrictions[i].apply(target, spec);
        return err_pass(r);
}
