/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Editing units: a drop-in or a copy of the whole file, in an editor or from standard input. */

#include "tend/tend.h"

CommandFunction cmd_edit;

/* What an editor left of a file that was laid out by cmd_edit: the text between the two markers,
 * trimmed, with one line break at the end; everything when they are not there. "" when nothing is
 * left. In fresh memory, NULL when out of memory. */
char *edit_result(const char *text);
