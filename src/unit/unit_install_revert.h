/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Back to what the vendor ships: drop-ins, replaced files and masks go. */

#include "unit/unit_install.h"
#include "unit/unit_install_info.h"

/* Plans it for the units of the request. */
int install_revert(InstallWork *work, const UnitInstallRequest *request);
