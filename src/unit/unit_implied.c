/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_implied.h"

#include <linux/capability.h>

#include "base/macros.h"
#include "unit/kinds.h"

#define CAP_BIT(capability) (UINT64_C(1) << (capability))

/* Words of the tables in directives_sandbox.c and directives_resource.c by number. */
enum { DEVICES_CLOSED = 1, SYSTEM_STRICT = 3, HOME_READ_ONLY = 2 };

/* `cause`= on makes `id` so. */
static const struct {
        DirectiveId id, cause;
        uint32_t shape;
        uint64_t number;
        bool weaker_only; /* unless it is set to something other than "no" or "auto" */
} implied[] = {
        { DIRECTIVE_DEVICE_POLICY,
          DIRECTIVE_PRIVATE_DEVICES,
          SHAPE_UNSIGNED,
          DEVICES_CLOSED,
          true },
        { DIRECTIVE_NO_NEW_PRIVILEGES, DIRECTIVE_DYNAMIC_USER, SHAPE_BOOL, true, false },
        { DIRECTIVE_PRIVATE_TMP, DIRECTIVE_DYNAMIC_USER, SHAPE_BOOL, true, false },
        { DIRECTIVE_PROTECT_HOME, DIRECTIVE_DYNAMIC_USER, SHAPE_UNSIGNED, HOME_READ_ONLY, true },
        { DIRECTIVE_PROTECT_SYSTEM, DIRECTIVE_DYNAMIC_USER, SHAPE_UNSIGNED, SYSTEM_STRICT, false },
        { DIRECTIVE_REMOVE_IPC, DIRECTIVE_DYNAMIC_USER, SHAPE_BOOL, true, false },
        { DIRECTIVE_RESTRICT_SUID_SGID, DIRECTIVE_DYNAMIC_USER, SHAPE_BOOL, true, false },
};

/* `cause`= on takes capabilities away. */
static const struct {
        DirectiveId cause;
        uint64_t capabilities;
} taken[] = {
        { DIRECTIVE_PRIVATE_DEVICES, CAP_BIT(CAP_MKNOD) | CAP_BIT(CAP_SYS_RAWIO) },
        { DIRECTIVE_PROTECT_CLOCK, CAP_BIT(CAP_SYS_TIME) | CAP_BIT(CAP_WAKE_ALARM) },
        { DIRECTIVE_PROTECT_KERNEL_LOGS, CAP_BIT(CAP_SYSLOG) },
        { DIRECTIVE_PROTECT_KERNEL_MODULES, CAP_BIT(CAP_SYS_MODULE) },
};

static const Value *find_capabilities(const UnitSpec *spec, const Value *value, Value *scratch) {
        uint64_t left = value ? value->number : KIND_ALL_CAPABILITIES, all = left;

        for (size_t i = 0; i < ARRAY_LENGTH(taken); i++)
                if (unit_spec_bool(spec, taken[i].cause))
                        left &= ~taken[i].capabilities;
        if (left == all)
                return value;
        *scratch = (Value){ .id = DIRECTIVE_CAPABILITY_BOUNDING_SET,
                            .shape = SHAPE_UNSIGNED,
                            .number = left };
        return scratch;
}

const Value *unit_implied_find(const UnitSpec *spec, DirectiveId id, Value *scratch) {
        const Value *value = unit_spec_find(spec, id);

        if (id == DIRECTIVE_CAPABILITY_BOUNDING_SET)
                return find_capabilities(spec, value, scratch);
        for (size_t i = 0; i < ARRAY_LENGTH(implied); i++) {
                if (implied[i].id != id || !unit_spec_bool(spec, implied[i].cause) ||
                    (implied[i].weaker_only && value && value->number != 0))
                        continue;
                *scratch = (Value){ .id = (uint16_t)id,
                                    .shape = implied[i].shape,
                                    .number = implied[i].number };
                return scratch;
        }
        return value;
}
