/* SPDX-License-Identifier: Apache-2.0 */
#include "host/runtime_paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/str.h"
#include "base/strbuf.h"

#define SYSTEM_DIRECTORY "/run/tend"
#define PUBLIC_SYSTEM "/run/systemd"
#define LOG_DEVICE "/dev/log"

RuntimePaths *runtime_paths_free(RuntimePaths *paths) {
        if (!paths)
                return NULL;
        char **const members[] = {
                &paths->directory,        &paths->bus_socket,        &paths->notify_socket,
                &paths->state_file,       &paths->log_file,          &paths->unit_log_directory,
                &paths->public_mark,      &paths->public_bus_socket, &paths->public_notify_socket,
                &paths->booted_directory, &paths->journal_stream,    &paths->journal_socket,
                &paths->unit_facts,
        };
        for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
                free(STEAL(*members[i]));
        free(paths);
        return NULL;
}

/* Whether nobody else can rename what we make in a directory. su(1) leaves the variables of the
 * user who called it. */
static bool is_own_directory(const char *path) {
        struct stat st;
        return stat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
               (!(st.st_mode & S_IWOTH) || (st.st_mode & S_ISVTX));
}

static const char *user_runtime_directory(void) {
        const char *directory = getenv("XDG_RUNTIME_DIR");
        if (!directory || !path_is_absolute(str_of(directory)))
                return NULL;
        return is_own_directory(directory) ? directory : NULL;
}

/* The runtime directory in fresh memory; NULL when out of memory. */
static char *default_directory(UnitScope scope) {
        if (scope == UNIT_SCOPE_SYSTEM)
                return str_dup(STR_LITERAL(SYSTEM_DIRECTORY));
        const char *user = user_runtime_directory();
        if (user && access(user, W_OK) == 0)
                return path_join(user, "tend");
        StrBuf text = STRBUF_INIT;
        strbuf_addf(&text, "/tmp/tend-%u", (unsigned)getuid());
        return strbuf_steal(&text);
}

static int fill_private(RuntimePaths *paths) {
        const struct {
                char **place;
                const char *name;
        } parts[] = {
                { &paths->bus_socket, "private" },
                { &paths->notify_socket, "notify" },
                { &paths->state_file, "state" },
                { &paths->log_file, "tendd.log" },
                { &paths->unit_log_directory, "logs" },
                { &paths->public_mark, "public" },
                { &paths->journal_stream, "journal/stdout" },
                { &paths->journal_socket, "journal/socket" },
                { &paths->unit_facts, "units" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
                *parts[i].place = path_join(paths->directory, parts[i].name);
                if (!*parts[i].place)
                        return err_new(-ENOMEM);
        }
        return 0;
}

static int fill_public(RuntimePaths *paths) {
        if (!paths->is_default)
                return 0;
        if (paths->scope == UNIT_SCOPE_USER) {
                if (!user_runtime_directory())
                        return 0;
                paths->public_bus_socket = path_join(user_runtime_directory(), "systemd/private");
                return paths->public_bus_socket ? 0 : err_new(-ENOMEM);
        }
        paths->public_bus_socket = str_dup(STR_LITERAL(PUBLIC_SYSTEM "/private"));
        paths->public_notify_socket = str_dup(STR_LITERAL(PUBLIC_SYSTEM "/notify"));
        paths->booted_directory = str_dup(STR_LITERAL(PUBLIC_SYSTEM "/system"));
        if (!paths->public_bus_socket || !paths->public_notify_socket || !paths->booted_directory)
                return err_new(-ENOMEM);
        return 0;
}

int runtime_paths_find(UnitScope scope, const char *directory, RuntimePaths **ret) {
        AUTO(runtime_paths_free) RuntimePaths *paths = calloc(1, sizeof(*paths));
        if (!paths)
                return err_new(-ENOMEM);
        paths->scope = scope;
        if (!directory || directory[0] == '\0')
                directory = getenv("TEND_RUNTIME_DIR");
        paths->is_default = !directory || directory[0] == '\0';
        paths->directory =
                paths->is_default ? default_directory(scope) : path_simplify(str_of(directory));
        if (!paths->directory)
                return err_new(-ENOMEM);
        if (!path_is_absolute(str_of(paths->directory)))
                return err_new(-EINVAL);
        int r = fill_private(paths);
        if (r == 0)
                r = fill_public(paths);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(paths);
        return 0;
}

/* A directory in a place where others may write: it must be ours and nobody else may write in it.
 */
static int check_directory(const char *path, Diag *diag) {
        struct stat st;

        if (lstat(path, &st) < 0)
                return err_new(-errno);
        if (S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH)))
                return 0;
        diag_add(diag,
                 NULL,
                 DIAG_ERROR,
                 "%s is not a directory that belongs to user %u and that only this user can change",
                 path,
                 (unsigned)geteuid());
        diag_hint(diag, "remove it, or name another place with --runtime-dir or TEND_RUNTIME_DIR");
        return err_new(-EPERM);
}

int runtime_paths_make(const RuntimePaths *paths, Diag *diag) {
        mode_t mode = paths->scope == UNIT_SCOPE_SYSTEM ? 0755 : 0700;

        int r = dir_make_all(paths->directory, mode);
        if (r < 0) {
                diag_add(diag,
                         NULL,
                         DIAG_ERROR,
                         "Cannot make %s: %s",
                         paths->directory,
                         strerror(-r));
                return err_pass(r);
        }
        r = check_directory(paths->directory, diag);
        if (r == 0)
                r = dir_make_all(paths->unit_log_directory, 0700);
        if (r == 0)
                r = check_directory(paths->unit_log_directory, diag);
        return err_pass(r);
}

/* Whether somebody listens on a stream socket. */
static bool is_answered(const char *path) {
        struct sockaddr_un address;
        int length = socket_address_unix(path, &address);
        AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (length < 0 || fd < 0)
                return false;
        return connect(fd, (const struct sockaddr *)&address, (socklen_t)length) == 0 ||
               errno == EAGAIN;
}

void runtime_paths_check_public(RuntimePaths *paths) {
        if (!paths->public_bus_socket || access(paths->public_mark, F_OK) == 0)
                return;
        bool is_booted = paths->booted_directory && access(paths->booted_directory, F_OK) == 0;
        if (!is_booted && !is_answered(paths->public_bus_socket))
                return;
        free(STEAL(paths->public_bus_socket));
        free(STEAL(paths->public_notify_socket));
        free(STEAL(paths->booted_directory));
}

int runtime_paths_claim_public(const RuntimePaths *paths) {
        if (!paths->public_bus_socket)
                return 0;
        AUTO_FREE char *directory = path_dir_name(paths->public_bus_socket);
        if (!directory)
                return err_new(-ENOMEM);
        int r = dir_make_all(directory, 0755);
        if (r < 0)
                return err_pass(r);
        AUTO_FD int fd =
                open(paths->public_mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        return fd < 0 ? err_new(-errno) : 0;
}

int runtime_paths_announce(const RuntimePaths *paths) {
        if (!paths->booted_directory)
                return 0;
        return err_pass(dir_make_all(paths->booted_directory, 0755));
}

/* The recorder's link in /dev, which it may not remove itself. */
static void withdraw_device(const RuntimePaths *paths) {
        AUTO_FREE char *journal = path_join(paths->directory, "journal/dev-log");
        AUTO_FREE char *target = realpath(LOG_DEVICE, NULL);

        if (journal && target && streq(target, journal))
                (void)unlink(LOG_DEVICE); /* a read-only /dev: it leads nowhere, then */
}

void runtime_paths_withdraw(const RuntimePaths *paths) {
        /* Clean-up: what cannot be removed is left to the next start, which knows it by the mark.
         */
        if (paths->booted_directory)
                (void)dir_remove_all(paths->booted_directory);
        if (paths->booted_directory)
                withdraw_device(paths);
        if (paths->public_bus_socket)
                (void)unlink(paths->public_bus_socket);
        if (paths->public_notify_socket)
                (void)unlink(paths->public_notify_socket);
        (void)unlink(paths->public_mark);
        (void)unlink(paths->bus_socket);
        (void)unlink(paths->notify_socket);
        (void)unlink(paths->state_file);
}
