/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* install-names: tend under the names of systemd's programs. */

#include "tend/tend.h"

/* Makes a link to this program in the directory for each name that it answers to; what is there and
 * is no such link stays, and is told. */
CommandFunction cmd_install_names;
