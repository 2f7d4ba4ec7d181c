/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What packages want below /run and /tmp, where tend is the first process of a container. */

#include "tend/tend.h"

/* Has systemd-tmpfiles(8) make what the files of tmpfiles.d(5) ask for, since it is gone whenever
 * /run is fresh: database servers want their sockets' directories. Nothing is removed or cleaned,
 * and the kernel's own file systems are left to the host. Says so where files ask and the program
 * is missing, or fails; nothing else comes of it. */
void temporary_files_make(const Tend *tend);
