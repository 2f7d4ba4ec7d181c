/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze/security_policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/json_read.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "tend/program.h"

#define POLICY_SIZE_MAX (1024U * 1024)

/* Where in a text a byte is, as editors count. */
static void find_line(const char *text, size_t offset, unsigned *ret_line, unsigned *ret_column) {
        *ret_line = 1;
        *ret_column = 1;
        for (size_t i = 0; i < offset; i++) {
                *ret_column = text[i] == '\n' ? 1 : *ret_column + 1;
                *ret_line += text[i] == '\n';
        }
}

int security_policy_read(const char *path, SecurityPolicy *ret) {
        AUTO(security_policy_done) SecurityPolicy policy = { 0 };
        AUTO_FREE char *absolute = realpath(path, NULL);
        unsigned line = 0, column = 0;
        size_t offset = 0;

        int r = file_read(path, POLICY_SIZE_MAX, &policy.text, &policy.length, NULL);
        if (r >= 0) {
                r = json_check((Str){ policy.text, policy.length }, &offset);
                find_line(policy.text, offset, &line, &column);
        }
        if (r < 0) {
                (void)program_fail("Failed to parse '%s' at %u:%u: %s",
                                   absolute ? absolute : path,
                                   line,
                                   column,
                                   strerror(-r));
                return err_pass(r);
        }
        *ret = policy;
        policy = (SecurityPolicy){ 0 };
        return 0;
}

/* A whole number that is not negative, and fits. */
static bool find_number(Str rules, const char *name, unsigned *number) {
        Str value;
        uint32_t found;

        if (!json_find_member(rules, name, &value) || json_type(value) != JSON_NUMBER ||
            parse_u32(value, &found) < 0)
                return false;
        *number = found;
        return true;
}

static int replace_words(Str rules, SecurityRow *row) {
        const char *name = row->badness > 0 ? "description_bad" : "description_good";
        char *words;
        Str value;

        if (!json_find_member(rules, name, &value) || json_type(value) != JSON_STRING)
                return 0;
        int r = json_read_string(value, &words);
        if (r < 0)
                return err_pass(r);
        free(row->description);
        row->description = words;
        return 0;
}

static int apply_rules(Str rules, SecurityRow *row) {
        unsigned range;

        (void)find_number(rules, "weight", &row->weight); /* else it stays */
        if (row->weight == 0) {
                free(row->description);
                row->description = strdup("Option excluded by policy, skipping");
                row->not_applicable = true;
                return row->description ? 0 : err_new(-ENOMEM);
        }
        if (find_number(rules, "range", &range) && range > 0) {
                row->badness = MIN(row->badness, range);
                row->range = range;
        }
        return row->is_flag && !row->not_applicable ? err_pass(replace_words(rules, row)) : 0;
}

int security_policy_apply(const SecurityPolicy *policy, SecurityScore *score) {
        Str rules, text = { policy->text, policy->length };

        if (!policy->text)
                return 0;
        for (unsigned i = 0; i < score->n_rows; i++) {
                SecurityRow *row = &score->rows[i];
                if (!json_find_member(text, row->field, &rules))
                        continue;
                int r = apply_rules(rules, row);
                if (r < 0)
                        return err_pass(r);
        }
        security_score_sum(score);
        return 0;
}

void security_policy_done(SecurityPolicy *policy) {
        free(policy->text);
        *policy = (SecurityPolicy){ 0 };
}
