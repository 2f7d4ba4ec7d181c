/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_command.h"

#include "base/macros.h"
#include "bus/bus_getters.h"
#include "bus/bus_value.h"

/* clang-format off */
static const struct {
        unsigned flag; /* CommandFlags */
        const char *name;
} flag_names[] = {
        { COMMAND_IGNORE_FAILURE, "ignore-failure" },
        { COMMAND_FULL_PRIVILEGE, "privileged" },
        { COMMAND_KEEP_USER_PRIVILEGE, "no-setuid" },
        { COMMAND_AMBIENT_FALLBACK, "ambient" },
        { COMMAND_NO_EXPAND, "no-env-expand" },
};
/* clang-format on */

static int append_flags(BusBody *body, unsigned flags, bool as_names) {
        int r;

        if (!as_names)
                return bus_append_bool(body, flags & COMMAND_IGNORE_FAILURE);
        r = bus_body_open(body, 'a', "s");
        for (unsigned i = 0; i < ARRAY_LENGTH(flag_names) && r >= 0; i++)
                if (flags & flag_names[i].flag)
                        r = bus_append_text(body, flag_names[i].name);
        return r < 0 ? r : bus_body_close(body);
}

static int append_status(BusBody *body, const ExecStatus *status) {
        static const ExecStatus never = { 0 };

        if (!status)
                status = &never;
        return bus_body_append(body,
                               "ttttuii",
                               status->start.realtime_usec,
                               status->start.monotonic_usec,
                               status->exit.realtime_usec,
                               status->exit.monotonic_usec,
                               (uint32_t)status->pid,
                               status->code,
                               status->status);
}

static int
append_command(BusBody *body, const Command *command, bool as_names, const ExecStatus *status) {
        int r = bus_body_open(body, 'r', as_names ? "sasasttttuii" : "sasbttttuii");

        if (r >= 0)
                r = bus_append_text(body, command->path);
        if (r >= 0)
                r = bus_append_strv(body, command->argv);
        if (r >= 0)
                r = append_flags(body, command->flags, as_names);
        if (r >= 0)
                r = append_status(body, status);
        return r < 0 ? r : bus_body_close(body);
}

int bus_command_get(BusGetterContext *context, BusBody *body) {
        bool as_names = context->argument != 0;
        const Value *value =
                context->directive ? bus_value_find(context, context->directive->id) : NULL;
        const CommandList *list = value ? value->commands : NULL;
        int r = bus_body_open(body, 'a', as_names ? "(sasasttttuii)" : "(sasbttttuii)");

        for (unsigned i = 0; list && i < list->n_commands && r >= 0; i++) {
                const ExecStatus *status = NULL;
                if (context->unit->service)
                        status = service_command_status(context->unit, context->directive->id, i);
                r = append_command(body, &list->commands[i], as_names, status);
        }
        return r < 0 ? r : bus_body_close(body);
}
