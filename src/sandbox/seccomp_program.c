/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/seccomp_program.h"

#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/strv.h"
#include "sandbox/call_set.h"
#include "sandbox/seccomp_restrict.h"
#include "unit/kinds.h"

#define PROGRAM_MAX (BPF_MAXINSNS * sizeof(struct sock_filter)) /* what the kernel takes */

/* libseccomp's numbers of calls that an architecture does not have lie below. */
#define NO_CALL (-10000)

/* What a part of a program returns for an architecture that is another part's. Nothing else does.
 */
#define ELSEWHERE SCMP_ACT_TRACE(1)

/* What one program is made of. */
typedef struct Recipe {
        uint32_t otherwise;     /* action for calls without a rule */
        uint32_t listed;        /* action for those of the set that say nothing else */
        uint32_t foreign;       /* action for architectures that it does not know */
        const CallSet *calls;   /* or NULL */
        bool with_restrictions; /* and what the single settings deny */
} Recipe;

static scmp_filter_ctx filter_free(scmp_filter_ctx filter) {
        if (filter)
                seccomp_release(filter);
        return NULL;
}
DEFINE_AUTO(scmp_filter_ctx, filter_free);

/* --- architectures ------------------------------------------------------------------------------
 */

/* What this kernel may run besides its own, by the names of SystemCallArchitectures=. */
static const struct {
        uint32_t native, architecture;
        const char *name;
} architectures[] = {
        { SCMP_ARCH_X86_64, SCMP_ARCH_X86_64, "x86-64" },
        { SCMP_ARCH_X86_64, SCMP_ARCH_X86, "x86" },
        { SCMP_ARCH_X86_64, SCMP_ARCH_X32, "x32" },
        { SCMP_ARCH_AARCH64, SCMP_ARCH_ARM, "arm" },
        { SCMP_ARCH_S390X, SCMP_ARCH_S390, "s390" },
};

/* Whether the programs are to know the i-th of them: without a list, all. */
static bool is_wanted(const UnitSpec *spec, size_t i) {
        char *const *list = unit_spec_strv(spec, DIRECTIVE_SYSTEM_CALL_ARCHITECTURES);

        if (architectures[i].native != seccomp_arch_native() ||
            architectures[i].architecture == seccomp_arch_native())
                return false; /* the native one is always there */
        if (!list)
                return true;
        STRV_FOREACH(name, list)
        if (streq(*name, architectures[i].name))
                return true;
        return false;
}

/* --- one program --------------------------------------------------------------------------------
 */

static uint32_t action_of(const Recipe *recipe, int action) {
        if (action == CALL_PLAIN)
                return recipe->listed;
        return action == CALL_KILL ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO((uint32_t)action);
}

/* Asked before the rule is added: one that fails makes libseccomp copy the filter anew. */
static bool has_call(uint32_t architecture, int number) {
        AUTO_FREE char *name = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), number);

        return (name ? seccomp_syscall_resolve_name_arch(architecture, name) : number) > NO_CALL;
}

static int add_calls(scmp_filter_ctx filter, const Recipe *recipe, uint32_t architecture) {
        unsigned slot = CALL_SET_SIZE;
        int number;

        while (recipe->calls && call_set_previous(recipe->calls, &slot, &number)) {
                if (!has_call(architecture, number))
                        continue;
                uint32_t action = action_of(recipe, call_set_find(recipe->calls, number));
                int r = action == recipe->otherwise
                                ? 0 /* which libseccomp takes for a mistake */
                                : seccomp_rule_add_exact(filter, action, number, 0);

                if (r < 0 && r != -EDOM) /* this architecture has no such call */
                        return err_new(r);
        }
        return 0;
}

/* A filter that knows one architecture. */
static int make_filter(const UnitSpec *spec,
                       const Recipe *recipe,
                       uint32_t architecture,
                       scmp_filter_ctx *ret) {
        AUTO(filter_free) scmp_filter_ctx filter = seccomp_init(recipe->otherwise);
        const SeccompTarget target = {
                .filter = filter,
                .architecture = architecture,
                .denied = recipe->otherwise == SCMP_ACT_ALLOW ? recipe->calls : NULL,
        };
        int r = 0;

        if (!filter)
                return err_new(-ENOMEM);
        if (architecture != seccomp_arch_native()) {
                r = seccomp_arch_add(filter, architecture);
                if (r == 0)
                        r = seccomp_arch_remove(filter, seccomp_arch_native());
        }
        if (r == 0)
                r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, recipe->foreign);
        if (r == 0)
                r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
        if (r == 0)
                r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree */
        if (r == 0)
                r = add_calls(filter, recipe, architecture);
        if (r == 0 && recipe->with_restrictions)
                r = seccomp_restrict(&target, spec);
        if (r < 0)
                return err_new(r);
        *ret = STEAL(filter);
        return 0;
}

/* Appends the filter's instructions. */
static int export(scmp_filter_ctx filter, StrBuf *out) {
        AUTO_FD int fd = memfd_create("filter", MFD_CLOEXEC);
        AUTO_FREE char *bytes = malloc(PROGRAM_MAX + 1);
        size_t length = 0;
        int r;

        if (fd < 0 || !bytes)
                return err_new(-ENOMEM);
        r = seccomp_export_bpf(filter, fd);
        if (r < 0)
                return err_new(r);
        if (lseek(fd, 0, SEEK_SET) < 0)
                return err_new(-errno);
        r = fd_read_all(fd, bytes, PROGRAM_MAX + 1, &length);
        if (r < 0)
                return err_pass(r);
        strbuf_add_bytes(out, bytes, length);
        return err_pass(strbuf_result(out));
}

/* Where this part would give up, the one behind it goes on. */
static void go_on_behind(char *bytes, size_t length) {
        size_t n = length / sizeof(struct sock_filter);

        for (size_t i = 0; i < n; i++, bytes += sizeof(struct sock_filter)) {
                struct sock_filter one;

                memcpy(&one, bytes, sizeof(one));
                if (one.code != (BPF_RET | BPF_K) || one.k != ELSEWHERE)
                        continue;
                one = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(n - i - 1));
                memcpy(bytes, &one, sizeof(one));
        }
}

/* Appends the part of a program for one architecture. */
static int add_part(const UnitSpec *spec,
                    const Recipe *recipe,
                    uint32_t architecture,
                    bool is_last,
                    StrBuf *out) {
        AUTO(filter_free) scmp_filter_ctx filter = NULL;
        Recipe own = *recipe;
        size_t begin = out->length;

        if (!is_last)
                own.foreign = ELSEWHERE;
        int r = make_filter(spec, &own, architecture, &filter);
        if (r == 0)
                r = export(filter, out);
        if (r == 0 && !is_last)
                go_on_behind(out->data + begin, out->length - begin);
        return err_pass(r);
}

/* A program that knows all architectures that are wanted, one behind the other: libseccomp can put
 * them into one filter too, but takes a time that grows with the square of its size. */
static int add_program(const UnitSpec *spec, const Recipe *recipe, StrBuf *out) {
        uint32_t wanted[ARRAY_LENGTH(architectures) + 1] = { seccomp_arch_native() };
        uint64_t n_instructions = 0;
        size_t n_wanted = 1, begin = out->length;
        int r = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(architectures); i++)
                if (is_wanted(spec, i))
                        wanted[n_wanted++] = architectures[i].architecture;
        strbuf_add_bytes(out, &n_instructions, sizeof(n_instructions));
        for (size_t i = 0; r == 0 && i < n_wanted; i++)
                r = add_part(spec, recipe, wanted[i], i + 1 == n_wanted, out);
        if (r < 0)
                return err_pass(r);
        size_t length = out->length - begin - sizeof(n_instructions);
        if (length > PROGRAM_MAX)
                return err_new(-E2BIG);
        n_instructions = length / sizeof(struct sock_filter);
        memcpy(out->data + begin, &n_instructions, sizeof(n_instructions));
        return 0;
}

/* --- the programs of a unit ---------------------------------------------------------------------
 */

/* Programs only log what the set lists, or all else. */
static int add_log(const UnitSpec *spec, StrBuf *out) {
        const Value *list = unit_spec_find(spec, DIRECTIVE_SYSTEM_CALL_LOG);
        CallSet calls;
        Recipe recipe = {
                .otherwise = SCMP_ACT_ALLOW,
                .listed = SCMP_ACT_LOG,
                .foreign = SCMP_ACT_ALLOW,
                .calls = &calls,
        };

        if (!list)
                return 0;
        call_set_init(&calls, list, false);
        if (list->flags & VALUE_INVERTED) {
                recipe.otherwise = SCMP_ACT_LOG;
                recipe.listed = SCMP_ACT_ALLOW;
        }
        return err_pass(add_program(spec, &recipe, out));
}

/* What happens to a call that SystemCallFilter= does not let pass. */
static uint32_t refusal(const UnitSpec *spec) {
        const Value *error = unit_spec_find(spec, DIRECTIVE_SYSTEM_CALL_ERROR_NUMBER);

        return error && error->signed_number != KIND_ERROR_KILL
                       ? SCMP_ACT_ERRNO((uint32_t)error->signed_number)
                       : SCMP_ACT_KILL_PROCESS;
}

static int add_denials(const UnitSpec *spec, const CallSet *deny_list, StrBuf *out) {
        bool native_only = unit_spec_strv(spec, DIRECTIVE_SYSTEM_CALL_ARCHITECTURES) != NULL;
        const Recipe recipe = {
                .otherwise = SCMP_ACT_ALLOW,
                .listed = refusal(spec),
                .foreign = native_only ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ALLOW,
                .calls = deny_list,
                .with_restrictions = true,
        };

        if (!deny_list && !native_only && !seccomp_restrictions_are_wanted(spec))
                return 0;
        return err_pass(add_program(spec, &recipe, out));
}

static int add_allowances(const UnitSpec *spec, const CallSet *allow_list, StrBuf *out) {
        const Recipe recipe = {
                .otherwise = refusal(spec),
                .listed = SCMP_ACT_ALLOW,
                .foreign = SCMP_ACT_ALLOW,
                .calls = allow_list,
        };

        return allow_list ? err_pass(add_program(spec, &recipe, out)) : 0;
}

bool seccomp_program_is_needed(const UnitSpec *spec) {
        return unit_spec_find(spec, DIRECTIVE_SYSTEM_CALL_FILTER) ||
               unit_spec_find(spec, DIRECTIVE_SYSTEM_CALL_LOG) ||
               unit_spec_find(spec, DIRECTIVE_SYSTEM_CALL_ARCHITECTURES) ||
               seccomp_restrictions_are_wanted(spec);
}

int seccomp_program_compile(const UnitSpec *spec, StrBuf *out) {
        const Value *list = unit_spec_find(spec, DIRECTIVE_SYSTEM_CALL_FILTER);
        bool allow = list && !(list->flags & VALUE_INVERTED);
        CallSet calls;
        int r;

        if (list)
                call_set_init(&calls, list, allow);
        r = add_log(spec, out);
        if (r == 0)
                r = add_denials(spec, list && !allow ? &calls : NULL, out);
        if (r == 0)
                r = add_allowances(spec, allow ? &calls : NULL, out);
        return err_pass(r);
}
