/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* logs: what units wrote, and on request what they go on to write. */

#include "tend/tend.h"

CommandFunction cmd_logs;
