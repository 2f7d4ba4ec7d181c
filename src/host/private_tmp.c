/* SPDX-License-Identifier: Apache-2.0 */
#include "host/private_tmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/random_id.h"

#define SHARED_MODE 01777 /* of the directory that the service sees as /tmp */

/* Only where a mount name space can be had: the names are those that systemd-tmpfiles cleans up. */
static bool wants(const HostUnit *hu) {
        const UnitSpec *spec = hu->unit->spec;
        if (hu->host->options.paths->scope != UNIT_SCOPE_SYSTEM || geteuid() != 0)
                return false;
        return unit_spec_bool(spec, DIRECTIVE_PRIVATE_TMP) ||
               unit_spec_bool(spec, DIRECTIVE_DYNAMIC_USER);
}

/* "parent/systemd-private-BOOT-UNIT-RANDOM/tmp"; the upper directory is closed to everybody. */
static int make_one(const HostUnit *hu, const char *parent, char **ret) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        strbuf_addf(&text,
                    "%s/systemd-private-%s-%s-XXXXXX",
                    parent,
                    hu->host->machine.boot_id ?: "",
                    hu->unit->id);
        AUTO_FREE char *upper = strbuf_steal(&text);
        if (!upper)
                return err_new(-ENOMEM);
        if (!mkdtemp(upper))
                return err_new(-errno);
        char *inner = path_join(upper, "tmp");
        mode_t before = umask(0);
        int r = !inner ? -ENOMEM : mkdir(inner, SHARED_MODE) < 0 ? -errno : 0;
        (void)umask(before);
        if (r < 0) {
                (void)rmdir(upper); /* empty */
                free(inner);
                return err_new(r);
        }
        *ret = inner;
        return 0;
}

/* A unit of the same name space that has them already; NULL. */
static const HostUnit *sharer(const HostUnit *hu) {
        unsigned cursor = 0;
        for (const UnitEdge *edge;
             (edge = unit_graph_next(hu->unit, DEP_BIT(DEP_JOINS_NAMESPACE_OF), &cursor));) {
                const HostUnit *other = host_unit_peek(edge->other);
                if (other && other->private_tmp)
                        return other;
        }
        return NULL;
}

static int share(HostUnit *hu, const HostUnit *other) {
        hu->private_tmp = str_dup(str_of(other->private_tmp));
        hu->private_var_tmp = str_dup(str_of(other->private_var_tmp));
        return hu->private_tmp && hu->private_var_tmp ? 0 : err_new(-ENOMEM);
}

int private_tmp_make(HostUnit *hu) {
        if (hu->private_tmp || !wants(hu))
                return 0;
        const HostUnit *other = sharer(hu);
        int r = 0;
        if (other) {
                r = share(hu, other);
        } else {
                r = make_one(hu, "/tmp", &hu->private_tmp);
                if (r == 0)
                        r = make_one(hu, "/var/tmp", &hu->private_var_tmp);
        }
        host_unit_drop_plan(hu);
        if (r < 0) {
                private_tmp_release(hu);
                return err_pass(r);
        }
        host_unit_mark(hu->host, hu->unit);
        return 0;
}

static void remove_one(const HostUnit *hu, const char *inner) {
        AUTO_FREE char *upper = inner ? path_dir_name(inner) : NULL;
        int r = upper ? dir_remove_all(upper) : 0;
        if (r < 0 && r != -ENOENT)
                log_line(hu->host->options.log,
                         LOG_WARNING,
                         hu->unit->id,
                         "Cannot remove %s: %s",
                         upper,
                         strerror(-r));
}

void private_tmp_release(HostUnit *hu) {
        AUTO_FREE char *tmp = STEAL(hu->private_tmp);
        AUTO_FREE char *var_tmp = STEAL(hu->private_var_tmp);
        if (!tmp && !var_tmp)
                return;
        host_unit_drop_plan(hu);
        if (sharer(hu))
                return;
        remove_one(hu, tmp);
        remove_one(hu, var_tmp);
}
