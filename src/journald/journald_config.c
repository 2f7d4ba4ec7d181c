/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/journald_config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/duration.h"
#include "base/enum_name.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "journal/journal_file.h"
#include "unit/unit_source.h"

#define CONFIG_FILE_MAX (1024 * 1024)
#define LINE_MAX_LEAST 79
#define COMPRESS_LEAST 8 /* as systemd: less than this is taken for this */

typedef struct Row Row;

struct Row {
        const char *name;
        int (*apply)(JournaldConfig *config, const Row *row, Str text);
        size_t place;   /* offset in JournaldConfig */
        bool is_common; /* of the recorder as a whole: a name space cannot have its own */
};

static uint64_t *number_at(JournaldConfig *config, const Row *row) {
        return (uint64_t *)(void *)((char *)config + row->place);
}

static int apply_storage(JournaldConfig *config, const Row *row, Str text) {
        static const char *const names[JOURNAL_STORAGE_COUNT] = {
                [STORAGE_AUTO] = "auto",
                [STORAGE_PERSISTENT] = "persistent",
                [STORAGE_VOLATILE] = "volatile",
                [STORAGE_NONE] = "none",
        };
        int value = enum_parse(names, JOURNAL_STORAGE_COUNT, text);
        (void)row; /* there is one place */
        if (value < 0)
                return err_pass(value);
        config->storage = (JournalStorage)value;
        return 0;
}

/* A boolean, or the size from which on values are compressed. */
static int apply_compress(JournaldConfig *config, const Row *row, Str text) {
        bool wanted;
        (void)row; /* there is one place */
        if (text.length == 0 || parse_boolean(text, &wanted) == 0) {
                config->compress_threshold =
                        text.length == 0 || wanted ? JOURNAL_COMPRESS_THRESHOLD : 0;
                return 0;
        }
        int r = parse_size(text, &config->compress_threshold);
        config->compress_threshold = MAX(config->compress_threshold, (uint64_t)COMPRESS_LEAST);
        return err_pass(r);
}

static int apply_size(JournaldConfig *config, const Row *row, Str text) {
        return err_pass(parse_size(text, number_at(config, row)));
}

static int apply_number(JournaldConfig *config, const Row *row, Str text) {
        return err_pass(parse_u64(text, 10, number_at(config, row)));
}

static int apply_usec(JournaldConfig *config, const Row *row, Str text) {
        return err_pass(duration_parse(text, USEC_PER_SEC, number_at(config, row)));
}

static int apply_line_max(JournaldConfig *config, const Row *row, Str text) {
        int r = apply_size(config, row, text);
        if (r == 0)
                config->line_max = MAX(config->line_max, (uint64_t)LINE_MAX_LEAST);
        return err_pass(r);
}

static int apply_level(JournaldConfig *config, const Row *row, Str text) {
        AUTO_FREE char *name = str_dup(text);
        int level = name ? log_level_parse(name) : -ENOMEM;
        if (level < 0)
                return err_pass(level);
        memcpy((char *)config + row->place, &level, sizeof(level));
        return 0;
}

static int apply_boolean(JournaldConfig *config, const Row *row, Str text) {
        bool wanted;
        int r = parse_boolean(text, &wanted);

        if (r >= 0)
                memcpy((char *)config + row->place, &wanted, sizeof(wanted));
        return err_pass(r);
}

static int apply_read_kernel(JournaldConfig *config, const Row *row, Str text) {
        bool wanted;
        int r = parse_boolean(text, &wanted);
        (void)row; /* there is one place */

        if (r >= 0)
                config->read_kernel = wanted ? WISH_YES : WISH_NO;
        return err_pass(r);
}

static int apply_tty(JournaldConfig *config, const Row *row, Str text) {
        (void)row; /* there is one place */
        if (!path_is_absolute(text) || text.length >= sizeof(config->tty_path))
                return err_new(-EINVAL);
        memcpy(config->tty_path, text.data, text.length);
        config->tty_path[text.length] = '\0';
        return 0;
}

/* What tend-journald does not do, it reads no audit messages and seals nothing. -EOPNOTSUPP when
 * that is asked for. */
static int apply_missing(JournaldConfig *config, const Row *row, Str text) {
        bool wanted = false;
        int r = text.length > 0 ? parse_boolean(text, &wanted) : 0;
        (void)config;
        (void)row;

        if (r < 0)
                return err_pass(r);
        return wanted ? err_new(-EOPNOTSUPP) : 0;
}

/* One file for all users is what there is. */
static int apply_split_mode(JournaldConfig *config, const Row *row, Str text) {
        (void)config;
        (void)row;
        if (text.length == 0 || str_equal_c(text, "none"))
                return 0;
        return str_equal_c(text, "uid") ? err_new(-EOPNOTSUPP) : err_new(-EINVAL);
}

#define PLACE(member) offsetof(JournaldConfig, member)
#define FORWARD(target, member) PLACE(forward[FORWARD_##target].member)

/* clang-format off */
static const Row rows[] = {
        { "Audit", apply_missing, 0, true },
        { "Compress", apply_compress, 0, false },
        { "ForwardToConsole", apply_boolean, FORWARD(CONSOLE, is_wanted), true },
        { "ForwardToKMsg", apply_boolean, FORWARD(KERNEL, is_wanted), true },
        { "ForwardToSyslog", apply_boolean, FORWARD(SYSLOG, is_wanted), true },
        { "ForwardToWall", apply_boolean, FORWARD(WALL, is_wanted), true },
        { "LineMax", apply_line_max, PLACE(line_max), true },
        { "MaxFileSec", apply_usec, PLACE(max_file_usec), false },
        { "MaxLevelConsole", apply_level, FORWARD(CONSOLE, max_level), true },
        { "MaxLevelKMsg", apply_level, FORWARD(KERNEL, max_level), true },
        { "MaxLevelStore", apply_level, PLACE(max_level_store), false },
        { "MaxLevelSyslog", apply_level, FORWARD(SYSLOG, max_level), true },
        { "MaxLevelWall", apply_level, FORWARD(WALL, max_level), true },
        { "MaxRetentionSec", apply_usec, PLACE(max_retention_usec), false },
        { "RateLimitBurst", apply_number, PLACE(rate_limit_burst), true },
        { "RateLimitInterval", apply_usec, PLACE(rate_limit_interval_usec), true },
        { "RateLimitIntervalSec", apply_usec, PLACE(rate_limit_interval_usec), true },
        { "ReadKMsg", apply_read_kernel, 0, true },
        { "RuntimeKeepFree", apply_size, PLACE(runtime.keep_free), false },
        { "RuntimeMaxFileSize", apply_size, PLACE(runtime.max_file_size), false },
        { "RuntimeMaxFiles", apply_number, PLACE(runtime.max_files), false },
        { "RuntimeMaxUse", apply_size, PLACE(runtime.max_use), false },
        { "Seal", apply_missing, 0, true },
        { "SplitMode", apply_split_mode, 0, true },
        { "Storage", apply_storage, 0, false },
        { "SyncIntervalSec", apply_usec, PLACE(sync_interval_usec), true },
        { "SystemKeepFree", apply_size, PLACE(system.keep_free), false },
        { "SystemMaxFileSize", apply_size, PLACE(system.max_file_size), false },
        { "SystemMaxFiles", apply_number, PLACE(system.max_files), false },
        { "SystemMaxUse", apply_size, PLACE(system.max_use), false },
        { "TTYPath", apply_tty, 0, true },
};
/* clang-format on */

#define LIMITS_UNSET                                                                               \
        ((SpaceLimits){ .max_use = LIMIT_UNSET,                                                    \
                        .keep_free = LIMIT_UNSET,                                                  \
                        .max_file_size = LIMIT_UNSET,                                              \
                        .max_files = 100 })

void journald_config_init(JournaldConfig *config) {
        bool compact = true;
        const char *wish = getenv("SYSTEMD_JOURNAL_COMPACT");

        if (wish)
                (void)parse_boolean(str_of(wish), &compact); /* nonsense changes nothing */
        *config = (JournaldConfig){
                .compress_threshold = JOURNAL_COMPRESS_THRESHOLD,
                .compact = compact,
                .system = LIMITS_UNSET,
                .runtime = LIMITS_UNSET,
                .sync_interval_usec = 5 * USEC_PER_MINUTE,
                .rate_limit_interval_usec = 30 * USEC_PER_SEC,
                .rate_limit_burst = 10000,
                .max_file_usec = USEC_PER_MONTH,
                .line_max = 48 * 1024,
                .max_level_store = LOG_DEBUG,
                .forward = {
                        [FORWARD_SYSLOG] = { true, LOG_DEBUG },
                        [FORWARD_KERNEL] = { false, LOG_NOTICE },
                        [FORWARD_CONSOLE] = { false, LOG_INFO },
                        [FORWARD_WALL] = { true, LOG_EMERG },
                },
                .tty_path = "/dev/console",
        };
}

static int apply_assignment(JournaldConfig *config, const UnitSource *source, Diag *diag) {
        const DiagPlace place = { .file = source->path, .line = source->line };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                if (!str_equal_c(source->key, rows[i].name))
                        continue;
                int r = config->is_of_namespace && rows[i].is_common
                                ? -EOPNOTSUPP
                                : rows[i].apply(config, &rows[i], source->value);
                if (r == -EOPNOTSUPP)
                        diag_add(diag,
                                 &place,
                                 DIAG_WARNING,
                                 "%s=%.*s is not done by tend-journald%s, ignoring.",
                                 rows[i].name,
                                 STR_ARG(source->value),
                                 config->is_of_namespace ? " for a name space of its own" : "");
                else if (r < 0 && r != -ENOMEM)
                        diag_add(diag,
                                 &place,
                                 DIAG_WARNING,
                                 "Failed to parse %s= value, ignoring: %.*s",
                                 rows[i].name,
                                 STR_ARG(source->value));
                return r == -ENOMEM ? err_pass(r) : 0;
        }
        diag_add(diag,
                 &place,
                 DIAG_WARNING,
                 "Unknown key name '%.*s' in section 'Journal', ignoring.",
                 STR_ARG(source->key));
        return 0;
}

int journald_config_read_text(JournaldConfig *config, Str text, const char *path, Diag *diag) {
        AUTO(unit_source_done) UnitSource source = { 0 };
        bool in_journal = false;
        int item, r = 0;

        unit_source_init(&source, text, path, NULL, diag);
        while (r == 0 && (item = unit_source_next(&source)) > 0) {
                if (item == UNIT_SOURCE_SECTION) {
                        in_journal = str_equal_c(source.section, "Journal");
                        source.section_ignored = !in_journal;
                } else if (item == UNIT_SOURCE_ASSIGNMENT && in_journal)
                        r = apply_assignment(config, &source, diag);
        }
        return r == -ENOMEM ? err_pass(r) : 0;
}

static int read_one(JournaldConfig *config, const char *path, Diag *diag) {
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
        return err_pass(journald_config_read_text(config, (Str){ text, length }, path, diag));
}

/* The drop-ins of some directories as "name\0path", sorted by name; a later directory's file takes
 * the place of an earlier one's of the same name. */
static int read_dropins(JournaldConfig *config, const char *const *directories, Diag *diag) {
        AUTO_STRV char **names = NULL;
        int r = 0;

        for (size_t i = 0; directories[i]; i++) {
                AUTO_DIR DIR *directory = opendir(directories[i]);
                for (struct dirent *entry; directory && (entry = readdir(directory));)
                        if (str_has_suffix(str_of(entry->d_name), ".conf") && r >= 0)
                                r = strv_add_unique(&names, entry->d_name);
        }
        strv_sort(names);
        STRV_FOREACH(name, names) {
                AUTO_FREE char *found = NULL;
                for (size_t i = 0; directories[i]; i++) {
                        AUTO_FREE char *path = path_join(directories[i], *name);
                        AUTO_FD int fd = path ? open(path, O_PATH | O_CLOEXEC) : -1;
                        if (fd >= 0) {
                                free(found);
                                found = STEAL(path);
                        }
                }
                if (r >= 0 && found)
                        r = read_one(config, found, diag);
        }
        return err_pass(r);
}

int journald_config_load(JournaldConfig *config, Diag *diag) {
        static const char *const systemd[] = { "/usr/lib/systemd/journald.conf.d",
                                               "/run/systemd/journald.conf.d",
                                               "/etc/systemd/journald.conf.d",
                                               NULL };
        static const char *const own[] = { "/etc/tend/journald.conf.d", NULL };
        int r = read_one(config, "/etc/systemd/journald.conf", diag);

        if (r >= 0)
                r = read_dropins(config, systemd, diag);
        if (r >= 0)
                r = read_one(config, "/etc/tend/journald.conf", diag);
        if (r >= 0)
                r = read_dropins(config, own, diag);
        return err_pass(r);
}

int journald_config_load_namespace(JournaldConfig *config, const char *name, Diag *diag) {
        static const char *const formats[] = { "/usr/lib/systemd/journald@%s.conf.d",
                                               "/run/systemd/journald@%s.conf.d",
                                               "/etc/systemd/journald@%s.conf.d",
                                               "/etc/systemd/journald@%s.conf" };
        char paths[ARRAY_LENGTH(formats)][320];
        const char *const directories[] = { paths[0], paths[1], paths[2], NULL };

        config->is_of_namespace = true;
        for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
                AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
                const char *format = formats[i];
                const char *place = strchr(format, '%');
                strbuf_addf(&text, "%.*s%s%s", (int)(place - format), format, name, place + 2);
                if (strbuf_result(&text) < 0 || text.length >= sizeof(paths[i]))
                        return err_new(-ENAMETOOLONG);
                memcpy(paths[i], strbuf_text(&text), text.length + 1);
        }
        int r = read_one(config, paths[3], diag);
        return r < 0 ? err_pass(r) : err_pass(read_dropins(config, directories, diag));
}
