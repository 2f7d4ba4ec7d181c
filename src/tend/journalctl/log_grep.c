/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/journalctl/log_grep.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <errno.h>
#include <pcre2.h>
#include <stdio.h>

#include "base/error.h"

struct LogGrep {
        pcre2_code *code;        /* owned */
        pcre2_match_data *match; /* owned */
};

static bool has_upper_case(const char *text) {
        for (; *text; text++)
                if (*text >= 'A' && *text <= 'Z')
                        return true;
        return false;
}

int log_grep_new(const char *pattern, LogGrepCase letter_case, LogGrep **ret) {
        AUTO(log_grep_free) LogGrep *grep = calloc(1, sizeof(*grep));
        bool sensitive = letter_case == LOG_GREP_CASE_AUTO ? has_upper_case(pattern)
                                                           : letter_case == LOG_GREP_CASE_SENSITIVE;
        PCRE2_UCHAR message[256];
        int error = 0;
        size_t at = 0;

        if (!grep)
                return err_new(-ENOMEM);
        grep->code = pcre2_compile((PCRE2_SPTR)pattern,
                                   PCRE2_ZERO_TERMINATED,
                                   sensitive ? 0 : PCRE2_CASELESS,
                                   &error,
                                   &at,
                                   NULL);
        if (!grep->code) {
                (void)pcre2_get_error_message(error, message, sizeof(message));
                (void)fprintf(stderr, "Bad pattern \"%s\": %s\n", pattern, (const char *)message);
                return err_new(-EINVAL);
        }
        (void)pcre2_jit_compile(grep->code, PCRE2_JIT_COMPLETE); /* slower without */
        grep->match = pcre2_match_data_create(1, NULL);
        if (!grep->match)
                return err_new(-ENOMEM);
        *ret = STEAL(grep);
        return 0;
}

bool log_grep_matches(LogGrep *grep, Str text) {
        /* 0: there are more groups than we have room for. */
        return pcre2_match(
                       grep->code, (PCRE2_SPTR)text.data, text.length, 0, 0, grep->match, NULL) >=
               0;
}

bool log_grep_find(LogGrep *grep, Str text, size_t *ret_begin, size_t *ret_end) {
        if (!log_grep_matches(grep, text))
                return false;
        const PCRE2_SIZE *places = pcre2_get_ovector_pointer(grep->match);
        *ret_begin = places[0];
        *ret_end = places[1];
        return true;
}

LogGrep *log_grep_free(LogGrep *grep) {
        if (!grep)
                return NULL;
        pcre2_match_data_free(grep->match);
        pcre2_code_free(grep->code);
        free(grep);
        return NULL;
}
