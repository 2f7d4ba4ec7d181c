/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/systemctl/systemctl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/pager.h"
#include "tend/private_bus.h"
#include "tend/systemctl/ctl_unit_rows.h"

int systemctl_connect(Systemctl *ctl) {
        return err_pass(private_bus_connect_to(ctl->tend, ctl->host, ctl->machine));
}

int systemctl_refused(int r, sd_bus_error *error, const char *format, ...) {
        va_list args;

        (void)fflush(stdout); /* in order with what was printed; checked at the end */
        va_start(args, format);
        (void)vfprintf(stderr, format, args); /* nowhere to report a failing stderr */
        va_end(args);
        (void)fprintf(stderr,
                      ": %s\n",
                      error && error->message ? error->message : strerror(-r)); /* likewise */
        sd_bus_error_free(error);
        return 1;
}

char *systemctl_mangle(const Systemctl *ctl UNUSED, const char *typed, const char *suffix) {
        return program_unit_name(typed, suffix ? suffix : ".service", false);
}

static bool is_pattern(const char *name) {
        return strpbrk(name, "*?[") != NULL;
}

int systemctl_call_lists(Systemctl *ctl,
                         const char *member,
                         char *const *first,
                         char *const *second,
                         sd_bus_message **ret_reply) {
        sd_bus *bus = bus_client_bus(ctl->tend->client);
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *request = NULL;
        char *const none[] = { NULL };

        int r = sd_bus_message_new_method_call(bus,
                                               &request,
                                               "org.freedesktop.systemd1",
                                               BUS_MANAGER_PATH,
                                               BUS_MANAGER_INTERFACE,
                                               member);
        if (r >= 0)
                r = sd_bus_message_append_strv(request, (char **)(uintptr_t)(first ? first : none));
        if (r >= 0)
                r = sd_bus_message_append_strv(request,
                                               (char **)(uintptr_t)(second ? second : none));
        if (r >= 0)
                r = sd_bus_call(bus, request, 0, &error, ret_reply);
        sd_bus_message_unref(request);
        if (r < 0)
                (void)systemctl_refused(r, &error, "Failed to list units");
        return err_pass(r);
}

/* Adds the names of the loaded units that match, as list-units would show them; cat takes all. */
static int add_matching(Systemctl *ctl, char **patterns, char ***names) {
        AUTO(unit_rows_done) UnitRows rows = { 0 };

        bool all = ctl->flags & SYSTEMCTL_ALL || streq(ctl->verb, "cat");
        int r = unit_rows_get(ctl, patterns, all, &rows);
        for (unsigned i = 0; r >= 0 && i < rows.n_rows; i++)
                r = strv_add(names, rows.rows[i].id);
        return err_pass(r);
}

static void warn_of_patterns(const Systemctl *ctl) {
        if (streq(ctl->verb, "start") && !(ctl->flags & (SYSTEMCTL_ALL | SYSTEMCTL_QUIET)))
                (void)program_fail(
                        "Warning: systemctl start called with a glob pattern.\n"
                        "Hint: unit globs expand to loaded units, so start will usually have no "
                        "effect.\n"
                        "      Passing --all will also load units which are pulled in by other "
                        "units.\n"
                        "      See systemctl(1) for more details.");
}

int systemctl_expand(Systemctl *ctl, char **typed, const char *suffix, char ***ret) {
        AUTO_STRV char **names = NULL;
        AUTO_STRV char **patterns = NULL;

        STRV_FOREACH(name, typed) {
                char *mangled = program_unit_name(*name, suffix ? suffix : ".service", true);
                if (!mangled)
                        return (void)program_fail("Failed to expand names: Invalid argument"),
                               err_new(-EINVAL);
                int r = strv_take(is_pattern(mangled) ? &patterns : &names, mangled);
                if (r < 0)
                        return err_pass(r);
        }
        if (patterns) {
                warn_of_patterns(ctl);
                int r = add_matching(ctl, patterns, &names);
                if (r < 0)
                        return err_pass(r);
        }
        if (ctl->flags & SYSTEMCTL_WITH_DEPENDENCIES &&
            (streq(ctl->verb, "status") || streq(ctl->verb, "cat")))
                return err_pass(ctl_add_dependencies(ctl, names, ret));
        *ret = STEAL(names);
        return 0;
}

char *systemctl_unit_text(const Systemctl *ctl, const char *unit, const char *property) {
        AUTO_FREE char *path = bus_client_unit_path(unit);
        char *text = NULL;

        if (path)
                (void)bus_client_get_text(ctl->tend->client,
                                          path,
                                          BUS_UNIT_INTERFACE,
                                          property,
                                          NULL,
                                          &text); /* NULL then */
        return text;
}

unsigned systemctl_table_flags(const Systemctl *ctl) {
        unsigned flags = ctl->json;

        if (ctl->flags & SYSTEMCTL_NO_LEGEND)
                flags |= TEXT_TABLE_NO_HEADER;
        if (ctl->tend->flags & TEND_COLOUR)
                flags |= TEXT_TABLE_COLOUR;
        return flags;
}

int systemctl_print_table(const Systemctl *ctl, const TextTable *table, const char *footer) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        if (text_table_print(table, systemctl_table_flags(ctl), pager_width(ctl->tend), &out) < 0)
                return 1;
        if (footer && !ctl->json && !(ctl->flags & SYSTEMCTL_NO_LEGEND))
                strbuf_add(&out, footer);
        return pager_print(ctl->tend, &out) < 0 ? 1 : 0;
}

void systemctl_print_timestamp(const Systemctl *ctl, uint64_t usec, StrBuf *out) {
        static const struct {
                bool utc, micro;
        } styles[TIMESTAMP_STYLE_COUNT] = {
                [TIMESTAMP_UTC] = { true, false },
                [TIMESTAMP_US] = { false, true },
                [TIMESTAMP_US_UTC] = { true, true },
        };
        time_t seconds = (time_t)(usec / USEC_PER_SEC);
        struct tm parts;
        char text[64];

        if (usec == 0 || usec == USEC_INFINITY)
                return;
        if (ctl->timestamps == TIMESTAMP_UNIX) {
                strbuf_addf(out, "@%llu", (unsigned long long)seconds);
                return;
        }
        bool utc = styles[ctl->timestamps].utc;
        if (!(utc ? gmtime_r(&seconds, &parts) : localtime_r(&seconds, &parts)) ||
            strftime(text, sizeof(text), "%a %Y-%m-%d %H:%M:%S", &parts) == 0)
                return;
        strbuf_add(out, text);
        if (styles[ctl->timestamps].micro)
                strbuf_addf(out, ".%06u", (unsigned)(usec % USEC_PER_SEC));
        strbuf_addf(out, " %s", utc ? "UTC" : parts.tm_zone);
}

const char *systemctl_user_option(const Systemctl *ctl) {
        return ctl->tend->scope == UNIT_SCOPE_USER ? " --user" : "";
}
