/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/report_text.h"

#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "base/strv.h"

ReportLine report_parse(const char *line) {
        ReportLine parts = { .message = str_of(line) };
        Str rest = str_of(line), words[3];

        for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
                if (!str_next_part(&rest, '\t', &words[i]) || !rest.data)
                        return parts;
        return (ReportLine){ words[0], words[1], words[2], rest };
}

static bool says_the_same(const ReportLine *a, const ReportLine *b) {
        return str_equal(a->level, b->level) && str_equal(a->message, b->message);
}

/* Whether an earlier line said the same. */
static bool was_said(char *const *lines, char *const *line) {
        const ReportLine self = report_parse(*line);
        for (char *const *other = lines; other < line; other++) {
                const ReportLine before = report_parse(*other);
                if (says_the_same(&before, &self))
                        return true;
        }
        return false;
}

/* The level in words, where the message does not say it itself. */
static const char *level_words(Str level) {
        return str_equal_c(level, "refused")    ? "refused by the kernel: "
               : str_equal_c(level, "weakened") ? "weakened: "
               : str_equal_c(level, "failed")   ? "failed: "
                                                : "";
}

int report_group(char *const *lines, char ***ret_texts) {
        AUTO_STRV char **texts = NULL;

        STRV_FOREACH(line, lines) {
                const ReportLine self = report_parse(*line);
                AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
                const char *separator = "";
                if (was_said(lines, line))
                        continue;
                STRV_FOREACH(other, line) {
                        const ReportLine next = report_parse(*other);
                        if (next.setting.length == 0 || !says_the_same(&self, &next))
                                continue;
                        strbuf_addf(&text, "%s%.*s=", separator, STR_ARG(next.setting));
                        separator = ", ";
                }
                if (text.length > 0)
                        strbuf_add(&text, ": ");
                strbuf_add(&text, level_words(self.level));
                strbuf_add_str(&text, self.message);
                if (strv_take(&texts, strbuf_steal(&text)) < 0)
                        return err_new(-ENOMEM);
        }
        *ret_texts = STEAL(texts);
        return 0;
}

static void add_member(JsonWriter *writer, const char *key, Str value) {
        AUTO_FREE char *text = value.length > 0 ? str_dup(value) : NULL;
        json_string(writer, key, text);
}

void report_print_json(char *const *lines, JsonWriter *writer) {
        STRV_FOREACH(line, lines) {
                const ReportLine parts = report_parse(*line);
                json_begin_object(writer, NULL);
                add_member(writer, "setting", parts.setting);
                add_member(writer, "level", parts.level);
                add_member(writer, "message", parts.message);
                json_end_object(writer);
        }
}
