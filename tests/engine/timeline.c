/* SPDX-License-Identifier: Apache-2.0 */
#include "timeline.h"

#include <errno.h>
#include <stdarg.h>

#include "base/strv.h"
#include "fake_ports.h"

int timeline_fail(Timeline *timeline, const char *format, ...) {
        va_list args;
        strbuf_addf(&timeline->failure,
                    "line %u: %.*s\n",
                    timeline->line_number,
                    STR_ARG(timeline->line));
        va_start(args, format);
        strbuf_addf_va(&timeline->failure, format, args);
        va_end(args);
        return -EINVAL;
}

static bool is_indented(Str line) {
        return line.length > 0 && (line.data[0] == ' ' || line.data[0] == '\t');
}

bool timeline_next_indented(Timeline *timeline, Str *ret) {
        Str rest = timeline->rest, line = STR_EMPTY;
        if (rest.length == 0 || !str_next_part(&rest, '\n', &line))
                return false;
        if (!is_indented(line))
                return false;
        timeline->rest = rest;
        timeline->line_number++;
        *ret = str_trim(line);
        return true;
}

static const TimelineCommand *find_command(const char *name) {
        for (unsigned i = 0; i < n_timeline_commands; i++)
                if (streq(timeline_commands[i].name, name))
                        return &timeline_commands[i];
        return NULL;
}

static int run_line(Timeline *timeline) {
        timeline->arguments = strv_free(timeline->arguments);
        MUST(strv_split(&timeline->arguments, timeline->line, 0) >= 0);
        if (!timeline->arguments || timeline->arguments[0][0] == '#')
                return 0;
        const TimelineCommand *command = find_command(timeline->arguments[0]);
        if (!command)
                return timeline_fail(timeline, "no such command\n");
        size_t n = strv_length(timeline->arguments) - 1;
        if (n < command->n_min || n > command->n_max)
                return timeline_fail(timeline, "wrong number of words\n");
        return command->run(timeline, timeline->arguments + 1);
}

int timeline_run(Timeline *timeline, Str text) {
        int result = 0;
        timeline->host = fake_host_new(NULL);
        timeline->rest = text;
        MUST(strv_split(&timeline->shown,
                        STR_LITERAL("spawn signal state job_removed refused emergency fd_store"),
                        0) >= 0);
        while (timeline->rest.length > 0 && str_next_part(&timeline->rest, '\n', &timeline->line)) {
                timeline->line_number++;
                if (run_line(timeline) < 0)
                        result = -EINVAL; /* the rest may tell more */
        }
        return result;
}

void timeline_done(Timeline *timeline) {
        (void)fake_host_free(timeline->host);
        (void)strv_free(timeline->units);
        (void)strv_free(timeline->shown);
        (void)strv_free(timeline->arguments);
        strbuf_done(&timeline->failure);
}
