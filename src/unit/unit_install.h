/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Operations on unit files: enable, disable, mask and so on (systemctl(1), "Unit File Commands").
 * Each is planned in memory, over what is on the disk, and then carried out as one: after a crash
 * either the links of before or those of after are there (unit_install_commit.h). Works below any
 * root directory, with or without a manager. */

#include "base/diag.h"
#include "unit/specifier.h"
#include "unit/unit_install_change.h"
#include "unit/unit_search.h"

typedef enum UnitInstallVerb {
        UNIT_INSTALL_ENABLE,
        UNIT_INSTALL_DISABLE,
        UNIT_INSTALL_REENABLE,
        UNIT_INSTALL_LINK,
        UNIT_INSTALL_PRESET,
        UNIT_INSTALL_PRESET_ALL,
        UNIT_INSTALL_MASK,
        UNIT_INSTALL_UNMASK,
        UNIT_INSTALL_REVERT,
        UNIT_INSTALL_ADD_WANTS,    /* names become dependencies of `target` */
        UNIT_INSTALL_ADD_REQUIRES, /* the same */
        UNIT_INSTALL_SET_DEFAULT,  /* to `target` */
        UNIT_INSTALL_VERB_COUNT
} UnitInstallVerb;

typedef enum UnitInstallFlags {
        UNIT_INSTALL_RUNTIME = 1 << 0,          /* until the next boot */
        UNIT_INSTALL_FORCE = 1 << 1,            /* other links are replaced */
        UNIT_INSTALL_IGNORE_AUXILIARY = 1 << 2, /* internal: as presets do */
} UnitInstallFlags;

typedef enum UnitPresetMode {
        UNIT_PRESET_FULL,
        UNIT_PRESET_ENABLE_ONLY,
        UNIT_PRESET_DISABLE_ONLY,
        UNIT_PRESET_MODE_COUNT
} UnitPresetMode;

/* Whose unit files, and where. */
typedef struct UnitInstallOptions {
        const UnitSearchOptions *search;
        const SpecifierMachine *machine; /* for names with specifiers */
        const char *transient_directory; /* instead of the usual one, NULL = that */
        bool global;                     /* those of all users, in /etc/systemd/user */
        void (*on_step)(void *userdata); /* before each change of the disk; for tests, or NULL */
        void *on_step_userdata;
} UnitInstallOptions;

typedef struct UnitInstallRequest {
        UnitInstallVerb verb;
        unsigned flags;      /* UnitInstallFlags */
        char *const *names;  /* names or absolute paths below the root directory */
        const char *target;  /* where the verb has one */
        UnitPresetMode mode; /* of presets */
} UnitInstallRequest;

typedef struct UnitInstallReport {
        UnitInstallChanges changes;
        Diag diag; /* what is wrong in the unit files that were read */
} UnitInstallReport;

/* Does it. How many links [Install] sections asked for (0 with enable: nothing that could be
 * enabled), or a negative error; the failures among the changes say what it was about. What could
 * be done is done also then. `ret` is always filled. */
int unit_install_run(const UnitInstallOptions *options,
                     const UnitInstallRequest *request,
                     UnitInstallReport *ret);

/* Carries out what an interrupted operation had decided. Called by all functions of unit_install*.h
 * themselves, and by a manager before it reads unit files. Without the right to write nothing
 * happens. */
void unit_install_recover(const UnitInstallOptions *options);

/* Releases a report. */
void unit_install_report_done(UnitInstallReport *report);
DEFINE_AUTO_DONE(UnitInstallReport, unit_install_report_done);

/* "full", "enable-only", "disable-only"; -EINVAL. "" is "full". */
int unit_preset_mode_parse(const char *text, UnitPresetMode *ret);
