/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/random_id.h"
#include "sandbox/environment_block.h"

/* KeyringMode=: a session keyring of the service's own (session-keyring(7)). */

typedef enum KeyringMode { KEYRING_INHERIT, KEYRING_PRIVATE, KEYRING_SHARED } KeyringMode;

/* Its user may look and use it, not change it (linux/keyctl.h has no names for these). */
#define INVOCATION_RIGHTS 0x0b0b0000U /* view, read, search for possessor and user */

static KeyringMode mode_of(const ExecContext *context) {
        const Value *value = unit_spec_find(context->spec, DIRECTIVE_KEYRING_MODE);

        if (value)
                return (KeyringMode)value->number;
        if (context->scope != UNIT_SCOPE_SYSTEM)
                return KEYRING_INHERIT;
        return context->spec->type == UNIT_SERVICE ? KEYRING_PRIVATE : KEYRING_SHARED;
}

static int link_user_keyring(void) {
        long r = syscall(
                SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING, 0, 0);
        return r < 0 ? err_new(-errno) : 0;
}

/* The start's id, which the service can trust to be of its manager. */
static int add_invocation(const ExecContext *context) {
        const char *text =
                environment_find(context->request.environment, STR_LITERAL("INVOCATION_ID"));
        Id128 id;
        long key;

        if (!text || id128_parse(str_of(text), &id) < 0)
                return 0;
        key = syscall(
                SYS_add_key, "user", "invocation_id", &id, sizeof(id), KEY_SPEC_SESSION_KEYRING);
        if (key < 0 || syscall(SYS_keyctl, KEYCTL_SETPERM, key, INVOCATION_RIGHTS, 0, 0) < 0)
                return err_new(-errno);
        return 0;
}

static int make(const ExecContext *context, KeyringMode mode) {
        int r = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0) < 0 ? -errno : 0;

        if (r == 0 && mode == KEYRING_SHARED)
                r = link_user_keyring();
        return r < 0 ? err_pass(r) : err_pass(add_invocation(context));
}

/* Keyrings belong to the real user. */
static int make_as(const ExecContext *context, KeyringMode mode) {
        uid_t uid = context->identity.uid, our_uid = getuid();
        gid_t gid = context->identity.gid, our_gid = getgid();
        bool with_gid = gid != GID_KEEP && gid != our_gid,
             with_uid = uid != UID_KEEP && uid != our_uid;
        int r;

        if ((with_gid && setregid(gid, (gid_t)-1) < 0) ||
            (with_uid && setreuid(uid, (uid_t)-1) < 0))
                return err_new(-errno);
        r = make(context, mode);
        if ((with_uid && setreuid(our_uid, (uid_t)-1) < 0) ||
            (with_gid && setregid(our_gid, (gid_t)-1) < 0))
                return err_new(-errno);
        return err_pass(r);
}

int step_keyring(ExecContext *context) {
        KeyringMode mode = mode_of(context);
        bool asked = exec_context_has(context, DIRECTIVE_KEYRING_MODE);
        int r;

        if (mode == KEYRING_INHERIT)
                return STEP_DONE;
        r = make_as(context, mode);
        /* Kernels and containers without keyrings are usual, and so is a user's full quota. */
        if (r == -EDQUOT)
                r = -EPERM;
        return r < 0 && asked ? exec_context_problem(context, DIRECTIVE_KEYRING_MODE, r, NULL)
                              : STEP_DONE;
}
