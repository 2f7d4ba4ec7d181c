/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Commands of systemd-analyze about filters: syscall-filter, filesystems. */

#include "tend/analyze/analyze_boot.h"

/* Each prints the answer to its command; the exit status. */
int analyze_syscall_filter(const BootOptions *options, char **arguments);
int analyze_filesystems(const BootOptions *options, char **arguments);
