/* SPDX-License-Identifier: Apache-2.0 */

/* Plays random events over generated units and checks what must always hold. When something does
 * not, prints the seed and the shortest list of events that shows it, as a timeline.
 *
 *      random_walk [EVENTS [SEED]]
 *
 * Without a seed it is drawn from the clock and printed. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/parse_value.h"
#include "fake_ports.h"
#include "walk.h"

#define EVENTS_PER_WALK 300

typedef struct EventList {
        WalkEvent events[EVENTS_PER_WALK];
        unsigned n_events;
} EventList;

/* Plays a list; true when all holds. `story` and `failure` may be NULL. */
static bool play(uint64_t seed, const EventList *list, StrBuf *story, StrBuf *failure) {
        Walk walk = { .story = story };
        walk_init(&walk, seed);
        walk_check(&walk); /* listens to jobs from here on */
        for (unsigned i = 0; i < list->n_events && !walk_has_failed(&walk); i++) {
                walk_play(&walk, &list->events[i]);
                walk_check(&walk);
        }
        if (!walk_has_failed(&walk))
                walk_drain(&walk);
        if (!walk_has_failed(&walk))
                walk_check_end(&walk);
        bool ok = !walk_has_failed(&walk);
        if (failure)
                strbuf_add(failure, strbuf_text(&walk.failure));
        walk_done(&walk);
        return ok;
}

static void remove_events(EventList *list, unsigned begin, unsigned n) {
        memmove(&list->events[begin],
                &list->events[begin + n],
                (list->n_events - begin - n) * sizeof(WalkEvent));
        list->n_events -= n;
}

/* Takes out parts, from halves down to single events, as long as something still fails. */
static void shrink(uint64_t seed, EventList *list) {
        for (unsigned size = MAX(list->n_events / 2, 1);; size /= 2) {
                for (unsigned begin = 0; begin < list->n_events;) {
                        EventList shorter = *list;
                        remove_events(&shorter, begin, MIN(size, list->n_events - begin));
                        if (play(seed, &shorter, NULL, NULL))
                                begin += size;
                        else
                                *list = shorter;
                }
                if (size <= 1)
                        return;
        }
}

static void report(uint64_t seed, EventList *list) {
        AUTO(strbuf_done) StrBuf story = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf failure = STRBUF_INIT;
        shrink(seed, list);
        (void)play(seed, list, &story, &failure);
        printf("# seed %" PRIu64 ", %u events:\n%s# failed: %s\n",
               seed,
               list->n_events,
               strbuf_text(&story),
               strbuf_text(&failure));
}

static bool walk_once(uint64_t seed) {
        EventList list = { .n_events = EVENTS_PER_WALK };
        uint64_t state = seed ^ UINT64_C(0x5bd1e995);
        for (unsigned i = 0; i < list.n_events; i++)
                list.events[i] = walk_draw(&state);
        if (play(seed, &list, NULL, NULL))
                return true;
        report(seed, &list);
        return false;
}

int main(int argc, char **argv) {
        uint64_t n_events = 1000000, seed = (uint64_t)time(NULL) * 1000;
        if ((argc > 1 && parse_u64(str_of(argv[1]), 10, &n_events) < 0) ||
            (argc > 2 && parse_u64(str_of(argv[2]), 10, &seed) < 0))
                return EXIT_FAILURE;
        printf("# %" PRIu64 " events from seed %" PRIu64 "\n", n_events, seed);
        for (uint64_t n = 0; n < n_events; n += EVENTS_PER_WALK, seed++)
                if (!walk_once(seed))
                        return EXIT_FAILURE;
        return EXIT_SUCCESS;
}
