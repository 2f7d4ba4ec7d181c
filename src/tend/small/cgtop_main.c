/* SPDX-License-Identifier: Apache-2.0 */

/* systemd-cgtop: control groups by what they use. */

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/enum_name.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strbuf.h"
#include "tend/program.h"
#include "tend/small/group_usage.h"
#include "tend/small/small.h"
#include "tend/systemctl/ctl_time.h"

typedef enum TopOrder {
        TOP_PATH,
        TOP_TASKS,
        TOP_CPU,
        TOP_MEMORY,
        TOP_IO,
        TOP_ORDER_COUNT
} TopOrder;

static const char *const order_names[] = {
        [TOP_PATH] = "path",     [TOP_TASKS] = "tasks", [TOP_CPU] = "cpu",
        [TOP_MEMORY] = "memory", [TOP_IO] = "io",
};
static_assert(ARRAY_LENGTH(order_names) == TOP_ORDER_COUNT, "a name per order");

typedef enum TopFlags {
        TOP_RAW = 1 << 0,
        TOP_BATCH = 1 << 1,
        TOP_CPU_TIME = 1 << 2,
        TOP_PROCESSES = 1 << 3,
        TOP_ALL_PROCESSES = 1 << 4,
        TOP_TERMINAL = 1 << 5,
} TopFlags;

typedef struct Top {
        unsigned flags; /* TopFlags */
        TopOrder order;
        uint32_t iterations; /* 0 = by where the output goes */
        uint32_t depth;
        uint64_t delay_usec;
        const char *machine;
} Top;

/* --- options
 * -----------------------------------------------------------------------------------------------
 */

static ProgramOutcome apply_order(void *userdata, const ProgramOption *option, const char *value) {
        int order = option->letter ? (int)option->flag
                                   : enum_parse(order_names, TOP_ORDER_COUNT, str_of(value));
        if (order < 0)
                return program_fail("Invalid argument to --order=: %s", value);
        ((Top *)userdata)->order = (TopOrder)order;
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_cpu(void *userdata, const ProgramOption *option UNUSED, const char *value) {
        Top *top = userdata;

        if (value && !streq(value, "time") && !streq(value, "percentage"))
                return program_fail("Unknown argument to --cpu=: %s", value);
        if (value && streq(value, "time"))
                top->flags |= TOP_CPU_TIME;
        else
                top->flags &= ~(unsigned)TOP_CPU_TIME;
        return PROGRAM_GO_ON;
}

static ProgramOutcome apply_number(void *userdata, const ProgramOption *option, const char *value) {
        uint32_t *place = (uint32_t *)(void *)((char *)userdata + option->place);

        if (!value) {
                *place = 1; /* -1 */
                return PROGRAM_GO_ON;
        }
        if (parse_u32(str_of(value), place) < 0)
                return program_fail(
                        "Failed to parse %s parameter '%s': Invalid argument", option->name, value);
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_delay(void *userdata, const ProgramOption *option UNUSED, const char *value) {
        uint64_t *place = &((Top *)userdata)->delay_usec;

        if (duration_parse(str_of(value), USEC_PER_SEC, place) < 0 || *place == 0)
                return program_fail("Failed to parse delay parameter '%s': Invalid argument",
                                    value);
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_recursive(void *userdata UNUSED, const ProgramOption *option UNUSED, const char *value) {
        bool on;

        if (parse_boolean(str_of(value), &on) < 0)
                return program_fail("Failed to parse --recursive= argument '%s': Invalid argument",
                                    value);
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_help(void *userdata UNUSED, const ProgramOption *option UNUSED, const char *value UNUSED) {
        (void)puts("systemd-cgtop [OPTIONS...] [CGROUP]\n\n"
                   "Shows control groups by what they use.\n\n"
                   "  -p -t -c -m -i --order=path|tasks|cpu|memory|io  --cpu=percentage|time\n"
                   "  -r --raw  -P  -k  --recursive=BOOL  -d --delay=SPAN  -n --iterations=N  -1\n"
                   "  -b --batch  --depth=N  -M --machine=NAME  -h --help  --version");
        return PROGRAM_DONE;
}

#define FLAG(bit) .apply = program_set_flag, .place = offsetof(Top, flags), .flag = (bit)
#define NUMBER(member) .apply = apply_number, .place = offsetof(Top, member)

/* clang-format off */
static const ProgramOption options[] = {
        { NULL, '1', NUMBER(iterations) },
        { NULL, 'P', FLAG(TOP_PROCESSES) },
        { NULL, 'c', .apply = apply_order, .flag = TOP_CPU },
        { NULL, 'i', .apply = apply_order, .flag = TOP_IO },
        { NULL, 'k', FLAG(TOP_ALL_PROCESSES) },
        { NULL, 'm', .apply = apply_order, .flag = TOP_MEMORY },
        { NULL, 'p', .apply = apply_order, .flag = TOP_PATH },
        { NULL, 't', .apply = apply_order, .flag = TOP_TASKS },
        { "batch", 'b', FLAG(TOP_BATCH) },
        { "cpu", 0, .argument = PROGRAM_OPTIONAL_ARGUMENT, .apply = apply_cpu },
        { "delay", 'd', .argument = PROGRAM_ARGUMENT, .apply = apply_delay },
        { "depth", 0, .argument = PROGRAM_ARGUMENT, NUMBER(depth) },
        { "help", 'h', .apply = apply_help },
        { "iterations", 'n', .argument = PROGRAM_ARGUMENT, NUMBER(iterations) },
        { "machine", 'M', .argument = PROGRAM_ARGUMENT, .apply = program_set_text, .place = offsetof(Top, machine) },
        { "order", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_order },
        { "raw", 'r', FLAG(TOP_RAW) },
        { "recursive", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_recursive },
        { "version", 0, .apply = program_version },
};
/* clang-format on */

static const Program program = { .options = options, .n_options = ARRAY_LENGTH(options) };

/* --- output
 * ------------------------------------------------------------------------------------------------
 */

static uint64_t key_of(const GroupUsage *usage, TopOrder order) {
        switch (order) {
        case TOP_TASKS:
                return usage->tasks;
        case TOP_CPU:
                return usage->has_rate ? usage->cpu_permille + 1 : 0;
        case TOP_MEMORY:
                return usage->memory;
        case TOP_IO:
                return usage->has_rate ? usage->read_rate + usage->write_rate : 0;
        case TOP_PATH:
        case TOP_ORDER_COUNT:
                break;
        }
        return 0;
}

static int compare_usage(const void *a, const void *b, void *userdata) {
        const GroupUsage *x = a, *y = b;
        TopOrder order = *(TopOrder *)userdata;
        uint64_t x_key = key_of(x, order), y_key = key_of(y, order);

        return x_key != y_key ? (x_key > y_key ? -1 : 1) : strcmp(x->group, y->group);
}

static void add_bytes(const Top *top, uint64_t bytes, bool known, StrBuf *out) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        if (!known)
                strbuf_add_char(&text, '-');
        else if (top->flags & TOP_RAW)
                strbuf_addf(&text, "%llu", (unsigned long long)bytes);
        else
                ctl_print_bytes(bytes, &text);
        strbuf_addf(out, " %8s", strbuf_text(&text));
}

static void add_row(const Top *top, const GroupUsage *usage, int width, StrBuf *out) {
        AUTO(strbuf_done) StrBuf cpu = STRBUF_INIT;

        strbuf_addf(out, "%-*s", width, usage->group);
        if (usage->tasks > 0)
                strbuf_addf(out, " %7llu", (unsigned long long)usage->tasks);
        else
                strbuf_addf(out, " %7s", "-");
        if (top->flags & TOP_CPU_TIME && usage->has_cpu)
                duration_print(&cpu, usage->cpu_usec, USEC_PER_MSEC);
        else if (!(top->flags & TOP_CPU_TIME) && usage->has_rate)
                strbuf_addf(&cpu,
                            "%llu.%llu",
                            (unsigned long long)(usage->cpu_permille / 10),
                            (unsigned long long)(usage->cpu_permille % 10));
        strbuf_addf(out, " %6s", cpu.length > 0 ? strbuf_text(&cpu) : "-");
        add_bytes(top, usage->memory, usage->memory > 0, out);
        add_bytes(top, usage->read_rate, usage->has_rate && usage->has_io, out);
        add_bytes(top, usage->write_rate, usage->has_rate && usage->has_io, out);
        strbuf_add_char(out, '\n');
}

static void add_heading(const Top *top, int width, StrBuf *out) {
        if (!(top->flags & TOP_TERMINAL))
                return;
        strbuf_addf(out,
                    "\033[H\033[J%-*s %7s %6s %8s %8s %8s\n\n",
                    width,
                    "CGroup",
                    top->flags & (TOP_PROCESSES | TOP_ALL_PROCESSES) ? "Procs" : "Tasks",
                    top->flags & TOP_CPU_TIME ? "CPU" : "%CPU",
                    "Memory",
                    "Input/s",
                    "Output/s");
}

/* The whole table, as high as the terminal. */
static void print_table(const Top *top, GroupUsages *usages) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        struct winsize size = { 0 };
        TopOrder order = top->order;
        int width = top->flags & TOP_TERMINAL ? 36 : 0;
        unsigned n_rows = 0;

        for (unsigned i = 0; i < usages->n_usages; i++)
                width = MAX(width, (int)strlen(usages->usages[i].group));
        if (usages->n_usages > 1)
                qsort_r(usages->usages,
                        usages->n_usages,
                        sizeof(*usages->usages),
                        compare_usage,
                        &order);
        if (top->flags & TOP_TERMINAL)
                (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size); /* else all rows */
        add_heading(top, width, &out);
        for (unsigned i = 0; i < usages->n_usages; i++) {
                const GroupUsage *usage = &usages->usages[i];
                if (usage->tasks == 0 && usage->memory == 0 && !usage->has_io &&
                    usage->cpu_permille == 0)
                        continue; /* nothing to tell */
                if (size.ws_row > 3 && ++n_rows > size.ws_row - 3U)
                        break;
                add_row(top, usage, width, &out);
        }
        (void)fputs(strbuf_text(&out), stdout); /* as all output: checked when it is closed */
        (void)fflush(stdout);                   /* likewise; it is for now */
}

/* --- the loop
 * -----------------------------------------------------------------------------------------------
 */

/* Waits; true when the user wants to leave (q, or the end of input). */
static bool wait_for_next(const Top *top) {
        bool listens = (top->flags & TOP_TERMINAL) && !(top->flags & TOP_BATCH);
        struct pollfd fd = { .fd = listens ? STDIN_FILENO : -1, .events = POLLIN };
        char key = '\0';

        if (poll(&fd, 1, (int)MIN(top->delay_usec / USEC_PER_MSEC, (uint64_t)3600000)) <= 0)
                return false;
        return read(STDIN_FILENO, &key, 1) <= 0 || key == 'q';
}

static int run_loop(const Top *top, const char *group) {
        AUTO(group_usages_done) GroupUsages before = { 0 };
        bool is_terminal = (top->flags & TOP_TERMINAL) != 0;
        uint32_t iterations = top->iterations ? top->iterations : is_terminal ? UINT32_MAX : 1;

        for (uint32_t i = 0; i < iterations; i++) {
                AUTO(group_usages_done) GroupUsages now = { 0 };
                bool counts = top->flags & (TOP_PROCESSES | TOP_ALL_PROCESSES);
                int r = group_usages_read(group, top->depth, counts, &now);
                if (r < 0)
                        return program_fail("Failed to refresh: %s", strerror(-r)), 1;
                group_usages_compare(&now, &before);
                if (i > 0 && !is_terminal)
                        (void)putchar('\n'); /* as all output: checked when it is closed */
                print_table(top, &now);
                group_usages_done(&before);
                before = now;
                now = (GroupUsages){ 0 };
                if (i + 1 < iterations && wait_for_next(top))
                        return 0;
        }
        return 0;
}

int cgtop_main(Tend *tend, int argc UNUSED, char **argv) {
        Top top = { .order = TOP_CPU, .depth = 3, .delay_usec = USEC_PER_SEC };
        char **arguments;

        switch (program_read_options(&program, argv, &top, &arguments)) {
        case PROGRAM_GO_ON:
                break;
        case PROGRAM_DONE:
                return 0;
        case PROGRAM_FAILED:
                return 1;
        }
        if (arguments[0] && arguments[1])
                return program_fail("Too many arguments."), 1;
        if (tend->flags & TEND_TERMINAL)
                top.flags |= TOP_TERMINAL;
        return run_loop(&top, arguments[0] ? arguments[0] : "/");
}
