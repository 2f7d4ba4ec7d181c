/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* journald.conf(5): /etc/systemd/journald.conf and its drop-ins, then /etc/tend/journald.conf and
 * its own; later ones win. */

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/str.h"

typedef enum JournalStorage {
        STORAGE_AUTO,       /* on disk where /var/log/journal is there */
        STORAGE_PERSISTENT, /* on disk */
        STORAGE_VOLATILE,   /* in /run */
        STORAGE_NONE,       /* nowhere */
        JOURNAL_STORAGE_COUNT
} JournalStorage;

#define LIMIT_UNSET UINT64_MAX

/* How much room files may take; LIMIT_UNSET = by the size of the file system. */
typedef struct SpaceLimits {
        uint64_t max_use, keep_free, max_file_size;
        uint64_t max_files;
} SpaceLimits;

/* To whom messages go besides the journal. */
typedef enum ForwardTarget {
        FORWARD_SYSLOG,
        FORWARD_KERNEL,
        FORWARD_CONSOLE,
        FORWARD_WALL,
        FORWARD_TARGET_COUNT
} ForwardTarget;

typedef struct ForwardRule {
        bool is_wanted;
        int max_level; /* syslog(3) level */
} ForwardRule;

typedef enum Wish {
        WISH_DEFAULT,
        WISH_NO,
        WISH_YES,
} Wish;

#define TTY_PATH_SIZE 256

typedef struct JournaldConfig {
        JournalStorage storage;
        uint64_t compress_threshold; /* bytes; 0 = never */
        bool compact;                /* SYSTEMD_JOURNAL_COMPACT in the environment */
        SpaceLimits system, runtime;
        uint64_t sync_interval_usec;
        uint64_t rate_limit_interval_usec, rate_limit_burst; /* 0 = no limit */
        uint64_t max_retention_usec, max_file_usec;          /* 0 = no limit */
        uint64_t line_max;                                   /* bytes */
        int max_level_store;                                 /* syslog(3) level */
        ForwardRule forward[FORWARD_TARGET_COUNT];
        char tty_path[TTY_PATH_SIZE]; /* of FORWARD_CONSOLE */
        Wish read_kernel;             /* by default: where we are the machine's */
        bool is_of_namespace;         /* what only the recorder as a whole can have is reported */
} JournaldConfig;

/* The compiled-in values. */
void journald_config_init(JournaldConfig *config);

/* Applies one text; findings name `path`. Only -ENOMEM is an error. */
int journald_config_read_text(JournaldConfig *config, Str text, const char *path, Diag *diag);

/* Applies all files of the machine. */
int journald_config_load(JournaldConfig *config, Diag *diag);

/* Applies the files of a name space, "journald@NAME.conf" and its drop-ins, over what is there. */
int journald_config_load_namespace(JournaldConfig *config, const char *name, Diag *diag);
