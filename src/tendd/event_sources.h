/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Signals that people and keepers send to the manager. */

#include "tendd/manager.h"

/* Blocks and watches them. */
int event_sources_add(Manager *manager);

/* What a signal means, whoever brought it: SIGTERM and SIGINT stop everything, SIGHUP reloads. */
void event_sources_on_signal(Manager *manager, int signal_number);
