/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/systemctl/ctl_unit_rows.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"

#define ROW_TYPE "(ssssssouso)"

static void row_done(UnitRow *row) {
        free(row->id);
        free(row->description);
        free(row->load_state);
        free(row->active_state);
        free(row->sub_state);
        free(row->following);
        free(row->job_type);
}

/* What list-units shows. */
static bool is_wanted(const Systemctl *ctl, const UnitRow *row, bool all) {
        const char *suffix = strrchr(row->id, '.');

        if (ctl->types && (!suffix || !strv_contains(ctl->types, suffix + 1)))
                return false;
        if (all || ctl->states)
                return true;
        return row->job_id > 0 || (!streq(row->active_state, "inactive") && !row->following[0]);
}

static int read_row(sd_bus_message *reply, UnitRow *ret) {
        const char *texts[7], *path, *job_path;
        uint32_t job_id;
        char **places[] = { &ret->id,           &ret->description, &ret->load_state,
                            &ret->active_state, &ret->sub_state,   &ret->following,
                            &ret->job_type };

        *ret = (UnitRow){ 0 };
        int r = sd_bus_message_read(reply,
                                    ROW_TYPE,
                                    &texts[0],
                                    &texts[1],
                                    &texts[2],
                                    &texts[3],
                                    &texts[4],
                                    &texts[5],
                                    &path,
                                    &job_id,
                                    &texts[6],
                                    &job_path);
        if (r <= 0)
                return err_pass(r);
        ret->job_id = job_id;
        for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
                *places[i] = strdup(texts[i]);
                if (!*places[i]) {
                        row_done(ret);
                        return err_new(-ENOMEM);
                }
        }
        return 1;
}

static int add_row(UnitRows *rows, UnitRow *row) {
        UnitRow *more = reallocarray(rows->rows, rows->n_rows + 1, sizeof(*more));
        if (!more) {
                row_done(row);
                return err_new(-ENOMEM);
        }
        rows->rows = more;
        more[rows->n_rows++] = *row;
        return 0;
}

static int compare_rows(const void *a, const void *b) {
        const UnitRow *x = a, *y = b;
        const char *x_type = strrchr(x->id, '.'), *y_type = strrchr(y->id, '.');
        int order = x_type && y_type ? strcasecmp(x_type, y_type) : 0;

        return order != 0 ? order : strcasecmp(x->id, y->id);
}

int unit_rows_get(Systemctl *ctl, char **patterns, bool all, UnitRows *ret) {
        AUTO(unit_rows_done) UnitRows rows = { 0 };
        sd_bus_message *reply = NULL;
        UnitRow row;

        int r = systemctl_call_lists(ctl, "ListUnitsByPatterns", ctl->states, patterns, &reply);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', ROW_TYPE);
        while (r >= 0 && (r = read_row(reply, &row)) > 0) {
                if (is_wanted(ctl, &row, all))
                        r = add_row(&rows, &row);
                else
                        row_done(&row);
        }
        sd_bus_message_unref(reply);
        if (r < 0)
                return err_pass(r);
        *ret = rows;
        rows = (UnitRows){ 0 };
        return 0;
}

void unit_rows_sort(UnitRows *rows) {
        if (rows->n_rows > 1)
                qsort(rows->rows, rows->n_rows, sizeof(*rows->rows), compare_rows);
}

void unit_rows_done(UnitRows *rows) {
        for (unsigned i = 0; i < rows->n_rows; i++)
                row_done(&rows->rows[i]);
        free(rows->rows);
        *rows = (UnitRows){ 0 };
}
