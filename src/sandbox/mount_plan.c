/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/mount_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "sandbox/directory_kinds.h"

/* Words of the settings, as directives_sandbox.c lists them. */
enum { HOME_NO, HOME_YES, HOME_READ_ONLY, HOME_TMPFS };
enum { SYSTEM_NO, SYSTEM_YES, SYSTEM_FULL, SYSTEM_STRICT };
enum { PROC_DEFAULT, PROC_NO_ACCESS, PROC_INVISIBLE, PROC_PTRACEABLE };

typedef struct FixedEntry {
        const char *path;
        MountKind kind;
} FixedEntry;

// clang-format off
static const FixedEntry system_yes[] = {
        { "/usr", MOUNT_READ_ONLY }, { "/boot", MOUNT_READ_ONLY }, { "/efi", MOUNT_READ_ONLY },
        { NULL, 0 },
};
static const FixedEntry system_full[] = {
        { "/usr", MOUNT_READ_ONLY }, { "/boot", MOUNT_READ_ONLY }, { "/efi", MOUNT_READ_ONLY },
        { "/etc", MOUNT_READ_ONLY }, { NULL, 0 },
};
static const FixedEntry system_strict[] = {
        { "/", MOUNT_READ_ONLY },
        { "/proc", MOUNT_READ_WRITE_IMPLICIT }, { "/sys", MOUNT_READ_WRITE_IMPLICIT },
        { "/dev", MOUNT_READ_WRITE_IMPLICIT }, { "/home", MOUNT_READ_WRITE_IMPLICIT },
        { "/run/user", MOUNT_READ_WRITE_IMPLICIT }, { "/root", MOUNT_READ_WRITE_IMPLICIT },
        { NULL, 0 },
};
static const FixedEntry home_yes[] = {
        { "/home", MOUNT_INACCESSIBLE }, { "/run/user", MOUNT_INACCESSIBLE }, { "/root", MOUNT_INACCESSIBLE },
        { NULL, 0 },
};
static const FixedEntry home_read_only[] = {
        { "/home", MOUNT_READ_ONLY }, { "/run/user", MOUNT_READ_ONLY }, { "/root", MOUNT_READ_ONLY },
        { NULL, 0 },
};
static const FixedEntry home_tmpfs[] = {
        { "/home", MOUNT_TEMPORARY }, { "/run/user", MOUNT_TEMPORARY }, { "/root", MOUNT_TEMPORARY },
        { NULL, 0 },
};
static const FixedEntry kernel_tunables[] = {
        { "/proc/acpi", MOUNT_READ_ONLY }, { "/proc/apm", MOUNT_READ_ONLY }, { "/proc/asound", MOUNT_READ_ONLY },
        { "/proc/bus", MOUNT_READ_ONLY }, { "/proc/fs", MOUNT_READ_ONLY }, { "/proc/irq", MOUNT_READ_ONLY },
        { "/proc/kallsyms", MOUNT_INACCESSIBLE }, { "/proc/kcore", MOUNT_INACCESSIBLE },
        { "/proc/latency_stats", MOUNT_READ_ONLY }, { "/proc/mtrr", MOUNT_READ_ONLY },
        { "/proc/scsi", MOUNT_READ_ONLY }, { "/proc/sys", MOUNT_READ_ONLY },
        { "/proc/sysrq-trigger", MOUNT_READ_ONLY }, { "/proc/timer_stats", MOUNT_READ_ONLY },
        { "/sys", MOUNT_READ_ONLY }, { "/sys/fs/bpf", MOUNT_READ_ONLY },
        { "/sys/fs/cgroup", MOUNT_READ_WRITE_IMPLICIT }, { "/sys/fs/selinux", MOUNT_READ_WRITE_IMPLICIT },
        { "/sys/kernel/debug", MOUNT_READ_ONLY }, { "/sys/kernel/tracing", MOUNT_READ_ONLY },
        { NULL, 0 },
};
static const FixedEntry kernel_modules[] = {
        { "/lib/modules", MOUNT_INACCESSIBLE }, { "/usr/lib/modules", MOUNT_INACCESSIBLE }, { NULL, 0 },
};
static const FixedEntry kernel_logs[] = {
        { "/proc/kmsg", MOUNT_INACCESSIBLE }, { "/dev/kmsg", MOUNT_INACCESSIBLE }, { NULL, 0 },
};
static const FixedEntry control_groups[] = {
        { "/sys/fs/cgroup", MOUNT_READ_ONLY }, { NULL, 0 },
};

static const FixedEntry *const by_system[] = {
        [SYSTEM_NO] = NULL, [SYSTEM_YES] = system_yes, [SYSTEM_FULL] = system_full, [SYSTEM_STRICT] = system_strict,
};
static const FixedEntry *const by_home[] = {
        [HOME_NO] = NULL, [HOME_YES] = home_yes, [HOME_READ_ONLY] = home_read_only, [HOME_TMPFS] = home_tmpfs,
};
static const struct {
        DirectiveId id;
        const FixedEntry *entries;
} switches[] = {
        { DIRECTIVE_PROTECT_KERNEL_TUNABLES, kernel_tunables },
        { DIRECTIVE_PROTECT_KERNEL_MODULES,  kernel_modules },
        { DIRECTIVE_PROTECT_KERNEL_LOGS,     kernel_logs },
        { DIRECTIVE_PROTECT_CONTROL_GROUPS,  control_groups },
};
static const struct {
        DirectiveId id;
        MountKind kind;
} path_lists[] = {
        { DIRECTIVE_READ_WRITE_PATHS,   MOUNT_READ_WRITE },
        { DIRECTIVE_READ_ONLY_PATHS,    MOUNT_READ_ONLY },
        { DIRECTIVE_INACCESSIBLE_PATHS, MOUNT_INACCESSIBLE },
        { DIRECTIVE_EXEC_PATHS,         MOUNT_EXEC },
        { DIRECTIVE_NO_EXEC_PATHS,      MOUNT_NO_EXEC },
};
// clang-format on

/* For what stays empty, but for places of mounts. */
#define CLOSED_TMPFS_OPTIONS "nosuid,nodev,noexec,mode=0755,size=4M,nr_inodes=1k"

static void entry_done(MountEntry *entry) {
        free(entry->path);
        free(entry->source);
        free(entry->options);
}

void mount_plan_done(MountPlan *plan) {
        for (unsigned i = 0; i < plan->n_entries; i++)
                entry_done(&plan->entries[i]);
        free(plan->entries);
        *plan = (MountPlan){ 0 };
}

/* Appends an entry about a path; strings of `entry` besides the path are taken. NULL when out of
 * memory. */
static MountEntry *add(MountPlan *plan, Str path, MountEntry entry) {
        if (plan->n_entries == plan->capacity) {
                unsigned capacity = plan->capacity ? plan->capacity * 2 : 32;
                MountEntry *grown = realloc(plan->entries, capacity * sizeof(*grown));
                if (!grown) {
                        entry_done(&entry);
                        return NULL;
                }
                plan->entries = grown;
                plan->capacity = capacity;
        }
        entry.path = path_simplify(path);
        if (!entry.path) {
                entry_done(&entry);
                return NULL;
        }
        plan->entries[plan->n_entries] = entry;
        return &plan->entries[plan->n_entries++];
}

static int add_fixed(MountPlan *plan, const FixedEntry *entries, DirectiveId id) {
        for (; entries && entries->path; entries++) {
                MountEntry *entry = add(plan,
                                        str_of(entries->path),
                                        (MountEntry){ .kind = entries->kind,
                                                      .id = id,
                                                      .below_root = true,
                                                      .optional = true });
                if (!entry)
                        return err_new(-ENOMEM);
                if (entries->kind != MOUNT_TEMPORARY)
                        continue;
                entry->is_read_only = true;
                entry->options = strdup(CLOSED_TMPFS_OPTIONS);
                if (!entry->options)
                        return err_new(-ENOMEM);
        }
        return 0;
}

/* "-" and "+" in front of a path. */
static int add_path_list(MountPlan *plan, const UnitSpec *spec, DirectiveId id, MountKind kind) {
        STRV_FOREACH(item, unit_spec_strv(spec, id)) {
                Str path = str_of(*item);
                MountEntry entry = { .kind = kind, .id = id };
                entry.optional = str_skip_prefix(&path, "-");
                entry.below_root = str_skip_prefix(&path, "+");
                if (!add(plan, path, entry))
                        return err_new(-ENOMEM);
        }
        return 0;
}

static int add_bind(MountPlan *plan, const char *path, const char *source, MountEntry entry) {
        entry.source = strdup(source);
        entry.below_root = true;
        if (!entry.source || !add(plan, str_of(path), entry))
                return err_new(-ENOMEM);
        return 0;
}

static int add_binds(MountPlan *plan, const UnitSpec *spec) {
        const RuleList *rules = unit_spec_rules(spec, DIRECTIVE_BIND_PATHS);
        for (unsigned i = 0; rules && i < rules->n_rules; i++) {
                const Rule *rule = &rules->rules[i];
                MountEntry entry = {
                        .kind = rule->variant == 1 ? MOUNT_BIND_READ_ONLY : MOUNT_BIND,
                        .id = DIRECTIVE_BIND_PATHS,
                        .optional = rule->flags & RULE_OPTIONAL,
                        .shallow = rule->number != 1,
                };
                int r = add_bind(plan, rule->target ?: rule->source, rule->source, entry);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* What systemd has where the unit says nothing else: systemd.exec(5), and a limit of what one may
 * fill. "ro" is seen to once everything stands in the tmpfs. */
static int split_options(const char *options, MountEntry *entry) {
        AUTO(strbuf_done) StrBuf rest = STRBUF_INIT;
        Str text = options ? str_of(options) : STR_EMPTY, word;
        strbuf_add(&rest, "nodev,strictatime,mode=0755,size=10%,nr_inodes=400k");
        while (text.length > 0 && str_next_part(&text, ',', &word)) {
                if (str_equal_c(word, "ro"))
                        entry->is_read_only = true;
                else if (word.length > 0 && !str_equal_c(word, "rw"))
                        strbuf_addf(&rest, ",%.*s", STR_ARG(word));
        }
        entry->options = strbuf_steal(&rest);
        return entry->options ? 0 : err_new(-ENOMEM);
}

static int add_temporary(MountPlan *plan, const UnitSpec *spec) {
        const RuleList *rules = unit_spec_rules(spec, DIRECTIVE_TEMPORARY_FILE_SYSTEM);
        for (unsigned i = 0; rules && i < rules->n_rules; i++) {
                MountEntry entry = { .kind = MOUNT_TEMPORARY,
                                     .id = DIRECTIVE_TEMPORARY_FILE_SYSTEM,
                                     .below_root = true };
                int r = split_options(rules->rules[i].options, &entry);
                if (r >= 0 && !add(plan, str_of(rules->rules[i].source), entry))
                        r = err_new(-ENOMEM);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static bool is_below_temporary(const MountPlan *plan, const char *path) {
        for (unsigned i = 0; i < plan->n_entries; i++)
                if (plan->entries[i].kind == MOUNT_TEMPORARY &&
                    path_is_below(path, plan->entries[i].path))
                        return true;
        return false;
}

/* A directory of the unit's own stays writable where everything else is read-only, and visible
 * where something empty lies over what it is in. */
static int add_own_directory(MountPlan *plan, const char *path, DirectiveId id) {
        MountEntry entry = {
                .kind = MOUNT_READ_WRITE, .id = id, .below_root = true, .optional = true
        };
        if (is_below_temporary(plan, path)) {
                entry.kind = MOUNT_BIND;
                return err_pass(add_bind(plan, path, path, entry));
        }
        return add(plan, str_of(path), entry) ? 0 : err_new(-ENOMEM);
}

static int add_own_directories(MountPlan *plan, const UnitSpec *spec) {
        for (unsigned kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
                const RuleList *list = unit_spec_rules(spec, directory_kind_rows[kind].id);
                const char *root = directory_kind_root(spec, (DirectoryKind)kind);
                for (unsigned i = 0; list && i < list->n_rules; i++) {
                        AUTO_FREE char *path = path_join(root, list->rules[i].source);
                        int r = path ? add_own_directory(plan, path, directory_kind_rows[kind].id)
                                     : err_new(-ENOMEM);
                        if (r < 0)
                                return err_pass(r);
                }
        }
        return 0;
}

/* A dynamic user's directories lie where nobody else can pass; it sees none but its own there. */
static int add_private_directories(MountPlan *plan, const UnitSpec *spec, DirectoryKind kind) {
        const char *root = directory_kind_root(spec, kind);
        const RuleList *rules = unit_spec_rules(spec, directory_kind_rows[kind].id);
        const DirectiveId id = directory_kind_rows[kind].id;
        AUTO_FREE char *place = path_join(root, "private");
        MountEntry entry = { .kind = MOUNT_TEMPORARY, .id = id, .is_read_only = true };

        entry.options = strdup(CLOSED_TMPFS_OPTIONS);
        if (!place || !entry.options || !add(plan, str_of(place), entry))
                return err_new(-ENOMEM);
        for (unsigned i = 0; rules && i < rules->n_rules; i++) {
                AUTO_FREE char *path = path_join(place, rules->rules[i].source);
                const MountEntry own = { .kind = MOUNT_BIND, .id = id };
                if (!path || add_bind(plan, path, path, own) < 0)
                        return err_new(-ENOMEM);
        }
        return 0;
}

/* In another root the unit finds its directories, credentials and the manager's socket where they
 * are here. */
static int add_to_root(MountPlan *plan, const UnitSpec *spec, const MountFacts *facts) {
        int r = 0;
        for (unsigned kind = 0; r >= 0 && kind < DIRECTORY_KIND_COUNT; kind++) {
                const MountEntry entry = { .kind = MOUNT_BIND, .id = directory_kind_rows[kind].id };
                const RuleList *list = unit_spec_rules(spec, entry.id);
                const char *root = directory_kind_root(spec, (DirectoryKind)kind);
                for (unsigned i = 0; r >= 0 && list && i < list->n_rules; i++) {
                        AUTO_FREE char *path = path_join(root, list->rules[i].source);
                        r = path ? add_bind(plan, path, path, entry) : err_new(-ENOMEM);
                }
        }
        const MountEntry own = { .kind = MOUNT_BIND_READ_ONLY,
                                 .id = DIRECTIVE_ROOT_DIRECTORY,
                                 .optional = true };
        if (r >= 0 && facts->credentials)
                r = add_bind(plan, facts->credentials, facts->credentials, own);
        if (r >= 0 && facts->notify_socket && *facts->notify_socket == '/')
                r = add_bind(plan, facts->notify_socket, facts->notify_socket, own);
        return err_pass(r);
}

static int add_private_tmp(MountPlan *plan, const MountFacts *facts) {
        const MountEntry entry = { .kind = MOUNT_BIND, .id = DIRECTIVE_PRIVATE_TMP };
        int r = facts->private_tmp ? add_bind(plan, "/tmp", facts->private_tmp, entry) : 0;
        if (r >= 0 && facts->private_var_tmp)
                r = add_bind(plan, "/var/tmp", facts->private_var_tmp, entry);
        return err_pass(r);
}

/* What is mounted below /dev stays the machine's. */
static int add_private_devices(MountPlan *plan) {
        static const char *const shared[] = {
                "/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/hugepages"
        };
        const MountEntry dev = { .kind = MOUNT_PRIVATE_DEVICES,
                                 .id = DIRECTIVE_PRIVATE_DEVICES,
                                 .below_root = true,
                                 .is_read_only = true };
        if (!add(plan, STR_LITERAL("/dev"), dev))
                return err_new(-ENOMEM);
        for (unsigned i = 0; i < ARRAY_LENGTH(shared); i++) {
                MountEntry entry = { .kind = MOUNT_BIND,
                                     .id = DIRECTIVE_PRIVATE_DEVICES,
                                     .optional = true };
                int r = add_bind(plan, shared[i], shared[i], entry);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static int add_proc(MountPlan *plan, const UnitSpec *spec) {
        static const char *const hide[] = {
                [PROC_DEFAULT] = "",
                [PROC_NO_ACCESS] = "hidepid=noaccess",
                [PROC_INVISIBLE] = "hidepid=invisible",
                [PROC_PTRACEABLE] = "hidepid=ptraceable",
        };
        uint64_t protect = unit_spec_number(spec, DIRECTIVE_PROTECT_PROC);
        uint64_t subset = unit_spec_number(spec, DIRECTIVE_PROC_SUBSET);
        AUTO(strbuf_done) StrBuf options = STRBUF_INIT;
        if (protect == PROC_DEFAULT && subset == 0)
                return 0;
        strbuf_add(&options, hide[protect]);
        if (subset != 0)
                strbuf_addf(&options, "%ssubset=pid", options.length > 0 ? "," : "");
        MountEntry entry = { .kind = MOUNT_PROC,
                             .below_root = true,
                             .id = protect ? DIRECTIVE_PROTECT_PROC : DIRECTIVE_PROC_SUBSET,
                             .options = strbuf_steal(&options) };
        return entry.options && add(plan, STR_LITERAL("/proc"), entry) ? 0 : err_new(-ENOMEM);
}

/* An IPC name space has message queues of its own, which are seen by a mount of its own. */
static int add_queues(MountPlan *plan, const UnitSpec *spec) {
        const bool is_private = unit_spec_bool(spec, DIRECTIVE_PRIVATE_IPC);
        const MountEntry entry = { .kind = MOUNT_QUEUES,
                                   .id = is_private ? DIRECTIVE_PRIVATE_IPC
                                                    : DIRECTIVE_IPC_NAMESPACE_PATH,
                                   .below_root = true,
                                   .optional = true };
        if (!is_private && !unit_spec_find(spec, DIRECTIVE_IPC_NAMESPACE_PATH))
                return 0;
        return add(plan, STR_LITERAL("/dev/mqueue"), entry) ? 0 : err_new(-ENOMEM);
}

/* DynamicUser= implies some, unless the unit asks for more (systemd.exec(5)). */
static int add_protections(MountPlan *plan, const UnitSpec *spec, bool is_dynamic) {
        uint64_t system = unit_spec_number(spec, DIRECTIVE_PROTECT_SYSTEM);
        uint64_t home = unit_spec_number(spec, DIRECTIVE_PROTECT_HOME);
        if (is_dynamic)
                system = SYSTEM_STRICT;
        if (is_dynamic && home == HOME_NO)
                home = HOME_READ_ONLY;
        int r = add_fixed(plan, by_system[system], DIRECTIVE_PROTECT_SYSTEM);
        if (r >= 0)
                r = add_fixed(plan, by_home[home], DIRECTIVE_PROTECT_HOME);
        for (unsigned i = 0; r >= 0 && i < ARRAY_LENGTH(switches); i++)
                if (unit_spec_bool(spec, switches[i].id))
                        r = add_fixed(plan, switches[i].entries, switches[i].id);
        return err_pass(r);
}

/* What closes something to the service, or gives it one of its own. */
static int add_closed(MountPlan *plan, const UnitSpec *spec, const MountFacts *facts) {
        int r = 0;
        for (unsigned i = 0; r >= 0 && i < ARRAY_LENGTH(path_lists); i++)
                r = add_path_list(plan, spec, path_lists[i].id, path_lists[i].kind);
        if (r >= 0)
                r = add_private_tmp(plan, facts);
        if (r >= 0 && unit_spec_bool(spec, DIRECTIVE_PRIVATE_DEVICES))
                r = add_private_devices(plan);
        if (r >= 0)
                r = add_proc(plan, spec);
        if (r >= 0)
                r = add_queues(plan, spec);
        if (r >= 0)
                r = add_protections(plan, spec, facts->is_dynamic);
        for (unsigned kind = 0; r >= 0 && kind < DIRECTORY_KIND_COUNT; kind++)
                if (facts->has_private && !facts->has_root &&
                    directory_kind_is_private(spec, (DirectoryKind)kind))
                        r = add_private_directories(plan, spec, (DirectoryKind)kind);
        return err_pass(r);
}

#define ALL_CREDENTIALS "/run/credentials"

/* What others were given as credentials is not seen, not even by root. */
static int add_credentials(MountPlan *plan, const char *own) {
        MountEntry all = { .kind = MOUNT_INACCESSIBLE,
                           .id = DIRECTIVE_LOAD_CREDENTIAL,
                           .below_root = true,
                           .optional = true };
        const MountEntry bound = { .kind = MOUNT_BIND_READ_ONLY, .id = DIRECTIVE_LOAD_CREDENTIAL };
        if (own && !path_is_below(own, ALL_CREDENTIALS))
                return 0; /* of a plain user's manager */
        if (own) {
                all.kind = MOUNT_TEMPORARY;
                all.is_read_only = true;
                all.options = strdup(CLOSED_TMPFS_OPTIONS);
                if (!all.options)
                        return err_new(-ENOMEM);
        }
        if (!add(plan, STR_LITERAL(ALL_CREDENTIALS), all))
                return err_new(-ENOMEM);
        return own ? err_pass(add_bind(plan, own, own, bound)) : 0;
}

/* What needs no name space, but is to be seen to in one. */
static int add_own(MountPlan *plan, const UnitSpec *spec, const MountFacts *facts) {
        int r = add_own_directories(plan, spec);
        return r < 0 || facts->has_root ? err_pass(r)
                                        : err_pass(add_credentials(plan, facts->credentials));
}

/* MountFlags=shared is what every name space has, and asks for none. */
static bool wants_name_space(const UnitSpec *spec) {
        uint64_t flags = unit_spec_number(spec, DIRECTIVE_MOUNT_FLAGS);
        return unit_spec_bool(spec, DIRECTIVE_PRIVATE_MOUNTS) || (flags & ~(uint64_t)MS_SHARED);
}

int mount_plan_make(const UnitSpec *spec, const MountFacts *facts, MountPlan *ret) {
        AUTO(mount_plan_done) MountPlan plan = { 0 };
        int r = add_binds(&plan, spec);
        if (r >= 0)
                r = add_temporary(&plan, spec);
        if (r >= 0 && facts->has_root)
                r = add_to_root(&plan, spec, facts);
        if (r >= 0 && !facts->is_privileged)
                r = add_closed(&plan, spec, facts);
        plan.needs_name_space = plan.n_entries > 0 || facts->has_root || wants_name_space(spec);
        if (r >= 0 && plan.needs_name_space && !facts->is_privileged)
                r = add_own(&plan, spec, facts);
        if (r < 0)
                return err_pass(r);
        *ret = plan;
        plan = (MountPlan){ 0 };
        return 0;
}

/* --- reducing ------------------------------------------------------------------------------- */

static int compare_entries(const void *a, const void *b) {
        const MountEntry *x = a, *y = b;
        int r = strcmp(x->path, y->path);
        /* "/a" comes before "/a/b" and "/a-b": a slash counts as less than everything. */
        if (r != 0) {
                const char *p = x->path, *q = y->path;
                while (*p && *p == *q) {
                        p++;
                        q++;
                }
                if (*p == '/' || *q == '/')
                        return *p == '\0' ? -1 : *q == '\0' ? 1 : *p == '/' ? -1 : 1;
                return r;
        }
        return (x->kind > y->kind) - (x->kind < y->kind);
}

static bool is_about_writing(MountKind kind) {
        return kind == MOUNT_READ_ONLY || kind == MOUNT_READ_WRITE ||
               kind == MOUNT_READ_WRITE_IMPLICIT;
}

static bool is_about_executing(MountKind kind) {
        return kind == MOUNT_EXEC || kind == MOUNT_NO_EXEC;
}

/* Whether both say something about the same thing, so that the first at a path counts. */
static bool competes(MountKind a, MountKind b) {
        return is_about_executing(a) == is_about_executing(b);
}

static bool shows_something_new(MountKind kind) {
        return !is_about_writing(kind) && !is_about_executing(kind) && kind != MOUNT_INACCESSIBLE;
}

/* Of two entries at one path the second is part of the first when that shows something new: then
 * it says how. Whether it is. */
static bool becomes_part(MountEntry *first, const MountEntry *second) {
        if (!shows_something_new(first->kind) || shows_something_new(second->kind))
                return false;
        if (second->kind == MOUNT_NO_EXEC)
                first->is_no_exec = true;
        if (second->kind == MOUNT_READ_ONLY && first->kind == MOUNT_BIND)
                first->kind = MOUNT_BIND_READ_ONLY;
        else if (second->kind == MOUNT_READ_ONLY)
                first->is_read_only = true;
        return true;
}

/* Whether an earlier entry makes this one void. */
static bool is_void(MountPlan *plan, unsigned i) {
        const MountEntry *entry = &plan->entries[i];
        for (unsigned j = 0; j < i; j++) {
                MountEntry *other = &plan->entries[j];
                bool is_same = streq(other->path, entry->path);
                if (is_same && (becomes_part(other, entry) || competes(other->kind, entry->kind)))
                        return true;
                if (other->kind == MOUNT_INACCESSIBLE && path_is_below(entry->path, other->path))
                        return true;
        }
        return false;
}

void mount_plan_reduce(MountPlan *plan) {
        unsigned kept = 0, n = plan->n_entries;
        if (n > 1)
                qsort(plan->entries, n, sizeof(*plan->entries), compare_entries);
        for (unsigned i = 0; i < n; i++) {
                MountEntry entry = plan->entries[i];
                plan->entries[kept] = entry;
                if (is_void(plan, kept))
                        entry_done(&entry);
                else
                        kept++;
        }
        plan->n_entries = kept;
}

/* The last entry at or above the i-th's path that says something of the sort `test` asks for; a
 * mount that begins anew ends the search below it. */
static MountKind
last_word(const MountPlan *plan, unsigned i, bool (*test)(MountKind), MountKind otherwise) {
        const char *path = plan->entries[i].path;
        MountKind found = otherwise;
        for (unsigned j = 0; j < plan->n_entries; j++) {
                const MountEntry *entry = &plan->entries[j];
                if (!path_is_below(path, entry->path))
                        continue;
                if (test(entry->kind))
                        found = entry->kind;
                else if (!is_about_writing(entry->kind) && !is_about_executing(entry->kind) &&
                         !streq(path, entry->path))
                        found = otherwise;
        }
        return found;
}

bool mount_plan_is_read_only(const MountPlan *plan, unsigned i) {
        return last_word(plan, i, is_about_writing, MOUNT_READ_WRITE) == MOUNT_READ_ONLY;
}

bool mount_plan_is_no_exec(const MountPlan *plan, unsigned i) {
        return last_word(plan, i, is_about_executing, MOUNT_EXEC) == MOUNT_NO_EXEC;
}

/* The nearest entry above the i-th in another place, -1. */
static int parent_of(const MountPlan *plan, unsigned i) {
        int found = -1;
        for (unsigned j = 0; j < i; j++)
                if (path_is_below(plan->entries[i].path, plan->entries[j].path) &&
                    !streq(plan->entries[i].path, plan->entries[j].path))
                        found = (int)j;
        return found;
}

bool mount_plan_is_needless(const MountPlan *plan, unsigned i) {
        const MountEntry *entry = &plan->entries[i];
        int parent = parent_of(plan, i);
        if (!is_about_writing(entry->kind) && !is_about_executing(entry->kind))
                return false;
        if (parent < 0)
                return entry->kind != MOUNT_READ_ONLY && entry->kind != MOUNT_NO_EXEC;
        MountKind above = plan->entries[parent].kind;
        if (!is_about_writing(above) && !is_about_executing(above))
                return false;
        return mount_plan_is_read_only(plan, i) ==
                       mount_plan_is_read_only(plan, (unsigned)parent) &&
               mount_plan_is_no_exec(plan, i) == mount_plan_is_no_exec(plan, (unsigned)parent);
}
