/* SPDX-License-Identifier: Apache-2.0 */
#include "host/clock_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <syslog.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/hashtable.h"
#include "base/str.h"

#define ZONE_DIRECTORY "/etc"
#define ZONE_LINK "localtime"
#define ZONE_MASK (IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE)

/* A zone under the name by which it was asked for. */
typedef struct NamedZone {
        char *name;
        TimeZone *zone; /* NULL = UTC */
} NamedZone;

struct ClockWatch {
        Host *host;
        int fd; /* a timer that never elapses and is cancelled when the clock is set */
        sd_event_source *source, *zone_source;
        HashTable *zones; /* name to NamedZone, owned */
        TimeZone *local;  /* owned; NULL = not read yet */
};

/* --- the clock ------------------------------------------------------------------------------ */

/* timerfd_create(2): read says ECANCELED when a clock that is not monotonic jumped; after a
 * suspend it did. */
static int arm(int fd) {
        const struct itimerspec never = { .it_value.tv_sec = INT64_C(253402214399) };
        int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
        return timerfd_settime(fd, flags, &never, NULL) < 0 ? err_new(-errno) : 0;
}

static void tell(ClockWatch *watch, EngineEventType type) {
        const EngineEvent event = { .type = type };
        host_queue_event(watch->host, &event);
}

static int on_clock(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        ClockWatch *watch = userdata;
        uint64_t count;
        (void)source;
        (void)events;
        if (read(fd, &count, sizeof(count)) < 0 && errno != ECANCELED)
                return 0;
        tell(watch, EVENT_CLOCK_CHANGED);
        return err_pass(arm(fd));
}

static int watch_clock(ClockWatch *watch) {
        watch->fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
        if (watch->fd < 0)
                return err_new(-errno);
        int r = arm(watch->fd);
        if (r < 0)
                return err_pass(r);
        return err_pass(sd_event_add_io(
                watch->host->event, &watch->source, watch->fd, EPOLLIN, on_clock, watch));
}

/* --- the zone ------------------------------------------------------------------------------- */

static int on_zone(sd_event_source *source, const struct inotify_event *event, void *userdata) {
        ClockWatch *watch = userdata;
        (void)source;
        if (event->len == 0 || !streq(event->name, ZONE_LINK))
                return 0;
        watch->local = time_zone_free(watch->local);
        tell(watch, EVENT_ZONE_CHANGED);
        return 0;
}

static NamedZone *named_zone_free(NamedZone *named) {
        if (!named)
                return NULL;
        free(named->name);
        time_zone_free(named->zone);
        free(named);
        return NULL;
}

DEFINE_AUTO(NamedZone *, named_zone_free);

static const TimeZone *load_zone(ClockWatch *watch, const char *name) {
        AUTO(named_zone_free) NamedZone *named = calloc(1, sizeof(*named));
        if (!named)
                return NULL;
        named->name = str_dup(str_of(name));
        if (!named->name || hashtable_put(watch->zones, named->name, named) < 0)
                return NULL;
        if (time_zone_load(name, &named->zone) < 0)
                log_line(watch->host->options.log,
                         LOG_WARNING,
                         NULL,
                         "Cannot read time zone %s; its timers elapse by UTC.",
                         name);
        const TimeZone *zone = named->zone;
        (void)STEAL(named);
        return zone;
}

const TimeZone *clock_watch_zone(ClockWatch *watch, const char *name) {
        if (name) {
                const NamedZone *named = hashtable_find(watch->zones, name);
                return named ? named->zone : load_zone(watch, name);
        }
        if (!watch->local)
                (void)time_zone_load_local(&watch->local); /* without memory it is UTC for once */
        return watch->local;
}

/* --- life ----------------------------------------------------------------------------------- */

int clock_watch_new(Host *host, ClockWatch **ret) {
        AUTO(clock_watch_free) ClockWatch *watch = calloc(1, sizeof(*watch));
        if (!watch)
                return err_new(-ENOMEM);
        watch->host = host;
        watch->fd = -1;
        watch->zones = hashtable_new_string();
        if (!watch->zones)
                return err_new(-ENOMEM);
        int r = watch_clock(watch);
        if (r < 0)
                return err_pass(r);
        r = sd_event_add_inotify(
                host->event, &watch->zone_source, ZONE_DIRECTORY, ZONE_MASK, on_zone, watch);
        if (r < 0 && r != -ENOENT)
                return err_pass(r);
        *ret = STEAL(watch);
        return 0;
}

ClockWatch *clock_watch_free(ClockWatch *watch) {
        size_t cursor = 0;
        if (!watch)
                return NULL;
        sd_event_source_disable_unref(watch->source);
        sd_event_source_disable_unref(watch->zone_source);
        (void)fd_close(watch->fd); /* always -1 */
        for (NamedZone *named;
             watch->zones && (named = hashtable_next(watch->zones, &cursor, NULL));)
                (void)named_zone_free(named);
        (void)hashtable_free(watch->zones);
        time_zone_free(watch->local);
        free(watch);
        return NULL;
}
