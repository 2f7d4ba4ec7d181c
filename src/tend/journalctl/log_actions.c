/* SPDX-License-Identifier: Apache-2.0 */

/* Questions about files rather than entries. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "journal/journal_fields.h"
#include "journal/journal_text.h"
#include "journal/journal_vacuum.h"
#include "tend/journalctl/log_query.h"

/* --- fields -----------------------------------------------------------------------------------*/

static int on_text(void *userdata, Str text) {
        char ***list = userdata;
        return err_pass(strv_add_str(list, text));
}

static int print_unique(char **list) {
        strv_sort(list);
        strv_uniq(list);
        STRV_FOREACH(text, list)
        (void)puts(*text); /* checked when it is closed */
        return 0;
}

int log_fields_list(LogQuery *query UNUSED, JournalSet *set) {
        AUTO_STRV char **names = NULL;

        for (unsigned i = 0; i < set->n_streams; i++)
                if (journal_fields_each(set->streams[i].reader, on_text, &names) < 0)
                        return 1;
        return print_unique(names);
}

int log_field_values(LogQuery *query, JournalSet *set) {
        AUTO_STRV char **values = NULL;

        for (unsigned i = 0; i < set->n_streams; i++)
                if (journal_field_values_each(
                            set->streams[i].reader, str_of(query->field), on_text, &values) < 0)
                        return 1;
        return print_unique(values);
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
