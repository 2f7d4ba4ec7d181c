/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/capability.h>
#include <unistd.h>

#include "base/error.h"
#include "sandbox/capability.h"
#include "sandbox/process_state.h"
#include "unit/capability_name.h"
#include "unit/kinds.h"

/* What the plan says about user and groups. */
static IdentityWish identity_wish(const ExecContext *context) {
        const UnitSpec *spec = context->spec;
        bool allocated = exec_context_has(context, DIRECTIVE_PLAN_DYNAMIC_UID);

        return (IdentityWish){
                .unit_name = unit_spec_text(spec, DIRECTIVE_PLAN_UNIT) ?: spec->name,
                .user = unit_spec_text(spec, DIRECTIVE_USER),
                .group = unit_spec_text(spec, DIRECTIVE_GROUP),
                .supplementary = unit_spec_strv(spec, DIRECTIVE_SUPPLEMENTARY_GROUPS),
                .dynamic = unit_spec_bool(spec, DIRECTIVE_DYNAMIC_USER),
                .dynamic_uid = allocated ? (uid_t)unit_spec_number(spec, DIRECTIVE_PLAN_DYNAMIC_UID)
                                         : UID_KEEP,
        };
}

/* Makes an outcome of the identity database a step's. */
static int found(ExecContext *context, DirectiveId id, const char *name, int r) {
        if (r == IDENTITY_ASK_MORE)
                return STEP_NEEDS_NAME_SERVICE;
        if (r == IDENTITY_UNKNOWN)
                return exec_context_problem(context, id, -ESRCH, name);
        return r < 0 ? exec_context_problem(context, id, r, name) : STEP_DONE;
}

int step_find_user(ExecContext *context) {
        IdentityWish wish = identity_wish(context);
        int r = found(context,
                      DIRECTIVE_USER,
                      wish.user,
                      identity_resolve_user(&wish, &context->identity));

        if (r != STEP_DONE || !wish.dynamic || context->identity.uid != UID_KEEP)
                return r;
        if (context->scope == UNIT_SCOPE_SYSTEM && geteuid() == 0)
                return exec_context_problem(
                        context, DIRECTIVE_DYNAMIC_USER, -ESRCH, "no uid was allocated");
        return exec_context_shortfall(
                context, REPORT_REFUSED, DIRECTIVE_DYNAMIC_USER, "runs as the manager's user");
}

int step_find_groups(ExecContext *context) {
        IdentityWish wish = identity_wish(context);
        const char *name = NULL;
        int r = identity_resolve_groups(&wish, &context->identity, &name);

        return found(context,
                     name == wish.group ? DIRECTIVE_GROUP : DIRECTIVE_SUPPLEMENTARY_GROUPS,
                     name,
                     r);
}

/* Whether this process has exactly these supplementary groups already, so that nothing needs to be
 * done by a manager that may not do it. */
static bool has_groups(const GroupList *wanted) {
        int n = getgroups(0, NULL);
        gid_t *present;
        size_t n_found = 0;

        if (n < 0 || (size_t)n > wanted->n_gids)
                return false;
        present = calloc((size_t)n + 1, sizeof(*present));
        if (!present)
                return false;
        n = getgroups(n, present);
        for (size_t i = 0; i < wanted->n_gids; i++) {
                bool have = wanted->gids[i] == getegid();

                for (int j = 0; j < n && !have; j++)
                        have = present[j] == wanted->gids[i];
                n_found += have;
        }
        free(present);
        return n_found == wanted->n_gids;
}

static int set_supplementary_groups(ExecContext *context) {
        const GroupList *groups = &context->identity.groups;

        if (!context->identity.set_groups || setgroups(groups->n_gids, groups->gids) == 0)
                return STEP_DONE;
        if (errno == EPERM && has_groups(groups))
                return STEP_DONE;
        return exec_context_problem(context, DIRECTIVE_SUPPLEMENTARY_GROUPS, -errno, NULL);
}

int step_set_groups(ExecContext *context) {
        gid_t gid = context->identity.gid;
        int r = set_supplementary_groups(context);

        if (r < 0 || gid == GID_KEEP || setresgid(gid, gid, gid) == 0)
                return r;
        r = -errno;
        /* Another group than asked for is no weaker form of it. */
        exec_context_say(context,
                         REPORT_FAILED,
                         exec_context_has(context, DIRECTIVE_GROUP) ? DIRECTIVE_GROUP
                                                                    : DIRECTIVE_USER,
                         "gid %u: %s",
                         gid,
                         strerrordesc_np(-r) ?: "");
        return r;
}

/* The set as a mask; false when the plan does not set it. */
static bool capability_set(const ExecContext *context, DirectiveId id, uint64_t *ret) {
        const Value *value = unit_spec_find(context->spec, id);

        if (value)
                *ret = value->number;
        return value != NULL;
}

/* Protections that take the right to undo them (systemd.exec(5)). */
static const struct {
        DirectiveId id;
        uint64_t capabilities;
} taking[] = {
        { DIRECTIVE_PRIVATE_DEVICES, CAPABILITY_BIT(CAP_MKNOD) | CAPABILITY_BIT(CAP_SYS_RAWIO) },
        { DIRECTIVE_PROTECT_CLOCK, CAPABILITY_BIT(CAP_SYS_TIME) | CAPABILITY_BIT(CAP_WAKE_ALARM) },
        { DIRECTIVE_PROTECT_KERNEL_LOGS, CAPABILITY_BIT(CAP_SYSLOG) },
        { DIRECTIVE_PROTECT_KERNEL_MODULES, CAPABILITY_BIT(CAP_SYS_MODULE) },
};

/* What CapabilityBoundingSet= and the protections leave; false when they take nothing. */
static bool bounding_set(const ExecContext *context, uint64_t *ret) {
        bool any = capability_set(context, DIRECTIVE_CAPABILITY_BOUNDING_SET, ret);

        if (!any)
                *ret = KIND_ALL_CAPABILITIES;
        for (size_t i = 0; i < ARRAY_LENGTH(taking); i++)
                if (unit_spec_bool(context->spec, taking[i].id)) {
                        *ret &= ~taking[i].capabilities;
                        any = true;
                }
        return any;
}

/* AmbientCapabilities= that nobody here may have; those that the unit itself takes away are no
 * surprise. */
static int tell_missing(ExecContext *context, uint64_t missing) {
        AUTO(strbuf_done) StrBuf names = STRBUF_INIT;

        for (unsigned cap = 0; cap < 64; cap++)
                if (missing & CAPABILITY_BIT(cap)) {
                        strbuf_add_char(&names, ' ');
                        capability_print((int)cap, &names);
                }
        if (missing == 0)
                return STEP_DONE;
        return exec_context_shortfall(context,
                                      REPORT_REFUSED,
                                      DIRECTIVE_AMBIENT_CAPABILITIES,
                                      "the manager itself may not have%s",
                                      strbuf_text(&names));
}

/* They are inherited by the program once they are raised, which is after the change of user. */
static int prepare_ambient(ExecContext *context, uint64_t bounding) {
        uint64_t asked;
        int r;

        if (!capability_set(context, DIRECTIVE_AMBIENT_CAPABILITIES, &asked))
                return STEP_DONE;
        context->ambient = capability_within_bounding(asked);
        r = tell_missing(context, asked & bounding & ~context->ambient);
        if (r < 0)
                return r;
        r = capability_add_inheritable(context->ambient);
        if (r >= 0)
                return STEP_DONE;
        context->ambient = 0;
        return exec_context_problem(context, DIRECTIVE_AMBIENT_CAPABILITIES, r, NULL);
}

int step_limit_capabilities(ExecContext *context) {
        uint64_t keep;
        int r = 0;

        if (bounding_set(context, &keep))
                r = capability_limit_bounding(keep);
        if (r < 0)
                r = exec_context_problem(context, DIRECTIVE_CAPABILITY_BOUNDING_SET, r, NULL);
        return r < 0 ? r : prepare_ambient(context, keep);
}

int step_set_user(ExecContext *context) {
        uid_t uid = context->identity.uid;
        bool keep = context->ambient != 0 ||
                    unit_spec_number(context->spec, DIRECTIVE_SECURE_BITS) != 0;

        if (uid == UID_KEEP)
                return STEP_DONE;
        if (keep && uid != 0 && process_keep_capabilities() < 0)
                return exec_context_problem(context, DIRECTIVE_USER, -EPERM, "keep-caps");
        if (setresuid(uid, uid, uid) < 0)
                return exec_context_problem(context,
                                            context->identity.is_dynamic ? DIRECTIVE_DYNAMIC_USER
                                                                         : DIRECTIVE_USER,
                                            -errno,
                                            context->identity.user.name);
        return STEP_DONE;
}

int step_raise_capabilities(ExecContext *context) {
        int r;

        if (!exec_context_has(context, DIRECTIVE_AMBIENT_CAPABILITIES))
                return STEP_DONE;
        r = capability_set_ambient(context->ambient);
        return r < 0 ? exec_context_problem(context, DIRECTIVE_AMBIENT_CAPABILITIES, r, NULL)
                     : STEP_DONE;
}

int step_secure_bits(ExecContext *context) {
        unsigned bits = (unsigned)unit_spec_number(context->spec, DIRECTIVE_SECURE_BITS);
        int r;

        if (!exec_context_has(context, DIRECTIVE_SECURE_BITS))
                return STEP_DONE;
        r = capability_gain_setpcap();
        if (r >= 0)
                r = process_set_secure_bits(bits);
        return r < 0 ? exec_context_problem(context, DIRECTIVE_SECURE_BITS, r, NULL) : STEP_DONE;
}

/* Settings that imply NoNewPrivileges= for processes that cannot do what they do with
 * CAP_SYS_ADMIN. */
static const DirectiveId implying[] = {
        DIRECTIVE_LOCK_PERSONALITY,          DIRECTIVE_MEMORY_DENY_WRITE_EXECUTE,
        DIRECTIVE_PRIVATE_DEVICES,           DIRECTIVE_PROTECT_CLOCK,
        DIRECTIVE_PROTECT_HOSTNAME,          DIRECTIVE_PROTECT_KERNEL_LOGS,
        DIRECTIVE_PROTECT_KERNEL_MODULES,    DIRECTIVE_PROTECT_KERNEL_TUNABLES,
        DIRECTIVE_RESTRICT_ADDRESS_FAMILIES, DIRECTIVE_RESTRICT_NAMESPACES,
        DIRECTIVE_RESTRICT_REALTIME,         DIRECTIVE_RESTRICT_SUID_SGID,
        DIRECTIVE_SYSTEM_CALL_ARCHITECTURES, DIRECTIVE_SYSTEM_CALL_FILTER,
        DIRECTIVE_SYSTEM_CALL_LOG,
};

static bool is_turned_on(const Value *value) {
        if (value && value->id == DIRECTIVE_RESTRICT_NAMESPACES)
                return value->number != KIND_ALL_NAMESPACES;
        return value && (value->shape != SHAPE_BOOL || value->number != 0);
}

static bool implies_no_new_privileges(const ExecContext *context) {
        for (size_t i = 0; i < ARRAY_LENGTH(implying); i++)
                if (is_turned_on(unit_spec_find(context->spec, implying[i])))
                        return !capability_is_effective(CAP_SYS_ADMIN);
        return false;
}

int step_no_new_privileges(ExecContext *context) {
        int r;

        if (!unit_spec_bool(context->spec, DIRECTIVE_NO_NEW_PRIVILEGES) &&
            !unit_spec_bool(context->spec, DIRECTIVE_DYNAMIC_USER) &&
            !implies_no_new_privileges(context))
                return STEP_DONE;
        r = process_set_no_new_privileges();
        return r < 0 ? exec_context_problem(context, DIRECTIVE_NO_NEW_PRIVILEGES, r, NULL)
                     : STEP_DONE;
}
