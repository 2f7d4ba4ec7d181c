/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_render.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "journal/journal_renderer.h"

#define LONG_VALUE 300 /* of a name or number, which is then not shown */

/* clang-format off */
static const struct {
        const char *name;
        void (*render)(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out);
        JournalClock clock;
        bool is_for_people; /* explanations are added */
} outputs[] = {
        [JOURNAL_OUTPUT_SHORT]             = { "short", journal_render_short, JOURNAL_CLOCK_SYSLOG, true },
        [JOURNAL_OUTPUT_SHORT_FULL]        = { "short-full", journal_render_short, JOURNAL_CLOCK_FULL, true },
        [JOURNAL_OUTPUT_SHORT_ISO]         = { "short-iso", journal_render_short, JOURNAL_CLOCK_ISO, true },
        [JOURNAL_OUTPUT_SHORT_ISO_PRECISE] = { "short-iso-precise", journal_render_short, JOURNAL_CLOCK_ISO_PRECISE, true },
        [JOURNAL_OUTPUT_SHORT_PRECISE]     = { "short-precise", journal_render_short, JOURNAL_CLOCK_PRECISE, true },
        [JOURNAL_OUTPUT_SHORT_MONOTONIC]   = { "short-monotonic", journal_render_short, JOURNAL_CLOCK_COUNT, true },
        [JOURNAL_OUTPUT_SHORT_DELTA]       = { "short-delta", journal_render_short, JOURNAL_CLOCK_COUNT, true },
        [JOURNAL_OUTPUT_SHORT_UNIX]        = { "short-unix", journal_render_short, JOURNAL_CLOCK_COUNT, true },
        [JOURNAL_OUTPUT_VERBOSE]           = { "verbose", journal_render_verbose, JOURNAL_CLOCK_FULL_PRECISE, true },
        [JOURNAL_OUTPUT_EXPORT]            = { "export", journal_render_export, JOURNAL_CLOCK_COUNT, false },
        [JOURNAL_OUTPUT_JSON]              = { "json", journal_render_json, JOURNAL_CLOCK_COUNT, false },
        [JOURNAL_OUTPUT_JSON_PRETTY]       = { "json-pretty", journal_render_json, JOURNAL_CLOCK_COUNT, false },
        [JOURNAL_OUTPUT_JSON_SSE]          = { "json-sse", journal_render_json, JOURNAL_CLOCK_COUNT, false },
        [JOURNAL_OUTPUT_JSON_SEQ]          = { "json-seq", journal_render_json, JOURNAL_CLOCK_COUNT, false },
        [JOURNAL_OUTPUT_CAT]               = { "cat", journal_render_cat, JOURNAL_CLOCK_COUNT, false },
        [JOURNAL_OUTPUT_WITH_UNIT]         = { "with-unit", journal_render_short, JOURNAL_CLOCK_FULL, true },
};

static const char *const known[] = {
        [FIELD_OTHER]             = "",
        [FIELD_MESSAGE]           = "MESSAGE",
        [FIELD_PRIORITY]          = "PRIORITY",
        [FIELD_IDENTIFIER]        = "SYSLOG_IDENTIFIER",
        [FIELD_COMM]              = "_COMM",
        [FIELD_PID]               = "_PID",
        [FIELD_SYSLOG_PID]        = "SYSLOG_PID",
        [FIELD_HOSTNAME]          = "_HOSTNAME",
        [FIELD_SOURCE_REALTIME]   = "_SOURCE_REALTIME_TIMESTAMP",
        [FIELD_SOURCE_MONOTONIC]  = "_SOURCE_MONOTONIC_TIMESTAMP",
        [FIELD_SYSTEMD_UNIT]      = "_SYSTEMD_UNIT",
        [FIELD_SYSTEMD_USER_UNIT] = "_SYSTEMD_USER_UNIT",
};
/* clang-format on */
_Static_assert(ARRAY_LENGTH(outputs) == JOURNAL_OUTPUT_COUNT, "one row per way");
_Static_assert(ARRAY_LENGTH(known) == JOURNAL_KNOWN_FIELD_COUNT, "one name per field");

int journal_output_parse(Str name, JournalOutput *ret) {
        for (size_t i = 0; i < ARRAY_LENGTH(outputs); i++) {
                if (!str_equal_c(name, outputs[i].name))
                        continue;
                *ret = (JournalOutput)i;
                return 0;
        }
        return err_new(-EINVAL);
}

const char *journal_output_name(JournalOutput output) {
        return outputs[output].name;
}

int journal_renderer_new(JournalOutput output,
                         unsigned flags,
                         char *const *fields,
                         JournalRenderer **ret) {
        AUTO(journal_renderer_free) JournalRenderer *renderer = calloc(1, sizeof(*renderer));

        if (!renderer)
                return err_new(-ENOMEM);
        renderer->slots = calloc(FIELD_CACHE_SIZE, sizeof(*renderer->slots));
        renderer->groups = calloc(JOURNAL_GROUPS, sizeof(*renderer->groups));
        if (!renderer->slots || !renderer->groups)
                return err_new(-ENOMEM);
        renderer->output = output;
        renderer->flags = flags;
        renderer->fields = fields;
        renderer->time.clock = outputs[output].clock;
        renderer->time.utc = (flags & JOURNAL_RENDER_UTC) != 0;
        *ret = STEAL(renderer);
        return 0;
}

JournalRenderer *journal_renderer_free(JournalRenderer *renderer) {
        if (!renderer)
                return NULL;
        for (unsigned i = 0; i < UNPACKED_MAX; i++)
                strbuf_done(&renderer->unpacked[i]);
        strbuf_done(&renderer->stripped);
        strbuf_done(&renderer->json_text);
        free(renderer->slots);
        free(renderer->groups);
        free(renderer);
        return NULL;
}

void journal_renderer_set_catalog(JournalRenderer *renderer, const JournalCatalog *catalog) {
        renderer->catalog = catalog;
}

void journal_renderer_set_find(JournalRenderer *renderer, JournalFind *find, void *userdata) {
        renderer->find = find;
        renderer->find_userdata = userdata;
}

void journal_renderer_set_columns(JournalRenderer *renderer, unsigned columns) {
        renderer->columns = columns;
}

bool journal_renderer_wants(const JournalRenderer *renderer, Str field) {
        if (!renderer->fields)
                return true;
        STRV_FOREACH(name, renderer->fields)
        if (str_equal_c(field, *name))
                return true;
        return false;
}

void journal_render(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        renderer->n_unpacked = 0;
        outputs[renderer->output].render(renderer, place, out);
        if (renderer->catalog && outputs[renderer->output].is_for_people)
                journal_lines_add_catalog(renderer, place, out);
}

/* --- values -----------------------------------------------------------------------------------*/

/* "FIELD=value" of a DATA object; a compressed one lies in a buffer that lasts for this entry. */
static bool read_payload(JournalRenderer *renderer,
                         JournalReader *reader,
                         uint64_t offset,
                         Str *ret_field,
                         Str *ret_value) {
        StrBuf *unpacked = &renderer->unpacked[renderer->n_unpacked % UNPACKED_MAX];
        Str payload;

        if (!journal_reader_value(reader, offset, unpacked, &payload))
                return false;
        renderer->n_unpacked += payload.data == unpacked->data;
        const char *equals = memchr(payload.data, '=', payload.length);
        if (!equals) {
                reader->n_damaged++;
                return false;
        }
        size_t length = (size_t)(equals - payload.data);
        *ret_field = (Str){ payload.data, length };
        *ret_value = (Str){ equals + 1, payload.length - length - 1 };
        return true;
}

bool journal_renderer_payload(JournalRenderer *renderer,
                              const JournalPlace *place,
                              uint64_t i,
                              Str *ret_field,
                              Str *ret_value) {
        uint64_t offset = journal_place_item(place, i);
        return read_payload(renderer, place->reader, offset, ret_field, ret_value);
}

static JournalKnownField classify(Str field) {
        for (size_t i = 1; i < ARRAY_LENGTH(known); i++)
                if (str_equal_c(field, known[i]))
                        return (JournalKnownField)i;
        return FIELD_OTHER;
}

static uint32_t hash_name(Str name) {
        uint32_t hash = 0;

        for (size_t i = 0; i < name.length; i++)
                hash = (hash ^ (unsigned char)name.data[i]) * UINT32_C(0x9e3779b1);
        return hash >> 16;
}

void journal_renderer_forget(JournalRenderer *renderer) {
        memset(renderer->slots, 0, FIELD_CACHE_SIZE * sizeof(*renderer->slots));
        memset(renderer->groups, 0, JOURNAL_GROUPS * sizeof(*renderer->groups));
        strbuf_clear(&renderer->json_text);
}

static bool is_showable(JournalKnownField field, Str value) {
        return field != FIELD_OTHER && field != FIELD_MESSAGE && value.length < LONG_VALUE &&
               journal_text_is_printable(value, true);
}

FieldSlot *journal_renderer_fill(JournalRenderer *renderer,
                                 JournalReader *reader,
                                 uint64_t offset,
                                 FieldSlot *slot) {
        unsigned n_unpacked = renderer->n_unpacked;
        Str field, value;

        if (!read_payload(renderer, reader, offset, &field, &value))
                return NULL;
        JournalKnownField known_field = classify(field);
        *slot = (FieldSlot){
                .reader = reader,
                .serial = reader->serial,
                .offset = renderer->n_unpacked == n_unpacked ? offset : 0, /* not for long */
                .field = known_field,
                .is_showable = is_showable(known_field, value),
                .name = field,
                .value = value,
                .name_hash = hash_name(field),
        };
        return slot;
}

bool journal_renderer_field(JournalRenderer *renderer,
                            const JournalPlace *place,
                            const char *field,
                            Str *ret) {
        uint64_t n = journal_place_n_values(place);

        renderer->n_unpacked = 0;
        for (uint64_t i = 0; i < n; i++) {
                const FieldSlot *slot = journal_renderer_slot(
                        renderer, place->reader, journal_place_item(place, i));
                if (!slot || !str_equal_c(slot->name, field))
                        continue;
                *ret = slot->value;
                return true;
        }
        return false;
}

bool journal_renderer_message(JournalRenderer *renderer, const JournalPlace *place, Str *ret) {
        uint64_t n = journal_place_n_values(place);

        renderer->n_unpacked = 0;
        journal_renderer_begin(renderer, place->reader);
        for (uint64_t i = 0; i < n; i++) {
                const FieldSlot *slot = journal_renderer_known(
                        renderer, place->reader, journal_place_item(place, i));
                if (!slot || slot->field != FIELD_MESSAGE)
                        continue;
                *ret = slot->value;
                return true;
        }
        return false;
}
