/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/identity.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/strv.h"

#define USER_NAME_MAX 31

/* Shells of accounts nobody logs in to: not worth a $SHELL. */
static const char *const no_login_shells[] = {
        "/bin/nologin", "/sbin/nologin",  "/usr/bin/nologin", "/usr/sbin/nologin",
        "/bin/false",   "/usr/bin/false", "/bin/true",        "/usr/bin/true",
};

static bool is_no_login_shell(const char *shell) {
        for (size_t i = 0; i < ARRAY_LENGTH(no_login_shells); i++)
                if (streq(shell, no_login_shells[i]))
                        return true;
        return false;
}

static bool is_user_name(Str name) {
        if (name.length == 0 || name.length > USER_NAME_MAX)
                return false;
        for (size_t i = 0; i < name.length; i++) {
                char c = name.data[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
                bool digit = (c >= '0' && c <= '9') || c == '-';

                if (!letter && (i == 0 || !digit))
                        return false;
        }
        return true;
}

char *identity_dynamic_name(const char *unit_name) {
        static const uint8_t key[16] = "tend dynamic uid";
        Str name = str_of(unit_name);
        const char *dot = strrchr(unit_name, '.');
        char hashed[sizeof("_du") + 16];

        if (dot)
                name.length = (size_t)(dot - unit_name);
        if (is_user_name(name))
                return str_dup(name);
        (void)snprintf(
                hashed, sizeof(hashed), "_du%016" PRIx64, siphash24(name.data, name.length, key));
        return strdup(hashed);
}

/* Leaves only what systemd exports: a home that is a path, a shell that somebody can use. */
static void clean_record(UserRecord *record) {
        if (record->home && record->home[0] != '/') {
                free(record->home);
                record->home = NULL;
        }
        if (record->shell && (record->shell[0] != '/' || is_no_login_shell(record->shell))) {
                free(record->shell);
                record->shell = NULL;
        }
}

/* root and nobody mean the same on every machine and need no database. */
static int find_well_known(const char *name, UserRecord *ret) {
        if (streq(name, "root") || streq(name, "0"))
                *ret = (UserRecord){ .name = strdup("root"),
                                     .home = strdup("/root"),
                                     .shell = strdup(access("/bin/bash", X_OK) == 0 ? "/bin/bash"
                                                                                    : "/bin/sh") };
        else if (streq(name, "nobody") || streq(name, "65534"))
                *ret = (UserRecord){ .name = strdup("nobody"), .uid = 65534, .gid = 65534 };
        else
                return IDENTITY_UNKNOWN;
        return ret->name ? IDENTITY_FOUND : err_new(-ENOMEM);
}

static int find_fixed_user(const char *name, UserRecord *ret) {
        int r = find_well_known(name, ret);

        if (r == IDENTITY_UNKNOWN)
                r = user_find(name, ret);
        if (r == IDENTITY_FOUND)
                clean_record(ret);
        return r;
}

/* A dynamic user, unless the name is a static one's. Of those only /etc/passwd is asked when the
 * manager has allocated a uid: it looked the name up before. */
static int resolve_dynamic_user(const IdentityWish *wish, Identity *identity) {
        AUTO_FREE char *name =
                wish->user ? strdup(wish->user) : identity_dynamic_name(wish->unit_name);
        int r;

        if (!name)
                return err_new(-ENOMEM);
        r = find_fixed_user(name, &identity->user);
        if (r < 0 || r == IDENTITY_FOUND)
                return r;
        if (wish->dynamic_uid == UID_KEEP) /* nobody allocated one: a user manager */
                return wish->user ? r : IDENTITY_FOUND;
        identity->user = (UserRecord){ .name = STEAL(name),
                                       .uid = wish->dynamic_uid,
                                       .gid = (gid_t)wish->dynamic_uid };
        identity->is_dynamic = true;
        return IDENTITY_FOUND;
}

int identity_resolve_user(const IdentityWish *wish, Identity *identity) {
        int r;

        if (!wish->user && !wish->dynamic)
                return IDENTITY_FOUND;
        r = wish->dynamic ? resolve_dynamic_user(wish, identity)
                          : find_fixed_user(wish->user, &identity->user);
        if (r != IDENTITY_FOUND || !identity->user.name)
                return r;
        identity->uid = identity->user.uid;
        identity->gid = identity->user.gid;
        return IDENTITY_FOUND;
}

static int find_group(const char *name, gid_t *ret_gid) {
        if (streq(name, "root") || streq(name, "0")) {
                *ret_gid = 0;
                return IDENTITY_FOUND;
        }
        return group_find(name, ret_gid);
}

/* Group=: a static group, or for a dynamic user the group that comes with it. */
static int resolve_group(const IdentityWish *wish, Identity *identity) {
        int r;

        if (!wish->group)
                return IDENTITY_FOUND;
        r = find_group(wish->group, &identity->gid);
        if (identity->is_dynamic &&
            (r == IDENTITY_UNKNOWN || streq(wish->group, identity->user.name))) {
                identity->gid = (gid_t)wish->dynamic_uid;
                return IDENTITY_FOUND;
        }
        return r;
}

static int add_supplementary(const IdentityWish *wish, Identity *identity, const char **ret_name) {
        STRV_FOREACH(name, wish->supplementary) {
                gid_t gid;
                int r = find_group(*name, &gid);

                *ret_name = *name;
                if (r != IDENTITY_FOUND)
                        return r;
                r = group_list_add(&identity->groups, gid);
                if (r < 0)
                        return err_pass(r);
                identity->set_groups = true;
        }
        return IDENTITY_FOUND;
}

int identity_resolve_groups(const IdentityWish *wish, Identity *identity, const char **ret_name) {
        int r = resolve_group(wish, identity);

        *ret_name = wish->group;
        if (r != IDENTITY_FOUND)
                return r;
        if (identity->is_dynamic) {
                r = group_list_add(&identity->groups, identity->gid);
                identity->set_groups = true;
        } else if (identity->user.name && identity->gid != 0) {
                r = group_list_find(identity->user.name, identity->gid, &identity->groups);
                *ret_name = identity->user.name;
                identity->set_groups = r == IDENTITY_FOUND;
        }
        if (r != IDENTITY_FOUND)
                return r;
        return add_supplementary(wish, identity, ret_name);
}

void identity_done(Identity *identity) {
        user_record_done(&identity->user);
        group_list_done(&identity->groups);
        *identity = IDENTITY_INIT;
}
