/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* org.freedesktop.LogControl1 of a service or the manager, and the manager's ServiceWatchdogs: what
 * systemctl and systemd-analyze show and set alike. */

#include <systemd/sd-bus.h>

#include "base/strbuf.h"
#include "tend/tend.h"

typedef enum LogControlSetting {
        LOG_CONTROL_LEVEL,
        LOG_CONTROL_TARGET,
        LOG_CONTROL_SETTING_COUNT
} LogControlSetting;

typedef struct LogControl {
        sd_bus *bus;
        const char *name; /* bus name of the service */
} LogControl;

/* 0 when `value` is one that the setting takes, else 1 after a message. */
int log_control_check(LogControlSetting setting, const char *value);

/* Prints the setting, or sets it when `value` is given. The exit status. */
int log_control(const LogControl *control, LogControlSetting setting, const char *value);

/* The same for a service on the system's bus or the user's. */
int log_control_of_service(const Tend *tend,
                           const char *name,
                           LogControlSetting setting,
                           const char *value);

/* Shows or sets whether watchdogs of services count. The exit status. */
int log_control_watchdogs(sd_bus *bus, const char *value);

/* Appends a value so that a shell reads it back: plain, or as $'...'. */
void log_control_quote(const char *value, StrBuf *out);
