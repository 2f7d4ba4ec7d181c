/* SPDX-License-Identifier: Apache-2.0 */
#include "host/generator_find.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/dir_listing.h"

#define REASON_MOUNTS                                                                              \
        "file systems are mounted before a manager without a machine of its own starts"
#define REASON_DISKS "disks are set up by who runs the machine"
#define REASON_KERNEL "the kernel command line speaks to the manager of the machine"
#define REASON_CONSOLE "consoles belong to who runs the machine"
#define REASON_BOOT "the start of the machine is not tend's"
#define REASON_DESKTOP "desktop sessions are started by systemd's user manager"

static const char *const system_directories[] = {
        "/run/systemd/system-generators",           "/etc/systemd/system-generators",
        "/usr/local/lib/systemd/system-generators", "/lib/systemd/system-generators",
        "/usr/lib/systemd/system-generators",       NULL,
};

static const char *const user_directories[] = {
        "/run/systemd/user-generators",
        "/etc/systemd/user-generators",
        "/usr/local/lib/systemd/user-generators",
        "/usr/lib/systemd/user-generators",
        NULL,
};

static const struct {
        const char *name, *reason;
} skipped[] = {
        /* clang-format off */
        { "systemd-bless-boot-generator", REASON_BOOT },
        { "systemd-cryptsetup-generator", REASON_DISKS },
        { "systemd-debug-generator", REASON_KERNEL },
        { "systemd-fstab-generator", REASON_MOUNTS },
        { "systemd-getty-generator", REASON_CONSOLE },
        { "systemd-gpt-auto-generator", REASON_DISKS },
        { "systemd-hibernate-resume-generator", REASON_BOOT },
        { "systemd-integritysetup-generator", REASON_DISKS },
        { "systemd-run-generator", REASON_KERNEL },
        { "systemd-system-update-generator", REASON_BOOT },
        { "systemd-veritysetup-generator", REASON_DISKS },
        { "systemd-xdg-autostart-generator", REASON_DESKTOP },
        /* clang-format on */
};

const char *const *generator_directories(UnitScope scope) {
        return scope == UNIT_SCOPE_SYSTEM ? system_directories : user_directories;
}

const char *generator_skip_reason(const char *name) {
        for (size_t i = 0; i < ARRAY_LENGTH(skipped); i++)
                if (streq(skipped[i].name, name))
                        return skipped[i].reason;
        return NULL;
}

static bool is_masked(const struct stat *st) {
        bool is_null = S_ISCHR(st->st_mode) && major(st->st_rdev) == 1 && minor(st->st_rdev) == 3;
        return is_null || (S_ISREG(st->st_mode) && st->st_size == 0);
}

/* Adds one file unless its name was there before; a mask counts as being there. */
static int add_file(const char *directory, const char *name, char ***names, char ***paths) {
        AUTO_FREE char *path = path_join(directory, name);
        struct stat st;

        if (!path)
                return err_new(-ENOMEM);
        if (strv_contains(*names, name) || stat(path, &st) < 0)
                return 0;
        bool masked = is_masked(&st);
        if (!masked && (!S_ISREG(st.st_mode) || !(st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH))))
                return 0;
        int r = strv_add(names, name);
        if (r < 0 || masked || generator_skip_reason(name))
                return err_pass(r);
        return err_pass(strv_take(paths, STEAL(path)));
}

static int add_directory(const char *directory, char ***names, char ***paths) {
        AUTO(dir_listing_done) DirListing listing = { 0 };
        bool changed;

        int r = dir_listing_init(&listing, directory);
        if (r == 0)
                r = dir_listing_refresh(&listing, GENERATORS_MAX, &changed);
        if (r == 0 && listing.error == -E2BIG)
                r = err_new(-E2BIG);
        for (unsigned i = 0; r == 0 && i < listing.n_entries; i++)
                r = add_file(directory, listing.entries[i].name, names, paths);
        return err_pass(r);
}

static int compare_names(const void *a, const void *b) {
        char *const *left = a, *const *right = b;
        return strcmp(path_base_name(*left), path_base_name(*right));
}

int generator_find(char *const *directories, char ***ret_paths) {
        AUTO_STRV char **names = NULL;
        AUTO_STRV char **paths = NULL;

        STRV_FOREACH(directory, directories) {
                int r = add_directory(*directory, &names, &paths);
                if (r < 0)
                        return err_pass(r);
        }
        size_t n = strv_length(paths);
        if (n > GENERATORS_MAX)
                return err_new(-E2BIG);
        if (n > 0)
                qsort(paths, n, sizeof(*paths), compare_names);
        *ret_paths = STEAL(paths);
        return 0;
}
