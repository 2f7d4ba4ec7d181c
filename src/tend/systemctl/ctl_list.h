/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* systemctl list-units and the lists of sockets, timers, automounts, jobs and machines. */

/* Each is a verb's function: the arguments behind the verb, the exit status. */
int ctl_list_units(void *userdata, char **arguments);
int ctl_list_sockets(void *userdata, char **arguments);
int ctl_list_timers(void *userdata, char **arguments);
int ctl_list_automounts(void *userdata, char **arguments);
int ctl_list_jobs(void *userdata, char **arguments);
int ctl_list_machines(void *userdata, char **arguments);
