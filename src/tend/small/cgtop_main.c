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
#include "base/path_name.h"
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
        TOP_TERMINAL = 1 << 5,
} TopFlags;

typedef struct Top {
        unsigned flags; /* TopFlags */
        TopOrder order;
        uint32_t iterations; /* 0 = no end, UINT32_MAX = by where the output goes */
        uint32_t depth;
        uint64_t delay_usec;
        const char *machine;
        GroupCount count;
        bool is_flat;
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

        int r = duration_parse(str_of(value), USEC_PER_SEC, place);
        if (r < 0)
                return program_fail(
                        "Failed to parse delay parameter '%s': %s", value, strerror(-r));
        return *place > 0 ? PROGRAM_GO_ON : program_fail("Invalid delay parameter '%s'", value);
}

static ProgramOutcome
apply_recursive(void *userdata, const ProgramOption *option UNUSED, const char *value) {
        bool on;

        if (parse_boolean(str_of(value), &on) < 0)
                return program_fail("Failed to parse boolean argument to --recursive=: %s.", value);
        ((Top *)userdata)->is_flat = !on;
        return PROGRAM_GO_ON;
}

static ProgramOutcome
apply_count(void *userdata, const ProgramOption *option, const char *value UNUSED) {
        ((Top *)userdata)->count = (GroupCount)option->flag;
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
        { NULL, 'P', .apply = apply_count, .flag = COUNT_PROCESSES },
        { NULL, 'c', .apply = apply_order, .flag = TOP_CPU },
        { NULL, 'i', .apply = apply_order, .flag = TOP_IO },
        { NULL, 'k', .apply = apply_count, .flag = COUNT_ALL_PROCESSES },
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

/* What is known goes before what is not, then the higher number; 0 when they are the same. */
static int compare_numbers(bool has_x, uint64_t x, bool has_y, uint64_t y) {
        if (!has_x || !has_y)
                return has_y - has_x;
        return (y > x) - (y < x);
}

static int compare_by(const GroupUsage *x, const GroupUsage *y, const Top *top) {
        switch (top->order) {
        case TOP_TASKS:
                return compare_numbers(x->has_tasks, x->tasks, y->has_tasks, y->tasks);
        case TOP_CPU:
                if (top->flags & TOP_CPU_TIME)
                        return compare_numbers(true, x->cpu_nsec, true, y->cpu_nsec);
                return compare_numbers(x->has_cpu, x->cpu_permille, y->has_cpu, y->cpu_permille);
        case TOP_MEMORY:
                return compare_numbers(x->has_memory, x->memory, y->has_memory, y->memory);
        case TOP_IO:
                return compare_numbers(x->has_io,
                                       x->read_rate + x->write_rate,
                                       y->has_io,
                                       y->read_rate + y->write_rate);
        case TOP_PATH:
        case TOP_ORDER_COUNT:
                break;
        }
        return 0;
}

/* A group stands before those below it, unless their tasks are not its own. */
static int compare_usage(const void *a, const void *b, void *userdata) {
        const GroupUsage *x = a, *y = b;
        const Top *top = userdata;

        if (top->order != TOP_TASKS || !top->is_flat) {
                if (path_is_below(y->group, x->group))
                        return -1;
                if (path_is_below(x->group, y->group))
                        return 1;
        }
        int order = compare_by(x, y, top);
        return order != 0 ? order : strcmp(x->group, y->group);
}

static void add_bytes(const Top *top, uint64_t bytes, bool known, StrBuf *out) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        if (!known)
                strbuf_add_char(&text, '-');
        else if (top->flags & TOP_RAW)
                strbuf_addf(&text, "%llu", (unsigned long long)bytes);
        else
                print_size_rounded(&text, bytes);
        strbuf_addf(out, " %8s", strbuf_text(&text));
}

/* How wide the columns of this table are. */
typedef struct TopWidths {
        int group, cpu;
} TopWidths;

static char *cpu_text(const Top *top, const GroupUsage *usage) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        if (top->flags & TOP_CPU_TIME)
                duration_print(&text, usage->cpu_nsec / NSEC_PER_USEC, 1);
        else if (usage->has_cpu)
                strbuf_addf(&text,
                            "%llu.%llu",
                            (unsigned long long)(usage->cpu_permille / 10),
                            (unsigned long long)(usage->cpu_permille % 10));
        else
                strbuf_add(&text, "-");
        return strbuf_steal(&text);
}

static void add_row(const Top *top, const GroupUsage *usage, TopWidths widths, StrBuf *out) {
        AUTO_FREE char *cpu = cpu_text(top, usage);

        strbuf_addf(out, "%-*s", widths.group, usage->group);
        if (usage->has_tasks)
                strbuf_addf(out, " %7llu", (unsigned long long)usage->tasks);
        else
                strbuf_addf(out, " %7s", "-");
        strbuf_addf(out, " %*s", widths.cpu, cpu ? cpu : "-");
        add_bytes(top, usage->memory, usage->has_memory, out);
        add_bytes(top, usage->read_rate, usage->has_io, out);
        add_bytes(top, usage->write_rate, usage->has_io, out);
        strbuf_add_char(out, '\n');
}

static void add_heading(const Top *top, TopWidths widths, StrBuf *out) {
        if (!(top->flags & TOP_TERMINAL))
                return;
        strbuf_addf(out,
                    "\033[H\033[J%-*s %7s %*s %8s %8s %8s\n\n",
                    widths.group,
                    "CGroup",
                    top->count != COUNT_TASKS ? "Procs" : "Tasks",
                    widths.cpu,
                    top->flags & TOP_CPU_TIME ? "CPU Time" : "%CPU",
                    "Memory",
                    "Input/s",
                    "Output/s");
}

static bool has_something(const GroupUsage *usage) {
        return usage->has_tasks || usage->has_cpu || usage->has_memory || usage->has_io;
}

/* Puts what has something to tell in front, in order; how many of them there is room for. */
static unsigned choose_rows(const Top *top, GroupUsage *rows, unsigned n_all) {
        struct winsize size = { 0 };
        Top order = *top;
        unsigned n = 0;

        for (unsigned i = 0; i < n_all; i++)
                if (has_something(&rows[i]))
                        rows[n++] = rows[i];
        if (n > 1)
                qsort_r(rows, n, sizeof(*rows), compare_usage, &order);
        if (top->flags & TOP_TERMINAL)
                (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size); /* else all rows */
        return size.ws_row > 3 ? MIN(n, size.ws_row - 3U) : n;
}

static TopWidths measure(const Top *top, const GroupUsage *rows, unsigned n) {
        TopWidths widths = { top->flags & TOP_TERMINAL ? 36 : 3,
                             top->flags & TOP_CPU_TIME ? 0 : 6 };

        for (unsigned i = 0; i < n; i++) {
                AUTO_FREE char *cpu = cpu_text(top, &rows[i]);
                widths.group = MAX(widths.group, (int)strlen(rows[i].group));
                widths.cpu = MAX(widths.cpu, cpu ? (int)strlen(cpu) : 0);
        }
        return widths;
}

/* The whole table, as high as the terminal. -ENOMEM. */
static int print_table(const Top *top, const GroupUsages *usages) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_FREE GroupUsage *rows = calloc(usages->n_usages + 1, sizeof(*rows));

        if (!rows)
                return err_new(-ENOMEM);
        if (usages->n_usages > 0)
                memcpy(rows, usages->usages, usages->n_usages * sizeof(*rows)); /* theirs stay so */
        unsigned n = choose_rows(top, rows, usages->n_usages);
        TopWidths widths = measure(top, rows, n);
        add_heading(top, widths, &out);
        for (unsigned i = 0; i < n; i++)
                add_row(top, &rows[i], widths, &out);
        (void)fputs(strbuf_text(&out), stdout); /* as all output: checked when it is closed */
        (void)fflush(stdout);                   /* likewise; it is for now */
        return err_pass(strbuf_result(&out));
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
        const GroupQuery query = { group, top->depth, top->count, top->is_flat };
        bool is_terminal = (top->flags & TOP_TERMINAL) != 0;
        uint32_t iterations = top->iterations != UINT32_MAX ? top->iterations : !is_terminal;

        for (uint32_t i = 0;;) {
                AUTO(group_usages_done) GroupUsages now = { 0 };
                int r = group_usages_read(&query, &before, &now);
                if (r == 0)
                        r = print_table(top, &now);
                if (r < 0)
                        return program_fail("Failed to refresh: %s", strerror(-r)), 1;
                group_usages_done(&before);
                before = now;
                now = (GroupUsages){ 0 };
                if (++i == iterations)
                        return 0;
                if (!is_terminal)
                        (void)putchar('\n'); /* as all output: checked when it is closed */
                if (wait_for_next(top))
                        return 0;
                i = MIN(i, UINT32_MAX - 1);
        }
}

int cgtop_main(Tend *tend, int argc UNUSED, char **argv) {
        Top top = {
                .order = TOP_CPU,
                .depth = 3,
                .delay_usec = USEC_PER_SEC,
                .iterations = UINT32_MAX,
                .count = group_usages_usual_count(),
        };
        AUTO(strbuf_done) StrBuf group = STRBUF_INIT;
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
        if (top.is_flat && top.count == COUNT_TASKS)
                return program_fail("Non-recursive counting is only supported when counting "
                                    "processes, not tasks. Use -P or -k."),
                       1;
        if (top.machine)
                return program_fail("tend knows no machines: --machine= is not supported."), 1;
        if (tend->flags & TEND_TERMINAL)
                top.flags |= TOP_TERMINAL;
        const char *typed = arguments[0] ? arguments[0] : "/";
        strbuf_addf(&group, "%s%s", *typed == '/' ? "" : "/", typed);
        return run_loop(&top, strbuf_text(&group));
}
