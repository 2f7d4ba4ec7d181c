/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/init_script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/parse_value.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tend/file_operation.h"
#include "tend/program_run.h"
#include "unit/unit_install_state.h"

#define INSTALLER "/lib/systemd/systemd-sysv-install" /* $1: verb, $2: script */
#define SUFFIX ".service"

/* What Debian's INSTALLER does, for systems without systemd's package. */
#define OWN_INSTALLER                                                                              \
        "case $1 in is-enabled) ls /etc/rc[S5].d/S??\"$2\" >/dev/null 2>&1;; "                     \
        "*) export _SKIP_SYSTEMD_NATIVE=1; "                                                       \
        "/usr/sbin/update-rc.d \"$2\" defaults && /usr/sbin/update-rc.d \"$2\" \"$1\";; esac"

static bool is_switched_off(const Tend *tend) {
        const char *text = getenv("SYSTEMCTL_SKIP_SYSV");
        bool value = false;

        if (text && parse_boolean(str_of(text), &value) < 0)
                value = false;
        return value || tend->scope != UNIT_SCOPE_SYSTEM || tend->flags & TEND_GLOBAL;
}

/* The name of the script in fresh memory; NULL when this is not the name of a service with one. */
static char *script_of(const Tend *tend, const char *name) {
        Str stem = str_of(name);

        if (*name == '/' || !str_has_suffix(stem, SUFFIX))
                return NULL;
        stem.length -= strlen(SUFFIX);
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/etc/init.d/%.*s", tend->root ? tend->root : "", STR_ARG(stem));
        return access(strbuf_text(&path), F_OK) < 0 ? NULL : str_dup(stem);
}

/* Whether there is a unit file that no generator made. 1, 0, or -errno after printing why. */
static int has_unit_file(const Tend *tend, const char *name) {
        AUTO(file_scene_done) FileScene scene = { 0 };
        AUTO(unit_install_view_free) UnitInstallView *view = NULL;

        int r = file_scene_init(tend, &scene);
        scene.search.offline = true;
        if (r >= 0)
                r = unit_install_view_new(&scene.options, &view);
        if (r >= 0)
                r = unit_install_view_exists(view, name);
        if (r < 0)
                tend_complain(tend, "Failed to look up unit file state: %s", strerror(-r));
        return err_pass(r);
}

static int run_installer(const Tend *tend, const char *verb, const char *script) {
        AUTO_STRV char **command = NULL;
        bool own = access(INSTALLER, X_OK) < 0 && !tend->root;

        int r = own ? strv_add(&command, "/bin/sh") : strv_add(&command, INSTALLER);
        if (r >= 0 && tend->root)
                r = strv_addf(&command, "--root=%s", tend->root);
        if (r >= 0)
                r = strv_add(&command, verb);
        if (r >= 0)
                r = strv_add(&command, script);
        AUTO_FREE char *line = r >= 0 ? strv_join(command, " ") : NULL;
        if (!line)
                return err_new(-ENOMEM);
        if (!(tend->flags & TEND_QUIET))
                tend_complain(tend, "Executing: %s", line);
        if (!own)
                return err_pass(program_run(command));
        char *const shell[] = { command[0],
                                (char[]){ "-c" },
                                (char[]){ OWN_INSTALLER },
                                (char[]){ "sysv-install" },
                                command[1],
                                command[2],
                                NULL };
        return err_pass(program_run(shell));
}

static void announce(const Tend *tend, const char *name, bool native) {
        if (tend->flags & TEND_QUIET)
                return;
        if (native)
                tend_complain(tend,
                              "Synchronizing state of %s with SysV service script with %s.",
                              name,
                              INSTALLER);
        else
                tend_complain(tend,
                              "%s is not a native service, redirecting to systemd-sysv-install.",
                              name);
}

/* Says whether the name is done with: 1, 0 or -errno. */
static int take_one(Tend *tend, const char *verb, const char *name, bool *enabled) {
        AUTO_FREE char *script = script_of(tend, name);
        bool asks = streq(verb, "is-enabled");

        if (!script)
                return 0;
        int native = has_unit_file(tend, name);
        if (native < 0 || (native && asks))
                return err_pass(native < 0 ? native : 0);
        announce(tend, name, native);
        int status = run_installer(tend, verb, script);
        if (status < 0) {
                tend_complain(tend, "Failed to run %s: %s", INSTALLER, strerror(-status));
                return err_pass(status);
        }
        if (asks) {
                *enabled |= status == 0;
                if (!(tend->flags & TEND_QUIET))
                        (void)puts(status == 0 ? "enabled" : "disabled"); /* checked at its end */
        } else if (status != 0)
                return err_new(-EBADE);
        return !native;
}

int init_scripts_take(Tend *tend, const char *verb, char **names, bool *ret_enabled) {
        bool enabled = false;
        size_t kept = 0;
        int r = 0;

        for (size_t i = 0; names && names[i]; i++) {
                int taken = r < 0 || is_switched_off(tend)
                                    ? 0
                                    : take_one(tend, verb, names[i], &enabled);
                r = taken < 0 ? taken : r;
                char *name = STEAL(names[i]);
                if (taken > 0)
                        free(name);
                else
                        names[kept++] = name;
        }
        *ret_enabled = enabled;
        return err_pass(r);
}
