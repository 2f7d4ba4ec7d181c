/* SPDX-License-Identifier: Apache-2.0 */

/* Until the service has ended: its terminal is passed on, then it is told how it went. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strbuf.h"
#include "bus/bus_client.h"
#include "tend/program.h"
#include "tend/run/run.h"
#include "tend/systemctl/ctl_time.h"
#include "tend/unit_view.h"

#define DISCONNECT_KEY 0x1d /* ^] */
#define DISCONNECT_COUNT 3
#define SLICE_MSEC 500 /* how often the state is asked for when nothing is heard */

/* A connection of its own: the other one hears of jobs only. */
typedef struct EndWatch {
        BusClient *client;
        sd_bus_slot *slot;
        char *path;
        bool changed; /* something was heard */
} EndWatch;

static void end_watch_done(EndWatch *watch) {
        sd_bus_slot_unref(watch->slot);
        bus_client_free(watch->client);
        free(watch->path);
}
DEFINE_AUTO_DONE(EndWatch, end_watch_done);

static int on_change(sd_bus_message *message UNUSED, void *userdata, sd_bus_error *error UNUSED) {
        ((EndWatch *)userdata)->changed = true;
        return 0;
}

static int watch_unit(const Run *run, EndWatch *watch) {
        const Tend *tend = run->tend;

        watch->changed = true; /* it may have ended already */
        watch->path = bus_client_unit_path(run->name);
        if (!watch->path)
                return err_new(-ENOMEM);
        int r = bus_client_connect(tend->is_systemd || !tend->paths ? TEND_SYSTEMD_SOCKET
                                                                    : tend->paths->bus_socket,
                                   &watch->client);
        if (r < 0)
                return err_pass(r);
        return err_pass(sd_bus_match_signal(bus_client_bus(watch->client),
                                            &watch->slot,
                                            NULL,
                                            watch->path,
                                            "org.freedesktop.DBus.Properties",
                                            "PropertiesChanged",
                                            on_change,
                                            watch));
}

/* 1 when the unit is down and has no job. */
static int has_ended(EndWatch *watch) {
        AUTO_FREE char *state = NULL;
        int r;

        while ((r = sd_bus_process(bus_client_bus(watch->client), NULL)) > 0)
                ;
        if (r < 0)
                return err_pass(r);
        if (!watch->changed)
                return 0;
        watch->changed = false;
        r = bus_client_get_text(
                watch->client, watch->path, BUS_UNIT_INTERFACE, "ActiveState", NULL, &state);
        if (r < 0)
                return err_pass(r);
        return streq(state, "inactive") || streq(state, "failed");
}

/* --- the terminal
 * ------------------------------------------------------------------------------------------ */

typedef struct Terminal {
        int master; /* -1 = none */
        struct termios before;
        bool is_raw; /* ours was changed */
        unsigned n_keys;
        uint64_t first_key_usec;
        bool input_ended;
} Terminal;

static void terminal_begin(Terminal *terminal) {
        struct winsize size;

        if (terminal->master < 0)
                return;
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
                (void)ioctl(terminal->master, TIOCSWINSZ, &size); /* else it has no size */
        if (tcgetattr(STDIN_FILENO, &terminal->before) < 0)
                return;
        struct termios raw = terminal->before;
        cfmakeraw(&raw);
        terminal->is_raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static void terminal_end(Terminal *terminal) {
        if (terminal->is_raw)
                (void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal->before); /* nothing else helps */
}

/* Copies what there is; 0 at the end. */
static ssize_t copy_some(int from, int to, char *buffer, size_t size) {
        ssize_t n = read(from, buffer, size);

        if (n < 0)
                return errno == EAGAIN || errno == EINTR ? 1 : 0; /* EIO: nobody has it open */
        if (n > 0 && fd_write_all(to, buffer, (size_t)n) < 0)
                return 0;
        return n;
}

/* Whether the user wants to leave. */
static bool count_keys(Terminal *terminal, const char *bytes, size_t n) {
        for (size_t i = 0; i < n; i++) {
                uint64_t now_usec = clock_monotonic_usec();
                if (bytes[i] != DISCONNECT_KEY) {
                        terminal->n_keys = 0;
                        continue;
                }
                if (terminal->n_keys == 0 || now_usec - terminal->first_key_usec > USEC_PER_SEC) {
                        terminal->n_keys = 0;
                        terminal->first_key_usec = now_usec;
                }
                if (++terminal->n_keys == DISCONNECT_COUNT)
                        return true;
        }
        return false;
}

/* Passes on in both directions; 1 when the user wants to leave. */
static int pass_on(Terminal *terminal, const struct pollfd *fds) {
        char buffer[4096];

        if (fds[1].revents)
                (void)copy_some(terminal->master,
                                STDOUT_FILENO,
                                buffer,
                                sizeof(buffer)); /* end: see the unit */
        if (!fds[2].revents)
                return 0;
        ssize_t n = read(STDIN_FILENO, buffer, sizeof(buffer));
        if (n <= 0) {
                const char end = 4; /* ^D: the terminal's end of input */
                terminal->input_ended = true;
                (void)fd_write_all(terminal->master, &end, 1); /* the service may be gone */
                return 0;
        }
        if (count_keys(terminal, buffer, (size_t)n))
                return 1;
        (void)fd_write_all(terminal->master, buffer, (size_t)n); /* likewise */
        return 0;
}

/* What is still in the terminal when the service is gone. */
static void drain(const Terminal *terminal) {
        char buffer[4096];
        ssize_t n;

        while (terminal->master >= 0 && (n = read(terminal->master, buffer, sizeof(buffer))) > 0)
                (void)fd_write_all(STDOUT_FILENO, buffer, (size_t)n); /* nothing else helps */
}

/* --- the end
 * -----------------------------------------------------------------------------------------------
 */

static int wait_for_end(EndWatch *watch, Terminal *terminal) {
        int r;

        while ((r = has_ended(watch)) == 0) {
                struct pollfd fds[] = {
                        { .fd = sd_bus_get_fd(bus_client_bus(watch->client)), .events = POLLIN },
                        { .fd = terminal->master, .events = POLLIN },
                        { .fd = terminal->master < 0 || terminal->input_ended ? -1 : STDIN_FILENO,
                          .events = POLLIN },
                };
                int n = poll(fds, ARRAY_LENGTH(fds), SLICE_MSEC);
                if (n < 0 && errno != EINTR)
                        return err_new(-errno);
                if (n <= 0)
                        watch->changed = true;
                if (fds[1].revents & POLLHUP && !(fds[1].revents & POLLIN)) {
                        watch->changed = true;   /* nobody has the terminal open (any more) */
                        (void)poll(NULL, 0, 20); /* it comes up, or the unit goes down */
                }
                if (n > 0 && terminal->master >= 0 && pass_on(terminal, fds))
                        return err_new(-ECANCELED);
        }
        return err_pass(r);
}

static void print_end(const UnitView *view) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        static const char *const words[] = {
                [CLD_EXITED] = "exited", [CLD_KILLED] = "killed", [CLD_DUMPED] = "dumped"
        };

        strbuf_addf(&out, "Finished with result: %s\n", view->result ? view->result : "n/a");
        if (view->exec_main_code == CLD_EXITED)
                strbuf_addf(&out,
                            "Main processes terminated with: code=exited/status=%llu\n",
                            (unsigned long long)view->exec_main_status);
        else if (view->exec_main_code > 0 && view->exec_main_code < ARRAY_LENGTH(words)) {
                AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
                print_signal(&name, (int)view->exec_main_status);
                Str signal_name = str_of(strbuf_text(&name));
                (void)str_skip_prefix(&signal_name, "SIG");
                strbuf_addf(&out,
                            "Main processes terminated with: code=%s/status=%.*s\n",
                            words[view->exec_main_code],
                            STR_ARG(signal_name));
        }
        if (view->inactive_exit_usec > 0 && view->inactive_enter_usec > view->inactive_exit_usec) {
                strbuf_add(&out, "Service runtime: ");
                duration_print(
                        &out, view->inactive_enter_usec - view->inactive_exit_usec, USEC_PER_MSEC);
                strbuf_add_char(&out, '\n');
        }
        if (view->cpu_usage_nsec != UNIT_VIEW_UNKNOWN) {
                uint64_t usec = view->cpu_usage_nsec / NSEC_PER_USEC;
                strbuf_add(&out, "CPU time consumed: ");
                duration_print(&out, usec, usec >= USEC_PER_MSEC ? USEC_PER_MSEC : 1);
                strbuf_add_char(&out, '\n');
        }
        strbuf_truncate(&out, out.length > 0 ? out.length - 1 : 0);
        (void)program_fail("%s", strbuf_text(&out));
}

/* What the service's end means for us. */
static int exit_status_of(const UnitView *view) {
        if (!view->result || streq(view->result, "success"))
                return 0;
        if (view->exec_main_code == CLD_EXITED && view->exec_main_status > 0)
                return (int)view->exec_main_status;
        return 1;
}

int run_until_end(const Run *run, int master) {
        AUTO(end_watch_done) EndWatch watch = { 0 };
        AUTO(unit_view_done) UnitView view = { 0 };
        Terminal terminal = { .master = master };

        int r = watch_unit(run, &watch);
        if (r >= 0) {
                terminal_begin(&terminal);
                r = wait_for_end(&watch, &terminal);
                drain(&terminal);
                terminal_end(&terminal);
        }
        if (r == -ECANCELED)
                return 0; /* the user has left, the service goes on */
        if (r >= 0)
                r = unit_view_get(run->tend, run->name, NULL, &view);
        if (r < 0) {
                (void)program_fail("Failed to wait for the unit: %s", strerror(-r));
                return 1;
        }
        if (run->flags & RUN_WAIT && !(run->flags & RUN_QUIET))
                print_end(&view);
        return exit_status_of(&view);
}
