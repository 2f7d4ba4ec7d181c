/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What tend-journald needs of root once its sockets are open: to read /proc of others' processes,
 * and to make, own and remove journal files. */

/* Gives everything else up, for good. Nothing to do for a plain user. */
int privilege_drop(void);
