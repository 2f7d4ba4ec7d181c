/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Processes that were gone when a new manager looked for them, but whose exit status the keeper is
 * about to tell: they ended after it had handed over what it remembered. */

#include <stdbool.h>
#include <sys/types.h>

#include "host/host.h"

/* While units are restored with a keeper: remembers the process, which then counts as there. False
 * otherwise. */
bool exit_presumed_add(Host *host, pid_t pid);

/* Whether the process is one of them. */
bool exit_presumed_has(const Host *host, pid_t pid);

/* Waits for the keeper's word and hands the exits on; those it knows nothing of end without a
 * status. */
void exit_presumed_settle(Host *host);
