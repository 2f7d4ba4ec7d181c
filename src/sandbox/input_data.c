/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/input_data.h"

#include "base/error.h"
#include "unit/base64.h"

bool input_data_is_set(const UnitSpec *spec) {
        return unit_spec_rules(spec, DIRECTIVE_STANDARD_INPUT_DATA) != NULL;
}

int input_data_collect(const UnitSpec *spec, StrBuf *out) {
        const RuleList *list = unit_spec_rules(spec, DIRECTIVE_STANDARD_INPUT_DATA);

        for (unsigned i = 0; list && i < list->n_rules; i++) {
                int r = base64_decode(str_of(list->rules[i].options), out);

                if (r < 0)
                        return err_pass(r);
        }
        return err_pass(strbuf_result(out));
}
