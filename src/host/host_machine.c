/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host_machine.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "engine/engine.h"
#include "unit/word.h"

#define RELEASE_MAX (64 * 1024)

/* What uname(2) calls a machine and what systemd.unit(5) calls it. */
static const struct {
        const char *machine, *architecture;
} architectures[] = {
        { "x86_64", "x86-64" },    { "i686", "x86" },        { "i586", "x86" },
        { "i386", "x86" },         { "aarch64", "arm64" },   { "aarch64_be", "arm64-be" },
        { "armv7l", "arm" },       { "armv6l", "arm" },      { "armv8l", "arm" },
        { "ppc64le", "ppc64-le" }, { "ppcle", "ppc-le" },    { "loongarch64", "loongarch64" },
        { "mips64", "mips64" },    { "riscv64", "riscv64" }, { "riscv32", "riscv32" },
        { "s390x", "s390x" },      { "ppc64", "ppc64" },     { "ppc", "ppc" },
};

static const char *architecture_of(const char *machine) {
        for (size_t i = 0; i < ARRAY_LENGTH(architectures); i++)
                if (streq(machine, architectures[i].machine))
                        return architectures[i].architecture;
        return machine;
}

char *host_machine_release_value(Str text, const char *key) {
        Str line;

        while (str_next_part(&text, '\n', &line)) {
                AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
                line = str_trim(line);
                if (!str_skip_prefix(&line, key) || !str_skip_prefix(&line, "="))
                        continue;
                if (word_next(&line, NULL, WORD_UNQUOTE | WORD_RELAX, &word) > 0)
                        return strbuf_steal(&word);
                return str_dup(STR_EMPTY);
        }
        return NULL;
}

static char *or_empty(char *text) {
        return text ? text : str_dup(STR_EMPTY);
}

static void fill_release(SpecifierMachine *machine) {
        AUTO_FREE char *text = NULL;
        size_t length = 0;

        if (file_read("/etc/os-release", RELEASE_MAX, &text, &length, NULL) < 0 &&
            file_read("/usr/lib/os-release", RELEASE_MAX, &text, &length, NULL) < 0)
                length = 0;
        Str release = { text, length };
        machine->os_id = or_empty(host_machine_release_value(release, "ID"));
        machine->os_version_id = or_empty(host_machine_release_value(release, "VERSION_ID"));
        machine->os_build_id = or_empty(host_machine_release_value(release, "BUILD_ID"));
        machine->os_variant_id = or_empty(host_machine_release_value(release, "VARIANT_ID"));
        machine->os_image_id = or_empty(host_machine_release_value(release, "IMAGE_ID"));
        machine->os_image_version = or_empty(host_machine_release_value(release, "IMAGE_VERSION"));
}

static void fill_ids(SpecifierMachine *machine) {
        sd_id128_t id;
        char text[SD_ID128_STRING_MAX];

        if (sd_id128_get_machine(&id) == 0)
                machine->machine_id = str_dup(str_of(sd_id128_to_string(id, text)));
        if (sd_id128_get_boot(&id) == 0)
                machine->boot_id = str_dup(str_of(sd_id128_to_string(id, text)));
}

static void fill_names(SpecifierMachine *machine) {
        AUTO_FREE char *text = NULL;
        struct utsname names;
        size_t length = 0;

        if (uname(&names) == 0) {
                machine->architecture = str_dup(str_of(architecture_of(names.machine)));
                machine->kernel_release = str_dup(str_of(names.release));
                machine->host_name = str_dup(str_of(names.nodename));
        }
        if (file_read("/etc/machine-info", RELEASE_MAX, &text, &length, NULL) == 0)
                machine->pretty_host_name =
                        host_machine_release_value((Str){ text, length }, "PRETTY_HOSTNAME");
        if (!machine->pretty_host_name)
                machine->pretty_host_name = str_dup(str_of(machine->host_name));
}

static char *number_text(unsigned number) {
        StrBuf text = STRBUF_INIT;
        strbuf_addf(&text, "%u", number);
        return strbuf_steal(&text);
}

static void fill_user(SpecifierMachine *machine) {
        char buffer[4096];
        struct passwd user, *found = NULL;
        struct group group, *found_group = NULL;

        machine->user_id = number_text((unsigned)getuid());
        machine->group_id = number_text((unsigned)getgid());
        if (getpwuid_r(getuid(), &user, buffer, sizeof(buffer), &found) != 0)
                found = NULL;
        machine->user_name = str_dup(str_of(found ? user.pw_name : machine->user_id));
        const char *home = machine->scope == UNIT_SCOPE_USER ? getenv("HOME") : NULL;
        machine->home = str_dup(str_of(home ? home : found ? user.pw_dir : "/"));
        const char *shell = found && user.pw_shell[0] != '\0' ? user.pw_shell : "/bin/sh";
        machine->shell = str_dup(str_of(shell));
        if (getgrgid_r(getgid(), &group, buffer, sizeof(buffer), &found_group) != 0)
                found_group = NULL;
        machine->group_name = str_dup(str_of(found_group ? group.gr_name : machine->group_id));
}

/* $variable when it is an absolute path, else a directory below the home. */
static char *
user_directory(const SpecifierMachine *machine, const char *variable, const char *fallback) {
        const char *value = getenv(variable);
        if (value && path_is_absolute(str_of(value)))
                return str_dup(str_of(value));
        return path_join(machine->home ? machine->home : "/", fallback);
}

static void fill_system_roots(SpecifierMachine *machine) {
        machine->runtime_root = str_dup(STR_LITERAL("/run"));
        machine->state_root = str_dup(STR_LITERAL("/var/lib"));
        machine->cache_root = str_dup(STR_LITERAL("/var/cache"));
        machine->logs_root = str_dup(STR_LITERAL("/var/log"));
        machine->configuration_root = str_dup(STR_LITERAL("/etc"));
        machine->credentials_root = str_dup(STR_LITERAL("/run/credentials"));
}

/* As systemd 252 does: the state of users is in $XDG_CONFIG_HOME, logs below it. */
static void fill_user_roots(SpecifierMachine *machine) {
        const char *runtime = getenv("XDG_RUNTIME_DIR");
        if (runtime && path_is_absolute(str_of(runtime)))
                machine->runtime_root = str_dup(str_of(runtime));
        machine->configuration_root = user_directory(machine, "XDG_CONFIG_HOME", ".config");
        machine->state_root = str_dup(str_of(machine->configuration_root));
        machine->cache_root = user_directory(machine, "XDG_CACHE_HOME", ".cache");
        if (machine->configuration_root)
                machine->logs_root = path_join(machine->configuration_root, "log");
        if (machine->runtime_root)
                machine->credentials_root = path_join(machine->runtime_root, "credentials");
}

int host_machine_default_runtime(SpecifierMachine *machine, const char *directory) {
        if (machine->runtime_root)
                return 0;
        machine->runtime_root = str_dup(str_of(directory));
        machine->credentials_root = path_join(directory, "credentials");
        return machine->runtime_root && machine->credentials_root ? 0 : err_new(-ENOMEM);
}

static char *temporary(const char *fallback) {
        static const char *const variables[] = { "TMPDIR", "TEMP", "TMP" };
        for (size_t i = 0; i < ARRAY_LENGTH(variables); i++) {
                const char *value = getenv(variables[i]);
                if (value && path_is_absolute(str_of(value)))
                        return str_dup(str_of(value));
        }
        return str_dup(str_of(fallback));
}

int host_machine_fill(UnitScope scope, SpecifierMachine *ret) {
        AUTO(host_machine_done) SpecifierMachine machine = { .scope = scope };

        fill_release(&machine);
        fill_ids(&machine);
        fill_names(&machine);
        fill_user(&machine);
        if (scope == UNIT_SCOPE_SYSTEM)
                fill_system_roots(&machine);
        else
                fill_user_roots(&machine);
        machine.tmp_dir = temporary("/tmp");
        machine.var_tmp_dir = temporary("/var/tmp");
        if (!machine.user_name || !machine.home || !machine.tmp_dir || !machine.configuration_root)
                return err_new(-ENOMEM);
        *ret = machine;
        machine = (SpecifierMachine){ .scope = scope };
        return 0;
}

void host_machine_done(SpecifierMachine *machine) {
        char **const members[] = {
                &machine->architecture,
                &machine->boot_id,
                &machine->machine_id,
                &machine->host_name,
                &machine->pretty_host_name,
                &machine->kernel_release,
                &machine->os_image_id,
                &machine->os_image_version,
                &machine->os_build_id,
                &machine->os_id,
                &machine->os_version_id,
                &machine->os_variant_id,
                &machine->user_name,
                &machine->user_id,
                &machine->group_name,
                &machine->group_id,
                &machine->home,
                &machine->shell,
                &machine->runtime_root,
                &machine->state_root,
                &machine->cache_root,
                &machine->logs_root,
                &machine->configuration_root,
                &machine->tmp_dir,
                &machine->var_tmp_dir,
                &machine->credentials_root,
        };
        for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
                free(STEAL(*members[i]));
}

/* The place that sd-event(3) takes on this machine too, so that both wake it at once. */
static uint64_t place_in_minute(Id128 id) {
        uint64_t halves[2];
        memcpy(halves, id.bytes, sizeof(halves));
        return (halves[0] ^ halves[1]) % USEC_PER_MINUTE;
}

void host_machine_seed(const SpecifierMachine *machine, EngineConfig *config) {
        Id128 id;
        if (machine->boot_id && id128_parse(str_of(machine->boot_id), &id) >= 0)
                config->perturb_usec = place_in_minute(id);
        if (!machine->machine_id || id128_parse(str_of(machine->machine_id), &id) < 0)
                return;
        memcpy(config->machine_id, id.bytes, sizeof(config->machine_id));
        config->uid = machine->scope == UNIT_SCOPE_SYSTEM ? 0 : getuid();
}
