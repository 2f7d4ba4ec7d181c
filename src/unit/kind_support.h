/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What kinds of value share: messages, percent expansion, paths, printing of one assignment. For
 * kind_*.c only. */

#include <stdbool.h>
#include <stdint.h>

#include "unit/kind.h"
#include "unit/word.h"

/* The row's parameter; one with nothing set when the row has none. */
const KindParameter *kind_parameter(const KindContext *context);

/* The description of an errno ("Invalid argument"); takes it positive or negative. */
const char *kind_error_text(int error);

/* How a failed expansion is reported: with which quotes, and whether the unit is refused. */
typedef enum ExpandFlags {
        EXPAND_QUOTED = 0,
        EXPAND_BARE = 1 << 0,   /* no quotes around the value */
        EXPAND_DOUBLE = 1 << 1, /* double quotes */
        EXPAND_REFUSE = 1 << 2,
        EXPAND_SHORT = 1 << 3,    /* "specifiers" rather than "unit specifiers" */
        EXPAND_NAME = 1 << 5,     /* the smaller set for names of units */
        EXPAND_NO_IGNORE = 1 << 4 /* no word of ignoring, ignored all the same */
} ExpandFlags;

/* Expands percent signs into fresh memory (ExpandFlags). KIND_OK, KIND_IGNORED, KIND_REFUSED,
 * -ENOMEM. */
int kind_expand(const KindContext *context, Str text, unsigned flags, char **ret);

typedef enum PathFlags {
        PATH_REFUSE = 1 << 0,       /* a bad path refuses the unit */
        PATH_RELATIVE = 1 << 1,     /* must be relative instead of absolute */
        PATH_ANY = 1 << 2,          /* may be either */
        PATH_KEEP_PARENTS = 1 << 3, /* ".." may stand in it */
} PathFlags;

/* Simplifies and checks a path already expanded (PathFlags), reporting what is wrong. */
int kind_path(const KindContext *context, const char *text, unsigned flags, char **ret);

/* Puts fresh text into a SHAPE_TEXT value. */
void kind_set_text(Value *value, char *text);

/* Appends "Name=". */
void kind_print_key(const DirectiveRow *row, StrBuf *out);

/* Appends "Name=text\n" with percent signs doubled (kind_print_text) or as they are. */
void kind_print_text(const DirectiveRow *row, const char *text, StrBuf *out);
void kind_print_raw(const DirectiveRow *row, const char *text, StrBuf *out);

/* Appends the rest of a line that is a simplified path, percent signs doubled. A slash behind it,
 * which reading takes away, protects an end that a line cannot have (blanks, a backslash). */
void kind_print_path(const char *path, StrBuf *out);

/* Appends a member of a tuple "a:b" for kinds that take words by quotes and members by C escapes:
 * all that would end either is escaped, percent signs are doubled. */
void kind_print_part(const char *text, StrBuf *out);

/* Appends one word for a list whose words are expanded after unquoting: percent signs doubled. */
void kind_print_word(const char *word, unsigned word_flags, StrBuf *out);

/* How a list of words is read, and what is said of a text that cannot be split into words. */
typedef struct KindWords {
        const char *separators; /* NULL: white space */
        unsigned flags;         /* WordFlags */
        /* Takes one word. KIND_OK, KIND_IGNORED, KIND_REFUSED, or -ENOMEM; -EINVAL is as if the
         * text could not be split here. */
        int (*add)(const KindContext *context, const char *word, Value *value);
        bool stops;         /* at the first word that is ignored */
        const char *broken; /* for kind_words; NULL: "Invalid syntax" */
        bool broken_key;    /* the name of the setting follows it */
} KindWords;

/* Takes the words of a text one after another. KIND_OK; KIND_IGNORED when at least one word was;
 * KIND_REFUSED at the first that refuses the unit; -EINVAL for a text that cannot be split, the
 * words before are taken and nothing is said; -ENOMEM. */
int kind_each_word(const KindContext *context, const KindWords *words, Str text, Value *value);

/* The same for the parse function of a list that an empty text resets: what cannot be split is
 * reported and ignored. */
int kind_words(const KindContext *context, const KindWords *words, Str text, Value *value);

/* Copies `text` to fresh memory; NULL gives NULL. -ENOMEM. */
int kind_copy(Str text, char **ret);

/* Appends a copy of the word to the value's list unless it is there, without looking at all of a
 * long list where a whole text is read. -ENOMEM. */
int kind_add_unique(const KindContext *context, const char *word, Value *value);

/* parse_size with systemd's errors: only a number below 0 is out of range. */
int kind_parse_size(Str text, uint64_t *ret);

/* Rules for names that several kinds need. */
bool kind_user_name_is_valid(const char *name);
bool kind_interface_is_valid(const char *name);
bool kind_fd_name_is_valid(const char *name);
