/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/loopback.h"
#include "sandbox/user_namespace.h"

/* --- network, messages, host name ---------------------------------------------------------------
 */

/* Enters the name space that the plan or the unit names by `path_id`, on account of `id`. */
static int join(ExecContext *context, DirectiveId path_id, DirectiveId id, int type) {
        const char *path = unit_spec_text(context->spec, path_id);
        AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0 || setns(fd, type) < 0)
                return exec_context_problem(context, id, -errno, path);
        return STEP_DONE;
}

int step_network(ExecContext *context) {
        if (exec_context_has(context, DIRECTIVE_NETWORK_NAMESPACE_PATH))
                return join(context,
                            DIRECTIVE_NETWORK_NAMESPACE_PATH,
                            DIRECTIVE_NETWORK_NAMESPACE_PATH,
                            CLONE_NEWNET);
        if (!unit_spec_bool(context->spec, DIRECTIVE_PRIVATE_NETWORK))
                return STEP_DONE;
        if (exec_context_has(context, DIRECTIVE_PLAN_NETWORK))
                return join(
                        context, DIRECTIVE_PLAN_NETWORK, DIRECTIVE_PRIVATE_NETWORK, CLONE_NEWNET);
        if (unshare(CLONE_NEWNET) < 0)
                return exec_context_problem(context, DIRECTIVE_PRIVATE_NETWORK, -errno, NULL);
        (void)loopback_raise(); /* without it the service has no loopback, nothing more */
        return STEP_DONE;
}

int step_ipc(ExecContext *context) {
        if (exec_context_has(context, DIRECTIVE_IPC_NAMESPACE_PATH))
                return join(context,
                            DIRECTIVE_IPC_NAMESPACE_PATH,
                            DIRECTIVE_IPC_NAMESPACE_PATH,
                            CLONE_NEWIPC);
        if (!unit_spec_bool(context->spec, DIRECTIVE_PRIVATE_IPC))
                return STEP_DONE;
        if (exec_context_has(context, DIRECTIVE_PLAN_IPC))
                return join(context, DIRECTIVE_PLAN_IPC, DIRECTIVE_PRIVATE_IPC, CLONE_NEWIPC);
        if (unshare(CLONE_NEWIPC) < 0)
                return exec_context_problem(context, DIRECTIVE_PRIVATE_IPC, -errno, NULL);
        return STEP_DONE;
}

static int private_users(ExecContext *context) {
        uid_t before = geteuid();
        int r;

        if (!unit_spec_bool(context->spec, DIRECTIVE_PRIVATE_USERS))
                return STEP_DONE;
        r = user_namespace_enter(context->identity.uid, context->identity.gid);
        if (r < 0 && geteuid() != before) /* inside, but nobody: no service can run so */
                return exec_context_problem(context, DIRECTIVE_PRIVATE_USERS, -EINVAL, "maps");
        return r < 0 ? exec_context_problem(context, DIRECTIVE_PRIVATE_USERS, r, NULL) : STEP_DONE;
}

/* Who is not root gets from it the right to make the other name spaces. */
int step_private_users_first(ExecContext *context) {
        return geteuid() != 0 ? private_users(context) : STEP_DONE;
}

/* Root loses by it the right to do what the other steps do. */
int step_private_users(ExecContext *context) {
        return geteuid() == 0 ? private_users(context) : STEP_DONE;
}

int step_host_name(ExecContext *context) {
        if (unit_spec_bool(context->spec, DIRECTIVE_PROTECT_HOSTNAME) && unshare(CLONE_NEWUTS) < 0)
                return exec_context_problem(context, DIRECTIVE_PROTECT_HOSTNAME, -errno, NULL);
        return STEP_DONE;
}
