/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* report: what became of each setting of a unit. */

#include "tend/tend.h"

CommandFunction cmd_report;
