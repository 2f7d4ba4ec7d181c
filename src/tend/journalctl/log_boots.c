/* SPDX-License-Identifier: Apache-2.0 */

/* Boots: the one that is meant by -b, and --list-boots. */

#include <errno.h>
#include <stdio.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "journal/journal_boots.h"
#include "journal/journal_text.h"
#include "tend/journalctl/log_query.h"

static int not_there(const LogQuery *query) {
        (void)fprintf(stderr,
                      "Data from the specified boot (%+i) is not available: No such boot ID in "
                      "journal\n",
                      query->boot_offset);
        return err_new(-ENODATA);
}

/* The running boot, for logs of this machine. */
static int current_boot(Id128 *ret) {
        AUTO_FREE char *text = NULL;
        int r = file_read_line("/proc/sys/kernel/random/boot_id", &text);

        return r < 0 ? err_pass(r) : err_pass(id128_parse(str_of(text), ret));
}

static bool is_elsewhere(const LogQuery *query) {
        return query->directory || query->files || query->root || (query->flags & LOG_MERGE);
}

int log_boot_find(LogQuery *query, JournalSet *set, Id128 *ret) {
        AUTO(journal_boots_done) JournalBoots boots = { 0 };
        bool has_id = !id128_is_null(query->boot_id);
        int64_t index = 0;

        if (has_id && query->boot_offset == 0) {
                *ret = query->boot_id;
                return 0;
        }
        if (!has_id && query->boot_offset == 0 && !is_elsewhere(query) && current_boot(ret) >= 0)
                return 0;
        int r = journal_boots_find(set, &boots);
        if (r < 0)
                return err_pass(r);
        if (has_id) {
                while (index < (int64_t)boots.n_boots &&
                       !id128_equal(boots.boots[index].id, query->boot_id))
                        index++;
                if (index == (int64_t)boots.n_boots)
                        return not_there(query);
                index += query->boot_offset;
        } else {
                index = query->boot_offset > 0 ? query->boot_offset - 1
                                               : (int64_t)boots.n_boots - 1 + query->boot_offset;
        }
        if (index < 0 || index >= (int64_t)boots.n_boots)
                return not_there(query);
        *ret = boots.boots[index].id;
        return 0;
}

int log_boots_list(LogQuery *query, JournalSet *set) {
        AUTO(journal_boots_done) JournalBoots boots = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JournalTime time = { .clock = JOURNAL_CLOCK_FULL, .utc = (query->flags & LOG_UTC) != 0 };
        char id[ID128_TEXT_SIZE];
        size_t n_digits = 3;

        if (journal_boots_find(set, &boots) < 0)
                return 1;
        if (boots.n_boots == 0)
                return 0;
        for (size_t n = boots.n_boots - 1; n >= 100; n /= 10)
                n_digits = n >= 1000 ? n_digits + 1 : MAX(n_digits, (size_t)4);
        strbuf_addf(&out,
                    "%*s %-32s %-27s %-27s",
                    (int)n_digits,
                    "IDX",
                    "BOOT ID",
                    "FIRST ENTRY",
                    "LAST ENTRY");
        while (out.length > 0 && out.data[out.length - 1] == ' ')
                strbuf_truncate(&out, out.length - 1);
        strbuf_add_char(&out, '\n');
        for (size_t i = 0; i < boots.n_boots; i++) {
                strbuf_addf(&out,
                            "%*i %s ",
                            (int)n_digits,
                            (int)i - (int)(boots.n_boots - 1),
                            id128_print(boots.boots[i].id, id));
                journal_time_print(&time, &out, boots.boots[i].first_usec);
                strbuf_add_char(&out, ' ');
                journal_time_print(&time, &out, boots.boots[i].last_usec);
                strbuf_add_char(&out, '\n');
        }
        (void)fputs(strbuf_text(&out), stdout); /* checked when it is closed */
        return 0;
}
