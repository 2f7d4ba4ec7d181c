/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/macros.h"
#include "base/strv.h"
#include "tend/systemctl/ctl_list.h"
#include "tend/systemctl/ctl_unit_rows.h"

enum { COLUMN_MARK, COLUMN_JOB = 5 };

static const TextColumn columns[] = {
        { .heading = " ", .key = "", .hidden = true },
        { .heading = "UNIT" },
        { .heading = "LOAD" },
        { .heading = "ACTIVE" },
        { .heading = "SUB" },
        { .heading = "JOB" },
        { .heading = "DESCRIPTION" },
        { 0 },
};

static bool is_listed(const char *const *names, const char *name) {
        for (; *names; names++)
                if (streq(*names, name))
                        return true;
        return false;
}

static void add_unit(TextTable *table, const UnitRow *row) {
        static const char *const bad_load_states[] = {
                "error", "not-found", "bad-setting", "masked", NULL
        };
        bool bad_load = is_listed(bad_load_states, row->load_state);
        bool failed = streq(row->active_state, "failed");
        Style style = failed ? STYLE_BAD : STYLE_PLAIN;

        text_table_add(table,
                       bad_load || failed ? "\u25cf" : " ",
                       failed     ? STYLE_BAD
                       : bad_load ? STYLE_BUSY
                                  : STYLE_PLAIN);
        text_table_add(table, row->id, style);
        text_table_add(table, row->load_state, bad_load ? STYLE_BAD : STYLE_PLAIN);
        text_table_add(table, row->active_state, style);
        text_table_add(table, row->sub_state, style);
        text_table_add(table, row->job_id > 0 ? row->job_type : "", STYLE_PLAIN);
        text_table_add(table, row->description, STYLE_PLAIN);
}

static void print_footer(const Systemctl *ctl, unsigned n_rows, bool has_jobs, StrBuf *out) {
        bool all = (ctl->flags & SYSTEMCTL_ALL) || strv_contains(ctl->states, "inactive");

        if (n_rows > 0)
                strbuf_addf(out,
                            "\n"
                            "LOAD   = Reflects whether the unit definition was properly loaded.\n"
                            "ACTIVE = The high-level unit activation state, i.e. generalization of "
                            "SUB.\n"
                            "SUB    = The low-level unit activation state, values depend on unit "
                            "type.\n%s",
                            has_jobs ? "JOB    = Pending job for the unit.\n\n" : "");
        strbuf_addf(out,
                    "%u loaded units listed.%s\n",
                    n_rows,
                    all || ctl->states ? "" : " Pass --all to see loaded but inactive units, too.");
        if (all || !ctl->states)
                strbuf_add(out,
                           "To show all installed unit files use 'systemctl list-unit-files'.\n");
}

int ctl_list_units(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO(unit_rows_done) UnitRows rows = { 0 };
        AUTO(text_table_done) TextTable table = { 0 };
        AUTO(strbuf_done) StrBuf footer = STRBUF_INIT;
        AUTO_STRV char **with = NULL;
        bool has_jobs = false;

        text_table_init(&table, columns);
        if (systemctl_connect(ctl) < 0)
                return 1;
        if (ctl->flags & SYSTEMCTL_WITH_DEPENDENCIES &&
            ctl_add_dependencies(ctl, arguments, &with) < 0)
                return 1;
        if (unit_rows_get(ctl, with ? with : arguments, (ctl->flags & SYSTEMCTL_ALL) != 0, &rows) <
            0)
                return 1;
        unit_rows_sort(&rows);
        for (unsigned i = 0; i < rows.n_rows; i++) {
                has_jobs = has_jobs || rows.rows[i].job_id > 0;
                add_unit(&table, &rows.rows[i]);
        }
        table.columns[COLUMN_MARK].hidden = ctl->json || (ctl->flags & SYSTEMCTL_PLAIN);
        table.columns[COLUMN_JOB].hidden = !has_jobs;
        print_footer(ctl, rows.n_rows, has_jobs, &footer);
        return systemctl_print_table(ctl, &table, strbuf_text(&footer));
}
