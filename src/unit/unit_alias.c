/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_alias.h"

#include "base/auto.h"

#define MAY_ALIAS                                                                                  \
        (1u << UNIT_SERVICE | 1u << UNIT_SOCKET | 1u << UNIT_TARGET | 1u << UNIT_DEVICE |          \
         1u << UNIT_TIMER | 1u << UNIT_PATH)
#define MAY_TEMPLATE                                                                               \
        (1u << UNIT_SERVICE | 1u << UNIT_SOCKET | 1u << UNIT_TARGET | 1u << UNIT_TIMER |           \
         1u << UNIT_PATH)

bool unit_type_may_alias(UnitType type) {
        return MAY_ALIAS >> type & 1u;
}

bool unit_type_may_template(UnitType type) {
        return MAY_TEMPLATE >> type & 1u;
}

static bool check_source(const char *source, UnitType type, Diag *diag) {
        if (!unit_type_may_alias(type)) {
                diag_add(diag,
                         NULL,
                         DIAG_WARNING,
                         "%s: symlinks are not allowed for units of this type, rejecting.",
                         source);
                return false;
        }
        if (unit_name_kind(source) != UNIT_NAME_PLAIN && !unit_type_may_template(type)) {
                diag_add(diag,
                         NULL,
                         DIAG_WARNING,
                         "%s: templates not allowed for %s units, rejecting.",
                         source,
                         unit_type_name(type));
                return false;
        }
        return true;
}

static bool kinds_fit(UnitNameKind source, UnitNameKind target) {
        return source == target || (source == UNIT_NAME_INSTANCE && target == UNIT_NAME_TEMPLATE);
}

static bool check_kinds(const char *source, const char *target, Diag *diag) {
        UnitNameKind kind = unit_name_kind(target);

        if (!kinds_fit(unit_name_kind(source), kind)) {
                diag_add(diag,
                         NULL,
                         DIAG_WARNING,
                         "%s: symlink target name type \"%s\" does not match source, rejecting.",
                         source,
                         target);
                return false;
        }
        if (kind == UNIT_NAME_INSTANCE &&
            !str_equal(unit_name_instance(source), unit_name_instance(target))) {
                diag_add(diag,
                         NULL,
                         DIAG_WARNING,
                         "%s: unit symlink target \"%s\" instance name doesn't match, rejecting.",
                         source,
                         target);
                return false;
        }
        return true;
}

bool unit_alias_check(const char *source, const char *target, Diag *diag) {
        UnitType source_type, target_type;

        if (unit_name_type(source, &source_type) < 0 || !check_source(source, source_type, diag))
                return false;
        if (streq(source, target))
                return false;
        if (!unit_name_is_valid(target, UNIT_NAME_ANY) ||
            unit_name_type(target, &target_type) < 0) {
                diag_add(diag,
                         NULL,
                         DIAG_WARNING,
                         "%s points to \"%s\" which is not a valid unit name: "
                         "Invalid cross-device link",
                         source,
                         target);
                return false;
        }
        if (!check_kinds(source, target, diag))
                return false;
        if (source_type != target_type)
                diag_add(diag,
                         NULL,
                         DIAG_WARNING,
                         "%s: symlink target \"%s\" has incompatible suffix, rejecting.",
                         source,
                         target);
        return source_type == target_type;
}

bool unit_alias_is_compatible(const char *name, const char *target, bool has_instance) {
        AUTO_FREE char *template_name = NULL;

        if (streq(name, target))
                return unit_name_is_valid(name, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE) ||
                       (has_instance && unit_name_is_valid(name, UNIT_NAME_TEMPLATE));
        if (unit_name_template(name, &template_name) < 0)
                return false; /* neither template nor instance */
        return streq(template_name, target);
}
