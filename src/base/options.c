/* SPDX-License-Identifier: Apache-2.0 */
#include "base/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#define HELP_COLUMN_LIMIT 30

/* Where the reading of a command line stands. */
typedef struct Reader {
        const OptionTable *table;
        char **next; /* the next word of argv, which ends with NULL */
        void *userdata;
        char **arguments; /* the words that are not options, collected */
        size_t n_arguments;
} Reader;

static bool is_optional(const Option *option) {
        return option->argument && option->argument[0] == '[';
}

/* Says what is wrong with the command line; returns -EINVAL. */
static int complain(const OptionTable *table, const char *format, ...) PRINTF_LIKE(2, 3);
static int complain(const OptionTable *table, const char *format, ...) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        va_list args;
        va_start(args, format);
        strbuf_addf_va(&text, format, args);
        va_end(args);
        /* A failing stderr cannot be told to anybody. */
        (void)fprintf(stderr, "%s: %s\n", table->program, strbuf_text(&text));
        return -EINVAL;
}

/* The option with this long name, or the only one whose name begins with it. */
static int find_long(const OptionTable *table, Str name, const Option **ret) {
        AUTO_FREE char *text = str_dup(name);
        const Option *found = NULL;
        if (!text)
                return err_new(-ENOMEM);
        for (unsigned i = 0; i < table->n_options; i++) {
                const Option *option = &table->options[i];
                if (!option->long_name || !str_has_prefix(str_of(option->long_name), text))
                        continue;
                if (str_equal_c(name, option->long_name)) {
                        *ret = option;
                        return 0;
                }
                if (found)
                        return complain(table, "option '--%s' is ambiguous", text);
                found = option;
        }
        if (!found)
                return complain(table, "unrecognized option '--%s'", text);
        *ret = found;
        return 0;
}

static const Option *find_short(const OptionTable *table, char name) {
        for (unsigned i = 0; i < table->n_options; i++)
                if (table->options[i].short_name == name)
                        return &table->options[i];
        return NULL;
}

/* "--name", "--name=value" or "--name value". */
static int read_long(Reader *reader, const char *word) {
        const Option *option = NULL;
        const char *equals = strchr(word, '=');
        Str name = equals ? (Str){ word, (size_t)(equals - word) } : str_of(word);
        const char *value = equals ? equals + 1 : NULL;
        int r = find_long(reader->table, name, &option);
        if (r < 0)
                return err_pass(r);
        if (!option->argument && value)
                return complain(reader->table, "option '--%s' takes no value", option->long_name);
        if (option->argument && !is_optional(option) && !value) {
                if (!*reader->next)
                        return complain(reader->table,
                                        "option '--%s' requires an argument",
                                        option->long_name);
                value = *reader->next++;
        }
        return option->apply(reader->userdata, value);
}

/* "-a", "-abc", "-nVALUE" or "-n VALUE". */
static int read_short(Reader *reader, const char *letters) {
        for (; *letters; letters++) {
                const char name[] = { *letters, '\0' };
                const Option *option = find_short(reader->table, *letters);
                if (!option)
                        return complain(reader->table, "invalid option -- '%s'", name);
                if (!option->argument) {
                        int r = option->apply(reader->userdata, NULL);
                        if (r < 0)
                                return err_pass(r);
                        continue;
                }
                const char *value = letters[1] ? letters + 1 : NULL;
                if (!value && !is_optional(option)) {
                        if (!*reader->next)
                                return complain(
                                        reader->table, "option requires an argument -- '%s'", name);
                        value = *reader->next++;
                }
                return option->apply(reader->userdata, value);
        }
        return 0;
}

static void take_rest(Reader *reader) {
        while (*reader->next)
                reader->arguments[reader->n_arguments++] = *reader->next++;
}

static int read_word(Reader *reader) {
        char *word = *reader->next++;
        if (streq(word, "--")) {
                take_rest(reader);
                return 0;
        }
        if (str_has_prefix(str_of(word), "--"))
                return read_long(reader, word + 2);
        if (word[0] == '-' && word[1])
                return read_short(reader, word + 1);
        reader->arguments[reader->n_arguments++] = word;
        if (reader->table->stop_at_argument)
                take_rest(reader);
        return 0;
}

int options_parse(
        const OptionTable *table, int argc, char **argv, void *userdata, char ***ret_arguments) {
        AUTO_FREE char **arguments = calloc((size_t)argc + 1, sizeof(char *));
        if (!arguments)
                return err_new(-ENOMEM);
        Reader reader = {
                .table = table,
                .next = argc > 0 ? argv + 1 : argv,
                .userdata = userdata,
                .arguments = arguments,
        };
        while (*reader.next) {
                int r = read_word(&reader);
                if (r < 0)
                        return err_pass(r);
        }
        *ret_arguments = STEAL(arguments);
        return 0;
}

/* The left column: "  -u --units=DIR". */
static void format_option(const Option *option, StrBuf *out) {
        if (option->short_name)
                strbuf_addf(out, "  -%c", option->short_name);
        else
                strbuf_add(out, "    ");
        if (option->long_name)
                strbuf_addf(out, " --%s", option->long_name);
        if (!option->argument)
                return;
        if (is_optional(option))
                strbuf_addf(out, "[=%s", option->argument + 1);
        else
                strbuf_addf(out, "%c%s", option->long_name ? '=' : ' ', option->argument);
}

void options_print_help(const OptionTable *table, FILE *out) {
        AUTO(strbuf_done) StrBuf left = STRBUF_INIT;
        size_t column = 0;
        for (unsigned i = 0; i < table->n_options; i++) {
                strbuf_clear(&left);
                format_option(&table->options[i], &left);
                size_t width = utf8_width(str_of(strbuf_text(&left))) + 2;
                if (table->options[i].help && width <= HELP_COLUMN_LIMIT)
                        column = MAX(column, width);
        }
        for (unsigned i = 0; i < table->n_options; i++) {
                const Option *option = &table->options[i];
                if (!option->help)
                        continue;
                strbuf_clear(&left);
                format_option(option, &left);
                size_t width = utf8_width(str_of(strbuf_text(&left)));
                if (width + 2 > HELP_COLUMN_LIMIT) {
                        strbuf_add_char(&left, '\n');
                        width = 0;
                }
                (void)fprintf(out, /* a failing stdout shows when it is closed */
                              "%s%*s%s\n",
                              strbuf_text(&left),
                              (int)(MAX(column, width) - width),
                              "",
                              option->help);
        }
}
