/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Sets the interface "lo" of this network name space up (netdevice(7)): in a fresh one it is down.
 * -errno; -EPERM without CAP_NET_ADMIN. System calls only: also for children that share the
 * memory of their parent. */
int loopback_raise(void);
