/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Runs one timeline: a text with unit files, events and the effects that must follow. The format is
 * told in run_timelines.c. */

#include "base/strbuf.h"
#include "fake_host.h"

typedef struct Timeline {
        FakeHost *host;   /* owned */
        char **units;     /* names in the file; effects of others are not compared, owned */
        char **shown;     /* kinds of effects that are compared, owned */
        char **arguments; /* words of the present line, owned */
        Str rest;         /* the text that is left */
        Str line;
        unsigned line_number;
        StrBuf failure; /* what was wrong, empty when all is well */
} Timeline;

/* 0 when all that was expected came; -EINVAL with `failure` else. */
int timeline_run(Timeline *timeline, Str text);
void timeline_done(Timeline *timeline);

/* Takes the next line if it is indented; false otherwise. The indent is removed. */
bool timeline_next_indented(Timeline *timeline, Str *ret);

/* Notes what is wrong in the present line; -EINVAL. */
int timeline_fail(Timeline *timeline, const char *format, ...) PRINTF_LIKE(2, 3);

/* One command of a timeline, found by name. */
typedef struct TimelineCommand {
        const char *name;
        unsigned n_min, n_max; /* words after the name */
        int (*run)(Timeline *timeline, char *const *words);
} TimelineCommand;

extern const TimelineCommand timeline_commands[];
extern const unsigned n_timeline_commands;
