/* SPDX-License-Identifier: Apache-2.0 */

/* systemd-cat: a command, or standard input, into the journal. */

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/enum_name.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/str.h"
#include "tend/program.h"
#include "tend/small/small.h"

#define PRIORITY_INFO 6

typedef struct Cat {
        const char *identifier;
        int priority, error_priority; /* error_priority -1 = the same */
        bool level_prefix;
} Cat;

/* 0 to 7, or a name; -1. */
static int parse_priority(const char *text) {
        static const char *const names[] = { "emerg",   "alert",  "crit", "err",
                                             "warning", "notice", "info", "debug" };
        uint32_t number;

        if (parse_u32(str_of(text), &number) >= 0)
                return number < ARRAY_LENGTH(names) ? (int)number : -1;
        return enum_parse(names, ARRAY_LENGTH(names), str_of(text));
}

static ProgramOutcome
apply_priority(void *userdata, const ProgramOption *option, const char *value) {
        Cat *cat = userdata;
        int priority = parse_priority(value);

        if (priority < 0)
                return program_fail(option->letter ? "Failed to parse priority value."
                                                   : "Failed to parse stderr priority value.");
        *(option->letter ? &cat->priority : &cat->error_priority) = priority;
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_prefix(void *userdata, const ProgramOption *option UNUSED, const char *value) {
        if (parse_boolean(str_of(value), &((Cat *)userdata)->level_prefix) < 0)
                return program_fail("Failed to parse boolean argument to --level-prefix=: %s.",
                                    value);
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_help(void *userdata UNUSED, const ProgramOption *option UNUSED, const char *value UNUSED) {
        (void)puts("systemd-cat [OPTIONS...] COMMAND ...\n\n"
                   "Runs a command with its output going into the journal; without one, copies "
                   "standard input.\n\n"
                   "  -t --identifier=NAME  -p --priority=LEVEL  --stderr-priority=LEVEL\n"
                   "  --level-prefix=BOOL  -h --help  --version");
        return PROGRAM_DONE;
}

/* clang-format off */
static const ProgramOption options[] = {
        { "help", 'h', .apply = apply_help },
        { "identifier", 't', .argument = PROGRAM_ARGUMENT, .apply = program_set_text, .place = offsetof(Cat, identifier) },
        { "level-prefix", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_prefix },
        { "priority", 'p', .argument = PROGRAM_ARGUMENT, .apply = apply_priority },
        { "stderr-priority", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_priority },
        { "version", 0, .apply = program_version },
};
/* clang-format on */

static const Program program = {
        .options = options,
        .n_options = ARRAY_LENGTH(options),
        .stop_at_argument = true,
};

/* A stream into the journal, above the standard ones; -1 after a message. */
static int open_stream(const Cat *cat, int priority) {
        int fd = sd_journal_stream_fd(cat->identifier, priority, cat->level_prefix);

        if (fd < 0)
                (void)program_fail("Failed to create stream fd: %s", strerror(-fd));
        return fd < 0 ? -1 : fd_above_stdio(fd);
}

/* Replaces this process; the exit status of a failure. */
static int execute(char **command, int output, int error_output) {
        char *const copy[] = { (char[]){ "/bin/cat" }, NULL };
        AUTO_FD int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

        if (dup2(output, STDOUT_FILENO) < 0 || dup2(error_output, STDERR_FILENO) < 0)
                return 1;
        (void)execvp(command[0] ? command[0] : copy[0], command[0] ? command : copy);
        int error = errno;
        if (saved >= 0)
                (void)dup2(saved, STDERR_FILENO); /* for the message; else it is in the journal */
        (void)program_fail("Failed to execute process: %s", strerror(error));
        return 1;
}

int cat_main(Tend *tend UNUSED, int argc UNUSED, char **argv) {
        Cat cat = { .priority = PRIORITY_INFO, .error_priority = -1, .level_prefix = true };
        char **command;

        switch (program_read_options(&program, argv, &cat, &command)) {
        case PROGRAM_GO_ON:
                break;
        case PROGRAM_DONE:
                return 0;
        case PROGRAM_FAILED:
                return 1;
        }
        AUTO_FD int output = open_stream(&cat, cat.priority);
        if (output < 0)
                return 1;
        AUTO_FD int error_output = -1;
        bool has_own = cat.error_priority >= 0 && cat.error_priority != cat.priority;
        if (has_own && (error_output = open_stream(&cat, cat.error_priority)) < 0)
                return 1;
        return execute(command, output, has_own ? error_output : output);
}
