/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/mempolicy.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static unsigned long number_of(const char *text) {
        return strtoul(text, NULL, 10);
}

/* A field of /proc/self/status, its words joined by one space: "status:NoNewPrivs". */
static void ask_status(const char *name, char answer[static ANSWER_SIZE]) {
        FILE *file = fopen("/proc/self/status", "re");
        char line[ANSWER_SIZE];
        size_t length = strlen(name), n = 0;

        while (file && fgets(line, sizeof(line), file)) {
                if (strncmp(line, name, length) != 0 || line[length] != ':')
                        continue;
                for (const char *c = line + length + 1; *c; c++)
                        if (*c > ' ')
                                answer[n++] = *c;
                        else if (n > 0 && answer[n - 1] != ',')
                                answer[n++] = ',';
                answer[n > 0 ? n - 1 : 0] = '\0'; /* behind the last word */
        }
        if (file)
                (void)fclose(file);
}

static const struct {
        const char *name;
        int number;
} capabilities[] = {
        { "chown", CAP_CHOWN },
        { "kill", CAP_KILL },
        { "mknod", CAP_MKNOD },
        { "net_admin", CAP_NET_ADMIN },
        { "net_bind_service", CAP_NET_BIND_SERVICE },
        { "sys_module", CAP_SYS_MODULE },
        { "sys_rawio", CAP_SYS_RAWIO },
        { "sys_time", CAP_SYS_TIME },
        { "syslog", CAP_SYSLOG },
        { "wake_alarm", CAP_WAKE_ALARM },
};

static int capability_number(const char *name) {
        for (size_t i = 0; i < sizeof(capabilities) / sizeof(*capabilities); i++)
                if (strcmp(capabilities[i].name, name) == 0)
                        return capabilities[i].number;
        return 63; /* no such capability: in no set */
}

/* Whether a capability is in the bounding set. */
static void ask_bounding(const char *name, char answer[static ANSWER_SIZE]) {
        answer_text(answer,
                    "%s",
                    prctl(PR_CAPBSET_READ, capability_number(name), 0, 0, 0) == 1 ? "yes" : "no");
}

/* Whether a capability is in the effective set. */
static void ask_effective(const char *name, char answer[static ANSWER_SIZE]) {
        char set[ANSWER_SIZE] = "0";
        uint64_t bits;

        ask_status("CapEff", set);
        bits = strtoull(set, NULL, 16);
        answer_text(answer, "%s", bits >> capability_number(name) & 1 ? "yes" : "no");
}

static void ask_secure_bits(const char *argument, char answer[static ANSWER_SIZE]) {
        (void)argument;
        answer_text(answer, "%d", prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
}

/* "soft:hard" of a limit by its number; "inf" for none. */
static void ask_limit(const char *number, char answer[static ANSWER_SIZE]) {
        struct rlimit limit;
        char hard[32] = "inf", soft[32] = "inf";

        if (getrlimit((__rlimit_resource_t)number_of(number), &limit) < 0) {
                answer_error(errno, answer);
                return;
        }
        if (limit.rlim_cur != RLIM_INFINITY)
                (void)snprintf(soft, sizeof(soft), "%lu", limit.rlim_cur);
        if (limit.rlim_max != RLIM_INFINITY)
                (void)snprintf(hard, sizeof(hard), "%lu", limit.rlim_max);
        answer_text(answer, "%s:%s", soft, hard);
}

static void ask_environment(const char *name, char answer[static ANSWER_SIZE]) {
        answer_text(answer, "%s", getenv(name) ?: "unset");
}

static void ask_user(const char *argument, char answer[static ANSWER_SIZE]) {
        (void)argument;
        answer_text(answer, "%u:%u", geteuid(), getegid());
}

/* Whether the user is one of those that are made up on demand. */
static void ask_dynamic(const char *argument, char answer[static ANSWER_SIZE]) {
        (void)argument;
        answer_text(answer, "%s", geteuid() >= 61184 && geteuid() <= 65519 ? "yes" : "no");
}

static void ask_member(const char *gid, char answer[static ANSWER_SIZE]) {
        gid_t groups[64];
        int n = getgroups(64, groups);

        answer_text(answer, "no");
        for (int i = 0; i < n; i++)
                if (groups[i] == number_of(gid))
                        answer_text(answer, "yes");
}

static void ask_umask(const char *argument, char answer[static ANSWER_SIZE]) {
        (void)argument;
        answer_text(answer, "%04o", umask(0));
}

static void ask_nice(const char *argument, char answer[static ANSWER_SIZE]) {
        (void)argument;
        answer_text(answer, "%d", getpriority(PRIO_PROCESS, 0));
}

/* "policy:priority", where a policy that is not handed to children has 1073741824 more. */
static void ask_scheduler(const char *argument, char answer[static ANSWER_SIZE]) {
        struct sched_param parameter = { 0 };

        (void)argument;
        (void)sched_getparam(0, &parameter);
        answer_text(answer, "%d:%d", sched_getscheduler(0), parameter.sched_priority);
}

/* "class:priority" of the input and output. */
static void ask_io_priority(const char *argument, char answer[static ANSWER_SIZE]) {
        long value = syscall(SYS_ioprio_get, 1, 0);

        (void)argument;
        answer_text(answer, "%ld:%ld", value >> 13, value & 0x1fff);
}

static void ask_timer_slack(const char *argument, char answer[static ANSWER_SIZE]) {
        (void)argument;
        answer_text(answer, "%d", prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
}

static void ask_personality(const char *argument, char answer[static ANSWER_SIZE]) {
        (void)argument;
        answer_text(answer, "%x", (unsigned)personality(0xffffffff));
}

/* "policy:nodes" of memory. */
static void ask_memory_policy(const char *argument, char answer[static ANSWER_SIZE]) {
        unsigned long nodes[16] = { 0 };
        int policy = -1;

        (void)argument;
        if (syscall(SYS_get_mempolicy, &policy, nodes, sizeof(nodes) * 8, NULL, 0) < 0)
                answer_error(errno, answer);
        else
                answer_text(answer, "%d:%lx", policy, nodes[0]);
}

static void ask_directory(const char *argument, char answer[static ANSWER_SIZE]) {
        (void)argument;
        if (!getcwd(answer, ANSWER_SIZE))
                answer_error(errno, answer);
}

/* The first line of the standard input. */
static void ask_input(const char *argument, char answer[static ANSWER_SIZE]) {
        (void)argument;
        if (fgets(answer, ANSWER_SIZE, stdin))
                answer[strcspn(answer, "\n")] = '\0';
}

static void ask_interfaces(const char *argument, char answer[static ANSWER_SIZE]) {
        struct if_nameindex *all = if_nameindex();
        size_t n = 0;

        (void)argument;
        while (all && all[n].if_index != 0)
                n++;
        answer_text(answer, "%zu", n);
        if_freenameindex(all);
}

/* How many processes of others are seen in /proc. */
static void ask_others(const char *argument, char answer[static ANSWER_SIZE]) {
        DIR *directory = opendir("/proc");
        int n = 0;

        (void)argument;
        for (struct dirent *entry; directory && (entry = readdir(directory));) {
                char path[sizeof("/proc/") + sizeof(entry->d_name)];
                struct stat st;

                (void)snprintf(path, sizeof(path), "/proc/%s", entry->d_name);
                n += entry->d_name[0] >= '0' && entry->d_name[0] <= '9' && stat(path, &st) == 0 &&
                     st.st_uid != geteuid();
        }
        if (directory)
                (void)closedir(directory);
        answer_text(answer, "%d", n);
}

/* How many of so many children can be there at once. */
static void ask_children(const char *number, char answer[static ANSWER_SIZE]) {
        unsigned long wanted = number_of(number), n = 0;
        int ends[2], error = 0;
        char byte;

        if (pipe(ends) < 0)
                return;
        for (; n < wanted && error == 0; n++) {
                pid_t pid = fork();

                if (pid < 0) {
                        error = errno;
                        break;
                }
                if (pid == 0) {
                        (void)close(ends[1]);
                        _exit(read(ends[0], &byte, 1) == 1);
                }
        }
        (void)close(ends[1]);
        while (waitpid(-1, NULL, 0) > 0)
                continue;
        if (error != 0)
                answer_error(error, answer);
        else
                answer_text(answer, "%lu", n);
}

/* Uses so many mebibytes. */
static void ask_use(const char *megabytes, char answer[static ANSWER_SIZE]) {
        size_t size = number_of(megabytes) << 20;
        char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (memory == MAP_FAILED) {
                answer_error(errno, answer);
                return;
        }
        memset(memory, 1, size);
        answer_text(answer, "%d", memory[size - 1] - 1);
        (void)munmap(memory, size);
}

static double seconds_of(clockid_t clock) {
        struct timespec now;

        (void)clock_gettime(clock, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* How much of one processor we get in so many milliseconds, in percent. */
static void ask_processor(const char *milliseconds, char answer[static ANSWER_SIZE]) {
        double begin = seconds_of(CLOCK_MONOTONIC), used = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        double length = (double)number_of(milliseconds) / 1e3, elapsed = 0;

        while (elapsed < length)
                elapsed = seconds_of(CLOCK_MONOTONIC) - begin;
        used = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - used;
        answer_text(answer, "%d", (int)(used * 100 / elapsed));
}

/* clang-format off */
const Probe probes_of_process[] = {
        { .name = "bounding",    .ask = ask_bounding },
        { .name = "children",    .ask = ask_children },
        { .name = "cwd",         .ask = ask_directory },
        { .name = "dynamic",     .ask = ask_dynamic },
        { .name = "effective",   .ask = ask_effective },
        { .name = "env",         .ask = ask_environment },
        { .name = "input",       .ask = ask_input },
        { .name = "interfaces",  .ask = ask_interfaces },
        { .name = "ioprio",      .ask = ask_io_priority },
        { .name = "limit",       .ask = ask_limit },
        { .name = "member",      .ask = ask_member },
        { .name = "mempolicy",   .ask = ask_memory_policy },
        { .name = "nice",        .ask = ask_nice },
        { .name = "others",      .ask = ask_others },
        { .name = "personality", .ask = ask_personality },
        { .name = "processor",   .ask = ask_processor },
        { .name = "scheduler",   .ask = ask_scheduler },
        { .name = "securebits",  .ask = ask_secure_bits },
        { .name = "slack",       .ask = ask_timer_slack },
        { .name = "status",      .ask = ask_status },
        { .name = "umask",       .ask = ask_umask },
        { .name = "use",         .ask = ask_use },
        { .name = "user",        .ask = ask_user },
        { 0 },
};
/* clang-format on */
