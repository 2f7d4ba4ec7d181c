/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Commands that change which unit files are used: links in the directories of unit files. Lines and
 * exit statuses are systemctl's. */

#include "tend/tend.h"

CommandFunction cmd_enable, cmd_disable, cmd_reenable, cmd_preset, cmd_preset_all;
CommandFunction cmd_mask, cmd_unmask, cmd_link, cmd_revert, cmd_add_wants, cmd_add_requires;
CommandFunction cmd_set_default;
