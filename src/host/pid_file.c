/* SPDX-License-Identifier: Apache-2.0 */
#include "host/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/guarded_path.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "host/process_facts.h"
#include "host/unit_group.h"

#define PID_TEXT_MAX 63

/* Opens what was found as O_PATH, for reading. */
static int open_found(int fd) {
        char path[40];

        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd); /* fits */
        int r = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        return r < 0 ? err_new(-errno) : r;
}

int pid_file_read_text(const char *path, PidFileText *ret) {
        char text[PID_TEXT_MAX + 1];
        struct stat st;
        size_t length = 0;
        pid_t pid;

        bool is_unsafe = true;
        AUTO_FD int found = guarded_path_open(AT_FDCWD, path, &is_unsafe);
        if (found < 0)
                return found == -ENOENT || found == -ENOTDIR ? PID_FILE_MISSING : err_pass(found);
        if (fstat(found, &st) < 0)
                return err_new(-errno);
        if (!S_ISREG(st.st_mode))
                return PID_FILE_UNSAFE;
        AUTO_FD int fd = open_found(found);
        if (fd < 0)
                return err_pass(fd);
        int r = fd_read_all(fd, text, PID_TEXT_MAX, &length);
        if (r < 0)
                return err_pass(r);
        const char *end = memchr(text, '\n', length);
        Str line = str_trim((Str){ text, end ? (size_t)(end - text) : length });
        if (line.length == 0)
                return PID_FILE_MISSING; /* being written */
        if (parse_pid(line, &pid) < 0)
                return PID_FILE_UNSAFE;
        *ret = (PidFileText){ .pid = pid, .owner = st.st_uid, .is_unsafe = is_unsafe };
        return PID_FILE_OK;
}

/* Whether the file's own user names a process of that user which is a daemon of ours without a
 * unit: where there are no control groups that is what a daemon looks like that clears its
 * environment, and whoever lies here names a process that the liar may end anyway. */
static bool is_own_daemon(const HostUnit *hu, const PidFileText *text) {
        uid_t user;

        return unit_group_is_stray(hu->host, text->pid) && process_user(text->pid, &user) == 0 &&
               user == text->owner;
}

/* A process outside of the unit is believed only when root wrote the file and nobody else could
 * have. */
static bool is_trusted(HostUnit *hu, const PidFileText *text, const char *path) {
        if (unit_group_has(hu->host, hu->unit, text->pid))
                return true;
        if (!text->is_unsafe && (text->owner == 0 || text->owner == geteuid()))
                return true;
        if (!text->is_unsafe && is_own_daemon(hu, text))
                return true;
        unit_log(hu->unit,
                 LOG_ERR,
                 "%s: New main PID %d does not belong to service, and PID file %s is %s. Refusing.",
                 hu->unit->id,
                 (int)text->pid,
                 path,
                 text->is_unsafe ? "reached by an unsafe path" : "not owned by root");
        return false;
}

int pid_file_read(HostUnit *hu, const char *path, pid_t *ret_pid) {
        PidFileText text;

        int r = pid_file_read_text(path, &text);
        if (r != PID_FILE_OK)
                return err_pass(r);
        if (text.pid == getpid() || text.pid == 1) {
                unit_log(hu->unit,
                         LOG_WARNING,
                         "%s: PID %d in %s belongs to the manager, refusing.",
                         hu->unit->id,
                         (int)text.pid,
                         path);
                return PID_FILE_UNSAFE;
        }
        if (!process_is_alive(text.pid))
                return PID_FILE_DEAD;
        if (!is_trusted(hu, &text, path))
                return PID_FILE_UNSAFE;
        *ret_pid = text.pid;
        return PID_FILE_OK;
}

static int
on_path_change(sd_event_source *source, const struct inotify_event *event, void *userdata) {
        HostUnit *hu = userdata;
        (void)source;
        (void)event;
        const EngineEvent message = { .type = EVENT_PID_FILE, .unit = hu->unit };
        host_queue_event(hu->host, &message);
        return 0;
}

/* The nearest directory above `path` that exists, in fresh memory. */
static char *existing_directory(const char *path) {
        char *directory = path_dir_name(path);
        while (directory && access(directory, F_OK) < 0 && !streq(directory, "/")) {
                char *above = path_dir_name(directory);
                free(directory);
                directory = above;
        }
        return directory;
}

void pid_file_watch(HostUnit *hu, const char *path) {
        hu->pid_file = sd_event_source_disable_unref(hu->pid_file);
        if (!path)
                return;
        AUTO_FREE char *directory = existing_directory(path);
        const uint32_t mask = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF;
        /* Without a watch the start time-out ends the wait. */
        if (directory)
                (void)sd_event_add_inotify(
                        hu->host->event, &hu->pid_file, directory, mask, on_path_change, hu);
        if (access(path, F_OK) == 0) { /* it came before the watch was there */
                const EngineEvent event = { .type = EVENT_PID_FILE, .unit = hu->unit };
                host_queue_event(hu->host, &event);
        }
}

void pid_file_remove(const Unit *unit) {
        const char *path = unit->spec && unit->type == UNIT_SERVICE
                                   ? unit_spec_text(unit->spec, DIRECTIVE_PID_FILE)
                                   : NULL;
        if (path)
                (void)unlink(path); /* the service may have done that itself */
}
