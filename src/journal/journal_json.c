/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>

#include "base/macros.h"
#include "journal/journal_cursor.h"
#include "journal/journal_renderer.h"

#define LONG_VALUE 4096 /* name and value together; becomes null */
#define CACHE_MAX (UINT64_C(16) * 1024 * 1024)
#define VALUES_MAX 512 /* fields of one entry among which doubles are looked for */

/* The letter behind the backslash, or 0. */
static char short_escape(char c) {
        static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
        const char *at = c ? strchr(plain, c) : NULL;
        return at ? letters[at - plain] : '\0';
}

static void add_string(Str text, StrBuf *out) {
        size_t begin = 0;

        strbuf_add_char(out, '"');
        for (size_t i = 0; i < text.length; i++) {
                char c = text.data[i];
                if ((unsigned char)c >= ' ' && c != '"' && c != '\\')
                        continue;
                strbuf_add_bytes(out, text.data + begin, i - begin);
                begin = i + 1;
                if (short_escape(c))
                        strbuf_addf(out, "\\%c", short_escape(c));
                else
                        strbuf_addf(out, "\\u%04x", (unsigned)c);
        }
        strbuf_add_bytes(out, text.data + begin, text.length - begin);
        strbuf_add_char(out, '"');
}

/* Bytes that are no text are a list of numbers. */
static void add_bytes(const JournalRenderer *renderer, Str bytes, StrBuf *out) {
        bool pretty = renderer->output == JOURNAL_OUTPUT_JSON_PRETTY;

        strbuf_add_char(out, '[');
        for (size_t i = 0; i < bytes.length; i++) {
                if (i > 0)
                        strbuf_add_char(out, ',');
                if (pretty)
                        strbuf_add(out, "\n\t\t");
                journal_number_print(out, (unsigned char)bytes.data[i]);
        }
        strbuf_add(out, pretty ? "\n\t]" : "]");
}

static void add_value(const JournalRenderer *renderer, Str field, Str value, StrBuf *out) {
        if (!(renderer->flags & JOURNAL_RENDER_ALL) &&
            field.length + 1 + value.length >= LONG_VALUE)
                strbuf_add(out, "null");
        else if (journal_text_is_printable(value, true))
                add_string(value, out);
        else
                add_bytes(renderer, value, out);
}

static void add_key(const JournalRenderer *renderer, Str field, StrBuf *out) {
        bool pretty = renderer->output == JOURNAL_OUTPUT_JSON_PRETTY;

        if (out->length > 0 && out->data[out->length - 1] != '{')
                strbuf_add_char(out, ',');
        if (pretty)
                strbuf_add(out, "\n\t");
        add_string(field, out);
        strbuf_add(out, pretty ? " : " : ":");
}

/* The values of one field that an entry has several times, as a list. */
static void add_list(JournalRenderer *renderer, const JournalPlace *place, Str field, StrBuf *out) {
        bool pretty = renderer->output == JOURNAL_OUTPUT_JSON_PRETTY, first = true;
        uint64_t n = journal_place_n_values(place);
        Str name, value;

        add_key(renderer, field, out);
        strbuf_add_char(out, '[');
        for (uint64_t i = 0; i < n; i++) {
                renderer->n_unpacked = 1; /* `field` may lie in the first */
                if (!journal_renderer_payload(renderer, place, i, &name, &value) ||
                    !str_equal(name, field))
                        continue;
                if (!first)
                        strbuf_add_char(out, ',');
                first = false;
                if (pretty)
                        strbuf_add(out, "\n\t\t");
                add_value(renderer, field, value, out);
        }
        strbuf_add(out, pretty ? "\n\t]" : "]");
}

/* Whether the field stands at another place of the entry: 'b'efore, 'a'fter, or not (0). */
static char has_double(const Str *names, uint64_t n, uint64_t i) {
        for (uint64_t k = 0; k < i; k++)
                if (names[k].length == names[i].length && str_equal(names[k], names[i]))
                        return 'b';
        for (uint64_t k = i + 1; k < n; k++)
                if (names[k].length == names[i].length && str_equal(names[k], names[i]))
                        return 'a';
        return 0;
}

static void add_number(const JournalRenderer *renderer, Str key, Le64 number, StrBuf *out) {
        add_key(renderer, key, out);
        strbuf_add_char(out, '"');
        journal_number_print(out, le64toh(number));
        strbuf_add_char(out, '"');
}

static void add_head(const JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        char boot_id[ID128_TEXT_SIZE];

        add_key(renderer, STR_LITERAL("__CURSOR"), out);
        strbuf_add_char(out, '"');
        journal_cursor_print(out, place);
        strbuf_add_char(out, '"');
        add_number(renderer, STR_LITERAL("__REALTIME_TIMESTAMP"), place->entry->realtime, out);
        add_number(renderer, STR_LITERAL("__MONOTONIC_TIMESTAMP"), place->entry->monotonic, out);
        add_key(renderer, STR_LITERAL("_BOOT_ID"), out);
        strbuf_add_char(out, '"');
        strbuf_add(out, id128_print(place->entry->boot_id, boot_id));
        strbuf_add_char(out, '"');
}

/* Whether a name may have been met before; it is from now on. */
static bool meet(NameSet *set, uint32_t hash) {
        uint64_t bit = UINT64_C(1) << (hash & 63), *word = &set->words[hash >> 6 & 63];
        bool there = (*word & bit) != 0;

        *word |= bit;
        return there;
}

static void add_field(JournalRenderer *renderer, const FieldSlot *slot, StrBuf *out) {
        add_key(renderer, slot->name, out);
        add_value(renderer, slot->name, slot->value, out);
}

/* A value that comes again is kept as text. */
static void add_slot(JournalRenderer *renderer, FieldSlot *slot, StrBuf *out) {
        if (slot->json_end == 0 && slot->is_known) {
                if (renderer->json_text.length > CACHE_MAX) {
                        FieldSlot kept = *slot;
                        journal_renderer_forget(renderer);
                        *slot = kept;
                }
                strbuf_add_char(&renderer->json_text, '{'); /* so that no comma is put */
                slot->json = renderer->json_text.length;
                add_field(renderer, slot, &renderer->json_text);
                slot->json_end = renderer->json_text.length;
        }
        slot->is_known = true;
        if (slot->json_end == 0 || renderer->json_text.failed) {
                add_field(renderer, slot, out);
                return;
        }
        if (out->data[out->length - 1] != '{')
                strbuf_add_char(out, ',');
        strbuf_add_bytes(out, renderer->json_text.data + slot->json, slot->json_end - slot->json);
}

static bool is_shown(const JournalRenderer *renderer, Str name) {
        return !str_equal_c(name, "_BOOT_ID") && journal_renderer_wants(renderer, name);
}

/* The JSON of a group is kept when it comes again. */
static void keep(JournalRenderer *renderer, JournalGroup *group, Str json, const NameSet *names) {
        if (!group->is_met) {
                group->is_met = true;
                return;
        }
        if (renderer->json_text.length > CACHE_MAX) {
                journal_renderer_forget(renderer); /* the group, too */
                return;
        }
        group->json = renderer->json_text.length;
        strbuf_add_str(&renderer->json_text, json);
        group->json_end = renderer->json_text.failed ? 0 : renderer->json_text.length;
        group->names = *names;
}

/* The values of a group, which all have fields of their own. False when that is not sure. */
static bool add_old(JournalRenderer *renderer,
                    const JournalPlace *place,
                    JournalGroup *group,
                    NameSet *met,
                    StrBuf *out) {
        size_t begin = out->length;
        bool is_whole = true;

        for (uint64_t i = 0; i < group->n; i++) {
                uint64_t offset = journal_place_item(place, i);
                renderer->n_unpacked = 0;
                FieldSlot *slot = journal_renderer_slot(renderer, place->reader, offset);
                is_whole &= slot != NULL;
                if (!slot)
                        continue;
                if (meet(met, slot->name_hash))
                        return false;
                if (is_shown(renderer, slot->name))
                        add_slot(renderer, slot, out);
        }
        if (is_whole && !out->failed)
                keep(renderer, group, (Str){ out->data + begin, out->length - begin }, met);
        return true;
}

/* Likewise the values that came with the entry. */
static bool add_new(JournalRenderer *renderer,
                    const JournalPlace *place,
                    uint64_t n_old,
                    NameSet *met,
                    StrBuf *out) {
        uint64_t n = journal_place_n_values(place);

        for (uint64_t i = n_old; i < n; i++) {
                uint64_t offset = journal_place_item(place, i);
                FieldSlot slot;
                renderer->n_unpacked = 0;
                if (!journal_renderer_fill(renderer, place->reader, offset, &slot))
                        continue;
                if (meet(met, slot.name_hash))
                        return false;
                if (is_shown(renderer, slot.name))
                        add_field(renderer, &slot, out);
        }
        return true;
}

/* The usual entry, whose fields all have one value. False when that is not sure. */
static bool add_singles(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        JournalGroup *group = journal_group_get(renderer, place);
        uint64_t n_old = group->n;

        if (group->json_end > 0) {
                NameSet met = group->names;
                strbuf_add_bytes(
                        out, renderer->json_text.data + group->json, group->json_end - group->json);
                return add_new(renderer, place, n_old, &met, out);
        }
        NameSet met = { 0 };
        return add_old(renderer, place, group, &met, out) &&
               add_new(renderer, place, n_old, &met, out);
}

static void add_all(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        uint64_t n = MIN(journal_place_n_values(place), (uint64_t)VALUES_MAX);
        Str names[VALUES_MAX] = { 0 }, field, value;

        for (uint64_t i = 0; i < n; i++) {
                renderer->n_unpacked = 0;
                if (journal_renderer_payload(renderer, place, i, &field, &value) &&
                    field.data != renderer->unpacked[0].data) /* it stays where it is */
                        names[i] = field;
        }
        for (uint64_t i = 0; i < n; i++) {
                renderer->n_unpacked = 0;
                if (!journal_renderer_payload(renderer, place, i, &field, &value) ||
                    str_equal_c(field, "_BOOT_ID") || !journal_renderer_wants(renderer, field))
                        continue;
                char at = names[i].data ? has_double(names, n, i) : 0;
                if (at == 'a') {
                        add_list(renderer, place, field, out);
                } else if (at == 0) {
                        add_key(renderer, field, out);
                        add_value(renderer, field, value, out);
                }
        }
}

void journal_render_json(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        if (renderer->output == JOURNAL_OUTPUT_JSON_SSE)
                strbuf_add(out, "data: ");
        if (renderer->output == JOURNAL_OUTPUT_JSON_SEQ)
                strbuf_add_char(out, '\036');
        strbuf_add_char(out, '{');
        add_head(renderer, place, out);
        size_t begin = out->length;
        if (!add_singles(renderer, place, out)) {
                strbuf_truncate(out, begin);
                add_all(renderer, place, out);
        }
        if (renderer->output == JOURNAL_OUTPUT_JSON_PRETTY)
                strbuf_add_char(out, '\n');
        strbuf_add(out, renderer->output == JOURNAL_OUTPUT_JSON_SSE ? "}\n\n" : "}\n");
}
