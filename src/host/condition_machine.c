/* SPDX-License-Identifier: Apache-2.0 */
#include "host/condition_machine.h"

#include <dirent.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "host/version_compare.h"
#include "unit/environment_file.h"

#define SMALL_FILE_MAX (1024 * 1024)

/* clang-format off */
static const struct { const char *kernel, *name; } architectures[] = {
        { "x86_64", "x86-64" },   { "i686", "x86" },        { "i586", "x86" },       { "i486", "x86" },      { "i386", "x86" },
        { "aarch64", "arm64" },   { "aarch64_be", "arm64-be" }, { "armv6l", "arm" }, { "armv7l", "arm" },    { "armv8l", "arm" },
        { "ppc64", "ppc64" },     { "ppc64le", "ppc64-le" }, { "ppc", "ppc" },       { "s390x", "s390x" },   { "s390", "s390" },
        { "riscv64", "riscv64" }, { "riscv32", "riscv32" },  { "mips64", "mips64" }, { "mips", "mips" },     { "loongarch64", "loongarch64" },
        { "alpha", "alpha" },     { "ia64", "ia64" },        { "m68k", "m68k" },     { "parisc64", "parisc64" }, { "sparc64", "sparc64" },
};
/* clang-format on */

int machine_has_architecture(const char *name) {
        struct utsname names;

        if (uname(&names) < 0)
                return err_new(-errno);
        if (streq(name, "native"))
                return 1;
        for (size_t i = 0; i < ARRAY_LENGTH(architectures); i++)
                if (streq(architectures[i].kernel, names.machine) &&
                    streq(architectures[i].name, name))
                        return 1;
        return 0;
}

int machine_has_firmware(const char *kind) {
        if (streq(kind, "uefi"))
                return access("/sys/firmware/efi", F_OK) == 0;
        if (streq(kind, "device-tree"))
                return access("/sys/firmware/devicetree/", F_OK) == 0;
        return 0;
}

/* A file that exists, or a word of the list of loaded security modules. */
static bool has_security_module(const char *name) {
        AUTO_FREE char *list = NULL;
        Str rest;
        Str word;

        if (file_read_line("/sys/kernel/security/lsm", &list) < 0)
                return false;
        rest = str_of(list);
        while (str_next_part(&rest, ',', &word))
                if (str_equal_c(word, name))
                        return true;
        return false;
}

static bool has_audit(void) {
        AUTO_FD int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

        return fd >= 0;
}

int machine_has_security(const char *kind) {
        static const struct {
                const char *kind, *path;
        } rows[] = {
                { "selinux", "/sys/fs/selinux/enforce" },
                { "smack", "/sys/fs/smackfs" },
                { "ima", "/sys/kernel/security/ima/" },
                { "tomoyo", "/sys/kernel/security/tomoyo/version" },
                { "tpm2", "/dev/tpmrm0" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                if (streq(rows[i].kind, kind))
                        return access(rows[i].path, F_OK) == 0;
        if (streq(kind, "apparmor")) {
                AUTO_FREE char *enabled = NULL;
                return file_read_line("/sys/module/apparmor/parameters/enabled", &enabled) >= 0 &&
                       enabled[0] == 'Y';
        }
        if (streq(kind, "audit"))
                return has_audit();
        return has_security_module(kind);
}

int machine_has_cpu_feature(const char *flag) {
        AUTO_FREE char *text = NULL;
        size_t length;
        int r = file_read("/proc/cpuinfo", SMALL_FILE_MAX, &text, &length, NULL);
        const char *line = r < 0 ? NULL : strstr(text, "\nflags");

        if (!line)
                return r < 0 ? err_pass(r) : 0;
        Str rest = { line + 1, strcspn(line + 1, "\n") };
        Str word;
        while (str_next_word(&rest, &word))
                if (str_equal_nocase(word, str_of(flag)))
                        return 1;
        return 0;
}

/* Others are passed over, as systemd does. */
static bool is_controller(Str name) {
        static const char *const known[] = { "cpu",          "cpuacct",    "cpuset",  "io",
                                             "blkio",        "memory",     "devices", "pids",
                                             "bpf-firewall", "bpf-devices" };

        for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
                if (str_equal_c(name, known[i]))
                        return true;
        return false;
}

/* The controllers of version 2, and those of version 1 whose hierarchy is mounted and ours to use.
 */
static bool has_controller(Str name) {
        AUTO_FREE char *line = NULL;
        Str word;

        if (file_read_line("/sys/fs/cgroup/cgroup.controllers", &line) >= 0 ||
            file_read_line("/sys/fs/cgroup/unified/cgroup.controllers", &line) >= 0)
                for (Str rest = str_of(line); str_next_word(&rest, &word);)
                        if (str_equal(word, name))
                                return true;
        char path[128];
        (void)snprintf(path, /* too long: not found */
                       sizeof(path),
                       "/sys/fs/cgroup/%.*s/cgroup.procs",
                       STR_ARG(name));
        return !str_equal_c(name, "unified") && access(path, W_OK) == 0;
}

int machine_has_controllers(const char *names) {
        bool is_v2 = access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;
        Str rest = str_of(names);
        Str word;

        if (streq(names, "v2"))
                return is_v2;
        if (streq(names, "v1"))
                return !is_v2;
        while (str_next_word(&rest, &word))
                if (is_controller(word) && !has_controller(word))
                        return 0;
        return 1;
}

/* One "KEY=value" against the file; operators other than "=" and "!=" compare versions. */
static int os_release_holds(char *const *release, Str word) {
        size_t n = 0;

        while (n < word.length && !strchr("<>=!", word.data[n]))
                n++;
        Str key = { word.data, n };
        Str rest = { word.data + n, word.length - n };
        CompareOperator operator= compare_operator_skip(&rest);
        if (operator== COMPARE_NONE || n == 0)
                return err_new(-EINVAL);
        AUTO_FREE char *wanted = str_dup(rest);
        if (!wanted)
                return err_new(-ENOMEM);
        const char *actual = "";
        STRV_FOREACH(line, release)
        if (strncmp(*line, key.data, n) == 0 && (*line)[n] == '=')
                actual = *line + n + 1;
        if (operator== COMPARE_EQUAL || operator== COMPARE_NOT_EQUAL)
                return streq(actual, wanted) == (operator== COMPARE_EQUAL);
        return compare_operator_holds(operator, version_compare(actual, wanted));
}

int machine_has_os_release(const char *words) {
        AUTO_FREE char *text = NULL;
        AUTO_STRV char **release = NULL;
        unsigned n_ignored;
        size_t length;

        int r = file_read("/etc/os-release", SMALL_FILE_MAX, &text, &length, NULL);
        if (r == -ENOENT)
                r = file_read("/usr/lib/os-release", SMALL_FILE_MAX, &text, &length, NULL);
        if (r >= 0)
                r = environment_file_parse((Str){ text, length }, &release, &n_ignored);
        Str rest = str_of(words);
        Str word;
        while (r >= 0 && str_next_word(&rest, &word)) {
                r = os_release_holds(release, word);
                if (r == 0)
                        return 0;
        }
        return r < 0 ? err_pass(r) : 1;
}

/* "some avg10=1.23 ..." of a pressure file: the average in hundredths of a percent. */
static int read_pressure(const char *file, const char *field, bool full, uint32_t *ret) {
        AUTO_FREE char *text = NULL;
        size_t length;
        int r = file_read(file, 4096, &text, &length, NULL);
        if (r < 0)
                return err_pass(r);
        const char *line = strstr(text, full ? "full " : "some ");
        const char *at = line ? strstr(line, field) : NULL;
        if (!at)
                return err_new(-ENODATA);
        at += strlen(field);
        AUTO_FREE char *number = str_dup((Str){ at, strcspn(at, " \n") });
        if (!number)
                return err_new(-ENOMEM);
        *ret = (uint32_t)(strtod(number, NULL) * 100);
        return 0;
}

static int is_calm(const char *file, const char *level, bool full) {
        Str rest = str_of(level);
        Str limit_text;
        uint32_t limit, actual;
        uint64_t span_usec = 5 * USEC_PER_MINUTE;

        if (!str_next_part(&rest, '/', &limit_text) ||
            parse_permyriad(str_trim(limit_text), 100, &limit) < 0)
                return err_new(-EINVAL);
        if (rest.data && rest.length > 0 &&
            duration_parse(str_trim(rest), USEC_PER_SEC, &span_usec) < 0)
                return err_new(-EINVAL);
        const char *field = span_usec <= 10 * USEC_PER_SEC ? "avg10="
                            : span_usec <= USEC_PER_MINUTE ? "avg60="
                                                           : "avg300=";
        int r = read_pressure(file, field, full, &actual);
        if (r == -ENOENT || r == -EOPNOTSUPP)
                return 1; /* nothing is measured: no pressure is known of */
        return r < 0 ? err_pass(r) : actual <= limit;
}

int machine_memory_is_calm(const char *level) {
        return is_calm("/proc/pressure/memory", level, true);
}

int machine_cpu_is_calm(const char *level) {
        return is_calm("/proc/pressure/cpu", level, false);
}

int machine_io_is_calm(const char *level) {
        return is_calm("/proc/pressure/io", level, true);
}

static bool supply_says(const char *name, const char *attribute, const char *wanted) {
        AUTO_FREE char *value = NULL;
        char path[512];

        (void)snprintf(path, sizeof(path), "/sys/class/power_supply/%s/%s", name, attribute);
        return file_read_line(path, &value) >= 0 && streq(value, wanted);
}

bool machine_has_ac_power(void) {
        AUTO_DIR DIR *supplies = opendir("/sys/class/power_supply");
        bool discharging = false;
        const struct dirent *entry;

        while (supplies && (entry = readdir(supplies))) {
                if (supply_says(entry->d_name, "type", "Mains") &&
                    supply_says(entry->d_name, "online", "1"))
                        return true;
                discharging |= supply_says(entry->d_name, "type", "Battery") &&
                               supply_says(entry->d_name, "status", "Discharging");
        }
        return !discharging;
}
