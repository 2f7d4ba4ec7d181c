/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How exposed a service is, as `systemd-analyze security` of systemd 252 scores it: one row per
 * thing that a sandbox can take away, with the weights of 252. */

#include "base/auto.h"
#include "unit/unit_spec.h"

typedef struct SecurityRow {
        const char *name;       /* "RestrictNamespaces=~user" */
        const char *field;      /* in JSON: "RestrictNamespaces_user" */
        char *description;      /* owned; NULL where 252 has none */
        unsigned weight, range; /* range: the worst badness */
        unsigned badness;
        bool not_applicable; /* counts for nothing */
        bool is_flag;        /* all or nothing, with words for both */
} SecurityRow;

typedef struct SecurityScore {
        SecurityRow *rows; /* owned, in the order of the table */
        unsigned n_rows;
        unsigned long weight_sum;
        unsigned exposure; /* tenths: 0 = nothing is exposed, 100 = everything */
} SecurityScore;

/* Scores a service. `lost`: names of settings that nothing implies either (NULL = none); `is_user`:
 * it belongs to a user's manager. -ENOMEM. */
int security_score_make(const UnitSpec *spec, char *const *lost, bool is_user, SecurityScore *ret);

/* Adds the rows up anew, after some have changed. */
void security_score_sum(SecurityScore *score);

/* Releases it. */
void security_score_done(SecurityScore *score);
DEFINE_AUTO_DONE(SecurityScore, security_score_done);

/* A row's share of the exposure in tenths, rounded up. */
unsigned security_row_exposure(const SecurityScore *score, const SecurityRow *row);

/* "PERFECT" to "DANGEROUS", and a face for it: of letters where the terminal or the locale has no
 * others ($SYSTEMD_EMOJI decides). */
const char *security_verdict(unsigned exposure, const char **ret_face);
