/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/journald_paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/random_id.h"
#include "base/strbuf.h"
#include "host/dynamic_user.h"
#include "host/runtime_paths.h"

#define PUBLIC_DIRECTORY "/run/systemd/journal"

static const char *const socket_names[] = { "stdout", "socket", "dev-log", "io.systemd.journal" };

static char *with_machine_id(const char *directory) {
        AUTO_FREE char *id = NULL;
        Id128 parsed;
        bool has_id = file_read_line("/etc/machine-id", &id) >= 0 &&
                      id128_parse(str_of(id), &parsed) == 0;
        return path_join(directory, has_id ? id : "00000000000000000000000000000000");
}

/* $XDG_STATE_HOME/tend/journal, or below ~/.local/state. */
static char *user_files(void) {
        const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

        if (state && path_is_absolute(str_of(state)))
                return path_join(state, "tend/journal");
        return home && path_is_absolute(str_of(home)) ? path_join(home, ".local/state/tend/journal")
                                                      : NULL;
}

static int fill_public(JournaldPaths *paths) {
        for (size_t i = 0; i < ARRAY_LENGTH(socket_names); i++) {
                paths->public_sockets[i] = path_join(PUBLIC_DIRECTORY, socket_names[i]);
                if (!paths->public_sockets[i])
                        return err_new(-ENOMEM);
        }
        paths->device = str_dup(STR_LITERAL("/dev/log"));
        return paths->device ? 0 : err_new(-ENOMEM);
}

static int fill_files(JournaldPaths *paths, bool is_public) {
        bool is_user = paths->scope == UNIT_SCOPE_USER;

        if (is_public) {
                paths->runtime_files = with_machine_id("/run/log/journal");
                paths->system_files = with_machine_id("/var/log/journal");
                paths->disk_by_parent = true;
                if (!paths->system_files)
                        return err_new(-ENOMEM);
        } else
                paths->runtime_files = path_join(paths->directory, "files");
        if (is_user && !getenv("TEND_RUNTIME_DIR"))
                paths->system_files = user_files();
        return paths->runtime_files ? 0 : err_new(-ENOMEM);
}

static int fill(JournaldPaths *paths, const RuntimePaths *runtime) {
        bool is_public = paths->scope == UNIT_SCOPE_SYSTEM && runtime->is_default &&
                         runtime->booted_directory;

        paths->directory = path_join(runtime->directory, "journal");
        paths->units_directory = path_join(runtime->directory, "units");
        paths->user_marks = path_join(runtime->directory, DYNAMIC_USER_MARKS);
        if (!paths->directory || !paths->units_directory || !paths->user_marks)
                return err_new(-ENOMEM);
        paths->stream_directory = path_join(paths->directory, "streams");
        paths->progress_file = path_join(paths->directory, "progress");
        if (!paths->stream_directory || !paths->progress_file)
                return err_new(-ENOMEM);
        for (size_t i = 0; i < ARRAY_LENGTH(socket_names); i++) {
                paths->sockets[i] = path_join(paths->directory, socket_names[i]);
                if (!paths->sockets[i])
                        return err_new(-ENOMEM);
        }
        paths->syslog_socket = path_join(is_public ? PUBLIC_DIRECTORY : paths->directory, "syslog");
        if (!paths->syslog_socket)
                return err_new(-ENOMEM);
        int r = is_public ? fill_public(paths) : 0;
        return r < 0 ? err_pass(r) : err_pass(fill_files(paths, is_public));
}

int journald_paths_init(JournaldPaths *paths, const JournaldPlaces *places) {
        AUTO(runtime_paths_free) RuntimePaths *runtime = NULL;

        *paths = (JournaldPaths){ 0 };
        paths->scope = places->has_scope ? places->scope
                       : geteuid() == 0  ? UNIT_SCOPE_SYSTEM
                                         : UNIT_SCOPE_USER;
        int r = runtime_paths_find(paths->scope, places->runtime_directory, &runtime);
        if (r < 0)
                return err_pass(r);
        runtime_paths_check_public(runtime);
        return err_pass(fill(paths, runtime));
}

int journald_paths_make(const JournaldPaths *paths) {
        int r = dir_make_all(paths->directory, 0755);

        if (r >= 0)
                r = dir_make_all(paths->stream_directory, 0700);
        if (r >= 0 && paths->public_sockets[0])
                r = dir_make_all(PUBLIC_DIRECTORY, 0755);
        return err_pass(r);
}

static bool leads_to(const char *place, const char *target) {
        char found[4096];
        ssize_t n = readlink(place, found, sizeof(found) - 1);

        return n >= 0 && str_equal_c((Str){ found, (size_t)n }, target);
}

/* Whether somebody receives there, by datagram or stream. */
static bool is_answered(const char *place) {
        static const int types[] = { SOCK_DGRAM, SOCK_STREAM };
        struct sockaddr_un address;
        int length = socket_address_unix(place, &address);

        for (size_t i = 0; i < ARRAY_LENGTH(types) && length > 0; i++) {
                AUTO_FD int fd = socket(AF_UNIX, types[i] | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
                if (fd >= 0 && (connect(fd, (struct sockaddr *)&address, (socklen_t)length) == 0 ||
                                errno == EAGAIN))
                        return true;
        }
        return false;
}

/* What another program receives at is left to it. */
static void publish_one(const char *target, const char *place) {
        struct stat status;

        if (leads_to(place, target))
                return;
        if (lstat(place, &status) == 0) {
                if ((!S_ISLNK(status.st_mode) && !S_ISSOCK(status.st_mode)) || is_answered(place))
                        return;
                (void)unlink(place); /* shows below */
        }
        if (symlink(target, place) < 0)
                return; /* a read-only /dev: clients find the others */
}

void journald_paths_publish(const JournaldPaths *paths) {
        for (size_t i = 0; i < ARRAY_LENGTH(paths->public_sockets); i++)
                if (paths->public_sockets[i])
                        publish_one(paths->sockets[i], paths->public_sockets[i]);
        if (paths->device)
                publish_one(PUBLIC_DIRECTORY "/dev-log", paths->device);
}

int journald_paths_give(const JournaldPaths *paths, const RecorderUser *user) {
        if (!paths->public_sockets[0] || !leads_to(paths->public_sockets[0], paths->sockets[0]))
                return 0;
        return err_pass(recorder_user_give(user, PUBLIC_DIRECTORY, NULL));
}

static void withdraw_one(const char *target, const char *place) {
        if (leads_to(place, target))
                (void)unlink(place); /* it may stay: it leads nowhere */
}

void journald_paths_withdraw(const JournaldPaths *paths) {
        for (size_t i = 0; i < ARRAY_LENGTH(paths->public_sockets); i++)
                if (paths->public_sockets[i])
                        withdraw_one(paths->sockets[i], paths->public_sockets[i]);
        if (paths->device)
                withdraw_one(PUBLIC_DIRECTORY "/dev-log", paths->device);
        for (size_t i = 0; i < ARRAY_LENGTH(paths->sockets); i++)
                (void)unlink(paths->sockets[i]); /* as above */
}

void journald_paths_done(JournaldPaths *paths) {
        for (size_t i = 0; i < ARRAY_LENGTH(paths->sockets); i++) {
                free(paths->sockets[i]);
                free(paths->public_sockets[i]);
        }
        free(paths->directory);
        free(paths->stream_directory);
        free(paths->progress_file);
        free(paths->units_directory);
        free(paths->user_marks);
        free(paths->device);
        free(paths->syslog_socket);
        free(paths->runtime_files);
        free(paths->system_files);
        *paths = (JournaldPaths){ 0 };
}
