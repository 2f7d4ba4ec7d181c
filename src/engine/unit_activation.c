/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_activation.h"

#include <stdarg.h>

#include "base/auto.h"
#include "base/strbuf.h"
#include "base/strv.h"

void unit_activation_begin(Unit *triggered, const Unit *by) {
        unit_activation_clear(triggered);
        unit_activation_add(triggered, "TRIGGER_UNIT=%s", by->id);
}

void unit_activation_add(Unit *triggered, const char *format, ...) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        va_list args;
        va_start(args, format);
        strbuf_addf_va(&text, format, args);
        va_end(args);
        if (strbuf_result(&text) >= 0)
                (void)strv_add(&triggered->activation,
                               strbuf_text(&text)); /* without memory it is missing */
}

void unit_activation_clear(Unit *unit) {
        unit->activation = strv_free(unit->activation);
}
