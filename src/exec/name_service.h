/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The executor is linked statically and knows /etc/passwd and /etc/group only. For other names it
 * begins again as tend-exec-nss, the same program with the C library's name services, which stands
 * beside it. */

#include "sandbox/exec_context.h"

/* Executes tend-exec-nss for this request, with its descriptors where they are, and the plan of
 * these bytes; returns only when that failed: the exit code, after a report. */
int name_service_execute(const ExecRequest *request, Str plan, const ExecReport *report);
