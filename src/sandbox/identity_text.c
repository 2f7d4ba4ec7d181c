/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/identity_text.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"

enum {
        PASSWD_NAME,
        PASSWD_PASSWORD,
        PASSWD_UID,
        PASSWD_GID,
        PASSWD_GECOS,
        PASSWD_HOME,
        PASSWD_SHELL
};
enum { GROUP_NAME, GROUP_PASSWORD, GROUP_GID, GROUP_MEMBERS };

/* Splits a line at colons into exactly `n` fields; false for comments and lines of other shape. */
static bool split_line(Str line, Str *fields, unsigned n) {
        if (line.length == 0 || line.data[0] == '#' || line.data[0] == '+' || line.data[0] == '-')
                return false;
        for (unsigned i = 0; i < n; i++)
                if (!str_next_part(&line, ':', &fields[i]))
                        return false;
        return true;
}

static bool is_number(const char *name, uint32_t *ret) {
        return parse_u32(str_of(name), ret) == 0;
}

static int fill_user(const Str fields[static 7], uid_t uid, gid_t gid, UserRecord *ret) {
        AUTO(user_record_done)
        UserRecord record = {
                .name = str_dup(fields[PASSWD_NAME]),
                .home = str_dup(fields[PASSWD_HOME]),
                .shell = str_dup(fields[PASSWD_SHELL]),
                .uid = uid,
                .gid = gid,
        };

        if (!record.name || !record.home || !record.shell)
                return err_new(-ENOMEM);
        *ret = record;
        record = (UserRecord){ 0 };
        return IDENTITY_FOUND;
}

int user_find_in_text(Str passwd, const char *name, UserRecord *ret) {
        uint32_t number, uid, gid;
        bool by_number = is_number(name, &number);
        Str line, fields[7];

        while (str_next_part(&passwd, '\n', &line)) {
                if (!by_number && !str_has_prefix(line, name))
                        continue;
                if (!split_line(line, fields, ARRAY_LENGTH(fields)) ||
                    parse_u32(fields[PASSWD_UID], &uid) < 0 ||
                    parse_u32(fields[PASSWD_GID], &gid) < 0)
                        continue;
                if (by_number ? uid == number : str_equal_c(fields[PASSWD_NAME], name))
                        return err_pass(fill_user(fields, uid, gid, ret));
        }
        return IDENTITY_UNKNOWN;
}

int group_find_in_text(Str group, const char *name, gid_t *ret_gid) {
        uint32_t number, gid;
        bool by_number = is_number(name, &number);
        Str line, fields[4];

        while (str_next_part(&group, '\n', &line)) {
                if (!by_number && !str_has_prefix(line, name))
                        continue;
                if (!split_line(line, fields, ARRAY_LENGTH(fields)) ||
                    parse_u32(fields[GROUP_GID], &gid) < 0)
                        continue;
                if (by_number ? gid != number : !str_equal_c(fields[GROUP_NAME], name))
                        continue;
                *ret_gid = gid;
                return IDENTITY_FOUND;
        }
        return IDENTITY_UNKNOWN;
}

static bool is_member(Str members, const char *user) {
        Str member;

        while (str_next_part(&members, ',', &member))
                if (str_equal_c(member, user))
                        return true;
        return false;
}

int group_list_add(GroupList *list, gid_t gid) {
        gid_t *gids;

        for (size_t i = 0; i < list->n_gids; i++)
                if (list->gids[i] == gid)
                        return 0;
        gids = reallocarray(list->gids, list->n_gids + 1, sizeof(*gids));
        if (!gids)
                return err_new(-ENOMEM);
        list->gids = gids;
        list->gids[list->n_gids++] = gid;
        return 0;
}

int group_list_in_text(Str group, const char *user, gid_t gid, GroupList *ret) {
        AUTO(group_list_done) GroupList list = { 0 };
        Str line, fields[4];
        uint32_t member_gid;
        int r = group_list_add(&list, gid);

        while (r == 0 && str_next_part(&group, '\n', &line)) {
                if (str_has_suffix(line, ":") || /* most have no members */
                    !split_line(line, fields, ARRAY_LENGTH(fields)) ||
                    !is_member(fields[GROUP_MEMBERS], user) ||
                    parse_u32(fields[GROUP_GID], &member_gid) < 0)
                        continue;
                r = group_list_add(&list, member_gid);
        }
        if (r < 0)
                return err_pass(r);
        *ret = list;
        list = (GroupList){ 0 };
        return IDENTITY_FOUND;
}

bool name_service_has_more(Str nsswitch, const char *database) {
        Str line, word;

        while (str_next_part(&nsswitch, '\n', &line)) {
                line = str_trim_front(line);
                if (!str_skip_prefix(&line, database))
                        continue;
                line = str_trim_front(line);
                if (!str_skip_prefix(&line, ":"))
                        continue;
                while (str_next_word(&line, &word) && word.data[0] != '#')
                        if (word.data[0] != '[' && !str_equal_c(word, "files") &&
                            !str_equal_c(word, "systemd"))
                                return true;
        }
        return false;
}

void user_record_done(UserRecord *record) {
        free(record->name);
        free(record->home);
        free(record->shell);
        *record = (UserRecord){ 0 };
}

void group_list_done(GroupList *list) {
        free(list->gids);
        *list = (GroupList){ 0 };
}
