/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The /dev of PrivateDevices=: pseudo devices only (systemd.exec(5)). */

/* A detached file system with null, zero, full, random, urandom, tty, the usual links, and places
 * for pts, shm, mqueue and hugepages. -errno; -EPERM where device nodes may not be made. */
int private_devices_make(void);
