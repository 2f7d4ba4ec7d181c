/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/random_id.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "calendar/calendar_spec.h"
#include "tend/private_bus.h"
#include "tend/program.h"
#include "tend/run/run.h"
#include "tend/systemctl/ctl_job.h"
#include "tend/systemd_names.h"

typedef ProgramOption Row;

/* --- options
 * -----------------------------------------------------------------------------------------------
 */

static ProgramOutcome apply_scope_of(void *userdata, const Row *option, const char *value UNUSED) {
        Run *run = userdata;
        run->tend->scope = streq(option->name, "user") ? UNIT_SCOPE_USER : UNIT_SCOPE_SYSTEM;
        return PROGRAM_GO_ON;
}

static ProgramOutcome apply_nice(void *userdata, const Row *option UNUSED, const char *value) {
        Run *run = userdata;
        int32_t nice;

        if (parse_i32(str_of(value), &nice) < 0 || nice < -20 || nice > 19)
                return program_fail("Failed to parse nice value: %s", value);
        run->nice = nice;
        run->has_nice = true;
        return PROGRAM_GO_ON;
}

/* --on-active= and its like: the setting of the timer is named by `flag`. */
static const char *const timer_settings[] = {
        "OnActiveSec",     "OnBootSec",         "OnStartupSec",
        "OnUnitActiveSec", "OnUnitInactiveSec", "OnCalendar",
};

static ProgramOutcome apply_timer(void *userdata, const Row *option, const char *value) {
        Run *run = userdata;
        const char *setting = timer_settings[option->flag];
        uint64_t usec;

        if (streq(setting, "OnCalendar")) {
                AUTO(calendar_free) CalendarSpec *spec = NULL;
                int r = calendar_parse(str_of(value), &spec);
                if (r < 0)
                        return program_fail("Failed to parse calendar event specification: %s",
                                            strerror(-r));
        } else if (duration_parse(str_of(value), USEC_PER_SEC, &usec) < 0)
                return program_fail("Failed to parse %s=%s: Invalid argument", setting, value);
        run->has_timer = true;
        return strv_addf(&run->timer, "%s=%s", setting, value) < 0 ? PROGRAM_FAILED : PROGRAM_GO_ON;
}

static ProgramOutcome apply_change(void *userdata, const Row *option, const char *value UNUSED) {
        Run *run = userdata;
        const char *setting =
                streq(option->name, "on-clock-change") ? "OnClockChange" : "OnTimezoneChange";

        run->has_timer = true;
        return strv_addf(&run->timer, "%s=yes", setting) < 0 ? PROGRAM_FAILED : PROGRAM_GO_ON;
}

/* Settings of a timer that say when. */
static ProgramOutcome apply_timer_property(void *userdata, const Row *option, const char *value) {
        Run *run = userdata;

        run->has_timer = run->has_timer || str_has_prefix(str_of(value), "On");
        return program_add_text(userdata, option, value);
}

static ProgramOutcome
apply_environment(void *userdata, const Row *option UNUSED, const char *value) {
        Run *run = userdata;
        size_t n_name = strcspn(value, "=");

        for (size_t i = 0; i < n_name; i++)
                if (!strchr("_", value[i]) && !(value[i] >= '0' && value[i] <= '9' && i > 0) &&
                    !((value[i] | 32) >= 'a' && (value[i] | 32) <= 'z'))
                        return program_fail("Cannot assign environment variable %s: Invalid "
                                            "argument",
                                            value);
        const char *present = value[n_name] ? NULL : getenv(value);
        if (!value[n_name] && !present)
                return PROGRAM_GO_ON; /* there is nothing to pass on */
        int r = present ? strv_addf(&run->environment, "%s=%s", value, present)
                        : strv_add(&run->environment, value);
        return r < 0 ? program_fail("Out of memory.") : PROGRAM_GO_ON;
}

static ProgramOutcome
apply_ignored(void *userdata UNUSED, const Row *option UNUSED, const char *value UNUSED) {
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_help(void *userdata UNUSED, const Row *option UNUSED, const char *value UNUSED) {
        (void)puts("systemd-run [OPTIONS...] COMMAND [ARGUMENTS...]\n\n"
                   "Runs a command as a service, or with --scope in this process, that the manager "
                   "looks after.\nThe options are those of systemd-run(1) of version 252.");
        return PROGRAM_DONE;
}

#define PLACE(member) .place = offsetof(Run, member)
#define FLAG(bit) .apply = program_set_flag, PLACE(flags), .flag = (bit)
#define TEXT(member) .argument = PROGRAM_ARGUMENT, .apply = program_set_text, PLACE(member)
#define LIST(member) .argument = PROGRAM_ARGUMENT, .apply = program_add_text, PLACE(member)
#define VALUE(function) .argument = PROGRAM_ARGUMENT, .apply = (function)

/* clang-format off */
static const ProgramOption options[] = {
        { "collect", 'G', FLAG(RUN_COLLECT) },
        { "description", 0, TEXT(description) },
        { "gid", 0, TEXT(group) },
        { "help", 'h', .apply = apply_help },
        { "host", 'H', TEXT(host) },
        { "machine", 'M', TEXT(machine) },
        { "nice", 0, VALUE(apply_nice) },
        { "no-ask-password", 0, .apply = apply_ignored },
        { "no-block", 0, FLAG(RUN_NO_BLOCK) },
        { "on-active", 0, VALUE(apply_timer), .flag = 0 },
        { "on-boot", 0, VALUE(apply_timer), .flag = 1 },
        { "on-calendar", 0, VALUE(apply_timer), .flag = 5 },
        { "on-clock-change", 0, .apply = apply_change },
        { "on-startup", 0, VALUE(apply_timer), .flag = 2 },
        { "on-timezone-change", 0, .apply = apply_change },
        { "on-unit-active", 0, VALUE(apply_timer), .flag = 3 },
        { "on-unit-inactive", 0, VALUE(apply_timer), .flag = 4 },
        { "path-property", 0, LIST(path) },
        { "pipe", 'P', FLAG(RUN_PIPE) },
        { "property", 'p', LIST(properties) },
        { "pty", 't', FLAG(RUN_PTY) },
        { "quiet", 'q', FLAG(RUN_QUIET) },
        { "remain-after-exit", 'r', FLAG(RUN_REMAIN) },
        { "same-dir", 'd', FLAG(RUN_SAME_DIRECTORY) },
        { "scope", 0, FLAG(RUN_SCOPE) },
        { "send-sighup", 0, FLAG(RUN_SEND_SIGHUP) },
        { "service-type", 0, TEXT(service_type) },
        { "setenv", 'E', VALUE(apply_environment) },
        { "shell", 'S', FLAG(RUN_SHELL) },
        { "slice", 0, TEXT(slice) },
        { "slice-inherit", 0, FLAG(RUN_SLICE_INHERIT) },
        { "socket-property", 0, LIST(socket) },
        { "system", 0, .apply = apply_scope_of },
        { "timer-property", 0, VALUE(apply_timer_property), PLACE(timer) },
        { "uid", 0, TEXT(user) },
        { "unit", 'u', TEXT(unit) },
        { "user", 0, .apply = apply_scope_of },
        { "version", 0, .apply = program_version },
        { "wait", 0, FLAG(RUN_WAIT) },
        { "working-directory", 0, TEXT(directory) },
};
/* clang-format on */

static const Program program = {
        .options = options,
        .n_options = ARRAY_LENGTH(options),
        .stop_at_argument = true,
};

/* --- what does not go together
 * ------------------------------------------------------------------------------ */

static bool has_trigger(const Run *run) {
        return run->timer || run->path || run->socket;
}

static const char *first_conflict(const Run *run, char **arguments) {
        unsigned flags = run->flags;

        if (flags & RUN_SHELL && arguments[0])
                return "If --shell is used, no command line is expected.";
        if (!arguments[0] && !(flags & RUN_SHELL) && !(run->unit && has_trigger(run)))
                return "Command line to execute required.";
        if (run->timer && !run->has_timer)
                return "--timer-property= has no effect without any other timer options.";
        if ((!!run->timer + !!run->path + !!run->socket) > 1)
                return "Only single trigger (path, socket, timer) unit can be created.";
        if (flags & (RUN_PTY | RUN_PIPE) && (has_trigger(run) || flags & RUN_SCOPE))
                return "--pty/--pipe is not compatible in timer or --scope mode.";
        if (flags & (RUN_PTY | RUN_PIPE) && flags & RUN_NO_BLOCK)
                return "--pty/--pipe is not compatible with --no-block.";
        if (flags & RUN_SCOPE && has_trigger(run))
                return "Path, socket or timer options are not supported in --scope mode.";
        if (flags & RUN_SCOPE && (flags & RUN_REMAIN || run->service_type))
                return "--remain-after-exit and --service-type= are not supported in --scope mode.";
        if (flags & RUN_WAIT && flags & RUN_NO_BLOCK)
                return "--wait may not be combined with --no-block.";
        if (flags & RUN_WAIT && has_trigger(run))
                return "--wait may not be combined with path, socket or timer operations.";
        if (flags & RUN_WAIT && flags & RUN_SCOPE)
                return "--wait may not be combined with --scope.";
        return NULL;
}

/* --- the command and its unit
 * ------------------------------------------------------------------------------- */

/* The path of the program along $PATH in fresh memory; NULL when there is none. */
static char *find_program(const char *name) {
        const char *path = getenv("PATH");
        Str rest = str_of(path ? path : "/usr/local/bin:/usr/bin:/bin"), part;
        struct stat status;

        if (strchr(name, '/'))
                return access(name, X_OK) == 0 ? realpath(name, NULL) : NULL;
        while (str_next_part(&rest, ':', &part)) {
                AUTO(strbuf_done) StrBuf candidate = STRBUF_INIT;
                strbuf_addf(&candidate, "%.*s/%s", STR_ARG(part), name);
                if (access(strbuf_text(&candidate), X_OK) == 0 &&
                    stat(strbuf_text(&candidate), &status) == 0 && S_ISREG(status.st_mode))
                        return strbuf_steal(&candidate);
        }
        return NULL;
}

/* Whether the program is looked for where the service runs, not here. */
static bool is_found_there(const Run *run) {
        static const char *const keys[] = { "RootDirectory=", "RootImage=", "ExecSearchPath=" };

        if (run->host || run->machine)
                return true;
        STRV_FOREACH(property, run->properties) {
                for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
                        if (str_has_prefix(str_of(*property), keys[i]))
                                return true;
        }
        return false;
}

static int set_command(Run *run, char **arguments) {
        const char *shell = getenv("SHELL");
        char *const shell_command[] = { (char *)(uintptr_t)(shell ? shell : "/bin/sh"), NULL };
        char *const *words = run->flags & RUN_SHELL ? shell_command : arguments;

        if (!words[0])
                return 0;
        AUTO_FREE char *path = is_found_there(run) ? strdup(words[0]) : find_program(words[0]);
        if (!path) {
                int r = errno == EACCES ? -EACCES : -ENOENT;
                return program_fail("Failed to find executable %s: %s", words[0], strerror(-r)), r;
        }
        int r = strv_take(&run->command, STEAL(path));
        return err_pass(r < 0 ? r : strv_extend(&run->command, words + 1));
}

/* A name for what was not given one. */
static char *make_name(const char *suffix) {
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
        char text[ID128_TEXT_SIZE];
        Id128 id;

        if (id128_random(&id) < 0)
                return NULL;
        strbuf_addf(&name, "run-r%s%s", id128_print(id, text), suffix);
        return strbuf_steal(&name);
}

/* The name with another type at its end. */
static char *change_suffix(const char *name, const char *suffix) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        const char *dot = strrchr(name, '.');

        strbuf_addf(&text, "%.*s%s", (int)(dot ? dot - name : (long)strlen(name)), name, suffix);
        return strbuf_steal(&text);
}

static int set_names(Run *run) {
        const char *suffix = run->flags & RUN_SCOPE ? ".scope" : ".service";
        const char *trigger = run->timer    ? ".timer"
                              : run->path   ? ".path"
                              : run->socket ? ".socket"
                                            : NULL;
        AUTO_FREE char *mangled = run->unit ? program_unit_name(run->unit, suffix, false) : NULL;

        if (run->unit && !mangled)
                return err_new(-EINVAL);
        run->name = mangled ? change_suffix(mangled, suffix) : make_name(suffix);
        if (run->name && trigger)
                run->trigger_name = change_suffix(run->name, trigger);
        return run->name && (!trigger || run->trigger_name) ? 0 : err_new(-ENOMEM);
}

/* --- starting
 * ---------------------------------------------------------------------------------------------- */

static int open_terminal(Run *run) {
        AUTO_FD int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
        char path[64];

        if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
            ptsname_r(master, path, sizeof(path)) != 0)
                return program_fail("Failed to acquire pseudo tty: %s", strerror(errno)), -EIO;
        run->terminal = strdup(path);
        return run->terminal ? steal_fd(&master) : err_new(-ENOMEM);
}

static void say(const Run *run, const char *format, const char *unit) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        Str rest = str_of(format);
        ssize_t place = str_find_char(rest, '%');

        strbuf_addf(&text, "%.*s%s%s", (int)place, format, unit, format + place + 1);
        if (!(run->flags & RUN_QUIET))
                (void)program_fail("%s", strbuf_text(&text));
}

static int wait_for_job(const Run *run, char *job) {
        Systemctl ctl = { .tend = run->tend,
                          .flags = run->flags & RUN_QUIET ? SYSTEMCTL_QUIET : 0U };
        AUTO(ctl_jobs_done) CtlJobs jobs = { 0 };

        if (strv_take(&jobs.paths, job) < 0)
                return 1;
        return run->flags & RUN_NO_BLOCK ? 0 : ctl_jobs_wait(&ctl, &jobs);
}

static void announce(const Run *run) {
        if (run->trigger_name) {
                const char *type = strrchr(run->trigger_name, '.') + 1;
                AUTO(strbuf_done) StrBuf format = STRBUF_INIT;
                strbuf_addf(&format, "Running %s as unit: %%", type);
                say(run, strbuf_text(&format), run->trigger_name);
                if (run->command)
                        say(run, "Will run service as unit: %", run->name);
                return;
        }
        say(run,
            run->flags & RUN_SCOPE ? "Running scope as unit: %" : "Running as unit: %",
            run->name);
        if (run->terminal)
                say(run, "Press ^] three times within 1s to disconnect TTY.%", "");
}

/* What only works here; said why. */
static bool is_possible_there(const Run *run) {
        const char *why = NULL;

        if (run->host && run->tend->scope == UNIT_SCOPE_USER)
                why = "Execution in user context is not supported on remote systems.";
        else if (run->flags & RUN_SCOPE && (run->host || run->machine))
                why = "Scope execution is not supported on remote systems.";
        else if (run->host && run->flags & (RUN_PTY | RUN_PIPE))
                why = "Terminals and pipes are not passed on to other hosts.";
        if (why)
                (void)program_fail("%s", why);
        return !why;
}

static int start(Run *run) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        AUTO_FD int master = -1;
        AUTO_FREE char *job = NULL;

        if (!is_possible_there(run))
                return 1;
        if (private_bus_connect_to(run->tend, run->host, run->machine) < 0)
                return 1;
        if (run->flags & RUN_PTY && (master = open_terminal(run)) < 0)
                return 1;
        int r = run_request(run, &error, &job);
        if (r < 0 && run->flags & RUN_PIPE && error.message &&
            strstr(error.message, "FileDescriptor")) {
                sd_bus_error_free(&error);
                run->flags |= RUN_PIPE_BY_PATH;
                r = run_request(run, &error, &job);
        }
        if (r < 0) {
                const char *unit = run->trigger_name ? run->trigger_name : run->name;
                if (r != -EBADMSG || error.message)
                        (void)program_fail("Failed to start transient %s unit: %s",
                                           strrchr(unit, '.') + 1,
                                           error.message ? error.message : strerror(-r));
                sd_bus_error_free(&error);
                return 1;
        }
        if (wait_for_job(run, STEAL(job)) != 0)
                return 1;
        announce(run);
        if (run->flags & RUN_SCOPE)
                return run_as_scope(run);
        return run->flags & (RUN_WAIT | RUN_PTY | RUN_PIPE) ? run_until_end(run, master) : 0;
}

static int run_with_options(Run *run, char **argv) {
        char **arguments;

        switch (program_read_options(&program, argv, run, &arguments)) {
        case PROGRAM_GO_ON:
                break;
        case PROGRAM_DONE:
                return 0;
        case PROGRAM_FAILED:
                return 1;
        }
        if (run->flags & RUN_SHELL)
                run->flags |= RUN_SAME_DIRECTORY | RUN_COLLECT | RUN_WAIT |
                              (isatty(0) && isatty(1) && isatty(2) ? RUN_PTY : RUN_PIPE);
        if (run->flags & RUN_PTY && run->flags & RUN_PIPE) /* which one, the terminal tells */
                run->flags &= ~(unsigned)(isatty(0) && isatty(1) ? RUN_PIPE : RUN_PTY);
        const char *conflict = first_conflict(run, arguments);
        if (conflict)
                return program_fail("%s", conflict), 1;
        if (set_command(run, arguments) < 0 || set_names(run) < 0)
                return 1;
        return start(run);
}

int run_main(Tend *tend, int argc UNUSED, char **argv) {
        Run run = { .tend = tend };

        if (systemd_name_is_known(tend->program))
                tend->scope = UNIT_SCOPE_SYSTEM; /* whoever asks */
        int status = run_with_options(&run, argv);
        strv_free(run.properties);
        strv_free(run.environment);
        strv_free(run.timer);
        strv_free(run.path);
        strv_free(run.socket);
        strv_free(run.command);
        free(run.name);
        free(run.trigger_name);
        free(run.terminal);
        return status;
}
