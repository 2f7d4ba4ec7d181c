/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Commands of systemd-analyze that look at files and tables only: unit-files, cat-config,
 * capability, compare-versions. */

#include "tend/analyze/analyze_boot.h"

/* Each prints the answer to its command; the exit status. */
int analyze_unit_files(const BootOptions *options, char **arguments);
int analyze_cat_config(const BootOptions *options, char **arguments);
int analyze_capability(const BootOptions *options, char **arguments);
int analyze_compare_versions(const BootOptions *options, char **arguments);
