/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Answers whose arguments were put together in a BusBody. Those of a fixed shape may be sent by
 * sd_bus_reply_method_return as well. */

#include "bus/bus_body.h"
#include "bus/bus_state.h"

/* Answers a call; 1, as handlers return, or negative. */
int bus_reply(BusCall *call, const BusBody *body);
