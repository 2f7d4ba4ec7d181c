/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_state.h"

#include <assert.h>

#include "base/macros.h"

#define ACTIVE ACTIVE_STATE_ACTIVE
#define RELOADING ACTIVE_STATE_RELOADING
#define INACTIVE ACTIVE_STATE_INACTIVE
#define FAILED ACTIVE_STATE_FAILED
#define ACTIVATING ACTIVE_STATE_ACTIVATING
#define DEACTIVATING ACTIVE_STATE_DEACTIVATING
#define MAINTENANCE ACTIVE_STATE_MAINTENANCE

// clang-format off
static const StateRow service_rows[] = {
        /*                            name              active        main   control timer */
        [SERVICE_DEAD]            = { "dead",           INACTIVE,     false, false, STATE_TIMER_NONE },
        [SERVICE_CONDITION]       = { "condition",      ACTIVATING,   false, true,  STATE_TIMER_START },
        [SERVICE_START_PRE]       = { "start-pre",      ACTIVATING,   false, true,  STATE_TIMER_START },
        [SERVICE_START]           = { "start",          ACTIVATING,   true,  true,  STATE_TIMER_START },
        [SERVICE_START_POST]      = { "start-post",     ACTIVATING,   true,  true,  STATE_TIMER_START },
        [SERVICE_RUNNING]         = { "running",        ACTIVE,       true,  false, STATE_TIMER_RUNTIME },
        [SERVICE_EXITED]          = { "exited",         ACTIVE,       false, false, STATE_TIMER_NONE },
        [SERVICE_RELOAD]          = { "reload",         RELOADING,    true,  true,  STATE_TIMER_START },
        [SERVICE_RELOAD_SIGNAL]   = { "reload-signal",  RELOADING,    true,  false, STATE_TIMER_START },
        [SERVICE_RELOAD_NOTIFY]   = { "reload-notify",  RELOADING,    true,  false, STATE_TIMER_START },
        [SERVICE_STOP]            = { "stop",           DEACTIVATING, true,  true,  STATE_TIMER_STOP },
        [SERVICE_STOP_WATCHDOG]   = { "stop-watchdog",  DEACTIVATING, true,  true,  STATE_TIMER_ABORT },
        [SERVICE_STOP_SIGTERM]    = { "stop-sigterm",   DEACTIVATING, true,  true,  STATE_TIMER_STOP },
        [SERVICE_STOP_SIGKILL]    = { "stop-sigkill",   DEACTIVATING, true,  true,  STATE_TIMER_STOP },
        [SERVICE_STOP_POST]       = { "stop-post",      DEACTIVATING, true,  true,  STATE_TIMER_STOP },
        [SERVICE_FINAL_WATCHDOG]  = { "final-watchdog", DEACTIVATING, true,  true,  STATE_TIMER_ABORT },
        [SERVICE_FINAL_SIGTERM]   = { "final-sigterm",  DEACTIVATING, true,  true,  STATE_TIMER_STOP },
        [SERVICE_FINAL_SIGKILL]   = { "final-sigkill",  DEACTIVATING, true,  true,  STATE_TIMER_STOP },
        [SERVICE_FAILED]          = { "failed",         FAILED,       false, false, STATE_TIMER_NONE },
        [SERVICE_AUTO_RESTART]    = { "auto-restart",   ACTIVATING,   false, false, STATE_TIMER_RESTART },
        [SERVICE_CLEANING]        = { "cleaning",       MAINTENANCE,  false, true,  STATE_TIMER_CLEAN },
};

static const StateRow socket_rows[] = {
        [SOCKET_DEAD]             = { .name = "dead",             .active = INACTIVE },
        [SOCKET_START_PRE]        = { .name = "start-pre",        .active = ACTIVATING,   .control_may_live = true },
        [SOCKET_START_POST]       = { .name = "start-post",       .active = ACTIVATING,   .control_may_live = true },
        [SOCKET_LISTENING]        = { .name = "listening",        .active = ACTIVE },
        [SOCKET_RUNNING]          = { .name = "running",          .active = ACTIVE },
        [SOCKET_STOP_PRE]         = { .name = "stop-pre",         .active = DEACTIVATING, .control_may_live = true },
        [SOCKET_STOP_PRE_SIGTERM] = { .name = "stop-pre-sigterm", .active = DEACTIVATING, .control_may_live = true },
        [SOCKET_STOP_PRE_SIGKILL] = { .name = "stop-pre-sigkill", .active = DEACTIVATING, .control_may_live = true },
        [SOCKET_STOP_POST]        = { .name = "stop-post",        .active = DEACTIVATING, .control_may_live = true },
        [SOCKET_FINAL_SIGTERM]    = { .name = "final-sigterm",    .active = DEACTIVATING, .control_may_live = true },
        [SOCKET_FINAL_SIGKILL]    = { .name = "final-sigkill",    .active = DEACTIVATING, .control_may_live = true },
        [SOCKET_FAILED]           = { .name = "failed",           .active = FAILED },
};

static const StateRow timer_rows[] = {
        [TIMER_DEAD]    = { .name = "dead",    .active = INACTIVE },
        [TIMER_WAITING] = { .name = "waiting", .active = ACTIVE },
        [TIMER_RUNNING] = { .name = "running", .active = ACTIVE },
        [TIMER_ELAPSED] = { .name = "elapsed", .active = ACTIVE },
        [TIMER_FAILED]  = { .name = "failed",  .active = FAILED },
};

static const StateRow path_rows[] = {
        [PATH_DEAD]    = { .name = "dead",    .active = INACTIVE },
        [PATH_WAITING] = { .name = "waiting", .active = ACTIVE },
        [PATH_RUNNING] = { .name = "running", .active = ACTIVE },
        [PATH_FAILED]  = { .name = "failed",  .active = FAILED },
};

static const StateRow target_rows[] = {
        [TARGET_DEAD]   = { .name = "dead",   .active = INACTIVE },
        [TARGET_ACTIVE] = { .name = "active", .active = ACTIVE },
};

static const StateRow slice_rows[] = {
        [SLICE_DEAD]   = { .name = "dead",   .active = INACTIVE },
        [SLICE_ACTIVE] = { .name = "active", .active = ACTIVE },
};

static const StateRow scope_rows[] = {
        [SCOPE_DEAD]         = { .name = "dead",         .active = INACTIVE },
        [SCOPE_RUNNING]      = { .name = "running",      .active = ACTIVE,       .timer = STATE_TIMER_RUNTIME },
        [SCOPE_ABANDONED]    = { .name = "abandoned",    .active = ACTIVE,       .timer = STATE_TIMER_RUNTIME },
        [SCOPE_STOP_SIGTERM] = { .name = "stop-sigterm", .active = DEACTIVATING, .timer = STATE_TIMER_STOP },
        [SCOPE_STOP_SIGKILL] = { .name = "stop-sigkill", .active = DEACTIVATING, .timer = STATE_TIMER_STOP },
        [SCOPE_FAILED]       = { .name = "failed",       .active = FAILED },
};

static const StateRow mount_rows[] = {
        [PASSIVE_DEAD]    = { .name = "dead",    .active = INACTIVE },
        [PASSIVE_PRESENT] = { .name = "mounted", .active = ACTIVE },
};

static const StateRow swap_rows[] = {
        [PASSIVE_DEAD]    = { .name = "dead",   .active = INACTIVE },
        [PASSIVE_PRESENT] = { .name = "active", .active = ACTIVE },
};

static const StateRow device_rows[] = {
        [PASSIVE_DEAD]    = { .name = "dead",    .active = INACTIVE },
        [PASSIVE_PRESENT] = { .name = "plugged", .active = ACTIVE },
};

static const StateRow automount_rows[] = {
        [PASSIVE_DEAD]    = { .name = "dead",    .active = INACTIVE },
        [PASSIVE_PRESENT] = { .name = "waiting", .active = ACTIVE },
};

static const struct {
        const StateRow *rows;
        int n_rows;
} type_states[] = {
        [UNIT_SERVICE]   = { service_rows,   ARRAY_LENGTH(service_rows) },
        [UNIT_SOCKET]    = { socket_rows,    ARRAY_LENGTH(socket_rows) },
        [UNIT_TARGET]    = { target_rows,    ARRAY_LENGTH(target_rows) },
        [UNIT_DEVICE]    = { device_rows,    ARRAY_LENGTH(device_rows) },
        [UNIT_MOUNT]     = { mount_rows,     ARRAY_LENGTH(mount_rows) },
        [UNIT_AUTOMOUNT] = { automount_rows, ARRAY_LENGTH(automount_rows) },
        [UNIT_SWAP]      = { swap_rows,      ARRAY_LENGTH(swap_rows) },
        [UNIT_TIMER]     = { timer_rows,     ARRAY_LENGTH(timer_rows) },
        [UNIT_PATH]      = { path_rows,      ARRAY_LENGTH(path_rows) },
        [UNIT_SLICE]     = { slice_rows,     ARRAY_LENGTH(slice_rows) },
        [UNIT_SCOPE]     = { scope_rows,     ARRAY_LENGTH(scope_rows) },
};

static const char *const active_state_names[] = {
        [ACTIVE_STATE_ACTIVE]       = "active",
        [ACTIVE_STATE_RELOADING]    = "reloading",
        [ACTIVE_STATE_INACTIVE]     = "inactive",
        [ACTIVE_STATE_FAILED]       = "failed",
        [ACTIVE_STATE_ACTIVATING]   = "activating",
        [ACTIVE_STATE_DEACTIVATING] = "deactivating",
        [ACTIVE_STATE_MAINTENANCE]  = "maintenance",
};
// clang-format on

static_assert(ARRAY_LENGTH(service_rows) == SERVICE_STATE_COUNT, "a row per state");
static_assert(ARRAY_LENGTH(socket_rows) == SOCKET_STATE_COUNT, "a row per state");
static_assert(ARRAY_LENGTH(timer_rows) == TIMER_STATE_COUNT, "a row per state");
static_assert(ARRAY_LENGTH(path_rows) == PATH_STATE_COUNT, "a row per state");
static_assert(ARRAY_LENGTH(target_rows) == TARGET_STATE_COUNT, "a row per state");
static_assert(ARRAY_LENGTH(scope_rows) == SCOPE_STATE_COUNT, "a row per state");
static_assert(ARRAY_LENGTH(slice_rows) == SLICE_STATE_COUNT, "a row per state");
static_assert(ARRAY_LENGTH(mount_rows) == PASSIVE_STATE_COUNT, "a row per state");
static_assert(ARRAY_LENGTH(swap_rows) == PASSIVE_STATE_COUNT, "a row per state");
static_assert(ARRAY_LENGTH(device_rows) == PASSIVE_STATE_COUNT, "a row per state");
static_assert(ARRAY_LENGTH(automount_rows) == PASSIVE_STATE_COUNT, "a row per state");
static_assert(ARRAY_LENGTH(type_states) == UNIT_TYPE_COUNT, "a table per type");
static_assert(ARRAY_LENGTH(active_state_names) == ACTIVE_STATE_COUNT, "a name per state");

const StateRow *unit_state_row(UnitType type, int state) {
        assert(state >= 0 && state < type_states[type].n_rows);
        return &type_states[type].rows[state];
}

int unit_state_count(UnitType type) {
        return type_states[type].n_rows;
}

const char *active_state_name(ActiveState state) {
        return active_state_names[state];
}

bool active_state_is_up(ActiveState state) {
        return state == ACTIVE || state == RELOADING;
}

bool active_state_is_down(ActiveState state) {
        return state == INACTIVE || state == FAILED || state == MAINTENANCE;
}

bool active_state_is_rising(ActiveState state) {
        return active_state_is_up(state) || state == ACTIVATING;
}

bool active_state_is_falling(ActiveState state) {
        return active_state_is_down(state) || state == DEACTIVATING;
}
