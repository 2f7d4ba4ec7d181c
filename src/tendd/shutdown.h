/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Stopping all units in reverse order before the manager ends. */

#include <stdbool.h>

#include "base/log.h"
#include "engine/engine.h"

/* Queues the stop of everything: shutdown.target is started, with which units conflict. */
void shutdown_begin(Engine *engine, const Log *log);

/* Goes on when no job is left; false when all is down. */
bool shutdown_go_on(Engine *engine, const Log *log);
