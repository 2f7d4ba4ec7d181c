/* SPDX-License-Identifier: Apache-2.0 */
#include "host/generator_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"

#define USEC_PER_MSEC 1000
#define USEC_PER_SEC 1000000
#define DEATH_USEC (2 * USEC_PER_SEC) /* how long killed ones may take */
#define LINE_MAX_BYTES 2048
#define LINES_MAX 200 /* that one program gets into the log */

typedef struct Running {
        const char *path; /* not owned */
        pid_t pid;        /* 0 = has ended */
        int pidfd, output_fd;
        StrBuf line; /* not ended yet */
        unsigned n_lines;
        bool failed;
} Running;

typedef struct Runner {
        const GeneratorBatch *batch;
        Running *all; /* owned */
        struct pollfd *polls;
        size_t n;
        unsigned n_running;
} Runner;

/* --- output
 * ---------------------------------------------------------------------------------------- */

static void log_output_line(const Runner *runner, Running *one) {
        const char *name = path_base_name(one->path);

        one->n_lines++;
        if (one->n_lines <= LINES_MAX)
                log_line(runner->batch->log, LOG_NOTICE, name, "%s", strbuf_text(&one->line));
        else if (one->n_lines == LINES_MAX + 1)
                log_line(runner->batch->log, LOG_WARNING, name, "More output is left out.");
        strbuf_clear(&one->line);
}

static void take_output(const Runner *runner, Running *one, Str text) {
        for (size_t i = 0; i < text.length; i++) {
                if (text.data[i] == '\n' || one->line.length >= LINE_MAX_BYTES)
                        log_output_line(runner, one);
                if (text.data[i] != '\n')
                        strbuf_add_char(&one->line, text.data[i] ? text.data[i] : ' ');
        }
}

/* Reads one piece; false when there is none now. */
static bool read_output(const Runner *runner, Running *one) {
        char buffer[4096];

        if (one->output_fd < 0)
                return false;
        ssize_t n = read(one->output_fd, buffer, sizeof(buffer));
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return false;
        if (n <= 0)
                one->output_fd = fd_close(one->output_fd);
        else
                take_output(runner, one, (Str){ buffer, (size_t)n });
        return n > 0;
}

/* --- begin
 * ----------------------------------------------------------------------------------------- */

static int set_attributes(posix_spawnattr_t *attributes) {
        sigset_t none, every;

        (void)sigemptyset(&none); /* cannot fail with valid arguments, as the next */
        (void)sigfillset(&every);
        int r = posix_spawnattr_setflags(
                attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        if (r == 0)
                r = posix_spawnattr_setsigmask(attributes, &none);
        if (r == 0)
                r = posix_spawnattr_setsigdefault(attributes, &every);
        return -r;
}

static int set_streams(posix_spawn_file_actions_t *actions, int output_fd) {
        int r = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(actions, output_fd, STDOUT_FILENO);
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(actions, output_fd, STDERR_FILENO);
        if (r == 0)
                r = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
        return -r;
}

static int
spawn_program(const char *path, char *const *argv, char *const *environment, int output_fd) {
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        pid_t pid = 0;

        int r = -posix_spawn_file_actions_init(&actions);
        if (r < 0)
                return err_new(r);
        r = -posix_spawnattr_init(&attributes);
        if (r < 0) {
                (void)posix_spawn_file_actions_destroy(&actions); /* only releases */
                return err_new(r);
        }
        r = set_attributes(&attributes);
        if (r == 0)
                r = set_streams(&actions, output_fd);
        if (r == 0)
                r = -posix_spawn(&pid, path, &actions, &attributes, argv, environment);
        (void)posix_spawnattr_destroy(&attributes); /* only release, as the next */
        (void)posix_spawn_file_actions_destroy(&actions);
        return r < 0 ? err_new(r) : pid;
}

static int start_one(const GeneratorBatch *batch, Running *one) {
        AUTO_STRV char **argv = NULL;
        int ends[2];

        int r = strv_add(&argv, one->path);
        if (r == 0)
                r = strv_extend(&argv, batch->arguments);
        if (r < 0)
                return err_pass(r);
        if (pipe2(ends, O_CLOEXEC) < 0)
                return err_new(-errno);
        AUTO_FD int read_end = ends[0];
        AUTO_FD int write_end = ends[1];
        r = fd_set_nonblock(read_end, true);
        if (r < 0)
                return err_pass(r);
        pid_t pid = spawn_program(one->path, argv, batch->environment, write_end);
        if (pid < 0)
                return err_pass(pid);
        one->pid = pid;
        one->pidfd = pidfd_new(pid);
        one->output_fd = steal_fd(&read_end);
        return 0;
}

static void start_all(Runner *runner) {
        mode_t mask = umask(0022);

        for (size_t i = 0; i < runner->n; i++) {
                Running *one = &runner->all[i];
                int r = start_one(runner->batch, one);
                one->failed = r < 0;
                if (r < 0)
                        log_line(runner->batch->log,
                                 LOG_ERR,
                                 NULL,
                                 "Cannot run the generator %s: %s",
                                 one->path,
                                 strerror(-r));
                else
                        runner->n_running++;
        }
        (void)umask(mask); /* never fails */
}

/* --- end
 * ------------------------------------------------------------------------------------------- */

static void log_end(const Runner *runner, Running *one, const siginfo_t *info) {
        one->failed = info->si_code != CLD_EXITED || info->si_status != 0;
        if (!one->failed)
                return;
        bool exited = info->si_code == CLD_EXITED;
        AUTO(strbuf_done) StrBuf how = STRBUF_INIT;
        strbuf_addf(&how,
                    exited ? "failed with exit status %d" : "was ended by signal %d",
                    info->si_status);
        log_line(runner->batch->log,
                 LOG_ERR,
                 NULL,
                 "The generator %s %s; units that it makes may be missing.",
                 one->path,
                 strbuf_text(&how));
}

/* Takes the exit of one, if it has ended. Its group is killed while its pid is still taken. */
static void reap_one(Runner *runner, Running *one) {
        siginfo_t info = { 0 };

        if (waitid(P_PID, (id_t)one->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
            info.si_pid == 0)
                return;
        (void)kill(-one->pid, SIGKILL); /* there may be nothing left */
        while (read_output(runner, one))
                ;
        if (one->line.length > 0)
                log_output_line(runner, one);
        (void)waitid(P_PID, (id_t)one->pid, NULL, WEXITED | WNOHANG); /* it is there */
        log_end(runner, one, &info);
        one->pid = 0;
        one->pidfd = fd_close(one->pidfd);
        one->output_fd = fd_close(one->output_fd);
        runner->n_running--;
}

static void kill_all(Runner *runner) {
        for (size_t i = 0; i < runner->n; i++) {
                Running *one = &runner->all[i];
                if (one->pid == 0)
                        continue;
                log_line(runner->batch->log,
                         LOG_ERR,
                         NULL,
                         "The generator %s takes too long (limit %llu s) and is killed.",
                         one->path,
                         (unsigned long long)(runner->batch->timeout_usec / USEC_PER_SEC));
                (void)kill(-one->pid, SIGKILL); /* it may have ended just now */
        }
}

static void wait_until(Runner *runner, uint64_t deadline) {
        for (uint64_t now; runner->n_running > 0 && (now = clock_monotonic_usec()) < deadline;) {
                size_t n = 0;
                for (size_t i = 0; i < runner->n; i++) {
                        const Running *one = &runner->all[i];
                        runner->polls[n++] = (struct pollfd){ one->pidfd, POLLIN, 0 };
                        runner->polls[n++] = (struct pollfd){ one->output_fd, POLLIN, 0 };
                }
                int wait_msec = (int)((deadline - now) / USEC_PER_MSEC) + 1;
                if (poll(runner->polls, n, wait_msec) < 0 && errno != EINTR)
                        return;
                for (size_t i = 0; i < runner->n; i++) {
                        Running *one = &runner->all[i];
                        (void)read_output(runner, one); /* more comes with the next turn */
                        if (one->pid > 0)
                                reap_one(runner, one);
                }
        }
}

static unsigned release_all(Runner *runner) {
        unsigned n_failed = 0;

        for (size_t i = 0; i < runner->n; i++) {
                Running *one = &runner->all[i];
                n_failed += one->failed || one->pid > 0;
                one->pidfd = fd_close(one->pidfd);
                one->output_fd = fd_close(one->output_fd);
                strbuf_done(&one->line);
        }
        free(runner->all);
        free(runner->polls);
        return n_failed;
}

int generator_processes_run(const GeneratorBatch *batch) {
        Runner runner = { .batch = batch, .n = strv_length(batch->paths) };

        runner.all = calloc(runner.n + 1, sizeof(*runner.all));
        runner.polls = calloc(2 * runner.n + 1, sizeof(*runner.polls));
        if (!runner.all || !runner.polls) {
                runner.n = 0;
                (void)release_all(&runner); /* nothing was run */
                return err_new(-ENOMEM);
        }
        for (size_t i = 0; i < runner.n; i++)
                runner.all[i] = (Running){ .path = batch->paths[i], .pidfd = -1, .output_fd = -1 };
        start_all(&runner);
        wait_until(&runner, clock_monotonic_usec() + batch->timeout_usec);
        if (runner.n_running > 0) {
                kill_all(&runner);
                wait_until(&runner, clock_monotonic_usec() + DEATH_USEC);
        }
        return (int)release_all(&runner);
}
