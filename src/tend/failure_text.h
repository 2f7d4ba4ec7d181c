/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Words for failures: what a Result=, an exit status or the result of a job means. Text only. */

#include "base/strbuf.h"
#include "tend/unit_view.h"

/* The setting behind an exit status of the executor (200 to 245), "User" for 217; NULL for others.
 */
const char *failure_setting(int exit_status);

/* One clause on why the unit failed: "its main process exited with status 203/EXEC: the program
 * cannot be executed". Nothing is appended for a unit whose result is "success". */
void failure_describe(const UnitView *view, StrBuf *out);

/* How one command ended: "exited with status 1/FAILURE", "was killed by SIGKILL". */
void failure_describe_exit(int code, int status, StrBuf *out);

/* What the result of a job means: "it was canceled by another request"; NULL for "failed" and what
 * is not known. */
const char *failure_of_job(const char *result);
