/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/terminal.h"

#define LOG_FILE_MODE 0640
#define TERMINAL_MODE 0600

/* Puts `fd`, which it takes over, at `target`, where it survives exec. A negative `fd` is an error
 * passed on. */
static int move_to(int fd, int target) {
        AUTO_FD int owned = fd;

        if (fd < 0)
                return err_pass(fd);
        if (fd == target) {
                (void)steal_fd(&owned);
                return err_pass(fd_set_cloexec(fd, false));
        }
        return dup2(fd, target) < 0 ? err_new(-errno) : 0;
}

static int copy_to(int fd, int target) {
        return dup2(fd, target) < 0 ? err_new(-errno) : 0;
}

static int open_file(const char *path, int flags, mode_t mode) {
        int fd = open(path, flags | O_NOCTTY | O_CLOEXEC, mode);

        return fd < 0 ? err_new(-errno) : fd;
}

static int open_null(int flags, int target) {
        return err_pass(move_to(open_file("/dev/null", flags, 0), target));
}

/* A stream socket connected to the one at `path`, usable in the direction of `flags` only. */
static int connect_socket(const char *path, int flags) {
        AUTO_FD int fd = -1;
        struct sockaddr_un address;
        int length = socket_address_unix(path, &address);

        if (length < 0)
                return err_pass(length);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return err_new(-errno);
        if (connect(fd, (const struct sockaddr *)&address, (socklen_t)length) < 0)
                return err_new(errno == EINVAL ? -ENXIO : -errno);
        if ((flags & O_ACCMODE) != O_RDWR &&
            shutdown(fd, (flags & O_ACCMODE) == O_RDONLY ? SHUT_WR : SHUT_RD) < 0)
                return err_new(-errno);
        return steal_fd(&fd);
}

/* A file, FIFO, device or socket in the file system. */
static int open_path(const char *path, int flags, mode_t umask_bits) {
        int fd;

        if ((flags & O_ACCMODE) != O_RDONLY)
                flags |= O_CREAT;
        fd = open_file(path, flags, 0666 & ~umask_bits);
        return fd == -ENXIO ? connect_socket(path, flags) : fd;
}

/* Input as it comes about for this command: control commands do without the terminal, and without a
 * socket there is nothing to read. */
static Stream effective_input(const StandardStreams *streams) {
        Stream input = streams->input;

        if (input.kind == STREAM_INHERIT ||
            (streams->no_terminal_input && stream_is_terminal(&input)) ||
            (input.kind == STREAM_SOCKET && streams->n_sockets == 0))
                input.kind = STREAM_NULL;
        return input;
}

static Stream effective_output(const StandardStreams *streams, Stream output) {
        if (output.kind == STREAM_SOCKET && streams->n_sockets == 0)
                output.kind = STREAM_INHERIT;
        return output;
}

/* The passed descriptor of this name. */
static int find_fd(const StandardStreams *streams, const char *name) {
        for (unsigned i = 0; i < streams->n_fds; i++)
                if (streams->fd_names && streams->fd_names[i] && streq(streams->fd_names[i], name))
                        return streams->fds[i];
        return err_new(-ENOENT);
}

/* "fd" or "socket": a copy of a passed descriptor, blocking as streams are. */
static int copy_passed(const StandardStreams *streams,
                       const Stream *stream,
                       const char *usual_name,
                       int target) {
        int fd;

        if (stream->kind == STREAM_SOCKET)
                fd = streams->n_sockets > 1 ? err_new(-EINVAL) : streams->fds[0];
        else
                fd = find_fd(streams, stream->argument[0] ? stream->argument : usual_name);
        if (fd < 0)
                return err_pass(fd);
        if (fd_set_nonblock(fd, false) < 0)
                return err_new(-EBADF);
        return err_pass(copy_to(fd, target));
}

static int open_terminal_input(const StandardStreams *streams, const Stream *input) {
        AUTO_FD int fd = terminal_acquire(streams->tty_path,
                                          input->kind == STREAM_TTY_FORCE  ? TERMINAL_FORCE
                                          : input->kind == STREAM_TTY_FAIL ? TERMINAL_FAIL
                                                                           : TERMINAL_WAIT);

        if (fd < 0)
                return err_pass(fd);
        (void)terminal_set_size(
                fd, streams->tty_rows, streams->tty_columns); /* not every terminal has one */
        return err_pass(move_to(steal_fd(&fd), STDIN_FILENO));
}

static int open_terminal_output(const StandardStreams *streams, int target) {
        AUTO_FD int fd = terminal_open(streams->tty_path, O_WRONLY);

        if (fd < 0)
                return err_pass(fd);
        (void)terminal_set_size(fd, streams->tty_rows, streams->tty_columns); /* as above */
        return err_pass(move_to(steal_fd(&fd), target));
}

/* A read-only descriptor of a sealed memory file. */
static int open_data(Str data) {
        AUTO_FD int sealed = fd_new_sealed("stdin", data.data, data.length);
        char path[64];
        int fd;

        if (sealed < 0)
                return err_pass(sealed);
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", sealed);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        return fd >= 0 ? fd : steal_fd(&sealed); /* without /proc the seals alone protect it */
}

static bool is_same_file(const Stream *a, const Stream *b) {
        return a->kind == STREAM_FILE && b->kind == STREAM_FILE && streq(a->argument, b->argument);
}

int standard_streams_connect_input(const StandardStreams *streams) {
        Stream input = effective_input(streams);
        bool both = is_same_file(&input, &streams->output) || is_same_file(&input, &streams->error);

        switch ((int)input.kind) {
        case STREAM_TTY:
        case STREAM_TTY_FORCE:
        case STREAM_TTY_FAIL:
                return err_pass(open_terminal_input(streams, &input));
        case STREAM_SOCKET:
        case STREAM_FD:
                return err_pass(copy_passed(streams, &input, "stdin", STDIN_FILENO));
        case STREAM_DATA:
                return err_pass(move_to(open_data(streams->data), STDIN_FILENO));
        case STREAM_FILE:
                return err_pass(
                        move_to(open_path(input.argument, both ? O_RDWR : O_RDONLY, streams->umask),
                                STDIN_FILENO));
        default:
                return err_pass(open_null(O_RDONLY, STDIN_FILENO));
        }
}

/* Files that input has not opened already. */
static int open_output_file(const StandardStreams *streams, const Stream *output, int target) {
        Stream input = effective_input(streams);
        int flags = O_WRONLY;

        if (is_same_file(&input, output))
                return err_pass(copy_to(STDIN_FILENO, target));
        if (output->kind == STREAM_APPEND)
                flags |= O_APPEND;
        if (output->kind == STREAM_TRUNCATE)
                flags |= O_TRUNC;
        return err_pass(move_to(open_path(output->argument, flags, streams->umask), target));
}

/* The journal's part goes to its recorder; where that does not answer, to the log file. */
static int open_log(const StandardStreams *streams, int target) {
        int r = streams->log_stream ? log_stream_connect(streams->log_stream) : -ENOENT;

        if (r >= 0)
                return err_pass(move_to(r, target));
        if (!streams->log_file) {
                r = open_null(O_WRONLY, target);
                return r < 0 ? err_pass(r) : STREAM_LOST;
        }
        return err_pass(
                move_to(open_file(streams->log_file, O_WRONLY | O_APPEND | O_CREAT, LOG_FILE_MODE),
                        target));
}

static int open_kernel_log(const StandardStreams *streams, int target) {
        int r = move_to(open_file("/dev/kmsg", O_WRONLY, 0), target);

        if (r >= 0)
                return r;
        r = open_log(streams, target);
        return r == STREAM_DONE ? STREAM_NO_KERNEL_LOG : r;
}

static int connect_stream(const StandardStreams *streams,
                          const Stream *output,
                          const char *usual_name,
                          int target) {
        int r;

        switch ((int)output->kind) {
        case STREAM_TTY:
                if (stream_is_terminal(&streams->input) && !streams->no_terminal_input)
                        return err_pass(copy_to(STDIN_FILENO, target));
                return err_pass(open_terminal_output(streams, target));
        case STREAM_SOCKET:
        case STREAM_FD:
                return err_pass(copy_passed(streams, output, usual_name, target));
        case STREAM_FILE:
        case STREAM_APPEND:
        case STREAM_TRUNCATE:
                return err_pass(open_output_file(streams, output, target));
        case STREAM_JOURNAL:
                return open_log(streams, target);
        case STREAM_KMSG:
                return open_kernel_log(streams, target);
        case STREAM_JOURNAL_CONSOLE:
        case STREAM_KMSG_CONSOLE:
                r = output->kind == STREAM_JOURNAL_CONSOLE ? open_log(streams, target)
                                                           : open_kernel_log(streams, target);
                return r == STREAM_DONE ? STREAM_NOT_ON_CONSOLE : r;
        default:
                return err_pass(open_null(O_WRONLY, target));
        }
}

/* "inherit" for output: what input is, or where that is nothing, what the manager gave us. */
static int inherit_output(const StandardStreams *streams) {
        Stream input = effective_input(streams);

        if (input.kind != STREAM_NULL && input.kind != STREAM_DATA)
                return err_pass(copy_to(STDIN_FILENO, STDOUT_FILENO));
        if (stream_is_terminal(&streams->input)) /* which this command does not read */
                return err_pass(open_terminal_output(streams, STDOUT_FILENO));
        return STREAM_DONE;
}

int standard_streams_connect_output(const StandardStreams *streams) {
        Stream output = effective_output(streams, streams->output);

        if (output.kind == STREAM_INHERIT)
                return inherit_output(streams);
        return connect_stream(streams, &output, "stdout", STDOUT_FILENO);
}

/* Whether error may simply be a copy of output, because opening it again would give the same. */
static bool is_copy(const Stream *output, const Stream *error) {
        if (error->kind == STREAM_INHERIT)
                return true;
        if (error->kind != output->kind)
                return false;
        switch ((int)error->kind) {
        case STREAM_FD:
                return error->argument[0] && streq(error->argument, output->argument);
        case STREAM_FILE:
        case STREAM_APPEND:
        case STREAM_TRUNCATE:
                return streq(error->argument, output->argument);
        default:
                return true;
        }
}

int standard_streams_connect_error(const StandardStreams *streams) {
        Stream output = effective_output(streams, streams->output);
        Stream error = effective_output(streams, streams->error);
        Stream input = effective_input(streams);

        if (error.kind == STREAM_INHERIT && output.kind == STREAM_INHERIT &&
            input.kind == STREAM_NULL && !stream_is_terminal(&streams->input))
                return STREAM_DONE; /* the manager's own, all the way */
        if (is_copy(&output, &error))
                return err_pass(copy_to(STDOUT_FILENO, STDERR_FILENO));
        return connect_stream(streams, &error, "stderr", STDERR_FILENO);
}

bool standard_streams_have_terminal(const StandardStreams *streams) {
        return stream_is_terminal(&streams->input) || streams->output.kind == STREAM_TTY ||
               streams->error.kind == STREAM_TTY;
}

int standard_input_give_terminal(uid_t uid) {
        if (!isatty(STDIN_FILENO))
                return 0;
        if (fchown(STDIN_FILENO, uid, (gid_t)-1) < 0 || fchmod(STDIN_FILENO, TERMINAL_MODE) < 0)
                return err_new(-errno);
        return 0;
}
