/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What of a service's settings really held, and the score of that: what the manager's executor said
 * about its last run, or, without one, what tend does in general. Prints for `tend security`; the
 * answers under systemd's names know nothing of it. */

#include "base/auto.h"
#include "tend/analyze/security_score.h"
#include "tend/setting_report.h"
#include "tend/tend.h"

typedef struct SecurityHeld {
        SettingReports settings; /* with what is less than was asked for */
        SecurityScore score;     /* of what held */
        bool has_run;            /* the manager knows of a run */
} SecurityHeld;

/* Finds out what held. `is_file`: the settings are not those of a unit that the manager has. What
 * was refused or weakened counts as not set. -ENOMEM; that no manager answers is none. */
int security_held_make(Tend *tend, const UnitSpec *spec, bool is_file, SecurityHeld *ret);

/* Releases it. */
void security_held_done(SecurityHeld *held);
DEFINE_AUTO_DONE(SecurityHeld, security_held_done);

/* Appends "-> WORDS UNIT: 4.2 OK" with a face. */
void security_print_overall(const char *words, const char *unit, unsigned exposure, StrBuf *out);

/* Appends the second score, and a line for each setting that counts for it and is less than asked
 * for. */
void security_held_print(const SecurityHeld *held, const char *unit, StrBuf *out);

/* Appends both scores as one JSON object. */
void security_held_print_json(const SecurityHeld *held,
                              const SecurityScore *asked,
                              const char *unit,
                              StrBuf *out);
