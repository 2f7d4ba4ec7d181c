/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The resource limits that services inherit from the manager where neither the unit nor
 * DefaultLimitNOFILE= and its like say anything (systemd-system.conf(5)). */

/* Sets them for this process: at most 1024 descriptors, which a service may raise as far as 524288,
 * and 8 MiB of locked memory. What the kernel does not let us raise stays as it is. Call it before
 * spawner_new, which keeps the limit of descriptors for services and raises the manager's own. */
void service_limits_set(void);
