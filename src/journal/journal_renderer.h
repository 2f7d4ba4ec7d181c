/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files that render entries share. */

#include <endian.h>

#include "journal/journal_render.h"
#include "journal/journal_text.h"

#define FIELD_CACHE_BITS 12
#define FIELD_CACHE_SIZE (1U << FIELD_CACHE_BITS)
#define OTHERS_BITS 10
#define OTHERS_SIZE (1U << OTHERS_BITS)
#define UNPACKED_MAX 4
#define JOURNAL_GROUP_BITS 8
#define JOURNAL_GROUPS (1U << JOURNAL_GROUP_BITS)

/* Fields that the ways for people look at. */
typedef enum JournalKnownField {
        FIELD_OTHER,
        FIELD_MESSAGE,
        FIELD_PRIORITY,
        FIELD_IDENTIFIER,
        FIELD_COMM,
        FIELD_PID,
        FIELD_SYSLOG_PID,
        FIELD_HOSTNAME,
        FIELD_SOURCE_REALTIME,
        FIELD_SOURCE_MONOTONIC,
        FIELD_SYSTEMD_UNIT,
        FIELD_SYSTEMD_USER_UNIT,
        JOURNAL_KNOWN_FIELD_COUNT
} JournalKnownField;

/* What a DATA object was found to be. */
typedef struct FieldSlot {
        const JournalReader *reader;
        uint64_t serial, offset;
        JournalKnownField field;
        Str name, value; /* before and behind the '=' */
        uint32_t name_hash;
        bool is_known;         /* it was asked for before */
        bool is_showable;      /* short and printable; for known fields but the message */
        size_t json, json_end; /* its JSON in `json_text`; end 0 = not there */
} FieldSlot;

/* Names of fields, by their hashes; it may take two for one. */
typedef struct NameSet {
        uint64_t words[64];
} NameSet;

/* The values of an entry that stood in the file before it, and what was found of them. Those of one
 * process stand there together again and again. */
typedef struct JournalGroup {
        const JournalReader *reader; /* not owned */
        uint64_t serial;             /* of the reader */
        const JournalEntry *entry;   /* one that has them; they are its first */
        uint64_t n;
        bool is_collected; /* `values` and `showable` are of them */
        uint32_t showable;
        Str values[JOURNAL_KNOWN_FIELD_COUNT];
        bool is_met;           /* their JSON was asked for before */
        size_t json, json_end; /* their JSON in `json_text`; end 0 = not there */
        NameSet names;         /* in that JSON */
} JournalGroup;

struct JournalRenderer {
        JournalOutput output;
        unsigned flags;
        char *const *fields; /* not owned */
        JournalTime time;
        FieldSlot *slots;             /* owned, FIELD_CACHE_SIZE */
        JournalGroup *groups;         /* owned, JOURNAL_GROUPS */
        uint64_t others[OTHERS_SIZE]; /* DATA objects of `others_reader` that are FIELD_OTHER */
        const JournalReader *others_reader; /* not owned */
        uint64_t others_serial;             /* of that reader */
        StrBuf unpacked[UNPACKED_MAX];      /* compressed values of one entry */
        unsigned n_unpacked;
        StrBuf stripped;  /* a message without control sequences */
        StrBuf json_text; /* JSON of values that come again */
        Str values[JOURNAL_KNOWN_FIELD_COUNT];
        uint32_t showable;       /* those of `values` that are, one bit each */
        uint64_t last_monotonic; /* of the entry before; for short-delta */
        Id128 last_boot;
        bool has_last;
        const JournalCatalog *catalog; /* not owned; NULL = no explanations */
        JournalFind *find;             /* or NULL */
        void *find_userdata;           /* not owned */
        unsigned columns;              /* 0 = lines are never shortened */
};

/* Whether a field is among those that are wanted. */
bool journal_renderer_wants(const JournalRenderer *renderer, Str field);

/* Fills a slot with a DATA object; NULL when it cannot be read. */
FieldSlot *journal_renderer_fill(JournalRenderer *renderer,
                                 JournalReader *reader,
                                 uint64_t offset,
                                 FieldSlot *slot);

/* The slot of a DATA object, filled; NULL when it cannot be read. */
static inline FieldSlot *
journal_renderer_slot(JournalRenderer *renderer, JournalReader *reader, uint64_t offset) {
        uint64_t hash = (offset >> 3) * UINT64_C(0x9e3779b97f4a7c15);
        FieldSlot *slot = &renderer->slots[hash >> (64 - FIELD_CACHE_BITS)];

        if (slot->offset == offset && slot->reader == reader && slot->serial == reader->serial)
                return slot;
        return journal_renderer_fill(renderer, reader, offset, slot);
}

/* What others there are is remembered for one file; this is before its first entry, too. */
static inline void journal_renderer_begin(JournalRenderer *renderer, const JournalReader *reader) {
        if (renderer->others_reader == reader && renderer->others_serial == reader->serial)
                return;
        memset(renderer->others, 0, sizeof(renderer->others));
        renderer->others_reader = reader;
        renderer->others_serial = reader->serial;
}

/* The slot of a DATA object if its field is one that is known, else NULL. Most are not, and come
 * again and again, so which ones is kept in less memory than slots take. After
 * journal_renderer_begin. */
static inline FieldSlot *
journal_renderer_known(JournalRenderer *renderer, JournalReader *reader, uint64_t offset) {
        uint64_t hash = (offset >> 3) * UINT64_C(0x9e3779b97f4a7c15);
        uint64_t *other = &renderer->others[hash >> (64 - OTHERS_BITS)];

        if (*other == offset && offset != 0)
                return NULL;
        FieldSlot *slot = journal_renderer_slot(renderer, reader, offset);
        if (slot && slot->field != FIELD_OTHER)
                return slot;
        if (slot)
                *other = offset;
        return NULL;
}

/* The group of an entry; an empty one when it is not known. */
JournalGroup *journal_group_get(JournalRenderer *renderer, const JournalPlace *place);

/* Finds the fields of an entry that are known: `values` and `showable`. Of doubles the last counts,
 * for JOURNAL_OUTPUT_CAT the first. */
void journal_renderer_collect(JournalRenderer *renderer, const JournalPlace *place);

/* Forgets all slots, their JSON, and all groups. */
void journal_renderer_forget(JournalRenderer *renderer);

/* "FIELD=value" number `i` of an entry; false when it cannot be read. */
bool journal_renderer_payload(JournalRenderer *renderer,
                              const JournalPlace *place,
                              uint64_t i,
                              Str *ret_field,
                              Str *ret_value);

/* The number of values of an entry. */
static inline uint64_t journal_place_n_values(const JournalPlace *place) {
        return journal_object_n_items(&place->reader->bytes, &place->entry->object);
}

/* The offset of value `i` of an entry. */
static inline uint64_t journal_place_item(const JournalPlace *place, uint64_t i) {
        const JournalEntry *entry = place->entry;
        return place->reader->bytes.compact ? le32toh(entry->items.compact[i])
                                            : le64toh(entry->items.regular[i].object_offset);
}

/* The message of an entry, or what stands for it, with a line end. */
void journal_lines_add_plain(const JournalRenderer *renderer, Str value, StrBuf *out);

/* Likewise; lines after the first are indented to where the first began. */
void journal_lines_add(const JournalRenderer *renderer, Str text, size_t indent, StrBuf *out);

/* The explanation of an entry, if there is one. */
void journal_lines_add_catalog(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out);

/* Each way. */
void journal_render_short(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out);
void journal_render_cat(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out);
void journal_render_verbose(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out);
void journal_render_export(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out);
void journal_render_json(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out);
