/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The tree of what a unit needs, or with --reverse of what needs it. */

#include "tend/tend.h"

CommandFunction cmd_list_dependencies;
