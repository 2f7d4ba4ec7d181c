/* SPDX-License-Identifier: Apache-2.0 */

/* dot: dependencies as a graph for graphviz. */

#include <errno.h>
#include <fnmatch.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/analyze/analyze_boot.h"
#include "tend/pager.h"
#include "tend/program.h"
#include "tend/unit_view.h"
#include "unit/unit_name.h"

typedef struct Patterns {
        char **from, **to, **either; /* owned */
} Patterns;

static void patterns_done(Patterns *patterns) {
        strv_free(patterns->from);
        strv_free(patterns->to);
        strv_free(patterns->either);
}
DEFINE_AUTO_DONE(Patterns, patterns_done);

static bool matches(char *const *patterns, const char *name) {
        STRV_FOREACH(pattern, patterns) {
                if (fnmatch(*pattern, name, 0) == 0)
                        return true;
        }
        return false;
}

/* Adds the patterns, and the present names of those that name a unit. */
static int expand(const BootOptions *options, char *const *typed, char ***ret) {
        STRV_FOREACH(pattern, typed) {
                AUTO_FREE char *path = bus_client_unit_path(*pattern), *id = NULL;
                sd_bus_error error = SD_BUS_ERROR_NULL;
                int r = strv_add(ret, *pattern);
                if (r < 0 || !path)
                        return err_new(-ENOMEM);
                if (strpbrk(*pattern, "*?["))
                        continue;
                r = bus_client_get_text(
                        options->tend->client, path, BUS_UNIT_INTERFACE, "Id", &error, &id);
                if (r < 0)
                        (void)program_fail("Failed to get ID: %s",
                                           error.message ? error.message : strerror(-r));
                sd_bus_error_free(&error);
                if (r >= 0)
                        r = strv_add_unique(ret, id);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static bool is_wanted(const Patterns *patterns, const char *from, const char *to) {
        bool from_matches = matches(patterns->either, from),
             to_matches = matches(patterns->either, to);

        if (patterns->from && !from_matches && !matches(patterns->from, from))
                return false;
        if (patterns->to && !to_matches && !matches(patterns->to, to))
                return false;
        return !patterns->either || from_matches || to_matches;
}

/* The edges of one unit. */
static void print_edges(const BootOptions *options,
                        const Patterns *patterns,
                        const UnitView *view,
                        StrBuf *out) {
        static const struct {
                size_t place;
                const char *colour;
                bool is_order;
        } rows[] = {
                { offsetof(UnitView, after), "green", true },
                { offsetof(UnitView, requires), "black", false },
                { offsetof(UnitView, requisite), "darkblue", false },
                { offsetof(UnitView, wants), "grey66", false },
                { offsetof(UnitView, conflicts), "red", false },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                char **others = *(char ***)(void *)((char *)(uintptr_t)view + rows[i].place);
                if (rows[i].is_order ? options->require : options->order && !options->require)
                        continue;
                STRV_FOREACH(other, others)
                if (is_wanted(patterns, view->id, *other))
                        strbuf_addf(out,
                                    "\t\"%s\"->\"%s\" [color=\"%s\"];\n",
                                    view->id,
                                    *other,
                                    rows[i].colour);
        }
}

static int print_all(const BootOptions *options, const Patterns *patterns, StrBuf *out) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        const char *id;

        int r = bus_client_call(options->tend->client, "ListUnits", &error, &reply, NULL);
        if (r < 0)
                (void)program_fail("Failed to list units: %s",
                                   error.message ? error.message : strerror(-r));
        else
                r = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'r', "ssssssouso")) > 0) {
                AUTO(unit_view_done) UnitView view = { 0 };
                r = sd_bus_message_read(reply, "s", &id);
                if (r >= 0 && unit_view_get(options->tend, id, NULL, &view) >= 0 && view.id)
                        print_edges(options, patterns, &view, out);
                if (r >= 0)
                        r = sd_bus_message_skip(reply, "sssssouso");
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        sd_bus_error_free(&error);
        sd_bus_message_unref(reply);
        return err_pass(r);
}

static void print_legend(const BootOptions *options) {
        if (options->tend->flags & TEND_QUIET)
                return;
        (void)program_fail("   Color legend: black     = Requires\n"
                           "                 dark blue = Requisite\n"
                           "                 dark grey = Wants\n"
                           "                 red       = Conflicts\n"
                           "                 green     = After");
        if (options->tend->flags & TEND_TERMINAL)
                (void)program_fail(
                        "-- You probably want to process this output with graphviz' dot "
                        "tool.\n"
                        "-- Try a shell pipeline like 'systemd-analyze dot | dot -Tsvg > "
                        "systemd.svg'!");
}

int analyze_dot(const BootOptions *options, char **arguments) {
        AUTO(patterns_done) Patterns patterns = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        if (boot_connect(options) < 0 || expand(options, arguments, &patterns.either) < 0 ||
            expand(options, options->from, &patterns.from) < 0 ||
            expand(options, options->to, &patterns.to) < 0)
                return 1;
        strbuf_add(&out, "digraph systemd {\n");
        if (print_all(options, &patterns, &out) < 0)
                return 1;
        strbuf_add(&out, "}\n");
        if (pager_print(options->tend, &out) < 0)
                return 1;
        print_legend(options);
        return 0;
}
