/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where output goes in the end: standard output, or a pager when a terminal is too low for it. */

#include <sys/types.h>

#include "base/strbuf.h"
#include "tend/tend.h"

/* Writes the text; through $TEND_PAGER, $SYSTEMD_PAGER, $PAGER or less when standard output is a
 * terminal with fewer lines, unless TEND_NO_PAGER. -errno after printing why it cannot be written.
 */
int pager_print(const Tend *tend, const StrBuf *text);

/* Sends standard output to a pager from here on, if it is a terminal and paging is wanted; with
 * `at_end` its last page comes first. What pager_end gets: 0 = there is none. */
pid_t pager_begin(const Tend *tend, bool at_end);

/* Ends the output and waits until the pager is left. */
void pager_end(pid_t pager);

/* Display columns of the terminal; 0 when output goes elsewhere or nothing shall be cut. */
size_t pager_width(const Tend *tend);

/* Columns of the terminal: $COLUMNS, what the terminal says, or 80. */
unsigned pager_columns(const Tend *tend);
