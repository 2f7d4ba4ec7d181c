/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/log_control.h"

#include <stdio.h>
#include <string.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "tend/program.h"

static const char *const levels[] = {
        "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
};

static const struct {
        const char *property, *noun;
        const char *const *values;
        size_t n_values;
} settings[] = {
        [LOG_CONTROL_LEVEL] = { "LogLevel", "level", levels, ARRAY_LENGTH(levels) },
        [LOG_CONTROL_TARGET] = { "LogTarget", "target", NULL, 0 }, /* the service knows */
};

static_assert(ARRAY_LENGTH(settings) == LOG_CONTROL_SETTING_COUNT, "a row per setting");

int log_control_check(LogControlSetting setting, const char *value) {
        uint32_t number;

        if (setting == LOG_CONTROL_LEVEL && parse_u32(str_of(value), &number) >= 0 &&
            number < ARRAY_LENGTH(levels))
                return 0;
        if (!settings[setting].values ||
            enum_parse(settings[setting].values, settings[setting].n_values, str_of(value)) >= 0)
                return 0;
        (void)program_fail("\"%s\" is not a valid log %s.", value, settings[setting].noun);
        return 1;
}

static int failed(sd_bus_error *error, int r, const char *what) {
        (void)program_fail("%s: %s", what, error->message ? error->message : strerror(-r));
        sd_bus_error_free(error);
        return 1;
}

int log_control(const LogControl *control, LogControlSetting setting, const char *value) {
        AUTO(strbuf_done) StrBuf what = STRBUF_INIT;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        AUTO_FREE char *text = NULL;
        const char *const address[] = { "/org/freedesktop/LogControl1",
                                        "org.freedesktop.LogControl1" };

        strbuf_addf(&what,
                    "Failed to %s log %s of %s",
                    value ? "set" : "get",
                    settings[setting].noun,
                    control->name);
        if (value) {
                strbuf_addf(&what, " to %s", value);
                int r = sd_bus_set_property(control->bus,
                                            control->name,
                                            address[0],
                                            address[1],
                                            settings[setting].property,
                                            &error,
                                            "s",
                                            value);
                return r < 0 ? failed(&error, r, strbuf_text(&what)) : 0;
        }
        int r = sd_bus_get_property_string(control->bus,
                                           control->name,
                                           address[0],
                                           address[1],
                                           settings[setting].property,
                                           &error,
                                           &text);
        if (r < 0)
                return failed(&error, r, strbuf_text(&what));
        (void)puts(text); /* as all output: checked when it is closed */
        return 0;
}

int log_control_of_service(const Tend *tend,
                           const char *name,
                           LogControlSetting setting,
                           const char *value) {
        LogControl control = { .name = name };

        int r = tend->scope == UNIT_SCOPE_USER ? sd_bus_default_user(&control.bus)
                                               : sd_bus_default_system(&control.bus);
        if (r < 0) {
                (void)program_fail("Failed to connect to bus: %s", strerror(-r));
                return 1;
        }
        int status = log_control(&control, setting, value);
        sd_bus_flush_close_unref(control.bus);
        return status;
}

int log_control_watchdogs(sd_bus *bus, const char *value) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        bool is_on = false;
        int number = 0, r;

        if (value && parse_boolean(str_of(value), &is_on) < 0) {
                (void)program_fail("Failed to parse service-watchdogs argument: Invalid argument");
                return 1;
        }
        if (value)
                r = sd_bus_set_property(bus,
                                        "org.freedesktop.systemd1",
                                        "/org/freedesktop/systemd1",
                                        "org.freedesktop.systemd1.Manager",
                                        "ServiceWatchdogs",
                                        &error,
                                        "b",
                                        (int)is_on);
        else
                r = sd_bus_get_property_trivial(bus,
                                                "org.freedesktop.systemd1",
                                                "/org/freedesktop/systemd1",
                                                "org.freedesktop.systemd1.Manager",
                                                "ServiceWatchdogs",
                                                &error,
                                                'b',
                                                &number);
        if (r < 0)
                return failed(&error,
                              r,
                              value ? "Failed to set service-watchdog state"
                                    : "Failed to get service-watchdog state");
        if (!value)
                (void)puts(number ? "yes" : "no"); /* as all output: checked when it is closed */
        return 0;
}

/* What a shell takes as it stands. */
static bool is_plain(const char *value) {
        return value[0] == '\0' ||
               value[strcspn(value, "\"\\`$*?['()<>|&;!~# \t\n\r\a\b\f\v")] == '\0';
}

void log_control_quote(const char *value, StrBuf *out) {
        static const char escapes[] = "\aa\bb\ff\nn\rr\tt\vv\\\\''\"\"";

        if (is_plain(value)) {
                strbuf_add(out, value);
                return;
        }
        strbuf_add(out, "$'");
        for (; *value; value++) {
                const char *escape = escapes;
                while (*escape && *escape != *value)
                        escape += 2;
                if (*escape && *value != '"')
                        strbuf_addf(out, "\\%c", escape[1]);
                else
                        strbuf_add_char(out, *value);
        }
        strbuf_add_char(out, '\'');
}
