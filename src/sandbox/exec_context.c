/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_context.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/strv.h"
#include "sandbox/exec_steps.h"

const char *exec_context_home(const ExecContext *context) {
        const char *home = context->identity.user.home;

        if (!home)
                home = environment_find(context->request.environment, STR_LITERAL("HOME"));
        return home || geteuid() != 0 ? home : "/root";
}

/* Which steps a command goes without because of its prefix or of PermissionsStartOnly= and
 * RootDirectoryStartOnly=. */
static unsigned skipped_steps(const UnitSpec *spec, DirectiveId list, const Command *command) {
        bool main_command = list == DIRECTIVE_EXEC_START;
        unsigned skip = 0;

        if ((command->flags & COMMAND_FULL_PRIVILEGE) ||
            (!main_command && unit_spec_bool(spec, DIRECTIVE_PERMISSIONS_START_ONLY)))
                skip |= STEP_PRIVILEGE | STEP_USER;
        if (command->flags & COMMAND_KEEP_USER_PRIVILEGE)
                skip |= STEP_USER;
        if ((command->flags & COMMAND_AMBIENT_FALLBACK) &&
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 0, 0, 0) < 0)
                skip |= STEP_USER;
        if (!main_command && unit_spec_bool(spec, DIRECTIVE_ROOT_DIRECTORY_START_ONLY))
                skip |= STEP_ROOT;
        return skip;
}

/* The row of "ExecStart" and so on, the list's number. */
static int find_list(const UnitSpec *spec, const char *name, DirectiveId *ret) {
        const DirectiveRow *row = directive_find(section_of_type(spec->type), str_of(name));

        if (!row || !unit_spec_commands(spec, row->id))
                return err_new(-EINVAL);
        *ret = row->id;
        return 0;
}

static int init_descriptors(ExecContext *context) {
        const ExecRequest *request = &context->request;

        if (request->n_fds == 0)
                return 0;
        context->fds = calloc(request->n_fds, sizeof(*context->fds));
        if (!context->fds)
                return err_new(-ENOMEM);
        for (unsigned i = 0; i < request->n_fds; i++)
                context->fds[i] = request->first_fd + (int)i;
        context->n_fds = request->n_fds;
        return request->fd_names
                       ? err_pass(strv_split(&context->fd_names, str_of(request->fd_names), ':'))
                       : 0;
}

int exec_context_init(ExecContext *context, const ExecRequest *request, const UnitSpec *spec) {
        const CommandList *commands;
        const char *policy = unit_spec_text(spec, DIRECTIVE_PLAN_POLICY);
        const char *scope = unit_spec_text(spec, DIRECTIVE_PLAN_SCOPE);
        int r;

        *context = (ExecContext){
                .request = *request,
                .spec = spec,
                .scope = streq_null(scope, "user") ? UNIT_SCOPE_USER : UNIT_SCOPE_SYSTEM,
                .strict = streq_null(policy, "strict"),
                .report = { .fd = request->report_fd },
                .identity = IDENTITY_INIT,
        };
        r = find_list(spec, request->list, &context->list);
        if (r < 0)
                return err_pass(r);
        commands = unit_spec_commands(spec, context->list);
        if (request->index >= commands->n_commands)
                return err_new(-EINVAL);
        context->command = &commands->commands[request->index];
        context->skip = skipped_steps(spec, context->list, context->command);
        return err_pass(init_descriptors(context));
}

void exec_context_done(ExecContext *context) {
        identity_done(&context->identity);
        environment_block_done(&context->environment);
        free(context->fds);
        strv_free(context->fd_names);
        strbuf_done(&context->input_data);
        strv_free(context->argv);
        free(context->path);
        free(context->credentials);
        *context = (ExecContext){ .identity = IDENTITY_INIT };
}

static const char *directive_name(const ExecContext *context, DirectiveId id) {
        const DirectiveRow *row =
                id == DIRECTIVE_NONE ? NULL : directive_row(context->spec->type, id);

        return row ? row->name : "";
}

/* Errors that mean "you may not" or "this kernel cannot", not "this is wrong". */
static bool is_refusal(int error) {
        return error == -EPERM || error == -EACCES || error == -ENOSYS || error == -EOPNOTSUPP ||
               error == -EROFS;
}

bool exec_context_insists(const ExecContext *context, DirectiveId id) {
        unsigned section = section_of_type(context->spec->type);

        if (context->strict)
                return true;
        STRV_FOREACH(name, unit_spec_strv(context->spec, DIRECTIVE_PLAN_ENFORCE)) {
                const DirectiveRow *row = directive_find(section, str_of(*name));
                if (row && row->id == id)
                        return true;
        }
        return false;
}

int exec_context_problem(const ExecContext *context,
                         DirectiveId id,
                         int error,
                         const char *object) {
        bool tolerable = is_refusal(error) && !exec_context_insists(context, id) &&
                         !(context->step->flags & STEP_ESSENTIAL);
        const char *description = strerrordesc_np(-error);

        exec_context_say(context,
                         tolerable ? REPORT_REFUSED : REPORT_FAILED,
                         id,
                         "%s%s%s",
                         object ?: "",
                         object ? ": " : "",
                         description ?: "Unknown error");
        return tolerable ? 0 : error;
}

static void
say(const ExecContext *context, ReportLevel level, DirectiveId id, const char *format, va_list args)
        PRINTF_LIKE(4, 0);

static void say(const ExecContext *context,
                ReportLevel level,
                DirectiveId id,
                const char *format,
                va_list args) {
        char message[EXEC_REPORT_LINE_MAX];

        (void)vsnprintf(message, sizeof(message), format, args); /* cut where too long */
        exec_report_send(
                &context->report, context->step->name, level, directive_name(context, id), message);
}

void exec_context_say(
        const ExecContext *context, ReportLevel level, DirectiveId id, const char *format, ...) {
        va_list args;

        va_start(args, format);
        say(context, level, id, format, args);
        va_end(args);
}

int exec_context_shortfall(
        const ExecContext *context, ReportLevel level, DirectiveId id, const char *format, ...) {
        bool insists = exec_context_insists(context, id);
        va_list args;

        va_start(args, format);
        say(context, insists ? REPORT_FAILED : level, id, format, args);
        va_end(args);
        return insists ? err_new(-EPERM) : 0;
}
