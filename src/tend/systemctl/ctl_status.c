/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/systemctl/ctl_status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "journal/journal_render.h"
#include "tend/journalctl/log_excerpt.h"
#include "tend/pager.h"
#include "tend/style.h"
#include "tend/systemctl/ctl_job.h"
#include "tend/systemctl/ctl_time.h"
#include "tend/systemctl/ctl_unit_rows.h"
#include "tend/systemctl/ctl_verbs.h"
#include "tend/systemctl/process_tree_text.h"

#define STATUS_DOWN 3 /* LSB: the program is not running */
#define STATUS_UNKNOWN 4

static void print_tree(const Systemctl *ctl,
                       const char *unit,
                       const char *group,
                       const char *prefix,
                       StrBuf *out) {
        AUTO(process_rows_done) ProcessRows rows = { 0 };
        ProcessTree tree = { .prefix = prefix, .width = pager_width(ctl->tend) };
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;

        int r = bus_client_call(ctl->tend->client, "GetUnitProcesses", &error, &reply, "s", unit);
        if (r >= 0)
                r = process_rows_read(&rows, reply);
        if (r >= 0)
                process_tree_print(&tree, &rows, group, out);
        sd_bus_error_free(&error); /* then there are no lines */
        sd_bus_message_unref(reply);
}

/* What it said since it was started last. */
static void print_log(const Systemctl *ctl, const UnitView *view, StrBuf *out) {
        bool is_full = (ctl->flags & SYSTEMCTL_FULL) != 0;
        const LogExcerpt excerpt = {
                .unit = view->id,
                .output = ctl->output,
                .n_entries = ctl->lines,
                .render_flags = (ctl->flags & SYSTEMCTL_ALL ? JOURNAL_RENDER_ALL : 0U) |
                                (ctl->tend->flags & TEND_COLOUR ? JOURNAL_RENDER_COLOUR : 0U),
                .columns = is_full ? 0 : (unsigned)pager_width(ctl->tend),
                .since_monotonic_usec = view->inactive_exit_monotonic_usec,
        };

        if (ctl->lines > 0)
                (void)log_excerpt_print(ctl->tend, &excerpt, out); /* then it has no log */
}

/* 0 when it is up, else an LSB status; -errno after a message. */
static int status_one(const Systemctl *ctl, const char *unit, StrBuf *out) {
        AUTO(unit_view_done) UnitView view = { 0 };
        sd_bus_error error = SD_BUS_ERROR_NULL;

        int r = unit_view_get(ctl->tend, unit, &error, &view);
        if (r < 0) {
                (void)systemctl_refused(r, &error, "Failed to get properties");
                return err_pass(r);
        }
        if (!view.id || !view.active_state || !view.load_state)
                return STATUS_UNKNOWN;
        if (streq(view.load_state, "not-found") && streq(view.active_state, "inactive")) {
                (void)program_fail("Unit %s could not be found.", unit);
                return STATUS_UNKNOWN;
        }
        if (out->length > 0)
                strbuf_add_char(out, '\n');
        ctl_status_print(ctl, &view, out);
        if (view.control_group) {
                strbuf_addf(out, "     CGroup: %s\n", view.control_group);
                print_tree(ctl, view.id, view.control_group, "             ", out);
        }
        print_log(ctl, &view, out);
        if (view.need_daemon_reload && !(ctl->flags & SYSTEMCTL_QUIET))
                ctl_print_changed(ctl, view.id);
        return streq(view.active_state, "active") || streq(view.active_state, "reloading")
                       ? 0
                       : STATUS_DOWN;
}

/* --- the manager
 * ------------------------------------------------------------------------------------------- */

static char *manager_text(const Systemctl *ctl, const char *property) {
        char *text = NULL;
        (void)bus_client_get_text(ctl->tend->client,
                                  BUS_MANAGER_PATH,
                                  BUS_MANAGER_INTERFACE,
                                  property,
                                  NULL,
                                  &text); /* NULL then */
        return text;
}

static uint64_t manager_number(const Systemctl *ctl, const char *property) {
        uint64_t number = 0;
        (void)bus_client_get_number(ctl->tend->client,
                                    BUS_MANAGER_PATH,
                                    BUS_MANAGER_INTERFACE,
                                    property,
                                    NULL,
                                    &number); /* 0 then */
        return number;
}

static void print_counts(const Systemctl *ctl, StrBuf *out) {
        uint64_t since_usec = manager_number(ctl, "UserspaceTimestamp");

        strbuf_addf(out,
                    "    Units: %llu loaded (incl. loaded aliases)\n"
                    "     Jobs: %llu queued\n"
                    "   Failed: %llu units\n"
                    "    Since: ",
                    (unsigned long long)manager_number(ctl, "NNames"),
                    (unsigned long long)manager_number(ctl, "NJobs"),
                    (unsigned long long)manager_number(ctl, "NFailedUnits"));
        systemctl_print_timestamp(ctl, since_usec, out);
        strbuf_add(out, "; ");
        ctl_print_relative(since_usec, clock_realtime_usec(), out);
}

static int status_manager(const Systemctl *ctl, StrBuf *out) {
        AUTO_FREE char *state = manager_text(ctl, "SystemState");
        AUTO_FREE char *version = manager_text(ctl, "Version");
        AUTO_FREE char *tainted = manager_text(ctl, "Tainted");
        AUTO_FREE char *group = manager_text(ctl, "ControlGroup");
        char host[256] = "";

        (void)gethostname(host, sizeof(host) - 1); /* else no name */
        bool good = state && streq(state, "running");
        Style style = good ? STYLE_GOOD : STYLE_BAD;
        style_addf(out, ctl->tend->flags, style, "\u25cf");
        strbuf_addf(out, " %s\n    State: ", host);
        style_addf(out, ctl->tend->flags, style, "%s", state ? state : "unknown");
        strbuf_add_char(out, '\n');
        print_counts(ctl, out);
        strbuf_addf(out, "\n  systemd: %s\n", version ? version : "");
        if (tainted && tainted[0])
                strbuf_addf(out, "  Tainted: %s\n", tainted);
        strbuf_addf(out, "   CGroup: %s\n", group && group[0] ? group : "/");
        print_tree(ctl, "-.slice", group ? group : "", "           ", out);
        return 0;
}

/* --- what was typed
 * ---------------------------------------------------------------------------------------- */

/* The unit of a process in fresh memory; NULL after a message. */
static char *unit_of_pid(const Systemctl *ctl, uint32_t pid) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        const char *path;
        char *unit = NULL;

        int r = bus_client_call(ctl->tend->client, "GetUnitByPID", &error, &reply, "u", pid);
        if (r >= 0)
                r = sd_bus_message_read(reply, "o", &path);
        if (r >= 0)
                r = sd_bus_path_decode(path, BUS_MANAGER_PATH "/unit", &unit);
        if (r < 0)
                (void)systemctl_refused(r, &error, "Failed to get unit for PID %u", pid);
        sd_bus_message_unref(reply);
        return unit;
}

static int all_units(Systemctl *ctl, char ***names) {
        AUTO(unit_rows_done) UnitRows rows = { 0 };

        int r = unit_rows_get(ctl, NULL, (ctl->flags & SYSTEMCTL_ALL) != 0, &rows);
        unit_rows_sort(&rows);
        for (unsigned i = 0; r >= 0 && i < rows.n_rows; i++)
                r = strv_add(names, rows.rows[i].id);
        return err_pass(r);
}

int ctl_chosen_units(Systemctl *ctl, char **arguments, char ***names) {
        AUTO_STRV char **typed = NULL;
        AUTO_STRV char **expanded = NULL;
        int r = 0;

        STRV_FOREACH(argument, arguments) {
                uint32_t pid;
                if (r >= 0 && parse_u32(str_of(*argument), &pid) >= 0) {
                        char *unit = unit_of_pid(ctl, pid);
                        r = unit ? strv_take(names, unit) : -ESRCH;
                } else if (r >= 0) {
                        r = strv_add(&typed, *argument);
                }
        }
        if (r >= 0 && typed)
                r = systemctl_expand(ctl, typed, NULL, &expanded);
        return err_pass(r < 0 ? r : strv_extend(names, expanded));
}

int ctl_status(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_STRV char **names = NULL;
        int status = 0, r = 0;

        if (systemctl_connect(ctl) < 0)
                return 1;
        bool has_filter = ctl->types || ctl->states;
        if (!arguments[0] && !has_filter)
                status = status_manager(ctl, &out);
        if (arguments[0])
                r = ctl_chosen_units(ctl, arguments, &names);
        else if (has_filter || ctl->flags & SYSTEMCTL_ALL)
                r = all_units(ctl, &names);
        if (r < 0)
                return 1;
        STRV_FOREACH(name, names) {
                int one = status_one(ctl, *name, &out);
                if (status == 0 || one < 0)
                        status = one;
                if (one < 0)
                        break;
        }
        status = status < 0 ? 1 : status;
        return pager_print(ctl->tend, &out) < 0 ? 1 : status;
}
