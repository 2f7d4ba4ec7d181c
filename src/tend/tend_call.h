/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Calls of io.tend.Manager1, which tendd has and systemd has not. The connection must be there. */

#include <systemd/sd-bus.h>

#include "tend/tend.h"

#define TEND_INTERFACE "io.tend.Manager1"

/* Calls a method that takes the name of a unit, or nothing (NULL). `error` may be NULL. */
int tend_call(const Tend *tend,
              const char *member,
              const char *unit,
              sd_bus_error *error,
              sd_bus_message **ret_reply);

/* The same for methods that answer with one text, in fresh memory. */
int tend_call_text(
        const Tend *tend, const char *member, const char *unit, sd_bus_error *error, char **ret);

/* The same for methods that answer with a list of texts. */
int tend_call_list(
        const Tend *tend, const char *member, const char *unit, sd_bus_error *error, char ***ret);
