/* SPDX-License-Identifier: Apache-2.0 */

/* blame and critical-chain: which units took the time. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "base/utf8.h"
#include "bus/bus_client.h"
#include "tend/analyze/analyze_boot.h"
#include "tend/pager.h"
#include "tend/program.h"
#include "tend/style.h"

/* --- blame
 * ------------------------------------------------------------------------------------------------
 */

static int compare_taken(const void *a, const void *b) {
        const BootUnit *x = a, *y = b;
        return x->taken_usec != y->taken_usec ? (x->taken_usec > y->taken_usec ? -1 : 1) : 0;
}

static size_t widest_span(const BootUnits *units) {
        size_t width = 0;

        for (unsigned i = 0; i < units->n_units; i++) {
                AUTO(strbuf_done) StrBuf span = STRBUF_INIT;
                if (units->units[i].taken_usec > 0)
                        boot_print_span(units->units[i].taken_usec, &span);
                width = MAX(width, span.length);
        }
        return width;
}

int analyze_blame(const BootOptions *options, char **arguments UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO(boot_units_done) BootUnits units = { 0 };
        BootTimes times;

        if (boot_connect(options) < 0 || boot_times_get(options, &times) < 0 ||
            boot_units_get(options, &times, &units) < 0)
                return 1;
        if (units.n_units > 1)
                qsort(units.units, units.n_units, sizeof(*units.units), compare_taken);
        int width = (int)widest_span(&units);
        for (unsigned i = 0; i < units.n_units; i++) {
                AUTO(strbuf_done) StrBuf span = STRBUF_INIT;
                if (units.units[i].taken_usec == 0)
                        continue;
                boot_print_span(units.units[i].taken_usec, &span);
                strbuf_addf(&out, "%*s %s\n", width, strbuf_text(&span), units.units[i].name);
        }
        return pager_print(options->tend, &out) < 0 ? 1 : 0;
}

/* --- critical-chain
 * --------------------------------------------------------------------------------------- */

#define DEPTH_MAX 64

typedef struct Chain {
        const BootOptions *options;
        const BootTimes *times;
        const BootUnits *units;
        char **seen; /* owned */
        StrBuf branches;
        StrBuf *out;
} Chain;

static void chain_done(Chain *chain) {
        strv_free(chain->seen);
        strbuf_done(&chain->branches);
}
DEFINE_AUTO_DONE(Chain, chain_done);

static void print_at(const Chain *chain, uint64_t usec) {
        strbuf_add(chain->out, " @");
        boot_print_span(usec_sub(usec, chain->times->userspace_usec), chain->out);
}

/* A unit with its times; the top of the chain leaves out when it began. */
static void print_unit(const Chain *chain, const char *name, bool is_top) {
        const BootUnit *unit = boot_units_find(chain->units, name);
        unsigned colour = chain->options->tend->flags;

        if (unit && unit->taken_usec > 0) {
                strbuf_add(chain->out, style_begin(colour, STYLE_BAD));
                strbuf_add(chain->out, name);
                if (!is_top)
                        print_at(chain, unit->activating_usec);
                strbuf_add(chain->out, " +");
                boot_print_span(unit->taken_usec, chain->out);
                strbuf_add(chain->out, style_end(colour, STYLE_BAD));
        } else {
                strbuf_add(chain->out, name);
                if (unit && unit->activated_usec > chain->times->userspace_usec)
                        print_at(chain, unit->activated_usec);
        }
        strbuf_add_char(chain->out, '\n');
}

/* Whether the unit came up during the start. */
static const BootUnit *unit_in_start(const Chain *chain, const char *name) {
        const BootUnit *unit = boot_units_find(chain->units, name);

        return unit && unit->activated_usec > 0 && unit->activated_usec <= chain->times->finish_usec
                       ? unit
                       : NULL;
}

static int compare_activated(const void *a, const void *b, void *userdata) {
        const Chain *chain = userdata;
        const BootUnit *x = boot_units_find(chain->units, *(char *const *)a);
        const BootUnit *y = boot_units_find(chain->units, *(char *const *)b);
        uint64_t x_usec = x ? x->activated_usec : 0, y_usec = y ? y->activated_usec : 0;

        return x_usec != y_usec ? (x_usec > y_usec ? -1 : 1) : 0;
}

/* What the unit waited for, latest first: only what was up last, or --fuzz= before that. */
static int get_latest(const Chain *chain, const char *name, char ***ret) {
        AUTO_FREE char *path = bus_client_unit_path(name);
        AUTO_STRV char **names = NULL;
        uint64_t latest_usec = 0;

        if (!path)
                return err_new(-ENOMEM);
        int r = sd_bus_get_property_strv(bus_client_bus(chain->options->tend->client),
                                         "org.freedesktop.systemd1",
                                         path,
                                         BUS_UNIT_INTERFACE,
                                         "After",
                                         NULL,
                                         &names);
        if (r < 0)
                return err_pass(r);
        if (names)
                qsort_r(names,
                        strv_length(names),
                        sizeof(*names),
                        compare_activated,
                        (void *)(uintptr_t)chain);
        STRV_FOREACH(other, names) {
                const BootUnit *unit = unit_in_start(chain, *other);
                if (unit)
                        latest_usec = MAX(latest_usec, unit->activated_usec);
        }
        STRV_FOREACH(other, names) {
                const BootUnit *unit = unit_in_start(chain, *other);
                if (unit && latest_usec - unit->activated_usec <= chain->options->fuzz_usec)
                        r = strv_add(ret, *other);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static int print_chain(Chain *chain, const char *name, unsigned depth) {
        AUTO_STRV char **latest = NULL;
        size_t length = chain->branches.length;

        int r = strv_add(&chain->seen, name);
        if (r >= 0)
                r = depth > DEPTH_MAX ? -ELOOP : get_latest(chain, name, &latest);
        STRV_FOREACH(other, latest) {
                bool is_last = !other[1];
                if (r < 0)
                        break;
                strbuf_addf(chain->out,
                            "%s%s",
                            strbuf_text(&chain->branches),
                            is_last ? "\u2514\u2500" : "\u251c\u2500");
                print_unit(chain, *other, false);
                strbuf_add(&chain->branches, is_last ? "  " : "\u2502 ");
                if (strv_contains(chain->seen, *other))
                        strbuf_addf(
                                chain->out, "%s\u2514\u2500...\n", strbuf_text(&chain->branches));
                else
                        r = print_chain(chain, *other, depth + 1);
                strbuf_truncate(&chain->branches, length);
        }
        return err_pass(r);
}

/* The chain of one unit, under the name that was typed. */
static int print_top(const BootOptions *options, Chain *chain, const char *name) {
        AUTO_FREE char *path = bus_client_unit_path(name), *id = NULL;
        sd_bus_error error = SD_BUS_ERROR_NULL;

        int r = path ? bus_client_get_text(
                               options->tend->client, path, BUS_UNIT_INTERFACE, "Id", &error, &id)
                     : -ENOMEM;
        if (r < 0)
                (void)program_fail("Failed to get ID: %s",
                                   error.message ? error.message : strerror(-r));
        sd_bus_error_free(&error);
        if (r < 0)
                return 0; /* the others may be better */
        print_unit(chain, id, true);
        return err_pass(print_chain(chain, id, 0));
}

int analyze_critical_chain(const BootOptions *options, char **arguments) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO(boot_units_done) BootUnits units = { 0 };
        char *const fallback[] = { (char[]){ "default.target" }, NULL };
        BootTimes times;
        int r = 0;

        if (boot_connect(options) < 0 || boot_times_get(options, &times) < 0 ||
            boot_units_get(options, &times, &units) < 0)
                return 1;
        strbuf_add(&out,
                   "The time when unit became active or started is printed after the \"@\" "
                   "character.\n"
                   "The time the unit took to start is printed after the \"+\" character.\n\n");
        STRV_FOREACH(name, arguments[0] ? arguments : fallback) {
                AUTO(chain_done)
                Chain chain = { .options = options, .times = &times, .units = &units, .out = &out };
                if (r >= 0)
                        r = print_top(options, &chain, *name);
        }
        if (pager_print(options->tend, &out) < 0)
                return 1;
        return r < 0 ? 1 : 0;
}
