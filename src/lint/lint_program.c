/* SPDX-License-Identifier: Apache-2.0 */
#include "lint/lint_program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strv.h"

extern char **environ;

static const char *const search_path[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                           "/usr/bin",        "/sbin",          "/bin" };

/* 0, or the errno of why it cannot be executed. */
static int executable_error(const char *path) {
        struct stat status;

        if (stat(path, &status) < 0)
                return errno;
        if (!S_ISREG(status.st_mode))
                return EACCES;
        return access(path, X_OK) < 0 ? errno : 0;
}

static int find_error(const char *program) {
        int error = ENOENT;

        if (strchr(program, '/'))
                return executable_error(program);
        for (size_t i = 0; i < ARRAY_LENGTH(search_path); i++) {
                AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
                strbuf_addf(&path, "%s/%s", search_path[i], program);
                error = executable_error(strbuf_text(&path));
                if (error == 0)
                        return 0;
        }
        return error;
}

static void check_command(const UnitSpec *spec, const Command *command, Diag *diag) {
        const DiagPlace place = { .unit = spec->name };
        int error = command->flags & COMMAND_IGNORE_FAILURE ? 0 : find_error(command->path);

        if (error != 0)
                diag_add(diag,
                         &place,
                         DIAG_ERROR,
                         "Command %s is not executable: %s",
                         command->path,
                         strerrordesc_np(error));
}

void lint_programs(const UnitSpec *spec, unsigned flags, Diag *diag) {
        static const DirectiveId lists[] = {
                DIRECTIVE_EXEC_CONDITION,  DIRECTIVE_EXEC_START_PRE, DIRECTIVE_EXEC_START,
                DIRECTIVE_EXEC_START_POST, DIRECTIVE_EXEC_RELOAD,    DIRECTIVE_EXEC_STOP_PRE,
                DIRECTIVE_EXEC_STOP,       DIRECTIVE_EXEC_STOP_POST,
        };

        if (unit_spec_find(spec, DIRECTIVE_ROOT_DIRECTORY) ||
            unit_spec_find(spec, DIRECTIVE_ROOT_IMAGE))
                return; /* the programs are in another tree */
        for (size_t k = 0; k < ARRAY_LENGTH(lists); k++) {
                const CommandList *list = unit_spec_commands(spec, lists[k]);
                unsigned n = list ? list->n_commands : 0;
                for (unsigned i = 0; i < (flags & LINT_FIRST_COMMANDS ? MIN(n, 1u) : n); i++)
                        check_command(spec, &list->commands[i], diag);
        }
}

/* Runs "man page(section)" for its exit status; -errno when that was not possible. */
static int man_status(const char *page) {
        char *const argv[] = { strdup("man"), strdup(page), NULL };
        posix_spawn_file_actions_t actions;
        int status = 0;
        pid_t pid;

        int r = argv[0] && argv[1] ? posix_spawn_file_actions_init(&actions) : ENOMEM;
        if (r == 0) {
                for (int fd = 0; fd <= 2; fd++)
                        (void)posix_spawn_file_actions_addopen(
                                &actions, fd, "/dev/null", O_RDWR, 0); /* else noise */
                r = posix_spawnp(&pid, "man", &actions, NULL, argv, environ);
                (void)posix_spawn_file_actions_destroy(&actions); /* never fails */
        }
        free(argv[0]);
        free(argv[1]);
        if (r != 0 || waitpid(pid, &status, 0) < 0)
                return r != 0 ? -r : -errno;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -EPROTO;
}

void lint_manuals(const UnitSpec *spec, Diag *diag) {
        const DiagPlace place = { .unit = spec->name };

        STRV_FOREACH(uri, unit_spec_strv(spec, DIRECTIVE_DOCUMENTATION)) {
                if (!str_has_prefix(str_of(*uri), "man:"))
                        continue;
                int status = man_status(*uri + strlen("man:"));
                if (status > 0)
                        diag_add(diag,
                                 &place,
                                 DIAG_ERROR,
                                 "Command 'man %s' failed with code %d",
                                 *uri + strlen("man:"),
                                 status);
        }
}
