/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_streams.h"

#include <errno.h>
#include <syslog.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "engine/engine.h"

static const struct {
        DirectiveId id;
        const char *setting, *usual_name;
} rows[] = {
        { DIRECTIVE_STANDARD_INPUT, "StandardInput", "stdin" },
        { DIRECTIVE_STANDARD_OUTPUT, "StandardOutput", "stdout" },
        { DIRECTIVE_STANDARD_ERROR, "StandardError", "stderr" },
};

static const char *text_of(const Unit *unit, unsigned i) {
        const char *text = unit->spec ? unit_spec_text(unit->spec, rows[i].id) : NULL;
        return text ? text : "";
}

/* The place of the first stream that is the socket; -1. */
static int socket_stream(const Unit *unit) {
        for (unsigned i = 0; i < ARRAY_LENGTH(rows); i++)
                if (streq(text_of(unit, i), "socket"))
                        return (int)i;
        return -1;
}

bool unit_streams_use_socket(const Unit *unit) {
        return unit->type == UNIT_SERVICE && socket_stream(unit) >= 0;
}

static bool has_name(const char *names, Str name) {
        Str rest = str_of(names), part;
        while (str_next_part(&rest, ':', &part))
                if (str_equal(part, name))
                        return true;
        return false;
}

static int check_socket(const Unit *unit, unsigned n_sockets) {
        int i = socket_stream(unit);
        if (i < 0 || n_sockets == 1)
                return 0;
        unit_log(
                unit,
                LOG_ERR,
                n_sockets == 0
                        ? "%s: Got no socket for %s=socket: no socket unit that is up starts this service."
                        : "%s: Got more than one socket for %s=socket, which needs one alone.",
                unit->id,
                rows[i].setting);
        return err_new(-EINVAL);
}

int unit_streams_check(const Unit *unit, unsigned n_sockets, const char *names) {
        int r = check_socket(unit, n_sockets);
        for (unsigned i = 0; i < ARRAY_LENGTH(rows) && r == 0; i++) {
                Str name = str_of(text_of(unit, i));
                if (!str_skip_prefix(&name, "fd"))
                        continue;
                if (!str_skip_prefix(&name, ":") || name.length == 0)
                        name = str_of(rows[i].usual_name);
                if (has_name(names, name))
                        continue;
                unit_log(
                        unit,
                        LOG_ERR,
                        "%s: %s=fd:%.*s: no descriptor of this name is passed; Sockets= and FileDescriptorName= say which are.",
                        unit->id,
                        rows[i].setting,
                        STR_ARG(name));
                r = err_new(-ENOENT);
        }
        return r;
}
