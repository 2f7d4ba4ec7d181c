/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/status_text.h"

#include <signal.h>
#include <string.h>

#include "base/duration.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/strv.h"
#include "tend/failure_text.h"
#include "tend/report_text.h"
#include "tend/style.h"
#include "tend/time_text.h"

#define LABEL_WIDTH 10

void status_print_size(uint64_t bytes, StrBuf *out) {
        static const char units[] = "BKMGTPE";
        double amount = (double)bytes;
        size_t unit = 0;

        while (amount >= 1024 && unit < sizeof(units) - 2) {
                amount /= 1024;
                unit++;
        }
        strbuf_addf(out, unit == 0 || amount >= 100 ? "%.0f%c" : "%.1f%c", amount, units[unit]);
}

/* Begins a line: its label, or as much space. */
static void label(StrBuf *out, const StatusStyle *style, const char *text) {
        int padding = LABEL_WIDTH - (int)strlen(text);
        strbuf_add(out, "  ");
        style_addf(out, style->flags, STYLE_FAINT, "%s", text);
        strbuf_addf(out, "%*s", MAX(padding, 1), "");
}

/* --- parts of the text
 * ------------------------------------------------------------------------------- */

static void print_heading(const UnitView *view, const StatusStyle *style, StrBuf *out) {
        style_addf(out,
                   style->flags,
                   style_of_state(view->active_state),
                   "%s",
                   style_mark(view->active_state));
        strbuf_add_char(out, ' ');
        style_addf(out, style->flags, STYLE_STRONG, "%s", view->id ? view->id : "?");
        if (view->description && view->id && !streq(view->description, view->id))
                strbuf_addf(out, " - %s", view->description);
        strbuf_add_char(out, '\n');
}

static void print_state(const StatusFacts *facts, const StatusStyle *style, StrBuf *out) {
        const UnitView *view = &facts->view;
        const char *sub = view->sub_state ? view->sub_state : "?";

        label(out, style, "state");
        style_addf(out,
                   style->flags,
                   style_of_state(view->active_state),
                   "%s (%s)",
                   view->active_state ? view->active_state : "?",
                   sub);
        if (view->state_change_usec > 0) {
                strbuf_add(out, " since ");
                time_print(view->state_change_usec, out);
                strbuf_add(out, ", ");
                time_print_relative(view->state_change_usec, style->now_usec, out);
        }
        strbuf_add_char(out, '\n');
        if (facts->reason && facts->reason[0]) {
                label(out, style, "because");
                strbuf_addf(out, "%s\n", facts->reason);
        }
        if (view->n_restarts > 0) {
                label(out, style, "restarts");
                strbuf_addf(out, "%llu\n", (unsigned long long)view->n_restarts);
        }
        if (view->job && !streq(view->job, "/")) {
                label(out, style, "job");
                strbuf_addf(out, "%s is queued\n", strrchr(view->job, '/') + 1);
        }
}

static void print_files(const StatusFacts *facts, const StatusStyle *style, StrBuf *out) {
        const UnitView *view = &facts->view;

        label(out, style, "file");
        if (view->fragment_path)
                strbuf_add(out, view->fragment_path);
        else if (facts->stand_in)
                strbuf_addf(out, "none (%s)", facts->stand_in);
        else
                strbuf_add(out, view->transient ? "none (made at run time)" : "none");
        if (view->load_state && !streq(view->load_state, "loaded"))
                style_addf(out, style->flags, STYLE_BAD, " (%s)", view->load_state);
        else if (view->unit_file_state)
                strbuf_addf(out, " (%s)", view->unit_file_state);
        strbuf_add_char(out, '\n');
        STRV_FOREACH(path, view->dropin_paths) {
                label(out, style, path == view->dropin_paths ? "drop-ins" : "");
                strbuf_addf(out, "%s\n", *path);
        }
        if (view->need_daemon_reload) {
                label(out, style, "changed");
                style_addf(out,
                           style->flags,
                           STYLE_BUSY,
                           "the files are newer than what is loaded; run: tend daemon-reload");
                strbuf_add_char(out, '\n');
        }
        STRV_FOREACH(trigger, view->triggered_by) {
                label(out, style, trigger == view->triggered_by ? "triggers" : "");
                strbuf_addf(out, "%s\n", *trigger);
        }
        STRV_FOREACH(uri, view->documentation) {
                label(out, style, uri == view->documentation ? "docs" : "");
                strbuf_addf(out, "%s\n", *uri);
        }
}

/* The command of a process that is in the list; NULL. */
static const char *command_of(const StatusFacts *facts, uint64_t pid) {
        for (unsigned i = 0; i < facts->n_processes; i++)
                if (facts->processes[i].pid == pid)
                        return facts->processes[i].command;
        return NULL;
}

static void print_main(const StatusFacts *facts, const StatusStyle *style, StrBuf *out) {
        const UnitView *view = &facts->view;

        if (view->main_pid > 0) {
                const char *command = command_of(facts, view->main_pid);
                label(out, style, "main");
                strbuf_addf(out, "%llu", (unsigned long long)view->main_pid);
                if (command)
                        strbuf_addf(out, " %s", command);
                strbuf_add_char(out, '\n');
        } else if (view->exec_main_pid > 0 && view->exec_main_exit_usec > 0) {
                label(out, style, "main");
                strbuf_addf(out, "%llu ", (unsigned long long)view->exec_main_pid);
                failure_describe_exit((int)view->exec_main_code, (int)view->exec_main_status, out);
                strbuf_add(out, ", ");
                time_print_relative(view->exec_main_exit_usec, style->now_usec, out);
                strbuf_add_char(out, '\n');
        }
        if (view->status_text) {
                label(out, style, "says");
                strbuf_addf(out, "%s\n", view->status_text);
        }
}

static void print_figures(const UnitView *view, const StatusStyle *style, StrBuf *out) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        if (view->memory_current != UNIT_VIEW_UNKNOWN) {
                strbuf_add(&text, "memory ");
                status_print_size(view->memory_current, &text);
        }
        if (view->memory_max != UNIT_VIEW_UNKNOWN && text.length > 0) {
                strbuf_add(&text, " of ");
                status_print_size(view->memory_max, &text);
        }
        if (view->tasks_current != UNIT_VIEW_UNKNOWN)
                strbuf_addf(&text,
                            "%stasks %llu",
                            text.length > 0 ? ", " : "",
                            (unsigned long long)view->tasks_current);
        if (view->cpu_usage_nsec != UNIT_VIEW_UNKNOWN) {
                strbuf_addf(&text, "%scpu ", text.length > 0 ? ", " : "");
                duration_print(&text, view->cpu_usage_nsec / NSEC_PER_USEC, USEC_PER_MSEC);
        }
        if (text.length == 0)
                return;
        label(out, style, "uses");
        strbuf_addf(out, "%s\n", strbuf_text(&text));
}

/* Commands other than the main process, as they ran last. */
static void print_commands(const UnitView *view, const StatusStyle *style, StrBuf *out) {
        const char *name = "commands";

        for (unsigned i = 0; i < view->n_commands; i++) {
                const UnitCommand *command = &view->commands[i];
                bool is_main = streq(command->list, "ExecStart") &&
                               command->pid == (uint32_t)view->exec_main_pid;
                if (command->pid == 0 || is_main)
                        continue;
                AUTO_FREE char *line = strv_join(command->arguments, " ");
                bool bad = command->exit_usec > 0 &&
                           (command->code != CLD_EXITED || command->status != 0);
                label(out, style, name);
                strbuf_addf(out, "%s=%s: ", command->list, line ? line : command->path);
                strbuf_add(out, style_begin(style->flags, bad ? STYLE_BAD : STYLE_PLAIN));
                if (command->exit_usec == 0)
                        strbuf_add(out, "runs now");
                else
                        failure_describe_exit(command->code, command->status, out);
                strbuf_add(out, style_end(style->flags, bad ? STYLE_BAD : STYLE_PLAIN));
                strbuf_add_char(out, '\n');
                name = "";
        }
}

static void print_processes(const StatusFacts *facts, const StatusStyle *style, StrBuf *out) {
        if (facts->n_processes < 2) /* the main process stands above already */
                return;
        for (unsigned i = 0; i < facts->n_processes; i++) {
                label(out, style, i == 0 ? "processes" : "");
                strbuf_addf(out,
                            "%s%u %s\n",
                            i + 1 < facts->n_processes ? "\u251c\u2500" : "\u2514\u2500",
                            facts->processes[i].pid,
                            facts->processes[i].command);
        }
}

/* One line when settings hold less than was asked for: the reason if all have the same, else where
 * to read them. */
static void print_weaker(const StatusFacts *facts, const StatusStyle *style, StrBuf *out) {
        AUTO_STRV char **texts = NULL;

        (void)report_group(facts->reports, &texts); /* without memory there are none */
        if (!texts)
                return;
        label(out, style, "weaker");
        if (texts[1])
                style_addf(out,
                           style->flags,
                           STYLE_BUSY,
                           "%zu settings hold less than was asked for (tend report %s)",
                           strv_length(facts->reports),
                           facts->view.id);
        else
                style_addf(out, style->flags, STYLE_BUSY, "%s", texts[0]);
        strbuf_add_char(out, '\n');
}

static void print_remarks(const StatusFacts *facts, const StatusStyle *style, StrBuf *out) {
        print_weaker(facts, style, out);
        for (unsigned i = 0; i < facts->findings.n_findings; i++) {
                AUTO_FREE char *text = diag_format(&facts->findings.findings[i]);
                label(out, style, i == 0 ? "findings" : "");
                style_addf(out, style->flags, STYLE_BUSY, "%s", text ? text : "?");
                strbuf_add_char(out, '\n');
        }
}

static void print_log(const StatusFacts *facts, const StatusStyle *style, StrBuf *out) {
        if (!facts->log_lines)
                return;
        label(out, style, "log");
        strbuf_addf(out, "%s\n", facts->log_path);
        STRV_FOREACH(line, facts->log_lines)
        strbuf_addf(out, "    %s\n", *line);
}

void status_print(const StatusFacts *facts, const StatusStyle *style, StrBuf *out) {
        print_heading(&facts->view, style, out);
        print_state(facts, style, out);
        print_files(facts, style, out);
        print_main(facts, style, out);
        print_figures(&facts->view, style, out);
        print_commands(&facts->view, style, out);
        print_processes(facts, style, out);
        print_remarks(facts, style, out);
        print_log(facts, style, out);
}

/* --- JSON
 * ------------------------------------------------------------------------------------------- */

static void json_list(JsonWriter *writer, const char *key, char *const *list) {
        json_begin_array(writer, key);
        STRV_FOREACH(text, list)
        json_string(writer, NULL, *text);
        json_end_array(writer);
}

static void json_figure(JsonWriter *writer, const char *key, uint64_t figure) {
        if (figure == UNIT_VIEW_UNKNOWN)
                json_null(writer, key);
        else
                json_unsigned(writer, key, figure);
}

static void json_view(JsonWriter *writer, const UnitView *view) {
        json_string(writer, "unit", view->id);
        json_string(writer, "description", view->description);
        json_string(writer, "load", view->load_state);
        json_string(writer, "active", view->active_state);
        json_string(writer, "sub", view->sub_state);
        json_string(writer, "result", view->result);
        json_unsigned(writer, "since_usec", view->state_change_usec);
        json_string(writer, "file", view->fragment_path);
        json_string(writer, "file_state", view->unit_file_state);
        json_list(writer, "drop_ins", view->dropin_paths);
        json_boolean(writer, "need_daemon_reload", view->need_daemon_reload != 0);
        json_unsigned(writer, "main_pid", view->main_pid);
        json_unsigned(writer, "restarts", view->n_restarts);
        json_string(writer, "status_text", view->status_text);
        json_figure(writer, "memory_bytes", view->memory_current);
        json_figure(writer, "tasks", view->tasks_current);
        json_figure(writer, "cpu_nsec", view->cpu_usage_nsec);
}

static void json_commands(JsonWriter *writer, const UnitView *view) {
        json_begin_array(writer, "commands");
        for (unsigned i = 0; i < view->n_commands; i++) {
                const UnitCommand *command = &view->commands[i];
                json_begin_object(writer, NULL);
                json_string(writer, "setting", command->list);
                json_list(writer, "arguments", command->arguments);
                json_unsigned(writer, "pid", command->pid);
                json_unsigned(writer, "start_usec", command->start_usec);
                json_unsigned(writer, "exit_usec", command->exit_usec);
                json_number(writer, "code", command->code);
                json_number(writer, "status", command->status);
                json_end_object(writer);
        }
        json_end_array(writer);
}

static void json_findings(JsonWriter *writer, const Diag *diag) {
        json_begin_array(writer, "findings");
        for (unsigned i = 0; i < diag->n_findings; i++) {
                const Finding *finding = &diag->findings[i];
                json_begin_object(writer, NULL);
                json_string(writer, "file", finding->file);
                json_unsigned(writer, "line", finding->line);
                json_string(writer, "severity", diag_severity_name(finding->severity));
                json_string(writer, "text", finding->text);
                json_string(writer, "hint", finding->hint);
                json_end_object(writer);
        }
        json_end_array(writer);
}

void status_print_json(const StatusFacts *facts, StrBuf *out) {
        JsonWriter writer = { .out = out, .pretty = true };

        json_begin_object(&writer, NULL);
        json_view(&writer, &facts->view);
        json_string(&writer, "reason", facts->reason && facts->reason[0] ? facts->reason : NULL);
        json_commands(&writer, &facts->view);
        json_begin_array(&writer, "processes");
        for (unsigned i = 0; i < facts->n_processes; i++) {
                json_begin_object(&writer, NULL);
                json_unsigned(&writer, "pid", facts->processes[i].pid);
                json_string(&writer, "command", facts->processes[i].command);
                json_end_object(&writer);
        }
        json_end_array(&writer);
        json_begin_array(&writer, "weaker");
        report_print_json(facts->reports, &writer);
        json_end_array(&writer);
        json_findings(&writer, &facts->findings);
        json_string(&writer, "log", facts->log_path);
        json_list(&writer, "log_lines", facts->log_lines);
        json_end_object(&writer);
}
