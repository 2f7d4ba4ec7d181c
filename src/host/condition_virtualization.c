/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "host/condition_machine.h"

typedef struct Technology {
        const char *mark; /* what identifies it */
        const char *name; /* systemd's word */
} Technology;

/* Values of the variable "container" that PID 1 gets, as systemd names them. */
static const Technology containers[] = {
        { "docker", "docker" },
        { "podman", "podman" },
        { "oci", "container-other" },
        { "lxc", "lxc" },
        { "lxc-libvirt", "lxc-libvirt" },
        { "systemd-nspawn", "systemd-nspawn" },
        { "rkt", "rkt" },
        { "wsl", "wsl" },
        { "proot", "proot" },
        { "pouch", "pouch" },
};

/* Beginnings of what the firmware calls the machine. */
static const Technology firmwares[] = {
        { "KVM", "kvm" },
        { "OpenStack", "kvm" },
        { "KubeVirt", "kvm" },
        { "Amazon EC2", "amazon" },
        { "QEMU", "qemu" },
        { "VMware", "vmware" },
        { "VMW", "vmware" },
        { "innotek GmbH", "oracle" },
        { "VirtualBox", "oracle" },
        { "Oracle Corporation", "oracle" },
        { "Xen", "xen" },
        { "Bochs", "bochs" },
        { "Parallels", "parallels" },
        { "BHYVE", "bhyve" },
        { "Hyper-V", "microsoft" },
        { "Apple Virtualization", "apple" },
        { "Google Compute Engine", "google" },
};

static const char *container_by_variable(const char *value) {
        for (size_t i = 0; i < ARRAY_LENGTH(containers); i++)
                if (streq(containers[i].mark, value))
                        return containers[i].name;
        return "container-other";
}

/* The variable "container" in the environment of PID 1, which only root may read. */
static const char *container_by_init(void) {
        AUTO_FREE char *environment = NULL;
        size_t length = 0;

        if (file_read("/proc/1/environ", 1024 * 1024, &environment, &length, NULL) < 0)
                return NULL;
        for (size_t i = 0; i < length; i += strlen(environment + i) + 1) {
                Str variable = str_of(environment + i);
                if (str_skip_prefix(&variable, "container=") && variable.length > 0)
                        return container_by_variable(variable.data);
        }
        return NULL;
}

static const char *detect_container(void) {
        AUTO_FREE char *value = NULL;
        const char *name;

        if (getpid() == 1 && getenv("container") && getenv("container")[0])
                return container_by_variable(getenv("container"));
        if (file_read_line("/run/systemd/container", &value) >= 0 && value[0])
                return container_by_variable(value);
        name = container_by_init();
        if (name)
                return name;
        if (access("/run/.containerenv", F_OK) == 0)
                return "podman";
        return access("/.dockerenv", F_OK) == 0 ? "docker" : NULL;
}

static const char *detect_vm(void) {
        static const char *const files[] = {
                "product_name", "sys_vendor", "board_vendor", "bios_vendor", "product_version"
        };

        for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
                AUTO_FREE char *text = NULL;
                char path[64];
                (void)snprintf(path, sizeof(path), "/sys/class/dmi/id/%s", files[i]);
                if (file_read_line(path, &text) < 0)
                        continue;
                for (size_t k = 0; k < ARRAY_LENGTH(firmwares); k++)
                        if (str_has_prefix(str_of(text), firmwares[k].mark))
                                return firmwares[k].name;
        }
        if (access("/proc/xen", F_OK) == 0)
                return "xen";
        if (machine_has_cpu_feature("hypervisor") == 1)
                return access("/dev/kvm", F_OK) == 0 ? "kvm" : "vm-other";
        return NULL;
}

const char *machine_virtualization(void) {
        const char *name = detect_container();
        if (!name)
                name = detect_vm();
        return name ? name : "none";
}

static bool is_container(const char *technology) {
        for (size_t i = 0; i < ARRAY_LENGTH(containers); i++)
                if (streq(containers[i].name, technology))
                        return true;
        return streq(technology, "container-other");
}

/* Whether we are in a user namespace other than the first one (user_namespaces(7)). */
static bool has_private_users(void) {
        AUTO_FREE char *map = NULL;
        unsigned long inside, outside, length;

        return file_read_line("/proc/self/uid_map", &map) >= 0 &&
               (sscanf(map, "%lu %lu %lu", &inside, &outside, &length) != 3 || inside != 0 ||
                outside != 0 || length != 4294967295UL);
}

int machine_is_virtualized(const char *known, const char *parameter) {
        const char *technology = known ? known : machine_virtualization();
        bool is_none = streq(technology, "none");
        bool wanted;

        if (streq(parameter, "private-users"))
                return has_private_users();
        if (parse_boolean(str_of(parameter), &wanted) >= 0)
                return wanted != is_none;
        if (streq(parameter, "container"))
                return is_container(technology);
        if (streq(parameter, "vm"))
                return !is_none && !is_container(technology);
        return streq(parameter, technology);
}
