/* SPDX-License-Identifier: Apache-2.0 */
#include "host/oom_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/parse_value.h"
#include "base/path_name.h"

#define EVENTS_MAX 4096
#define LOOK_USEC 20000 /* version 1 tells of the shortage, which comes before the kill */
#define LOOKS_MAX 100

typedef struct OomWatch {
        HostUnit *hu;
        int event_fd; /* version 1; -1 otherwise */
        sd_event_source *source, *timer;
        unsigned n_looks; /* that are left */
} OomWatch;

static const CgroupTree *memory_tree(const HostUnit *hu) {
        return cgroup_controllers_tree(hu->host->controllers, CONTROLLER_MEMORY);
}

static bool is_unified(const HostUnit *hu) {
        return cgroup_controllers_version(hu->host->controllers, CONTROLLER_MEMORY) == 2;
}

/* A file of the unit's group in fresh memory; NULL. */
static char *memory_file(const HostUnit *hu, const char *name) {
        const CgroupTree *tree = memory_tree(hu);
        AUTO_FREE char *group = tree ? host_unit_group_in(tree, hu->unit) : NULL;
        AUTO_FREE char *directory = group ? cgroup_tree_directory(tree, group) : NULL;

        return directory ? path_join(directory, name) : NULL;
}

static uint64_t count_kills(const HostUnit *hu) {
        AUTO_FREE char *file =
                memory_file(hu, is_unified(hu) ? "memory.events" : "memory.oom_control");
        AUTO_FREE char *text = NULL;
        size_t length = 0;
        uint64_t number = 0;
        Str line;

        if (!file || file_read(file, EVENTS_MAX, &text, &length, NULL) < 0)
                return 0;
        Str rest = { text, length };
        while (str_next_part(&rest, '\n', &line))
                if (str_skip_prefix(&line, "oom_kill ") && parse_u64(line, 10, &number) == 0)
                        return number;
        return 0;
}

void oom_watch_forget_past(HostUnit *hu) {
        hu->n_oom_kills = count_kills(hu);
}

static bool look(HostUnit *hu) {
        uint64_t n = count_kills(hu);

        if (n <= hu->n_oom_kills)
                return false;
        hu->n_oom_kills = n;
        const EngineEvent event = { .type = EVENT_OOM_KILL, .unit = hu->unit };
        engine_handle(hu->host->engine, &event);
        return true;
}

void oom_watch_look(HostUnit *hu) {
        if (hu && hu->oom)
                (void)look(hu); /* whether there was one is told to the engine */
}

static int
on_events_changed(sd_event_source *source, const struct inotify_event *event, void *userdata) {
        OomWatch *watch = userdata;
        (void)source;
        (void)event;
        (void)look(watch->hu); /* the engine knows now */
        return 0;
}

static int on_look_again(sd_event_source *source, uint64_t usec, void *userdata) {
        OomWatch *watch = userdata;
        (void)usec;

        if (watch->n_looks == 0)
                return 0;
        watch->n_looks--;
        /* First the timer: the look may end the watch. Neither call fails for a source like this.
         */
        (void)sd_event_source_set_time_relative(source, LOOK_USEC);
        (void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        if (look(watch->hu) && watch->hu->oom == watch)
                watch->n_looks = 0;
        return 0;
}

static int on_shortage(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        OomWatch *watch = userdata;
        uint64_t n;
        (void)source;
        (void)events;

        if (read(fd, &n, sizeof(n)) < 0 || look(watch->hu))
                return 0;
        watch->n_looks = LOOKS_MAX;
        if (!watch->timer)
                (void)sd_event_add_time_relative(/* the exit of the process is looked at anyway */
                                                 watch->hu->host->event,
                                                 &watch->timer,
                                                 CLOCK_MONOTONIC,
                                                 LOOK_USEC,
                                                 0,
                                                 on_look_again,
                                                 watch);
        else
                (void)sd_event_source_set_enabled(watch->timer, SD_EVENT_ONESHOT);
        return 0;
}

static int watch_file(OomWatch *watch) {
        AUTO_FREE char *file = memory_file(watch->hu, "memory.events");

        if (!file)
                return err_new(-ENOMEM);
        int r = sd_event_add_inotify(
                watch->hu->host->event, &watch->source, file, IN_MODIFY, on_events_changed, watch);
        return r < 0 ? err_new(r) : 0;
}

/* Version 1: an eventfd is announced in a file of the group. */
static int watch_eventfd(OomWatch *watch) {
        AUTO_FREE char *file = memory_file(watch->hu, "memory.oom_control");
        AUTO_FREE char *control = memory_file(watch->hu, "cgroup.event_control");
        char text[32];

        if (!file || !control)
                return err_new(-ENOMEM);
        AUTO_FD int fd = open(file, O_RDONLY | O_CLOEXEC);
        watch->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (fd < 0 || watch->event_fd < 0)
                return err_new(-errno);
        (void)snprintf(text, sizeof(text), "%d %d", watch->event_fd, fd); /* fits */
        int r = file_write_once(control, text);
        if (r < 0)
                return err_pass(r);
        r = sd_event_add_io(watch->hu->host->event,
                            &watch->source,
                            watch->event_fd,
                            EPOLLIN,
                            on_shortage,
                            watch);
        return r < 0 ? err_new(r) : 0;
}

void oom_watch_begin(HostUnit *hu) {
        if (hu->oom)
                return;
        OomWatch *watch = calloc(1, sizeof(*watch));
        if (!watch)
                return;
        watch->hu = hu;
        watch->event_fd = -1;
        hu->oom = watch;
        /* Where the kernel does not tell, the group is looked at when a process ends by a signal.
         */
        (void)(is_unified(hu) ? watch_file(watch) : watch_eventfd(watch));
}

void oom_watch_end(HostUnit *hu) {
        OomWatch *watch = hu->oom;

        if (!watch)
                return;
        sd_event_source_disable_unref(watch->source);
        sd_event_source_disable_unref(watch->timer);
        watch->event_fd = fd_close(watch->event_fd);
        free(watch);
        hu->oom = NULL;
}
