/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/strv.h"
#include "sandbox/process_state.h"
#include "sandbox/resource_limit.h"
#include "unit/kinds.h"

#define CLOSE_ON_EXEC 4U /* CLOSE_RANGE_CLOEXEC */
#define USUAL_UMASK 0022

/* A service outside its group still runs; stopping it then relies on other means. When the group
 * has gone, so has the unit: nobody would know of the process. */
int step_join_groups(ExecContext *context) {
        char *const *directories = unit_spec_strv(context->spec, DIRECTIVE_PLAN_CONTROL_GROUP);

        if (directories && context->request.in_group)
                directories++;
        STRV_FOREACH(directory, directories) {
                int r = process_join_group(*directory);

                if (r >= 0)
                        continue;
                if (context->strict || r == -ENOENT)
                        return exec_context_problem(
                                context, DIRECTIVE_PLAN_CONTROL_GROUP, r, *directory);
                exec_context_say(context,
                                 REPORT_REFUSED,
                                 DIRECTIVE_PLAN_CONTROL_GROUP,
                                 "%s: %s",
                                 *directory,
                                 strerrordesc_np(-r) ?: "Unknown error");
        }
        return STEP_DONE;
}

/* The user of a delegated group makes groups below it and moves processes between them: the
 * directory and the files for that become his, no limit does (cgroups(7), "Delegating a
 * hierarchy"). Only in the hierarchy that comes first in the plan, by which the unit is followed.
 */
static int give_group(const char *directory, const Identity *identity) {
        static const char *const files[] = {
                "cgroup.procs", "cgroup.subtree_control", "cgroup.threads", "tasks"
        };
        AUTO_FD int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0 || fchown(fd, identity->uid, identity->gid) < 0)
                return err_new(-errno);
        for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
                if (fchownat(fd, files[i], identity->uid, identity->gid, AT_SYMLINK_NOFOLLOW) < 0 &&
                    errno != ENOENT) /* each version has some of them */
                        return err_new(-errno);
        return 0;
}

int step_delegate_group(ExecContext *context) {
        char *const *directories = unit_spec_strv(context->spec, DIRECTIVE_PLAN_CONTROL_GROUP);
        bool is_delegated = unit_spec_number(context->spec, DIRECTIVE_DELEGATE) & KIND_DELEGATE_ON;

        if (!is_delegated || context->identity.uid == UID_KEEP)
                return STEP_DONE;
        int r = directories ? give_group(directories[0], &context->identity) : -EOPNOTSUPP;
        if (r >= 0)
                return STEP_DONE;
        return exec_context_shortfall(context,
                                      REPORT_REFUSED,
                                      DIRECTIVE_DELEGATE,
                                      "%s",
                                      directories ? strerrordesc_np(-r) ?: "Unknown error"
                                                  : "there are no control groups");
}

/* What the row itself says about a setting that the plan asks for: 0, or -EPERM when the policy
 * wants more. */
static int report_support(const ExecContext *context, const DirectiveRow *row) {
        const char *note = row->note ?: "";

        if (row->support == SUPPORT_WEAKENED)
                return exec_context_shortfall(context, REPORT_WEAKENED, row->id, "%s", note);
        return exec_context_shortfall(context,
                                      REPORT_UNSUPPORTED,
                                      row->id,
                                      "not supported yet%s%s",
                                      row->note ? ": " : "",
                                      note);
}

/* Once per start of a unit, as its other commands would say the same; but none of them may run
 * before a start that the policy will not let happen. */
int step_report_unsupported(ExecContext *context) {
        const UnitSpec *spec = context->spec;
        bool is_first = exec_context_is_main(context) && context->request.index == 0;
        int result = STEP_DONE;

        if (!is_first && context->list != DIRECTIVE_EXEC_START_PRE)
                return STEP_DONE;
        for (unsigned i = 0; i < spec->n_values; i++) {
                const DirectiveRow *row = directive_row(spec->type, spec->values[i].id);
                int r;

                if (!row || (row->support != SUPPORT_WEAKENED && row->support != SUPPORT_NONE) ||
                    !unit_spec_asks(row, &spec->values[i]) ||
                    (!is_first && !exec_context_insists(context, row->id)))
                        continue;
                r = report_support(context, row);
                if (r < 0)
                        result = r;
        }
        return result;
}

int step_reset_signals(ExecContext *context) {
        bool ignore_sigpipe = unit_spec_bool(context->spec, DIRECTIVE_IGNORE_SIGPIPE);
        int r = process_reset_signals(ignore_sigpipe, context->request.none_ignored);

        return r < 0 ? exec_context_problem(context, DIRECTIVE_IGNORE_SIGPIPE, r, NULL) : STEP_DONE;
}

/* Everything but the standard streams closes when the program is executed; step_pass_descriptors
 * takes back what the program is to have. */
int step_mark_descriptors(ExecContext *context) {
        if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_ON_EXEC) < 0)
                return exec_context_problem(context, DIRECTIVE_NONE, -errno, "close_range");
        return STEP_DONE;
}

int step_new_session(ExecContext *context) {
        if (setsid() >= 0 || getsid(0) == getpid()) /* the leader of a session already */
                return STEP_DONE;
        return exec_context_problem(context, DIRECTIVE_NONE, -errno, "setsid");
}

/* Files and directories that we make get exactly the modes asked for; the program's own mask is set
 * at the end. */
int step_open_umask(ExecContext *context) {
        mode_t inherited = umask(0);

        if (exec_context_has(context, DIRECTIVE_UMASK))
                context->umask = (mode_t)unit_spec_number(context->spec, DIRECTIVE_UMASK);
        else
                context->umask = context->scope == UNIT_SCOPE_USER ? inherited : USUAL_UMASK;
        return STEP_DONE;
}

int step_oom_score(ExecContext *context) {
        int r;

        if (!exec_context_has(context, DIRECTIVE_OOM_SCORE_ADJUST))
                return STEP_DONE;
        r = process_set_oom_score((int)unit_spec_signed(context->spec, DIRECTIVE_OOM_SCORE_ADJUST));
        return r < 0 ? exec_context_problem(context, DIRECTIVE_OOM_SCORE_ADJUST, r, NULL)
                     : STEP_DONE;
}

int step_coredump_filter(ExecContext *context) {
        int r;

        if (!exec_context_has(context, DIRECTIVE_COREDUMP_FILTER))
                return STEP_DONE;
        r = process_set_coredump_filter(unit_spec_number(context->spec, DIRECTIVE_COREDUMP_FILTER));
        return r < 0 ? exec_context_problem(context, DIRECTIVE_COREDUMP_FILTER, r, NULL)
                     : STEP_DONE;
}

int step_timer_slack(ExecContext *context) {
        int r;

        if (!exec_context_has(context, DIRECTIVE_TIMER_SLACK_N_SEC))
                return STEP_DONE;
        r = process_set_timer_slack(unit_spec_number(context->spec, DIRECTIVE_TIMER_SLACK_N_SEC));
        return r < 0 ? exec_context_problem(context, DIRECTIVE_TIMER_SLACK_N_SEC, r, NULL)
                     : STEP_DONE;
}

/* The row's names are "x86" and "x86-64". */
int step_personality(ExecContext *context) {
        static const unsigned long types[] = { PER_LINUX32, PER_LINUX };
        uint64_t chosen = unit_spec_number(context->spec, DIRECTIVE_PERSONALITY);
        int r;

        if (!exec_context_has(context, DIRECTIVE_PERSONALITY) || chosen >= ARRAY_LENGTH(types))
                return STEP_DONE;
        r = process_set_personality(types[chosen]);
        return r < 0 ? exec_context_problem(context, DIRECTIVE_PERSONALITY, r, NULL) : STEP_DONE;
}

int step_resource_limits(ExecContext *context) {
        for (unsigned i = 0; i < RESOURCE_LIMIT_COUNT; i++) {
                const ResourceLimitRow *row = &resource_limit_rows[i];
                const Value *value = unit_spec_find(context->spec, row->id);
                int r;

                if (!value || value->shape != SHAPE_LIMIT || !value->limit)
                        continue;
                r = resource_limit_set(row->resource, value->limit);
                if (r < 0)
                        r = exec_context_problem(context, row->id, r, NULL);
                else if (r == RESOURCE_LIMIT_LOWERED)
                        r = exec_context_shortfall(context,
                                                   REPORT_WEAKENED,
                                                   row->id,
                                                   "only as far as the present hard limit allows");
                if (r < 0)
                        return r;
        }
        return STEP_DONE;
}
