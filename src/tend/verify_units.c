/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/verify_units.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "lint/lint_program.h"
#include "tend/start_rehearsal.h"
#include "unit/unit_name.h"

typedef struct Verification {
        StartRehearsal *rehearsal; /* owned */
        const VerifyOptions *options;
        Diag *diag;
        bool failed;
} Verification;

/* The service of a socket, by name: with Accept=yes an instance stands for all. */
static int service_of(const UnitSpec *socket, StrBuf *ret_name) {
        const char *named = unit_spec_text(socket, DIRECTIVE_SERVICE);
        bool accepts = unit_spec_bool(socket, DIRECTIVE_ACCEPT);
        Str own = accepts ? unit_name_prefix(socket->name)
                          : unit_name_prefix_and_instance(socket->name);

        if (named)
                strbuf_add(ret_name, named);
        else
                strbuf_addf(ret_name, "%.*s%s.service", STR_ARG(own), accepts ? "@internal" : "");
        return err_pass(strbuf_result(ret_name));
}

static int check_socket(Verification *v, const UnitSpec *socket) {
        const DiagPlace place = { .unit = socket->name };
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
        Unit *service = NULL;

        if (socket->type != UNIT_SOCKET)
                return 0;
        int r = service_of(socket, &name);
        if (r >= 0)
                r = start_rehearsal_load(v->rehearsal, strbuf_text(&name), &service);
        if (r < 0)
                return err_pass(r);
        if (service->load_state != UNIT_LOADED)
                diag_add(v->diag,
                         &place,
                         DIAG_ERROR,
                         "service %s not loaded, socket cannot be started.",
                         service->id);
        return 0;
}

/* What is wrong with a named unit once all that it names is loaded. */
static int check_unit(Verification *v, Unit *unit) {
        bool as_systemd = v->options->flags & VERIFY_AS_SYSTEMD;

        if (unit->load_state != UNIT_LOADED) {
                v->failed = true;
                diag_add(v->diag,
                         NULL,
                         DIAG_ERROR,
                         "%s",
                         unit->spec && unit->spec->load_error ? unit->spec->load_error : unit->id);
                return 0;
        }
        int r = start_rehearsal_start(v->rehearsal, unit);
        if (r == -ECANCELED)
                v->failed = true;
        else if (r < 0)
                return err_pass(r);
        unsigned n_errors = v->diag->n_by_severity[DIAG_ERROR];
        r = check_socket(v, unit->spec);
        lint_programs(unit->spec, as_systemd ? LINT_FIRST_COMMANDS : 0, v->diag);
        if (v->options->flags & VERIFY_MANUALS)
                lint_manuals(unit->spec, v->diag);
        v->failed = v->failed || v->diag->n_by_severity[DIAG_ERROR] > n_errors;
        return err_pass(r);
}

static bool is_near(const Unit *unit, const char *name) {
        if (streq(unit->id, name))
                return true;
        for (unsigned i = 0; i < unit->n_edges; i++)
                if (streq(unit->edges[i].other->id, name))
                        return true;
        return false;
}

/* Whether a faulty line is in a unit that counts. */
static bool counts(const Verification *v, Unit *const *units, const Finding *finding) {
        if (finding->line == 0 || finding->severity == DIAG_NOTE || !finding->unit)
                return false;
        VerifyScope scope = v->options->scope;
        if (scope == VERIFY_ALL || scope == VERIFY_NAMED)
                return true;
        for (; scope == VERIFY_DIRECT && *units; units++)
                if (is_near(*units, finding->unit))
                        return true;
        return false;
}

/* Loads all, then looks at each; `units` has room for as many as there are names, and a NULL. */
static int run(Verification *v, char *const *names, Unit **units) {
        size_t n = 0;

        STRV_FOREACH(name, names) {
                int r = start_rehearsal_load(v->rehearsal, *name, &units[n++]);
                if (r < 0)
                        return err_pass(r);
        }
        for (size_t i = 0; i < n; i++) {
                int r = check_unit(v, units[i]);
                if (r < 0)
                        return err_pass(r);
        }
        for (unsigned i = 0; i < v->diag->n_findings; i++)
                v->failed = v->failed || counts(v, units, &v->diag->findings[i]);
        return 0;
}

int verify_units(const UnitLoader *loader,
                 const VerifyOptions *options,
                 char *const *names,
                 Diag *diag,
                 bool *ret_failed) {
        AUTO(start_rehearsal_free) StartRehearsal *rehearsal = NULL;
        AUTO_FREE Unit **units = calloc(strv_length(names) + 1, sizeof(*units));
        unsigned how = (options->scope == VERIFY_NAMED ? REHEARSAL_ALONE : 0) |
                       (options->flags & VERIFY_AS_SYSTEMD ? 0 : REHEARSAL_STAND_INS);

        int r = units ? start_rehearsal_new(loader, how, diag, &rehearsal) : err_new(-ENOMEM);
        if (r < 0)
                return err_pass(r);
        Verification v = { .rehearsal = rehearsal, .options = options, .diag = diag };
        r = run(&v, names, units);
        if (r < 0)
                return err_pass(r);
        *ret_failed = v.failed;
        return 0;
}
