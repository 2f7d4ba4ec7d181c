/* SPDX-License-Identifier: Apache-2.0 */
#include "host/path_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/str.h"
#include "host/condition_path.h"
#include "unit/kinds.h"

#define READ_SIZE 4096
/* A directory on the way: it may go away or be moved. */
#define MASK_WAY (IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB)
/* The last one that is there: what is missing may come. */
#define MASK_LAST (MASK_WAY | IN_CREATE | IN_MOVED_TO)

/* One watch that one rule of one unit wants; several may share a descriptor of the kernel. */
typedef struct PathWatch {
        ListLink link; /* in PathWatcher.watches */
        Unit *unit;
        unsigned rule;
        int descriptor;
        uint32_t mask; /* what it wants to see; the kernel adds up those of one descriptor */
        bool is_thing; /* the path itself, not a directory on the way */
} PathWatch;

struct PathWatcher {
        int fd;
        sd_event_source *source;
        ListLink watches;
};

static const RuleList *rules_of(const Unit *unit) {
        return unit->spec ? unit_spec_rules(unit->spec, DIRECTIVE_PATHS) : NULL;
}

bool path_watch_holds(const Unit *unit, unsigned i) {
        const RuleList *rules = rules_of(unit);
        if (!rules || i >= rules->n_rules)
                return false;
        const char *path = rules->rules[i].source;
        switch ((PathTrigger)rules->rules[i].variant) {
        case PATH_EXISTS_GLOB:
                return condition_path_glob(path) > 0;
        case PATH_DIRECTORY_NOT_EMPTY:
                return condition_directory_not_empty(path) > 0;
        case PATH_EXISTS:
        case PATH_CHANGED:
        case PATH_MODIFIED:
                break;
        }
        return condition_path_exists(path) > 0;
}

char *path_watch_match(const Unit *unit, unsigned i) {
        const RuleList *rules = rules_of(unit);
        return rules && i < rules->n_rules ? condition_path_match(rules->rules[i].source) : NULL;
}

uint64_t path_watch_mark(const Unit *unit, unsigned i) {
        static const uint8_t key[16] = "tend-path-marks";
        const RuleList *rules = rules_of(unit);
        struct stat st;
        if (!rules || i >= rules->n_rules || stat(rules->rules[i].source, &st) < 0)
                return 0;
        const uint64_t facts[] = { st.st_dev,
                                   st.st_ino,
                                   (uint64_t)st.st_ctim.tv_sec,
                                   (uint64_t)st.st_ctim.tv_nsec,
                                   (uint64_t)st.st_size };
        return siphash24(facts, sizeof(facts), key) | 1;
}

/* --- events ----------------------------------------------------------------------------------- */

static void tell(PathWatcher *watcher, const struct inotify_event *event, Host *host) {
        LIST_FOREACH(watch, &watcher->watches, PathWatch, link) {
                bool overflow = event->mask & IN_Q_OVERFLOW;
                if (!overflow && (watch->descriptor != event->wd || !(watch->mask & event->mask)))
                        continue;
                const RuleList *rules = rules_of(watch->unit);
                int variant = rules && watch->rule < rules->n_rules
                                      ? rules->rules[watch->rule].variant
                                      : PATH_EXISTS;
                bool is_change = variant == PATH_CHANGED || variant == PATH_MODIFIED;
                const EngineEvent message = {
                        .type = EVENT_PATH_CHANGED,
                        .unit = watch->unit,
                        .status = (int)watch->rule,
                        .code = !overflow && watch->is_thing && is_change,
                };
                host_queue_event(host, &message); /* watches may change while it is handled */
        }
}

static int on_inotify(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Host *host = userdata;
        char buffer[READ_SIZE] __attribute__((aligned(__alignof__(struct inotify_event))));
        (void)source;
        (void)events;

        ssize_t length = read(fd, buffer, sizeof(buffer));
        for (ssize_t at = 0; at < length;) {
                const struct inotify_event *event = (const void *)(buffer + at);
                at += (ssize_t)(sizeof(*event) + event->len);
                if (!(event->mask & IN_IGNORED))
                        tell(host->paths, event, host);
        }
        return 0;
}

/* --- watching ----------------------------------------------------------------------------------
 */

static int make_watcher(Host *host) {
        PathWatcher *watcher = calloc(1, sizeof(*watcher));
        if (!watcher)
                return err_new(-ENOMEM);
        list_init(&watcher->watches);
        watcher->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        int r = watcher->fd < 0 ? -errno : 0;
        if (r == 0)
                r = sd_event_add_io(
                        host->event, &watcher->source, watcher->fd, EPOLLIN, on_inotify, host);
        if (r < 0) {
                (void)path_watcher_free(watcher);
                return err_new(r);
        }
        host->paths = watcher;
        return 0;
}

PathWatcher *path_watcher_free(PathWatcher *watcher) {
        if (!watcher)
                return NULL;
        LIST_FOREACH(watch, &watcher->watches, PathWatch, link) {
                list_remove(&watch->link);
                free(watch);
        }
        sd_event_source_disable_unref(watcher->source);
        (void)fd_close(watcher->fd); /* always -1 */
        free(watcher);
        return NULL;
}

/* Keeps what a descriptor is watched for. */
static int keep_watch(Host *host, const PathWatch *wanted, int descriptor, uint32_t mask) {
        PathWatch *watch = calloc(1, sizeof(*watch));
        if (!watch)
                return err_new(-ENOMEM);
        *watch = *wanted;
        watch->descriptor = descriptor;
        watch->mask = mask;
        list_append(&host->paths->watches, &watch->link);
        return 0;
}

/* Where it is a symbolic link the link is watched, and what it leads to: either may be replaced. As
 * with systemd another link is no change of the thing as long as both lead somewhere. Positive when
 * it is there, and watched if we may read it (inotify(7) wants that), 0 when it is not there. */
static int add_watch(Host *host, const PathWatch *wanted, const char *path, uint32_t mask) {
        int fd = host->paths->fd;
        PathWatch way = *wanted;
        way.is_thing = false;
        int link = inotify_add_watch(fd, path, mask | IN_MASK_ADD | IN_DONT_FOLLOW);
        int thing = inotify_add_watch(fd, path, mask | IN_MASK_ADD);
        int error = thing < 0 ? errno : 0;
        int r = link < 0 || link == thing ? 0 : keep_watch(host, &way, link, mask);
        if (r == 0 && thing >= 0)
                r = keep_watch(host, wanted, thing, mask);
        if (r < 0)
                return err_pass(r);
        if (error == 0 || error == EACCES)
                return 1;
        return error == ENOENT || error == ENOTDIR ? 0 : err_new(-error);
}

static uint32_t thing_mask(PathTrigger variant) {
        switch (variant) {
        case PATH_CHANGED:
                return MASK_WAY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                       IN_MOVED_TO;
        case PATH_MODIFIED:
                return MASK_WAY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                       IN_MOVED_TO | IN_MODIFY;
        case PATH_DIRECTORY_NOT_EMPTY:
                return MASK_WAY | IN_CREATE | IN_MOVED_TO;
        case PATH_EXISTS:
        case PATH_EXISTS_GLOB:
                break;
        }
        return MASK_WAY;
}

/* One directory of the way. Things that come into it matter only while the next one is missing,
 * `next`. */
static int watch_step(Host *host, const PathWatch *wanted, const char *path, const char *next) {
        bool is_last = access(next, F_OK) < 0;
        return add_watch(host, wanted, path, is_last ? MASK_LAST : MASK_WAY);
}

/* Directories from the root down, as far as they are there. */
static int watch_way(Host *host, const PathWatch *wanted, const char *path) {
        AUTO_FREE char *here = str_dup(STR_LITERAL("/"));
        int r = 1;
        for (const char *end = path; r > 0 && here && *end;) {
                end = strchrnul(end + 1, '/');
                AUTO_FREE char *next = str_dup((Str){ path, (size_t)(end - path) });
                if (!next)
                        return err_new(-ENOMEM);
                r = watch_step(host, wanted, here, next);
                free(here);
                here = STEAL(next);
        }
        return r < 0 || !here ? err_pass(here ? r : -ENOMEM) : 0;
}

static int watch_rule(Host *host, Unit *unit, unsigned i) {
        const Rule *rule = &rules_of(unit)->rules[i];
        PathWatch wanted = { .unit = unit, .rule = i };
        int r = watch_way(host, &wanted, rule->source);
        if (r < 0)
                return err_pass(r);
        wanted.is_thing = true;
        r = add_watch(host, &wanted, rule->source, thing_mask((PathTrigger)rule->variant));
        return r < 0 ? err_pass(r) : 0;
}

void path_watch_begin(Host *host, Unit *unit) {
        const RuleList *rules = rules_of(unit);
        path_watch_end(host, unit);
        int r = host->paths ? 0 : make_watcher(host);
        for (unsigned i = 0; r >= 0 && rules && i < rules->n_rules; i++)
                r = watch_rule(host, unit, i);
        if (r < 0)
                unit_log(unit,
                         LOG_ERR,
                         "%s: Its paths cannot be watched, changes will be missed: %s%s",
                         unit->id,
                         strerror(-r),
                         r == -ENOSPC ? " (raise fs.inotify.max_user_watches)" : "");
}

static bool is_used(const PathWatcher *watcher, int descriptor) {
        LIST_FOREACH(watch, &watcher->watches, PathWatch, link)
        if (watch->descriptor == descriptor)
                return true;
        return false;
}

void path_watch_end(Host *host, const Unit *unit) {
        if (!host->paths)
                return;
        LIST_FOREACH(watch, &host->paths->watches, PathWatch, link) {
                if (watch->unit != unit)
                        continue;
                int descriptor = watch->descriptor;
                list_remove(&watch->link);
                free(watch);
                if (!is_used(host->paths, descriptor))
                        (void)inotify_rm_watch(host->paths->fd,
                                               descriptor); /* it may have gone by itself */
        }
}

void path_watch_make(const Unit *unit) {
        const RuleList *rules = rules_of(unit);
        mode_t mode = (mode_t)unit_spec_number(unit->spec, DIRECTIVE_DIRECTORY_MODE);
        if (!unit_spec_bool(unit->spec, DIRECTIVE_MAKE_DIRECTORY))
                return;
        for (unsigned i = 0; rules && i < rules->n_rules; i++) {
                const Rule *rule = &rules->rules[i];
                if (rule->variant == PATH_EXISTS || rule->variant == PATH_EXISTS_GLOB)
                        continue;
                int r = dir_make_each(rule->source, mode);
                if (r < 0)
                        unit_log(unit,
                                 LOG_WARNING,
                                 "%s: MakeDirectory=: %s cannot be made: %s",
                                 unit->id,
                                 rule->source,
                                 strerror(-r));
        }
}
