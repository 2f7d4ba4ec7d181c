/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "sandbox/mount_apply.h"
#include "sandbox/user_namespace.h"

/* --- network, messages, host name ---------------------------------------------------------------
 */

/* A fresh network name space has a loopback interface that is down. */
static void raise_loopback(void) {
        struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
        AUTO_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd >= 0)
                (void)ioctl(fd,
                            SIOCSIFFLAGS,
                            &request); /* without it the service has no loopback, nothing more */
}

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
        raise_loopback();
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

/* --- mounts
 * --------------------------------------------------------------------------------------- */

/* What cannot be left out without the service seeing another file system than it was written for.
 */
static bool is_essential(const MountEntry *entry) {
        return entry->kind == MOUNT_BIND || entry->kind == MOUNT_BIND_READ_ONLY ||
               entry->kind == MOUNT_TEMPORARY;
}

static bool was_named_before(const MountPlan *plan, unsigned i) {
        for (unsigned j = 0; j < i; j++)
                if (plan->entries[j].id == plan->entries[i].id)
                        return true;
        return false;
}

/* The kernel gives us no mount name space: what would be missing decides whether the service runs.
 */
static int refuse(ExecContext *context, const MountPlan *plan, int error) {
        int result = STEP_DONE;
        for (unsigned i = 0; i < plan->n_entries; i++) {
                const MountEntry *entry = &plan->entries[i];
                if (was_named_before(plan, i))
                        continue;
                int r = exec_context_problem(context, entry->id, error, "no mount name space");
                if (r < 0 || (is_essential(entry) && entry->id != DIRECTIVE_PRIVATE_TMP &&
                              entry->id != DIRECTIVE_PROTECT_HOME))
                        result = error;
        }
        return result;
}

static MountFacts mount_facts(const ExecContext *context) {
        const UnitSpec *spec = context->spec;
        return (MountFacts){
                .private_tmp = unit_spec_text(spec, DIRECTIVE_PLAN_PRIVATE_TMP),
                .private_var_tmp = unit_spec_text(spec, DIRECTIVE_PLAN_PRIVATE_VAR_TMP),
                .is_dynamic = unit_spec_bool(spec, DIRECTIVE_DYNAMIC_USER) &&
                              context->scope == UNIT_SCOPE_SYSTEM,
        };
}

/* What people have to look at: a missing source rather than its place. */
static const char *culprit(const MountEntry *failed, int error) {
        if (!failed)
                return "mounts";
        bool lacks_source = error == -ENOENT && failed->source && access(failed->source, F_OK) < 0;
        return lacks_source ? failed->source : failed->path;
}

static int apply(ExecContext *context, MountPlan *plan) {
        const MountPlace place = {
                .root = unit_spec_text(context->spec, DIRECTIVE_ROOT_DIRECTORY),
                .inaccessible = unit_spec_text(context->spec, DIRECTIVE_PLAN_INACCESSIBLE),
        };
        uint64_t flags = unit_spec_number(context->spec, DIRECTIVE_MOUNT_FLAGS);
        const MountEntry *failed = NULL;
        if (mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0)
                return exec_context_problem(context, DIRECTIVE_MOUNT_FLAGS, -errno, "/");
        int r = mount_apply(plan, &place, &failed);
        if (r < 0) {
                /* Half of it is no protection: the service does not run. */
                exec_context_say(context,
                                 REPORT_FAILED,
                                 failed ? failed->id : DIRECTIVE_NONE,
                                 "%s: %s",
                                 culprit(failed, r),
                                 strerrordesc_np(-r) ?: "");
                return r;
        }
        if (flags != MS_SLAVE &&
            mount(NULL, "/", NULL, (flags ? flags : MS_SHARED) | MS_REC, NULL) < 0)
                return exec_context_problem(context, DIRECTIVE_MOUNT_FLAGS, -errno, "/");
        return STEP_DONE;
}

int step_mounts(ExecContext *context) {
        AUTO(mount_plan_done) MountPlan plan = { 0 };
        const MountFacts facts = mount_facts(context);
        int r = mount_plan_make(context->spec, &facts, &plan);
        if (r < 0)
                return exec_context_problem(context, DIRECTIVE_NONE, r, "mounts");
        if (!plan.needs_name_space)
                return STEP_DONE;
        if (unshare(CLONE_NEWNS) < 0)
                return refuse(context, &plan, -errno);
        return apply(context, &plan);
}
