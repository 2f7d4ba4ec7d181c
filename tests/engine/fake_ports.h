/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the two halves of the fake host share. */

#include <stdlib.h>

#include "base/macros.h"
#include "fake_host.h"

#define MUST(condition)                                                                            \
        do {                                                                                       \
                if (!(condition))                                                                  \
                        abort();                                                                   \
        } while (0)

/* Writes an effect down. */
void fake_host_effect(FakeHost *host, const char *format, ...) PRINTF_LIKE(2, 3);

/* A copy; aborts when out of memory. */
char *fake_host_dup(const char *s);

/* A new living process of a unit. */
FakeProcess *fake_host_add_process(FakeHost *host, const char *unit);

/* Forgets the dead when nobody can ask for them any more; keeps long walks fast. */
void fake_host_bury(FakeHost *host);

/* The kernel reports the unit's group when it has become empty. */
void fake_host_check_group(FakeHost *host, const char *unit);
