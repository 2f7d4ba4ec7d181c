/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_match.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/error.h"

#define FIELD_LENGTH_MAX 64

static JournalMatch *match_free(JournalMatch *match) {
        if (!match)
                return NULL;
        for (unsigned i = 0; i < match->n_children; i++)
                (void)match_free(match->children[i]);
        free(match->children);
        free(match->payload);
        free(match);
        return NULL;
}

DEFINE_AUTO(JournalMatch *, match_free);

/* A new node below `parent`; NULL when out of memory. */
static JournalMatch *add_node(JournalMatch *parent, JournalMatchKind kind) {
        AUTO(match_free) JournalMatch *match = calloc(1, sizeof(*match));

        if (!match)
                return NULL;
        match->kind = kind;
        if (parent) {
                JournalMatch **grown = reallocarray(
                        parent->children, parent->n_children + 1, sizeof(JournalMatch *));
                if (!grown)
                        return NULL;
                parent->children = grown;
                grown[parent->n_children++] = match;
        }
        return STEAL(match);
}

bool journal_field_is_valid(Str name) {
        if (name.length == 0 || name.length > FIELD_LENGTH_MAX ||
            (name.data[0] >= '0' && name.data[0] <= '9'))
                return false;
        for (size_t i = 0; i < name.length; i++) {
                char c = name.data[i];
                if (c != '_' && (c < 'A' || c > 'Z') && (c < '0' || c > '9'))
                        return false;
        }
        return true;
}

static Str field_of(const JournalMatch *value) {
        Str payload = { value->payload, value->length };
        return (Str){ payload.data, (size_t)str_find_char(payload, '=') };
}

/* The alternatives of one field among the terms; made when there are none. */
static JournalMatch *values_of(JournalMatch *terms, Str field) {
        for (unsigned i = 0; i < terms->n_children; i++)
                if (str_equal(field_of(terms->children[i]->children[0]), field))
                        return terms->children[i];
        return NULL;
}

static JournalMatch *new_value(Str payload, unsigned number) {
        AUTO(match_free) JournalMatch *value = add_node(NULL, JOURNAL_MATCH_VALUE);

        if (!value)
                return NULL;
        value->payload = str_dup(payload);
        value->length = payload.length;
        value->number = number;
        return value->payload ? STEAL(value) : NULL;
}

/* Puts a value below `parent`, which then owns it. */
static int attach(JournalMatch *parent, JournalMatch **value) {
        JournalMatch **grown =
                reallocarray(parent->children, parent->n_children + 1, sizeof(JournalMatch *));
        if (!grown)
                return err_new(-ENOMEM);
        parent->children = grown;
        grown[parent->n_children++] = STEAL(*value);
        return 0;
}

static int open_terms(JournalMatches *matches) {
        if (!matches->root)
                matches->root = add_node(NULL, JOURNAL_MATCH_ALL);
        if (matches->root && !matches->alternatives)
                matches->alternatives = add_node(matches->root, JOURNAL_MATCH_ANY);
        if (matches->alternatives && !matches->terms)
                matches->terms = add_node(matches->alternatives, JOURNAL_MATCH_ALL);
        return matches->terms ? 0 : err_new(-ENOMEM);
}

int journal_matches_add(JournalMatches *matches, Str payload) {
        ssize_t n = str_find_char(payload, '=');

        if (n < 1 || !journal_field_is_valid((Str){ payload.data, (size_t)n }))
                return err_new(-EINVAL);
        AUTO(match_free) JournalMatch *value = new_value(payload, matches->n_values);
        if (!value || open_terms(matches) < 0)
                return err_new(-ENOMEM);
        JournalMatch *values = values_of(matches->terms, field_of(value));
        AUTO(match_free) JournalMatch *fresh = NULL;
        if (!values)
                values = fresh = add_node(NULL, JOURNAL_MATCH_ANY);
        if (!values || attach(values, &value) < 0)
                return err_new(-ENOMEM);
        matches->n_values++;
        return fresh ? err_pass(attach(matches->terms, &fresh)) : 0;
}

int journal_matches_addf(JournalMatches *matches, const char *format, ...) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        va_list args;

        va_start(args, format);
        strbuf_addf_va(&text, format, args);
        va_end(args);
        int r = strbuf_result(&text);
        return r < 0 ? err_pass(r)
                     : err_pass(journal_matches_add(matches,
                                                    (Str){ strbuf_text(&text), text.length }));
}

void journal_matches_or(JournalMatches *matches) {
        matches->terms = NULL;
}

void journal_matches_and(JournalMatches *matches) {
        matches->terms = NULL;
        matches->alternatives = NULL;
}

void journal_matches_done(JournalMatches *matches) {
        matches->root = match_free(matches->root);
        *matches = (JournalMatches){ 0 };
}
