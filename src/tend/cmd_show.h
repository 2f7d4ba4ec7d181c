/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* show: properties for machines. */

#include "tend/tend.h"

CommandFunction cmd_show;
