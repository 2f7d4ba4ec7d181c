/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/strv.h"
#include "sandbox/command_expand.h"
#include "sandbox/executable.h"

#define FIRST_PASSED_FD 3 /* sd_listen_fds(3) */

int step_root_directory(ExecContext *context) {
        const char *root = unit_spec_text(context->spec, DIRECTIVE_ROOT_DIRECTORY);

        if (!root || streq(root, "/") || context->has_root)
                return STEP_DONE;
        int r = exec_context_shortfall(
                context,
                REPORT_WEAKENED,
                DIRECTIVE_ROOT_DIRECTORY,
                "by chroot(2), which a process with CAP_SYS_CHROOT can leave");
        if (r < 0)
                return r;
        if (chroot(root) < 0 || chdir("/") < 0)
                return exec_context_problem(context, DIRECTIVE_ROOT_DIRECTORY, -errno, root);
        return STEP_DONE;
}

/* The directory to work in, and whether it may be missing. */
static const char *choose_directory(const ExecContext *context, bool *ret_optional) {
        const Value *value = unit_spec_find(context->spec, DIRECTIVE_WORKING_DIRECTORY);

        *ret_optional = value && (value->flags & VALUE_ALLOW_MISSING);
        if (value && value->text && !streq(value->text, "~"))
                return value->text;
        if (value && value->text)
                return exec_context_home(context);
        *ret_optional = true;
        return context->scope == UNIT_SCOPE_USER ? exec_context_home(context) ?: "/" : "/";
}

/* Where the program sees the directory when its root is not ours. */
static char *below_root(const ExecContext *context, const char *directory) {
        const char *root = unit_spec_text(context->spec, DIRECTIVE_ROOT_DIRECTORY);
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;

        if (root && (context->skip & STEP_ROOT))
                strbuf_add(&path, root);
        strbuf_add(&path, directory);
        return strbuf_steal(&path);
}

int step_working_directory(ExecContext *context) {
        AUTO_FREE char *path = NULL;
        bool optional;
        const char *directory = choose_directory(context, &optional);

        if (!directory)
                return exec_context_problem(context, DIRECTIVE_WORKING_DIRECTORY, -ENXIO, "~");
        path = below_root(context, directory);
        if (!path)
                return exec_context_problem(context, DIRECTIVE_WORKING_DIRECTORY, -ENOMEM, NULL);
        if (chdir(path) == 0 || (optional && chdir("/") == 0))
                return STEP_DONE;
        return exec_context_problem(context, DIRECTIVE_WORKING_DIRECTORY, -errno, path);
}

/* Moves a descriptor of ours out of the way of those that are passed. */
static int move_above(int *fd, int lowest) {
        int moved;

        if (*fd < 0 || *fd >= lowest)
                return 0;
        moved = fcntl(*fd, F_DUPFD_CLOEXEC, lowest);
        if (moved < 0)
                return err_new(-errno);
        *fd = moved;
        return 0;
}

/* Passed descriptors go down to 3 and on in order, which never overwrites one that is still to be
 * moved. */
static int place_descriptors(ExecContext *context) {
        bool nonblock = unit_spec_bool(context->spec, DIRECTIVE_NON_BLOCKING);
        unsigned n_all = context->request.n_fds;
        unsigned n_sockets = n_all - MIN(n_all, context->request.n_stored_fds);

        for (unsigned i = 0; i < context->n_fds; i++) {
                int fd = context->fds[i], target = FIRST_PASSED_FD + (int)i, r = 0;

                if (fd == target)
                        r = fd_set_cloexec(fd, false);
                else if (dup2(fd, target) < 0)
                        r = -errno;
                if (r == 0 && i < n_sockets)
                        r = fd_set_nonblock(target, nonblock);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

int step_pass_descriptors(ExecContext *context) {
        int lowest = FIRST_PASSED_FD + (int)context->n_fds, r;

        if (context->n_fds == 0)
                return STEP_DONE;
        r = move_above(&context->report.fd, lowest);
        if (r >= 0)
                r = move_above(&context->request.exec_fd, lowest);
        if (r >= 0)
                r = move_above(&context->request.switch_fd, lowest);
        if (r >= 0)
                r = place_descriptors(context);
        return r < 0 ? exec_context_problem(context, DIRECTIVE_NONE, r, "passed descriptors")
                     : STEP_DONE;
}

/* A command with "-" in front whose file is missing counts as run. */
static int not_executable(ExecContext *context, const char *path, int error) {
        if (error == -ENOENT && (context->command->flags & COMMAND_IGNORE_FAILURE)) {
                exec_context_say(
                        context, REPORT_NOTE, context->list, "%s is missing, skipped", path);
                return STEP_LEAVE;
        }
        return exec_context_problem(context, context->list, error, path);
}

static int expand_command(const ExecContext *context, char ***ret_argv) {
        const Command *command = context->command;

        if ((command->flags & COMMAND_NO_EXPAND) || !command_needs_expansion(command->argv))
                return 0;
        return err_pass(command_expand(
                command->argv, environment_block_list(&context->environment), ret_argv));
}

int step_find_program(ExecContext *context) {
        int r = expand_command(context, &context->argv);

        if (r < 0)
                return exec_context_problem(context, context->list, r, "command line");
        r = executable_find(context->command->path,
                            unit_spec_strv(context->spec, DIRECTIVE_EXEC_SEARCH_PATH),
                            &context->path);
        if (r < 0)
                return not_executable(context, context->command->path, r);
        /* Behind a filter execve(2) may still fail, but not tell. */
        if (exec_context_has(context, DIRECTIVE_PLAN_SYSTEM_CALL_PROGRAM) &&
            access(context->path, X_OK) < 0)
                return not_executable(context, context->path, -errno);
        (void)umask(context->umask); /* cannot fail */
        return STEP_DONE;
}

int step_execute(ExecContext *context) {
        (void)execve(context->path,
                     context->argv ?: context->command->argv,
                     environment_block_list(&context->environment));
        return not_executable(context, context->path, -errno);
}
