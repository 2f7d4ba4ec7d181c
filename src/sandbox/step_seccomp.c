/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "base/error.h"
#include "unit/base64.h"
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

/* One program: instructions of eight bytes. */
static int load(Str text) {
        AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;
        AUTO_FREE struct sock_filter *instructions = NULL;
        struct sock_fprog program;
        int r = base64_decode(text, &bytes);

        if (r < 0)
                return err_pass(r);
        if (bytes.length == 0 || bytes.length % sizeof(*instructions) != 0 ||
            bytes.length / sizeof(*instructions) > BPF_MAXINSNS)
                return err_new(-EINVAL);
        instructions = malloc(bytes.length); /* aligned, as text is not */
        if (!instructions)
                return err_new(-ENOMEM);
        memcpy(instructions, strbuf_text(&bytes), bytes.length);
        program = (struct sock_fprog){
                .len = (unsigned short)(bytes.length / sizeof(*instructions)),
                .filter = instructions,
        };
        return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? err_new(-errno) : 0;
}

int step_system_calls(ExecContext *context) {
        Str rest = str_of(unit_spec_text(context->spec, DIRECTIVE_PLAN_SYSTEM_CALL_PROGRAM) ?: "");
        Str program;

        if (rest.length == 0)
                return refuse(context, -EOPNOTSUPP, "the plan carries no filter");
        while (str_next_part(&rest, ' ', &program)) {
                int r = load(program);

                if (r == -EACCES)
                        return refuse(context, r, "neither CAP_SYS_ADMIN nor NoNewPrivileges=");
                if (r < 0)
                        return refuse(context, r, "system call filter");
        }
        return STEP_DONE;
}
