/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Entries as text, in the ways of journalctl 252 (-o). */

#include "journal/journal_catalog.h"
#include "journal/journal_merge.h"

typedef enum JournalOutput {
        JOURNAL_OUTPUT_SHORT,
        JOURNAL_OUTPUT_SHORT_FULL,
        JOURNAL_OUTPUT_SHORT_ISO,
        JOURNAL_OUTPUT_SHORT_ISO_PRECISE,
        JOURNAL_OUTPUT_SHORT_PRECISE,
        JOURNAL_OUTPUT_SHORT_MONOTONIC,
        JOURNAL_OUTPUT_SHORT_DELTA,
        JOURNAL_OUTPUT_SHORT_UNIX,
        JOURNAL_OUTPUT_VERBOSE,
        JOURNAL_OUTPUT_EXPORT,
        JOURNAL_OUTPUT_JSON,
        JOURNAL_OUTPUT_JSON_PRETTY,
        JOURNAL_OUTPUT_JSON_SSE,
        JOURNAL_OUTPUT_JSON_SEQ,
        JOURNAL_OUTPUT_CAT,
        JOURNAL_OUTPUT_WITH_UNIT,
        JOURNAL_OUTPUT_COUNT
} JournalOutput;

typedef enum JournalRenderFlags {
        JOURNAL_RENDER_ALL = 1 << 0, /* also what is long or unprintable */
        JOURNAL_RENDER_COLOUR = 1 << 1,
        JOURNAL_RENDER_UTC = 1 << 2,
        JOURNAL_RENDER_NO_HOSTNAME = 1 << 3,
        JOURNAL_RENDER_ASCII = 1 << 4,         /* marks of our own are plain */
        JOURNAL_RENDER_HIGHLIGHT_ALL = 1 << 5, /* also in lines that have no colour */
} JournalRenderFlags;

typedef struct JournalRenderer JournalRenderer;

/* Where in a message something is to be highlighted; false = nowhere. */
typedef bool JournalFind(void *userdata, Str message, size_t *ret_begin, size_t *ret_end);

/* The way of this name; -EINVAL. */
int journal_output_parse(Str name, JournalOutput *ret);

/* Its name. */
const char *journal_output_name(JournalOutput output);

/* Makes one. `fields` are those of verbose, export, json and cat (NULL = all), and stay the
 * caller's. -ENOMEM. */
int journal_renderer_new(JournalOutput output,
                         unsigned flags,
                         char *const *fields,
                         JournalRenderer **ret);

/* Explanations follow the entries in the ways for people; the catalog stays the caller's. */
void journal_renderer_set_catalog(JournalRenderer *renderer, const JournalCatalog *catalog);

/* With colour, what this finds in messages is highlighted. */
void journal_renderer_set_find(JournalRenderer *renderer, JournalFind *find, void *userdata);

/* Lines of messages are shortened to so many columns (0 = never). */
void journal_renderer_set_columns(JournalRenderer *renderer, unsigned columns);

/* Appends one entry, with line ends; nothing when it has no message and the way needs one. */
void journal_render(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out);

/* The message of an entry, as long as nothing else is rendered; false when it has none. */
bool journal_renderer_message(JournalRenderer *renderer, const JournalPlace *place, Str *ret);

/* The value of a field of an entry, as long as nothing else is rendered; false when it has none. */
bool journal_renderer_field(JournalRenderer *renderer,
                            const JournalPlace *place,
                            const char *field,
                            Str *ret);

/* Releases it; NULL. */
JournalRenderer *journal_renderer_free(JournalRenderer *renderer);
DEFINE_AUTO(JournalRenderer *, journal_renderer_free);
