/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How the recorder of the system gives up being root, in two steps. What it keeps for good is
 * CAP_SYS_PTRACE, to see which program a process of another user runs (/proc/PID/exe), under a
 * filter that refuses the system calls by which this capability reaches into other processes, and
 * those that a recorder never makes. That files have the journal's group needs no capability: we
 * are in the group. */

#include "journald/recorder_user.h"

/* Becomes the user, with what the rest of the start needs. -errno when the kernel refuses, after
 * which nothing may be gone on with. */
int privilege_become(const RecorderUser *user);

/* Gives everything else up, for good. Who stays root because there is no other user keeps
 * CAP_DAC_OVERRIDE too, for files and terminals that are not root's. Nothing but the bit that no
 * program gives privileges for a plain user. */
int privilege_drop(const RecorderUser *user);
