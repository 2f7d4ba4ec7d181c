/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "tend/pager.h"
#include "tend/style.h"
#include "tend/systemctl/ctl_verbs.h"
#include "tend/systemctl/systemctl.h"
#include "tend/unit_view.h"
#include "unit/unit_name.h"

#define DEPTH_MAX 100

typedef struct Walk {
        Systemctl *ctl;
        char **path; /* units from the top down, owned */
        char **seen; /* with --plain: units that were printed, owned */
        StrBuf branches;
        StrBuf *out;
} Walk;

static void walk_done(Walk *walk) {
        strv_free(walk->path);
        strv_free(walk->seen);
        strbuf_done(&walk->branches);
}
DEFINE_AUTO_DONE(Walk, walk_done);

/* The lists that are walked. */
#define AT(member) offsetof(UnitView, member)
static const size_t forward[] = { AT(requires),    AT(requisite), AT(wants),
                                  AT(consists_of), AT(binds_to),  AT(upholds) };
static const size_t reverse[] = { AT(required_by), AT(requisite_of), AT(wanted_by),
                                  AT(part_of),     AT(bound_by),     AT(upheld_by) };
static const size_t after[] = { AT(after) };
static const size_t before[] = { AT(before) };

static bool is_target(const char *unit) {
        return str_has_suffix(str_of(unit), ".target");
}

/* Targets come last. */
static int compare_names(const void *a, const void *b) {
        const char *x = *(char *const *)a, *y = *(char *const *)b;

        if (is_target(x) != is_target(y))
                return is_target(x) ? 1 : -1;
        return strcasecmp(x, y);
}

static int get_children(const Walk *walk, const char *unit, char ***ret) {
        AUTO(unit_view_done) UnitView view = { 0 };
        AUTO_STRV char **names = NULL;
        unsigned walked = walk->ctl->walked;
        const size_t *places = walked == SYSTEMCTL_JOBS_AFTER    ? after
                               : walked == SYSTEMCTL_JOBS_BEFORE ? before
                               : walked == SYSTEMCTL_REVERSE     ? reverse
                                                                 : forward;
        size_t n = places == after || places == before ? 1 : ARRAY_LENGTH(forward);
        sd_bus_error error = SD_BUS_ERROR_NULL;

        int r = unit_view_get(walk->ctl->tend, unit, &error, &view);
        if (r < 0)
                (void)systemctl_refused(r, &error, "Failed to get properties");
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = strv_extend(&names, *(char ***)(void *)((char *)&view + places[i]));
        if (r < 0)
                return err_pass(r);
        if (names) {
                strv_sort(names);
                strv_uniq(names);
                qsort(names, strv_length(names), sizeof(*names), compare_names);
        }
        *ret = STEAL(names);
        return 0;
}

static void print_unit(const Walk *walk, const char *unit, unsigned level, bool is_last) {
        const Systemctl *ctl = walk->ctl;

        if (ctl->flags & SYSTEMCTL_PLAIN) {
                strbuf_addf(walk->out, "%*s%s\n", level > 0 ? 2 : 0, "", unit);
                return;
        }
        if (level == 0) {
                strbuf_addf(walk->out, "%s\n", unit);
                return;
        }
        AUTO_FREE char *state = systemctl_unit_text(ctl, unit, "ActiveState");
        style_addf(walk->out,
                   ctl->tend->flags,
                   style_of_state(state),
                   "%s",
                   state ? style_mark(state) : " ");
        strbuf_addf(walk->out,
                    " %s%s%s\n",
                    strbuf_text(&walk->branches),
                    is_last ? "\u2514\u2500" : "\u251c\u2500",
                    unit);
}

static int walk_unit(Walk *walk, const char *unit, unsigned level);

static int walk_child(Walk *walk, const char *unit, unsigned level, bool is_last) {
        const Systemctl *ctl = walk->ctl;
        size_t length = walk->branches.length;

        if (strv_contains(walk->path, unit)) {
                if (!(ctl->flags & SYSTEMCTL_PLAIN))
                        strbuf_addf(walk->out,
                                    "  %s%s...\n",
                                    strbuf_text(&walk->branches),
                                    is_last ? "\u2514\u2500" : "\u251c\u2500");
                return 0;
        }
        print_unit(walk, unit, level + 1, is_last);
        if (!(ctl->flags & SYSTEMCTL_ALL) && !is_target(unit))
                return 0;
        strbuf_add(&walk->branches, is_last ? "  " : "\u2502 ");
        int r = walk_unit(walk, unit, level + 1);
        strbuf_truncate(&walk->branches, length);
        return err_pass(r);
}

static int walk_unit(Walk *walk, const char *unit, unsigned level) {
        AUTO_STRV char **children = NULL;

        int r = get_children(walk, unit, &children);
        if (r >= 0)
                r = level > DEPTH_MAX ? -ELOOP : strv_add(&walk->path, unit);
        STRV_FOREACH(child, children) {
                if (r < 0)
                        break;
                if (walk->ctl->flags & SYSTEMCTL_PLAIN) {
                        if (strv_contains(walk->seen, *child))
                                continue;
                        r = strv_add(&walk->seen, *child);
                }
                if (r >= 0)
                        r = walk_child(walk, *child, level, !child[1]);
        }
        strv_remove(walk->path, unit);
        return err_pass(r);
}

int ctl_add_dependencies(Systemctl *ctl, char *const *names, char ***ret) {
        AUTO_STRV char **all = NULL;
        int r = 0;

        STRV_FOREACH(name, names) {
                AUTO(unit_view_done) UnitView view = { 0 };
                sd_bus_error error = SD_BUS_ERROR_NULL;
                r = strv_add_unique(&all, *name);
                if (r >= 0 && unit_view_get(ctl->tend, *name, &error, &view) < 0)
                        (void)systemctl_refused(
                                -EIO, &error, "Failed to get properties of %s", *name);
                for (size_t i = 0; r >= 0 && i < ARRAY_LENGTH(forward); i++) {
                        STRV_FOREACH(other, *(char ***)(void *)((char *)&view + forward[i])) {
                                if (r >= 0)
                                        r = strv_add_unique(&all, *other);
                        }
                }
                if (r < 0)
                        return err_pass(r);
        }
        *ret = STEAL(all);
        return 0;
}

int ctl_list_dependencies(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_STRV char **names = NULL;
        char *const fallback[] = { (char[]){ "default.target" }, NULL };
        int r = 0;

        if (systemctl_connect(ctl) < 0 ||
            systemctl_expand(
                    ctl, arguments[0] ? arguments : (char **)(uintptr_t)fallback, NULL, &names) < 0)
                return 1;
        STRV_FOREACH(name, names) {
                AUTO(walk_done) Walk walk = { .ctl = ctl, .out = &out };
                if (name != names)
                        strbuf_add_char(&out, '\n');
                strbuf_addf(&out, "%s\n", *name);
                r = walk_unit(&walk, *name, 0);
                if (r < 0)
                        break;
        }
        if (pager_print(ctl->tend, &out) < 0)
                return 1;
        return r < 0 ? 1 : 0;
}
