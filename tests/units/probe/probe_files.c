/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first line of a file, or the error. */
static void ask_line(const char *path, char answer[static ANSWER_SIZE]) {
        FILE *file = fopen(path, "re");

        if (!file) {
                answer_error(errno, answer);
                return;
        }
        answer[0] = '\0';
        if (fgets(answer, ANSWER_SIZE, file))
                answer[strcspn(answer, "\n")] = '\0';
        (void)fclose(file);
}

/* Whether a file can be made in a directory. */
static void ask_write(const char *path, char answer[static ANSWER_SIZE]) {
        char name[ANSWER_SIZE];
        int fd;

        (void)snprintf(name, sizeof(name), "%s/.tend-probe-%d", path, getpid());
        fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
        answer_error(fd < 0 ? errno : 0, answer);
        if (fd >= 0) {
                (void)close(fd);
                (void)unlink(name);
        }
}

static void try_open(const char *path, int flags, char answer[static ANSWER_SIZE]) {
        int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

        answer_error(fd < 0 ? errno : 0, answer);
        if (fd >= 0)
                (void)close(fd);
}

static void ask_open(const char *path, char answer[static ANSWER_SIZE]) {
        try_open(path, O_RDONLY, answer);
}

static void ask_open_write(const char *path, char answer[static ANSWER_SIZE]) {
        try_open(path, O_WRONLY, answer);
}

/* How many names a directory has. */
static void ask_list(const char *path, char answer[static ANSWER_SIZE]) {
        DIR *directory = opendir(path);
        int n = 0;

        if (!directory) {
                answer_error(errno, answer);
                return;
        }
        for (struct dirent *entry; (entry = readdir(directory));)
                n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
        (void)closedir(directory);
        answer_text(answer, "%d", n);
}

static void ask_stat(const char *path, char answer[static ANSWER_SIZE]) {
        struct stat st;

        answer_error(lstat(path, &st) < 0 ? errno : 0, answer);
}

static void ask_mode(const char *path, char answer[static ANSWER_SIZE]) {
        struct stat st;

        if (stat(path, &st) < 0)
                answer_error(errno, answer);
        else
                answer_text(answer, "%o", st.st_mode & 07777U);
}

/* The mode of what a variable names. */
static void ask_mode_of(const char *variable, char answer[static ANSWER_SIZE]) {
        ask_mode(getenv(variable) ?: "", answer);
}

static void ask_owner(const char *path, char answer[static ANSWER_SIZE]) {
        struct stat st;

        if (stat(path, &st) < 0)
                answer_error(errno, answer);
        else
                answer_text(answer, "%u:%u", st.st_uid, st.st_gid);
}

static void ask_owner_of(const char *variable, char answer[static ANSWER_SIZE]) {
        ask_owner(getenv(variable) ?: "", answer);
}

/* Which file it is, to be compared with that of another unit. */
static void ask_identity(const char *path, char answer[static ANSWER_SIZE]) {
        struct stat st;

        if (stat(path, &st) < 0)
                answer_error(errno, answer);
        else
                answer_text(answer, "%u:%u:%lu", major(st.st_dev), minor(st.st_dev), st.st_ino);
}

static void ask_mount_flag(const char *path, unsigned long flag, char answer[static ANSWER_SIZE]) {
        struct statvfs st;

        if (statvfs(path, &st) < 0)
                answer_error(errno, answer);
        else
                answer_text(answer, "%s", st.f_flag & flag ? "yes" : "no");
}

static void ask_read_only(const char *path, char answer[static ANSWER_SIZE]) {
        ask_mount_flag(path, ST_RDONLY, answer);
}

static void ask_no_exec(const char *path, char answer[static ANSWER_SIZE]) {
        ask_mount_flag(path, ST_NOEXEC, answer);
}

/* Whether a program can be executed; it is expected to end well. */
static void ask_exec(const char *path, char answer[static ANSWER_SIZE]) {
        pid_t pid = fork();
        int status;

        if (pid == 0) {
                (void)execl(path, path, (char *)NULL);
                _exit(errno);
        }
        if (pid < 0 || waitpid(pid, &status, 0) < 0)
                answer_error(errno, answer);
        else if (WIFEXITED(status))
                answer_error(WEXITSTATUS(status), answer);
        else
                answer_text(answer, "killed");
}

/* What a symbolic link says: "link:/proc/self/ns/net". */
static void ask_link(const char *path, char answer[static ANSWER_SIZE]) {
        ssize_t n = readlink(path, answer, ANSWER_SIZE - 1);

        if (n < 0)
                answer_error(errno, answer);
        else
                answer[n] = '\0';
}

/* The first line of a credential. */
static void ask_credential(const char *name, char answer[static ANSWER_SIZE]) {
        const char *directory = getenv("CREDENTIALS_DIRECTORY");
        char path[ANSWER_SIZE];

        if (!directory) {
                answer_text(answer, "unset");
                return;
        }
        (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
        ask_line(path, answer);
}

/* The path of our own group of version 2, as the kernel says it; false when there is none. */
static bool own_group(char group[static ANSWER_SIZE]) {
        char line[ANSWER_SIZE];
        FILE *groups = fopen("/proc/self/cgroup", "re");
        bool found = false;

        while (groups && !found && fgets(line, sizeof(line), groups)) {
                found = strncmp(line, "0::", 3) == 0;
                line[strcspn(line, "\n")] = '\0';
        }
        if (groups)
                (void)fclose(groups);
        if (found)
                answer_text(group, "%s", line + 3);
        return found;
}

/* The path of a file in it. */
static bool group_path(const char *file, char path[static 2 * ANSWER_SIZE]) {
        bool is_hybrid = access("/sys/fs/cgroup/unified/cgroup.procs", F_OK) == 0;
        char group[ANSWER_SIZE];

        if (!own_group(group))
                return false;
        (void)snprintf(path,
                       2 * ANSWER_SIZE,
                       "/sys/fs/cgroup%s%s/%s",
                       is_hybrid ? "/unified" : "",
                       group,
                       file);
        return true;
}

static void ask_group_path(const char *argument, char answer[static ANSWER_SIZE]) {
        (void)argument;
        if (!own_group(answer))
                answer_text(answer, "none");
}

/* A control file of our own group of version 2: "v2:memory.max". */
static void ask_group(const char *file, char answer[static ANSWER_SIZE]) {
        char path[2 * ANSWER_SIZE];

        if (group_path(file, path))
                ask_line(path, answer);
        else
                answer_text(answer, "none");
}

/* Who may move processes in our group. */
static void ask_group_owner(const char *argument, char answer[static ANSWER_SIZE]) {
        char path[2 * ANSWER_SIZE];

        (void)argument;
        if (group_path("cgroup.procs", path))
                ask_owner(path, answer);
        else
                answer_text(answer, "none");
}

/* Our group in the hierarchy of version 1 that has a controller. */
static bool old_group(const char *controller, char group[static ANSWER_SIZE]) {
        FILE *groups = fopen("/proc/self/cgroup", "re");
        char line[ANSWER_SIZE];
        bool found = false;

        while (groups && !found && fgets(line, sizeof(line), groups)) {
                char *path, *words = strchr(line, ':');

                line[strcspn(line, "\n")] = '\0';
                path = words ? strchr(words + 1, ':') : NULL;
                if (!path)
                        continue;
                *path++ = '\0';
                for (char *word; (word = strsep(&words, ":,")) && !found;)
                        found = strcmp(word, controller) == 0;
                if (found)
                        answer_text(group, "%s", path);
        }
        if (groups)
                (void)fclose(groups);
        return found;
}

/* The same of version 1: "v1:memory/memory.limit_in_bytes". */
static void ask_old_group(const char *argument, char answer[static ANSWER_SIZE]) {
        char controller[ANSWER_SIZE], group[ANSWER_SIZE], path[3 * ANSWER_SIZE];
        size_t length = strcspn(argument, "/");

        answer_text(controller, "%.*s", (int)length, argument);
        answer_text(answer, "none");
        if (!old_group(controller, group))
                return;
        (void)snprintf(
                path, sizeof(path), "/sys/fs/cgroup/%s%s%s", controller, group, argument + length);
        ask_line(path, answer);
}

/* Whether a controller of our own group counts or limits us, by its name in version 2; every group
 * there counts the processor's time. */
static void ask_controlled(const char *controller, char answer[static ANSWER_SIZE]) {
        const char *old = strcmp(controller, "io") == 0 ? "blkio" : controller;
        char group[ANSWER_SIZE], line[ANSWER_SIZE] = "", *words = line;
        bool yes;

        if (old_group(old, group)) {
                yes = strstr(group, ".service") != NULL;
        } else if (strcmp(controller, "cpuacct") == 0) {
                ask_group("cpu.stat", line);
                yes = strncmp(line, "usage_usec", strlen("usage_usec")) == 0;
        } else {
                ask_group("cgroup.controllers", line);
                yes = false;
                for (char *word; (word = strsep(&words, " "));)
                        yes = yes || strcmp(word, controller) == 0;
        }
        answer_text(answer, "%s", yes ? "yes" : "no");
}

/* clang-format off */
const Probe probes_of_files[] = {
        { .name = "controlled", .ask = ask_controlled },
        { .name = "credential", .ask = ask_credential },
        { .name = "exec",       .ask = ask_exec },
        { .name = "groupowner", .ask = ask_group_owner },
        { .name = "grouppath",  .ask = ask_group_path },
        { .name = "identity",   .ask = ask_identity },
        { .name = "line",       .ask = ask_line },
        { .name = "link",       .ask = ask_link },
        { .name = "list",       .ask = ask_list },
        { .name = "mode",       .ask = ask_mode },
        { .name = "modeof", .ask = ask_mode_of },
        { .name = "noexec",     .ask = ask_no_exec },
        { .name = "open",       .ask = ask_open },
        { .name = "openw",      .ask = ask_open_write },
        { .name = "owner",      .ask = ask_owner },
        { .name = "ownerof", .ask = ask_owner_of },
        { .name = "readonly",   .ask = ask_read_only },
        { .name = "stat",       .ask = ask_stat },
        { .name = "v1",         .ask = ask_old_group },
        { .name = "v2",         .ask = ask_group },
        { .name = "write",      .ask = ask_write },
        { 0 },
};
/* clang-format on */
