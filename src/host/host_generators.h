/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* When the manager runs unit generators: at its start and at daemon-reload, before unit files are
 * looked for. A manager that takes over from one that died keeps what is there. */

#include "host/host.h"

/* Where generators write, in fresh memory: the usual place (NULL) where the public places are ours,
 * else below the runtime directory. -ENOMEM. */
int host_generators_place(const RuntimePaths *paths, char **ret);

/* At the start, when the search options are known. Failures are logged: units that do not come from
 * generators are there all the same. */
void host_generators_start(Host *host);

/* At daemon-reload. */
void host_generators_reload(Host *host);

/* Removes what generators wrote, at the end of the manager. */
void host_generators_withdraw(Host *host);
