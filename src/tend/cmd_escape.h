/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* escape: text and paths as parts of unit names, and back. Answers as systemd-escape of version 252
 * does, and has its options. */

/* Does what the command line says; `program` stands before messages about options. The exit status.
 */
int escape_main(const char *program, int argc, char **argv);
