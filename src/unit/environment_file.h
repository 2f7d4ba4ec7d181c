/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The text of an EnvironmentFile= (systemd.exec(5)): NAME=VALUE lines with shell-like quotes and
 * without expansion. Text only. */

#include "base/str.h"

/* Parses a whole file. Adds "NAME=VALUE" strings to `assignments` (a strv), a later assignment of a
 * name replacing an earlier one of the same file. Lines without '=' are skipped; assignments with
 * an invalid name or a value that is not UTF-8 are skipped and counted in `ret_n_ignored`. -EBADMSG
 * for a text with NUL bytes, -ENOMEM. */
int environment_file_parse(Str text, char ***assignments, unsigned *ret_n_ignored);
