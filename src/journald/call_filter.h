/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A filter of system calls for the recorder (seccomp(2)): what reaches into other processes, starts
 * programs or changes the machine is refused with EPERM. */

/* Loads it; no new privileges must be set. Success too on a kernel that has no filters. */
int call_filter_load(void);
