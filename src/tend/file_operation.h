/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Operations on unit files, done by the manager where one runs and by this process where none does
 * (image builds, --root, SYSTEMD_OFFLINE=1); the same lines are printed either way. */

#include "tend/tend.h"
#include "tend/unit_offline.h"
#include "unit/unit_install.h"

typedef struct FileOperation {
        UnitInstallVerb verb;
        const char *member;   /* of the manager's interface */
        const char *word;     /* after "Failed to" */
        const char *bus_word; /* the same when the manager refuses as a whole */
        bool warns_empty;     /* says so when there was nothing to enable */
        bool looks_up;        /* checks names of services first */
        const char *now_job;  /* what --now asks for: "StartUnit", "StopUnit", NULL */
} FileOperation;

/* Whether this process works on the files itself. 1, 0 (tend->client is there), or -errno after
 * saying why no manager is reached. */
int file_operation_is_offline(Tend *tend);

/* Does it and prints what changed to standard error. The exit status. */
int file_operation_run(Tend *tend,
                       const FileOperation *operation,
                       const UnitInstallRequest *request);

/* What offline work needs, from the options of the command line. -errno after printing why. */
typedef struct FileScene {
        UnitSearchOptions search;
        SpecifierMachine machine;
        UnitInstallOptions options; /* over both */
} FileScene;

/* Fills it in; it must not be moved. */
int file_scene_init(const Tend *tend, FileScene *scene);

/* Releases it. */
void file_scene_done(FileScene *scene);
DEFINE_AUTO_DONE(FileScene, file_scene_done);

/* Names of units as people type them; paths are made absolute. -errno after saying which is none.
 */
int file_names_mangle(const Tend *tend, const char *verb, char **typed, char ***ret);

/* Without a manager: checks, as systemctl does before it looks for init scripts, that names of
 * services do not lead astray. -errno after saying what is wrong. */
int file_names_look_up(Tend *tend, char *const *names);
