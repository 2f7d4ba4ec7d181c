/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Answers to calls, over a message bus and on private connections. All return what handlers return:
 * 1, or negative when the answer could not be sent. */

#include "bus/bus_body.h"
#include "bus/bus_state.h"

/* Answers with arguments that were put together. */
int bus_reply(BusCall *call, const BusBody *body);

/* Answers with basic values, as sd_bus_reply_method_return(3) does; NULL for none. */
int bus_reply_values(BusCall *call, const char *types, ...);

/* Answers with a descriptor, which stays the caller's. */
int bus_reply_fd(BusCall *call, int fd);

/* Answers with the call's error; where none is set, with the one of this errno. */
int bus_reply_error(BusCall *call, int r);
