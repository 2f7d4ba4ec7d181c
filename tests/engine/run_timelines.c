/* SPDX-License-Identifier: Apache-2.0 */

/* Runs all timelines of a directory, or the files named, and prints one TAP line for each.
 *
 * A timeline is a text of lines; "#" begins a comment. Its file name is a sentence that it proves.
 *
 *      unit NAME                     the indented lines that follow are its file
 *      mask NAME, alias NAME OTHER, remove NAME, reload-files [names]
 *
 *      start|stop|restart|try-restart|reload|try-reload|reload-or-start|verify-active NAME [MODE]
 *      cancel NAME                   its job
 *      kill NAME main|control|group|all SIGNAL, reset-failed NAME, ref NAME, unref NAME
 *
 *      advance SPAN                  time passes
 *      exit NAME WHICH exited|killed|dumped STATUS
 *      confirm NAME WHICH            the executor became the program
 *      notify NAME WHICH TEXT        "\n" is a line break; notify-fds N NAME WHICH TEXT with
 * descriptors report NAME WHICH TEXT        the executor says something about a step fork NAME one
 * more process in its group oom NAME, bus-name NAME yes|no, present NAME yes|no pid-file NAME
 * ok|missing|unsafe|dead [WHICH] crash [NAME WHICH]...         the manager dies and comes again;
 * these processes ended unseen
 *
 *      condition|assertion NAME fails|holds     for units that have Condition or Assert lines
 *      spawn-fails NAME [ERRNO]
 *
 *      expect                        exactly the indented lines came since the last expect
 *      clear                         forget what came
 *      show KIND...                  which kinds of effects expect compares (at first: spawn signal
 * state job_removed refused emergency fd_store; there are also log job_added release
 * startup_finished) check NAME
 * known|active|sub|load|result|job|job-state|restarts|status|main|control|why VALUE
 *      check-environment NAME WHICH ASSIGNMENT
 *
 * WHICH is main, control, forked, the list a command came from (ExecStartPre) or a pid. Effects are
 * those of fake_host.h without pids, of units that have a `unit` line only. sysinit.target,
 * basic.target, shutdown.target and the usual slices are there without one. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "timeline.h"

static void print_title(const char *path) {
        const char *name = path_base_name(path);
        for (const char *c = name; *c && *c != '.'; c++)
                putchar(*c == '_' || *c == '-' ? ' ' : *c);
        putchar('\n');
}

static void print_comment(const char *text) {
        Str rest = str_of(text), line = STR_EMPTY;
        while (rest.length > 0 && str_next_part(&rest, '\n', &line))
                printf("# %.*s\n", STR_ARG(line));
}

static bool run_file(const char *path, unsigned number) {
        Timeline timeline = { 0 };
        AUTO_FREE char *text = NULL;
        size_t length = 0;
        int r = file_read(path, 1024 * 1024, &text, &length, NULL);
        if (r >= 0)
                r = timeline_run(&timeline, (Str){ text, length });
        printf("%s %u - ", r >= 0 ? "ok" : "not ok", number);
        print_title(path);
        print_comment(strbuf_text(&timeline.failure));
        timeline_done(&timeline);
        (void)fflush(stdout); /* whoever reads may be gone */
        return r >= 0;
}

static int list_directory(const char *directory, char ***ret_paths) {
        AUTO_DIR DIR *stream = opendir(directory);
        if (!stream)
                return -errno;
        for (const struct dirent *entry; (entry = readdir(stream));)
                if (str_has_suffix(str_of(entry->d_name), ".timeline") &&
                    strv_take(ret_paths, path_join(directory, entry->d_name)) < 0)
                        return -ENOMEM;
        if (*ret_paths)
                strv_sort(*ret_paths);
        return 0;
}

int main(int argc, char **argv) {
        AUTO_STRV char **paths = NULL;
        unsigned n = 0, n_failed = 0;
        for (int i = 1; i < argc; i++) {
                bool is_file = str_has_suffix(str_of(argv[i]), ".timeline");
                int r = is_file ? strv_add(&paths, argv[i]) : list_directory(argv[i], &paths);
                if (r < 0)
                        return EXIT_FAILURE;
        }
        printf("1..%zu\n", strv_length(paths));
        STRV_FOREACH(path, paths)
        n_failed += !run_file(*path, ++n);
        return n_failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
