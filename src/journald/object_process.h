/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* OBJECT_PID=: a privileged sender speaks of a process, of which the same is noted as of senders
 * (systemd.journal-fields(7)). */

#include "journald/sender.h"

/* Adds "OBJECT_UID=", "OBJECT_COMM=" and so on of a process; nothing when it has ended. */
void object_process_add(Senders *senders, pid_t pid, ValueSet *set);
