/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/sender_group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file_io.h"

#define GROUP_FILE_MAX (64 * 1024)

static const char *const unit_suffixes[] = { ".service", ".scope", ".socket",
                                             ".mount",   ".swap",  NULL };
static const char *const slice_suffixes[] = { ".slice", NULL };

/* One component of a group's path. */
typedef struct GroupPart {
        Str id;     /* what tells it from others of its kind */
        Str behind; /* the path from behind it */
} GroupPart;

static bool has_suffix(Str name, const char *const *suffixes) {
        for (; *suffixes; suffixes++)
                if (name.length > strlen(*suffixes) && str_has_suffix(name, *suffixes))
                        return true;
        return false;
}

Str sender_group_find(Str path, const char *const *suffixes, Str *ret_before) {
        while (path.length > 0) {
                size_t start = path.length;
                while (start > 0 && path.data[start - 1] != '/')
                        start--;
                Str name = { path.data + start, path.length - start };
                path.length = start > 0 ? start - 1 : 0;
                if (!has_suffix(name, suffixes))
                        continue;
                (void)str_skip_prefix(&name, "_"); /* mostly there is none */
                if (ret_before)
                        *ret_before = path;
                return name;
        }
        return STR_EMPTY;
}

/* The best line of /proc/PID/cgroup: one that names a unit, else that of version 2. */
static Str choose_path(Str text) {
        Str line, best = STR_EMPTY;

        while (str_next_part(&text, '\n', &line)) {
                Str number, names;
                if (!str_next_part(&line, ':', &number) || !str_next_part(&line, ':', &names) ||
                    !line.data)
                        continue;
                if (sender_group_find(line, unit_suffixes, NULL).length > 0)
                        return line;
                if (best.length == 0 || names.length == 0)
                        best = line;
        }
        return best;
}

static void add_str(ValueSet *set, const char *name, Str value) {
        AUTO_FREE char *text = str_dup(value);

        if (text)
                (void)value_set_add(set, name, text); /* one fact less */
}

/* A component "<prefix>ID<suffix>" of the path. */
static bool find_component(Str path, const char *prefix, const char *suffix, GroupPart *ret) {
        Str rest = path, name;

        while (rest.length > 0 && str_next_part(&rest, '/', &name)) {
                Str id = name;
                if (!str_skip_prefix(&id, prefix) || !str_has_suffix(id, suffix) ||
                    id.length == strlen(suffix))
                        continue;
                size_t end = (size_t)(name.data - path.data) + name.length;
                *ret = (GroupPart){
                        .id = { id.data, id.length - strlen(suffix) },
                        .behind = { path.data + end, path.length - end },
                };
                return true;
        }
        return false;
}

static void add_units(ValueSet *set, Str group, bool is_user, const char *unit) {
        Str before = STR_EMPTY;
        Str found = sender_group_find(group, unit_suffixes, &before);

        if (unit || found.length > 0)
                add_str(set,
                        is_user ? "_SYSTEMD_USER_UNIT" : "_SYSTEMD_UNIT",
                        unit ? str_of(unit) : found);
        if (found.length > 0)
                add_str(set,
                        is_user ? "_SYSTEMD_USER_SLICE" : "_SYSTEMD_SLICE",
                        sender_group_find(before, slice_suffixes, NULL));
}

/* Whose processes these are: of a user, of a session, of a user's manager. */
static void add_owner(ValueSet *set, Str group) {
        GroupPart part;

        if (find_component(group, "user-", ".slice", &part))
                add_str(set, "_SYSTEMD_OWNER_UID", part.id);
        if (find_component(group, "session-", ".scope", &part))
                add_str(set, "_SYSTEMD_SESSION", part.id);
}

void sender_group_add_path(ValueSet *set, Str group, bool is_user, char **unit) {
        GroupPart manager;
        bool has_manager = find_component(group, "user@", ".service", &manager);
        Str own = group;

        add_str(set, "_SYSTEMD_CGROUP", group);
        add_owner(set, group);
        if (has_manager && !is_user) {
                add_units(set, manager.behind, true, NULL);
                own = (Str){ group.data, group.length - manager.behind.length };
        }
        Str found = sender_group_find(own, unit_suffixes, NULL);
        if (!*unit && found.length > 0)
                *unit = str_dup(found);
        add_units(set, own, is_user, *unit);
        if (is_user && !value_set_find(set, "_SYSTEMD_OWNER_UID"))
                (void)value_set_add_number(set, "_SYSTEMD_OWNER_UID", getuid()); /* one less */
}

void sender_group_add(ValueSet *set, pid_t pid, bool is_user, char **unit) {
        char path[64];
        AUTO_FREE char *text = NULL;
        size_t length = 0;

        (void)snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid); /* always fits */
        if (file_read(path, GROUP_FILE_MAX, &text, &length, NULL) < 0)
                length = 0;
        sender_group_add_path(set, choose_path((Str){ text, length }), is_user, unit);
}
