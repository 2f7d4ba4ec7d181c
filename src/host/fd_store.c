/* SPDX-License-Identifier: Apache-2.0 */
#include "host/fd_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/parse_value.h"
#include "host/close_apart.h"
#include "host/keeper_link.h"
#include "unit/client_stream.h"

#define QUIET_MARK "q" /* before the number in the keeper: is not polled */
#define COMPARE_FILE 0 /* KCMP_FILE of linux/kcmp.h */

bool fd_name_is_valid(const char *name) {
        size_t length = strlen(name);
        if (length == 0 || length > 255)
                return false;
        for (size_t i = 0; i < length; i++)
                if (name[i] < ' ' || name[i] > '~' || name[i] == ':')
                        return false;
        return true;
}

/* The name in the keeper, in fresh memory; slashes in the name of the descriptor do no harm. */
static char *keeper_name(const StoredFd *stored) {
        StrBuf text = STRBUF_INIT;
        const char *quiet = stored->polled ? "" : QUIET_MARK;
        strbuf_addf(&text, "%s/%s/%s%u", stored->unit->id, stored->name, quiet, stored->number);
        return strbuf_steal(&text);
}

static void drop(HostUnit *hu, StoredFd *stored) {
        AUTO_FREE char *name = keeper_name(stored);

        if (name && hu->host->keeper)
                (void)keeper_link_remove(hu->host->keeper, name); /* a lost keeper was reported */
        list_remove(&stored->link);
        sd_event_source_disable_unref(stored->hangup);
        (void)close_apart(stored->fd); /* always -1 */
        free(stored->name);
        free(stored);
}

static int on_hangup(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        StoredFd *stored = userdata;
        Unit *unit = stored->unit;
        HostUnit *hu = unit->host;
        (void)source;
        (void)fd;
        (void)events;

        AUTO_FREE char *name = str_dup(str_of(stored->name));
        drop(hu, stored);
        if (name) {
                const EngineEvent event = { .type = EVENT_FD_STORE_GONE,
                                            .unit = unit,
                                            .text = name };
                engine_handle(hu->host->engine, &event);
        }
        return 0;
}

static bool is_same_file(int a, int b) {
        pid_t self = getpid();
        if (a == b)
                return true;
        if (syscall(SYS_kcmp, self, self, COMPARE_FILE, a, b) == 0)
                return true;
        return false;
}

static bool has_file(const HostUnit *hu, int fd) {
        LIST_FOREACH(stored, &hu->stored, StoredFd, link)
        if (is_same_file(stored->fd, fd))
                return true;
        return false;
}

/* The descriptor is the list's only when this succeeds. */
static int keep(HostUnit *hu, int fd, const char *name, unsigned number, StoredFd **ret) {
        AUTO_FREE StoredFd *stored = calloc(1, sizeof(*stored));
        AUTO_FREE char *copy = str_dup(str_of(name));

        if (!stored || !copy)
                return err_new(-ENOMEM);
        *stored = (StoredFd){ .fd = fd, .name = STEAL(copy), .number = number, .unit = hu->unit };
        list_append(&hu->stored, &stored->link);
        *ret = STEAL(stored);
        return 0;
}

/* Regular files and the like cannot be polled and never hang up: they are kept without. */
static void watch_hangup(HostUnit *hu, StoredFd *stored, bool poll) {
        stored->polled = poll;
        if (!poll)
                return;
        if (sd_event_add_io(hu->host->event, &stored->hangup, stored->fd, 0, on_hangup, stored) < 0)
                stored->hangup = NULL;
}

int fd_store_add(HostUnit *hu, int fd, const char *name, bool poll) {
        StoredFd *stored;

        if (!fd_name_is_valid(name))
                return err_new(-EINVAL);
        if (!client_stream_is(name) && has_file(hu, fd)) /* a terminal is all three */
                return -EEXIST;
        int r = keep(hu, fd, name, hu->next_stored++, &stored);
        if (r < 0)
                return err_pass(r);
        watch_hangup(hu, stored, poll);
        AUTO_FREE char *kept = keeper_name(stored);
        if (kept && hu->host->keeper)
                (void)keeper_link_store(
                        hu->host->keeper, kept, stored->fd); /* reported by the link */
        return 0;
}

bool fd_store_take_back(Host *host, const char *full_name, int fd) {
        AUTO_FD int owned = fd;
        StoredFd *stored;
        uint32_t number;

        const char *first = strchr(full_name, '/'), *last = strrchr(full_name, '/');
        if (!first || first == last)
                return false;
        Str text = str_of(last + 1);
        bool is_quiet = str_skip_prefix(&text, QUIET_MARK);
        if (parse_u32(text, &number) < 0)
                return false;
        AUTO_FREE char *unit_name = str_dup((Str){ full_name, (size_t)(first - full_name) });
        AUTO_FREE char *name = str_dup((Str){ first + 1, (size_t)(last - first - 1) });
        Unit *unit = unit_name ? engine_find_unit(host->engine, unit_name) : NULL;
        HostUnit *hu = unit && name ? host_unit_get(host, unit) : NULL;
        if (!hu || keep(hu, owned, name, number, &stored) < 0)
                return false;
        (void)steal_fd(&owned); /* belongs to the list now */
        watch_hangup(hu, stored, !is_quiet);
        hu->next_stored = number >= hu->next_stored ? number + 1 : hu->next_stored;
        return true;
}

unsigned fd_store_remove(HostUnit *hu, const char *name) {
        unsigned n = 0;

        LIST_FOREACH(stored, &hu->stored, StoredFd, link)
        if (!name || streq(stored->name, name)) {
                drop(hu, stored);
                n++;
        }
        return n;
}

typedef struct FdList {
        int *fds;
        unsigned n, max;
        StrBuf names;
} FdList;

/* Adds those that are streams of a client, or those that are not. */
static void list_kind(const HostUnit *hu, bool streams, FdList *list) {
        LIST_FOREACH(stored, &hu->stored, StoredFd, link) {
                if (list->n == list->max || client_stream_is(stored->name) != streams)
                        continue;
                strbuf_addf(&list->names, "%s%s", list->n > 0 ? ":" : "", stored->name);
                list->fds[list->n++] = stored->fd;
        }
}

int fd_store_list(const HostUnit *hu, int *fds, unsigned max, char **ret_names) {
        FdList list = { .fds = fds, .max = max, .names = STRBUF_INIT };

        list_kind(hu, false, &list);
        list_kind(hu, true, &list);
        *ret_names = strbuf_steal(&list.names);
        return *ret_names ? (int)list.n : err_new(-ENOMEM);
}
