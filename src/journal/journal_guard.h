/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Files that are cut while they are mapped: touching what is gone is SIGBUS (mmap(2)), which would
 * end the process. */

/* From now on zeros are read there instead: objects in them are damaged, as any may be. For
 * programs that only read; whether a file was cut tells journal_reader_is_cut. -errno of
 * sigaction(2). */
int journal_guard_begin(void);

/* The same for a program that writes: what it writes there is lost, and journal_map_is_cut tells
 * that it was. */
int journal_guard_begin_writing(void);
