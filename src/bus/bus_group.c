/* SPDX-License-Identifier: Apache-2.0 */

/* Properties about the control group: where it is and what the kernel counted. */

#include <stddef.h>

#include "base/error.h"
#include "base/macros.h"
#include "bus/bus_getters.h"
#include "bus/bus_value.h"
#include "unit/kind.h"

static int get_slice(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, context->unit->slice ? context->unit->slice->id : NULL);
}

static int get_control_group(BusGetterContext *context, BusBody *body) {
        const BusHost *host = &context->server->host;
        AUTO_FREE char *path = NULL;
        int r = 0;

        if (host->control_group)
                r = host->control_group(host->userdata, context->unit, &path);
        return r < 0 ? err_pass(r) : bus_append_text(body, path);
}

/* A share of the machine's tasks is told as a number. */
static int get_tasks_max(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, DIRECTIVE_TASKS_MAX);
        uint64_t tasks = context->server->host.machine.tasks;

        if (!value || !(value->flags & VALUE_PERCENT) || tasks > UINT64_MAX / 10000)
                return bus_value_get(context, body);
        return bus_append_u64(body, tasks * value->number / 10000);
}

/* The argument is the place of the figure in BusFigures. */
static int get_figure(BusGetterContext *context, BusBody *body) {
        const char *figures = (const char *)bus_getter_figures(context);
        uint64_t figure;

        memcpy(&figure, figures + context->argument, sizeof(figure));
        return bus_append_u64(body, figure);
}

/* clang-format off */
#define FIGURE(name, member) { BUS_FAMILY_CONTROL_GROUP, name, get_figure, offsetof(BusFigures, member) }
const BusGetterRow bus_group_getters[] = {
        { BUS_FAMILY_CONTROL_GROUP, "Slice", get_slice, 0 },
        { BUS_FAMILY_CONTROL_GROUP, "ControlGroup", get_control_group, 0 },
        { BUS_FAMILY_CONTROL_GROUP, "TasksMax", get_tasks_max, 0 },
        FIGURE("ControlGroupId", group_id),
        FIGURE("MemoryCurrent", memory_current),
        FIGURE("MemoryAvailable", memory_available),
        FIGURE("CPUUsageNSec", cpu_usage_nsec),
        FIGURE("TasksCurrent", tasks_current),
        FIGURE("IPIngressBytes", ip_ingress_bytes),
        FIGURE("IPIngressPackets", ip_ingress_packets),
        FIGURE("IPEgressBytes", ip_egress_bytes),
        FIGURE("IPEgressPackets", ip_egress_packets),
        FIGURE("IOReadBytes", io_read_bytes),
        FIGURE("IOReadOperations", io_read_operations),
        FIGURE("IOWriteBytes", io_write_bytes),
        FIGURE("IOWriteOperations", io_write_operations),
};
/* clang-format on */

const unsigned bus_group_getter_count = ARRAY_LENGTH(bus_group_getters);
