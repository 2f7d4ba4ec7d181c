/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze/security_score.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "sandbox/call_set.h"
#include "sandbox/syscall_groups.h"
#include "unit/kinds.h"
#include "unit/unit_print.h"

#define CAP_BIT(cap) (UINT64_C(1) << (cap))
#define GROUP_DEPTH_MAX 8

typedef enum Choice { CHOICE_HOME, CHOICE_SYSTEM, CHOICE_PROC } Choice;
typedef enum Family {
        FAMILY_INET,
        FAMILY_UNIX,
        FAMILY_NETLINK,
        FAMILY_PACKET,
        FAMILY_OTHER,
} Family;

/* What all rows look at. */
typedef struct Scoring {
        const UnitSpec *spec;
        char *const *lost; /* names of settings that are not implied either */
        bool is_user;      /* of a user's manager */
        bool runs_as_root; /* as far as User= tells */
        uint64_t capabilities;
        const Value *filter; /* SystemCallFilter=; NULL */
        CallSet calls;       /* of it */
} Scoring;

typedef struct ScoreRow {
        const char *name, *field;
        unsigned weight, range;
        /* Sets badness and description, or not_applicable. -ENOMEM. */
        int (*assess)(const Scoring *scoring, const struct ScoreRow *row, SecurityRow *out);
        uint64_t parameter;
        const char *good, *bad;
        bool late_only; /* means nothing for services without default dependencies */
} ScoreRow;

static int say(SecurityRow *out, unsigned badness, const char *description) {
        out->badness = badness;
        out->description = strdup(description);
        return out->description ? 0 : err_new(-ENOMEM);
}

static int say_good(const ScoreRow *row, SecurityRow *out, bool good) {
        return err_pass(say(out, good ? 0 : row->range, good ? row->good : row->bad));
}

static int skip(SecurityRow *out, const char *description) {
        out->not_applicable = true;
        return err_pass(say(out, 0, description));
}

static bool is_on(const Scoring *scoring, DirectiveId id) {
        return unit_spec_bool(scoring->spec, id);
}

static bool is_lost(const Scoring *scoring, DirectiveId id) {
        const DirectiveRow *row = directive_row(scoring->spec->type, id);
        return row && strv_contains(scoring->lost, row->name);
}

/* DynamicUser= brings some settings with it (systemd.exec(5)). */
static bool is_implied(const Scoring *scoring, DirectiveId id) {
        return is_on(scoring, DIRECTIVE_DYNAMIC_USER) && !is_lost(scoring, id) &&
               (id == DIRECTIVE_PRIVATE_TMP || id == DIRECTIVE_NO_NEW_PRIVILEGES ||
                id == DIRECTIVE_RESTRICT_SUID_SGID || id == DIRECTIVE_REMOVE_IPC);
}

/* Whether a setting stands as "Name=text". */
static bool is_set_to(const Scoring *scoring, DirectiveId id, const char *text) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        Str value;

        unit_print_setting(scoring->spec, id, &out);
        value = str_of(strbuf_text(&out));
        const char *sign = strchr(strbuf_text(&out), '=');
        if (!sign)
                return false;
        value = str_of(sign + 1);
        return value.length == strlen(text) + 1 && str_has_prefix(value, text);
}

/* --- one function per kind of row --- */

static int assess_flag(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        DirectiveId id = (DirectiveId)row->parameter;

        return err_pass(say_good(row, out, is_on(scoring, id) || is_implied(scoring, id)));
}

static int assess_user(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        const char *user = unit_spec_text(scoring->spec, DIRECTIVE_USER);

        if (user && streq(user, "nobody"))
                return err_pass(say(out,
                                    9,
                                    "Service runs under as 'nobody' user, which should not be used "
                                    "for services"));
        if (scoring->runs_as_root)
                return err_pass(say(out, row->range, "Service runs as root user"));
        return err_pass(say(out,
                            0,
                            is_on(scoring, DIRECTIVE_DYNAMIC_USER)
                                    ? "Service runs under a transient non-root user identity"
                                    : "Service runs under a static non-root user identity"));
}

static int assess_groups(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        if (scoring->runs_as_root)
                return err_pass(skip(out, "Service runs as root, option does not matter"));
        if (unit_spec_strv(scoring->spec, DIRECTIVE_SUPPLEMENTARY_GROUPS))
                return err_pass(say(out, row->range, "Service runs with supplementary groups"));
        return err_pass(say(out, 0, "Service has no supplementary groups"));
}

static int assess_ipc(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        bool removes =
                is_on(scoring, DIRECTIVE_REMOVE_IPC) || is_implied(scoring, DIRECTIVE_REMOVE_IPC);

        if (scoring->runs_as_root)
                return err_pass(skip(out, "Service runs as root, option does not apply"));
        return err_pass(say(out,
                            removes ? 0 : row->range,
                            removes ? "Service user cannot leave SysV IPC objects around"
                                    : "Service user may leave SysV IPC objects around"));
}

static int assess_root(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        const char *root = unit_spec_text(scoring->spec, DIRECTIVE_ROOT_DIRECTORY);
        bool has_root = root && !streq(root, "/");

        return err_pass(say_good(
                row, out, has_root || unit_spec_text(scoring->spec, DIRECTIVE_ROOT_IMAGE)));
}

/* Settings with more than two answers, the one without the setting last. */
static const struct {
        Choice choice;
        const char *value; /* NULL = any other */
        unsigned badness;
        const char *description; /* NULL: 252 has none */
} answers[] = {
        { CHOICE_HOME, "yes", 0, "Service has no access to home directories" },
        { CHOICE_HOME, "tmpfs", 1, "Service has access to fake empty home directories" },
        { CHOICE_HOME, "read-only", 5, "Service has read-only access to home directories" },
        { CHOICE_HOME, NULL, 10, "Service has full access to home directories" },
        { CHOICE_SYSTEM,
          "strict",
          0,
          "Service has strict read-only access to the OS file hierarchy" },
        { CHOICE_SYSTEM,
          "full",
          3,
          "Service has very limited write access to the OS file hierarchy" },
        { CHOICE_SYSTEM, "yes", 5, "Service has limited write access to the OS file hierarchy" },
        { CHOICE_SYSTEM, NULL, 10, "Service has full access to the OS file hierarchy" },
        { CHOICE_PROC,
          "invisible",
          0,
          "Service has restricted access to process tree (/proc hidepid=)" },
        { CHOICE_PROC,
          "ptraceable",
          0,
          "Service has restricted access to process tree (/proc hidepid=)" },
        { CHOICE_PROC, "noaccess", 1, NULL },
        { CHOICE_PROC, NULL, 3, "Service has full access to process tree (/proc hidepid=)" },
};

/* What DynamicUser= makes of a choice that nobody made. */
static const char *default_choice(const Scoring *scoring, Choice choice, DirectiveId id) {
        if (!is_on(scoring, DIRECTIVE_DYNAMIC_USER) || is_lost(scoring, id))
                return NULL;
        return choice == CHOICE_HOME ? "read-only" : choice == CHOICE_SYSTEM ? "strict" : NULL;
}

static int assess_choice(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        static const DirectiveId ids[] = {
                [CHOICE_HOME] = DIRECTIVE_PROTECT_HOME,
                [CHOICE_SYSTEM] = DIRECTIVE_PROTECT_SYSTEM,
                [CHOICE_PROC] = DIRECTIVE_PROTECT_PROC,
        };
        DirectiveId id = ids[row->parameter];
        bool is_unset = !unit_spec_find(scoring->spec, id) || is_set_to(scoring, id, "no");
        const char *usual = is_unset ? default_choice(scoring, (Choice)row->parameter, id) : NULL;

        for (size_t i = 0; i < ARRAY_LENGTH(answers); i++) {
                const char *value = answers[i].value;
                if (answers[i].choice != (Choice)row->parameter)
                        continue;
                if (value && !is_set_to(scoring, id, value) && (!usual || !streq(usual, value)))
                        continue;
                out->badness = answers[i].badness;
                return answers[i].description
                               ? err_pass(say(out, answers[i].badness, answers[i].description))
                               : 0;
        }
        return 0;
}

static int assess_capabilities(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        return err_pass(say_good(row, out, !(scoring->capabilities & row->parameter)));
}

static int assess_ambient(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        return err_pass(say_good(
                row, out, unit_spec_number(scoring->spec, DIRECTIVE_AMBIENT_CAPABILITIES) == 0));
}

static int assess_umask(const Scoring *scoring, const ScoreRow *row UNUSED, SecurityRow *out) {
        static const struct {
                unsigned bit, badness;
                const char *description;
        } table[] = {
                { 0002, 10, "Files created by service are world-writable by default" },
                { 0004, 5, "Files created by service are world-readable by default" },
                { 0020, 2, "Files created by service are group-writable by default" },
                { 0040, 1, "Files created by service are group-readable by default" },
        };
        uint64_t mask = unit_spec_find(scoring->spec, DIRECTIVE_UMASK)
                                ? unit_spec_number(scoring->spec, DIRECTIVE_UMASK)
                                : 0022;

        for (size_t i = 0; i < ARRAY_LENGTH(table); i++)
                if (!(mask & table[i].bit))
                        return err_pass(say(out, table[i].badness, table[i].description));
        return err_pass(say(
                out,
                0,
                "Files created by service are accessible only by service's own user by default"));
}

static int assess_keyring(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        bool is_unset = !unit_spec_find(scoring->spec, DIRECTIVE_KEYRING_MODE);

        return err_pass(say_good(row,
                                 out,
                                 (is_unset && !scoring->is_user) ||
                                         is_set_to(scoring, DIRECTIVE_KEYRING_MODE, "private")));
}

static int assess_subset(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        return err_pass(say_good(row, out, is_set_to(scoring, DIRECTIVE_PROC_SUBSET, "pid")));
}

static int assess_notify(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        return err_pass(say_good(row, out, !is_set_to(scoring, DIRECTIVE_NOTIFY_ACCESS, "all")));
}

static int assess_delegate(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        bool is_off = !unit_spec_find(scoring->spec, DIRECTIVE_DELEGATE) ||
                      is_set_to(scoring, DIRECTIVE_DELEGATE, "no");

        return err_pass(say_good(row, out, is_off));
}

static int assess_name_space(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        uint64_t kept = unit_spec_number(scoring->spec, DIRECTIVE_RESTRICT_NAMESPACES);

        return err_pass(say_good(row, out, !(kept & row->parameter)));
}

static Family family_of(const char *name) {
        return streq(name, "AF_INET") || streq(name, "AF_INET6")   ? FAMILY_INET
               : streq(name, "AF_UNIX") || streq(name, "AF_LOCAL") ? FAMILY_UNIX
               : streq(name, "AF_NETLINK")                         ? FAMILY_NETLINK
               : streq(name, "AF_PACKET")                          ? FAMILY_PACKET
                                                                   : FAMILY_OTHER;
}

static int assess_family(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        const Value *value = unit_spec_find(scoring->spec, DIRECTIVE_RESTRICT_ADDRESS_FAMILIES);
        bool is_named = false, is_denied;

        STRV_FOREACH(name, value ? value->strv : NULL)
        is_named |= family_of(*name) == (Family)row->parameter;
        is_denied = value && (value->flags & VALUE_INVERTED ? is_named : !is_named);
        return err_pass(say_good(row, out, is_denied));
}

static int assess_architectures(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        char *const *names = unit_spec_strv(scoring->spec, DIRECTIVE_SYSTEM_CALL_ARCHITECTURES);

        if (!names)
                return err_pass(
                        say(out, row->range, "Service may execute system calls with all ABIs"));
        if (streq(names[0], "native") && !names[1])
                return err_pass(
                        say(out, 0, "Service may execute system calls only with native ABI"));
        return err_pass(say(out, 8, "Service may execute system calls with multiple ABIs"));
}

/* The first call of a group that the filter lets pass; NULL. Calls of other machines do not count.
 */
static const char *
find_allowed(const Scoring *scoring, const char *group, bool allow, unsigned depth) {
        const char *const *members = syscall_group_members(group);

        for (; members && *members && depth < GROUP_DEPTH_MAX; members++) {
                const char *found = *members;
                int number;
                if (**members == '@')
                        found = find_allowed(scoring, *members, allow, depth + 1);
                else if (!call_number(*members, &number) || number < 0 ||
                         call_set_find(&scoring->calls, number) !=
                                 (allow ? CALL_PLAIN : CALL_ABSENT))
                        found = NULL;
                if (found)
                        return found;
        }
        return NULL;
}

static int assess_calls(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        const char *group = strchr(row->name, '@'), *found;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        bool allow;

        if (!scoring->filter)
                return err_pass(say(out, row->range, "Service does not filter system calls"));
        allow = !(scoring->filter->flags & VALUE_INVERTED);
        found = find_allowed(scoring, group, allow, 0);
        strbuf_addf(&text,
                    "System call %s list defined for service, and %s is %sincluded",
                    allow ? "allow" : "deny",
                    group,
                    (found != NULL) == allow ? "" : "not ");
        if (found)
                strbuf_addf(&text, " (e.g. %s is allowed)", found);
        return err_pass(say(out, !found ? 0 : allow ? 9 : 10, strbuf_text(&text)));
}

static bool has_all_addresses(char *const *list) {
        return strv_contains(list, "any") ||
               (strv_contains(list, "0.0.0.0/0") && strv_contains(list, "::/0"));
}

static int assess_addresses(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        char *const *allowed = unit_spec_strv(scoring->spec, DIRECTIVE_IP_ADDRESS_ALLOW);
        bool only_local = true;

        if (unit_spec_strv(scoring->spec, DIRECTIVE_IP_INGRESS_FILTER_PATH) ||
            unit_spec_strv(scoring->spec, DIRECTIVE_IP_EGRESS_FILTER_PATH))
                return err_pass(
                        say(out,
                            0,
                            "Service defines custom ingress/egress IP filters with BPF programs"));
        if (!has_all_addresses(unit_spec_strv(scoring->spec, DIRECTIVE_IP_ADDRESS_DENY)))
                return err_pass(
                        say(out, row->range, "Service does not define an IP address allow list"));
        STRV_FOREACH(address, allowed)
        only_local &= streq(*address, "127.0.0.0/8") || streq(*address, "::1/128");
        if (!allowed)
                return err_pass(say(out, 0, "Service blocks all IP address ranges"));
        return only_local
                       ? err_pass(say(
                                 out,
                                 2,
                                 "Service defines IP address allow list with only localhost entries"))
                       : err_pass(say(
                                 out,
                                 5,
                                 "Service defines IP address allow list with non-localhost entries"));
}

static int assess_devices(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        const RuleList *rules = unit_spec_rules(scoring->spec, DIRECTIVE_DEVICE_ALLOW);
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        bool is_closed = is_set_to(scoring, DIRECTIVE_DEVICE_POLICY, "closed") ||
                         is_set_to(scoring, DIRECTIVE_DEVICE_POLICY, "strict") ||
                         (is_on(scoring, DIRECTIVE_PRIVATE_DEVICES) &&
                          !is_set_to(scoring, DIRECTIVE_DEVICE_POLICY, "auto"));

        if (!is_closed)
                return err_pass(say(out, row->range, "Service has no device ACL"));
        for (unsigned i = 0; rules && i < rules->n_rules; i++)
                strbuf_addf(
                        &text, " %s:%s", rules->rules[i].source, rules->rules[i].options ?: "rwm");
        if (is_on(scoring, DIRECTIVE_PROTECT_CLOCK))
                strbuf_add(&text, " char-rtc:r");
        if (text.length == 0)
                return err_pass(say(out, 0, "Service has a minimal device ACL"));
        AUTO(strbuf_done) StrBuf all = STRBUF_INIT;
        strbuf_addf(
                &all, "Service has a device ACL with some special devices:%s", strbuf_text(&text));
        return err_pass(say(out, 5, strbuf_text(&all)));
}

/* --- the table: weights and words of 252 --- */

/* clang-format off */
static const ScoreRow score_rows[] = {
        { .name = "User=/DynamicUser=", .field = "UserOrDynamicUser", .weight = 2000, .range = 10, .assess = assess_user, .parameter = DIRECTIVE_USER },
        { .name = "SupplementaryGroups=", .field = "SupplementaryGroups", .weight = 200, .range = 1, .assess = assess_groups, .parameter = DIRECTIVE_SUPPLEMENTARY_GROUPS },
        { .name = "PrivateMounts=", .field = "PrivateMounts", .weight = 1000, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_PRIVATE_MOUNTS, .good = "Service cannot install system mounts", .bad = "Service may install system mounts" },
        { .name = "PrivateDevices=", .field = "PrivateDevices", .weight = 1000, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_PRIVATE_DEVICES, .good = "Service has no access to hardware devices", .bad = "Service potentially has access to hardware devices" },
        { .name = "PrivateTmp=", .field = "PrivateTmp", .weight = 1000, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_PRIVATE_TMP, .good = "Service has no access to other software's temporary files", .bad = "Service has access to other software's temporary files", .late_only = true },
        { .name = "PrivateNetwork=", .field = "PrivateNetwork", .weight = 2500, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_PRIVATE_NETWORK, .good = "Service has no access to the host's network", .bad = "Service has access to the host's network" },
        { .name = "PrivateUsers=", .field = "PrivateUsers", .weight = 1000, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_PRIVATE_USERS, .good = "Service does not have access to other users", .bad = "Service has access to other users" },
        { .name = "ProtectControlGroups=", .field = "ProtectControlGroups", .weight = 1000, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_PROTECT_CONTROL_GROUPS, .good = "Service cannot modify the control group file system", .bad = "Service may modify the control group file system" },
        { .name = "ProtectKernelModules=", .field = "ProtectKernelModules", .weight = 1000, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_PROTECT_KERNEL_MODULES, .good = "Service cannot load or read kernel modules", .bad = "Service may load or read kernel modules" },
        { .name = "ProtectKernelTunables=", .field = "ProtectKernelTunables", .weight = 1000, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_PROTECT_KERNEL_TUNABLES, .good = "Service cannot alter kernel tunables (/proc/sys, …)", .bad = "Service may alter kernel tunables" },
        { .name = "ProtectKernelLogs=", .field = "ProtectKernelLogs", .weight = 1000, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_PROTECT_KERNEL_LOGS, .good = "Service cannot read from or write to the kernel log ring buffer", .bad = "Service may read from or write to the kernel log ring buffer" },
        { .name = "ProtectClock=", .field = "ProtectClock", .weight = 1000, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_PROTECT_CLOCK, .good = "Service cannot write to the hardware clock or system clock", .bad = "Service may write to the hardware clock or system clock" },
        { .name = "ProtectHome=", .field = "ProtectHome", .weight = 1000, .range = 10, .assess = assess_choice, .parameter = CHOICE_HOME, .late_only = true },
        { .name = "ProtectHostname=", .field = "ProtectHostname", .weight = 50, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_PROTECT_HOSTNAME, .good = "Service cannot change system host/domainname", .bad = "Service may change system host/domainname" },
        { .name = "ProtectSystem=", .field = "ProtectSystem", .weight = 1000, .range = 10, .assess = assess_choice, .parameter = CHOICE_SYSTEM, .late_only = true },
        { .name = "RootDirectory=/RootImage=", .field = "RootDirectoryOrRootImage", .weight = 200, .range = 1, .assess = assess_root, .parameter = DIRECTIVE_ROOT_DIRECTORY, .good = "Service has its own root directory/image", .bad = "Service runs within the host's root directory", .late_only = true },
        { .name = "LockPersonality=", .field = "LockPersonality", .weight = 100, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_LOCK_PERSONALITY, .good = "Service cannot change ABI personality", .bad = "Service may change ABI personality" },
        { .name = "MemoryDenyWriteExecute=", .field = "MemoryDenyWriteExecute", .weight = 100, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_MEMORY_DENY_WRITE_EXECUTE, .good = "Service cannot create writable executable memory mappings", .bad = "Service may create writable executable memory mappings" },
        { .name = "NoNewPrivileges=", .field = "NoNewPrivileges", .weight = 1000, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_NO_NEW_PRIVILEGES, .good = "Service processes cannot acquire new privileges", .bad = "Service processes may acquire new privileges" },
        { .name = "CapabilityBoundingSet=~CAP_SYS_ADMIN", .field = "CapabilityBoundingSet_CAP_SYS_ADMIN", .weight = 1500, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SYS_ADMIN), .good = "Service has no administrator privileges", .bad = "Service has administrator privileges" },
        { .name = "CapabilityBoundingSet=~CAP_SET(UID|GID|PCAP)", .field = "CapabilityBoundingSet_CAP_SET_UID_GID_PCAP", .weight = 1500, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SETUID) | CAP_BIT(CAP_SETGID) | CAP_BIT(CAP_SETPCAP), .good = "Service cannot change UID/GID identities/capabilities", .bad = "Service may change UID/GID identities/capabilities" },
        { .name = "CapabilityBoundingSet=~CAP_SYS_PTRACE", .field = "CapabilityBoundingSet_CAP_SYS_PTRACE", .weight = 1500, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SYS_PTRACE), .good = "Service has no ptrace() debugging abilities", .bad = "Service has ptrace() debugging abilities" },
        { .name = "CapabilityBoundingSet=~CAP_SYS_TIME", .field = "CapabilityBoundingSet_CAP_SYS_TIME", .weight = 1000, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SYS_TIME), .good = "Service processes cannot change the system clock", .bad = "Service processes may change the system clock" },
        { .name = "CapabilityBoundingSet=~CAP_NET_ADMIN", .field = "CapabilityBoundingSet_CAP_NET_ADMIN", .weight = 1000, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_NET_ADMIN), .good = "Service has no network configuration privileges", .bad = "Service has network configuration privileges" },
        { .name = "CapabilityBoundingSet=~CAP_SYS_RAWIO", .field = "CapabilityBoundingSet_CAP_SYS_RAWIO", .weight = 1000, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SYS_RAWIO), .good = "Service has no raw I/O access", .bad = "Service has raw I/O access" },
        { .name = "CapabilityBoundingSet=~CAP_SYS_MODULE", .field = "CapabilityBoundingSet_CAP_SYS_MODULE", .weight = 1000, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SYS_MODULE), .good = "Service cannot load kernel modules", .bad = "Service may load kernel modules" },
        { .name = "CapabilityBoundingSet=~CAP_AUDIT_*", .field = "CapabilityBoundingSet_CAP_AUDIT", .weight = 500, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_AUDIT_CONTROL) | CAP_BIT(CAP_AUDIT_READ) | CAP_BIT(CAP_AUDIT_WRITE), .good = "Service has no audit subsystem access", .bad = "Service has audit subsystem access" },
        { .name = "CapabilityBoundingSet=~CAP_SYSLOG", .field = "CapabilityBoundingSet_CAP_SYSLOG", .weight = 500, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SYSLOG), .good = "Service has no access to kernel logging", .bad = "Service has access to kernel logging" },
        { .name = "CapabilityBoundingSet=~CAP_SYS_(NICE|RESOURCE)", .field = "CapabilityBoundingSet_CAP_SYS_NICE_RESOURCE", .weight = 500, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SYS_NICE) | CAP_BIT(CAP_SYS_RESOURCE), .good = "Service has no privileges to change resource use parameters", .bad = "Service has privileges to change resource use parameters" },
        { .name = "CapabilityBoundingSet=~CAP_MKNOD", .field = "CapabilityBoundingSet_CAP_MKNOD", .weight = 500, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_MKNOD), .good = "Service cannot create device nodes", .bad = "Service may create device nodes" },
        { .name = "CapabilityBoundingSet=~CAP_(CHOWN|FSETID|SETFCAP)", .field = "CapabilityBoundingSet_CAP_CHOWN_FSETID_SETFCAP", .weight = 1000, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_CHOWN) | CAP_BIT(CAP_FSETID) | CAP_BIT(CAP_SETFCAP), .good = "Service cannot change file ownership/access mode/capabilities", .bad = "Service may change file ownership/access mode/capabilities unrestricted" },
        { .name = "CapabilityBoundingSet=~CAP_(DAC_*|FOWNER|IPC_OWNER)", .field = "CapabilityBoundingSet_CAP_DAC_FOWNER_IPC_OWNER", .weight = 1000, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_DAC_OVERRIDE) | CAP_BIT(CAP_DAC_READ_SEARCH) | CAP_BIT(CAP_FOWNER) | CAP_BIT(CAP_IPC_OWNER), .good = "Service cannot override UNIX file/IPC permission checks", .bad = "Service may override UNIX file/IPC permission checks" },
        { .name = "CapabilityBoundingSet=~CAP_KILL", .field = "CapabilityBoundingSet_CAP_KILL", .weight = 500, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_KILL), .good = "Service cannot send UNIX signals to arbitrary processes", .bad = "Service may send UNIX signals to arbitrary processes" },
        { .name = "CapabilityBoundingSet=~CAP_NET_(BIND_SERVICE|BROADCAST|RAW)", .field = "CapabilityBoundingSet_CAP_NET_BIND_SERVICE_BROADCAST_RAW)", .weight = 500, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_NET_BIND_SERVICE) | CAP_BIT(CAP_NET_BROADCAST) | CAP_BIT(CAP_NET_RAW), .good = "Service has no elevated networking privileges", .bad = "Service has elevated networking privileges" },
        { .name = "CapabilityBoundingSet=~CAP_SYS_BOOT", .field = "CapabilityBoundingSet_CAP_SYS_BOOT", .weight = 100, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SYS_BOOT), .good = "Service cannot issue reboot()", .bad = "Service may issue reboot()" },
        { .name = "CapabilityBoundingSet=~CAP_MAC_*", .field = "CapabilityBoundingSet_CAP_MAC", .weight = 100, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_MAC_ADMIN) | CAP_BIT(CAP_MAC_OVERRIDE), .good = "Service cannot adjust SMACK MAC", .bad = "Service may adjust SMACK MAC" },
        { .name = "CapabilityBoundingSet=~CAP_LINUX_IMMUTABLE", .field = "CapabilityBoundingSet_CAP_LINUX_IMMUTABLE", .weight = 75, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_LINUX_IMMUTABLE), .good = "Service cannot mark files immutable", .bad = "Service may mark files immutable" },
        { .name = "CapabilityBoundingSet=~CAP_IPC_LOCK", .field = "CapabilityBoundingSet_CAP_IPC_LOCK", .weight = 50, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_IPC_LOCK), .good = "Service cannot lock memory into RAM", .bad = "Service may lock memory into RAM" },
        { .name = "CapabilityBoundingSet=~CAP_SYS_CHROOT", .field = "CapabilityBoundingSet_CAP_SYS_CHROOT", .weight = 50, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SYS_CHROOT), .good = "Service cannot issue chroot()", .bad = "Service may issue chroot()" },
        { .name = "CapabilityBoundingSet=~CAP_BLOCK_SUSPEND", .field = "CapabilityBoundingSet_CAP_BLOCK_SUSPEND", .weight = 25, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_BLOCK_SUSPEND), .good = "Service cannot establish wake locks", .bad = "Service may establish wake locks" },
        { .name = "CapabilityBoundingSet=~CAP_WAKE_ALARM", .field = "CapabilityBoundingSet_CAP_WAKE_ALARM", .weight = 25, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_WAKE_ALARM), .good = "Service cannot program timers that wake up the system", .bad = "Service may program timers that wake up the system" },
        { .name = "CapabilityBoundingSet=~CAP_LEASE", .field = "CapabilityBoundingSet_CAP_LEASE", .weight = 25, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_LEASE), .good = "Service cannot create file leases", .bad = "Service may create file leases" },
        { .name = "CapabilityBoundingSet=~CAP_SYS_TTY_CONFIG", .field = "CapabilityBoundingSet_CAP_SYS_TTY_CONFIG", .weight = 25, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SYS_TTY_CONFIG), .good = "Service cannot issue vhangup()", .bad = "Service may issue vhangup()" },
        { .name = "CapabilityBoundingSet=~CAP_SYS_PACCT", .field = "CapabilityBoundingSet_CAP_SYS_PACCT", .weight = 25, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_SYS_PACCT), .good = "Service cannot use acct()", .bad = "Service may use acct()" },
        { .name = "CapabilityBoundingSet=~CAP_BPF", .field = "CapabilityBoundingSet_CAP_BPF", .weight = 25, .range = 1, .assess = assess_capabilities, .parameter = CAP_BIT(CAP_BPF), .good = "Service may not load BPF programs", .bad = "Service may load BPF programs" },
        { .name = "UMask=", .field = "UMask", .weight = 100, .range = 10, .assess = assess_umask, .parameter = DIRECTIVE_UMASK },
        { .name = "KeyringMode=", .field = "KeyringMode", .weight = 1000, .range = 1, .assess = assess_keyring, .parameter = DIRECTIVE_KEYRING_MODE, .good = "Service doesn't share key material with other services", .bad = "Service shares key material with other service" },
        { .name = "ProtectProc=", .field = "ProtectProc", .weight = 1000, .range = 3, .assess = assess_choice, .parameter = CHOICE_PROC },
        { .name = "ProcSubset=", .field = "ProcSubset", .weight = 10, .range = 1, .assess = assess_subset, .parameter = DIRECTIVE_PROC_SUBSET, .good = "Service has no access to non-process /proc files (/proc subset=)", .bad = "Service has full access to non-process /proc files (/proc subset=)" },
        { .name = "NotifyAccess=", .field = "NotifyAccess", .weight = 1000, .range = 1, .assess = assess_notify, .parameter = DIRECTIVE_NOTIFY_ACCESS, .good = "Service child processes cannot alter service state", .bad = "Service child processes may alter service state" },
        { .name = "RemoveIPC=", .field = "RemoveIPC", .weight = 100, .range = 1, .assess = assess_ipc, .parameter = DIRECTIVE_REMOVE_IPC },
        { .name = "Delegate=", .field = "Delegate", .weight = 100, .range = 1, .assess = assess_delegate, .parameter = DIRECTIVE_DELEGATE, .good = "Service does not maintain its own delegated control group subtree", .bad = "Service maintains its own delegated control group subtree" },
        { .name = "RestrictRealtime=", .field = "RestrictRealtime", .weight = 500, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_RESTRICT_REALTIME, .good = "Service realtime scheduling access is restricted", .bad = "Service may acquire realtime scheduling" },
        { .name = "RestrictSUIDSGID=", .field = "RestrictSUIDSGID", .weight = 1000, .range = 1, .assess = assess_flag, .parameter = DIRECTIVE_RESTRICT_SUID_SGID, .good = "SUID/SGID file creation by service is restricted", .bad = "Service may create SUID/SGID files" },
        { .name = "RestrictNamespaces=~user", .field = "RestrictNamespaces_user", .weight = 1500, .range = 1, .assess = assess_name_space, .parameter = CLONE_NEWUSER, .good = "Service cannot create user namespaces", .bad = "Service may create user namespaces" },
        { .name = "RestrictNamespaces=~mnt", .field = "RestrictNamespaces_mnt", .weight = 500, .range = 1, .assess = assess_name_space, .parameter = CLONE_NEWNS, .good = "Service cannot create file system namespaces", .bad = "Service may create file system namespaces" },
        { .name = "RestrictNamespaces=~ipc", .field = "RestrictNamespaces_ipc", .weight = 500, .range = 1, .assess = assess_name_space, .parameter = CLONE_NEWIPC, .good = "Service cannot create IPC namespaces", .bad = "Service may create IPC namespaces" },
        { .name = "RestrictNamespaces=~pid", .field = "RestrictNamespaces_pid", .weight = 500, .range = 1, .assess = assess_name_space, .parameter = CLONE_NEWPID, .good = "Service cannot create process namespaces", .bad = "Service may create process namespaces" },
        { .name = "RestrictNamespaces=~cgroup", .field = "RestrictNamespaces_cgroup", .weight = 500, .range = 1, .assess = assess_name_space, .parameter = CLONE_NEWCGROUP, .good = "Service cannot create cgroup namespaces", .bad = "Service may create cgroup namespaces" },
        { .name = "RestrictNamespaces=~uts", .field = "RestrictNamespaces_uts", .weight = 100, .range = 1, .assess = assess_name_space, .parameter = CLONE_NEWUTS, .good = "Service cannot create hostname namespaces", .bad = "Service may create hostname namespaces" },
        { .name = "RestrictNamespaces=~net", .field = "RestrictNamespaces_net", .weight = 500, .range = 1, .assess = assess_name_space, .parameter = CLONE_NEWNET, .good = "Service cannot create network namespaces", .bad = "Service may create network namespaces" },
        { .name = "RestrictAddressFamilies=~AF_(INET|INET6)", .field = "RestrictAddressFamilies_AF_INET_INET6", .weight = 1500, .range = 1, .assess = assess_family, .parameter = FAMILY_INET, .good = "Service cannot allocate Internet sockets", .bad = "Service may allocate Internet sockets" },
        { .name = "RestrictAddressFamilies=~AF_UNIX", .field = "RestrictAddressFamilies_AF_UNIX", .weight = 25, .range = 1, .assess = assess_family, .parameter = FAMILY_UNIX, .good = "Service cannot allocate local sockets", .bad = "Service may allocate local sockets" },
        { .name = "RestrictAddressFamilies=~AF_NETLINK", .field = "RestrictAddressFamilies_AF_NETLINK", .weight = 200, .range = 1, .assess = assess_family, .parameter = FAMILY_NETLINK, .good = "Service cannot allocate netlink sockets", .bad = "Service may allocate netlink sockets" },
        { .name = "RestrictAddressFamilies=~AF_PACKET", .field = "RestrictAddressFamilies_AF_PACKET", .weight = 1000, .range = 1, .assess = assess_family, .parameter = FAMILY_PACKET, .good = "Service cannot allocate packet sockets", .bad = "Service may allocate packet sockets" },
        { .name = "RestrictAddressFamilies=~…", .field = "RestrictAddressFamilies_OTHER", .weight = 1250, .range = 1, .assess = assess_family, .parameter = FAMILY_OTHER, .good = "Service cannot allocate exotic sockets", .bad = "Service may allocate exotic sockets" },
        { .name = "SystemCallArchitectures=", .field = "SystemCallArchitectures", .weight = 1000, .range = 10, .assess = assess_architectures, .parameter = DIRECTIVE_SYSTEM_CALL_ARCHITECTURES },
        { .name = "SystemCallFilter=~@clock", .field = "SystemCallFilter_clock", .weight = 1000, .range = 10, .assess = assess_calls, .parameter = 0 },
        { .name = "SystemCallFilter=~@cpu-emulation", .field = "SystemCallFilter_cpu_emulation", .weight = 250, .range = 10, .assess = assess_calls, .parameter = 0 },
        { .name = "SystemCallFilter=~@debug", .field = "SystemCallFilter_debug", .weight = 1000, .range = 10, .assess = assess_calls, .parameter = 0 },
        { .name = "SystemCallFilter=~@module", .field = "SystemCallFilter_module", .weight = 1000, .range = 10, .assess = assess_calls, .parameter = 0 },
        { .name = "SystemCallFilter=~@mount", .field = "SystemCallFilter_mount", .weight = 1000, .range = 10, .assess = assess_calls, .parameter = 0 },
        { .name = "SystemCallFilter=~@obsolete", .field = "SystemCallFilter_obsolete", .weight = 250, .range = 10, .assess = assess_calls, .parameter = 0 },
        { .name = "SystemCallFilter=~@privileged", .field = "SystemCallFilter_privileged", .weight = 700, .range = 10, .assess = assess_calls, .parameter = 0 },
        { .name = "SystemCallFilter=~@raw-io", .field = "SystemCallFilter_raw_io", .weight = 1000, .range = 10, .assess = assess_calls, .parameter = 0 },
        { .name = "SystemCallFilter=~@reboot", .field = "SystemCallFilter_reboot", .weight = 1000, .range = 10, .assess = assess_calls, .parameter = 0 },
        { .name = "SystemCallFilter=~@resources", .field = "SystemCallFilter_resources", .weight = 700, .range = 10, .assess = assess_calls, .parameter = 0 },
        { .name = "SystemCallFilter=~@swap", .field = "SystemCallFilter_swap", .weight = 1000, .range = 10, .assess = assess_calls, .parameter = 0 },
        { .name = "IPAddressDeny=", .field = "IPAddressDeny", .weight = 1000, .range = 10, .assess = assess_addresses, .parameter = DIRECTIVE_IP_ADDRESS_DENY },
        { .name = "DeviceAllow=", .field = "DeviceAllow", .weight = 1000, .range = 10, .assess = assess_devices, .parameter = DIRECTIVE_DEVICE_ALLOW },
        { .name = "AmbientCapabilities=", .field = "AmbientCapabilities", .weight = 500, .range = 1, .assess = assess_ambient, .parameter = DIRECTIVE_AMBIENT_CAPABILITIES, .good = "Service process does not receive ambient capabilities", .bad = "Service process receives ambient capabilities" },
};
/* clang-format on */

/* --- the score --- */

static uint64_t left_capabilities(const UnitSpec *spec) {
        const Value *value = unit_spec_find(spec, DIRECTIVE_CAPABILITY_BOUNDING_SET);
        uint64_t left = value ? value->number : KIND_ALL_CAPABILITIES;

        if (unit_spec_bool(spec, DIRECTIVE_PRIVATE_DEVICES))
                left &= ~(CAP_BIT(CAP_MKNOD) | CAP_BIT(CAP_SYS_RAWIO));
        if (unit_spec_bool(spec, DIRECTIVE_PROTECT_CLOCK))
                left &= ~(CAP_BIT(CAP_SYS_TIME) | CAP_BIT(CAP_WAKE_ALARM));
        if (unit_spec_bool(spec, DIRECTIVE_PROTECT_KERNEL_LOGS))
                left &= ~CAP_BIT(CAP_SYSLOG);
        if (unit_spec_bool(spec, DIRECTIVE_PROTECT_KERNEL_MODULES))
                left &= ~CAP_BIT(CAP_SYS_MODULE);
        return left;
}

static void scoring_init(Scoring *scoring, const UnitSpec *spec, bool is_user) {
        const char *user = unit_spec_text(spec, DIRECTIVE_USER);
        bool is_root = user ? streq(user, "root") || streq(user, "0")
                            : !unit_spec_bool(spec, DIRECTIVE_DYNAMIC_USER);

        scoring->spec = spec;
        scoring->is_user = is_user;
        scoring->runs_as_root = is_root && !is_user;
        scoring->capabilities = left_capabilities(spec);
        scoring->filter = unit_spec_find(spec, DIRECTIVE_SYSTEM_CALL_FILTER);
        if (scoring->filter)
                call_set_init(&scoring->calls,
                              scoring->filter,
                              !(scoring->filter->flags & VALUE_INVERTED));
}

static int assess(const Scoring *scoring, const ScoreRow *row, SecurityRow *out) {
        bool is_early = !unit_spec_bool(scoring->spec, DIRECTIVE_DEFAULT_DEPENDENCIES);

        *out = (SecurityRow){
                .name = row->name,
                .field = row->field,
                .weight = row->weight,
                .range = row->range,
                .is_flag = row->good != NULL,
        };
        if (row->late_only && is_early)
                return err_pass(
                        skip(out, "Service runs in special boot phase, option is not appropriate"));
        return err_pass(row->assess(scoring, row, out));
}

void security_score_sum(SecurityScore *score) {
        unsigned long badness_sum = 0;

        score->weight_sum = 0;
        for (unsigned i = 0; i < score->n_rows; i++) {
                const SecurityRow *row = &score->rows[i];
                if (row->not_applicable)
                        continue;
                score->weight_sum += row->weight;
                badness_sum += (unsigned long)row->badness * row->weight / row->range;
        }
        unsigned long sum = MAX(score->weight_sum, 1UL);
        score->exposure = (unsigned)((badness_sum * 100 + sum - 1) / sum);
}

int security_score_make(const UnitSpec *spec, char *const *lost, bool is_user, SecurityScore *ret) {
        AUTO(security_score_done) SecurityScore score = { 0 };
        AUTO_FREE Scoring *scoring = calloc(1, sizeof(*scoring));

        score.rows = calloc(ARRAY_LENGTH(score_rows), sizeof(*score.rows));
        if (!scoring || !score.rows)
                return err_new(-ENOMEM);
        scoring_init(scoring, spec, is_user);
        scoring->lost = lost;
        for (size_t i = 0; i < ARRAY_LENGTH(score_rows); i++) {
                int r = assess(scoring, &score_rows[i], &score.rows[score.n_rows++]);
                if (r < 0)
                        return err_pass(r);
        }
        security_score_sum(&score);
        *ret = score;
        score = (SecurityScore){ 0 };
        return 0;
}

void security_score_done(SecurityScore *score) {
        for (unsigned i = 0; i < score->n_rows; i++)
                free(score->rows[i].description);
        free(score->rows);
        *score = (SecurityScore){ 0 };
}

unsigned security_row_exposure(const SecurityScore *score, const SecurityRow *row) {
        unsigned long whole = score->weight_sum * row->range;

        return (unsigned)(((unsigned long)row->badness * row->weight * 100 + whole - 1) / whole);
}
