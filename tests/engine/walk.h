/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A random walk: generated units, events drawn by numbers, and what must hold after each of them.
 * Events are numbers that are read against the present state, so that any part of a list of events
 * can be played again. */

#include "base/strbuf.h"
#include "fake_host.h"

#define WALK_UNITS_MAX 9
#define WALK_JOB_LIFE_USEC (UINT64_C(1000) * 1000 * 1000) /* with processes that obey */

typedef struct WalkEvent {
        uint8_t kind;
        uint8_t unit;
        uint32_t number;
} WalkEvent;

typedef struct Walk {
        FakeHost *host; /* owned */
        uint64_t seed;
        unsigned n_units;
        char *names[WALK_UNITS_MAX];           /* owned */
        bool leaves_processes[WALK_UNITS_MAX]; /* by its settings the unit may leave its main
                                                  process behind */
        StrBuf failure;                        /* empty while all is well */
        StrBuf *story; /* what is done, as timeline commands; NULL = nobody reads it */
} Walk;

/* Repeatable numbers below `limit`. */
uint64_t walk_random(uint64_t *state, uint64_t limit);

/* Makes the host and its units from the seed (walk_units.c). */
void walk_init(Walk *walk, uint64_t seed);
void walk_done(Walk *walk);

/* Draws an event (walk_events.c). */
WalkEvent walk_draw(uint64_t *state);
/* Plays it; harmless when it does not fit. */
void walk_play(Walk *walk, const WalkEvent *event);
/* Everything is stopped, and time passes, until all jobs have ended. */
void walk_drain(Walk *walk);

/* Notes the first thing that is wrong (walk_checks.c). */
void walk_check(Walk *walk);
/* What must hold when everything was stopped. */
void walk_check_end(Walk *walk);
void walk_fail(Walk *walk, const char *format, ...) PRINTF_LIKE(2, 3);
bool walk_has_failed(const Walk *walk);
