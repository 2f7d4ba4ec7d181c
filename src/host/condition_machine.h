/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The conditions about the machine. Each says 1, 0 or -errno for the parameter of the condition. */

#include <stdbool.h>

/* ConditionArchitecture=: systemd's name of it, or "native". */
int machine_has_architecture(const char *name);
/* ConditionFirmware=: "uefi", "device-tree". */
int machine_has_firmware(const char *kind);
/* ConditionSecurity=: "apparmor", "selinux", ... */
int machine_has_security(const char *kind);
/* ConditionCPUFeature=: a flag of /proc/cpuinfo. */
int machine_has_cpu_feature(const char *flag);
/* ConditionControlGroupController=: all of these controllers, or "v1", "v2". */
int machine_has_controllers(const char *names);
/* ConditionOSRelease=: all "KEY=value" and "KEY>=value" words hold. */
int machine_has_os_release(const char *words);
/* ConditionMemoryPressure= and so on: the average is not above the level ("10%", "10%/1min"). */
int machine_memory_is_calm(const char *level);
int machine_cpu_is_calm(const char *level);
int machine_io_is_calm(const char *level);

/* Whether there is mains power, or no battery at all. */
bool machine_has_ac_power(void);

/* The technology by systemd's name ("none", "docker", "lxc", "container-other", "kvm", "qemu",
 * "vm-other", ...); static. */
const char *machine_virtualization(void);

/* ConditionVirtualization=: a boolean, "vm", "container", "private-users" or a technology. `known`
 * as above or NULL. */
int machine_is_virtualized(const char *known, const char *parameter);
