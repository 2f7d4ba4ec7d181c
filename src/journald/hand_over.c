/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/hand_over.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "journald/privilege_drop.h"

#define JOURNAL_PART ".journal" /* in the names of journal files, broken ones too */

/* Directories of name spaces beside `directory`: "<directory>.NAME". */
static int give_name_spaces(const RecorderUser *user, const char *directory, const char *parent) {
        const char *own = path_base_name(directory);
        AUTO_DIR DIR *dir = opendir(parent);
        int r = 0;

        for (const struct dirent *entry; dir && r >= 0 && (entry = readdir(dir));) {
                Str rest = str_of(entry->d_name);
                if (!str_skip_prefix(&rest, own) || !str_has_prefix(rest, "."))
                        continue;
                AUTO_FREE char *path = path_join(parent, entry->d_name);
                r = path ? recorder_user_give(user, path, JOURNAL_PART) : err_new(-ENOMEM);
        }
        return err_pass(r);
}

/* A directory of journal files, and the one above it, where those of name spaces are made. */
static int give_place(const RecorderUser *user, const char *directory) {
        AUTO_FREE char *parent = path_dir_name(directory);
        int r = parent ? recorder_user_give(user, parent, JOURNAL_PART) : err_new(-ENOMEM);

        if (r >= 0)
                r = recorder_user_give(user, directory, JOURNAL_PART);
        return r < 0 ? err_pass(r) : err_pass(give_name_spaces(user, directory, parent));
}

/* The first directory that the user cannot get to, NULL = none. */
static const char *first_unreachable(const Recorder *recorder, const StorageOptions *options) {
        const char *const directories[] = { recorder->paths.stream_directory,
                                            options->runtime_directory,
                                            options->system_directory };

        for (size_t i = 0; i < ARRAY_LENGTH(directories); i++)
                if (directories[i] && !recorder_user_reaches(&recorder->user, directories[i]))
                        return directories[i];
        return NULL;
}

/* In the order in which they lie in each other. */
static int give_all(Recorder *recorder, const StorageOptions *options) {
        const JournaldPaths *paths = &recorder->paths;
        int r = recorder_user_give(&recorder->user, paths->directory, NULL);

        if (r >= 0)
                r = recorder_user_give(&recorder->user, paths->stream_directory, NULL);
        if (r >= 0)
                r = journald_paths_give(paths, &recorder->user);
        if (r >= 0 && options->runtime_directory)
                r = give_place(&recorder->user, options->runtime_directory);
        if (r >= 0 && options->system_directory)
                r = give_place(&recorder->user, options->system_directory);
        return err_pass(r);
}

/* Why the user cannot be had, NULL when it can: a text in `buffer` or a static one. */
static const char *
obstacle(Recorder *recorder, const StorageOptions *options, char *buffer, size_t size) {
        const char *reason = NULL;
        int r = recorder_user_find(recorder->paths.user_marks, &recorder->user, &reason);

        if (r < 0 || reason || !recorder->user.is_other)
                return r < 0 ? strerror(-r) : reason;
        r = give_all(recorder, options);
        if (r < 0)
                return strerror(-r);
        const char *directory = first_unreachable(recorder, options);
        if (!directory)
                return NULL;
        (void)snprintf(buffer, size, "no other user gets to %s", directory); /* cut at worst */
        return buffer;
}

int hand_over(Recorder *recorder, const StorageOptions *options) {
        StorageOptions used = *options;
        char buffer[512];

        if (recorder->config.storage == STORAGE_NONE)
                used.runtime_directory = NULL;
        if (!storage_wants_disk(&recorder->config, &used))
                used.system_directory = NULL;
        const char *reason = obstacle(recorder, &used, buffer, sizeof(buffer));
        if (reason) {
                recorder->user.is_other = false;
                log_line(&recorder->log,
                         LOG_NOTICE,
                         NULL,
                         "Recording as root, as its own user is not to be had: %s",
                         reason);
        }
        return err_pass(privilege_become(&recorder->user));
}
