/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* systemd-analyze inspect-elf: what programs and libraries say about themselves. */

#include "tend/tend.h"

/* Prints each file's facts, as text or (`json` "pretty" or "short") as one object a file; ends at
 * the first that cannot be read. The exit status. */
int analyze_inspect_elf(Tend *tend, const char *json, char *const *files);
