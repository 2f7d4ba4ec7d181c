/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the sources use of the GNU C library and musl does not have. The compiler's command line
 * includes this where the executor is built with musl. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#ifndef STATX_BASIC_STATS
#include <linux/stat.h>
/* statx(2) */
int statx(int dir_fd, const char *path, int flags, unsigned mask, struct statx *ret);
#endif

/* The description of an errno, untranslated; NULL for numbers that are none. */
const char *strerrordesc_np(int error);

/* The name of an errno ("ENOENT"); NULL for numbers that are none. */
const char *strerrorname_np(int error);
