/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_show.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/parse_value.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/pager.h"
#include "tend/property_text.h"
#include "unit/unit_name.h"

#define JOB_PATH_PREFIX "/org/freedesktop/systemd1/job/"

static bool is_wanted(const Tend *tend, const char *name) {
        return !tend->properties || strv_contains(tend->properties, name);
}

/* Reads one entry of a{sv}, which the message has entered. */
static int
read_property(const Tend *tend, sd_bus_message *reply, char ***lines, JsonWriter *writer) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        const char *name, *contents;
        char type;

        int r = sd_bus_message_read(reply, "s", &name);
        if (r < 0)
                return err_pass(r);
        if (!is_wanted(tend, name))
                return err_pass(sd_bus_message_skip(reply, "v"));
        r = sd_bus_message_peek_type(reply, &type, &contents);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'v', contents);
        if (r < 0)
                return err_pass(r);
        if (tend->flags & TEND_JSON) {
                r = property_print_json(reply, name, writer);
        } else {
                r = property_print(reply, name, contents, &text);
                bool is_empty = text.length == 0;
                if (r >= 0 && (!is_empty || tend->properties || (tend->flags & TEND_ALL)))
                        r = strv_addf(lines, "%s=%s", name, strbuf_text(&text));
        }
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(reply);
}

/* Appends lines in the order of --property, else as they came. */
static void print_lines(const Tend *tend, char *const *lines, StrBuf *out) {
        if (!tend->properties) {
                STRV_FOREACH(line, lines)
                strbuf_addf(out, "%s\n", *line);
                return;
        }
        STRV_FOREACH(name, tend->properties) {
                STRV_FOREACH(line, lines) {
                        Str rest = str_of(*line);
                        if (!str_skip_prefix(&rest, *name) || !str_skip_prefix(&rest, "="))
                                continue;
                        const char *text = tend->flags & TEND_VALUE ? rest.data : *line;
                        strbuf_addf(out, "%s\n", text);
                        break;
                }
        }
}

static int show_object(const Tend *tend, const char *path, StrBuf *out, JsonWriter *writer) {
        AUTO_STRV char **lines = NULL;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;

        int r = bus_client_get_all(tend->client, path, "", &error, &reply);
        if (r < 0)
                tend_complain(tend,
                              "Failed to get properties: %s",
                              error.message ? error.message : strerror(-r));
        sd_bus_error_free(&error);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "{sv}");
        json_begin_object(writer, NULL);
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
                r = read_property(tend, reply, &lines, writer);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        json_end_object(writer);
        sd_bus_message_unref(reply);
        if (r < 0)
                return err_pass(r);
        print_lines(tend, lines, out);
        return 0;
}

/* The object of a unit's name or a job's number. */
static int object_path(const Tend *tend, const char *typed, char **ret) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        AUTO_FREE char *unit = NULL;
        uint32_t id;

        if (parse_u32(str_of(typed), &id) >= 0) {
                strbuf_addf(&path, JOB_PATH_PREFIX "%u", id);
                *ret = strbuf_steal(&path);
        } else {
                int r = unit_name_mangle(typed, ".service", false, &unit);
                if (r < 0) {
                        tend_complain(tend, "\"%s\" is not a name of a unit", typed);
                        return err_pass(r);
                }
                *ret = bus_client_unit_path(unit);
        }
        return *ret ? 0 : err_new(-ENOMEM);
}

int cmd_show(Tend *tend, char **arguments) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT, json = STRBUF_INIT;
        JsonWriter writer = { .out = &json, .pretty = true };
        int r = 0;

        if (tend_connect(tend) < 0)
                return 1;
        json_begin_array(&writer, NULL);
        if (!arguments[0])
                r = show_object(tend, BUS_MANAGER_PATH, &out, &writer);
        STRV_FOREACH(typed, arguments) {
                AUTO_FREE char *path = NULL;
                if (r >= 0)
                        r = object_path(tend, *typed, &path);
                if (r >= 0 && typed != arguments)
                        strbuf_add_char(&out, '\n');
                if (r >= 0)
                        r = show_object(tend, path, &out, &writer);
        }
        json_end_array(&writer);
        strbuf_add_char(&json, '\n');
        if (r < 0)
                return 1;
        return pager_print(tend, tend->flags & TEND_JSON ? &json : &out) < 0 ? 1 : 0;
}
