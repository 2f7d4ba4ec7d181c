/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/failure_text.h"

#include <signal.h>
#include <string.h>

#include "base/macros.h"
#include "base/parse_value.h"
#include "base/str.h"
#include "unit/exit_status.h"

/* What the executor could not do, by its exit status (systemd.exec(5), "Process Exit Codes"). */
typedef struct StepRow {
        int exit_status;
        const char *setting;
        const char *text;
} StepRow;

/* clang-format off */
static const StepRow step_rows[] = {
        { 200, "WorkingDirectory", "it cannot change to its working directory" },
        { 201, "Nice", "its priority cannot be set" },
        { 203, NULL, "the program cannot be executed" },
        { 204, NULL, "there was not enough memory to start it" },
        { 205, NULL, "a resource limit cannot be set" },
        { 206, "OOMScoreAdjust", "its out-of-memory score cannot be set" },
        { 208, "StandardInput", "its standard input cannot be opened" },
        { 209, "StandardOutput", "its standard output cannot be opened" },
        { 210, "RootDirectory", "it cannot change to its root directory" },
        { 211, "IOSchedulingClass", "its IO priority cannot be set" },
        { 212, "TimerSlackNSec", "its timer slack cannot be set" },
        { 213, "SecureBits", "its secure bits cannot be set" },
        { 214, "CPUSchedulingPolicy", "its CPU scheduling cannot be set" },
        { 215, "CPUAffinity", "its CPU affinity cannot be set" },
        { 216, "Group", "its group does not exist or cannot be taken" },
        { 217, "User", "its user does not exist or cannot be taken" },
        { 218, "CapabilityBoundingSet", "its capabilities cannot be set" },
        { 219, "Slice", "its control group cannot be set up" },
        { 222, "StandardError", "its standard error cannot be opened" },
        { 224, "PAMName", "its PAM session cannot be opened" },
        { 225, "NetworkNamespacePath", "its network cannot be set up" },
        { 226, NULL, "its mount namespace cannot be set up" },
        { 227, "NoNewPrivileges", "its privileges cannot be locked" },
        { 228, "SystemCallFilter", "its system call filter cannot be set" },
        { 230, "Personality", "its personality cannot be set" },
        { 233, "RuntimeDirectory", "its runtime directory cannot be made" },
        { 235, "User", "its files cannot be given to its user" },
        { 238, "StateDirectory", "its state directory cannot be made" },
        { 239, "CacheDirectory", "its cache directory cannot be made" },
        { 240, "LogsDirectory", "its logs directory cannot be made" },
        { 241, "ConfigurationDirectory", "its configuration directory cannot be made" },
        { 243, NULL, "its credentials cannot be set up" },
};

static const struct { const char *result, *text; } result_rows[] = {
        { "core-dump", NULL },
        { "exec-condition", "a command of ExecCondition= said no" },
        { "exit-code", NULL },
        { "oom-kill", "the kernel killed it for lack of memory" },
        { "protocol", "it did not do what its Type= promises" },
        { "resources", "the manager could not set it up" },
        { "signal", NULL },
        { "start-limit-hit", "it was started too often in a short time (StartLimitBurst= in StartLimitIntervalSec=)" },
        { "timeout", "it took longer than its time limit allows" },
        { "watchdog", "it gave no sign of life within WatchdogSec=" },
}, job_rows[] = {
        { "assert", "an assertion does not hold" },
        { "canceled", "it was canceled by another request" },
        { "collected", "the unit was unloaded meanwhile" },
        { "dependency", "a unit that it needs did not start" },
        { "invalid", "the unit is in no state for this" },
        { "once", "it has run already and may run only once" },
        { "timeout", "the job did not end within its time limit" },
        { "unsupported", "this kind of unit is not supported here" },
};
/* clang-format on */

static const StepRow *step_of(int exit_status) {
        for (size_t i = 0; i < ARRAY_LENGTH(step_rows); i++)
                if (step_rows[i].exit_status == exit_status)
                        return &step_rows[i];
        return NULL;
}

const char *failure_setting(int exit_status) {
        const StepRow *row = step_of(exit_status);
        return row ? row->setting : NULL;
}

void failure_describe_exit(int code, int status, StrBuf *out) {
        if (code == CLD_EXITED) {
                const char *name = exit_status_name(status, EXIT_STATUS_LIBC | EXIT_STATUS_SYSTEMD);
                strbuf_addf(out, "exited with status %d", status);
                if (name)
                        strbuf_addf(out, "/%s", name);
                return;
        }
        strbuf_add(out, "was killed by ");
        print_signal(out, status);
        if (code == CLD_DUMPED)
                strbuf_add(out, " and dumped core");
}

/* The command that failed and how; its main process where no command is known. */
static void describe_command(const UnitView *view, StrBuf *out) {
        const UnitCommand *command = unit_view_failed_command(view);
        int code = command ? command->code : (int)view->exec_main_code;
        int status = command ? command->status : (int)view->exec_main_status;

        if (!command || streq(command->list, "ExecStart"))
                strbuf_add(out, "its main process ");
        else
                strbuf_addf(out, "%s= %s ", command->list, command->path);
        failure_describe_exit(code, status, out);
        const StepRow *row = code == CLD_EXITED ? step_of(status) : NULL;
        if (row)
                strbuf_addf(out, ": %s", row->text);
}

void failure_describe(const UnitView *view, StrBuf *out) {
        if (!view->result || streq(view->result, "success"))
                return;
        for (size_t i = 0; i < ARRAY_LENGTH(result_rows); i++) {
                if (!streq(result_rows[i].result, view->result))
                        continue;
                if (result_rows[i].text)
                        strbuf_add(out, result_rows[i].text);
                else
                        describe_command(view, out);
                return;
        }
        strbuf_addf(out, "the result is \"%s\"", view->result);
}

const char *failure_of_job(const char *result) {
        for (size_t i = 0; i < ARRAY_LENGTH(job_rows); i++)
                if (streq(job_rows[i].result, result))
                        return job_rows[i].text;
        return NULL;
}
