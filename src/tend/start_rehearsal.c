/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/start_rehearsal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/error.h"
#include "base/strv.h"
#include "lint/lint_self.h"
#include "unit/unit_name.h"

struct StartRehearsal {
        const UnitLoader *loader; /* not owned */
        unsigned flags;
        Diag *diag;        /* not owned */
        Engine *engine;    /* owned */
        char **told;       /* owned: units whose findings were told */
        char **triggered;  /* owned: what loaded sockets, timers and paths start */
        const char *asked; /* the name that is loaded now */
};

/* --- the ports
 * -------------------------------------------------------------------------------------- */

static uint64_t no_time(void *userdata UNUSED) {
        return 1;
}

static void on_unit(void *userdata UNUSED, Unit *unit UNUSED) {
}

static void on_job(void *userdata UNUSED, Job *job UNUSED) {
}

static void on_job_removed(void *userdata UNUSED, const Job *job UNUSED, JobResult result UNUSED) {
}

static void arm_timer(void *userdata UNUSED, uint64_t deadline_usec UNUSED) {
}

static bool is_present(void *userdata UNUSED, const Unit *unit UNUSED) {
        return false;
}

static void on_log(void *userdata, int level, const Unit *unit UNUSED, const char *text) {
        StartRehearsal *rehearsal = userdata;

        if (level <= LOG_WARNING)
                diag_add(rehearsal->diag,
                         NULL,
                         level < LOG_WARNING ? DIAG_ERROR : DIAG_WARNING,
                         "%s",
                         text);
}

/* What is not read when a unit is looked at alone. */
static int load_nothing(const char *name, UnitSpec **ret) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;

        int r = unit_spec_new(name, &spec);
        if (r < 0)
                return err_pass(r);
        spec->load_state = UNIT_NOT_FOUND;
        *ret = STEAL(spec);
        return 0;
}

static int load_files(const StartRehearsal *rehearsal, const char *name, UnitSpec **ret) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        UnitLoader built_in = *rehearsal->loader;

        int r = unit_load(rehearsal->loader, name, &spec);
        if (r >= 0 && spec->load_state == UNIT_NOT_FOUND &&
            (rehearsal->flags & REHEARSAL_STAND_INS)) {
                spec = unit_spec_free(spec);
                built_in.no_builtin = false;
                r = unit_load(&built_in, name, &spec);
        }
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(spec);
        return 0;
}

/* What a socket starts, and what bears a timer's or path's name, is looked at with it even when it
 * is looked at alone. */
static int note_trigger(StartRehearsal *rehearsal, const UnitSpec *spec) {
        const char *named = unit_spec_text(spec, DIRECTIVE_SERVICE);
        AUTO(strbuf_done) StrBuf own = STRBUF_INIT;

        if (spec->type == UNIT_SOCKET && named)
                return err_pass(strv_add(&rehearsal->triggered, named));
        if (spec->type != UNIT_SOCKET && spec->type != UNIT_TIMER && spec->type != UNIT_PATH)
                return 0;
        strbuf_addf(&own, "%.*s.service", STR_ARG(unit_name_prefix_and_instance(spec->name)));
        return err_pass(strv_add(&rehearsal->triggered, strbuf_text(&own)));
}

/* Whether systemd looks for a unit of this name even when it does not follow dependencies. */
static bool is_looked_for(const StartRehearsal *rehearsal, const char *name) {
        UnitType type = UNIT_TYPE_COUNT;

        if (!(rehearsal->flags & REHEARSAL_ALONE) || streq(name, rehearsal->asked))
                return true;
        return strv_contains(rehearsal->triggered, name) ||
               (unit_name_type(name, &type) >= 0 && (type == UNIT_MOUNT || type == UNIT_SLICE));
}

/* Whoever does not read dependencies does not see what is wrong with them. */
static void forgive_dependencies(Diag *diag) {
        for (unsigned i = 0; i < diag->n_findings; i++) {
                Finding *finding = &diag->findings[i];
                if (!str_has_prefix(str_of(finding->text), "Failed to add dependency on "))
                        continue;
                diag->n_by_severity[finding->severity]--;
                diag->n_by_severity[DIAG_NOTE]++;
                finding->severity = DIAG_NOTE;
        }
}

/* Some units are loaded more than once, to see whether they are there. */
static int tell_findings(StartRehearsal *rehearsal, UnitSpec *spec) {
        if (strv_contains(rehearsal->told, spec->name)) {
                diag_clear(&spec->diag);
                return 0;
        }
        if (rehearsal->flags & REHEARSAL_ALONE)
                forgive_dependencies(&spec->diag);
        diag_move(rehearsal->diag, &spec->diag);
        if (spec->load_state == UNIT_LOADED && !(rehearsal->flags & REHEARSAL_ALONE))
                lint_self(spec, rehearsal->diag);
        return err_pass(strv_add(&rehearsal->told, spec->name));
}

static int load(void *userdata, const char *name, UnitSpec **ret) {
        StartRehearsal *rehearsal = userdata;
        AUTO(unit_spec_free) UnitSpec *spec = NULL;

        if (!is_looked_for(rehearsal, name))
                return err_pass(load_nothing(name, ret));
        int r = load_files(rehearsal, name, &spec);
        if (r >= 0)
                r = tell_findings(rehearsal, spec);
        if (r >= 0)
                r = note_trigger(rehearsal, spec);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(spec);
        return 0;
}

/* --- the rehearsal
 * ---------------------------------------------------------------------------------- */

int start_rehearsal_new(const UnitLoader *loader,
                        unsigned flags,
                        Diag *diag,
                        StartRehearsal **ret) {
        AUTO(start_rehearsal_free) StartRehearsal *rehearsal = calloc(1, sizeof(*rehearsal));
        EngineConfig config = ENGINE_CONFIG_INIT;

        if (!rehearsal)
                return err_new(-ENOMEM);
        *rehearsal = (StartRehearsal){ .loader = loader, .flags = flags, .diag = diag };
        config.scope = loader->machine->scope;
        const EnginePorts ports = {
                .userdata = rehearsal,
                .now_monotonic_usec = no_time,
                .now_realtime_usec = no_time,
                .load = load,
                .is_present = is_present,
                .arm_timer = arm_timer,
                .unit_changed = on_unit,
                .unit_added = on_unit,
                .unit_gone = on_unit,
                .job_added = on_job,
                .job_changed = on_job,
                .job_removed = on_job_removed,
                .log = on_log,
        };
        int r = engine_new(&config, &ports, &rehearsal->engine);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(rehearsal);
        return 0;
}

StartRehearsal *start_rehearsal_free(StartRehearsal *rehearsal) {
        if (!rehearsal)
                return NULL;
        rehearsal->engine = engine_free(rehearsal->engine);
        rehearsal->told = strv_free(rehearsal->told);
        rehearsal->triggered = strv_free(rehearsal->triggered);
        free(rehearsal);
        return NULL;
}

int start_rehearsal_load(StartRehearsal *rehearsal, const char *name, Unit **ret) {
        EngineError error = { .code = ENGINE_ERROR_NONE };

        rehearsal->asked = name;
        int r = engine_load_unit(rehearsal->engine, name, ret, &error);
        rehearsal->asked = NULL;
        return r == -ECANCELED ? err_new(-EINVAL) : err_pass(r);
}

int start_rehearsal_start(StartRehearsal *rehearsal, Unit *unit) {
        const DiagPlace place = { .unit = unit->id };
        EngineError error = { .code = ENGINE_ERROR_NONE };

        if (rehearsal->flags & REHEARSAL_ALONE)
                return 0;
        int r = engine_enqueue_job(unit, JOB_START, JOB_MODE_REPLACE, &error, NULL);
        if (r == -ECANCELED)
                diag_add(rehearsal->diag,
                         &place,
                         DIAG_ERROR,
                         "Failed to create %s/start: %s",
                         unit->id,
                         error.text);
        return r == -ECANCELED ? r : err_pass(r);
}
