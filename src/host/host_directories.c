/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host_directories.h"

#include <string.h>
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

static void remove_one(Host *host, const Unit *unit, const char *name) {
        AUTO_FREE char *path = path_join(host->machine.runtime_root, name);
        int r = path ? dir_remove_all(path) : 0;
        if (r < 0)
                log_line(host->options.log,
                         LOG_WARNING,
                         unit->id,
                         "Cannot remove %s: %s",
                         path,
                         strerror(-r));
}

void host_directories_release(Host *host, const Unit *unit, bool will_restart) {
        const RuleList *rules =
                unit->spec ? unit_spec_rules(unit->spec, DIRECTIVE_RUNTIME_DIRECTORY) : NULL;

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
