/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/strv.h"
#include "base/terminal.h"
#include "sandbox/credential.h"
#include "sandbox/directory_kinds.h"
#include "sandbox/environment_files.h"
#include "sandbox/executable.h"

static void add_user(const ExecContext *context, EnvironmentBlock *block) {
        const UserRecord *user = &context->identity.user;
        const char *directory = unit_spec_text(context->spec, DIRECTIVE_WORKING_DIRECTORY);
        const char *home = streq_null(directory, "~") ? exec_context_home(context) : user->home;

        if (home)
                environment_block_setf(block, "HOME", "%s", home);
        if (user->name) {
                environment_block_setf(block, "LOGNAME", "%s", user->name);
                environment_block_setf(block, "USER", "%s", user->name);
        }
        if (user->shell)
                environment_block_setf(block, "SHELL", "%s", user->shell);
}

/* sd_listen_fds(3) */
static void add_descriptors(const ExecContext *context, EnvironmentBlock *block) {
        AUTO(strbuf_done) StrBuf names = STRBUF_INIT;

        if (context->n_fds == 0)
                return;
        for (unsigned i = 0; i < context->n_fds && context->fd_names && context->fd_names[i]; i++)
                strbuf_addf(&names, "%s%s", i > 0 ? ":" : "", context->fd_names[i]);
        environment_block_setf(block, "LISTEN_PID", "%d", getpid());
        environment_block_setf(block, "LISTEN_FDS", "%u", context->n_fds);
        environment_block_setf(block, "LISTEN_FDNAMES", "%s", strbuf_text(&names));
}

static void add_directories(const ExecContext *context, EnvironmentBlock *block) {
        for (unsigned kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
                AUTO(strbuf_done) StrBuf paths = STRBUF_INIT;

                directory_kind_paths(context->spec, kind, &paths);
                block->failed |= paths.failed;
                if (paths.length > 0)
                        environment_block_setf(block,
                                               directory_kind_rows[kind].variable,
                                               "%s",
                                               strbuf_text(&paths));
        }
}

static void add_terminal(const ExecContext *context, EnvironmentBlock *block) {
        const char *path = context->streams.tty_path;

        if (!standard_streams_have_terminal(&context->streams))
                return;
        if (streq(path, "/dev/console") && environment_block_get(block, "TERM"))
                return; /* the manager knows its console */
        environment_block_setf(block, "TERM", "%s", terminal_default_type(path));
}

/* $JOURNAL_STREAM: a program that finds it about its stderr may speak the journal's own language.
 */
static void add_log_stream(const ExecContext *context, EnvironmentBlock *block) {
        static const int fds[] = { STDERR_FILENO, STDOUT_FILENO };
        struct stat status;

        for (size_t i = 0; context->streams.log_stream && i < ARRAY_LENGTH(fds); i++)
                if (log_stream_is_at(context->streams.log_stream, fds[i]) &&
                    fstat(fds[i], &status) == 0) {
                        environment_block_setf(block,
                                               "JOURNAL_STREAM",
                                               "%ju:%ju",
                                               (uintmax_t)status.st_dev,
                                               (uintmax_t)status.st_ino);
                        return;
                }
}

/* $PATH is ExecSearchPath= where that is set, and never missing. */
static void add_search_path(const ExecContext *context, EnvironmentBlock *block) {
        char *const *directories = unit_spec_strv(context->spec, DIRECTIVE_EXEC_SEARCH_PATH);

        if (directories) {
                AUTO_FREE char *joined = strv_join(directories, ":");

                block->failed |= !joined;
                if (joined)
                        environment_block_setf(block, "PATH", "%s", joined);
        } else if (!environment_block_get(block, "PATH")) {
                environment_block_setf(block, "PATH", "%s", EXECUTABLE_SEARCH_PATH);
        }
}

/* What the executor itself knows about this process. */
static void add_own(const ExecContext *context, EnvironmentBlock *block) {
        add_user(context, block);
        add_descriptors(context, block);
        add_directories(context, block);
        if (context->credentials)
                environment_block_setf(block, "CREDENTIALS_DIRECTORY", "%s", context->credentials);
        add_terminal(context, block);
        add_log_stream(context, block);
        environment_block_setf(block, "SYSTEMD_EXEC_PID", "%d", getpid());
        if (environment_block_get(block, "WATCHDOG_USEC"))
                environment_block_setf(block, "WATCHDOG_PID", "%d", getpid());
        add_search_path(context, block);
}

static int add_files(ExecContext *context, EnvironmentBlock *block) {
        const RuleList *list = unit_spec_rules(context->spec, DIRECTIVE_ENVIRONMENT_FILE);
        unsigned n_ignored = 0;

        for (unsigned i = 0; list && i < list->n_rules; i++) {
                int r = environment_block_read_files(block, &list->rules[i], &n_ignored);

                if (r < 0)
                        return exec_context_problem(
                                context, DIRECTIVE_ENVIRONMENT_FILE, r, list->rules[i].source);
        }
        if (n_ignored > 0)
                exec_context_say(context,
                                 REPORT_NOTE,
                                 DIRECTIVE_ENVIRONMENT_FILE,
                                 "%u invalid assignments ignored",
                                 n_ignored);
        return STEP_DONE;
}

/* CredentialEnvironment= of [X-Tend], for the main commands only. */
static int add_credentials(ExecContext *context, EnvironmentBlock *block) {
        STRV_FOREACH(pair, unit_spec_strv(context->spec, DIRECTIVE_PLAN_CREDENTIAL_ENVIRONMENT)) {
                AUTO_FREE char *text = NULL, *variable = NULL;
                Str rest = str_of(*pair), name;
                int r;

                if (!exec_context_is_main(context))
                        return STEP_DONE;
                (void)str_next_part(&rest, '=', &name); /* always there */
                variable = str_dup(name);
                r = !variable ? -ENOMEM
                    : !context->credentials
                            ? -ENOENT
                            : credential_text(context->credentials, *pair + name.length + 1, &text);
                if (r < 0)
                        return exec_context_problem(
                                context, DIRECTIVE_PLAN_CREDENTIAL_ENVIRONMENT, r, *pair);
                environment_block_setf(block, variable, "%s", text);
        }
        return STEP_DONE;
}

int step_environment(ExecContext *context) {
        EnvironmentBlock *block = &context->environment;
        int r;

        environment_block_put_all(block, context->request.environment);
        add_own(context, block);
        environment_block_put_all(block, unit_spec_strv(context->spec, DIRECTIVE_ENVIRONMENT));
        r = add_files(context, block);
        if (r >= 0)
                r = add_credentials(context, block);
        if (r < 0)
                return r;
        STRV_FOREACH(pattern, unit_spec_strv(context->spec, DIRECTIVE_UNSET_ENVIRONMENT))
        environment_block_unset(block, *pattern);
        r = environment_block_result(block);
        return r < 0 ? exec_context_problem(context, DIRECTIVE_ENVIRONMENT, r, NULL) : STEP_DONE;
}
