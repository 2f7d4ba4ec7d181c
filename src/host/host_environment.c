/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host_environment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/strv.h"
#include "base/utf8.h"
#include "host/host_machine.h"

#define LOCALE_FILE "/etc/locale.conf"
#define LOCALE_MAX (64 * 1024)
#define DEFAULT_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static const char *const locale_names[] = {
        "LANG",       "LANGUAGE",     "LC_CTYPE",       "LC_NUMERIC",        "LC_TIME",
        "LC_COLLATE", "LC_MONETARY",  "LC_MESSAGES",    "LC_PAPER",          "LC_NAME",
        "LC_ADDRESS", "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION",
};

/* Set for the manager by whoever started it, and wrong for services. */
static const char *const private_names[] = {
        "NOTIFY_SOCKET",  "LISTEN_FDS",
        "LISTEN_PID",     "LISTEN_FDNAMES",
        "WATCHDOG_PID",   "WATCHDOG_USEC",
        "MANAGERPID",     "INVOCATION_ID",
        "JOURNAL_STREAM", "SYSTEMD_EXEC_PID",
        "MAINPID",        "TEND_RUNTIME_DIR",
        "TEND_EXEC",      "_",
};

static size_t name_length(const char *assignment) {
        return strcspn(assignment, "=");
}

static bool name_is_valid(const char *name, size_t length) {
        if (length == 0 || (name[0] >= '0' && name[0] <= '9'))
                return false;
        for (size_t i = 0; i < length; i++) {
                char c = name[i];
                bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
                if (!is_letter && !(c >= '0' && c <= '9'))
                        return false;
        }
        return true;
}

bool environment_assignment_is_valid(const char *assignment) {
        size_t length = name_length(assignment);

        return assignment[length] == '=' && name_is_valid(assignment, length) &&
               utf8_is_valid(str_of(assignment));
}

bool environment_name_is_valid(const char *text) {
        size_t length = name_length(text);

        return text[length] == '=' ? environment_assignment_is_valid(text)
                                   : name_is_valid(text, length);
}

char *const *host_environment_find(char *const *list, const char *name) {
        size_t length = name_length(name);

        STRV_FOREACH(item, list)
        if (name_length(*item) == length && memcmp(*item, name, length) == 0)
                return item;
        return NULL;
}

static int set_one(char ***list, const char *assignment) {
        char *const *found = host_environment_find(*list, assignment);
        if (!found)
                return err_pass(strv_add(list, assignment));
        char *copy = str_dup(str_of(assignment));
        if (!copy)
                return err_new(-ENOMEM);
        char **place = *list + (found - *list);
        free(*place);
        *place = copy;
        return 0;
}

int host_environment_set(char ***list, char *const *assignments) {
        STRV_FOREACH(item, assignments)
        if (!environment_assignment_is_valid(*item))
                return err_new(-EINVAL);
        STRV_FOREACH(item, assignments) {
                int r = set_one(list, *item);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

void host_environment_unset(char **list, char *const *names) {
        STRV_FOREACH(name, names) {
                char *const *found = host_environment_find(list, *name);
                if (!found || (strchr(*name, '=') && !streq(*found, *name)))
                        continue;
                char **place = list + (found - list);
                free(*place);
                for (; *place; place++)
                        place[0] = place[1];
        }
}

/* LANG and the like from the manager's own environment, else from locale.conf. */
static int add_locale(char ***list, char *const *own) {
        AUTO_FREE char *text = NULL;
        size_t length = 0;
        int r = 0;

        (void)file_read(
                LOCALE_FILE, LOCALE_MAX, &text, &length, NULL); /* missing on many machines */
        for (size_t i = 0; i < ARRAY_LENGTH(locale_names) && r == 0; i++) {
                char *const *found = host_environment_find(own, locale_names[i]);
                AUTO_FREE char *value =
                        found ? NULL
                              : host_machine_release_value((Str){ text, length }, locale_names[i]);
                if (found)
                        r = set_one(list, *found);
                else if (value)
                        r = strv_addf(list, "%s=%s", locale_names[i], value);
        }
        return err_pass(r);
}

static bool is_private(const char *assignment) {
        for (size_t i = 0; i < ARRAY_LENGTH(private_names); i++)
                if (str_equal_c((Str){ assignment, name_length(assignment) }, private_names[i]))
                        return true;
        return false;
}

static int add_own(char ***list, char *const *own) {
        STRV_FOREACH(item, own) {
                if (is_private(*item) || !environment_assignment_is_valid(*item))
                        continue;
                int r = set_one(list, *item);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

int host_environment_new(const ManagerConfig *config, char *const *own, char ***ret) {
        AUTO_STRV char **list = NULL;
        int r;

        if (config->engine.scope == UNIT_SCOPE_SYSTEM) {
                r = add_locale(&list, own);
                if (r == 0)
                        r = set_one(&list, DEFAULT_PATH);
        } else
                r = add_own(&list, own);
        if (r == 0)
                r = host_environment_set(&list, config->environment);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(list);
        return 0;
}
