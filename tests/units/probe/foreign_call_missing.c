/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <errno.h>

int foreign_call(void) {
        return ENOSYS;
}

int old_sysctl_call(void) {
        return EPERM;
}
