/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What became of each setting of a unit: what was asked for, what holds, why, and what to do about
 * it. From the rows of the settings and what the executor said at the last start. */

#include <stdbool.h>

#include "base/auto.h"
#include "unit/unit_spec.h"

typedef struct SettingReport {
        char *name;  /* "PrivateTmp"; "" when no setting is to blame */
        char *asked; /* "yes"; lines of a list by spaces; "" when unknown */
        char *why;   /* "" when it holds in full */
        SupportLevel holds;
        bool is_refused; /* by the kernel */
        bool is_failure; /* the start failed because of it */
} SettingReport;

typedef struct SettingReports {
        SettingReport *rows; /* owned; in the order of the tables */
        unsigned n_rows;
        unsigned n_less; /* rows that hold less than was asked for */
} SettingReports;

/* Everything about isolation, resources and the environment of processes that `spec` (NULL = not
 * known) asks for, and all else that tend does not do in full. `lines` are the executor's reports
 * (tend/report_text.h). -ENOMEM. */
int setting_reports_make(const UnitSpec *spec, char *const *lines, SettingReports *ret);

/* Releases it. */
void setting_reports_done(SettingReports *reports);
DEFINE_AUTO_DONE(SettingReports, setting_reports_done);

/* Whether it holds less than was asked for. */
bool setting_report_is_less(const SettingReport *report);

/* "enforced", "emulated", "weakened", "refused", "not supported". */
const char *setting_report_level(const SettingReport *report);

/* What one could do, a sentence; NULL when it holds. `is_user`: the manager is a user's;
 * `is_confined`: it has not all capabilities. */
const char *setting_report_advice(const SettingReport *report, bool is_user, bool is_confined);
