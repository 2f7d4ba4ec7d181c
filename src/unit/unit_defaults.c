/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_defaults.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "unit/kinds.h"
#include "unit/unit_enums.h"
#include "unit/unit_name.h"
#include "unit/unit_service.h"

enum {
        SYSTEM = 1 << UNIT_SCOPE_SYSTEM,
        USER = 1 << UNIT_SCOPE_USER,
        BOTH = SYSTEM | USER,
};

#define TYPE(type) (1u << (type))

/* Default dependencies: "Default Dependencies" of each type's manual page. */
typedef struct DefaultRow {
        unsigned types;
        unsigned scopes;
        DirectiveId id;
        const char *name;
} DefaultRow;

/* clang-format off */
static const DefaultRow defaults[] = {
        { TYPE(UNIT_SERVICE) | TYPE(UNIT_SOCKET) | TYPE(UNIT_TIMER) | TYPE(UNIT_PATH), SYSTEM, DIRECTIVE_REQUIRES, "sysinit.target" },
        { TYPE(UNIT_SERVICE) | TYPE(UNIT_SOCKET) | TYPE(UNIT_TIMER) | TYPE(UNIT_PATH), SYSTEM, DIRECTIVE_AFTER, "sysinit.target" },
        { TYPE(UNIT_SERVICE), USER, DIRECTIVE_REQUIRES, "basic.target" },
        { TYPE(UNIT_SERVICE), BOTH, DIRECTIVE_AFTER, "basic.target" },
        { TYPE(UNIT_SOCKET), BOTH, DIRECTIVE_BEFORE, "sockets.target" },
        { TYPE(UNIT_TIMER), BOTH, DIRECTIVE_BEFORE, "timers.target" },
        { TYPE(UNIT_PATH), BOTH, DIRECTIVE_BEFORE, "paths.target" },
        { TYPE(UNIT_MOUNT) | TYPE(UNIT_AUTOMOUNT), SYSTEM, DIRECTIVE_CONFLICTS, "umount.target" },
        { TYPE(UNIT_MOUNT) | TYPE(UNIT_AUTOMOUNT) | TYPE(UNIT_SWAP), SYSTEM, DIRECTIVE_BEFORE, "umount.target" },
        { TYPE(UNIT_SWAP), SYSTEM, DIRECTIVE_CONFLICTS, "umount.target" },
        { TYPE(UNIT_SWAP), SYSTEM, DIRECTIVE_BEFORE, "swap.target" },
        { TYPE(UNIT_SERVICE) | TYPE(UNIT_SOCKET) | TYPE(UNIT_TIMER) | TYPE(UNIT_PATH) | TYPE(UNIT_SLICE) | TYPE(UNIT_SCOPE) | TYPE(UNIT_TARGET), BOTH, DIRECTIVE_CONFLICTS, "shutdown.target" },
        { TYPE(UNIT_SERVICE) | TYPE(UNIT_SOCKET) | TYPE(UNIT_TIMER) | TYPE(UNIT_PATH) | TYPE(UNIT_SLICE) | TYPE(UNIT_SCOPE) | TYPE(UNIT_TARGET), BOTH, DIRECTIVE_BEFORE, "shutdown.target" },
};
/* clang-format on */

typedef struct Adder {
        const UnitSpec *spec;
        UnitScope scope;
        UnitDependencyFunction *add;
        void *userdata;
} Adder;

static void imply(const Adder *adder, DirectiveId id, const char *name) {
        if (!streq(name, adder->spec->name))
                adder->add(adder->userdata, id, name, false);
}

static void require_after(const Adder *adder, const char *name) {
        imply(adder, DIRECTIVE_REQUIRES, name);
        imply(adder, DIRECTIVE_AFTER, name);
}

/* systemd.timer(5): timers of the calendar wait until the clock is right. */
static void add_clock_targets(const Adder *adder) {
        const RuleList *rules = unit_spec_rules(adder->spec, DIRECTIVE_TIMERS);
        for (unsigned i = 0; rules && i < rules->n_rules; i++)
                if (rules->rules[i].variant == TIMER_ON_CALENDAR) {
                        adder->add(adder->userdata, DIRECTIVE_AFTER, "time-set.target", true);
                        adder->add(adder->userdata, DIRECTIVE_AFTER, "time-sync.target", true);
                        return;
                }
}

static void add_defaults(const Adder *adder) {
        const UnitSpec *spec = adder->spec;

        if (!unit_spec_bool(spec, DIRECTIVE_DEFAULT_DEPENDENCIES))
                return;
        for (size_t i = 0; i < ARRAY_LENGTH(defaults); i++) {
                const DefaultRow *row = &defaults[i];
                if ((row->types & TYPE(spec->type)) && (row->scopes & 1u << adder->scope) &&
                    !streq(row->name, spec->name))
                        adder->add(adder->userdata, row->id, row->name, true);
        }
        if (spec->type == UNIT_TIMER && adder->scope == UNIT_SCOPE_SYSTEM)
                add_clock_targets(adder);
}

/* "system-getty.slice" for getty@tty1.service (systemd.service(5)); user managers use app- as
 * prefix. */
static void add_template_slice(const Adder *adder) {
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
        AUTO_FREE char *prefix = str_dup(unit_name_prefix(adder->spec->name));
        AUTO_FREE char *escaped = NULL;

        if (!prefix || unit_name_escape(prefix, &escaped) < 0)
                return; /* without memory the unit stays in the root slice */
        strbuf_addf(&name,
                    "%s-%s.slice",
                    adder->scope == UNIT_SCOPE_SYSTEM ? "system" : "app",
                    escaped);
        if (strbuf_result(&name) >= 0 && unit_name_is_valid(strbuf_text(&name), UNIT_NAME_PLAIN))
                require_after(adder, strbuf_text(&name));
}

static void add_slice(const Adder *adder) {
        const UnitSpec *spec = adder->spec;
        const char *slice = unit_spec_text(spec, DIRECTIVE_SLICE);

        if (spec->type == UNIT_SLICE) {
                AUTO_FREE char *parent = NULL;
                if (unit_name_slice_parent(spec->name, &parent) >= 0 && parent)
                        require_after(adder, parent);
                return;
        }
        if (!section_of_type(spec->type) ||
            !(section_of_type(spec->type) & (SECTIONS_EXEC | SECTION_SCOPE)))
                return;
        if (slice)
                require_after(adder, slice);
        else if (unit_name_kind(spec->name) == UNIT_NAME_INSTANCE)
                add_template_slice(adder);
        else
                require_after(adder,
                              adder->scope == UNIT_SCOPE_SYSTEM ? "system.slice" : "app.slice");
}

static void add_for_service(const Adder *adder) {
        const UnitSpec *spec = adder->spec;

        if (unit_service_type(spec) == SERVICE_TYPE_DBUS)
                require_after(adder, "dbus.socket");
        STRV_FOREACH(socket, unit_spec_strv(spec, DIRECTIVE_SOCKETS)) {
                imply(adder, DIRECTIVE_WANTS, *socket);
                imply(adder, DIRECTIVE_AFTER, *socket);
        }
}

/* Whether output goes where a terminal or socket is that input comes from (systemd.exec(5)). */
static bool writes_where_it_reads(const UnitSpec *spec) {
        static const char *const both_ways[] = { "tty", "socket", "fd" };
        const char *input = unit_spec_text(spec, DIRECTIVE_STANDARD_INPUT);

        for (size_t i = 0; input && i < ARRAY_LENGTH(both_ways); i++)
                if (str_has_prefix(str_of(input), both_ways[i]))
                        return !unit_spec_find(spec, DIRECTIVE_STANDARD_OUTPUT);
        return false;
}

static bool stream_is_logged(const UnitSpec *spec, DirectiveId id) {
        const char *text = unit_spec_text(spec, id);
        return text &&
               (str_has_prefix(str_of(text), "journal") || str_has_prefix(str_of(text), "kmsg"));
}

static bool has_private_tmp(const UnitSpec *spec) {
        return unit_spec_bool(spec, DIRECTIVE_PRIVATE_TMP) ||
               unit_spec_bool(spec, DIRECTIVE_DYNAMIC_USER);
}

/* Sockets may have commands; services always do. */
static bool has_commands(const UnitSpec *spec) {
        static const DirectiveId lists[] = {
                DIRECTIVE_EXEC_START_PRE,
                DIRECTIVE_EXEC_START_POST,
                DIRECTIVE_EXEC_STOP_PRE,
                DIRECTIVE_EXEC_STOP_POST,
        };

        for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
                if (unit_spec_commands(spec, lists[i]))
                        return true;
        return spec->type != UNIT_SOCKET;
}

/* What settings of systemd.exec(5) imply. */
static void add_for_execution(const Adder *adder) {
        const UnitSpec *spec = adder->spec;

        if (!(section_of_type(spec->type) & SECTIONS_EXEC) || adder->scope != UNIT_SCOPE_SYSTEM ||
            !has_commands(spec))
                return;
        if (has_private_tmp(spec)) {
                imply(adder, DIRECTIVE_WANTS, "tmp.mount");
                imply(adder, DIRECTIVE_AFTER, "tmp.mount");
                imply(adder, DIRECTIVE_AFTER, "systemd-tmpfiles-setup.service");
        }
        if (unit_spec_rules(spec, DIRECTIVE_STATE_DIRECTORY) ||
            unit_spec_rules(spec, DIRECTIVE_CACHE_DIRECTORY) ||
            unit_spec_rules(spec, DIRECTIVE_LOGS_DIRECTORY))
                imply(adder, DIRECTIVE_AFTER, "systemd-remount-fs.service");
        if ((stream_is_logged(spec, DIRECTIVE_STANDARD_OUTPUT) && !writes_where_it_reads(spec)) ||
            stream_is_logged(spec, DIRECTIVE_STANDARD_ERROR))
                imply(adder, DIRECTIVE_AFTER, "systemd-journald.socket");
}

/* Sockets come before what they start, so do timers and paths. */
static void add_for_trigger(const Adder *adder) {
        const UnitSpec *spec = adder->spec;
        const char *target = unit_spec_text(spec, DIRECTIVE_UNIT);
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;

        if (spec->type == UNIT_SOCKET && unit_spec_bool(spec, DIRECTIVE_ACCEPT))
                return;
        if (spec->type == UNIT_SOCKET)
                target = unit_spec_text(spec, DIRECTIVE_SERVICE);
        if (!target) {
                strbuf_add_str(&name, unit_name_prefix_and_instance(spec->name));
                strbuf_add(&name, ".service");
                target = strbuf_text(&name);
        }
        if (strbuf_result(&name) >= 0)
                imply(adder, DIRECTIVE_BEFORE, target);
}

static void add_for_type(const Adder *adder) {
        switch (adder->spec->type) {
        case UNIT_SERVICE:
                add_for_service(adder);
                break;
        case UNIT_SOCKET:
        case UNIT_TIMER:
        case UNIT_PATH:
                add_for_trigger(adder);
                break;
        case UNIT_TARGET:
        case UNIT_DEVICE:
        case UNIT_MOUNT:
        case UNIT_AUTOMOUNT:
        case UNIT_SWAP:
        case UNIT_SLICE:
        case UNIT_SCOPE:
        case UNIT_TYPE_COUNT:
                break;
        }
}

/* The mount units of "/", "/srv" and "/srv/a" for the path "/srv/a": whether they are there is not
 * known here. */
static void add_mounts_of(const Adder *adder, const char *path) {
        AUTO_FREE char *prefix = strdup(path);

        for (char *end = prefix ? prefix + strlen(prefix) : NULL; end; end = strrchr(prefix, '/')) {
                AUTO_FREE char *unit = NULL;
                *end = '\0';
                if (unit_name_from_path(prefix[0] ? prefix : "/", ".mount", &unit) < 0)
                        continue; /* too long for a unit name: no such mount */
                imply(adder, DIRECTIVE_REQUIRES_MOUNTS_FOR, unit);
                if (prefix[0] == '\0')
                        return;
        }
}

void unit_defaults_each(const UnitSpec *spec,
                        UnitScope scope,
                        UnitDependencyFunction *add,
                        void *userdata) {
        const Adder adder = { .spec = spec, .scope = scope, .add = add, .userdata = userdata };
        AUTO_STRV char **paths = NULL;

        if (spec->replaced)
                return;
        add_slice(&adder);
        add_for_type(&adder);
        add_for_execution(&adder);
        if (unit_defaults_mount_paths(spec, scope, &paths) >= 0)
                STRV_FOREACH(path, paths)
        add_mounts_of(&adder, *path);
        add_defaults(&adder);
}

static int add_path(char ***paths, const char *path) {
        return path && path_is_absolute(str_of(path)) ? strv_add_unique(paths, path) : 0;
}

/* Directories of the service below the system's roots. A user's are in the home, which is there. */
static int add_service_directories(const UnitSpec *spec, char ***paths) {
        static const struct {
                DirectiveId id;
                const char *root;
        } rows[] = {
                { DIRECTIVE_RUNTIME_DIRECTORY, "/run" },
                { DIRECTIVE_STATE_DIRECTORY, "/var/lib" },
                { DIRECTIVE_CACHE_DIRECTORY, "/var/cache" },
                { DIRECTIVE_LOGS_DIRECTORY, "/var/log" },
                { DIRECTIVE_CONFIGURATION_DIRECTORY, "/etc" },
        };
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ARRAY_LENGTH(rows); i++) {
                const RuleList *list = unit_spec_rules(spec, rows[i].id);
                for (unsigned n = 0; r >= 0 && list && n < list->n_rules; n++) {
                        AUTO_FREE char *path = path_join(rows[i].root, list->rules[n].source);
                        r = path ? strv_add_unique(paths, path) : err_new(-ENOMEM);
                }
        }
        return r < 0 ? err_pass(r) : 0;
}

static int add_private_places(const UnitSpec *spec, char ***paths) {
        return has_private_tmp(spec) ? err_pass(strv_add_unique(paths, "/var/tmp")) : 0;
}

/* What sockets listen at and what paths are watched. */
static int add_rule_paths(const UnitSpec *spec, char ***paths) {
        DirectiveId id = spec->type == UNIT_SOCKET ? DIRECTIVE_LISTEN : DIRECTIVE_PATHS;
        const RuleList *list = unit_spec_rules(spec, id);
        int r = 0;

        if (spec->type != UNIT_SOCKET && spec->type != UNIT_PATH)
                return 0;
        for (unsigned i = 0; r >= 0 && list && i < list->n_rules; i++)
                if (spec->type == UNIT_PATH || list->rules[i].variant != LISTEN_MESSAGE_QUEUE)
                        r = add_path(paths, list->rules[i].source);
        return r < 0 ? err_pass(r) : 0;
}

/* A path that may be missing is not waited for. */
static bool is_needed(const Value *value) {
        return value && !(value->flags & VALUE_ALLOW_MISSING);
}

int unit_defaults_mount_paths(const UnitSpec *spec, UnitScope scope, char ***ret_paths) {
        static const DirectiveId single[] = {
                DIRECTIVE_WORKING_DIRECTORY,
                DIRECTIVE_ROOT_DIRECTORY,
                DIRECTIVE_ROOT_IMAGE,
        };
        AUTO_STRV char **paths = NULL;
        int r = strv_extend(&paths, unit_spec_strv(spec, DIRECTIVE_REQUIRES_MOUNTS_FOR));

        for (size_t i = 0; r >= 0 && i < ARRAY_LENGTH(single); i++)
                if (is_needed(unit_spec_find(spec, single[i])))
                        r = add_path(&paths, unit_spec_text(spec, single[i]));
        if (r >= 0)
                r = add_rule_paths(spec, &paths);
        bool executes = section_of_type(spec->type) & SECTIONS_EXEC;
        if (r >= 0 && executes && scope == UNIT_SCOPE_SYSTEM)
                r = add_service_directories(spec, &paths);
        if (r >= 0 && executes && scope == UNIT_SCOPE_SYSTEM)
                r = add_private_places(spec, &paths);
        if (r >= 0 && spec->type == UNIT_TIMER && scope == UNIT_SCOPE_SYSTEM &&
            unit_spec_bool(spec, DIRECTIVE_PERSISTENT))
                r = strv_add_unique(&paths, "/var/lib/systemd/timers");
        if (r < 0)
                return err_pass(r);
        *ret_paths = STEAL(paths);
        return 0;
}
