/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_mount.h"

#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"

static const char *const api_mount_points[] = {
        "/dev",
        "/dev/console",
        "/dev/pts",
        "/dev/shm",
        "/proc",
        "/proc/kmsg",
        "/proc/sys",
        "/proc/sys/kernel/random/boot_id",
        "/run",
        "/run/lock",
        "/sys",
        "/sys/firmware/efi/efivars",
        "/sys/fs/bpf",
        "/sys/fs/cgroup",
        "/sys/fs/pstore",
        "/sys/fs/selinux",
        "/run/host",
        "/sys/fs/smackfs",
        "/sys/kernel/security",
};

/* Everything below these, too. */
static const char *const api_trees[] = { "/run/host", "/sys/fs/cgroup" };

static int setting_or_name(const UnitSpec *spec, DirectiveId id, char **ret_path) {
        const char *text = unit_spec_text(spec, id);

        if (!text)
                return err_pass(unit_name_path_unescape(unit_name_prefix(spec->name), ret_path));
        *ret_path = path_simplify(str_of(text));
        return *ret_path ? 0 : err_new(-ENOMEM);
}

int unit_mount_where(const UnitSpec *spec, char **ret_path) {
        return setting_or_name(spec, DIRECTIVE_WHERE, ret_path);
}

int unit_swap_what(const UnitSpec *spec, char **ret_path) {
        return setting_or_name(spec, DIRECTIVE_WHAT, ret_path);
}

bool unit_mount_is_api(const char *where) {
        for (size_t i = 0; i < ARRAY_LENGTH(api_mount_points); i++)
                if (streq(where, api_mount_points[i]))
                        return true;
        for (size_t i = 0; i < ARRAY_LENGTH(api_trees); i++)
                if (path_is_below(where, api_trees[i]))
                        return true;
        return false;
}
