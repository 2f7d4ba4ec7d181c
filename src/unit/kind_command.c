/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>

#include "base/error.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Command lines (systemd.service(5), "Command lines"): several to a line with ";" between them. */

#define COMMAND_WORDS (WORD_UNQUOTE | WORD_UNESCAPE)
#define IDENTITY_FLAGS                                                                             \
        (COMMAND_FULL_PRIVILEGE | COMMAND_KEEP_USER_PRIVILEGE | COMMAND_AMBIENT_FALLBACK)

/* A line being read. */
typedef struct CommandReader {
        const KindContext *context;
        Str whole; /* the line from the current command on, for messages */
        Str rest;
} CommandReader;

/* KIND_REFUSED, or KIND_IGNORED when the command bears a "-". */
static int bad_command(const CommandReader *reader,
                       const Command *command,
                       const char *problem,
                       const char *detail) {
        if (command->flags & COMMAND_IGNORE_FAILURE)
                return kind_ignore(reader->context, "%s, ignoring: %s", problem, detail);
        return kind_refuse(reader->context, "%s: %s", problem, detail);
}

/* The next word; unknown escapes are said and kept. 1, 0 at the end, KIND_IGNORED as -EINVAL. */
static int next_word(CommandReader *reader, StrBuf *word) {
        Str before = reader->rest;
        int r = word_next(&reader->rest, NULL, COMMAND_WORDS, word);

        if (r != -EINVAL)
                return r;
        reader->rest = before;
        r = word_next(&reader->rest, NULL, COMMAND_WORDS | WORD_KEEP_UNKNOWN, word);
        if (r == -EINVAL)
                (void)kind_ignore(reader->context,
                                  "Unbalanced quoting, ignoring: \"%.*s\"",
                                  STR_ARG(reader->whole)); /* the caller decides what follows */
        else if (r >= 0)
                (void)kind_ignore(reader->context,
                                  "Ignoring unknown escape sequences: \"%s\"",
                                  strbuf_text(word)); /* kept as written */
        return r;
}

/* Takes the special characters in front of the program. */
static const char *take_prefixes(const char *word, unsigned *flags) {
        for (;; word++) {
                if (*word == '-' && !(*flags & COMMAND_IGNORE_FAILURE))
                        *flags |= COMMAND_IGNORE_FAILURE;
                else if (*word == '@' && !(*flags & COMMAND_ARGV0))
                        *flags |= COMMAND_ARGV0;
                else if (*word == ':' && !(*flags & COMMAND_NO_EXPAND))
                        *flags |= COMMAND_NO_EXPAND;
                else if (*word == '+' && !(*flags & IDENTITY_FLAGS))
                        *flags |= COMMAND_FULL_PRIVILEGE;
                else if (*word == '!' && !(*flags & IDENTITY_FLAGS))
                        *flags |= COMMAND_KEEP_USER_PRIVILEGE;
                else if (*word == '!' && (*flags & IDENTITY_FLAGS) == COMMAND_KEEP_USER_PRIVILEGE)
                        *flags = (*flags & ~(unsigned)COMMAND_KEEP_USER_PRIVILEGE) |
                                 COMMAND_AMBIENT_FALLBACK;
                else
                        return word;
        }
}

static bool has_special_characters(const char *path) {
        for (const char *p = path; *p; p++)
                if ((unsigned char)*p < ' ' || strchr("\"'\\\x7f", *p))
                        return true;
        return false;
}

static bool is_absolute_path_valid(const char *path) {
        Str rest = str_of(path), part;

        if (rest.length >= PATH_MAX)
                return false;
        while (str_next_part(&rest, '/', &part))
                if (part.length > NAME_MAX)
                        return false;
        return true;
}

/* Expands percent signs of a word; the message of the program differs from that of arguments. */
static int expand_word(const CommandReader *reader,
                       const Command *command,
                       const char *word,
                       bool is_program,
                       char **ret) {
        unsigned flags = is_program ? EXPAND_QUOTED : EXPAND_BARE;

        if (!(command->flags & COMMAND_IGNORE_FAILURE))
                flags |= EXPAND_REFUSE;
        return kind_expand(reader->context, str_of(word), flags, ret);
}

static int read_program(CommandReader *reader, const char *word, Command *command) {
        const char *program = take_prefixes(word, &command->flags);
        AUTO_FREE char *path = NULL;
        size_t length;
        int r = expand_word(reader, command, program, true, &path);

        if (r != KIND_OK)
                return r;
        length = strlen(path);
        if (length == 0) {
                AUTO(strbuf_done) StrBuf quoted = STRBUF_INIT;

                strbuf_addf(&quoted, "'%.*s'", STR_ARG(reader->whole));
                return bad_command(
                        reader, command, "Empty path in command line", strbuf_text(&quoted));
        }
        if (has_special_characters(path))
                return bad_command(
                        reader, command, "Executable name contains special characters", path);
        if (path[length - 1] == '/')
                return bad_command(reader, command, "Executable path specifies a directory", path);
        if (*path == '/' ? !is_absolute_path_valid(path) : !file_name_is_valid(path))
                return bad_command(reader,
                                   command,
                                   "Neither a valid executable name nor an absolute path",
                                   path);
        if (!(command->flags & COMMAND_ARGV0) && strv_add(&command->argv, path) < 0)
                return err_new(-ENOMEM);
        command->path = path_simplify(str_of(path));
        return command->path ? KIND_OK : err_new(-ENOMEM);
}

/* Whether the line goes on with this token standing alone. */
static bool skip_token(Str *rest, const char *token) {
        Str after = *rest;

        if (!rest->data || !str_skip_prefix(&after, token) ||
            (after.length > 0 && !strchr(" \t\n\r", after.data[0])))
                return false;
        *rest = str_trim_front(after);
        return true;
}

/* Arguments up to the end or a separator (`ret_more`). */
static int read_arguments(CommandReader *reader, Command *command, bool *ret_more) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;

        *ret_more = false;
        while (reader->rest.data && reader->rest.length > 0) {
                AUTO_FREE char *argument = NULL;
                int r;

                if (skip_token(&reader->rest, ";")) {
                        *ret_more = true;
                        return KIND_OK;
                }
                if (skip_token(&reader->rest, "\\;")) {
                        if (strv_add(&command->argv, ";") < 0)
                                return err_new(-ENOMEM);
                        continue;
                }
                r = next_word(reader, &word);
                if (r == -ENOMEM)
                        return err_pass(r);
                if (r < 0)
                        return command->flags & COMMAND_IGNORE_FAILURE ? KIND_IGNORED
                                                                       : KIND_REFUSED;
                if (r == 0)
                        break;
                r = expand_word(reader, command, strbuf_text(&word), false, &argument);
                if (r != KIND_OK)
                        return r;
                if (strv_add(&command->argv, argument) < 0)
                        return err_new(-ENOMEM);
        }
        return KIND_OK;
}

/* One command; `ret_more` says whether another follows on the line. KIND_RESET at the end of the
 * line. */
static int read_command(CommandReader *reader, Command *command, bool *ret_more) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        int r;

        reader->whole = reader->rest;
        r = next_word(reader, &word);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                return KIND_IGNORED;
        if (r == 0)
                return KIND_RESET;
        r = read_program(reader, strbuf_text(&word), command);
        if (r != KIND_OK)
                return r;
        r = read_arguments(reader, command, ret_more);
        if (r != KIND_OK)
                return r;
        if (!command->argv || *command->argv[0] == '\0') {
                AUTO_FREE char *line = str_dup(reader->whole);

                if (!line)
                        return err_new(-ENOMEM);
                return bad_command(
                        reader, command, "Empty executable name or zeroeth argument", line);
        }
        return KIND_OK;
}

static int parse_commands(const KindContext *context, Str text, Value *value) {
        CommandReader reader = { .context = context, .rest = text };
        bool more = true;

        if (text.length == 0)
                return KIND_RESET;
        while (more) {
                Command command = { 0 };
                int r = read_command(&reader, &command, &more);

                if (r != KIND_OK) {
                        command_done(&command);
                        return r == KIND_RESET ? KIND_OK : r;
                }
                if (value_add_command(value, command) < 0)
                        return err_new(-ENOMEM);
        }
        return KIND_OK;
}

static void print_command(const DirectiveRow *row, const Command *command, StrBuf *out) {
        static const struct {
                unsigned flag;
                const char *prefix;
        } prefixes[] = {
                { COMMAND_IGNORE_FAILURE, "-" },      { COMMAND_ARGV0, "@" },
                { COMMAND_NO_EXPAND, ":" },           { COMMAND_FULL_PRIVILEGE, "+" },
                { COMMAND_KEEP_USER_PRIVILEGE, "!" }, { COMMAND_AMBIENT_FALLBACK, "!!" },
        };
        AUTO(strbuf_done) StrBuf first = STRBUF_INIT;
        bool own_argv0 = command->flags & COMMAND_ARGV0;

        for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++)
                if (command->flags & prefixes[i].flag)
                        strbuf_add(&first, prefixes[i].prefix);
        strbuf_add(&first, own_argv0 ? command->path : command->argv[0]);
        kind_print_key(row, out);
        kind_print_word(strbuf_text(&first), COMMAND_WORDS, out);
        for (char **argument = command->argv + !own_argv0; *argument; argument++) {
                strbuf_add_char(out, ' ');
                kind_print_word(*argument, COMMAND_WORDS, out);
        }
        strbuf_add_char(out, '\n');
}

static void print_commands(const DirectiveRow *row, const Value *value, StrBuf *out) {
        for (unsigned i = 0; value->commands && i < value->commands->n_commands; i++)
                print_command(row, &value->commands->commands[i], out);
}

const Kind kind_commands = {
        .name = "command lines",
        .shape = SHAPE_COMMANDS,
        .bus_type = "a(sasbttttuii)",
        .parse = parse_commands,
        .print = print_commands,
};
