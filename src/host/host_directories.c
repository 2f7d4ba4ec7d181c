/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host_directories.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/file_io.h"
#include "base/path_name.h"
#include "unit/unit_spec.h"

static bool is_kept(const Unit *unit, bool will_restart) {
        switch ((PreserveMode)unit_spec_number(unit->spec, DIRECTIVE_RUNTIME_DIRECTORY_PRESERVE)) {
        case PRESERVE_YES:
                return true;
        case PRESERVE_RESTART:
                return will_restart;
        case PRESERVE_NO:
        case PRESERVE_MODE_COUNT:
                break;
        }
        return false;
}

static bool is_link(const char *path) {
        struct stat st;
        return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static void remove_path(const Host *host, const Unit *unit, const char *path) {
        /* Dynamic users have their directories elsewhere, with a link in the usual place. */
        int r = is_link(path) ? (unlink(path) < 0 ? -errno : 0) : dir_remove_all(path);
        if (r < 0)
                log_line(host->options.log,
                         LOG_WARNING,
                         unit->id,
                         "Cannot remove %s: %s",
                         path,
                         strerror(-r));
}

static void remove_one(const Host *host, const Unit *unit, const char *name) {
        AUTO_FREE char *path = path_join(host->machine.runtime_root, name);
        AUTO_FREE char *hidden = path_join(host->machine.runtime_root, "private");
        AUTO_FREE char *private_path = hidden ? path_join(hidden, name) : NULL;

        if (path)
                remove_path(host, unit, path);
        if (private_path && unit_spec_bool(unit->spec, DIRECTIVE_DYNAMIC_USER))
                remove_path(host, unit, private_path);
}

/* Credentials never outlive the unit's processes. */
static void release_credentials(const Host *host, const Unit *unit) {
        AUTO_FREE char *path = NULL;

        if (!unit_spec_rules(unit->spec, DIRECTIVE_LOAD_CREDENTIAL) &&
            !unit_spec_rules(unit->spec, DIRECTIVE_SET_CREDENTIAL))
                return;
        path = path_join(host->machine.credentials_root, unit->id);
        if (!path || access(path, F_OK) < 0)
                return;
        (void)umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW); /* fails where they are plain files */
        (void)chmod(path, 0700); /* closed to its owner too; what fails shows below */
        remove_path(host, unit, path);
}

void host_directories_release(Host *host, const Unit *unit, bool will_restart) {
        const RuleList *rules =
                unit->spec ? unit_spec_rules(unit->spec, DIRECTIVE_RUNTIME_DIRECTORY) : NULL;

        if (unit->spec && host->machine.credentials_root)
                release_credentials(host, unit);
        if (!rules || !host->machine.runtime_root || is_kept(unit, will_restart))
                return;
        for (unsigned i = 0; i < rules->n_rules; i++) {
                AUTO_FREE char *link = NULL;
                if (rules->rules[i].target)
                        link = path_join(host->machine.runtime_root, rules->rules[i].target);
                if (link)
                        (void)unlink(link); /* not there, or not a link: left alone */
                if (rules->rules[i].source)
                        remove_one(host, unit, rules->rules[i].source);
        }
}
