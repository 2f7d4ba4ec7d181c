/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A specification from text, and findings as one text. */

#include <stdio.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "unit/unit_load.h"
#include "unit_test.h"

static inline UnitSpec *spec_of(const char *name, const char *text) {
        static const SpecifierMachine machine = { .scope = UNIT_SCOPE_SYSTEM };
        const SpecifierContext specifiers = { .machine = &machine, .unit_name = name };
        UnitSpec *spec = NULL;

        assert_int_equal(unit_spec_new(name, &spec), 0);
        assert_true(unit_load_text(spec, str_of(text), name, &specifiers) >= 0);
        return spec;
}

static inline void assert_findings(const Diag *diag, const char *expected) {
        AUTO(strbuf_done) StrBuf got = STRBUF_INIT;

        for (unsigned i = 0; i < diag->n_findings; i++) {
                AUTO_FREE char *text = diag_format(&diag->findings[i]);
                strbuf_addf(&got, "%s\n", text);
        }
        assert_string_equal(strbuf_text(&got), expected);
}
