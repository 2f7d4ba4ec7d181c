/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/setting_place.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/strv.h"
#include "unit/unit_source.h"

/* The search through the files of one unit. */
typedef struct PlaceSearch {
        const char *key;
        unsigned wanted; /* index, or SETTING_LAST */
        unsigned n_seen; /* since the last reset */
        SettingPlace place;
} PlaceSearch;

void setting_place_done(SettingPlace *place) {
        free(STEAL(place->path));
}

static int on_assignment(PlaceSearch *search, const UnitSource *source) {
        if (!str_equal_c(source->key, search->key))
                return 0;
        if (source->value.length == 0) {
                search->n_seen = 0;
                setting_place_done(&search->place);
                return 0;
        }
        unsigned index = search->n_seen++;
        if (search->wanted != SETTING_LAST && search->wanted != index)
                return 0;
        setting_place_done(&search->place);
        search->place = (SettingPlace){ .path = strdup(source->path), .line = source->line };
        return search->place.path ? 0 : err_new(-ENOMEM);
}

static int search_file(PlaceSearch *search, const char *path) {
        AUTO_FREE char *text = NULL;
        AUTO(unit_source_done) UnitSource source = { 0 };
        size_t length;

        int r = file_read(path, UNIT_FILE_MAX, &text, &length, NULL);
        if (r < 0)
                return err_pass(r);
        unit_source_init(&source, (Str){ text, length }, path, NULL, NULL);
        while ((r = unit_source_next(&source)) > UNIT_SOURCE_END) {
                if (r != UNIT_SOURCE_ASSIGNMENT)
                        continue;
                r = on_assignment(search, &source);
                if (r < 0)
                        return err_pass(r);
        }
        return r < 0 ? err_pass(r) : 0;
}

int setting_place_find(const UnitView *view, const char *key, unsigned index, SettingPlace *ret) {
        PlaceSearch search = { .key = key, .wanted = index };
        int r = 0;

        if (view->fragment_path)
                r = search_file(&search, view->fragment_path);
        STRV_FOREACH(path, view->dropin_paths) {
                if (r >= 0)
                        r = search_file(&search, *path);
        }
        if (r < 0) {
                setting_place_done(&search.place);
                return err_pass(r);
        }
        *ret = search.place;
        return 0;
}
