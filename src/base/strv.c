/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strv.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/strbuf.h"

size_t strv_length(char *const *list) {
        size_t n = 0;
        while (list && list[n])
                n++;
        return n;
}

bool strv_contains(char *const *list, const char *s) {
        STRV_FOREACH(i, list)
        if (streq(*i, s))
                return true;
        return false;
}

/* Makes room for `more` strings and the end mark behind the present ones. */
static int grow(char ***list, size_t length, size_t more) {
        if (more >= SIZE_MAX / sizeof(char *) - length - 1)
                return err_new(-ENOMEM);
        char **bigger = realloc(*list, (length + more + 1) * sizeof(char *));
        if (!bigger)
                return err_new(-ENOMEM);
        bigger[length] = NULL;
        *list = bigger;
        return 0;
}

int strv_take(char ***list, char *s) {
        AUTO_FREE char *taken = s;
        if (!taken)
                return err_new(-ENOMEM);
        size_t n = strv_length(*list);
        int r = grow(list, n, 1);
        if (r < 0)
                return err_pass(r);
        (*list)[n] = STEAL(taken);
        (*list)[n + 1] = NULL;
        return 0;
}

int strv_add(char ***list, const char *s) {
        return strv_take(list, strdup(s));
}

int strv_add_str(char ***list, Str s) {
        return strv_take(list, str_dup(s));
}

int strv_addf(char ***list, const char *format, ...) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        va_list args;
        va_start(args, format);
        strbuf_addf_va(&text, format, args);
        va_end(args);
        return strv_take(list, strbuf_steal(&text));
}

int strv_add_unique(char ***list, const char *s) {
        return strv_contains(*list, s) ? 0 : strv_add(list, s);
}

int strv_extend(char ***list, char *const *other) {
        size_t n = strv_length(*list), more = strv_length(other);
        if (more == 0)
                return 0;
        int r = grow(list, n, more);
        if (r < 0)
                return err_pass(r);
        for (size_t i = 0; i < more; i++) {
                char *copy = strdup(other[i]);
                (*list)[n + i] = copy;
                if (copy)
                        continue;
                for (size_t k = 0; k < i; k++)
                        free((*list)[n + k]);
                (*list)[n] = NULL;
                return err_new(-ENOMEM);
        }
        (*list)[n + more] = NULL;
        return 0;
}

void strv_remove(char **list, const char *s) {
        char **to = list;
        if (!list)
                return;
        for (char **from = list; *from; from++)
                if (streq(*from, s))
                        free(*from);
                else
                        *to++ = *from;
        *to = NULL;
}

static int compare_strings(const void *a, const void *b) {
        return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(char **list) {
        size_t n = strv_length(list);
        if (n > 1)
                qsort(list, n, sizeof(char *), compare_strings);
}

void strv_uniq(char **list) {
        if (!list || !*list)
                return;
        char **last = list;
        for (char **from = list + 1; *from; from++)
                if (streq(*from, *last))
                        free(*from);
                else
                        *++last = *from;
        last[1] = NULL;
}

bool strv_equal(char *const *a, char *const *b) {
        size_t n = strv_length(a);
        if (n != strv_length(b))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!streq(a[i], b[i]))
                        return false;
        return true;
}

char **strv_copy(char *const *list) {
        char **copy = NULL;
        return strv_extend(&copy, list) < 0 ? strv_free(copy) : copy;
}

char *strv_join(char *const *list, const char *separator) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        STRV_FOREACH(s, list) {
                if (s != list)
                        strbuf_add(&text, separator);
                strbuf_add(&text, *s);
        }
        return strbuf_steal(&text);
}

/* The next part that is not empty. */
static bool next_part(Str *rest, char separator, Str *ret_part) {
        if (separator == 0)
                return str_next_word(rest, ret_part);
        while (str_next_part(rest, separator, ret_part))
                if (ret_part->length > 0)
                        return true;
        return false;
}

int strv_split(char ***ret_list, Str text, char separator) {
        AUTO_STRV char **list = NULL;
        size_t n = 0;
        Str part;
        for (Str rest = text; next_part(&rest, separator, &part);)
                n++;
        if (n > 0) {
                int r = grow(&list, 0, n);
                if (r < 0)
                        return err_pass(r);
        }
        n = 0;
        for (Str rest = text; next_part(&rest, separator, &part);) {
                char *copy = str_dup(part);
                list[n++] = copy;
                list[n] = NULL; /* the array has room for the end mark behind the last part */
                if (!copy)
                        return err_new(-ENOMEM);
        }
        *ret_list = STEAL(list);
        return 0;
}

char **strv_free(char **list) {
        STRV_FOREACH(s, list)
        free(*s);
        free(list);
        return NULL;
}
