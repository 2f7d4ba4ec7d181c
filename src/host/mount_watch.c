/* SPDX-License-Identifier: Apache-2.0 */
#include "host/mount_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "unit/unit_spec.h"

#define MOUNT_TABLE "/proc/self/mountinfo"
#define SWAP_TABLE "/proc/swaps"

struct MountWatch {
        Host *host;
        int table_fd, swaps_fd; /* polled for changes; -1 = not there */
        sd_event_source *table_source, *swaps_source;
        struct libmnt_table *mounts, *swaps;
};

static struct libmnt_table *free_table(struct libmnt_table *table) {
        mnt_unref_table(table);
        return NULL;
}

static void read_tables(MountWatch *watch) {
        watch->mounts = free_table(watch->mounts);
        watch->swaps = free_table(watch->swaps);
        watch->mounts = mnt_new_table_from_file(MOUNT_TABLE);
        struct libmnt_table *swaps = mnt_new_table();
        if (swaps && mnt_table_parse_swaps(swaps, SWAP_TABLE) == 0)
                watch->swaps = swaps;
        else
                mnt_unref_table(swaps);
}

static bool is_watched_type(UnitType type) {
        return type == UNIT_MOUNT || type == UNIT_AUTOMOUNT || type == UNIT_SWAP;
}

static int on_change(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        MountWatch *watch = userdata;
        const Engine *engine = watch->host->engine;
        (void)source;
        (void)fd;
        (void)events;

        read_tables(watch);
        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit)) {
                const EngineEvent event = { .type = EVENT_PRESENCE, .unit = unit };
                if (is_watched_type(unit->type))
                        host_queue_event(watch->host, &event);
        }
        return 0;
}

/* Both files report a change as an exceptional condition, see proc(5). */
static int
add_source(MountWatch *watch, const char *path, int *ret_fd, sd_event_source **ret_source) {
        *ret_fd = open(path, O_RDONLY | O_CLOEXEC);
        if (*ret_fd < 0)
                return errno == ENOENT ? 0 : err_new(-errno);
        int r = sd_event_add_io(
                watch->host->event, ret_source, *ret_fd, EPOLLPRI, on_change, watch);
        return r < 0 ? err_new(r) : 0;
}

int mount_watch_new(Host *host, MountWatch **ret) {
        AUTO(mount_watch_free) MountWatch *watch = calloc(1, sizeof(*watch));
        if (!watch)
                return err_new(-ENOMEM);
        watch->host = host;
        watch->table_fd = watch->swaps_fd = -1;
        int r = add_source(watch, MOUNT_TABLE, &watch->table_fd, &watch->table_source);
        if (r == 0)
                r = add_source(watch, SWAP_TABLE, &watch->swaps_fd, &watch->swaps_source);
        if (r < 0)
                return err_pass(r);
        read_tables(watch);
        *ret = STEAL(watch);
        return 0;
}

MountWatch *mount_watch_free(MountWatch *watch) {
        if (!watch)
                return NULL;
        sd_event_source_disable_unref(watch->table_source);
        sd_event_source_disable_unref(watch->swaps_source);
        (void)fd_close(watch->table_fd); /* always -1, as below */
        (void)fd_close(watch->swaps_fd);
        watch->mounts = free_table(watch->mounts);
        watch->swaps = free_table(watch->swaps);
        free(watch);
        return NULL;
}

/* The path that the unit is about, in fresh memory: from its file, else from its name. */
static char *unit_path(const Unit *unit) {
        DirectiveId id = unit->type == UNIT_SWAP ? DIRECTIVE_WHAT : DIRECTIVE_WHERE;
        const char *text =
                unit->spec && unit->type != UNIT_DEVICE ? unit_spec_text(unit->spec, id) : NULL;
        char *path = NULL;

        if (text)
                return str_dup(str_of(text));
        return unit_name_path_unescape(unit_name_prefix(unit->id), &path) == 0 ? path : NULL;
}

static bool has_mount(const MountWatch *watch, const char *path, bool is_automount) {
        struct libmnt_iter *iterator = mnt_new_iter(MNT_ITER_BACKWARD);
        struct libmnt_fs *fs;
        bool found = false;

        while (iterator && watch->mounts && !found &&
               mnt_table_next_fs(watch->mounts, iterator, &fs) == 0) {
                const char *type = mnt_fs_get_fstype(fs);
                bool is_autofs = type && streq(type, "autofs");
                found = streq_null(mnt_fs_get_target(fs), path) && is_autofs == is_automount;
        }
        mnt_free_iter(iterator);
        return found;
}

bool mount_watch_is_present(MountWatch *watch, const Unit *unit) {
        AUTO_FREE char *path = unit_path(unit);
        if (!path)
                return false;
        switch (unit->type) {
        case UNIT_MOUNT:
                return has_mount(watch, path, false);
        case UNIT_AUTOMOUNT:
                return has_mount(watch, path, true);
        case UNIT_SWAP:
                return watch->swaps && mnt_table_find_srcpath(watch->swaps, path, MNT_ITER_FORWARD);
        case UNIT_DEVICE:
                return access(path, F_OK) == 0;
        case UNIT_SERVICE:
        case UNIT_SOCKET:
        case UNIT_TARGET:
        case UNIT_TIMER:
        case UNIT_PATH:
        case UNIT_SLICE:
        case UNIT_SCOPE:
        case UNIT_TYPE_COUNT:
                break;
        }
        return false;
}
