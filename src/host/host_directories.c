/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host_directories.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/guarded_path.h"
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

/* What services own lies on the way: they do not choose what is removed. */
static void remove_below(const Host *host, const Unit *unit, const char *root, const char *name) {
        int r = guarded_path_remove(root, name);
        if (r < 0)
                log_line(host->options.log,
                         LOG_WARNING,
                         unit->id,
                         "Cannot remove %s/%s: %s",
                         root,
                         name,
                         strerror(-r));
}

/* Dynamic users have their directories elsewhere, with a link in the usual place. */
static void remove_one(const Host *host, const Unit *unit, const char *name) {
        AUTO_FREE char *private_path = path_join("private", name);

        remove_below(host, unit, host->machine.runtime_root, name);
        if (private_path && unit_spec_bool(unit->spec, DIRECTIVE_DYNAMIC_USER))
                remove_below(host, unit, host->machine.runtime_root, private_path);
}

/* Credentials never outlive the unit's processes, though its files may ask for none any more. */
static void release_credentials(const Host *host, const Unit *unit) {
        AUTO_FREE char *path = path_join(host->machine.credentials_root, unit->id);

        if (!path || access(path, F_OK) < 0)
                return;
        (void)umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW); /* fails where they are plain files */
        (void)chmod(path, 0700); /* closed to its owner too; what fails shows below */
        remove_below(host, unit, host->machine.credentials_root, unit->id);
}

void host_directories_release(Host *host, const Unit *unit, bool will_restart) {
        const RuleList *rules =
                unit->spec ? unit_spec_rules(unit->spec, DIRECTIVE_RUNTIME_DIRECTORY) : NULL;

        if (host->machine.credentials_root)
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
