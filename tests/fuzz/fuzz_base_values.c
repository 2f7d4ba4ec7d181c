/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/auto.h"
#include "base/duration.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/random_id.h"
#include "base/strv.h"
#include "base/utf8.h"
#include "fuzz_input.h"

/* What cannot be true whatever the input is. */
static void require(bool truth) {
        if (!truth)
                abort();
}

/* A value that was read prints to text that reads as the same value. */
static void check_round_trips(Str text) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        uint64_t value, again;
        int signal_number, signal_again;
        if (duration_parse(text, USEC_PER_SEC, &value) == 0) {
                duration_print(&out, value, 1);
                int r = duration_parse(str_of(strbuf_text(&out)), USEC_PER_SEC, &again);
                require(r == 0 ? again == value : value >= 584542 * USEC_PER_YEAR);
        }
        strbuf_clear(&out);
        if (parse_size(text, &value) == 0) {
                print_size(&out, value);
                require(parse_size(str_of(strbuf_text(&out)), &again) == 0 && again == value);
        }
        strbuf_clear(&out);
        if (parse_signal(text, &signal_number) == 0) {
                print_signal(&out, signal_number);
                require(parse_signal(str_of(strbuf_text(&out)), &signal_again) == 0);
                require(signal_again == signal_number);
        }
}

static void check_numbers(Str text) {
        uint64_t wide;
        int64_t wide_signed;
        uint32_t small;
        int32_t small_signed;
        mode_t mode;
        uid_t uid;
        Id128 id;
        bool truth;
        for (unsigned base = 0; base <= 16; base += base < 8 ? 8 : 2)
                (void)parse_u64(text, base, &wide);
        if (parse_u32(text, &small) == 0)
                require(parse_u64(text, 0, &wide) == 0 && wide == small);
        if (parse_i32(text, &small_signed) == 0)
                require(parse_i64(text, &wide_signed) == 0 && wide_signed == small_signed);
        if (parse_mode(text, &mode) == 0)
                require(mode <= 07777);
        if (parse_permyriad(text, 100, &small) == 0)
                require(small <= 10000);
        if (parse_uid(text, &uid) == 0)
                require(uid != UINT32_MAX && uid != UINT16_MAX);
        (void)parse_boolean(text, &truth);
        (void)id128_parse(text, &id);
        (void)duration_parse_nsec(text, &wide);
}

/* A cleaned path stays as it is when it is cleaned again. */
static void check_paths(Str text) {
        AUTO_FREE char *path = str_dup(text);
        AUTO_FREE char *simple = path ? path_simplify(str_of(path)) : NULL;
        AUTO_FREE char *again = simple ? path_simplify(str_of(simple)) : NULL;
        require(again && streq(simple, again));
        if (path_is_normalized(path))
                require(streq(path, simple));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        Str text = { (const char *)data, size };
        AUTO_STRV char **words = NULL;
        check_round_trips(text);
        check_numbers(text);
        check_paths(text);
        require(strv_split(&words, text, 0) == 0 && strv_length(words) <= size);
        require(!utf8_is_valid(text) || utf8_width(text) <= 2 * size);
        return 0;
}
