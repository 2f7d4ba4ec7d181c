/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/manager_process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/parse_value.h"
#include "base/str.h"
#include "base/strbuf.h"

#define KEEPER_NAME "tend-keeper"

/* One line of /proc/PID/<name>. */
static int read_process_line(pid_t pid, const char *name, char **ret) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        strbuf_addf(&path, "/proc/%d/%s", (int)pid, name);
        return err_pass(file_read_line(strbuf_text(&path), ret));
}

/* The parent by /proc/PID/stat: the second field behind the name in parentheses. */
static int find_parent(pid_t pid, pid_t *ret) {
        AUTO_FREE char *line = NULL;
        Str rest, word;

        int r = read_process_line(pid, "stat", &line);
        if (r < 0)
                return err_pass(r);
        const char *name_end = strrchr(line, ')');
        if (!name_end)
                return err_new(-EIO);
        rest = str_of(name_end + 1);
        if (!str_next_word(&rest, &word) || !str_next_word(&rest, &word))
                return err_new(-EIO);
        return err_pass(parse_pid(word, ret));
}

static bool is_keeper(pid_t pid) {
        AUTO_FREE char *name = NULL;
        return read_process_line(pid, "comm", &name) >= 0 && streq(name, KEEPER_NAME);
}

/* A pidfd, -1 when the process has gone already. */
static int open_process(pid_t pid) {
        int fd = pidfd_new(pid);
        return fd < 0 ? -1 : fd;
}

int manager_process_find(int socket_fd, ManagerProcess *ret) {
        struct ucred peer;
        socklen_t length = sizeof(peer);
        pid_t parent;

        *ret = MANAGER_PROCESS_INIT;
        if (getsockopt(socket_fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
                return err_new(-errno);
        if (peer.pid <= 0) /* it lives in another pid namespace */
                return 0;
        ret->manager = peer.pid;
        ret->manager_fd = open_process(peer.pid);
        if (find_parent(peer.pid, &parent) < 0 || !is_keeper(parent))
                return 0;
        ret->keeper = parent;
        ret->keeper_fd = open_process(parent);
        return 0;
}

void manager_process_done(ManagerProcess *process) {
        process->manager_fd = fd_close(process->manager_fd);
        process->keeper_fd = fd_close(process->keeper_fd);
}
