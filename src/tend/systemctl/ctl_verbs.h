/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The functions of systemctl's verbs that are not lists (ctl_list.h). Each takes the arguments
 * behind the verb and returns the exit status. */

#include <stdbool.h>

/* start, stop, restart and their like. */
int ctl_start(void *userdata, char **arguments);

/* Targets with a verb of their own: default, rescue, emergency, halt, poweroff, reboot, kexec ...
 */
int ctl_special(void *userdata, char **arguments);
int ctl_switch_root(void *userdata, char **arguments);
int ctl_exit(void *userdata, char **arguments);

/* What one or all units are like. */
int ctl_status(void *userdata, char **arguments);
int ctl_show(void *userdata, char **arguments);
int ctl_cat(void *userdata, char **arguments);
int ctl_help(void *userdata, char **arguments);
int ctl_is_active(void *userdata, char **arguments);
int ctl_is_failed(void *userdata, char **arguments);
int ctl_list_dependencies(void *userdata, char **arguments);

/* What is done to units. */
int ctl_kill(void *userdata, char **arguments);
int ctl_reset_failed(void *userdata, char **arguments);
int ctl_clean(void *userdata, char **arguments);
int ctl_freeze(void *userdata, char **arguments);
int ctl_set_property(void *userdata, char **arguments);
int ctl_bind(void *userdata, char **arguments);
int ctl_mount_image(void *userdata, char **arguments);
int ctl_service_log_level(void *userdata, char **arguments);
int ctl_service_log_target(void *userdata, char **arguments);

/* Unit files: enable, disable, mask, is-enabled, list-unit-files and their like. */
int ctl_files(void *userdata, char **arguments);

/* Whether the verb is one of ctl_files that take --root=. */
bool ctl_files_has_verb(const char *verb);

/* The manager. */
int ctl_cancel(void *userdata, char **arguments);
int ctl_daemon_reload(void *userdata, char **arguments);
int ctl_show_environment(void *userdata, char **arguments);
int ctl_set_environment(void *userdata, char **arguments);
int ctl_import_environment(void *userdata, char **arguments);
int ctl_log_level(void *userdata, char **arguments);
int ctl_log_target(void *userdata, char **arguments);
int ctl_service_watchdogs(void *userdata, char **arguments);
int ctl_is_system_running(void *userdata, char **arguments);
