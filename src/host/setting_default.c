/* SPDX-License-Identifier: Apache-2.0 */
#include "host/setting_default.h"

#include "host/unit_control.h"

static const Value *number(DirectiveId id, uint32_t shape, uint64_t number, Value *scratch) {
        *scratch = (Value){ .id = (uint16_t)id, .shape = shape, .number = number };
        return scratch;
}

static const Value *of_manager(const UnitSpec *defaults, DirectiveId id) {
        return defaults ? unit_spec_find(defaults, id) : NULL;
}

static const Value *counted(const Host *host, DirectiveId id, Value *scratch) {
        const Value *given = of_manager(host->options.config->group_defaults, id);

        return given ? given
                     : number(id, SHAPE_BOOL, host->groups->mode == CGROUP_UNIFIED, scratch);
}

const Value *
setting_default_find(const Host *host, const Unit *unit, DirectiveId id, Value *scratch) {
        switch ((unsigned)id) {
        case DIRECTIVE_CPU_ACCOUNTING:
        case DIRECTIVE_MEMORY_ACCOUNTING:
        case DIRECTIVE_TASKS_ACCOUNTING:
                return counted(host, id, scratch);
        case DIRECTIVE_IO_ACCOUNTING:
        case DIRECTIVE_IP_ACCOUNTING:
        case DIRECTIVE_BLOCK_IO_ACCOUNTING:
                return of_manager(host->options.config->group_defaults, id);
        case DIRECTIVE_TASKS_MAX:
                return number(id, SHAPE_UNSIGNED, unit_control_default_tasks(host, unit), scratch);
        default:
                return of_manager(host->options.config->service_defaults, id);
        }
}

bool setting_is_on(const Host *host, const Unit *unit, DirectiveId id) {
        const Value *value = unit->spec ? unit_spec_find(unit->spec, id) : NULL;
        Value scratch;

        if (!value)
                value = setting_default_find(host, unit, id, &scratch);
        return value && value->number != 0;
}
