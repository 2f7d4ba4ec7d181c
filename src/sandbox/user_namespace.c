/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/user_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"

#define MAP_TEXT_SIZE 64

static void print_map(unsigned own, unsigned other, char text[static MAP_TEXT_SIZE]) {
        int n = snprintf(text, MAP_TEXT_SIZE, "%u %u 1\n", own, own);

        if (other != own && other != (unsigned)-1)
                (void)snprintf(text + n, MAP_TEXT_SIZE - (size_t)n, "%u %u 1\n", other, other);
}

static int write_file(pid_t pid, const char *name, const char *text) {
        char path[64];
        AUTO_FD int fd = -1;

        (void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
        fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0)
                return err_new(-errno);
        return err_pass(fd_write_all(fd, text, strlen(text)));
}

/* Root and the user; groups stay as they are. */
static int write_maps(pid_t pid, uid_t uid, gid_t gid) {
        char uids[MAP_TEXT_SIZE], gids[MAP_TEXT_SIZE];
        int r = write_file(pid, "setgroups", "deny");

        print_map(0, uid, uids);
        print_map(0, gid, gids);
        if (r >= 0)
                r = write_file(pid, "uid_map", uids);
        return r < 0 ? err_pass(r) : err_pass(write_file(pid, "gid_map", gids));
}

/* Only who stays outside may map more than one user: a child waits until we are inside. */
static int enter_by_helper(uid_t uid, gid_t gid) {
        int ends[2], status, r = 0;
        pid_t us = getpid(), child;
        char byte = 0;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return err_new(-errno);
        AUTO_FD int read_end = ends[0];
        AUTO_FD int write_end = ends[1];
        child = fork();
        if (child < 0)
                return err_new(-errno);
        if (child == 0) {
                (void)close(write_end); /* so that our end is seen */
                _exit(read(read_end, &byte, 1) == 1 ? -write_maps(us, uid, gid) & 0xff : 0);
        }
        if (unshare(CLONE_NEWUSER) < 0)
                r = err_new(-errno);
        else
                r = err_pass(fd_write_all(write_end, &byte, 1));
        write_end = fd_close(write_end);
        if (waitpid(child, &status, 0) < 0 || !WIFEXITED(status))
                return err_new(-ECHILD);
        return r < 0 ? r : err_new(-WEXITSTATUS(status));
}

static int enter_alone(void) {
        uid_t uid = geteuid();
        gid_t gid = getegid();
        char text[MAP_TEXT_SIZE];
        int r;

        if (unshare(CLONE_NEWUSER) < 0)
                return err_new(-errno);
        r = write_file(getpid(), "setgroups", "deny");
        print_map(uid, uid, text);
        if (r >= 0)
                r = write_file(getpid(), "uid_map", text);
        print_map(gid, gid, text);
        return r < 0 ? err_pass(r) : err_pass(write_file(getpid(), "gid_map", text));
}

int user_namespace_enter(uid_t uid, gid_t gid) {
        return geteuid() == 0 ? err_pass(enter_by_helper(uid, gid)) : err_pass(enter_alone());
}
