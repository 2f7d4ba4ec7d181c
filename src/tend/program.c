/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/program.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "unit/unit_name.h"

#define LONG_BASE 256 /* getopt's values of long options: row number + this */

static struct option *make_long_options(const Program *program) {
        struct option *list = calloc(program->n_options + 1, sizeof(*list));

        for (size_t i = 0, n = 0; list && i < program->n_options; i++) {
                const ProgramOption *row = &program->options[i];
                if (!row->name)
                        continue;
                list[n++] = (struct option){
                        .name = row->name,
                        .has_arg = row->argument == PROGRAM_ARGUMENT      ? required_argument
                                   : row->argument == PROGRAM_NO_ARGUMENT ? no_argument
                                                                          : optional_argument,
                        .val = (int)i + LONG_BASE,
                };
        }
        return list;
}

static char *make_letters(const Program *program) {
        AUTO(strbuf_done) StrBuf letters = STRBUF_INIT;
        static const char *const colons[] = {
                [PROGRAM_NO_ARGUMENT] = "",
                [PROGRAM_ARGUMENT] = ":",
                [PROGRAM_OPTIONAL_ARGUMENT] = "::",
        };

        strbuf_add(&letters, program->stop_at_argument ? "+" : "");
        for (size_t i = 0; i < program->n_options; i++) {
                const ProgramOption *row = &program->options[i];
                if (row->letter)
                        strbuf_addf(&letters, "%c%s", row->letter, colons[row->argument]);
        }
        return strbuf_steal(&letters);
}

static const ProgramOption *find_option(const Program *program, int value) {
        if (value >= LONG_BASE)
                return &program->options[value - LONG_BASE];
        for (size_t i = 0; i < program->n_options; i++)
                if (program->options[i].letter == value)
                        return &program->options[i];
        return NULL;
}

ProgramOutcome
program_read_options(const Program *program, char **argv, void *userdata, char ***ret_arguments) {
        AUTO_FREE struct option *long_options = make_long_options(program);
        AUTO_FREE char *letters = make_letters(program);
        int argc = (int)strv_length(argv), value;

        if (!long_options || !letters)
                return program_fail("Out of memory.");
        optind = 0; /* also the order is set anew */
        while ((value = getopt_long(argc, argv, letters, long_options, NULL)) >= 0) {
                const ProgramOption *option = find_option(program, value);
                if (!option)
                        return PROGRAM_FAILED; /* getopt has said why */
                ProgramOutcome outcome = option->apply(userdata, option, optarg);
                if (outcome != PROGRAM_GO_ON)
                        return outcome;
        }
        *ret_arguments = argv + optind;
        return PROGRAM_GO_ON;
}

const ProgramVerb *program_find_verb(const Program *program, char **arguments) {
        const char *name = arguments[0] ? arguments[0] : program->default_verb;
        size_t n = arguments[0] ? strv_length(arguments) - 1 : 0;

        for (size_t i = 0; name && i < program->n_verbs; i++) {
                const ProgramVerb *verb = &program->verbs[i];
                if (!streq(verb->name, name))
                        continue;
                if (n >= verb->min_arguments && n <= verb->max_arguments)
                        return verb;
                (void)program_fail("Too %s arguments.", n < verb->min_arguments ? "few" : "many");
                return NULL;
        }
        if (name)
                (void)program_fail("Unknown command verb %s.", name);
        else
                (void)program_fail("Command verb required.");
        return NULL;
}

ProgramOutcome
program_set_flag(void *userdata, const ProgramOption *option, const char *value UNUSED) {
        *(unsigned *)(void *)((char *)userdata + option->place) |= option->flag;
        return PROGRAM_GO_ON;
}

ProgramOutcome program_set_text(void *userdata, const ProgramOption *option, const char *value) {
        *(const char **)(void *)((char *)userdata + option->place) = value;
        return PROGRAM_GO_ON;
}

ProgramOutcome program_add_text(void *userdata, const ProgramOption *option, const char *value) {
        char ***list = (char ***)(void *)((char *)userdata + option->place);
        return strv_add(list, value) < 0 ? program_fail("Out of memory.") : PROGRAM_GO_ON;
}

ProgramOutcome program_set_boolean(void *userdata, const ProgramOption *option, const char *value) {
        unsigned *flags = (unsigned *)(void *)((char *)userdata + option->place);
        bool is_set = true;

        if (value && parse_boolean(str_of(value), &is_set) < 0)
                return program_fail(
                        "Failed to parse boolean argument to --%s: %s.", option->name, value);
        *flags = is_set ? *flags | option->flag : *flags & ~option->flag;
        return PROGRAM_GO_ON;
}

ProgramOutcome program_version(void *userdata UNUSED,
                               const ProgramOption *option UNUSED,
                               const char *value UNUSED) {
        (void)puts("systemd 252 (tend " TEND_VERSION ")"); /* checked when the output is closed */
        return PROGRAM_DONE;
}

ProgramOutcome program_fail(const char *format, ...) {
        va_list args;

        (void)fflush(stdout); /* in order with what was printed; checked at the end */
        va_start(args, format);
        (void)vfprintf(stderr, format, args); /* nowhere to report a failing stderr */
        va_end(args);
        (void)fputc('\n', stderr);
        return PROGRAM_FAILED;
}

/* Whether the name consists of what names of units may consist of. */
static bool is_plain_name(const char *typed) {
        for (; *typed; typed++)
                if (!((*typed | 32) >= 'a' && (*typed | 32) <= 'z') &&
                    !(*typed >= '0' && *typed <= '9') && !strchr(":-_.\\@*?[]!", *typed))
                        return false;
        return true;
}

char *program_unit_name(const char *typed, const char *suffix, bool globs) {
        char *name = NULL;

        int r = unit_name_mangle(typed, suffix, globs, &name);
        if (r < 0)
                (void)program_fail(globs ? "Failed to mangle name: %s"
                                         : "Failed to mangle unit name: %s",
                                   strerror(-r));
        else if (typed[0] != '/' && !is_plain_name(typed)) {
                bool is_whole = str_has_suffix(str_of(typed), strrchr(name, '.'));
                size_t length = strlen(name) - (is_whole ? 0 : strlen(suffix));
                (void)program_fail("Invalid unit name \"%s\" escaped as \"%.*s\" (maybe you should "
                                   "use systemd-escape?).",
                                   typed,
                                   (int)length,
                                   name);
        }
        return name;
}
