/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_object.h"

#include <errno.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/parse_value.h"
#include "base/str.h"

static bool is_plain(char c, bool first) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (!first && c >= '0' && c <= '9');
}

const char *bus_unit_path(const char *name, char path[static BUS_PATH_SIZE]) {
        static const char hex[] = "0123456789abcdef";
        size_t n = sizeof(BUS_PATH_UNITS) - 1;

        memcpy(path, BUS_PATH_UNITS "/", n + 1);
        n++;
        if (!*name)
                path[n++] = '_';
        for (const char *p = name; *p && n + 3 < BUS_PATH_SIZE; p++) {
                if (is_plain(*p, p == name)) {
                        path[n++] = *p;
                        continue;
                }
                path[n++] = '_';
                path[n++] = hex[((unsigned char)*p) >> 4];
                path[n++] = hex[((unsigned char)*p) & 15];
        }
        path[n] = '\0';
        return path;
}

const char *bus_job_path(uint32_t id, char path[static BUS_PATH_SIZE]) {
        (void)snprintf(path, BUS_PATH_SIZE, BUS_PATH_JOBS "/%u", id); /* always fits */
        return path;
}

int bus_unit_path_parse(const char *path, char **ret_name) {
        AUTO_FREE char *name = NULL;
        int r = sd_bus_path_decode(path, BUS_PATH_UNITS, &name);

        if (r < 0)
                return err_pass(r);
        if (r == 0 || !unit_name_is_valid(name, UNIT_NAME_ANY))
                return -EINVAL;
        *ret_name = STEAL(name);
        return 0;
}

void bus_object_of_unit(Unit *unit, BusObject *ret) {
        *ret = (BusObject){
                .kind = BUS_OBJECT_UNIT,
                .unit = unit,
                .interfaces = BUS_INTERFACES_COMMON | BUS_INTERFACE_BIT(BUS_INTERFACE_UNIT) |
                              BUS_INTERFACE_BIT(bus_interface_of_type(unit->type)),
        };
}

static int find_unit(BusServer *server, const char *path, BusObject *object) {
        AUTO_FREE char *name = NULL;
        EngineError error = { 0 };
        int r = bus_unit_path_parse(path, &name);

        if (r == -ENOMEM)
                return r;
        if (r < 0)
                return 0;
        r = engine_load_unit(server->engine, name, &object->unit, &error);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                return 0;
        bus_object_of_unit(object->unit, object);
        return 0;
}

static void find_job(BusServer *server, Str id_text, BusObject *object) {
        uint32_t id;

        if (parse_u32(id_text, &id) < 0)
                return;
        object->job = engine_find_job(server->engine, id);
        if (!object->job)
                return;
        object->kind = BUS_OBJECT_JOB;
        object->interfaces = BUS_INTERFACES_COMMON | BUS_INTERFACE_BIT(BUS_INTERFACE_JOB);
}

static bool is_directory(const char *path) {
        static const char *const directories[] = {
                "/", "/org", "/org/freedesktop", BUS_PATH_UNITS, BUS_PATH_JOBS
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(directories); i++)
                if (streq(directories[i], path))
                        return true;
        return false;
}

int bus_object_find(BusServer *server, const char *path, BusObject *ret) {
        BusObject object = { .kind = BUS_OBJECT_NONE };
        Str rest = str_of(path);
        int r = 0;

        if (streq(path, BUS_PATH_MANAGER)) {
                object.kind = BUS_OBJECT_MANAGER;
                object.interfaces = BUS_INTERFACES_COMMON |
                                    BUS_INTERFACE_BIT(BUS_INTERFACE_MANAGER) |
                                    BUS_INTERFACE_BIT(BUS_INTERFACE_TEND);
        } else if (streq(path, BUS_PATH_LOG_CONTROL)) {
                object.kind = BUS_OBJECT_LOG_CONTROL;
                object.interfaces =
                        BUS_INTERFACES_COMMON | BUS_INTERFACE_BIT(BUS_INTERFACE_LOG_CONTROL);
        } else if (is_directory(path)) {
                object.kind = BUS_OBJECT_DIRECTORY;
                object.interfaces = BUS_INTERFACES_COMMON;
        } else if (str_skip_prefix(&rest, BUS_PATH_UNITS "/"))
                r = find_unit(server, path, &object);
        else if (str_skip_prefix(&rest, BUS_PATH_JOBS "/"))
                find_job(server, rest, &object);
        if (r < 0)
                return r;
        *ret = object;
        return 0;
}
