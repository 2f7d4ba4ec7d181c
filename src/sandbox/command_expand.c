/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/command_expand.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/strv.h"
#include "sandbox/environment_block.h"
#include "unit/word.h"

static Str str_from(Str s, size_t offset) {
        return (Str){ s.data + offset, s.length - offset };
}

/* Handles the dollar sign at the front of `word`; returns how many bytes are done with. */
static size_t expand_dollar(Str word, char *const *environment, StrBuf *out) {
        ssize_t end;

        if (word.length > 1 && word.data[1] == '$') {
                strbuf_add_char(out, '$');
                return 2;
        }
        if (word.length < 2 || word.data[1] != '{') {
                strbuf_add_char(out, '$');
                return 1;
        }
        end = str_find_char(word, '}');
        ssize_t colon = str_find_char(word, ':');
        if (colon >= 0 && (end < 0 || colon < end)) { /* "${NAME:-...}" is for shells */
                strbuf_add_bytes(out, word.data, (size_t)colon + 1);
                return (size_t)colon + 1;
        }
        if (end < 0) { /* never closed: the rest is plain text */
                strbuf_add_str(out, word);
                return word.length;
        }
        strbuf_add(out,
                   environment_find(environment, (Str){ word.data + 2, (size_t)end - 2 }) ?: "");
        return (size_t)end + 1;
}

void command_expand_word(Str word, char *const *environment, StrBuf *out) {
        while (word.length > 0) {
                ssize_t dollar = str_find_char(word, '$');
                size_t plain = dollar < 0 ? word.length : (size_t)dollar;

                strbuf_add_bytes(out, word.data, plain);
                word = str_from(word, plain);
                if (word.length > 0)
                        word = str_from(word, expand_dollar(word, environment, out));
        }
}

bool command_needs_expansion(char *const *argv) {
        STRV_FOREACH(word, argv)
        if (strchr(*word, '$'))
                return true;
        return false;
}

/* Words collected so far; grows by doubling, as one variable may hold very many. */
typedef struct WordList {
        char **words;
        size_t n_words, n_allocated;
        size_t room; /* bytes that may still come */
} WordList;

static int word_list_add(WordList *list, const StrBuf *word) {
        int r = strbuf_result(word);

        if (r < 0)
                return err_pass(r);
        if (word->length >= list->room)
                return err_new(-E2BIG);
        if (list->n_words + 1 >= list->n_allocated) {
                size_t n = list->n_allocated ? list->n_allocated * 2 : 16;
                char **words = reallocarray(list->words, n, sizeof(*words));

                if (!words)
                        return err_new(-ENOMEM);
                list->words = words;
                list->n_allocated = n;
        }
        list->words[list->n_words] = strdup(strbuf_text(word));
        if (!list->words[list->n_words])
                return err_new(-ENOMEM);
        list->words[++list->n_words] = NULL;
        list->room -= word->length + 1;
        return 0;
}

/* A backslash that escapes nothing because the text ends is left out. */
static Str without_open_escape(Str text) {
        size_t n_backslashes = 0;

        while (n_backslashes < text.length && text.data[text.length - n_backslashes - 1] == '\\')
                n_backslashes++;
        text.length -= n_backslashes % 2;
        return text;
}

/* "$NAME" as a word of its own: zero or more words. */
static int expand_split(const char *name, char *const *environment, WordList *list) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        Str rest = without_open_escape(str_of(environment_find(environment, str_of(name))));

        for (;;) {
                int r = word_next(&rest, NULL, WORD_UNQUOTE | WORD_RELAX, &word);

                if (r > 0)
                        r = word_list_add(list, &word);
                else if (r == 0)
                        return 0;
                if (r < 0)
                        return err_pass(r);
        }
}

static int expand_all(char *const *argv, char *const *environment, WordList *list) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;

        STRV_FOREACH(text, argv) {
                bool alone = (*text)[0] == '$' && (*text)[1] != '{' && (*text)[1] != '$';
                int r;

                if (alone) {
                        r = expand_split(*text + 1, environment, list);
                } else {
                        strbuf_clear(&word);
                        command_expand_word(str_of(*text), environment, &word);
                        r = word_list_add(list, &word);
                }
                if (r < 0)
                        return err_pass(r);
        }
        if (list->n_words > 0 || !argv[0])
                return 0;
        strbuf_clear(&word);
        strbuf_add(&word, argv[0]);
        return err_pass(word_list_add(list, &word));
}

int command_expand(char *const *argv, char *const *environment, char ***ret_argv) {
        WordList list = { .room = COMMAND_EXPAND_MAX };
        int r = expand_all(argv, environment, &list);

        if (r < 0) {
                strv_free(list.words);
                return err_pass(r);
        }
        *ret_argv = list.words;
        return 0;
}
