/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_ipc.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "base/parse_value.h"
#include "host/ipc_remove.h"

static bool wants(const HostUnit *hu) {
        const UnitSpec *spec = hu->unit->spec;

        if (!spec || hu->host->options.paths->scope != UNIT_SCOPE_SYSTEM || geteuid() != 0)
                return false;
        return unit_spec_bool(spec, DIRECTIVE_REMOVE_IPC) ||
               unit_spec_bool(spec, DIRECTIVE_DYNAMIC_USER);
}

static bool is_same(const UnitSpec *one, const UnitSpec *other, DirectiveId id) {
        const char *name = unit_spec_text(one, id);
        return name && streq_null(unit_spec_text(other, id), name);
}

/* Whether somebody else still works with what would be removed. */
static bool is_shared(const HostUnit *hu, DirectiveId id) {
        const Unit *own = hu->unit;

        for (Unit *unit = engine_next_unit(hu->host->engine, NULL); unit;
             unit = engine_next_unit(hu->host->engine, unit))
                if (unit != own && unit->spec && is_same(own->spec, unit->spec, id) &&
                    !active_state_is_down(unit_active_state(unit)))
                        return true;
        return false;
}

static uid_t user_of(const HostUnit *hu) {
        const char *name = unit_spec_text(hu->unit->spec, DIRECTIVE_USER);
        uint32_t number;

        if (hu->dynamic_uid != 0)
                return hu->dynamic_uid;
        if (!name || is_shared(hu, DIRECTIVE_USER))
                return IPC_NOBODY;
        if (parse_u32(str_of(name), &number) == 0)
                return number;
        const struct passwd *entry = getpwnam(name);
        return entry ? entry->pw_uid : IPC_NOBODY;
}

static gid_t group_of(const HostUnit *hu) {
        const char *name = unit_spec_text(hu->unit->spec, DIRECTIVE_GROUP);
        uint32_t number;

        if (!name || is_shared(hu, DIRECTIVE_GROUP))
                return (gid_t)-1;
        if (parse_u32(str_of(name), &number) == 0)
                return number;
        const struct group *entry = getgrnam(name);
        return entry ? entry->gr_gid : (gid_t)-1;
}

void unit_ipc_release(const HostUnit *hu) {
        if (!wants(hu))
                return;
        uid_t uid = user_of(hu);
        gid_t gid = group_of(hu);
        if (uid != IPC_NOBODY || gid != (gid_t)-1)
                ipc_remove(uid, gid);
}
