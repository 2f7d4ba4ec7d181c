/* SPDX-License-Identifier: Apache-2.0 */
#include "host/exec_confirm.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "engine/service_unit.h"
#include "host/orphan_spawn.h"

#define LOOK_AGAIN_USEC (5 * USEC_PER_MSEC) /* an executor runs for less than this as a rule */

/* Belongs to its event source, which the loop owns. */
typedef struct ExecConfirm {
        Host *host;
        pid_t pid;
        int fd; /* of the pipe, -1 = none */
} ExecConfirm;

typedef enum ExecProgress {
        EXEC_UNDER_WAY, /* still the executor */
        EXEC_DONE,
        EXEC_ENDED, /* no process any more, or one that is ending */
} ExecProgress;

static void confirm_free(void *userdata) {
        ExecConfirm *confirm = userdata;
        (void)fd_close(confirm->fd); /* always -1 */
        free(confirm);
}

/* The executor and the one for name services share the beginning of their path. */
static ExecProgress look(const Host *host, pid_t pid) {
        char path[64], target[PATH_MAX], own[PATH_MAX];

        (void)snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid); /* always fits */
        ssize_t n = readlink(path, target, sizeof(target) - 1);
        if (n < 0)
                return errno == EACCES || errno == EPERM ? EXEC_DONE : EXEC_ENDED;
        target[n] = '\0';
        if (!realpath(host->options.executor, own))
                return EXEC_DONE;
        return strncmp(target, own, strlen(own)) == 0 ? EXEC_UNDER_WAY : EXEC_DONE;
}

static void confirm_event(const ExecConfirm *confirm) {
        const EngineEvent event = { .type = EVENT_EXEC_CONFIRMED, .pid = confirm->pid };
        host_queue_event(confirm->host, &event);
}

/* Ends a source that only the loop holds. */
static void let_go(sd_event_source *source) {
        (void)sd_event_source_set_enabled(source, SD_EVENT_OFF); /* neither can fail */
        (void)sd_event_source_set_floating(source, false);
}

static int on_pipe_closed(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        const ExecConfirm *confirm = userdata;
        (void)fd;
        (void)events;
        /* The pipe closes at the end of the executor too, whose exit is about to come. */
        if (look(confirm->host, confirm->pid) != EXEC_ENDED)
                confirm_event(confirm);
        let_go(source);
        return 0;
}

static int on_look_again(sd_event_source *source, uint64_t usec, void *userdata) {
        const ExecConfirm *confirm = userdata;
        (void)usec;
        ExecProgress progress = look(confirm->host, confirm->pid);
        if (progress == EXEC_UNDER_WAY) {
                (void)sd_event_source_set_time_relative(source,
                                                        LOOK_AGAIN_USEC); /* nor can these fail */
                (void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
                return 0;
        }
        if (progress == EXEC_DONE)
                confirm_event(confirm);
        let_go(source);
        return 0;
}

/* Hands the source, and with it `confirm`, to the loop. */
static void give_to_loop(sd_event_source *source, ExecConfirm *confirm) {
        (void)sd_event_source_set_destroy_callback(source,
                                                   confirm_free); /* none of these can fail */
        (void)sd_event_source_set_userdata(source, confirm);
        (void)sd_event_source_set_priority(source, HOST_PRIORITY_REPORT);
        (void)sd_event_source_set_floating(source, true);
        sd_event_source_unref(source);
}

int exec_confirm_by_pipe(Host *host, int pipe_fd, pid_t pid) {
        AUTO_FD int owned = pipe_fd;
        AUTO_FREE ExecConfirm *confirm = malloc(sizeof(*confirm));
        sd_event_source *source = NULL;

        if (!confirm)
                return err_new(-ENOMEM);
        int r = sd_event_add_io(host->event, &source, owned, EPOLLIN, on_pipe_closed, NULL);
        if (r < 0)
                return err_new(r);
        *confirm = (ExecConfirm){ .host = host, .pid = pid, .fd = steal_fd(&owned) };
        give_to_loop(source, STEAL(confirm));
        return 0;
}

int exec_confirm_by_look(Host *host, pid_t pid) {
        AUTO_FREE ExecConfirm *confirm = malloc(sizeof(*confirm));
        sd_event_source *source = NULL;

        if (!confirm)
                return err_new(-ENOMEM);
        *confirm = (ExecConfirm){ .host = host, .pid = pid, .fd = -1 };
        ExecProgress progress = look(host, pid);
        if (progress == EXEC_DONE)
                confirm_event(confirm);
        if (progress != EXEC_UNDER_WAY)
                return 0;
        int r = sd_event_add_time(host->event,
                                  &source,
                                  CLOCK_MONOTONIC,
                                  clock_monotonic_usec() + LOOK_AGAIN_USEC,
                                  LOOK_AGAIN_USEC,
                                  on_look_again,
                                  NULL);
        if (r < 0)
                return err_new(r);
        give_to_loop(source, STEAL(confirm));
        return 0;
}

void exec_confirm_restored(Host *host) {
        const Engine *engine = host->engine;

        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit)) {
                const ServiceRuntime *service = unit->service;
                if (!service || unit->state != SERVICE_START || service->main_pid == 0 ||
                    service->service_type != SERVICE_TYPE_EXEC || service->main_exec_confirmed)
                        continue;
                /* What comes after it was started already. */
                if (orphan_spawn_list(host, unit) == DIRECTIVE_EXEC_START_POST)
                        confirm_event(&(ExecConfirm){ .host = host, .pid = service->main_pid });
                else
                        (void)exec_confirm_by_look(
                                host, service->main_pid); /* else the time-out ends it */
        }
}
