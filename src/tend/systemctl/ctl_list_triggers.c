/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "tend/systemctl/ctl_list.h"
#include "tend/systemctl/ctl_time.h"
#include "tend/systemctl/ctl_unit_rows.h"
#include "tend/time_text.h"
#include "tend/unit_view.h"

/* One of the lists of units that start others. */
typedef struct TriggerList {
        const char *type; /* of units */
        const TextColumn *columns;
        void (*add)(const Systemctl *ctl, const UnitView *view, TextTable *table);
} TriggerList;

/* The units that are started, one name as text and more as a list. */
static void add_triggers(const UnitView *view, TextTable *table) {
        AUTO_FREE char *names =
                strv_length(view->triggers) > 0 ? strv_join(view->triggers, " ") : NULL;
        text_table_add(table, names, STYLE_PLAIN);
}

/* --- sockets
 * ---------------------------------------------------------------------------------------------- */

static const TextColumn socket_columns[] = {
        { .heading = "LISTEN" },
        { .heading = "TYPE" },
        { .heading = "UNIT" },
        { .heading = "ACTIVATES" },
        { 0 },
};

static void add_socket(const Systemctl *ctl UNUSED, const UnitView *view, TextTable *table) {
        for (char **pair = view->listen; pair && pair[0] && pair[1]; pair += 2) {
                text_table_add(table, pair[1], STYLE_PLAIN);
                text_table_add(table, pair[0], STYLE_PLAIN);
                text_table_add(table, view->id, STYLE_PLAIN);
                add_triggers(view, table);
        }
}

/* --- automounts
 * ------------------------------------------------------------------------------------------- */

static const TextColumn automount_columns[] = {
        { .heading = "WHAT" },         { .heading = "WHERE" }, { .heading = "MOUNTED" },
        { .heading = "IDLE TIMEOUT" }, { .heading = "UNIT" },  { 0 },
};

static void add_automount(const Systemctl *ctl, const UnitView *view, TextTable *table) {
        AUTO(strbuf_done) StrBuf idle = STRBUF_INIT;
        AUTO_FREE char *state =
                view->triggers ? systemctl_unit_text(ctl, view->triggers[0], "ActiveState") : NULL;
        bool mounted = state && streq(state, "active");

        text_table_add(table, view->what ? view->what : "n/a", STYLE_PLAIN);
        text_table_add(table, view->where, STYLE_PLAIN);
        text_table_add_json(table, mounted ? "yes" : "no", mounted ? "true" : "false", STYLE_PLAIN);
        if (view->timeout_idle_usec > 0 && view->timeout_idle_usec != USEC_INFINITY)
                duration_print(&idle, view->timeout_idle_usec, USEC_PER_SEC);
        text_table_add(table, idle.length > 0 ? strbuf_text(&idle) : NULL, STYLE_PLAIN);
        text_table_add(table, view->id, STYLE_PLAIN);
}

/* --- timers
 * -----------------------------------------------------------------------------------------------
 */

static const TextColumn timer_columns[] = {
        { .heading = "NEXT" },
        { .heading = "LEFT" },
        { .heading = "LAST" },
        { .heading = "PASSED" },
        { .heading = "UNIT" },
        { .heading = "ACTIVATES" },
        { 0 },
};

static void add_time(uint64_t usec, bool relative, TextTable *table) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT, json = STRBUF_INIT;

        if (usec == USEC_INFINITY) {
                text_table_add(table, NULL, STYLE_PLAIN);
                return;
        }
        if (relative)
                ctl_print_relative(usec, clock_realtime_usec(), &text);
        else
                time_print(usec, &text);
        strbuf_addf(&json, "%llu", (unsigned long long)usec);
        text_table_add_json(
                table, usec > 0 ? strbuf_text(&text) : NULL, strbuf_text(&json), STYLE_PLAIN);
}

static void add_timer(const Systemctl *ctl UNUSED, const UnitView *view, TextTable *table) {
        uint64_t next_usec = ctl_next_elapse(view);

        add_time(next_usec, false, table);
        add_time(next_usec, true, table);
        add_time(view->last_trigger_usec, false, table);
        add_time(view->last_trigger_usec, true, table);
        text_table_add(table, view->id, STYLE_PLAIN);
        add_triggers(view, table);
}

static int compare_next(const void *a, const void *b) {
        const UnitView *x = a, *y = b;
        uint64_t x_usec = ctl_next_elapse(x), y_usec = ctl_next_elapse(y);

        return x_usec != y_usec ? (x_usec < y_usec ? -1 : 1) : strcmp(x->id, y->id);
}

/* --- all of them
 * ------------------------------------------------------------------------------------------ */

typedef struct ViewList {
        UnitView *views; /* owned */
        unsigned n_views;
} ViewList;

static void view_list_done(ViewList *list) {
        for (unsigned i = 0; i < list->n_views; i++)
                unit_view_done(&list->views[i]);
        free(list->views);
}
DEFINE_AUTO_DONE(ViewList, view_list_done);

static int get_views(Systemctl *ctl, char **arguments, const char *type, ViewList *list) {
        AUTO(unit_rows_done) UnitRows rows = { 0 };

        int r = unit_rows_get(ctl, arguments, (ctl->flags & SYSTEMCTL_ALL) != 0, &rows);
        if (r < 0)
                return err_pass(r);
        list->views = calloc(rows.n_rows + 1, sizeof(*list->views));
        if (!list->views)
                return program_fail("Out of memory."), -ENOMEM;
        unit_rows_sort(&rows);
        for (unsigned i = 0; i < rows.n_rows; i++) {
                const char *id = rows.rows[i].id;
                if (!streq(strrchr(id, '.'), type) ||
                    unit_view_get(ctl->tend, id, NULL, &list->views[list->n_views]) < 0)
                        continue; /* another type, or gone meanwhile */
                list->n_views++;
        }
        return 0;
}

static int print_list(const Systemctl *ctl, const TextTable *table, size_t n, const char *noun) {
        AUTO(strbuf_done) StrBuf footer = STRBUF_INIT;

        strbuf_addf(&footer, "\n%zu %s listed.\n", n, noun);
        if (!(ctl->flags & SYSTEMCTL_ALL))
                strbuf_addf(&footer, "Pass --all to see loaded but inactive %s, too.\n", noun);
        return systemctl_print_table(ctl, table, strbuf_text(&footer));
}

/* Fills the table with the rows of all units of a type. -errno after a message. */
static int fill_list(Systemctl *ctl, char **arguments, const TriggerList *list, TextTable *table) {
        AUTO(view_list_done) ViewList views = { 0 };

        text_table_init(table, list->columns);
        table->empty = "-";
        if (systemctl_connect(ctl) < 0 || get_views(ctl, arguments, list->type, &views) < 0)
                return err_new(-EIO);
        if (list->columns == timer_columns)
                qsort(views.views, views.n_views, sizeof(*views.views), compare_next);
        for (unsigned i = 0; i < views.n_views; i++)
                list->add(ctl, &views.views[i], table);
        return 0;
}

int ctl_list_sockets(void *userdata, char **arguments) {
        static const TriggerList list = { ".socket", socket_columns, add_socket };
        static const int order[] = { 0, 1, -1 };
        AUTO(text_table_done) TextTable table = { 0 };
        Systemctl *ctl = userdata;

        if (fill_list(ctl, arguments, &list, &table) < 0)
                return 1;
        text_table_sort(&table, order);
        table.columns[1].hidden = !(ctl->flags & SYSTEMCTL_SHOW_TYPES);
        return print_list(ctl, &table, text_table_n_rows(&table), "sockets");
}

int ctl_list_timers(void *userdata, char **arguments) {
        static const TriggerList list = { ".timer", timer_columns, add_timer };
        AUTO(text_table_done) TextTable table = { 0 };
        Systemctl *ctl = userdata;

        if (fill_list(ctl, arguments, &list, &table) < 0)
                return 1;
        return print_list(ctl, &table, text_table_n_rows(&table), "timers");
}

int ctl_list_automounts(void *userdata, char **arguments) {
        static const TriggerList list = { ".automount", automount_columns, add_automount };
        static const int order[] = { 1, -1 };
        AUTO(text_table_done) TextTable table = { 0 };
        Systemctl *ctl = userdata;

        if (fill_list(ctl, arguments, &list, &table) < 0)
                return 1;
        text_table_sort(&table, order);
        return print_list(ctl, &table, text_table_n_rows(&table), "automounts");
}
