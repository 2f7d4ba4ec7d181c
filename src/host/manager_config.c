/* SPDX-License-Identifier: Apache-2.0 */
#include "host/manager_config.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/duration.h"
#include "base/enum_name.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/kind.h"
#include "unit/unit_source.h"
#include "unit/unit_spec.h"
#include "unit/word.h"

#define CONFIG_FILE_MAX (1024 * 1024)

typedef struct ConfigRow ConfigRow;

struct ConfigRow {
        const char *name;
        int (*apply)(ManagerConfig *config,
                     const ConfigRow *row,
                     Str text); /* 0, -EINVAL, -ENOMEM */
        size_t place;           /* offset in ManagerConfig, where `apply` needs one */
};

static int apply_usec(ManagerConfig *config, const ConfigRow *row, Str text) {
        return duration_parse(
                text, USEC_PER_SEC, (uint64_t *)(void *)((char *)config + row->place));
}

/* TimeoutStartSec= and TimeoutStopSec=: 0 means for ever. */
static int apply_timeout(ManagerConfig *config, const ConfigRow *row, Str text) {
        uint64_t usec;
        int r = duration_parse(text, USEC_PER_SEC, &usec);
        if (r < 0)
                return err_pass(r);
        uint64_t *place = (uint64_t *)(void *)((char *)config + row->place);
        *place = usec == 0 ? USEC_INFINITY : usec;
        return 0;
}

static int apply_unsigned(ManagerConfig *config, const ConfigRow *row, Str text) {
        return parse_u32(text, (uint32_t *)(void *)((char *)config + row->place));
}

static int apply_oom_policy(ManagerConfig *config, const ConfigRow *row, Str text) {
        (void)row; /* there is one place */
        int policy = enum_parse(oom_policy_names, OOM_POLICY_COUNT, text);
        if (policy < 0)
                return err_pass(policy);
        config->engine.default_oom_policy = (OomPolicy)policy;
        return 0;
}

static int apply_log_level(ManagerConfig *config, const ConfigRow *row, Str text) {
        (void)row; /* there is one place */
        AUTO_FREE char *name = str_dup(text);
        if (!name)
                return err_new(-ENOMEM);
        int level = log_level_parse(name);
        if (level < 0)
                return err_pass(level);
        config->log_level = level;
        return 0;
}

static int apply_environment(ManagerConfig *config, const ConfigRow *row, Str text) {
        char ***list = (char ***)(void *)((char *)config + row->place);
        AUTO_STRV char **words = NULL;
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        int r;

        if (text.length == 0) {
                *list = strv_free(*list);
                return 0;
        }
        while ((r = word_next(&text, NULL, WORD_UNQUOTE | WORD_UNESCAPE, &word)) > 0) {
                if (!strchr(strbuf_text(&word), '='))
                        return err_new(-EINVAL);
                r = strv_add(&words, strbuf_text(&word));
                if (r < 0)
                        return err_pass(r);
        }
        return r < 0 ? err_pass(r) : err_pass(strv_extend(list, words));
}

/* "DefaultTasksMax" stands for TasksMax= of units: the specification in the row's place. */
static int apply_setting(ManagerConfig *config, const ConfigRow *row, Str text) {
        UnitSpec **defaults = (UnitSpec **)(void *)((char *)config + row->place);
        const KindContext context = { .unit_type = UNIT_SERVICE };
        Str key = str_of(row->name + strlen("Default"));
        int r = *defaults ? 0 : unit_spec_new("defaults.service", defaults);

        if (r == 0)
                r = unit_spec_assign(*defaults, SECTION_SERVICE, key, text, &context);
        return r > 0 ? err_new(-EINVAL) : err_pass(r);
}

/* Settings of systemd's own that have no meaning here. */
static int apply_nothing(ManagerConfig *config, const ConfigRow *row, Str text) {
        (void)config;
        (void)row;
        (void)text;
        return 0;
}

#define ENGINE_PLACE(member) (offsetof(ManagerConfig, engine) + offsetof(EngineConfig, member))

/* clang-format off */
static const ConfigRow rows[] = {
        { "CPUAffinity", apply_nothing, 0 },
        { "CapabilityBoundingSet", apply_nothing, 0 },
        { "ConfirmSpawn", apply_nothing, 0 },
        { "CrashChangeVT", apply_nothing, 0 },
        { "CrashReboot", apply_nothing, 0 },
        { "CrashShell", apply_nothing, 0 },
        { "CtrlAltDelBurstAction", apply_nothing, 0 },
        { "DefaultBlockIOAccounting", apply_setting, offsetof(ManagerConfig, group_defaults) },
        { "DefaultCPUAccounting", apply_setting, offsetof(ManagerConfig, group_defaults) },
        { "DefaultDeviceTimeoutSec", apply_nothing, 0 },
        { "DefaultEnvironment", apply_environment, offsetof(ManagerConfig, environment) },
        { "DefaultIOAccounting", apply_setting, offsetof(ManagerConfig, group_defaults) },
        { "DefaultIPAccounting", apply_setting, offsetof(ManagerConfig, group_defaults) },
        { "DefaultLimitAS", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitCORE", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitCPU", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitDATA", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitFSIZE", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitLOCKS", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitMEMLOCK", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitMSGQUEUE", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitNICE", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitNOFILE", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitNPROC", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitRSS", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitRTPRIO", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitRTTIME", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitSIGPENDING", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultLimitSTACK", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultMemoryAccounting", apply_setting, offsetof(ManagerConfig, group_defaults) },
        { "DefaultOOMPolicy", apply_oom_policy, 0 },
        { "DefaultOOMScoreAdjust", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultRestartSec", apply_usec, ENGINE_PLACE(default_restart_usec) },
        { "DefaultSmackProcessLabel", apply_nothing, 0 },
        { "DefaultStandardError", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultStandardOutput", apply_setting, offsetof(ManagerConfig, service_defaults) },
        { "DefaultStartLimitBurst", apply_unsigned, ENGINE_PLACE(default_start_limit_burst) },
        { "DefaultStartLimitInterval", apply_usec, ENGINE_PLACE(default_start_limit_interval_usec) },
        { "DefaultStartLimitIntervalSec", apply_usec, ENGINE_PLACE(default_start_limit_interval_usec) },
        { "DefaultTasksAccounting", apply_setting, offsetof(ManagerConfig, group_defaults) },
        { "DefaultTasksMax", apply_setting, offsetof(ManagerConfig, group_defaults) },
        { "DefaultTimeoutAbortSec", apply_timeout, ENGINE_PLACE(default_timeout_abort_usec) },
        { "DefaultTimeoutStartSec", apply_timeout, ENGINE_PLACE(default_timeout_start_usec) },
        { "DefaultTimeoutStopSec", apply_timeout, ENGINE_PLACE(default_timeout_stop_usec) },
        { "DefaultTimerAccuracySec", apply_nothing, 0 },
        { "DumpCore", apply_nothing, 0 },
        { "KExecWatchdogSec", apply_nothing, 0 },
        { "LogColor", apply_nothing, 0 },
        { "LogLevel", apply_log_level, 0 },
        { "LogLocation", apply_nothing, 0 },
        { "LogTarget", apply_nothing, 0 },
        { "LogTime", apply_nothing, 0 },
        { "ManagerEnvironment", apply_environment, offsetof(ManagerConfig, manager_environment) },
        { "NUMAMask", apply_nothing, 0 },
        { "NUMAPolicy", apply_nothing, 0 },
        { "NoNewPrivileges", apply_nothing, 0 },
        { "RebootWatchdogSec", apply_nothing, 0 },
        { "RuntimeWatchdogPreGovernor", apply_nothing, 0 },
        { "RuntimeWatchdogPreSec", apply_nothing, 0 },
        { "RuntimeWatchdogSec", apply_nothing, 0 },
        { "ShowStatus", apply_nothing, 0 },
        { "ShutdownWatchdogSec", apply_nothing, 0 },
        { "StatusUnitFormat", apply_nothing, 0 },
        { "SystemCallArchitectures", apply_nothing, 0 },
        { "TimerSlackNSec", apply_nothing, 0 },
        { "WatchdogDevice", apply_nothing, 0 },
};
/* clang-format on */

void manager_config_init(ManagerConfig *config, UnitScope scope) {
        *config = (ManagerConfig){ .engine = ENGINE_CONFIG_INIT, .log_level = -1 };
        config->engine.scope = scope;
}

void manager_config_done(ManagerConfig *config) {
        config->environment = strv_free(config->environment);
        config->manager_environment = strv_free(config->manager_environment);
        config->group_defaults = unit_spec_free(config->group_defaults);
        config->service_defaults = unit_spec_free(config->service_defaults);
}

static const ConfigRow *find_row(Str key) {
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                if (str_equal_c(key, rows[i].name))
                        return &rows[i];
        return NULL;
}

static void suggest(Diag *diag, Str key) {
        unsigned best = 3;
        const char *name = NULL;

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                unsigned distance = str_edit_distance(key, str_of(rows[i].name), 2);
                if (distance < best) {
                        best = distance;
                        name = rows[i].name;
                }
        }
        if (name)
                diag_hint(diag, "did you mean %s=?", name);
}

static int apply_assignment(ManagerConfig *config, const UnitSource *source, Diag *diag) {
        const DiagPlace place = { .file = source->path, .line = source->line };
        const ConfigRow *row = find_row(source->key);

        if (!row) {
                diag_add(diag,
                         &place,
                         DIAG_WARNING,
                         "Unknown key name '%.*s' in section 'Manager', ignoring.",
                         STR_ARG(source->key));
                suggest(diag, source->key);
                return 0;
        }
        int r = row->apply(config, row, source->value);
        if (r < 0 && r != -ENOMEM)
                diag_add(diag,
                         &place,
                         DIAG_WARNING,
                         "Failed to parse %s= value, ignoring: %.*s",
                         row->name,
                         STR_ARG(source->value));
        return r == -ENOMEM ? err_pass(r) : 0;
}

int manager_config_read_text(ManagerConfig *config, Str text, const char *path, Diag *diag) {
        AUTO(unit_source_done) UnitSource source = { 0 };
        bool in_manager = false;
        int item, r = 0;

        unit_source_init(&source, text, path, NULL, diag);
        while (r == 0 && (item = unit_source_next(&source)) > 0) {
                if (item == UNIT_SOURCE_SECTION) {
                        in_manager = str_equal_c(source.section, "Manager");
                        source.section_ignored = !in_manager;
                } else if (item == UNIT_SOURCE_ASSIGNMENT && in_manager)
                        r = apply_assignment(config, &source, diag);
        }
        return r == -ENOMEM ? err_pass(r) : 0; /* a broken file counts as far as it can be read */
}

static int read_one(ManagerConfig *config, const char *path, Diag *diag) {
        AUTO_FREE char *text = NULL;
        size_t length = 0;

        int r = file_read(path, CONFIG_FILE_MAX, &text, &length, NULL);
        if (r == -ENOENT || r == -ENOTDIR)
                return 0;
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0) {
                const DiagPlace place = { .file = path };
                diag_add(diag, &place, DIAG_WARNING, "Cannot read, ignoring: %s", strerror(-r));
                return 0;
        }
        return err_pass(manager_config_read_text(config, (Str){ text, length }, path, diag));
}

/* The names of *.conf files in a directory, sorted. */
static int list_directory(const char *path, char ***ret_names) {
        AUTO_STRV char **names = NULL;
        AUTO_DIR DIR *directory = opendir(path);

        for (struct dirent *entry; directory && (entry = readdir(directory));)
                if (str_has_suffix(str_of(entry->d_name), ".conf") && entry->d_name[0] != '.') {
                        int r = strv_add(&names, entry->d_name);
                        if (r < 0)
                                return err_pass(r);
                }
        strv_sort(names);
        *ret_names = STEAL(names);
        return 0;
}

static int read_with_dropins(ManagerConfig *config, const char *path, Diag *diag) {
        AUTO_FREE char *directory = NULL;
        AUTO_STRV char **names = NULL;
        StrBuf text = STRBUF_INIT;

        int r = read_one(config, path, diag);
        if (r < 0)
                return err_pass(r);
        strbuf_addf(&text, "%s.d", path);
        directory = strbuf_steal(&text);
        if (!directory)
                return err_new(-ENOMEM);
        r = list_directory(directory, &names);
        STRV_FOREACH(name, names) {
                AUTO_FREE char *file = path_join(directory, *name);
                if (!file)
                        return err_new(-ENOMEM);
                r = read_one(config, file, diag);
                if (r < 0)
                        return err_pass(r);
        }
        return err_pass(r);
}

int manager_config_load(ManagerConfig *config, Diag *diag) {
        static const char *const files[UNIT_SCOPE_COUNT][2] = {
                [UNIT_SCOPE_SYSTEM] = { "/etc/systemd/system.conf", "/etc/tend/tend.conf" },
                [UNIT_SCOPE_USER] = { "/etc/systemd/user.conf", "/etc/tend/tend.conf" },
        };
        for (size_t i = 0; i < 2; i++) {
                int r = read_with_dropins(config, files[config->engine.scope][i], diag);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}
