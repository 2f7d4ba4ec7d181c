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

static int append_flags(sd_bus_message *message, unsigned flags, bool as_names) {
        int r;

        if (!as_names)
                return bus_append_bool(message, flags & COMMAND_IGNORE_FAILURE);
        r = sd_bus_message_open_container(message, 'a', "s");
        for (unsigned i = 0; i < ARRAY_LENGTH(flag_names) && r >= 0; i++)
                if (flags & flag_names[i].flag)
                        r = bus_append_text(message, flag_names[i].name);
        return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_status(sd_bus_message *message, const ExecStatus *status) {
        static const ExecStatus never = { 0 };

        if (!status)
                status = &never;
        return sd_bus_message_append(message,
                                     "ttttuii",
                                     status->start.realtime_usec,
                                     status->start.monotonic_usec,
                                     status->exit.realtime_usec,
                                     status->exit.monotonic_usec,
                                     (uint32_t)status->pid,
                                     status->code,
                                     status->status);
}

static int append_command(sd_bus_message *message,
                          const Command *command,
                          bool as_names,
                          const ExecStatus *status) {
        int r = sd_bus_message_open_container(
                message, 'r', as_names ? "sasasttttuii" : "sasbttttuii");

        if (r >= 0)
                r = bus_append_text(message, command->path);
        if (r >= 0)
                r = bus_append_strv(message, command->argv);
        if (r >= 0)
                r = append_flags(message, command->flags, as_names);
        if (r >= 0)
                r = append_status(message, status);
        return r < 0 ? r : sd_bus_message_close_container(message);
}

int bus_command_get(BusGetterContext *context, sd_bus_message *message) {
        bool as_names = context->argument != 0;
        const Value *value =
                context->directive ? bus_value_find(context, context->directive->id) : NULL;
        const CommandList *list = value ? value->commands : NULL;
        int r = sd_bus_message_open_container(
                message, 'a', as_names ? "(sasasttttuii)" : "(sasbttttuii)");

        for (unsigned i = 0; list && i < list->n_commands && r >= 0; i++) {
                const ExecStatus *status = NULL;
                if (context->unit->service)
                        status = service_command_status(context->unit, context->directive->id, i);
                r = append_command(message, &list->commands[i], as_names, status);
        }
        return r < 0 ? r : sd_bus_message_close_container(message);
}
