/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/service_phase.h"

void service_save(const Unit *unit, StrBuf *out) {
        (void)unit;
        (void)out;
}

int service_restore(Unit *unit, Str key, Str value) {
        (void)unit;
        (void)key;
        (void)value;
        return 1;
}

void service_restored(Unit *unit) {
        (void)unit;
}
