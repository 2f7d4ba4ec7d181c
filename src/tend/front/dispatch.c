/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/front/dispatch.h"

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/strv.h"
#include "tend/cmd_escape.h"
#include "tend/cmd_timers.h"
#include "tend/commands.h"
#include "tend/front/analyze.h"
#include "tend/journalctl/journalctl.h"
#include "tend/run/run.h"
#include "tend/small/small.h"
#include "tend/systemctl/systemctl.h"
#include "tend/systemd_names.h"

static int run_escape(Tend *tend, int argc, char **argv) {
        return escape_main(tend->program, argc, argv);
}

/* clang-format off */
static int (*const programs[SYSTEMD_PROGRAM_COUNT])(Tend *tend, int argc, char **argv) = {
        [SYSTEMD_JOURNALCTL]      = journalctl_main,
        [SYSTEMD_SYSTEMCTL]       = systemctl_main,
        [SYSTEMD_SYSTEMD_ANALYZE] = analyze_main,
        [SYSTEMD_SYSTEMD_CAT]     = cat_main,
        [SYSTEMD_SYSTEMD_CGLS]    = cgls_main,
        [SYSTEMD_SYSTEMD_CGTOP]   = cgtop_main,
        [SYSTEMD_SYSTEMD_ESCAPE]  = run_escape,
        [SYSTEMD_SYSTEMD_NOTIFY]  = notify_main,
        [SYSTEMD_SYSTEMD_RUN]     = run_main,
};
/* clang-format on */

bool dispatch_name(Tend *tend, int argc, char **argv, int *ret_status) {
        SystemdProgram program;

        if (!systemd_name_find(tend->program, &program))
                return false;
        *ret_status = programs[program](tend, argc, argv);
        return true;
}

/* tend's own --json stands anywhere and, unlike systemd's, without a value. The arguments left. */
static int take_json(Tend *tend, int argc, char **argv) {
        int n_left = 0;

        for (int i = 0; i < argc; i++) {
                if (streq(argv[i], "--json"))
                        tend->flags |= TEND_JSON;
                else
                        argv[n_left++] = argv[i];
        }
        argv[n_left] = NULL;
        return n_left;
}

/* Commands of tend that answer as those of systemd-analyze do, options and all. */
static bool is_analyze_command(const char *name) {
        static const char *const names[] = {
                "calendar", "condition", "exit-status", "plot", "security", "timespan", "timestamp",
        };
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                if (streq(names[i], name))
                        return true;
        return false;
}

/* Whether the first word is a verb that tend has not, but systemctl has. */
static bool is_for_systemctl(char *const *arguments) {
        STRV_FOREACH(word, arguments) {
                if ((*word)[0] != '-')
                        return !command_find(*word) && systemctl_has_verb(*word);
        }
        return false;
}

/* Options of tend in the words of systemctl. -ENOMEM. */
static int translate(Tend *tend, char *const *argv, char ***ret) {
        AUTO_STRV char **words = NULL;

        STRV_FOREACH(word, argv) {
                Str value = str_of(*word);
                int r = 0;
                if (str_skip_prefix(&value, "--runtime-dir="))
                        tend->runtime_directory = value.data;
                else if (streq(*word, "--runtime-dir") && word[1])
                        tend->runtime_directory = *++word;
                else
                        r = strv_add(&words, streq(*word, "--json") ? "--output=json" : *word);
                if (r < 0)
                        return err_pass(r);
        }
        *ret = STEAL(words);
        return 0;
}

static int run_systemctl(Tend *tend, char *const *argv) {
        AUTO_STRV char **words = NULL;

        if (translate(tend, argv, &words) < 0)
                return 1;
        return systemctl_main(tend, (int)strv_length(words), words);
}

bool dispatch_command(Tend *tend, int argc, char **argv, int *ret_status) {
        if (argc < 2)
                return false;
        if (streq(argv[1], "escape"))
                *ret_status = escape_main("tend escape", argc - 1, argv + 1);
        else if (streq(argv[1], "run"))
                *ret_status = run_main(tend, argc - 1, argv + 1);
        else if (streq(argv[1], "logs") && logs_is_query(argv + 1))
                *ret_status = logs_main(tend, argc - 1, argv + 1);
        else if (streq(argv[1], "top"))
                *ret_status = cgtop_main(tend, argc - 1, argv + 1);
        else if (streq(argv[1], "timers"))
                *ret_status = timers_main(tend, argc, argv);
        else if (is_analyze_command(argv[1]))
                *ret_status = analyze_main(tend, take_json(tend, argc, argv), argv);
        else if (is_for_systemctl(argv + 1))
                *ret_status = run_systemctl(tend, argv);
        else
                return false;
        return true;
}
