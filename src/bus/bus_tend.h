/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* io.tend.Manager1, on the manager object: what systemd's interfaces have no words for.
 *
 *      Why(s name) -> s unit, s sub_state, a(tsss) newest first: realtime, from, to, cause in words
 *      Reports(s name) -> as what the executor said about settings that are weaker than asked for
 *      Findings(s name) -> a(susss) of loading: file, line, severity, text, hint
 *      Waiting() -> as units that wait for a dependency to come up (RetryDependents=)
 *      PlanOf(s name) -> s what the executor is told
 *      Listen(s what) which signals this connection gets: "all", "jobs" (JobRemoved), "own"
 *              (JobRemoved of the jobs it asked for; Unsubscribe does the same). Who does not
 * listen to changes costs the manager nothing. LogPath(s name) -> s file with the unit's output, ""
 * when there is none
 */

#include "bus/bus_method.h"

BusMethodFunction bus_tend_why;
BusMethodFunction bus_tend_reports;
BusMethodFunction bus_tend_findings;
BusMethodFunction bus_tend_waiting;
BusMethodFunction bus_tend_plan;
BusMethodFunction bus_tend_log_path;
BusMethodFunction bus_tend_listen;
