/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file_io.h"
#include "sandbox/identity_database.h"
#include "sandbox/identity_text.h"

#define DATABASE_MAX (64u * 1024 * 1024) /* bytes in one file */

/* The file's text, empty when it is missing. */
static int read_database(const char *path, char **ret_text, Str *ret) {
        size_t length;
        int r = file_read(path, DATABASE_MAX, ret_text, &length, NULL);

        if (r == -ENOENT) {
                *ret = STR_EMPTY;
                return 0;
        }
        if (r < 0)
                return err_pass(r);
        *ret = (Str){ *ret_text, length };
        return 0;
}

/* An unknown name may still be known to other name services. */
static int after_files(int r) {
        return r == IDENTITY_UNKNOWN ? IDENTITY_ASK_MORE : r;
}

int user_find(const char *name, UserRecord *ret) {
        AUTO_FREE char *text = NULL;
        Str passwd;
        int r = read_database("/etc/passwd", &text, &passwd);

        if (r < 0)
                return err_pass(r);
        return after_files(user_find_in_text(passwd, name, ret));
}

int group_find(const char *name, gid_t *ret_gid) {
        AUTO_FREE char *text = NULL;
        Str group;
        int r = read_database("/etc/group", &text, &group);

        if (r < 0)
                return err_pass(r);
        return after_files(group_find_in_text(group, name, ret_gid));
}

int group_list_find(const char *user, gid_t gid, GroupList *ret) {
        AUTO_FREE char *switch_text = NULL, *group_text = NULL;
        Str nsswitch, group;
        int r = read_database("/etc/nsswitch.conf", &switch_text, &nsswitch);

        if (r < 0)
                return err_pass(r);
        if (name_service_has_more(nsswitch, "group") ||
            name_service_has_more(nsswitch, "initgroups"))
                return IDENTITY_ASK_MORE;
        r = read_database("/etc/group", &group_text, &group);
        if (r < 0)
                return err_pass(r);
        return group_list_in_text(group, user, gid, ret);
}
