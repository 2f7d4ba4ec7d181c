/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/credential.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "sandbox/credential_source.h"
#include "sandbox/kernel_mount.h"
#include "unit/word.h"

#define CLOSED                                                                                     \
        (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | 0x200000 /* no symlinks */)

/* A directory of credentials that is being made. */
typedef struct Store {
        const CredentialOrder *order;
        const char *id; /* the present one */
        int fd;         /* the directory, not owned */
        size_t room;    /* bytes that may still come */
} Store;

bool credential_is_wanted(const UnitSpec *spec) {
        return unit_spec_strv(spec, DIRECTIVE_IMPORT_CREDENTIAL) ||
               unit_spec_rules(spec, DIRECTIVE_LOAD_CREDENTIAL) ||
               unit_spec_rules(spec, DIRECTIVE_SET_CREDENTIAL);
}

char *credential_directory(const char *runtime_root, const char *unit) {
        AUTO_FREE char *all = path_join(runtime_root, "credentials");

        return all ? path_join(all, unit) : NULL;
}

/* --- one credential --- */

static bool is_there(const Store *store, const char *name) {
        return faccessat(store->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int write_one(Store *store, const char *name, Str data) {
        AUTO_FD int fd =
                openat(store->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
        int r;

        if (fd < 0)
                return err_new(-errno);
        if (data.length > store->room)
                return err_new(-E2BIG);
        r = fd_write_all(fd, data.data, data.length);
        if (r >= 0 && fchown(fd, store->order->uid, (gid_t)-1) < 0)
                r = -errno;
        store->room -= data.length;
        return err_pass(r);
}

static int load_path(Store *store, const char *name, const char *path);

/* Each file of a directory becomes "name_file"; directories within likewise. */
static int load_directory(Store *store, const char *name, const char *path) {
        AUTO_DIR DIR *directory = opendir(path);
        const struct dirent *entry;
        int r = 0;

        if (!directory)
                return err_new(-errno);
        while (r >= 0 && (entry = readdir(directory))) {
                AUTO_FREE char *below = path_join(path, entry->d_name);
                AUTO(strbuf_done) StrBuf longer = STRBUF_INIT;

                if (streq(entry->d_name, ".") || streq(entry->d_name, ".."))
                        continue;
                strbuf_addf(&longer, "%s_%s", name, entry->d_name);
                r = below && strbuf_result(&longer) == 0
                            ? load_path(store, strbuf_text(&longer), below)
                            : -ENOMEM;
        }
        return err_pass(r);
}

static int load_path(Store *store, const char *name, const char *path) {
        AUTO(strbuf_done) StrBuf data = STRBUF_INIT;
        int r = credential_read(path, store->order->unit, name, store->room, &data);

        if (r == -EISDIR && strlen(name) < NAME_MAX)
                return err_pass(load_directory(store, name, path));
        return r < 0 ? err_pass(r)
                     : err_pass(write_one(store, name, (Str){ strbuf_text(&data), data.length }));
}

static int load_named(Store *store, const char *name, const char *source) {
        AUTO(strbuf_done) StrBuf data = STRBUF_INIT;
        int r = credential_find(source, store->order->inherited, store->room, &data);

        if (r == -ENOENT)
                return 0; /* it may be missing */
        return r < 0 ? err_pass(r)
                     : err_pass(write_one(store, name, (Str){ strbuf_text(&data), data.length }));
}

/* Whether SetCredential= has something for a file that is missing. */
static bool has_stand_in(const UnitSpec *spec, const char *id) {
        const RuleList *list = unit_spec_rules(spec, DIRECTIVE_SET_CREDENTIAL);

        for (unsigned i = 0; list && i < list->n_rules; i++)
                if (streq(list->rules[i].source, id))
                        return true;
        return false;
}

static int load_all(Store *store) {
        const RuleList *list = unit_spec_rules(store->order->spec, DIRECTIVE_LOAD_CREDENTIAL);
        int r = 0;

        for (unsigned i = 0; r >= 0 && list && i < list->n_rules; i++) {
                const Rule *rule = &list->rules[i];

                store->id = rule->source;
                r = *rule->target == '/' ? load_path(store, rule->source, rule->target)
                                         : load_named(store, rule->source, rule->target);
                if (r == -ENOENT && has_stand_in(store->order->spec, rule->source))
                        r = 0;
        }
        return err_pass(r);
}

static bool pattern_fits(const char *pattern, const char *name) {
        size_t length = strcspn(pattern, "*");

        return pattern[length] == '*' ? strncmp(pattern, name, length) == 0 : streq(pattern, name);
}

/* All that fit the pattern in one directory, but those that are there already. */
static int import_from(Store *store, const char *place, const char *pattern) {
        AUTO_DIR DIR *directory = opendir(place);
        const struct dirent *entry;
        int r = 0;

        if (!directory)
                return errno == ENOENT || errno == ENOTDIR ? 0 : err_new(-errno);
        while (r >= 0 && (entry = readdir(directory))) {
                AUTO(strbuf_done) StrBuf data = STRBUF_INIT;
                AUTO_FREE char *path = path_join(place, entry->d_name);

                if (*entry->d_name == '.' || !pattern_fits(pattern, entry->d_name) ||
                    is_there(store, entry->d_name))
                        continue;
                r = path ? credential_read(path, "", "", store->room, &data) : -ENOMEM;
                if (r == -EISDIR || r == -ENOENT) {
                        r = 0;
                        continue;
                }
                if (r >= 0)
                        r = write_one(
                                store, entry->d_name, (Str){ strbuf_text(&data), data.length });
        }
        return err_pass(r);
}

/* What is loaded by name wins over what is imported, and the first place over the others. */
static int import_all(Store *store) {
        int r = 0;

        STRV_FOREACH(pattern, unit_spec_strv(store->order->spec, DIRECTIVE_IMPORT_CREDENTIAL)) {
                store->id = *pattern;
                for (unsigned i = 0; r >= 0 && i < CREDENTIAL_PLACES; i++) {
                        const char *place = credential_place(i, store->order->inherited);
                        r = place ? import_from(store, place, *pattern) : 0;
                }
        }
        return err_pass(r);
}

static int set_all(Store *store) {
        const RuleList *list = unit_spec_rules(store->order->spec, DIRECTIVE_SET_CREDENTIAL);
        int r = 0;

        for (unsigned i = 0; r >= 0 && list && i < list->n_rules; i++) {
                AUTO(strbuf_done) StrBuf data = STRBUF_INIT;

                store->id = list->rules[i].source;
                if (is_there(store, store->id))
                        continue; /* what was loaded wins */
                r = word_unescape_all(str_of(list->rules[i].options), &data);
                if (r >= 0)
                        r = write_one(store, store->id, (Str){ strbuf_text(&data), data.length });
        }
        return err_pass(r);
}

/* --- the directory --- */

static int fill(const CredentialOrder *order, int fd, const char **ret_id) {
        Store store = { .order = order, .fd = fd, .room = CREDENTIALS_MAX };
        int r = load_all(&store);

        if (r >= 0)
                r = import_all(&store);
        if (r >= 0)
                r = set_all(&store);
        *ret_id = r < 0 ? store.id : NULL;
        if (r >= 0 && (fchmodat(fd, ".", 0500, 0) < 0 ||
                       fchownat(fd, ".", order->uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW) < 0))
                r = err_new(-errno);
        return err_pass(r);
}

/* On a file system of its own, never swapped out where the kernel has it so. */
static int make_mount(const CredentialOrder *order, int fd, const char **ret_id) {
        int r = fill(order, fd, ret_id);

        if (r >= 0)
                r = kernel_mount_change(fd, MOUNT_ATTR_RDONLY | CLOSED, 0, false);
        if (r >= 0 && mkdir(order->directory, 0700) < 0 && errno != EEXIST)
                r = err_new(-errno);
        return r < 0 ? err_pass(r) : err_pass(kernel_mount_attach(fd, order->directory));
}

/* Under another name until it is whole. */
static int make_plain(const CredentialOrder *order, const char **ret_id) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        AUTO_FD int fd = -1;
        int r;

        strbuf_addf(&path, "%s#new", order->directory);
        if (strbuf_result(&path) < 0)
                return err_new(-ENOMEM);
        (void)dir_remove_all(strbuf_text(&path)); /* of a start that did not end */
        if (mkdir(strbuf_text(&path), 0700) < 0)
                return err_new(-errno);
        fd = open(strbuf_text(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        r = fd < 0 ? -errno : fill(order, fd, ret_id);
        if (r >= 0 && rename(strbuf_text(&path), order->directory) < 0)
                r = -errno;
        if (r < 0)
                (void)dir_remove_all(strbuf_text(&path)); /* the first error counts */
        return r < 0 ? err_pass(r) : CREDENTIAL_PLAIN;
}

static int make_parent(const char *directory) {
        AUTO_FREE char *parent =
                str_dup((Str){ directory, (size_t)(strrchr(directory, '/') - directory) });

        return parent ? err_pass(dir_make_all(parent, 0755)) : err_new(-ENOMEM);
}

/* Why rmdir(2) leaves a directory that is mounted upon, or has files. */
static bool is_in_use(int error) {
        return error == EBUSY || error == ENOTEMPTY || error == EEXIST;
}

int credential_make(const CredentialOrder *order, const char **ret_id) {
        AUTO_FD int fd = -1;
        int r = make_parent(order->directory), outcome = CREDENTIAL_DONE;

        *ret_id = NULL;
        if (r < 0)
                return err_pass(r);
        /* An empty one is a place where nothing was mounted; any other is an earlier command's. */
        if (rmdir(order->directory) < 0 && errno != ENOENT)
                return is_in_use(errno) ? CREDENTIAL_DONE : err_new(-errno);
        fd = kernel_mount_new("ramfs", "mode=0700", CLOSED);
        if (fd < 0) {
                fd = kernel_mount_new("tmpfs", "mode=0700", CLOSED);
                outcome = CREDENTIAL_SWAPPABLE;
        }
        if (fd < 0)
                return err_pass(make_plain(order, ret_id));
        r = make_mount(order, fd, ret_id);
        return r < 0 ? err_pass(r) : outcome;
}

int credential_text(const char *directory, const char *name, char **ret) {
        AUTO_FREE char *path = path_join(directory, name), *data = NULL;
        size_t length;
        int r = path ? file_read(path, CREDENTIALS_MAX, &data, &length, NULL) : -ENOMEM;

        if (r < 0)
                return err_pass(r);
        if (memchr(data, '\0', length))
                return err_new(-EINVAL);
        if (length > 0 && data[length - 1] == '\n')
                data[length - 1] = '\0';
        *ret = STEAL(data);
        return 0;
}
