/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Everything `tend status UNIT` tells, gathered before anything is printed. */

#include <stdint.h>

#include "base/auto.h"
#include "base/diag.h"
#include "tend/unit_view.h"

typedef struct StatusProcess {
        uint32_t pid;
        char *command;
} StatusProcess;

typedef struct StatusFacts {
        UnitView view;
        StatusProcess *processes; /* sorted by pid */
        unsigned n_processes;
        char **reports; /* settings that are not fully enforced, in words */
        Diag findings;  /* of loading the unit's files */
        char **log_lines;
        char *log_path;
        const char *stand_in; /* why tend stands for a unit of systemd's, static; NULL */
        char *reason;         /* why it is not up, "" when it is or nothing is known */
} StatusFacts;

/* Gathers it; only the unit itself is needed, all else may be missing. -errno after printing why.
 */
int status_facts_get(Tend *tend, const char *unit, StatusFacts *ret);

/* Releases it. */
void status_facts_done(StatusFacts *facts);
DEFINE_AUTO_DONE(StatusFacts, status_facts_done);
