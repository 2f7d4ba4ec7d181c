/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/error.h"
#include "sandbox/directory_kinds.h"
#include "sandbox/exec_directories.h"
#include "sandbox/mount_apply.h"
#include "sandbox/mount_root.h"

/* What the service sees of the file system: its root and everything that is mounted for it. */

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

/* Settings that ask for a name space rather than for a mount in it. */
static int refuse_settings(ExecContext *context, int error) {
        static const DirectiveId ids[] = { DIRECTIVE_DYNAMIC_USER,
                                           DIRECTIVE_MOUNT_FLAGS,
                                           DIRECTIVE_PRIVATE_MOUNTS };
        int result = STEP_DONE;

        for (unsigned i = 0; i < ARRAY_LENGTH(ids); i++) {
                const Value *value = unit_spec_find(context->spec, ids[i]);

                if (value && (value->shape != SHAPE_BOOL || value->number != 0) &&
                    exec_context_problem(context, ids[i], error, "no mount name space") < 0)
                        result = error;
        }
        return result;
}

/* The directory that becomes the root; NULL = the machine's own stays. */
static const char *new_root(const ExecContext *context) {
        const char *root = unit_spec_text(context->spec, DIRECTIVE_ROOT_DIRECTORY);
        return (context->skip & STEP_ROOT) || streq_null(root, "/") ? NULL : root;
}

/* A dynamic user's own directories are below one that others then must be able to pass. */
static int let_pass(ExecContext *context) {
        for (unsigned kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
                const char *root = directory_kind_root(context->spec, (DirectoryKind)kind);
                if (!context->identity.is_dynamic ||
                    !directory_kind_is_private(context->spec, (DirectoryKind)kind))
                        continue;
                int r = exec_directory_let_pass(root);
                if (r >= 0)
                        r = exec_context_shortfall(
                                context,
                                REPORT_WEAKENED,
                                directory_kind_rows[kind].id,
                                "no mount name space: all users can pass %s/private",
                                root);
                if (r < 0)
                        return r;
        }
        return STEP_DONE;
}

static bool is_own_directory(const MountEntry *entry) {
        for (unsigned kind = 0; kind < DIRECTORY_KIND_COUNT; kind++)
                if (directory_kind_rows[kind].id == entry->id)
                        return true;
        return false;
}

/* Half of it is no protection: the service does not run. */
static int fail(ExecContext *context, DirectiveId id, const char *object, int error) {
        exec_context_say(
                context, REPORT_FAILED, id, "%s: %s", object, strerrordesc_np(-error) ?: "");
        return error;
}

/* Says that what this entry is for does not hold; the error when the service cannot run so. */
static int refuse_entry(ExecContext *context, const MountEntry *entry, int error) {
        static const char reason[] = "no mount name space";
        if (is_essential(entry) && entry->id != DIRECTIVE_PRIVATE_TMP &&
            entry->id != DIRECTIVE_PROTECT_HOME)
                return fail(context, entry->id, reason, error);
        return exec_context_problem(context, entry->id, error, reason);
}

/* Without a mount the service finds its own directories and credentials where they are. */
static bool is_there_without(const ExecContext *context, const MountEntry *entry) {
        return entry->id == DIRECTIVE_LOAD_CREDENTIAL ||
               (is_own_directory(entry) && !new_root(context));
}

/* The kernel gives us no mount name space: what would be missing decides whether the service runs.
 */
static int refuse(ExecContext *context, const MountPlan *plan, int error) {
        int result = STEP_DONE;
        for (unsigned i = 0; i < plan->n_entries; i++) {
                const MountEntry *entry = &plan->entries[i];
                if (was_named_before(plan, i) || is_there_without(context, entry))
                        continue;
                if (refuse_entry(context, entry, error) < 0)
                        result = error;
        }
        if (let_pass(context) < 0)
                result = -EPERM;
        return refuse_settings(context, error) < 0 ? error : result;
}

/* /proc and its like are part of another root unless the unit says no. */
static bool wants_api(const UnitSpec *spec) {
        return !unit_spec_find(spec, DIRECTIVE_MOUNT_APIVFS) ||
               unit_spec_bool(spec, DIRECTIVE_MOUNT_APIVFS);
}

static MountFacts mount_facts(const ExecContext *context) {
        const UnitSpec *spec = context->spec;
        return (MountFacts){
                .has_root = new_root(context) != NULL,
                .is_privileged = context->skip & STEP_PRIVILEGE,
                .credentials = context->credentials,
                .notify_socket = environment_find(context->request.environment,
                                                  STR_LITERAL("NOTIFY_SOCKET")),
                .private_tmp = unit_spec_text(spec, DIRECTIVE_PLAN_PRIVATE_TMP),
                .private_var_tmp = unit_spec_text(spec, DIRECTIVE_PLAN_PRIVATE_VAR_TMP),
                .has_private = context->identity.is_dynamic,
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

static int set_propagation(ExecContext *context, uint64_t flags) {
        if (mount(NULL, "/", NULL, flags | MS_REC, NULL) < 0)
                return exec_context_problem(context, DIRECTIVE_MOUNT_FLAGS, -errno, "/");
        return STEP_DONE;
}

/* SELinux would not change the label of a process on such mounts either. */
static bool refuses_suid(const ExecContext *context) {
        const bool is_wanted = unit_spec_bool(context->spec, DIRECTIVE_NO_NEW_PRIVILEGES) ||
                               unit_spec_bool(context->spec, DIRECTIVE_DYNAMIC_USER);
        return is_wanted && !(context->skip & STEP_PRIVILEGE) &&
               access("/sys/fs/selinux/enforce", F_OK) < 0;
}

static int apply_plan(ExecContext *context, MountPlan *plan, const char *root) {
        const MountPlace place = {
                .root = root,
                .inaccessible = unit_spec_text(context->spec, DIRECTIVE_PLAN_INACCESSIBLE),
                .refuses_suid = refuses_suid(context),
        };
        const MountEntry *failed = NULL;
        int r = mount_apply(plan, &place, &failed);
        if (r < 0)
                return fail(context, failed ? failed->id : DIRECTIVE_NONE, culprit(failed, r), r);
        return STEP_DONE;
}

static int apply(ExecContext *context, MountPlan *plan) {
        const char *root = new_root(context), *failed = NULL;
        uint64_t flags = unit_spec_number(context->spec, DIRECTIVE_MOUNT_FLAGS);
        int r;
        if (mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0)
                return refuse(context, plan, -errno); /* what we mount would be seen everywhere */
        if (root) {
                r = mount_root_prepare(root, wants_api(context->spec), &failed);
                if (r < 0)
                        return fail(context, DIRECTIVE_ROOT_DIRECTORY, failed, r);
        }
        r = apply_plan(context, plan, root);
        if (r < 0)
                return r;
        if (root) {
                r = mount_root_enter(root);
                if (r < 0)
                        return fail(context, DIRECTIVE_ROOT_DIRECTORY, root, r);
                context->has_root = true;
        }
        return flags == MS_SLAVE ? STEP_DONE : set_propagation(context, flags ? flags : MS_SHARED);
}

int step_mounts(ExecContext *context) {
        AUTO(mount_plan_done) MountPlan plan = { 0 };
        const MountFacts facts = mount_facts(context);
        if (facts.is_privileged && !facts.has_root)
                return STEP_DONE;
        int r = mount_plan_make(context->spec, &facts, &plan);
        if (r < 0)
                return exec_context_problem(context, DIRECTIVE_NONE, r, "mounts");
        if (unit_spec_bool(context->spec, DIRECTIVE_PRIVATE_TMP) &&
            context->scope == UNIT_SCOPE_USER && !facts.private_tmp)
                r = exec_context_shortfall(
                        context,
                        REPORT_REFUSED,
                        DIRECTIVE_PRIVATE_TMP,
                        "the manager of a plain user makes no directories for it");
        if (r < 0 || !plan.needs_name_space)
                return r;
        if (unshare(CLONE_NEWNS) < 0)
                return refuse(context, &plan, -errno);
        return apply(context, &plan);
}
