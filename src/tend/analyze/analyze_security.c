/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze/analyze_security.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tend/analyze/security_held.h"
#include "tend/pager.h"
#include "tend/text_table.h"
#include "tend/unit_offline.h"
#include "tend/verify_input.h"
#include "unit/unit_name.h"

typedef struct SecurityUnit {
        const UnitSpec *spec;
        bool is_file; /* named by its path */
} SecurityUnit;

/* 252 orders by the words, the last first; rows with the same words stay as in the table. */
static int compare_rows(const void *a, const void *b) {
        const SecurityRow *const *x = a, *const *y = b;
        const char *text_x = (*x)->description, *text_y = (*y)->description;
        int order = text_x && text_y ? strcmp(text_y, text_x) : !text_x - !text_y;

        return order != 0 ? order : (*x > *y) - (*x < *y);
}

/* "0.2", or NULL when nothing is exposed. */
static char *exposure_text(const SecurityScore *score, const SecurityRow *row) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        unsigned exposure = security_row_exposure(score, row);

        if (row->not_applicable || row->badness == 0)
                return NULL;
        strbuf_addf(&text, "%u.%u", exposure / 10, exposure % 10);
        return strbuf_steal(&text);
}

static void add_row(TextTable *table, const SecurityScore *score, const SecurityRow *row) {
        bool is_good = row->badness == 0;
        AUTO_FREE char *exposure = exposure_text(score, row);
        Style style = row->not_applicable ? STYLE_FAINT : is_good ? STYLE_GOOD : STYLE_BAD;

        text_table_add_json(table,
                            row->not_applicable ? NULL
                            : is_good           ? "\xe2\x9c\x93"
                                                : "\xe2\x9c\x97",
                            row->not_applicable ? "null"
                            : is_good           ? "true"
                                                : "false",
                            style);
        text_table_add(table, row->name, STYLE_PLAIN);
        text_table_add(table, row->field, STYLE_PLAIN);
        text_table_add(table, row->description, STYLE_PLAIN);
        text_table_add(table, exposure, style);
}

static int print_table(const Tend *tend,
                       const SecurityOptions *options,
                       const SecurityScore *score,
                       StrBuf *out) {
        const TextColumn columns[] = {
                { .heading = " ", .key = "set" },
                { .heading = "NAME", .key = "name" },
                { .heading = "JSON_FIELD", .key = "json_field", .hidden = !options->json },
                { .heading = "DESCRIPTION", .key = "description" },
                { .heading = "EXPOSURE", .key = "exposure", .right = true, .bare = true },
                { 0 },
        };
        AUTO(text_table_done) TextTable table = { 0 };
        AUTO_FREE const SecurityRow **order = calloc(score->n_rows, sizeof(*order));
        unsigned flags = (tend->flags & TEND_COLOUR ? TEXT_TABLE_COLOUR : 0u);

        if (!order)
                return err_new(-ENOMEM);
        if (options->json)
                flags = TEXT_TABLE_JSON | (streq(options->json, "pretty") ? TEXT_TABLE_PRETTY : 0u);
        for (unsigned i = 0; i < score->n_rows; i++)
                order[i] = &score->rows[i];
        qsort(order, score->n_rows, sizeof(*order), compare_rows);
        text_table_init(&table, columns);
        for (unsigned i = 0; i < score->n_rows; i++)
                add_row(&table, score, order[i]);
        return err_pass(
                text_table_print(&table, flags, options->json ? 0 : pager_width(tend), out));
}

static int print_all(Tend *tend,
                     const SecurityOptions *options,
                     const SecurityScore *score,
                     const SecurityUnit *unit,
                     StrBuf *out) {
        AUTO(security_held_done) SecurityHeld held = { 0 };
        bool both = options->with_held && !options->json;
        int r = both ? security_held_make(tend, unit->spec, unit->is_file, &held) : 0;

        if (r == 0 && both && (tend->flags & TEND_JSON)) {
                security_held_print_json(&held, score, unit->spec->name, out);
                return 0;
        }
        if (r == 0)
                r = print_table(tend, options, score, out);
        if (r < 0 || options->json)
                return err_pass(r);
        security_print_overall(
                "Overall exposure level for", unit->spec->name, score->exposure, out);
        if (both)
                security_held_print(&held, unit->spec->name, out);
        return 0;
}

/* The exit status of one unit. */
static int
score_one(Tend *tend, const SecurityOptions *options, const SecurityUnit *unit, StrBuf *out) {
        AUTO(security_score_done) SecurityScore score = { 0 };
        int r = security_score_make(unit->spec, NULL, tend->scope == UNIT_SCOPE_USER, &score);

        if (r == 0)
                r = print_all(tend, options, &score, unit, out);
        if (r < 0) {
                (void)fprintf(stderr, "Cannot score %s: %s\n", unit->spec->name, strerror(-r));
                return 1;
        }
        return score.exposure > options->threshold ? 1 : 0;
}

/* `names` are those of what was typed, one by one. */
static int score_named(Tend *tend,
                       const SecurityOptions *options,
                       const UnitLoader *loader,
                       char *const *names,
                       char *const *typed) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        int status = 0;

        for (; *typed; typed++, names++) {
                AUTO(unit_spec_free) UnitSpec *spec = NULL;
                int r = unit_load(loader, *names, &spec);
                if (r < 0 || spec->load_state != UNIT_LOADED) {
                        (void)fprintf(stderr, "Unit %s not found.\n", *names);
                        status = 1;
                        continue;
                }
                if (out.length > 0 && !options->json)
                        strbuf_add_char(&out, '\n');
                const SecurityUnit unit = { spec, strchr(*typed, '/') != NULL };
                status |= score_one(tend, options, &unit, &out);
        }
        return pager_print(tend, &out) < 0 ? 1 : status;
}

/* Files stand in front of the search path, as for verify. */
static int add_unit(VerifyInput *input, const char *text) {
        AUTO_FREE char *name = NULL;

        if (strchr(text, '/'))
                return err_pass(verify_input_add_file(input, text));
        int r = unit_name_mangle(text, ".service", false, &name);
        return r < 0 ? err_pass(r) : err_pass(verify_input_add_name(input, name));
}

int analyze_security(Tend *tend, const SecurityOptions *options, char **units) {
        AUTO(verify_input_done) VerifyInput input = { 0 };
        AUTO(unit_offline_done) UnitOffline offline = { 0 };
        AUTO_STRV char **directories = NULL;
        char **named = tend->unit_directories;

        STRV_FOREACH(unit, units) {
                int r = add_unit(&input, *unit);
                if (r < 0) {
                        (void)fprintf(
                                stderr, "Failed to prepare filename %s: %s\n", *unit, strerror(-r));
                        return 1;
                }
        }
        directories = strv_copy(input.directories);
        if (strv_extend(&directories, named) < 0)
                return 1;
        if (directories)
                tend->unit_directories = directories;
        int r = unit_offline_init_at(tend, options->root, &offline);
        tend->unit_directories = named;
        offline.loader.no_builtin = true; /* files only */
        return r < 0 ? 1 : score_named(tend, options, &offline.loader, input.names, units);
}
