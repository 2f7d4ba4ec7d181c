/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/parse_value.h"
#include "base/strv.h"

extern char **environ;

static bool terminal_size(struct winsize *ret) {
        return ioctl(STDOUT_FILENO, TIOCGWINSZ, ret) == 0 && ret->ws_row > 0 && ret->ws_col > 0;
}

size_t pager_width(const Tend *tend) {
        struct winsize size;
        if (!(tend->flags & TEND_TERMINAL) || (tend->flags & TEND_FULL) || !terminal_size(&size))
                return 0;
        return size.ws_col;
}

/* The pager's command line; "" and "cat" mean none. */
static int pager_command(char ***ret) {
        const char *text = getenv("TEND_PAGER");
        if (!text)
                text = getenv("SYSTEMD_PAGER");
        if (!text)
                text = getenv("PAGER");
        if (!text)
                text = "less -FRX";
        if (text[0] == '\0' || streq(text, "cat")) {
                *ret = NULL;
                return 0;
        }
        return err_pass(strv_split(ret, str_of(text), 0));
}

unsigned pager_columns(const Tend *tend) {
        const char *text = getenv("COLUMNS");
        struct winsize size;
        uint32_t columns;

        if (text && parse_u32(str_of(text), &columns) >= 0 && columns > 0 && columns < UINT16_MAX)
                return columns;
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
                return size.ws_col;
        bool is_paged = (tend->flags & TEND_TERMINAL) != 0; /* standard output is the pager now */
        return is_paged && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0
                       ? size.ws_col
                       : 80;
}

static bool fits(const StrBuf *text) {
        struct winsize size;
        size_t n_lines = 0;

        if (!terminal_size(&size))
                return true;
        for (size_t i = 0; i < text->length; i++)
                n_lines += text->data[i] == '\n';
        return n_lines < size.ws_row;
}

static int write_plain(const StrBuf *text) {
        (void)fflush(stdout); /* order with what was printed; errors are seen by the write */
        return err_pass(fd_write_all(STDOUT_FILENO, strbuf_text(text), text->length));
}

/* Starts the pager with a pipe as its standard input. */
static int start_pager(char **command, pid_t *ret_pid, int *ret_fd) {
        posix_spawn_file_actions_t actions;
        int fds[2];

        if (pipe2(fds, O_CLOEXEC) < 0)
                return err_new(-errno);
        int r = posix_spawn_file_actions_init(&actions);
        if (r == 0) {
                r = posix_spawn_file_actions_adddup2(&actions, fds[0], STDIN_FILENO);
                if (r == 0)
                        r = posix_spawnp(ret_pid, command[0], &actions, NULL, command, environ);
                (void)posix_spawn_file_actions_destroy(&actions); /* never fails */
        }
        (void)fd_close(fds[0]); /* it is the pager's */
        if (r != 0) {
                (void)fd_close(fds[1]); /* unused */
                return err_new(-r);
        }
        *ret_fd = fds[1];
        return 0;
}

int pager_print(const Tend *tend, const StrBuf *text) {
        AUTO_STRV char **command = NULL;
        pid_t pid;
        int fd = -1;

        if (!(tend->flags & TEND_TERMINAL) || (tend->flags & TEND_NO_PAGER) || fits(text) ||
            pager_command(&command) < 0 || !command)
                return write_plain(text);
        (void)fflush(stdout); /* order with what was printed */
        if (start_pager(command, &pid, &fd) < 0)
                return write_plain(text);
        struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
        (void)sigaction(SIGPIPE, &ignore, &before); /* valid; the pager may be left early */
        (void)fd_write_all(fd, strbuf_text(text), text->length); /* likewise */
        (void)fd_close(fd);
        (void)sigaction(SIGPIPE, &before, NULL); /* valid */
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                ;
        return 0;
}

pid_t pager_begin(const Tend *tend, bool at_end) {
        AUTO_STRV char **command = NULL;
        AUTO_FD int fd = -1;
        pid_t pid;

        if (!(tend->flags & TEND_TERMINAL) || (tend->flags & TEND_NO_PAGER) ||
            pager_command(&command) < 0 || !command)
                return 0;
        if (at_end && str_has_suffix(str_of(command[0]), "less") && strv_add(&command, "+G") < 0)
                return 0;
        (void)fflush(stdout); /* order with what was printed */
        if (start_pager(command, &pid, &fd) < 0 || dup2(fd, STDOUT_FILENO) < 0)
                return 0;
        return pid;
}

void pager_end(pid_t pager) {
        if (pager == 0)
                return;
        (void)fflush(stdout); /* the pager may have been left */
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (null >= 0) {
                (void)dup2(null, STDOUT_FILENO); /* closes the pipe; both are open */
                (void)fd_close(null);
        }
        while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
                ;
}
