/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host_condition.h"

#include <errno.h>
#include <fnmatch.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "host/condition_machine.h"
#include "host/condition_path.h"
#include "host/version_compare.h"
#include "unit/capability_name.h"
#include "unit/word.h"

typedef int CheckFunction(const HostConditionContext *context, const char *parameter);

static int check_host(const HostConditionContext *context UNUSED, const char *parameter) {
        AUTO_FREE char *machine_id = NULL;
        struct utsname names;

        if (file_read_line("/etc/machine-id", &machine_id) >= 0 && streq(machine_id, parameter))
                return 1;
        if (uname(&names) < 0)
                return err_new(-errno);
        return fnmatch(parameter, names.nodename, FNM_CASEFOLD) == 0;
}

/* In a container PID 1's arguments stand in for it. */
static int read_kernel_command_line(const HostConditionContext *context, char **ret) {
        size_t length;

        if (machine_is_virtualized(context->virtualization, "container") <= 0)
                return err_pass(file_read_line("/proc/cmdline", ret));
        int r = file_read("/proc/1/cmdline", 1024 * 1024, ret, &length, NULL);
        for (size_t i = 0; r >= 0 && i < length; i++)
                if ((*ret)[i] == '\0')
                        (*ret)[i] = ' ';
        return err_pass(r);
}

static int check_kernel_command_line(const HostConditionContext *context, const char *parameter) {
        AUTO_FREE char *line = NULL;
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        Str rest = str_of(context->kernel_command_line);
        bool exact = strchr(parameter, '=') != NULL;
        int r;

        if (!context->kernel_command_line) {
                r = read_kernel_command_line(context, &line);
                if (r < 0)
                        return err_pass(r);
                rest = str_of(line);
        }
        while ((r = word_next(&rest, NULL, WORD_UNQUOTE | WORD_RELAX, &word)) > 0) {
                const char *text = strbuf_text(&word);
                if (streq(text, parameter))
                        return 1;
                if (!exact && str_has_prefix(str_of(text), parameter) &&
                    text[strlen(parameter)] == '=')
                        return 1;
        }
        return err_pass(r);
}

/* All words must match: globs, or a comparison operator with a version. */
static int check_kernel_version(const HostConditionContext *context UNUSED, const char *parameter) {
        struct utsname names;
        Str rest = str_of(parameter);
        Str word;

        if (uname(&names) < 0)
                return err_new(-errno);
        while (str_next_word(&rest, &word)) {
                CompareOperator operator= compare_operator_skip(&word);
                if (word.length == 0 && operator!= COMPARE_NONE && !str_next_word(&rest, &word))
                        return err_new(-EINVAL);
                AUTO_FREE char *text = str_dup(word);
                if (!text)
                        return err_new(-ENOMEM);
                bool holds = operator== COMPARE_NONE
                                     ? fnmatch(text, names.release, 0) == 0
                                     : compare_operator_holds(operator,
                                                              version_compare(names.release, text));
                if (!holds)
                        return 0;
        }
        return 1;
}

static int check_number(const char *parameter, uint64_t actual, bool is_size) {
        Str text = str_trim(str_of(parameter));
        CompareOperator operator= compare_operator_skip(&text);
        uint64_t wanted;

        text = str_trim(text);
        int r = is_size ? parse_size(text, &wanted) : parse_u64(text, 0, &wanted);
        if (r < 0)
                return err_pass(r);
        if (operator== COMPARE_NONE)
                operator= COMPARE_GREATER_EQUAL;
        return compare_operator_holds(operator, actual<wanted ? -1 : actual> wanted);
}

static int check_memory(const HostConditionContext *context UNUSED, const char *parameter) {
        struct sysinfo info;

        if (sysinfo(&info) < 0)
                return err_new(-errno);
        return check_number(parameter, (uint64_t)info.totalram * info.mem_unit, true);
}

static int check_cpus(const HostConditionContext *context UNUSED, const char *parameter) {
        cpu_set_t set;

        if (sched_getaffinity(0, sizeof(set), &set) < 0)
                return err_new(-errno);
        return check_number(parameter, (uint64_t)CPU_COUNT(&set), false);
}

static int check_environment(const HostConditionContext *context, const char *parameter) {
        size_t length = strlen(parameter);

        STRV_FOREACH(variable, context->environment) {
                if (streq(*variable, parameter))
                        return 1;
                if (!strchr(parameter, '=') && strncmp(*variable, parameter, length) == 0 &&
                    (*variable)[length] == '=')
                        return 1;
        }
        return 0;
}

#define SYSTEM_UID_MAX 999

static int check_user(const HostConditionContext *context UNUSED, const char *parameter) {
        uid_t uid;

        if (parse_uid(str_of(parameter), &uid) >= 0)
                return uid == getuid() || uid == geteuid();
        if (streq(parameter, "@system"))
                return getuid() <= SYSTEM_UID_MAX || geteuid() <= SYSTEM_UID_MAX;
        if (streq(parameter, "root"))
                return getuid() == 0 || geteuid() == 0;
        const struct passwd *entry = getpwuid(geteuid());
        if (entry && streq(entry->pw_name, parameter))
                return 1;
        entry = getpwnam(parameter);
        return entry && (entry->pw_uid == getuid() || entry->pw_uid == geteuid());
}

static bool is_member(gid_t gid) {
        gid_t groups[1024];
        int n = getgroups((int)ARRAY_LENGTH(groups), groups);

        for (int i = 0; i < n; i++)
                if (groups[i] == gid)
                        return true;
        return gid == getgid() || gid == getegid();
}

static int check_group(const HostConditionContext *context UNUSED, const char *parameter) {
        uid_t gid;

        if (parse_uid(str_of(parameter), &gid) >= 0)
                return is_member(gid);
        const struct group *entry = getgrnam(parameter);
        return entry && is_member(entry->gr_gid);
}

/* In the bounding set, as the manual says. */
static int check_capability(const HostConditionContext *context UNUSED, const char *parameter) {
        int number = capability_parse(str_of(parameter));
        AUTO_FREE char *status = NULL;
        size_t length;
        uint64_t set;

        if (number < 0)
                return err_new(-EINVAL);
        int r = file_read("/proc/self/status", 65536, &status, &length, NULL);
        if (r < 0)
                return err_pass(r);
        const char *line = strstr(status, "\nCapBnd:");
        if (!line)
                return err_new(-ENODATA);
        Str text = str_trim_front(str_of(line + strlen("\nCapBnd:")));
        text.length = MIN(text.length, 16U);
        r = parse_u64(text, 16, &set);
        return r < 0 ? err_pass(r) : (set >> number & 1) != 0;
}

static int check_ac_power(const HostConditionContext *context UNUSED, const char *parameter) {
        bool wanted;

        if (parse_boolean(str_of(parameter), &wanted) < 0)
                return err_new(-EINVAL);
        return machine_has_ac_power() == wanted;
}

static int check_virtualization(const HostConditionContext *context, const char *parameter) {
        return machine_is_virtualized(context->virtualization, parameter);
}

#define MACHINE_CHECK(name, function)                                                              \
        static int name(const HostConditionContext *context UNUSED, const char *parameter) {       \
                return function(parameter);                                                        \
        }

MACHINE_CHECK(check_path_exists, condition_path_exists)
MACHINE_CHECK(check_path_glob, condition_path_glob)
MACHINE_CHECK(check_path_directory, condition_path_is_directory)
MACHINE_CHECK(check_path_link, condition_path_is_link)
MACHINE_CHECK(check_path_mount_point, condition_path_is_mount_point)
MACHINE_CHECK(check_path_writable, condition_path_is_writable)
MACHINE_CHECK(check_path_encrypted, condition_path_is_encrypted)
MACHINE_CHECK(check_directory_not_empty, condition_directory_not_empty)
MACHINE_CHECK(check_file_not_empty, condition_file_not_empty)
MACHINE_CHECK(check_file_executable, condition_file_is_executable)
MACHINE_CHECK(check_needs_update, condition_needs_update)
MACHINE_CHECK(check_first_boot, condition_first_boot)
MACHINE_CHECK(check_credential, condition_credential)
MACHINE_CHECK(check_architecture, machine_has_architecture)
MACHINE_CHECK(check_firmware, machine_has_firmware)
MACHINE_CHECK(check_security, machine_has_security)
MACHINE_CHECK(check_cpu_feature, machine_has_cpu_feature)
MACHINE_CHECK(check_controller, machine_has_controllers)
MACHINE_CHECK(check_os_release, machine_has_os_release)
MACHINE_CHECK(check_memory_pressure, machine_memory_is_calm)
MACHINE_CHECK(check_cpu_pressure, machine_cpu_is_calm)
MACHINE_CHECK(check_io_pressure, machine_io_is_calm)

static CheckFunction *const checks[CONDITION_TYPE_COUNT] = {
        [CONDITION_PATH_EXISTS] = check_path_exists,
        [CONDITION_PATH_EXISTS_GLOB] = check_path_glob,
        [CONDITION_PATH_IS_DIRECTORY] = check_path_directory,
        [CONDITION_PATH_IS_SYMBOLIC_LINK] = check_path_link,
        [CONDITION_PATH_IS_MOUNT_POINT] = check_path_mount_point,
        [CONDITION_PATH_IS_READ_WRITE] = check_path_writable,
        [CONDITION_PATH_IS_ENCRYPTED] = check_path_encrypted,
        [CONDITION_DIRECTORY_NOT_EMPTY] = check_directory_not_empty,
        [CONDITION_FILE_NOT_EMPTY] = check_file_not_empty,
        [CONDITION_FILE_IS_EXECUTABLE] = check_file_executable,
        [CONDITION_NEEDS_UPDATE] = check_needs_update,
        [CONDITION_FIRST_BOOT] = check_first_boot,
        [CONDITION_ARCHITECTURE] = check_architecture,
        [CONDITION_FIRMWARE] = check_firmware,
        [CONDITION_VIRTUALIZATION] = check_virtualization,
        [CONDITION_HOST] = check_host,
        [CONDITION_KERNEL_COMMAND_LINE] = check_kernel_command_line,
        [CONDITION_KERNEL_VERSION] = check_kernel_version,
        [CONDITION_CREDENTIAL] = check_credential,
        [CONDITION_SECURITY] = check_security,
        [CONDITION_CAPABILITY] = check_capability,
        [CONDITION_AC_POWER] = check_ac_power,
        [CONDITION_MEMORY] = check_memory,
        [CONDITION_CPU_FEATURE] = check_cpu_feature,
        [CONDITION_CPUS] = check_cpus,
        [CONDITION_ENVIRONMENT] = check_environment,
        [CONDITION_USER] = check_user,
        [CONDITION_GROUP] = check_group,
        [CONDITION_CONTROL_GROUP_CONTROLLER] = check_controller,
        [CONDITION_OS_RELEASE] = check_os_release,
        [CONDITION_MEMORY_PRESSURE] = check_memory_pressure,
        [CONDITION_CPU_PRESSURE] = check_cpu_pressure,
        [CONDITION_IO_PRESSURE] = check_io_pressure,
};

int host_condition_check(const HostConditionContext *context, const Condition *condition) {
        int r = checks[condition->type](context, condition->parameter);
        return r < 0 ? err_pass(r) : (r > 0) != condition->negate;
}

int host_condition_check_list(const HostConditionContext *context, const ConditionList *list) {
        bool any_trigger = false, triggered = false;
        int failed_trigger = 0;

        for (unsigned i = 0; list && i < list->n_conditions; i++) {
                const Condition *condition = &list->conditions[i];
                bool holds = host_condition_check(context, condition) > 0;
                if (!condition->trigger && !holds)
                        return 2 + (int)i;
                if (condition->trigger && !any_trigger)
                        failed_trigger = (int)i;
                any_trigger |= condition->trigger;
                triggered |= condition->trigger && holds;
        }
        return any_trigger && !triggered ? 2 + failed_trigger : 1;
}
