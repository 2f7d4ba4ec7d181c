/* SPDX-License-Identifier: Apache-2.0 */

/* tend-exec LIST INDEX: becomes one command of a unit. Descriptor 3 is the plan, 4 takes reports,
 * those that are passed to the program begin at 5. tend-exec --order: the same, as soon as all that
 * has come through the socket that is descriptor 3; descriptor 5 is the state log then. */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/macros.h"
#include "base/options.h"
#include "base/parse_value.h"
#include "exec/name_service.h"
#include "exec/order_await.h"
#include "sandbox/exec_context.h"
#include "sandbox/exec_plan.h"
#include "sandbox/exec_steps.h"
#include "sandbox/exit_code.h"

enum { PLAN_FD = 3, REPORT_FD = 4, FIRST_FD = 5 };

#define FDS_MAX 4096
#define PLAN_MAX (4 * 1024 * 1024)

static int parse_number(const char *text, unsigned limit, unsigned *ret) {
        uint32_t number;

        if (parse_u32(str_of(text), &number) < 0 || number > limit) {
                (void)fprintf(stderr, "tend-exec: not a number up to %u: %s\n", limit, text);
                return -EINVAL;
        }
        *ret = number;
        return 0;
}

static int parse_descriptor(const char *value, int *ret) {
        unsigned fd;
        int r = parse_number(value, FIRST_FD + FDS_MAX, &fd);

        if (r == 0)
                *ret = (int)fd;
        return r;
}

static int set_exec_fd(void *userdata, const char *value) {
        ExecRequest *request = userdata;

        return parse_descriptor(value, &request->exec_fd);
}

static int set_first_fd(void *userdata, const char *value) {
        ExecRequest *request = userdata;

        return parse_descriptor(value, &request->first_fd);
}

static int set_switch_fd(void *userdata, const char *value) {
        ExecRequest *request = userdata;

        return parse_descriptor(value, &request->switch_fd);
}

static int set_fds(void *userdata, const char *value) {
        ExecRequest *request = userdata;

        return parse_number(value, FDS_MAX, &request->n_fds);
}

static int set_stored_fds(void *userdata, const char *value) {
        ExecRequest *request = userdata;

        return parse_number(value, FDS_MAX, &request->n_stored_fds);
}

static int set_in_group(void *userdata, const char *value UNUSED) {
        ExecRequest *request = userdata;

        request->in_group = true;
        return 0;
}

static int set_none_ignored(void *userdata, const char *value UNUSED) {
        ExecRequest *request = userdata;

        request->none_ignored = true;
        return 0;
}

static int set_names(void *userdata, const char *value) {
        ExecRequest *request = userdata;

        request->fd_names = value;
        return 0;
}

/* clang-format off */
static const Option options[] = {
        { .long_name = "exec-fd",      .argument = "N",     .apply = set_exec_fd,    .help = "descriptor that closes when the program is executed" },
        { .long_name = "first-fd",     .argument = "N",     .apply = set_first_fd,   .help = "the first of those that are passed to the program (default 5)" },
        { .long_name = "in-group",     .apply = set_in_group,                        .help = "it is in its control group already" },
        { .long_name = "listen-fds",   .argument = "COUNT", .apply = set_fds,        .help = "descriptors that are passed to the program" },
        { .long_name = "listen-names", .argument = "A:B",   .apply = set_names,      .help = "their names" },
        { .long_name = "none-ignored", .apply = set_none_ignored,                    .help = "no signal is ignored" },
        { .long_name = "stored-fds",   .argument = "COUNT", .apply = set_stored_fds, .help = "how many of them, at the end, come from the descriptor store" },
        { .long_name = "switch-fd",    .argument = "N",     .apply = set_switch_fd,  .help = "map that turns RestrictFileSystems= on" },
};
/* clang-format on */

static int parse_arguments(int argc, char **argv, ExecRequest *request) {
        static const OptionTable table = {
                .program = "tend-exec",
                .options = options,
                .n_options = ARRAY_LENGTH(options),
        };
        AUTO_FREE char **arguments = NULL;
        int r = options_parse(&table, argc, argv, request, &arguments);

        if (r < 0)
                return r;
        if (!arguments[0] || !arguments[1] || arguments[2]) {
                (void)fprintf(stderr, "Usage: tend-exec LIST INDEX [OPTIONS], see tend-exec(8)\n");
                return -EINVAL;
        }
        request->list = arguments[0];
        return parse_number(arguments[1], UINT32_MAX, &request->index);
}

/* The plan and what has become of it so far. */
typedef struct Plan {
        Str bytes, programs; /* mapped as long as this process is the executor */
        UnitSpec *spec;
        Diag diag;
        int error;
} Plan;

static int map_plan(int fd, Str *ret) {
        struct stat st;
        void *data;

        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > PLAN_MAX)
                return -EBADMSG;
        data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED)
                return -errno;
        *ret = (Str){ data, (size_t)st.st_size };
        return 0;
}

/* It is sealed and read once; a later one replaces it. */
static void read_plan(void *userdata, int fd) {
        Plan *plan = userdata;
        Str text;

        plan->spec = unit_spec_free(plan->spec);
        plan->error = map_plan(fd, &plan->bytes);
        if (plan->error < 0)
                return;
        exec_plan_split(plan->bytes, &text, &plan->programs);
        plan->error = exec_plan_read(text, &plan->spec, &plan->diag);
}

static void plan_done(Plan *plan) {
        plan->spec = unit_spec_free(plan->spec);
        diag_clear(&plan->diag);
}
DEFINE_AUTO_DONE(Plan, plan_done);

static int report_failure(const ExecReport *report, const Diag *diag, int error) {
        exec_report_send(report,
                         "PLAN",
                         REPORT_FAILED,
                         "",
                         diag->n_findings > 0 ? diag->findings[0].text
                                              : strerrordesc_np(-error) ?: "");
        return EXEC_EXIT_MEMORY;
}

static int run(ExecRequest *request, const Plan *plan) {
        AUTO(exec_context_done) ExecContext context = { 0 };
        const ExecReport report = { .fd = request->report_fd };
        int r = plan->error;

        request->programs = plan->programs;
        if (r >= 0)
                r = exec_context_init(&context, request, plan->spec);
        if (r < 0)
                return report_failure(&report, &plan->diag, r);
        r = exec_steps_run(&context);
        return r == EXEC_NEEDS_NAME_SERVICE ? name_service_execute(request, plan->bytes, &report)
                                            : r;
}

int main(int argc, char **argv) {
        ExecRequest request = {
                .report_fd = REPORT_FD,
                .exec_fd = -1,
                .switch_fd = -1,
                .first_fd = FIRST_FD,
                .environment = environ,
        };
        AUTO(plan_done) Plan plan = { .diag = DIAG_INIT };
        const OrderPlaces places = { .order_fd = PLAN_FD, .log_fd = FIRST_FD };
        int r = ORDER_IS_THERE;

        if (argc == 2 && streq(argv[1], "--order"))
                r = order_await(&places, &request, read_plan, &plan);
        else if (parse_arguments(argc, argv, &request) < 0)
                return EXEC_EXIT_MEMORY;
        else
                read_plan(&plan, PLAN_FD);
        return r == ORDER_IS_THERE ? run(&request, &plan) : r;
}
