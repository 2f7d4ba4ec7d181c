/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze/analyze_security.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tend/analyze/security_held.h"
#include "tend/analyze/security_policy.h"
#include "tend/pager.h"
#include "tend/private_bus.h"
#include "tend/program.h"
#include "tend/text_table.h"
#include "tend/unit_list.h"
#include "tend/unit_offline.h"
#include "tend/verify_input.h"
#include "unit/unit_enums.h"
#include "unit/unit_load.h"
#include "unit/unit_name.h"
#include "unit/unit_source.h"

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

/* --- units ------------------------------------------------------------------------------------ */

/* What all units of one question share. */
typedef struct Session {
        Tend *tend;
        const SecurityOptions *options;
        UnitLoader loader;
        SecurityPolicy policy;
        char *profile; /* text of it, owned; NULL */
        StrBuf details;
        TextTable overview;
        bool is_overview_only;
} Session;

static void session_done(Session *session) {
        security_policy_done(&session->policy);
        free(session->profile);
        strbuf_done(&session->details);
        text_table_done(&session->overview);
}
DEFINE_AUTO_DONE(Session, session_done);

static void add_to_overview(Session *session, const char *unit, unsigned exposure) {
        const char *face, *verdict = security_verdict(exposure, &face);
        Style style = exposure >= 75 ? STYLE_BAD : exposure < 50 ? STYLE_GOOD : STYLE_PLAIN;

        text_table_add(&session->overview, unit, STYLE_PLAIN);
        text_table_addf(&session->overview, style, "%u.%u", exposure / 10, exposure % 10);
        text_table_add(&session->overview, verdict, style);
        text_table_add(&session->overview, face, STYLE_PLAIN);
}

/* The exit status of one unit. */
static int score_one(Session *session, const SecurityUnit *unit) {
        AUTO(security_score_done) SecurityScore score = { 0 };
        Tend *tend = session->tend;
        StrBuf *out = &session->details;
        int r = security_score_make(unit->spec, NULL, tend->scope == UNIT_SCOPE_USER, &score);

        if (r == 0)
                r = security_policy_apply(&session->policy, &score);
        if (out->length > 0 && !session->options->offline)
                strbuf_add_char(out, '\n');
        if (r == 0 && !session->is_overview_only)
                r = print_all(tend, session->options, &score, unit, out);
        if (r < 0) {
                (void)fprintf(stderr, "Cannot score %s: %s\n", unit->spec->name, strerror(-r));
                return 1;
        }
        add_to_overview(session, unit->spec->name, score.exposure);
        return score.exposure > session->options->threshold ? 1 : 0;
}

/* Whether all of it can be told; said why not. */
static bool is_analyzable(const Session *session, const UnitSpec *spec, const char *name) {
        bool online = !session->options->offline && !session->options->with_held;

        if (spec && spec->load_state == UNIT_MASKED && !online)
                (void)fprintf(stderr, "Unit %s is masked.\n", name);
        else if (!spec || spec->load_state != UNIT_LOADED)
                (void)fprintf(
                        stderr, "Unit %s not found%s.\n", name, online ? ", cannot analyze" : "");
        else if (online && spec->type != UNIT_SERVICE)
                (void)fprintf(stderr, "Unit %s is not a service unit, refusing.\n", name);
        else
                return true;
        return false;
}

static bool comes_to_stay(const UnitSpec *spec) {
        const Value *type = unit_spec_find(spec, DIRECTIVE_TYPE);
        return !type || type->number != (uint64_t)SERVICE_TYPE_ONESHOT;
}

/* The exit status. `is_file`: it was named by its path. */
static int score_named(Session *session, const char *name, bool is_file) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        bool all = session->is_overview_only;

        if (unit_load(&session->loader, name, &spec) < 0)
                spec = unit_spec_free(spec);
        if (all && (!spec || spec->load_state != UNIT_LOADED || !comes_to_stay(spec)))
                return 0;
        if (!is_analyzable(session, spec, name))
                return 1;
        if (session->profile) /* what it does not understand, it leaves out */
                (void)unit_load_text(
                        spec, str_of(session->profile), session->options->profile, NULL);
        return score_one(session, &(const SecurityUnit){ spec, is_file });
}

static int print_overview(Session *session) {
        const char *json = session->options->json;
        unsigned flags = session->tend->flags & TEND_COLOUR ? TEXT_TABLE_COLOUR : 0u;

        if (json)
                flags = TEXT_TABLE_JSON | (streq(json, "pretty") ? TEXT_TABLE_PRETTY : 0u);
        if (session->details.length > 0)
                strbuf_add_char(&session->details, '\n');
        return text_table_print(&session->overview,
                                flags,
                                json ? 0 : pager_width(session->tend),
                                &session->details);
}

/* --- what was asked for ----------------------------------------------------------------------- */

/* Files stand in front of the search path, as for verify. */
static int add_unit(VerifyInput *input, const SecurityOptions *options, const char *text) {
        AUTO_FREE char *name = NULL;

        if (strchr(text, '/'))
                return err_pass(verify_input_add_file(input, text));
        int r = options->offline ? 0 : unit_name_mangle(text, ".service", false, &name);
        return r < 0 ? err_pass(r) : err_pass(verify_input_add_name(input, name ? name : text));
}

/* All services that the manager has loaded, in order. The exit status. */
static int add_loaded(Tend *tend, VerifyInput *input) {
        AUTO(unit_list_done) UnitList list = { 0 };

        if (private_bus_connect(tend) < 0)
                return 1;
        tend->flags |= TEND_ALL;
        if (unit_list_get(tend, NULL, &list) < 0)
                return 1;
        for (unsigned i = 0; i < list.n_entries; i++) {
                const UnitListEntry *entry = &list.entries[i];
                if (str_has_suffix(str_of(entry->id), ".service") &&
                    streq(entry->load_state, "loaded") && strv_add(&input->names, entry->id) < 0)
                        return 1;
        }
        strv_sort(input->names);
        return 0;
}

static int add_units(VerifyInput *input, const SecurityOptions *options, char *const *units) {
        STRV_FOREACH(unit, units) {
                int r = add_unit(input, options, *unit);
                if (r < 0) {
                        (void)fprintf(
                                stderr, "Failed to prepare filename %s: %s\n", *unit, strerror(-r));
                        return 1;
                }
        }
        return 0;
}

/* The text of a profile for portable services, by path or name. -errno after a message. */
static int read_profile(const char *profile, char **ret) {
        static const char *const places[] = { "/etc", "/run", "/usr/local/lib", "/usr/lib" };
        size_t length;
        int r = strchr(profile, '/') ? file_read(profile, UNIT_FILE_MAX, ret, &length, NULL)
                                     : -ENOENT;

        if (strchr(profile, '/') && !str_has_suffix(str_of(profile), ".conf"))
                return program_fail("Profile file name must end with .conf: %s", profile), -EINVAL;
        if (strchr(profile, '/') && r < 0)
                return program_fail("Failed to copy: %s", strerror(-r)), r;
        for (size_t i = 0; r < 0 && i < ARRAY_LENGTH(places); i++) {
                AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
                strbuf_addf(
                        &path, "%s/systemd/portable/profile/%s/service.conf", places[i], profile);
                r = file_read(strbuf_text(&path), UNIT_FILE_MAX, ret, &length, NULL);
        }
        if (r < 0)
                (void)program_fail("Failed to find portable profile %s: %s", profile, strerror(-r));
        return err_pass(r);
}

static int session_init(Session *session) {
        static const TextColumn columns[] = {
                { .heading = "UNIT" },
                { .heading = "EXPOSURE", .right = true },
                { .heading = "PREDICATE" },
                { .heading = "HAPPY" },
                { 0 },
        };
        const SecurityOptions *options = session->options;
        int r = 0;

        text_table_init(&session->overview, columns);
        if (options->policy)
                r = security_policy_read(options->policy, &session->policy);
        if (r >= 0 && options->profile && options->offline)
                r = read_profile(options->profile, &session->profile);
        return err_pass(r);
}

/* Reads the directories, with those of named files in front. */
static int init_loader(Session *session, const VerifyInput *input, UnitOffline *offline) {
        Tend *tend = session->tend;
        AUTO_STRV char **directories = strv_copy(input->directories);
        char **named = tend->unit_directories;

        if (strv_extend(&directories, named) < 0)
                return err_new(-ENOMEM);
        if (directories)
                tend->unit_directories = directories;
        int r = session->options->offline
                        ? unit_offline_init_alone(tend, session->options->root, offline)
                        : unit_offline_init_at(tend, NULL, offline);
        tend->unit_directories = named;
        session->loader = offline->loader;
        session->loader.no_builtin = true; /* files only */
        return err_pass(r);
}

int analyze_security(Tend *tend, const SecurityOptions *options, char **units) {
        AUTO(verify_input_done) VerifyInput input = { 0 };
        AUTO(unit_offline_done) UnitOffline offline = { 0 };
        AUTO(session_done) Session session = { .tend = tend, .options = options };
        size_t n_units = strv_length(units);
        int status = 0;

        session.is_overview_only = n_units == 0;
        if (n_units == 0 && options->offline)
                return 0;
        if (session_init(&session) < 0)
                return 1;
        if (n_units == 0 ? add_loaded(tend, &input) : add_units(&input, options, units))
                return 1;
        if (init_loader(&session, &input, &offline) < 0)
                return 1;
        for (size_t i = 0; i < strv_length(input.names); i++)
                status |= score_named(&session, input.names[i], units[0] && strchr(units[i], '/'));
        if (n_units != 1 && !options->offline && print_overview(&session) < 0)
                return 1;
        return pager_print(tend, &session.details) < 0 ? 1 : status;
}
