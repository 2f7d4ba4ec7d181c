/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_active.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "unit/unit_name.h"

static const char *const active_names[] = { "active", "reloading", NULL };
static const char *const failed_names[] = { "failed", NULL };

/* What is asked about each unit. */
typedef struct Question {
        const char *key; /* in JSON */
        int (*get)(Tend *tend, const char *unit, char **ret);
        const char *const *good; /* answers that make the exit status 0 */
        int otherwise;           /* the exit status when no unit has one of them */
} Question;

static bool is_listed(const char *const *names, const char *name) {
        for (; *names; names++)
                if (streq(*names, name))
                        return true;
        return false;
}

static int get_active_state(Tend *tend, const char *unit, char **ret) {
        AUTO_FREE char *path = bus_client_unit_path(unit);

        if (!path)
                return err_new(-ENOMEM);
        if (!tend->client) { /* no manager, nothing is up; tend_connect has said so */
                *ret = strdup("inactive");
                return *ret ? 0 : err_new(-ENOMEM);
        }
        return err_pass(bus_client_get_text(
                tend->client, path, BUS_UNIT_INTERFACE, "ActiveState", NULL, ret));
}

/* Names of loaded units that match a pattern. */
static int expand_pattern(const Tend *tend, const char *pattern, char ***ret) {
        sd_bus_message *reply = NULL;
        AUTO_STRV char **names = NULL;
        const char *name;

        int r = bus_client_call(
                tend->client, "ListUnitsByPatterns", NULL, &reply, "asas", 0, 1, pattern);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'r', "ssssssouso")) > 0) {
                r = sd_bus_message_read(reply, "s", &name);
                if (r >= 0)
                        r = strv_add(&names, name);
                if (r >= 0)
                        r = sd_bus_message_skip(reply, "sssssouso");
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        sd_bus_message_unref(reply);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(names);
        return 0;
}

static int find_names(const Tend *tend, char **typed_names, char ***ret) {
        AUTO_STRV char **names = NULL;
        int r = 0;

        STRV_FOREACH(typed, typed_names) {
                AUTO_STRV char **expanded = NULL;
                char *name = NULL;
                r = unit_name_mangle(*typed, ".service", true, &name);
                if (r < 0) {
                        tend_complain(tend, "\"%s\" is not a name of a unit", *typed);
                        return err_pass(r);
                }
                if (!strpbrk(name, "*?[") || !tend->client) {
                        r = strv_take(&names, name);
                } else {
                        r = expand_pattern(tend, name, &expanded);
                        free(name);
                        if (r >= 0)
                                r = strv_extend(&names, expanded);
                }
                if (r < 0)
                        return err_pass(r);
        }
        *ret = STEAL(names);
        return 0;
}

static int ask(Tend *tend, const Question *question, char **arguments) {
        AUTO_STRV char **names = NULL;
        AUTO(strbuf_done) StrBuf json = STRBUF_INIT;
        JsonWriter writer = { .out = &json, .pretty = true };
        int status = question->otherwise;

        (void)tend_connect(tend); /* without a manager there is an answer, too */
        if (find_names(tend, arguments, &names) < 0)
                return 1;
        json_begin_array(&writer, NULL);
        STRV_FOREACH(name, names) {
                AUTO_FREE char *answer = NULL;
                if (question->get(tend, *name, &answer) < 0)
                        continue;
                if (is_listed(question->good, answer))
                        status = 0;
                json_begin_object(&writer, NULL);
                json_string(&writer, "unit", *name);
                json_string(&writer, question->key, answer);
                json_end_object(&writer);
                if (!(tend->flags & (TEND_QUIET | TEND_JSON)))
                        (void)puts(answer); /* as all output: checked when it is closed */
        }
        json_end_array(&writer);
        if (tend->flags & TEND_JSON)
                (void)puts(strbuf_text(&json)); /* as above */
        return status;
}

int cmd_is_active(Tend *tend, char **arguments) {
        static const Question question = { "active", get_active_state, active_names, 3 };
        return ask(tend, &question, arguments);
}

int cmd_is_failed(Tend *tend, char **arguments) {
        static const Question question = { "active", get_active_state, failed_names, 1 };
        return ask(tend, &question, arguments);
}
