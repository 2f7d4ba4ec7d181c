/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/style.h"

#include "base/macros.h"

static const char *const sequences[] = {
        [STYLE_PLAIN] = "",        [STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[31;1m",
        [STYLE_BUSY] = "\033[33m", [STYLE_FAINT] = "\033[2m", [STYLE_STRONG] = "\033[1m",
};

static_assert(ARRAY_LENGTH(sequences) == STYLE_COUNT, "a sequence per style");

/* clang-format off */
static const struct { const char *active_state; Style style; const char *mark; } state_rows[] = {
        { "active", STYLE_GOOD, "\u25cf" },
        { "reloading", STYLE_GOOD, "\u21bb" },
        { "activating", STYLE_BUSY, "\u25cf" },
        { "deactivating", STYLE_BUSY, "\u25cf" },
        { "maintenance", STYLE_BUSY, "\u25cb" },
        { "failed", STYLE_BAD, "\u00d7" },
        { "inactive", STYLE_FAINT, "\u25cb" },
};
/* clang-format on */

const char *style_begin(unsigned flags, Style style) {
        return flags & TEND_COLOUR ? sequences[style] : "";
}

const char *style_end(unsigned flags, Style style) {
        return flags & TEND_COLOUR && style != STYLE_PLAIN ? "\033[0m" : "";
}

void style_addf(StrBuf *out, unsigned flags, Style style, const char *format, ...) {
        va_list args;

        strbuf_add(out, style_begin(flags, style));
        va_start(args, format);
        strbuf_addf_va(out, format, args);
        va_end(args);
        strbuf_add(out, style_end(flags, style));
}

Style style_of_state(const char *active_state) {
        for (size_t i = 0; active_state && i < ARRAY_LENGTH(state_rows); i++)
                if (streq(state_rows[i].active_state, active_state))
                        return state_rows[i].style;
        return STYLE_PLAIN;
}

const char *style_mark(const char *active_state) {
        for (size_t i = 0; active_state && i < ARRAY_LENGTH(state_rows); i++)
                if (streq(state_rows[i].active_state, active_state))
                        return state_rows[i].mark;
        return "\u25cb";
}
