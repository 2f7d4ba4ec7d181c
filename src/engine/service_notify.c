/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/notify_message.h"
#include "engine/service_action.h"
#include "engine/service_phase.h"
#include "unit/unit_service.h"

#include "base/utf8.h"

/* --- who may speak ----------------------------------------------------------------- */

static void refuse_exec(const Unit *unit, pid_t pid) {
        const ServiceRuntime *s = unit->service;
        char permitted[128];
        if (s->main_pid > 0 && s->control_pid > 0)
                (void)snprintf(permitted,
                               sizeof(permitted),
                               "main PID %i and control PID %i",
                               (int)s->main_pid,
                               (int)s->control_pid);
        else if (s->main_pid > 0)
                (void)snprintf(permitted, sizeof(permitted), "main PID %i", (int)s->main_pid);
        else if (s->control_pid > 0)
                (void)snprintf(permitted, sizeof(permitted), "control PID %i", (int)s->control_pid);
        else
                (void)snprintf(permitted,
                               sizeof(permitted),
                               "main PID and control PID which are currently not known");
        service_log(unit,
                    LOG_WARNING,
                    "Got notification message from PID %i, but reception only permitted for %s",
                    (int)pid,
                    permitted);
}

static void refuse_main(const Unit *unit, pid_t pid) {
        if (unit->service->main_pid > 0)
                service_log(
                        unit,
                        LOG_WARNING,
                        "Got notification message from PID %i, but reception only permitted for "
                        "main PID %i",
                        (int)pid,
                        (int)unit->service->main_pid);
        else
                service_log(
                        unit,
                        LOG_WARNING,
                        "Got notification message from PID %i, but reception only permitted for "
                        "main PID which is currently not known",
                        (int)pid);
}

/* NotifyAccess=, against the sender that the kernel named. */
static bool may_speak(Unit *unit, pid_t pid) {
        const ServiceRuntime *s = unit->service;
        const EnginePorts *ports = service_ports(unit);
        bool is_main = pid > 0 && pid == s->main_pid;
        bool is_control = pid > 0 && pid == s->control_pid;
        uint64_t start_time = 0;
        switch (unit_service_notify_access(unit->spec)) {
        case NOTIFY_ACCESS_MAIN:
                if (!is_main)
                        refuse_main(unit, pid);
                return is_main;
        case NOTIFY_ACCESS_EXEC:
                if (!is_main && !is_control)
                        refuse_exec(unit, pid);
                return is_main || is_control;
        case NOTIFY_ACCESS_ALL:
                return is_main || is_control ||
                       ports->process_belongs(ports->userdata, unit, pid, &start_time);
        case NOTIFY_ACCESS_NONE:
        case NOTIFY_ACCESS_COUNT:
                break;
        }
        service_log(unit,
                    LOG_WARNING,
                    "Got notification message from PID %i, but reception is disabled.",
                    (int)pid);
        return false;
}

/* --- what is said ------------------------------------------------------------------ */

static bool may_change_main_pid(ServiceState state) {
        return state == SERVICE_START || state == SERVICE_START_POST || state == SERVICE_RUNNING ||
               state == SERVICE_RELOAD || state == SERVICE_RELOAD_SIGNAL ||
               state == SERVICE_RELOAD_NOTIFY;
}

static void apply_main_pid(Unit *unit, const NotifyMessage *message, uid_t uid) {
        const ServiceRuntime *s = unit->service;
        pid_t pid = message->main_pid;
        if (!may_change_main_pid(unit->state) || (s->main_pid_known && pid == s->main_pid))
                return;
        int r = service_check_main_pid(unit, pid, LOG_WARNING);
        if (r == 0 && uid != 0)
                service_log(unit,
                            LOG_DEBUG,
                            "New main PID %i does not belong to service, refusing.",
                            (int)pid);
        if (r > 0 || (r == 0 && uid == 0))
                (void)service_set_main_pid(unit, pid); /* without memory the old one stays */
}

void service_on_bus_name(Unit *unit, pid_t owner) {
        const ServiceRuntime *s = unit->service;
        if (owner <= 0 || s->main_pid > 0 || s->service_type == SERVICE_TYPE_DBUS ||
            !may_change_main_pid(unit->state))
                return;
        if (service_check_main_pid(unit, owner, LOG_DEBUG) > 0)
                (void)service_set_main_pid(unit, owner); /* without it the group is followed */
}

static void apply_phase(Unit *unit, const NotifyMessage *message) {
        ServiceRuntime *s = unit->service;
        if (notify_message_has(message, NOTIFY_KEY_RELOADING))
                s->reload_stamp_usec = message->monotonic_usec;
        switch (message->phase) {
        case NOTIFY_KEY_READY:
                s->notify_state = NOTIFY_READY;
                /* Both in one message: the reload is over already. */
                if (unit->state == SERVICE_RELOAD_SIGNAL &&
                    !notify_message_has(message, NOTIFY_KEY_RELOADING))
                        break;
                unit_history_cause(unit, CAUSE_NOTIFY, 0, "READY=1");
                service_dispatch(unit, SERVICE_ON_READY, SERVICE_SUCCESS);
                break;
        case NOTIFY_KEY_RELOADING:
                s->notify_state = NOTIFY_RELOADING;
                service_dispatch(unit, SERVICE_ON_RELOADING, SERVICE_SUCCESS);
                break;
        case NOTIFY_KEY_STOPPING:
                s->notify_state = NOTIFY_STOPPING;
                service_dispatch(unit, SERVICE_ON_STOPPING, SERVICE_SUCCESS);
                break;
        default:
                break;
        }
}

static void apply_status(Unit *unit, const NotifyMessage *message) {
        ServiceRuntime *s = unit->service;
        Str text = message->values[NOTIFY_KEY_STATUS];
        AUTO_FREE char *copy = text.length > 0 ? str_dup(text) : NULL;
        if (text.length > 0 && !copy) /* without memory the old text stays */
                return;
        free(s->status_text);
        s->status_text = STEAL(copy);
}

static void apply_watchdog(Unit *unit, const NotifyMessage *message) {
        ServiceRuntime *s = unit->service;
        bool counts = service_watchdog_may_run(unit->state);
        if (notify_message_has(message, NOTIFY_KEY_WATCHDOG_USEC))
                s->watchdog_override_usec = message->watchdog_usec;
        if (counts && (notify_message_has(message, NOTIFY_KEY_WATCHDOG_USEC) ||
                       notify_message_has(message, NOTIFY_KEY_WATCHDOG)))
                service_reset_watchdog(unit);
        if (notify_message_has(message, NOTIFY_KEY_WATCHDOG) && message->trigger_watchdog)
                service_trigger_watchdog(unit);
}

/* --- stored descriptors ------------------------------------------------------------ */

static void store_descriptors(Unit *unit, const NotifyMessage *message, unsigned n_fds) {
        ServiceRuntime *s = unit->service;
        const EnginePorts *ports = service_ports(unit);
        uint64_t max = service_number(unit, DIRECTIVE_FILE_DESCRIPTOR_STORE_MAX);
        if (unit->state == SERVICE_DEAD ||
            unit->state == SERVICE_FAILED) /* nobody would get them */
                return;
        Str given = notify_message_has(message, NOTIFY_KEY_FDNAME)
                            ? message->values[NOTIFY_KEY_FDNAME]
                            : STR_LITERAL("stored");
        bool poll = !notify_message_has(message, NOTIFY_KEY_FDPOLL);
        AUTO_FREE char *name = str_dup(given);
        for (unsigned i = 0; name && i < n_fds; i++) {
                if (s->n_fd_store >= max) {
                        service_log(unit,
                                    LOG_WARNING,
                                    "Cannot store more fds than FileDescriptorStoreMax=%u, closing "
                                    "remaining.",
                                    (unsigned)max);
                        return;
                }
                /* Positive: the store has it already. */
                if (ports->fd_store_add(ports->userdata, unit, i, name, poll) == 0)
                        s->n_fd_store++;
        }
}

static void remove_descriptors(Unit *unit, const NotifyMessage *message) {
        ServiceRuntime *s = unit->service;
        const EnginePorts *ports = service_ports(unit);
        if (!notify_message_has(message, NOTIFY_KEY_FDNAME))
                return;
        AUTO_FREE char *name = str_dup(message->values[NOTIFY_KEY_FDNAME]);
        unsigned n = name ? ports->fd_store_remove(ports->userdata, unit, name) : 0;
        s->n_fd_store -= MIN(n, s->n_fd_store);
}

static void apply_descriptors(Unit *unit, const NotifyMessage *message, unsigned n_fds) {
        if (notify_message_has(message, NOTIFY_KEY_FDSTOREREMOVE))
                remove_descriptors(unit, message);
        else if (notify_message_has(message, NOTIFY_KEY_FDSTORE))
                store_descriptors(unit, message, n_fds);
}

/* --- the whole message ------------------------------------------------------------- */

/* What is said of a value that is not understood; one %.*s each, for the value. */
static const char *const invalid_words[NOTIFY_KEY_COUNT] = {
        // clang-format off
        [NOTIFY_KEY_STATUS]              = "Status message in notification message is not UTF-8 clean, ignoring.%.*s",
        [NOTIFY_KEY_ERRNO]               = "Failed to parse ERRNO= field value '%.*s' in notification message: Invalid argument",
        [NOTIFY_KEY_MAINPID]             = "Failed to parse MAINPID= field in notification message, ignoring: %.*s",
        [NOTIFY_KEY_WATCHDOG_USEC]       = "Failed to parse WATCHDOG_USEC=%.*s",
        [NOTIFY_KEY_EXTEND_TIMEOUT_USEC] = "Failed to parse EXTEND_TIMEOUT_USEC=%.*s",
        [NOTIFY_KEY_MONOTONIC_USEC]      = "Failed to parse MONOTONIC_USEC= field in notification message, ignoring: %.*s",
        [NOTIFY_KEY_FDNAME]              = "Passed FDNAME= name is invalid, ignoring.%.*s",
        // clang-format on
};

/* The value, if a log can hold it and it belongs there. */
static Str shown_value(const NotifyMessage *message, NotifyKey key) {
        Str value = message->values[key];
        bool is_hidden = key == NOTIFY_KEY_STATUS || key == NOTIFY_KEY_FDNAME;
        return is_hidden || !utf8_is_valid(value) ? STR_EMPTY : value;
}

/* Wrong values are told once each; words that can only be said or not are not told. */
static void log_invalid(const Unit *unit, const NotifyMessage *message) {
        for (unsigned i = 0; i < NOTIFY_KEY_COUNT; i++) {
                if (!(message->invalid & NOTIFY_BIT(i)) || !invalid_words[i])
                        continue;
                Str value = shown_value(message, i);
                Str words = str_of(invalid_words[i]);
                ssize_t place = str_find_char(words, '%');
                service_log(unit,
                            LOG_WARNING,
                            "%.*s%.*s%s",
                            (int)place,
                            words.data,
                            STR_ARG(value),
                            words.data + place + strlen("%.*s"));
        }
}

static void log_refused(const Unit *unit, int outcome) {
        const char *why = outcome == NOTIFY_TOO_LONG  ? "exceeded maximum size"
                          : outcome == NOTIFY_HAS_NUL ? "with embedded NUL bytes"
                                                      : "with BARRIER=1 and other assignments";
        service_log(unit, LOG_WARNING, "Received notify message %s. Ignoring.", why);
}

static void apply(Unit *unit, const NotifyMessage *message, const EngineEvent *event) {
        ServiceRuntime *s = unit->service;
        if (notify_message_has(message, NOTIFY_KEY_MAINPID))
                apply_main_pid(unit, message, event->uid);
        if (notify_message_has(message, NOTIFY_KEY_STATUS))
                apply_status(unit, message);
        if (notify_message_has(message, NOTIFY_KEY_ERRNO))
                s->status_errno = message->error_number;
        apply_phase(unit, message);
        if (notify_message_has(message, NOTIFY_KEY_EXTEND_TIMEOUT_USEC))
                service_extend_timeout(unit, message->extend_usec);
        apply_watchdog(unit, message);
        apply_descriptors(unit, message, event->n_fds);
        unit_mark_changed(unit);
}

void service_on_notify(Unit *unit, const EngineEvent *event) {
        NotifyMessage message;
        if (!may_speak(unit, event->pid))
                return;
        int outcome = notify_message_parse(str_of(event->text), &message);
        if (outcome != NOTIFY_OK) {
                log_refused(unit, outcome);
                return;
        }
        log_invalid(unit, &message);
        if (!notify_message_has(&message, NOTIFY_KEY_BARRIER))
                apply(unit, &message, event);
}
