/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/manager_start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/unit_name.h"

#define START_LIMIT_USEC (30 * USEC_PER_SEC)
#define RETRY_MSEC                                                                                 \
        20 /* between bind(2) and listen(2) of the manager there is a moment of refusal */
#define LOG_END_BYTES 2000

extern char **environ;

/* A program of ours: beside this one, else in the libexec directory. */
static int find_program(const char *name, char **ret_path) {
        char self[PATH_MAX];
        ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
        if (n > 0) {
                self[n] = '\0';
                AUTO_FREE char *directory = path_dir_name(self);
                AUTO_FREE char *beside = directory ? path_join(directory, name) : NULL;
                if (!beside)
                        return err_new(-ENOMEM);
                if (access(beside, X_OK) == 0) {
                        *ret_path = STEAL(beside);
                        return 0;
                }
        }
        char *path = path_join(TEND_LIBEXECDIR, name);
        if (!path)
                return err_new(-ENOMEM);
        *ret_path = path;
        return 0;
}

/* The program, and the options that manager and recorder have in common. */
static int add_program(const Tend *tend, const char *name, char ***command) {
        char *program = NULL;
        int r = find_program(name, &program);

        if (r >= 0)
                r = strv_take(command, program);
        if (r >= 0)
                r = strv_add(command, tend->scope == UNIT_SCOPE_USER ? "--user" : "--system");
        if (r >= 0 && !tend->paths->is_default) /* named, it is never that of the system */
                r = strv_addf(command, "--runtime-dir=%s", tend->paths->directory);
        return err_pass(r);
}

/* Without it, output goes to a file per unit. */
static int add_recorder(const Tend *tend, char ***command) {
        AUTO_FREE char *program = NULL;
        int r = find_program("tend-journald", &program);

        if (r < 0 || access(program, X_OK) < 0)
                return err_pass(r);
        return err_pass(add_program(tend, "tend-journald", command));
}

/* tend-keeper tend-journald --system -- tendd --system --runtime-dir DIR --units DIR... */
static int make_command(const Tend *tend, char ***ret_command) {
        AUTO_STRV char **command = NULL;
        char *program = NULL;

        int r = find_program("tend-keeper", &program);
        if (r >= 0)
                r = strv_take(&command, program);
        if (r >= 0)
                r = add_recorder(tend, &command);
        if (r >= 0)
                r = strv_add(&command, "--");
        if (r >= 0)
                r = add_program(tend, "tendd", &command);
        if (r >= 0 && tend->flags & TEND_STRICT)
                r = strv_add(&command, "--strict");
        STRV_FOREACH(directory, tend->unit_directories)
        if (r >= 0)
                r = strv_addf(&command, "--units=%s", *directory);
        if (r < 0)
                return err_pass(r);
        *ret_command = STEAL(command);
        return 0;
}

/* Whether somebody answers on the manager's socket. */
static bool answers(const Tend *tend) {
        struct sockaddr_un address;
        int length = socket_address_unix(tend->paths->bus_socket, &address);
        if (length < 0)
                return false;
        AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        return fd >= 0 && connect(fd, (struct sockaddr *)&address, (socklen_t)length) == 0;
}

static int spawn_detached(const Tend *tend, char **command, pid_t *ret_pid) {
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t none;

        (void)sigemptyset(&none); /* cannot fail */
        if (posix_spawn_file_actions_init(&actions) != 0)
                return err_new(-ENOMEM);
        if (posix_spawnattr_init(&attributes) != 0) {
                (void)posix_spawn_file_actions_destroy(&actions); /* never fails */
                return err_new(-ENOMEM);
        }
        int r = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        if (r == 0)
                r = posix_spawn_file_actions_addopen(
                        &actions, 1, tend->paths->log_file, O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(&actions, 1, 2);
        if (r == 0)
                r = posix_spawnattr_setsigmask(&attributes, &none);
        if (r == 0)
                r = posix_spawnattr_setflags(&attributes,
                                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
        if (r == 0)
                r = posix_spawn(ret_pid, command[0], &actions, &attributes, command, environ);
        (void)posix_spawn_file_actions_destroy(&actions); /* never fails */
        (void)posix_spawnattr_destroy(&attributes);       /* never fails */
        return r == 0 ? 0 : err_new(-r);
}

/* Waits until the socket answers or the keeper has ended; inotify tells when the socket appears. */
static int wait_until_up(const Tend *tend, pid_t keeper, int watch_fd) {
        AUTO_FD int keeper_fd = pidfd_new(keeper);
        uint64_t give_up_usec = usec_add(clock_monotonic_usec(), START_LIMIT_USEC);

        while (!answers(tend)) {
                struct pollfd watched[] = {
                        { .fd = keeper_fd, .events = POLLIN },
                        { .fd = watch_fd, .events = POLLIN },
                };
                bool exists = access(tend->paths->bus_socket, F_OK) == 0;
                if (poll(watched, ARRAY_LENGTH(watched), exists ? RETRY_MSEC : 1000) < 0 &&
                    errno != EINTR)
                        return err_new(-errno);
                char events[4096];
                while (read(watch_fd, events, sizeof(events)) >
                       0) /* what happened is seen by answers() */
                        ;
                if (watched[0].revents || clock_monotonic_usec() > give_up_usec)
                        return MANAGER_FAILED;
        }
        return MANAGER_STARTED;
}

static off_t log_size(const Tend *tend) {
        struct stat status;
        return stat(tend->paths->log_file, &status) < 0 ? 0 : status.st_size;
}

/* Prints what keeper and manager wrote since `begin`, at most the last LOG_END_BYTES. */
static void print_log_end(const Tend *tend, off_t begin) {
        char text[LOG_END_BYTES];
        off_t size = log_size(tend);
        AUTO_FD int fd = open(tend->paths->log_file, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return;
        ssize_t n = pread(fd, text, sizeof(text), MAX(begin, size - LOG_END_BYTES));
        if (n > 0)
                (void)fd_write_all(STDERR_FILENO, text, (size_t)n); /* the last resort itself */
}

static int start_locked(Tend *tend) {
        AUTO_STRV char **command = NULL;
        AUTO_FD int watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        off_t log_begin = log_size(tend);
        pid_t keeper = 0;

        int r = make_command(tend, &command);
        if (r < 0)
                return err_pass(r);
        if (watch_fd < 0 ||
            inotify_add_watch(watch_fd, tend->paths->directory, IN_CREATE | IN_MOVED_TO) < 0)
                return err_new(-errno);
        r = spawn_detached(tend, command, &keeper);
        if (r < 0) {
                tend_complain(tend, "Cannot start %s: %s", command[0], strerror(-r));
                return err_pass(r);
        }
        r = wait_until_up(tend, keeper, watch_fd);
        if (r != MANAGER_FAILED)
                return err_pass(r);
        print_log_end(tend, log_begin);
        tend_complain(tend, "The manager did not come up; its log is %s", tend->paths->log_file);
        if (waitpid(keeper, NULL, WNOHANG) == 0)
                (void)kill(keeper, SIGKILL); /* ours, not reaped yet: the pid cannot be another's */
        return MANAGER_FAILED;
}

int manager_start(Tend *tend) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        AUTO_FREE char *lock_path = NULL;

        int r = tend_paths(tend);
        if (r < 0)
                return err_pass(r);
        if (answers(tend))
                return MANAGER_RUNS_ALREADY;
        r = runtime_paths_make(tend->paths, &diag);
        tend_print_findings(&diag);
        if (r < 0)
                return err_pass(r);
        lock_path = path_join(tend->paths->directory, "up.lock");
        if (!lock_path)
                return err_new(-ENOMEM);
        AUTO_FD int lock_fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (lock_fd < 0 || flock(lock_fd, LOCK_EX) < 0) {
                tend_complain(tend, "Cannot lock %s: %s", lock_path, strerror(errno));
                return err_new(-errno);
        }
        if (answers(tend)) /* another tend up was faster */
                return MANAGER_RUNS_ALREADY;
        return start_locked(tend);
}

/* What keeper and manager are told beside the usual: which units to start and which one's end
 * counts.
 */
static int add_init_units(const Tend *tend, const char *typed, char ***command) {
        AUTO_FREE char *unit = NULL;
        AUTO_FREE char *exit_with = NULL;
        int r = 0;

        if (tend->exit_with)
                r = unit_name_mangle(tend->exit_with, ".service", false, &exit_with);
        if (r >= 0 && typed)
                r = unit_name_mangle(typed, ".service", false, &unit);
        if (r < 0) {
                tend_complain(tend,
                              "\"%s\" is not a name of a unit",
                              exit_with ? typed : tend->exit_with);
                return err_pass(r);
        }
        if (exit_with)
                r = strv_addf(command, "--exit-with=%s", exit_with);
        if (r >= 0 && exit_with)
                r = strv_addf(command, "--start=%s", exit_with);
        if (r >= 0 && (unit || !exit_with))
                r = strv_addf(command, "--start=%s", unit ? unit : "default.target");
        return err_pass(r);
}

int manager_become(Tend *tend, const char *unit) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        AUTO_STRV char **command = NULL;

        int r = tend_paths(tend);
        if (r >= 0)
                r = runtime_paths_make(tend->paths, &diag);
        tend_print_findings(&diag);
        if (r >= 0)
                r = make_command(tend, &command);
        if (r >= 0)
                r = add_init_units(tend, unit, &command);
        if (r < 0)
                return err_pass(r);
        (void)execve(command[0], command, environ); /* returns only on failure */
        tend_complain(tend, "Cannot start %s: %s", command[0], strerror(errno));
        return err_new(-errno);
}
