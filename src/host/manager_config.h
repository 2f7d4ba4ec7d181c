/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Defaults of the manager from tend.conf and system.conf (user.conf for users): section [Manager]
 * with systemd's names (systemd-system.conf(5)). */

#include "base/auto.h"
#include "base/diag.h"
#include "engine/engine.h"
#include "unit/unit_spec.h"

typedef struct ManagerConfig {
        EngineConfig engine;
        int log_level;              /* LogLevel=, -1 = not set */
        char **environment;         /* DefaultEnvironment=: what services get */
        char **manager_environment; /* ManagerEnvironment=: what PassEnvironment= and the like see
                                       besides our own */
        UnitSpec *group_defaults;   /* DefaultTasksMax= and Default...Accounting= as settings of a
                                       service; NULL = none is given */
        UnitSpec *service_defaults; /* DefaultLimitNOFILE=, DefaultStandardOutput= and so on, for
                                       services that do not set them; NULL = none is given */
} ManagerConfig;

/* The compiled-in defaults. */
void manager_config_init(ManagerConfig *config, UnitScope scope);

/* Applies one text; findings name `path`. Only -ENOMEM is an error. */
int manager_config_read_text(ManagerConfig *config, Str text, const char *path, Diag *diag);

/* Applies all files of the machine: /etc/systemd/system.conf or user.conf with their .d
 * directories, then /etc/tend/tend.conf with its own; later ones win. */
int manager_config_load(ManagerConfig *config, Diag *diag);

/* Releases the lists. */
void manager_config_done(ManagerConfig *config);
DEFINE_AUTO_DONE(ManagerConfig, manager_config_done);
