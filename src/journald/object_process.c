/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/object_process.h"

#include <stdio.h>
#include <string.h>

#include "base/file_io.h"
#include "base/parse_value.h"

/* The first number after "\nNAME:\t" of /proc/PID/status. */
static bool status_number(const char *status, const char *name, uint32_t *ret) {
        const char *line = strstr(status, name);

        if (!line)
                return false;
        Str rest = str_of(line + strlen(name)), number;
        return str_next_part(&rest, '\t', &number) && parse_u32(number, ret) >= 0;
}

static bool find_owner(pid_t pid, struct ucred *ret) {
        char path[64];
        AUTO_FREE char *text = NULL;
        size_t length;

        (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid); /* always fits */
        *ret = (struct ucred){ .pid = pid };
        return file_read(path, 64 * 1024, &text, &length, NULL) >= 0 &&
               status_number(text, "\nUid:\t", &ret->uid) &&
               status_number(text, "\nGid:\t", &ret->gid);
}

void object_process_add(Senders *senders, pid_t pid, ValueSet *set) {
        struct ucred owner;

        if (!find_owner(pid, &owner))
                return;
        Sender *object = sender_get(senders, &owner, NULL);
        for (unsigned i = 0; object && i < object->values.n; i++) {
                const char *value = object->values.values[i], *equals = strchr(value, '=');
                char name[80];
                if (value[0] != '_' || !equals || strncmp(value, "_PID=", 5) == 0 ||
                    (size_t)(equals - value) > sizeof(name) - sizeof("OBJECT"))
                        continue;
                (void)snprintf(name, sizeof(name), "OBJECT%.*s", (int)(equals - value), value);
                (void)value_set_add(set, name, equals + 1); /* one field less */
        }
        (void)sender_unref(senders, object); /* NULL */
}
