/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/unit_story.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "tend/tend_call.h"
#include "unit/unit_name.h"

static int add_change(UnitStory *story, uint64_t realtime_usec, const char *const texts[3]) {
        StoryChange *changes = reallocarray(story->changes, story->n_changes + 1, sizeof(*changes));
        if (!changes)
                return err_new(-ENOMEM);
        story->changes = changes;
        StoryChange *change = &changes[story->n_changes++];
        *change = (StoryChange){
                .realtime_usec = realtime_usec,
                .from = strdup(texts[0]),
                .to = strdup(texts[1]),
                .cause = strdup(texts[2]),
        };
        return change->from && change->to && change->cause ? 0 : err_new(-ENOMEM);
}

static int read_story(sd_bus_message *reply, UnitStory *story) {
        const char *unit, *sub_state, *texts[3];
        uint64_t realtime_usec;

        int r = sd_bus_message_read(reply, "ss", &unit, &sub_state);
        if (r < 0)
                return err_pass(r);
        story->unit = strdup(unit);
        story->sub_state = strdup(sub_state);
        if (!story->unit || !story->sub_state)
                return err_new(-ENOMEM);
        r = sd_bus_message_enter_container(reply, 'a', "(tsss)");
        while (r >= 0 &&
               (r = sd_bus_message_read(
                        reply, "(tsss)", &realtime_usec, &texts[0], &texts[1], &texts[2])) > 0)
                r = add_change(story, realtime_usec, texts);
        return err_pass(r);
}

int unit_story_get(const Tend *tend, const char *unit, UnitStory *ret) {
        AUTO(unit_story_done) UnitStory story = { 0 };
        sd_bus_message *reply = NULL;

        int r = tend_call(tend, "Why", unit, NULL, &reply);
        if (r >= 0)
                r = read_story(reply, &story);
        sd_bus_message_unref(reply);
        if (r < 0)
                return err_pass(r);
        *ret = story;
        story = (UnitStory){ 0 };
        return 0;
}

char *unit_story_other(const char *cause, const char *self) {
        Str rest = str_of(cause), word;

        while (str_next_word(&rest, &word)) {
                AUTO_FREE char *name = str_dup(word);
                if (name && unit_name_is_valid(name, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE) &&
                    !streq(name, self))
                        return STEAL(name);
        }
        return NULL;
}

void unit_story_done(UnitStory *story) {
        for (unsigned i = 0; i < story->n_changes; i++) {
                free(story->changes[i].from);
                free(story->changes[i].to);
                free(story->changes[i].cause);
        }
        free(story->changes);
        free(story->unit);
        free(story->sub_state);
        *story = (UnitStory){ 0 };
}
