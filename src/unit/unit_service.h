/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Settings of services whose meaning hangs on other settings (systemd.service(5)). */

#include "unit/unit_enums.h"
#include "unit/unit_spec.h"

/* Type=, or when it is not set: dbus with BusName=, oneshot without ExecStart=, else simple. */
ServiceType unit_service_type(const UnitSpec *spec);

/* NotifyAccess=; where the type needs messages or a watchdog is set and nothing is said (or "none"
 * is), main. */
NotifyAccess unit_service_notify_access(const UnitSpec *spec);

/* TimeoutStartSec=, infinite for oneshot when it is not set, else `manager_default`. */
uint64_t unit_service_timeout_start(const UnitSpec *spec, uint64_t manager_default);

/* TimeoutStopSec= or `manager_default`. */
uint64_t unit_service_timeout_stop(const UnitSpec *spec, uint64_t manager_default);

/* TimeoutAbortSec=, else what TimeoutStopSec= gives. */
uint64_t unit_service_timeout_abort(const UnitSpec *spec, uint64_t manager_default);

/* RestartKillSignal=, else KillSignal=. */
int unit_service_restart_kill_signal(const UnitSpec *spec);
