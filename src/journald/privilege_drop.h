/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What tend-journald needs of root once its sockets are open: CAP_SYS_PTRACE to see which program a
 * process of another user runs (/proc/PID/exe), CAP_DAC_OVERRIDE for directories, terminals and
 * files of former journals that are not root's. That files are the journal group's needs no
 * capability: we are in the group. */

/* Gives everything else up, for good. Nothing to do for a plain user. */
int privilege_drop(void);
