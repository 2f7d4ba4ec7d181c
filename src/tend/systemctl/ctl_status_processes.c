/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <string.h>

#include "base/duration.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "tend/style.h"
#include "tend/systemctl/ctl_status.h"
#include "tend/systemctl/ctl_time.h"
#include "unit/exit_status.h"

/* "code=exited, status=1/FAILURE", "code=killed, signal=TERM". */
static void print_end(const Systemctl *ctl, int code, int status, StrBuf *out) {
        static const char *const words[] = {
                [CLD_EXITED] = "exited", [CLD_KILLED] = "killed", [CLD_DUMPED] = "dumped"
        };
        const char *word = code > 0 && (size_t)code < ARRAY_LENGTH(words) ? words[code] : NULL;

        strbuf_addf(out, "code=%s, ", word ? word : "n/a");
        if (code == CLD_EXITED) {
                const char *name = exit_status_name(status, EXIT_STATUS_LIBC | EXIT_STATUS_SYSTEMD);
                Style style = status == 0 ? STYLE_PLAIN : STYLE_BAD;
                style_addf(out,
                           ctl->tend->flags,
                           style,
                           "status=%d%s%s",
                           status,
                           name ? "/" : "",
                           name ? name : "");
                return;
        }
        AUTO(strbuf_done) StrBuf signal_name = STRBUF_INIT;
        print_signal(&signal_name, status);
        Str name = str_of(strbuf_text(&signal_name));
        (void)str_skip_prefix(&name, "SIG");
        strbuf_addf(out, "signal=%.*s", STR_ARG(name));
}

static void print_commands(const Systemctl *ctl, const UnitView *view, StrBuf *out) {
        for (unsigned i = 0; i < view->n_commands; i++) {
                const UnitCommand *command = &view->commands[i];
                if (command->code == 0)
                        continue; /* it runs, or did not yet */
                AUTO_FREE char *line = strv_join(command->arguments, " ");
                strbuf_addf(out,
                            "    Process: %u %s=%s (",
                            command->pid,
                            command->list,
                            line ? line : "");
                print_end(ctl, command->code, command->status, out);
                strbuf_add(out, ")\n");
        }
}

static void print_name(uint64_t pid, StrBuf *out) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        AUTO_FREE char *name = NULL;

        strbuf_addf(&path, "/proc/%llu/comm", (unsigned long long)pid);
        if (file_read_line(strbuf_text(&path), &name) >= 0)
                strbuf_addf(out, " (%s)", name);
}

static void print_pids(const Systemctl *ctl, const UnitView *view, StrBuf *out) {
        uint64_t main_pid = view->main_pid > 0 ? view->main_pid : view->exec_main_pid;

        if (main_pid == 0 && view->control_pid == 0)
                return;
        if (main_pid > 0) {
                strbuf_addf(out, "   Main PID: %llu", (unsigned long long)main_pid);
                if (view->main_pid > 0) {
                        print_name(main_pid, out);
                } else if (view->exec_main_code > 0) {
                        strbuf_add(out, " (");
                        print_end(ctl, (int)view->exec_main_code, (int)view->exec_main_status, out);
                        strbuf_add_char(out, ')');
                }
        }
        if (view->control_pid > 0) {
                strbuf_addf(out,
                            "%s%llu",
                            main_pid > 0 ? "; Control PID: " : "  Cntrl PID: ",
                            (unsigned long long)view->control_pid);
                print_name(view->control_pid, out);
        }
        strbuf_add_char(out, '\n');
}

static void print_said(const Systemctl *ctl, const UnitView *view, StrBuf *out) {
        if (view->status_text) {
                strbuf_add(out, "     Status: \"");
                style_addf(out, ctl->tend->flags, STYLE_STRONG, "%s", view->status_text);
                strbuf_add(out, "\"\n");
        }
        if (view->status_errno > 0)
                strbuf_addf(out,
                            "      Error: %d (%s)\n",
                            (int)view->status_errno,
                            strerror((int)view->status_errno));
}

/* Two amounts of bytes in one line, when they are known. */
static void print_traffic(const char *format, const uint64_t amounts[2], StrBuf *out) {
        if (amounts[0] == UNIT_VIEW_UNKNOWN || amounts[1] == UNIT_VIEW_UNKNOWN)
                return;
        for (unsigned i = 0; *format; format++)
                if (*format == '@')
                        print_size_rounded(out, amounts[i++]);
                else
                        strbuf_add_char(out, *format);
}

static void print_memory(const UnitView *view, StrBuf *out) {
        const struct {
                const char *name;
                uint64_t bytes, none;
        } limits[] = {
                { "min", view->memory_min, 0 },
                { "low", view->memory_low, 0 },
                { "high", view->memory_high, UNIT_VIEW_UNKNOWN },
                { "max", view->memory_max, UNIT_VIEW_UNKNOWN },
                { "swap max", view->memory_swap_max, UNIT_VIEW_UNKNOWN },
                { "limit", view->memory_limit, UNIT_VIEW_UNKNOWN },
                { "available", view->memory_available, UNIT_VIEW_UNKNOWN },
        };
        const char *separator = " (";

        if (view->memory_current == UNIT_VIEW_UNKNOWN)
                return;
        strbuf_add(out, "     Memory: ");
        print_size_rounded(out, view->memory_current);
        for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
                if (limits[i].bytes == limits[i].none || limits[i].bytes == UNIT_VIEW_UNKNOWN)
                        continue;
                strbuf_addf(out, "%s%s: ", separator, limits[i].name);
                print_size_rounded(out, limits[i].bytes);
                separator = " ";
        }
        strbuf_add(out, separator[1] ? "\n" : ")\n");
}

static void print_resources(const UnitView *view, StrBuf *out) {
        const uint64_t network[] = { view->ip_in, view->ip_out };
        const uint64_t disk[] = { view->io_read, view->io_written };

        print_traffic("         IP: @ in, @ out\n", network, out);
        print_traffic("         IO: @ read, @ written\n", disk, out);
        if (view->tasks_current != UNIT_VIEW_UNKNOWN) {
                strbuf_addf(out, "      Tasks: %llu", (unsigned long long)view->tasks_current);
                if (view->tasks_max != UNIT_VIEW_UNKNOWN)
                        strbuf_addf(out, " (limit: %llu)", (unsigned long long)view->tasks_max);
                strbuf_add_char(out, '\n');
        }
        print_memory(view, out);
        if (view->cpu_usage_nsec != UNIT_VIEW_UNKNOWN) {
                uint64_t usec = view->cpu_usage_nsec / NSEC_PER_USEC;
                strbuf_add(out, "        CPU: ");
                duration_print(out, usec, usec >= USEC_PER_MSEC ? USEC_PER_MSEC : 1);
                strbuf_add_char(out, '\n');
        }
}

void ctl_status_print_processes(const Systemctl *ctl, const UnitView *view, StrBuf *out) {
        print_commands(ctl, view, out);
        print_pids(ctl, view, out);
        print_said(ctl, view, out);
        print_resources(view, out);
}
