/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What systemctl prints for --help, -t help, --state=help and their like. */

/* The verbs and options in short. */
void systemctl_help(void);

/* Names of unit types; of all states; of what can be cleaned; of signals. One a line. */
void systemctl_help_types(void);
void systemctl_help_states(void);
void systemctl_help_what(void);
void systemctl_help_preset_modes(void);
void systemctl_help_signals(void);

/* Signals as a table of number and name. */
void systemctl_list_signals(void);
