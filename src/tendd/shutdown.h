/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Stopping all units in reverse order before the manager ends. */

#include <stdbool.h>

#include "base/log.h"
#include "engine/engine.h"

/* Queues the stop of everything: shutdown.target is started in place of all else. */
void shutdown_begin(Engine *engine, const Log *log);

/* Whether all is down. */
bool shutdown_is_complete(const Engine *engine);
