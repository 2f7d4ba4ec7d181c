/* SPDX-License-Identifier: Apache-2.0 */

/* Questions about files rather than entries. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "base/strv_index.h"
#include "journal/journal_fields.h"
#include "journal/journal_text.h"
#include "journal/journal_vacuum.h"
#include "tend/journalctl/log_query.h"

/* --- fields -----------------------------------------------------------------------------------*/

/* Texts in the order in which they were met, each once. */
typedef struct Texts {
        char **list;      /* owned */
        StrvIndex *index; /* owned */
} Texts;

static void texts_done(Texts *texts) {
        texts->index = strv_index_free(texts->index);
        texts->list = strv_free(texts->list);
}

DEFINE_AUTO_DONE(Texts, texts_done);

static int on_text(void *userdata, Str text) {
        Texts *texts = userdata;
        AUTO_FREE char *copy = str_dup(text);

        return copy ? err_pass(strv_index_add(&texts->index, 0, &texts->list, copy))
                    : err_new(-ENOMEM);
}

static int print(const Texts *texts) {
        STRV_FOREACH(text, texts->list)
        (void)puts(*text); /* checked when it is closed */
        return 0;
}

int log_fields_list(LogQuery *query UNUSED, JournalSet *set) {
        AUTO(texts_done) Texts texts = { 0 };

        for (unsigned i = 0; i < set->n_streams; i++)
                if (journal_fields_each(set->streams[i].reader, on_text, &texts) < 0)
                        return 1;
        return print(&texts);
}

int log_field_values(LogQuery *query, JournalSet *set) {
        AUTO(texts_done) Texts texts = { 0 };

        for (unsigned i = 0; i < set->n_streams; i++)
                if (journal_field_values_each(
                            set->streams[i].reader, str_of(query->field), on_text, &texts) < 0)
                        return 1;
        return print(&texts);
}

/* --- size -------------------------------------------------------------------------------------*/

int log_disk_usage(LogQuery *query UNUSED, JournalSet *set) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        struct stat status;
        uint64_t bytes = 0;

        for (unsigned i = 0; i < set->n_streams; i++)
                if (fstat(set->streams[i].reader->map->fd, &status) == 0)
                        bytes += (uint64_t)status.st_blocks * 512;
        journal_size_print(&text, bytes);
        (void)printf("Archived and active journals take up %s in the file system.\n",
                     strbuf_text(&text));
        return 0;
}
