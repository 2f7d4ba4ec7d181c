/* SPDX-License-Identifier: Apache-2.0 */

/* The one small static program that ./dev bench starts, and the floor it is measured against.
 *   bench_tool service FILE        stamps FILE and pauses for ever
 *   bench_tool once FILE           stamps FILE and ends
 *   bench_tool start N FILE        the floor of starting: N "service" by a bare vfork loop
 *   bench_tool wait N FILE         the floor of a chain: N "once", each spawned and waited for
 *   bench_tool due N NSEC FILE     the floor of a timer: N "once", 100 ms apart, the first at NSEC
 *   bench_tool time N COMMAND...   runs a command N times; prints a line "begin end" for each
 *   bench_tool reap                PID 1 of a container whose manager is not PID 1
 * A stamp is the time of CLOCK_MONOTONIC in nanoseconds, 20 digits and a newline, in one write(2).
 */

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STAMP_BYTES 21

extern char **environ;

static uint64_t now_nsec(void) {
        struct timespec now;
        (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
        return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static int stamp(const char *file) {
        char line[STAMP_BYTES + 1];
        int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);

        (void)snprintf(line, sizeof(line), "%020llu\n", (unsigned long long)now_nsec()); /* fits */
        return fd < 0 || write(fd, line, STAMP_BYTES) != STAMP_BYTES;
}

static pid_t spawn(char *const *argv) {
        pid_t pid = vfork();
        if (pid == 0) {
                (void)execve(argv[0], argv, environ); /* returns only on failure */
                _exit(127);
        }
        return pid;
}

/* Prints the milliseconds from the first spawn to the last stamp. */
static int floor_of(char *self, const char *verb, long n, char *file) {
        char *argv[] = { self, (char[8]){ 0 }, file, NULL };
        pid_t *pids = calloc((size_t)n, sizeof(*pids));
        struct stat status = { 0 };
        bool pauses = strcmp(verb, "service") == 0;

        if (!pids)
                return 1;
        (void)snprintf(argv[1], 8, "%s", verb); /* "service" just fits */
        uint64_t begin = now_nsec();
        for (long i = 0; i < n; i++) {
                pids[i] = spawn(argv);
                if (!pauses)
                        (void)waitpid(pids[i], NULL, 0); /* our own child */
        }
        while (stat(file, &status) < 0 || status.st_size < n * STAMP_BYTES)
                (void)usleep(200); /* the stamps carry the time, waiting adds nothing */
        printf("%.3f\n", (double)(now_nsec() - begin) / 1e6);
        for (long i = 0; pauses && i < n; i++)
                (void)kill(pids[i], SIGKILL); /* our own child */
        free(pids);
        return 0;
}

/* Sleeps until each moment and spawns. */
static int due(char *self, long n, uint64_t first_nsec, char *file) {
        char *const argv[] = { self, (char[]){ "once" }, file, NULL };
        for (long i = 0; i < n; i++) {
                uint64_t at = first_nsec + (uint64_t)i * UINT64_C(100000000);
                const struct timespec moment = { .tv_sec = (time_t)(at / UINT64_C(1000000000)),
                                                 .tv_nsec = (long)(at % UINT64_C(1000000000)) };
                while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL) != 0)
                        ;
                pid_t pid = spawn(argv);
                if (pid < 0 || waitpid(pid, NULL, 0) < 0)
                        return 1;
        }
        return 0;
}

/* Prints when each run began and ended, or says which failed. What the command says is dropped. */
static int time_of(long n, char **command) {
        int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

        if (out < 0 || !freopen("/dev/null", "w", stdout))
                return 1;
        for (long i = 0; i < n; i++) {
                uint64_t begin = now_nsec();
                int status = -1;
                pid_t pid = spawn(command);

                if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
                        (void)fprintf(stderr, "run %ld: status %#x\n", i, (unsigned)status);
                        return 1;
                }
                (void)dprintf(out,
                              "%llu %llu\n",
                              (unsigned long long)begin,
                              (unsigned long long)now_nsec());
        }
        return 0;
}

static _Noreturn void reap(void) {
        sigset_t child;

        (void)sigemptyset(&child);        /* cannot fail */
        (void)sigaddset(&child, SIGCHLD); /* a valid signal */
        (void)sigprocmask(SIG_BLOCK, &child, NULL);
        for (;;) {
                while (waitpid(-1, NULL, WNOHANG) > 0)
                        ;
                (void)sigwaitinfo(&child, NULL); /* or some other signal: looks again */
        }
}

int main(int argc, char **argv) {
        if (argc == 3 && strcmp(argv[1], "service") == 0) {
                if (stamp(argv[2]) != 0)
                        return 1;
                for (;;)
                        (void)pause(); /* until a signal ends it */
        }
        if (argc == 3 && strcmp(argv[1], "once") == 0)
                return stamp(argv[2]);
        if (argc == 4 && (strcmp(argv[1], "start") == 0 || strcmp(argv[1], "wait") == 0)) {
                const char *verb = argv[1][0] == 's' ? "service" : "once";
                return floor_of(argv[0], verb, strtol(argv[2], NULL, 10), argv[3]);
        }
        if (argc == 5 && strcmp(argv[1], "due") == 0)
                return due(
                        argv[0], strtol(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), argv[4]);
        if (argc >= 4 && strcmp(argv[1], "time") == 0)
                return time_of(strtol(argv[2], NULL, 10), argv + 3);
        if (argc == 2 && strcmp(argv[1], "reap") == 0)
                reap();
        (void)fputs("usage: bench_tool service|once FILE | start|wait N FILE | due N NSEC FILE | "
                    "time N COMMAND... | reap\n",
                    stderr);
        return 2;
}
