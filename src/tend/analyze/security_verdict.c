/* SPDX-License-Identifier: Apache-2.0 */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>

#include "base/macros.h"
#include "base/parse_value.h"
#include "base/str.h"
#include "tend/analyze/security_score.h"

static bool locale_is_utf8(void) {
        locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
        bool is_utf8 = locale && streq(nl_langinfo_l(CODESET, locale), "UTF-8");

        if (locale)
                freelocale(locale);
        return is_utf8;
}

/* Whether faces can be seen. */
static bool has_faces(void) {
        const char *wanted = getenv("SYSTEMD_EMOJI"), *terminal = getenv("TERM");
        bool on;

        if (wanted && parse_boolean(str_of(wanted), &on) >= 0)
                return on;
        return terminal && !streq(terminal, "dumb") && !streq(terminal, "linux") &&
               locale_is_utf8();
}

const char *security_verdict(unsigned exposure, const char **ret_face) {
        static const struct {
                unsigned exposure;
                const char *name, *face, *letters;
        } verdicts[] = {
                { 100, "DANGEROUS", "\xf0\x9f\x98\xa8", ":-{" },
                { 90, "UNSAFE", "\xf0\x9f\x98\xa8", ":-{" },
                { 75, "EXPOSED", "\xf0\x9f\x99\x81", ":-(" },
                { 50, "MEDIUM", "\xf0\x9f\x98\x90", ":-|" },
                { 10, "OK", "\xf0\x9f\x99\x82", ":-)" },
                { 1, "SAFE", "\xf0\x9f\x98\x80", ":-]" },
                { 0, "PERFECT", "\xf0\x9f\x98\x80", ":-]" },
        };
        size_t i = 0;

        while (exposure < verdicts[i].exposure)
                i++;
        *ret_face = has_faces() ? verdicts[i].face : verdicts[i].letters;
        return verdicts[i].name;
}
