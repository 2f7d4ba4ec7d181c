/* SPDX-License-Identifier: Apache-2.0 */
#include "exec/name_service.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strv.h"
#include "sandbox/exit_code.h"

#define PROGRAM "tend-exec-nss"
#define PLAN_FD 3

/* Replaces the last part of our own path. */
static int beside_us(char path[static PATH_MAX]) {
        ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
        char *slash;

        if (length < 0)
                return -errno;
        path[length] = '\0';
        slash = strrchr(path, '/');
        if (!slash || (size_t)(slash + 1 - path) + sizeof(PROGRAM) > PATH_MAX)
                return -ENAMETOOLONG;
        memcpy(slash + 1, PROGRAM, sizeof(PROGRAM));
        return 0;
}

/* The command line that says what `request` does. */
static int print_arguments(const ExecRequest *request, char ***ret) {
        AUTO_STRV char **argv = NULL;

        int r = strv_add(&argv, "tend-exec");
        if (r >= 0)
                r = strv_add(&argv, request->list);
        if (r >= 0)
                r = strv_addf(&argv, "%u", request->index);
        if (r >= 0 && request->exec_fd >= 0)
                r = strv_addf(&argv, "--exec-fd=%d", request->exec_fd);
        if (r >= 0 && request->switch_fd >= 0)
                r = strv_addf(&argv, "--switch-fd=%d", request->switch_fd);
        if (r >= 0)
                r = strv_addf(&argv, "--first-fd=%d", request->first_fd);
        if (r >= 0 && request->n_fds > 0)
                r = strv_addf(&argv, "--listen-fds=%u", request->n_fds);
        if (r >= 0 && request->n_stored_fds > 0)
                r = strv_addf(&argv, "--stored-fds=%u", request->n_stored_fds);
        if (r >= 0 && request->fd_names)
                r = strv_addf(&argv, "--listen-names=%s", request->fd_names);
        if (r >= 0 && request->in_group)
                r = strv_add(&argv, "--in-group");
        if (r >= 0 && request->none_ignored)
                r = strv_add(&argv, "--none-ignored");
        if (r >= 0)
                *ret = STEAL(argv);
        return r < 0 ? r : 0;
}

/* The plan stands where the program looks for it. */
static int put_plan(Str plan) {
        AUTO_FD int fd = fd_new_sealed("plan", plan.data, plan.length);

        if (fd < 0)
                return fd;
        if (fd == PLAN_FD) {
                (void)steal_fd(&fd);
                return fd_set_cloexec(PLAN_FD, false);
        }
        return dup2(fd, PLAN_FD) < 0 ? -errno : 0;
}

int name_service_execute(const ExecRequest *request, Str plan, const ExecReport *report) {
        char path[PATH_MAX], message[256];
        AUTO_STRV char **argv = NULL;
        int r = beside_us(path);

        if (r == 0)
                r = put_plan(plan);
        if (r == 0)
                r = print_arguments(request, &argv);
        if (r == 0) {
                (void)execve(path, argv, request->environment);
                r = -errno;
        }
        (void)snprintf(
                message, sizeof(message), PROGRAM ": %s", strerrordesc_np(-r) ?: ""); /* fits */
        exec_report_send(report, "USER", REPORT_FAILED, "User", message);
        return EXEC_EXIT_USER;
}
