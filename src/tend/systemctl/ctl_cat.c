/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/pager.h"
#include "tend/program_run.h"
#include "tend/style.h"
#include "tend/systemctl/ctl_job.h"
#include "tend/systemctl/ctl_status.h"
#include "tend/systemctl/ctl_verbs.h"
#include "tend/unit_view.h"
#include "unit/unit_source.h"

static int cat_file(const Systemctl *ctl, const char *path, bool is_first, StrBuf *out) {
        AUTO_FREE char *text = NULL;
        size_t length;

        int r = file_read(path, UNIT_FILE_MAX, &text, &length, NULL);
        if (r < 0)
                return program_fail("Failed to cat %s: %s", path, strerror(-r)), r;
        if (!is_first)
                strbuf_add_char(out, '\n');
        style_addf(out, ctl->tend->flags, STYLE_FAINT, "# %s", path);
        strbuf_add_char(out, '\n');
        strbuf_add_bytes(out, text, length);
        return 0;
}

static void print_warning(const Systemctl *ctl, const char *unit, StrBuf *out) {
        strbuf_addf(out,
                    "# Warning: %s changed on disk, the version systemd has loaded is outdated.\n"
                    "# This output shows the current version of the unit's original fragment and "
                    "drop-in files.\n"
                    "# If fragments or drop-ins were added or removed, they are not properly "
                    "reflected in this output.\n"
                    "# Run 'systemctl%s daemon-reload' to reload units.\n",
                    unit,
                    systemctl_user_option(ctl));
}

static int cat_unit(const Systemctl *ctl, const char *unit, bool is_first, StrBuf *out) {
        AUTO(unit_view_done) UnitView view = { 0 };
        sd_bus_error error = SD_BUS_ERROR_NULL;

        int r = unit_view_get(ctl->tend, unit, &error, &view);
        if (r < 0) {
                sd_bus_error_free(&error); /* there is no such unit */
                return program_fail("No files found for %s.", unit), -ENOENT;
        }
        bool masked = view.load_state && streq(view.load_state, "masked");
        const char *path = masked ? NULL : view.fragment_path;
        if (!masked && !path && !view.dropin_paths)
                return program_fail("No files found for %s.", unit), -ENOENT;
        if (!is_first)
                strbuf_add_char(out, '\n');
        if (view.need_daemon_reload)
                print_warning(ctl, unit, out);
        if (masked)
                strbuf_addf(out, "# Unit %s is masked.\n", unit);
        if (path)
                r = cat_file(ctl, path, true, out);
        STRV_FOREACH(dropin, view.dropin_paths) {
                if (r >= 0)
                        r = cat_file(ctl, *dropin, !path && dropin == view.dropin_paths, out);
        }
        return err_pass(r);
}

int ctl_cat(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_STRV char **names = NULL;
        bool is_first = true;
        int r = 0;

        if (systemctl_connect(ctl) < 0 || systemctl_expand(ctl, arguments, NULL, &names) < 0)
                return 1;
        STRV_FOREACH(name, names) {
                size_t length = out.length;
                if (cat_unit(ctl, *name, is_first, &out) < 0)
                        r = -ENOENT;
                is_first = is_first && out.length == length;
        }
        if (pager_print(ctl->tend, &out) < 0)
                return 1;
        return r < 0 ? 1 : 0;
}

/* --- help: the manual pages that units name
 * ---------------------------------------------------------------- */

static void show_page(const char *uri) {
        Str page = str_of(uri);

        if (!str_skip_prefix(&page, "man:")) {
                (void)program_fail("Can't show: %s", uri);
                return;
        }
        ssize_t open = str_find_char(page, '(');
        size_t n_name = open < 0 ? page.length : (size_t)open;
        Str section = { page.data + n_name + 1, 0 };
        while (open >= 0 && section.data[section.length] && section.data[section.length] != ')')
                section.length++;
        AUTO_FREE char *name = str_dup((Str){ page.data, n_name });
        AUTO_FREE char *part = str_dup(section.length > 0 ? section : STR_EMPTY);
        if (!name || !part)
                return;
        char *const with[] = { (char[]){ "man" }, part, name, NULL };
        char *const without[] = { (char[]){ "man" }, name, NULL };
        (void)program_run(section.length > 0 ? with : without); /* man says what it lacks */
}

int ctl_help(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO_STRV char **names = NULL;

        if (!arguments[0])
                return program_fail("'help' command expects one or more unit names.\n"
                                    "(Alternatively, help for systemctl itself may be shown with "
                                    "--help)"),
                       1;
        if (systemctl_connect(ctl) < 0 || ctl_chosen_units(ctl, arguments, &names) < 0)
                return 1;
        STRV_FOREACH(name, names) {
                AUTO_FREE char *load_state = systemctl_unit_text(ctl, *name, "LoadState");
                if (load_state && streq(load_state, "not-found"))
                        return program_fail("Unit %s could not be found.", *name), 1;
                AUTO_STRV char **pages = ctl_unit_list(ctl, *name, "Documentation");
                if (!pages)
                        (void)program_fail("Documentation for %s not known.", *name);
                STRV_FOREACH(page, pages)
                show_page(*page);
        }
        return 0;
}
