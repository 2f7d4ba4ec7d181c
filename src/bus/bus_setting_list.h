/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Lists and tuples on the bus as lines of unit files: one line for each member, and one that is
 * empty for an empty list. */

#include "bus/bus_setting_form.h"

/* as: one word a line, quoted where needed. */
SettingFormFunction setting_read_words;

/* as: all words on one line. */
SettingFormFunction setting_read_words_together;

/* (bas): "~" in front when the list says what is forbidden. */
SettingFormFunction setting_read_signed_words;

/* a(sb): "-" in front of what may be missing. */
SettingFormFunction setting_read_optional_paths;

/* a(ss): both parts with the row's separator between. */
SettingFormFunction setting_read_pairs;

/* a(ss): the first part is the setting. */
SettingFormFunction setting_read_keyed_pairs;
SettingFormFunction setting_read_listeners;

/* a(st): the first part is the setting. */
SettingFormFunction setting_read_keyed_times;

/* a(st): a device and a number. */
SettingFormFunction setting_read_device_limits;

/* (bs): "-" in front of what may fail. */
SettingFormFunction setting_read_label;

/* a(ssbt): source, target, optional, flags of mount(2). */
SettingFormFunction setting_read_binds;

/* a(sst): a directory and a link to it. */
SettingFormFunction setting_read_links;

/* a(iayu): network prefixes. */
SettingFormFunction setting_read_addresses;

/* a(iiqq): family, protocol, number of ports, first port. */
SettingFormFunction setting_read_port_rules;

/* a(sbbs): name, trigger, negate, parameter. */
SettingFormFunction setting_read_conditions;

/* (aiai): exit codes and signals. */
SettingFormFunction setting_read_exit_set;

/* a(say): an id and bytes. */
SettingFormFunction setting_read_credentials;

/* aay: NAME=VALUE. */
SettingFormFunction setting_read_fields;
