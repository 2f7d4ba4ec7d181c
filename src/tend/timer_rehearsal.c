/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/timer_rehearsal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/hashtable.h"
#include "base/macros.h"
#include "base/random_id.h"
#include "base/strv.h"
#include "engine/engine.h"
#include "engine/timer_unit.h"
#include "host/host_machine.h"

#define UPTIME_USEC USEC_PER_SEC /* the monotonic clock at each start of the machine */

/* What a timer starts is up and down again at once, as often as it likes. */
static const char stand_in_service[] = "[Unit]\nDefaultDependencies=no\nStartLimitIntervalSec=0\n"
                                       "[Service]\nType=oneshot\n";
static const char stand_in[] = "[Unit]\nDefaultDependencies=no\n";

typedef struct NamedStamp {
        char *name;
        uint64_t usec;
} NamedStamp;

typedef struct NamedZone {
        char *name;
        TimeZone *zone;
} NamedZone;

typedef struct TimerRehearsal {
        const TimerRehearsalOptions *options;
        uint64_t now_usec, booted_usec; /* realtime */
        uint64_t armed_usec;            /* monotonic */
        HashTable *stamps;              /* unit name to NamedStamp, owned */
        HashTable *zones;               /* name to NamedZone, owned */
        unsigned n_boots;               /* that were over before this one */
        int result;
} TimerRehearsal;

static uint64_t monotonic(const TimerRehearsal *r) {
        return r->now_usec - r->booted_usec + UPTIME_USEC;
}

/* --- the ports ------------------------------------------------------------------------------ */

static uint64_t port_monotonic(void *userdata) {
        return monotonic(userdata);
}

static uint64_t port_realtime(void *userdata) {
        const TimerRehearsal *r = userdata;
        return r->now_usec;
}

/* No delay: what is shown is the earliest moment. */
static uint64_t port_random(void *userdata UNUSED, uint64_t limit UNUSED) {
        return 0;
}

static void port_invocation(void *userdata UNUSED, Id128 *ret) {
        *ret = (Id128){ .bytes = { 1 } };
}

static int port_load(void *userdata, const char *name, UnitSpec **ret) {
        const TimerRehearsal *r = userdata;
        const SpecifierContext context = { .machine = r->options->loader->machine,
                                           .unit_name = name };
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        if (str_has_suffix(str_of(name), ".timer"))
                return err_pass(unit_load(r->options->loader, name, ret));
        int q = unit_spec_new(name, &spec);
        if (q < 0)
                return err_pass(q);
        bool is_service = str_has_suffix(str_of(name), ".service");
        q = unit_load_text(spec, str_of(is_service ? stand_in_service : stand_in), name, &context);
        if (q < 0)
                return err_pass(q);
        spec->load_state = UNIT_LOADED;
        *ret = STEAL(spec);
        return 0;
}

static bool port_no(void *userdata UNUSED, const Unit *unit UNUSED) {
        return false;
}

/* What timers need to be mounted is. */
static bool port_is_present(void *userdata UNUSED, const Unit *unit UNUSED) {
        return true;
}

static int port_conditions(void *userdata UNUSED, const Unit *unit UNUSED, bool list UNUSED) {
        return 1;
}

static int port_spawn(void *userdata UNUSED,
                      Unit *unit UNUSED,
                      const SpawnRequest *request UNUSED,
                      pid_t *ret_pid UNUSED) {
        return err_new(-ENOSYS); /* stand-ins have no commands to start with */
}

static int port_signal(void *userdata UNUSED,
                       Unit *unit UNUSED,
                       unsigned whom UNUSED,
                       int number UNUSED,
                       bool with_continue UNUSED) {
        return 0;
}

static bool port_empty(void *userdata UNUSED, Unit *unit UNUSED) {
        return true;
}

static void port_watch_group(void *userdata UNUSED, Unit *unit UNUSED, bool watch UNUSED) {
}

static void port_release(void *userdata UNUSED, Unit *unit UNUSED, bool restart UNUSED) {
}

static void port_watch_pid_file(void *userdata UNUSED, Unit *unit UNUSED, const char *path UNUSED) {
}

/* What keeps a timer from being armed. */
static void port_log(void *userdata, int level, const Unit *unit, const char *text) {
        const TimerRehearsal *r = userdata;
        if (level <= LOG_ERR && unit && r->n_boots == 0 && str_has_prefix(str_of(text), unit->id))
                r->options->refused(r->options->userdata, text);
}

static void port_arm(void *userdata, uint64_t deadline_usec) {
        TimerRehearsal *r = userdata;
        r->armed_usec = deadline_usec;
}

static void port_unit(void *userdata UNUSED, Unit *unit UNUSED) {
}

static void port_job(void *userdata UNUSED, Job *job UNUSED) {
}

static void
port_job_removed(void *userdata UNUSED, const Job *job UNUSED, JobResult result UNUSED) {
}

static void port_finished(void *userdata UNUSED) {
}

static void port_emergency(void *userdata UNUSED,
                           EmergencyAction action UNUSED,
                           const Unit *unit UNUSED,
                           const char *why UNUSED,
                           int status UNUSED) {
}

static void port_state(void *userdata, const Unit *unit, int from UNUSED, int to) {
        const TimerRehearsal *r = userdata;
        const TimerRehearsalOptions *o = r->options;
        unsigned cursor = 0;
        if (unit->type != UNIT_TIMER || to != TIMER_RUNNING || r->now_usec > o->to_usec)
                return;
        const UnitEdge *edge = unit_graph_next(unit, DEP_BIT(DEP_TRIGGERS), &cursor);
        bool is_late = r->n_boots > 0 && unit->timer->run.due_usec < r->booted_usec;
        o->elapsed(o->userdata, r->now_usec, unit->id, edge ? edge->other->id : "", is_late);
}

static const TimeZone *port_zone(void *userdata, const char *name) {
        TimerRehearsal *r = userdata;
        if (!name)
                return r->options->local;
        const NamedZone *known = hashtable_find(r->zones, name);
        if (known)
                return known->zone;
        NamedZone *named = calloc(1, sizeof(*named));
        if (!named)
                return NULL;
        named->name = str_dup(str_of(name));
        if (!named->name || hashtable_put(r->zones, named->name, named) < 0) {
                free(named->name);
                free(named);
                return NULL;
        }
        (void)time_zone_load(name,
                             &named->zone); /* what cannot be read is UTC, as in the manager */
        return named->zone;
}

static void port_stamp_write(void *userdata, const Unit *unit, uint64_t usec) {
        TimerRehearsal *r = userdata;
        NamedStamp *stamp = hashtable_find(r->stamps, unit->id);
        if (stamp) {
                stamp->usec = usec;
                return;
        }
        stamp = calloc(1, sizeof(*stamp));
        if (stamp)
                *stamp = (NamedStamp){ .name = str_dup(str_of(unit->id)), .usec = usec };
        if (stamp && stamp->name && hashtable_put(r->stamps, stamp->name, stamp) >= 0)
                return;
        if (stamp)
                free(stamp->name);
        free(stamp);
        r->result = -ENOMEM;
}

/* As in the manager: where nothing is known, it is known from now on. */
static uint64_t port_stamp_read(void *userdata, const Unit *unit) {
        const TimerRehearsal *r = userdata;
        const NamedStamp *stamp = hashtable_find(r->stamps, unit->id);
        if (!stamp)
                port_stamp_write(userdata, unit, r->now_usec);
        return stamp ? stamp->usec : 0;
}

static EnginePorts ports_of(TimerRehearsal *r) {
        return (EnginePorts){
                .userdata = r,
                .now_monotonic_usec = port_monotonic,
                .now_realtime_usec = port_realtime,
                .random_below = port_random,
                .new_invocation_id = port_invocation,
                .load = port_load,
                .files_changed = port_no,
                .check_conditions = port_conditions,
                .is_present = port_is_present,
                .spawn = port_spawn,
                .signal_unit = port_signal,
                .group_is_empty = port_empty,
                .watch_group = port_watch_group,
                .release_unit = port_release,
                .watch_pid_file = port_watch_pid_file,
                .time_zone = port_zone,
                .timer_stamp_read = port_stamp_read,
                .timer_stamp_write = port_stamp_write,
                .arm_timer = port_arm,
                .log = port_log,
                .unit_changed = port_unit,
                .state_changed = port_state,
                .unit_added = port_unit,
                .unit_gone = port_unit,
                .job_added = port_job,
                .job_changed = port_job,
                .job_removed = port_job_removed,
                .startup_finished = port_finished,
                .emergency = port_emergency,
        };
}

/* --- playing -------------------------------------------------------------------------------- */

static int start_timers(const TimerRehearsal *r, Engine *engine) {
        STRV_FOREACH(name, r->options->timers) {
                EngineError error = { .code = ENGINE_ERROR_NONE };
                Unit *unit = NULL;
                int q = engine_load_unit(engine, *name, &unit, &error);
                if (q == 0)
                        q = engine_enqueue_job(unit, JOB_START, JOB_MODE_REPLACE, &error, NULL);
                if (q < 0 && q != -ECANCELED)
                        return err_pass(q);
                if (q < 0 && r->n_boots == 0)
                        r->options->refused(r->options->userdata, error.text);
        }
        return 0;
}

/* The life of a machine from one moment to another. */
static int play_boot(TimerRehearsal *r, uint64_t from_usec, uint64_t to_usec) {
        AUTO(engine_free) Engine *engine = NULL;
        const EnginePorts ports = ports_of(r);
        const EngineEvent due = { .type = EVENT_TIMER };
        EngineConfig config = ENGINE_CONFIG_INIT;

        r->now_usec = r->booted_usec = from_usec;
        r->armed_usec = USEC_INFINITY;
        config.scope = r->options->loader->machine->scope;
        config.in_container = true; /* OnBootSec= counts from here, and not from UPTIME_USEC ago */
        host_machine_seed(r->options->loader->machine, &config);
        int q = engine_new(&config, &ports, &engine);
        if (q == 0)
                q = start_timers(r, engine);
        if (q < 0)
                return err_pass(q);
        engine_run(engine);
        while (r->armed_usec != USEC_INFINITY && r->result == 0) {
                uint64_t ahead = usec_sub(r->armed_usec, monotonic(r));
                if (ahead > to_usec - r->now_usec)
                        break;
                r->now_usec += ahead;
                engine_handle(engine, &due);
                engine_run(engine);
        }
        return err_pass(r->result);
}

static void release(TimerRehearsal *r) {
        size_t cursor = 0;
        for (NamedStamp *stamp; r->stamps && (stamp = hashtable_next(r->stamps, &cursor, NULL));) {
                free(stamp->name);
                free(stamp);
        }
        cursor = 0;
        for (NamedZone *named; r->zones && (named = hashtable_next(r->zones, &cursor, NULL));) {
                time_zone_free(named->zone);
                free(named->name);
                free(named);
        }
        (void)hashtable_free(r->stamps);
        (void)hashtable_free(r->zones);
}

int timer_rehearsal_play(const TimerRehearsalOptions *options) {
        TimerRehearsal r = { .options = options,
                             .stamps = hashtable_new_string(),
                             .zones = hashtable_new_string() };
        int q = r.stamps && r.zones ? 0 : -ENOMEM;
        uint64_t from = options->from_usec;
        for (; q == 0 && r.n_boots < options->n_outages; r.n_boots++) {
                q = play_boot(&r, from, options->outages[r.n_boots].from_usec);
                from = options->outages[r.n_boots].to_usec;
        }
        if (q == 0)
                q = play_boot(&r, from, options->to_usec);
        release(&r);
        return err_pass(q);
}
