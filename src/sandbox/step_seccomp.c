/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "base/error.h"
#include "sandbox/exec_plan.h"
#include "unit/kinds.h"

/* Loads the filters of system calls that the manager compiled (seccomp_program.h). What comes after
 * must get by with execve(2). */

/* Settings that need a filter to hold whole. */
static const DirectiveId filter_settings[] = {
        DIRECTIVE_LOCK_PERSONALITY,          DIRECTIVE_MEMORY_DENY_WRITE_EXECUTE,
        DIRECTIVE_PRIVATE_DEVICES,           DIRECTIVE_PROTECT_CLOCK,
        DIRECTIVE_PROTECT_HOSTNAME,          DIRECTIVE_PROTECT_KERNEL_LOGS,
        DIRECTIVE_PROTECT_KERNEL_MODULES,    DIRECTIVE_PROTECT_KERNEL_TUNABLES,
        DIRECTIVE_RESTRICT_ADDRESS_FAMILIES, DIRECTIVE_RESTRICT_NAMESPACES,
        DIRECTIVE_RESTRICT_REALTIME,         DIRECTIVE_RESTRICT_SUID_SGID,
        DIRECTIVE_SYSTEM_CALL_ARCHITECTURES, DIRECTIVE_SYSTEM_CALL_FILTER,
        DIRECTIVE_SYSTEM_CALL_LOG,
};

static bool is_on(const ExecContext *context, DirectiveId id) {
        const Value *value = unit_spec_find(context->spec, id);

        if (value && id == DIRECTIVE_RESTRICT_NAMESPACES)
                return value->number != KIND_ALL_NAMESPACES;
        return value && (value->shape != SHAPE_BOOL || value->number != 0);
}

/* Says of each setting that it does not hold; the error when one of them must. */
static int refuse(ExecContext *context, int error, const char *why) {
        int result = STEP_DONE;

        for (size_t i = 0; i < ARRAY_LENGTH(filter_settings); i++)
                if (is_on(context, filter_settings[i]) &&
                    exec_context_problem(context, filter_settings[i], error, why) < 0)
                        result = error;
        return result;
}

static int load(Str instructions) {
        const struct sock_fprog program = {
                .len = (unsigned short)(instructions.length / sizeof(struct sock_filter)),
                .filter = (struct sock_filter *)(uintptr_t)instructions.data, /* only read */
        };

        if (instructions.length > BPF_MAXINSNS * sizeof(struct sock_filter))
                return err_new(-E2BIG);
        return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? err_new(-errno) : 0;
}

int step_system_calls(ExecContext *context) {
        Str rest = context->request.programs, program;

        if (rest.length == 0)
                return refuse(context, -EOPNOTSUPP, "the plan carries no filter");
        while (rest.length > 0) {
                int r = exec_plan_next_program(&rest, &program);

                if (r == 0)
                        r = load(program);
                if (r == -EACCES)
                        return refuse(context, r, "neither CAP_SYS_ADMIN nor NoNewPrivileges=");
                if (r < 0)
                        return refuse(context, r, "system call filter");
        }
        return STEP_DONE;
}
