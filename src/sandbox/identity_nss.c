/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/parse_value.h"
#include "sandbox/identity_database.h"

/* errno after a look-up that gave nothing (getpwnam(3), "Return value"): these mean "no such
 * entry". */
static int not_found(int error) {
        if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM)
                return IDENTITY_UNKNOWN;
        return err_new(-error);
}

static char *copy(const char *text) {
        return str_dup(str_of(text));
}

int user_find(const char *name, UserRecord *ret) {
        AUTO(user_record_done) UserRecord record = { 0 };
        const struct passwd *entry;
        uint32_t number;

        errno = 0;
        entry = parse_u32(str_of(name), &number) == 0 ? getpwuid(number) : getpwnam(name);
        if (!entry)
                return not_found(errno);
        record = (UserRecord){
                .name = copy(entry->pw_name),
                .home = copy(entry->pw_dir),
                .shell = copy(entry->pw_shell),
                .uid = entry->pw_uid,
                .gid = entry->pw_gid,
        };
        if (!record.name || !record.home || !record.shell)
                return err_new(-ENOMEM);
        *ret = record;
        record = (UserRecord){ 0 };
        return IDENTITY_FOUND;
}

int group_find(const char *name, gid_t *ret_gid) {
        const struct group *entry;
        uint32_t number;

        errno = 0;
        entry = parse_u32(str_of(name), &number) == 0 ? getgrgid(number) : getgrnam(name);
        if (!entry)
                return not_found(errno);
        *ret_gid = entry->gr_gid;
        return IDENTITY_FOUND;
}

int group_list_find(const char *user, gid_t gid, GroupList *ret) {
        AUTO(group_list_done) GroupList list = { 0 };
        int n = 64, room = 0;

        do {
                gid_t *gids = reallocarray(list.gids, (size_t)n, sizeof(*gids));

                if (!gids)
                        return err_new(-ENOMEM);
                list.gids = gids;
                room = n;
        } while (getgrouplist(user, gid, list.gids, &n) < 0 && n > room);
        if (n < 0 || n > room)
                return err_new(-EIO);
        list.n_gids = (size_t)n;
        *ret = list;
        list = (GroupList){ 0 };
        return IDENTITY_FOUND;
}
