/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/path_name.h"
#include "base/terminal.h"
#include "sandbox/input_data.h"
#include "unit/client_stream.h"

#define TERMINAL_USUAL "/dev/console"

/* One of the three settings, or `usual` when the plan says nothing. */
static int parse_stream(ExecContext *context, DirectiveId id, StreamKind usual, Stream *ret) {
        const char *text = exec_context_has(context, id) ? unit_spec_text(context->spec, id) : NULL;

        if (!text) {
                *ret = (Stream){ usual, "" };
                return 0;
        }
        if (stream_parse(text, ret) < 0)
                return exec_context_problem(context, id, -EINVAL, text);
        return 0;
}

/* Commands that run after the service started or while it stops do not take its terminal. */
static bool takes_no_terminal(DirectiveId list) {
        return list == DIRECTIVE_EXEC_START_POST || list == DIRECTIVE_EXEC_RELOAD ||
               list == DIRECTIVE_EXEC_STOP;
}

static int parse_streams(ExecContext *context, StandardStreams *streams) {
        bool has_data = input_data_is_set(context->spec);
        bool inherit;
        int r = parse_stream(context,
                             DIRECTIVE_STANDARD_INPUT,
                             has_data ? STREAM_DATA : STREAM_NULL,
                             &streams->input);

        if (r < 0)
                return r;
        inherit = stream_is_terminal(&streams->input) || streams->input.kind == STREAM_SOCKET ||
                  streams->input.kind == STREAM_FD;
        r = parse_stream(context,
                         DIRECTIVE_STANDARD_OUTPUT,
                         inherit ? STREAM_INHERIT : STREAM_JOURNAL,
                         &streams->output);
        if (r < 0)
                return r;
        return parse_stream(context, DIRECTIVE_STANDARD_ERROR, STREAM_INHERIT, &streams->error);
}

static unsigned terminal_side(const ExecContext *context, DirectiveId id) {
        return exec_context_has(context, id) ? (unsigned)unit_spec_number(context->spec, id) : 0;
}

/* What the recorder of the journal is told about the command's output (systemd.exec(5)). */
static const LogStream *plan_log_stream(ExecContext *context) {
        const UnitSpec *spec = context->spec;
        LogStream *stream = &context->log_stream;

        *stream = (LogStream){
                .socket = unit_spec_text(spec, DIRECTIVE_PLAN_LOG_SOCKET),
                .identifier = unit_spec_text(spec, DIRECTIVE_SYSLOG_IDENTIFIER),
                .unit = spec->name,
                .priority = (int)(unit_spec_number(spec, DIRECTIVE_SYSLOG_FACILITY) << 3 |
                                  unit_spec_number(spec, DIRECTIVE_SYSLOG_LEVEL)),
                .level_prefix = unit_spec_bool(spec, DIRECTIVE_SYSLOG_LEVEL_PREFIX),
        };
        if (!stream->identifier || stream->identifier[0] == '\0')
                stream->identifier = path_base_name(context->command->path);
        return stream->socket ? stream : NULL;
}

/* Streams of a client stand at the end; they are not passed on as what they are. */
static int leave_out_client_streams(ExecContext *context) {
        char *const *names = context->fd_names;

        while (context->n_fds > 0 && names && client_stream_is(names[context->n_fds - 1])) {
                int r = fd_set_cloexec(context->fds[--context->n_fds], true);
                if (r < 0)
                        return exec_context_problem(
                                context, DIRECTIVE_NONE, r, "streams of a client");
        }
        return STEP_DONE;
}

int step_plan_streams(ExecContext *context) {
        StandardStreams *streams = &context->streams;
        const UnitSpec *spec = context->spec;
        int r;

        *streams = (StandardStreams){
                .tty_path = unit_spec_text(spec, DIRECTIVE_TTY_PATH) ?: TERMINAL_USUAL,
                .tty_rows = terminal_side(context, DIRECTIVE_TTY_ROWS),
                .tty_columns = terminal_side(context, DIRECTIVE_TTY_COLUMNS),
                .log_file = unit_spec_text(spec, DIRECTIVE_PLAN_LOG_FILE),
                .log_stream = plan_log_stream(context),
                .fds = context->fds,
                .fd_names = context->fd_names,
                .n_fds = context->n_fds,
                .n_sockets = context->n_fds - MIN(context->n_fds, context->request.n_stored_fds),
                .no_terminal_input = takes_no_terminal(context->list),
                .umask = context->umask,
        };
        r = parse_streams(context, streams);
        if (r < 0)
                return r;
        if (streams->input.kind == STREAM_DATA) {
                r = input_data_collect(spec, &context->input_data);
                if (r < 0)
                        return exec_context_problem(
                                context, DIRECTIVE_STANDARD_INPUT_DATA, r, NULL);
                streams->data =
                        (Str){ strbuf_text(&context->input_data), context->input_data.length };
        }
        if (streams->input.kind == STREAM_SOCKET || streams->output.kind == STREAM_SOCKET ||
            streams->error.kind == STREAM_SOCKET)
                context->n_fds = 0; /* the socket is a standard stream; $LISTEN_FDS is for others */
        return leave_out_client_streams(context);
}

/* What cannot be cleaned up in a terminal does not keep the service from running. */
int step_prepare_terminal(ExecContext *context) {
        static const DirectiveId ids[TERMINAL_CARE_COUNT] = {
                [TERMINAL_HANG_UP] = DIRECTIVE_TTY_VHANGUP,
                [TERMINAL_RESET] = DIRECTIVE_TTY_RESET,
                [TERMINAL_DISALLOCATE] = DIRECTIVE_TTY_VT_DISALLOCATE,
        };
        const char *path = context->streams.tty_path;

        for (TerminalCare care = 0; care < TERMINAL_CARE_COUNT; care++) {
                int r = unit_spec_bool(context->spec, ids[care]) ? terminal_care(path, care, true)
                                                                 : 0;
                if (r < 0)
                        exec_context_say(context,
                                         REPORT_WEAKENED,
                                         ids[care],
                                         "%s: %s",
                                         path,
                                         strerrordesc_np(-r) ?: "");
        }
        return STEP_DONE;
}

/* Tells what a stream became when that is less than was asked for. */
static int finish_stream(const ExecContext *context, DirectiveId id, const Stream *stream, int r) {
        static const char *const messages[] = {
                [STREAM_NOT_ON_CONSOLE] = "not copied to the console",
                [STREAM_NO_KERNEL_LOG] = "the kernel log cannot be written, goes to the unit's log",
                [STREAM_LOST] = "there is no log, output is lost",
        };

        if (r < 0) {
                const char *object = stream->argument[0]          ? stream->argument
                                     : stream_is_terminal(stream) ? context->streams.tty_path
                                                                  : NULL;

                return exec_context_problem(context, id, r, object);
        }
        if (r != STREAM_DONE)
                exec_context_say(context, REPORT_WEAKENED, id, "%s", messages[r]);
        return STEP_DONE;
}

int step_input(ExecContext *context) {
        return finish_stream(context,
                             DIRECTIVE_STANDARD_INPUT,
                             &context->streams.input,
                             standard_streams_connect_input(&context->streams));
}

int step_output(ExecContext *context) {
        return finish_stream(context,
                             DIRECTIVE_STANDARD_OUTPUT,
                             &context->streams.output,
                             standard_streams_connect_output(&context->streams));
}

int step_error_output(ExecContext *context) {
        return finish_stream(context,
                             DIRECTIVE_STANDARD_ERROR,
                             &context->streams.error,
                             standard_streams_connect_error(&context->streams));
}

int step_give_terminal(ExecContext *context) {
        int r;

        if (!stream_is_terminal(&context->streams.input) || context->streams.no_terminal_input ||
            context->identity.uid == UID_KEEP)
                return STEP_DONE;
        r = standard_input_give_terminal(context->identity.uid);
        return r < 0 ? exec_context_problem(
                               context, DIRECTIVE_STANDARD_INPUT, r, context->streams.tty_path)
                     : STEP_DONE;
}
