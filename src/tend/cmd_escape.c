/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_escape.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "unit/unit_name.h"

typedef enum EscapeAction {
        ESCAPE,
        UNESCAPE,
        MANGLE,
} EscapeAction;

typedef struct EscapeOptions {
        EscapeAction action;
        const char *suffix;        /* without dot */
        const char *template_name; /* x@.service */
        bool path, instance;
} EscapeOptions;

enum { OPTION_SUFFIX = 256, OPTION_TEMPLATE, OPTION_INSTANCE, OPTION_VERSION };

/* clang-format off */
static const struct option long_options[] = {
        { "help", no_argument, NULL, 'h' },
        { "instance", no_argument, NULL, OPTION_INSTANCE },
        { "mangle", no_argument, NULL, 'm' },
        { "path", no_argument, NULL, 'p' },
        { "suffix", required_argument, NULL, OPTION_SUFFIX },
        { "template", required_argument, NULL, OPTION_TEMPLATE },
        { "unescape", no_argument, NULL, 'u' },
        { "version", no_argument, NULL, OPTION_VERSION },
        { 0 },
};
/* clang-format on */

/* Prints a line to standard error; -EINVAL. */
static int PRINTF_LIKE(1, 2) complain(const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void)vfprintf(stderr, format, args); /* nowhere to report a failing stderr */
        va_end(args);
        (void)fputc('\n', stderr);
        return -EINVAL;
}

static void print_help(const char *program) {
        printf("%s [OPTIONS...] [NAME...]\n\n"
               "Turns text into parts of unit names and back.\n\n"
               "  -h --help               Print this text\n"
               "     --version            Print the version\n"
               "     --suffix=SUFFIX      Append this type of unit\n"
               "     --template=TEMPLATE  Put the text into this template as instance\n"
               "     --instance           With --unescape, print only the instance\n"
               "  -u --unescape           Turn parts of unit names back into text\n"
               "  -m --mangle             Escape only what is not escaped yet\n"
               "  -p --path               The text is a path\n",
               program);
}

/* --- options
 * ---------------------------------------------------------------------------------------- */

/* Applies one option. 1 = all is done already. */
static int apply_option(const char *program, int option, EscapeOptions *options) {
        UnitType type;

        switch (option) {
        case 'h':
                print_help(program);
                return 1;
        case OPTION_VERSION:
                (void)puts("tend " TEND_VERSION); /* checked when stdout is closed */
                return 1;
        case OPTION_SUFFIX:
                if (unit_type_parse(str_of(optarg), &type) < 0)
                        return complain("Invalid unit suffix type \"%s\".", optarg);
                options->suffix = optarg;
                return 0;
        case OPTION_TEMPLATE:
                if (!unit_name_is_valid(optarg, UNIT_NAME_TEMPLATE))
                        return complain("Template name %s is not valid.", optarg);
                options->template_name = optarg;
                return 0;
        case OPTION_INSTANCE:
                options->instance = true;
                return 0;
        case 'u':
                options->action = UNESCAPE;
                return 0;
        case 'm':
                options->action = MANGLE;
                return 0;
        case 'p':
                options->path = true;
                return 0;
        default:
                return -EINVAL; /* getopt has said why */
        }
}

static int check_options(const EscapeOptions *options) {
        if (options->template_name && options->suffix)
                return complain("--suffix= and --template= may not be combined.");
        if ((options->template_name || options->suffix) && options->action == MANGLE)
                return complain("--suffix= and --template= are not compatible with --mangle.");
        if (options->suffix && options->action == UNESCAPE)
                return complain("--suffix is not compatible with --unescape.");
        if (options->path && options->action == MANGLE)
                return complain("--path may not be combined with --mangle.");
        if (options->instance && options->action != UNESCAPE)
                return complain("--instance must be used in conjunction with --unescape.");
        if (options->instance && options->template_name)
                return complain("--instance may not be combined with --template.");
        return 0;
}

/* --- work
 * ------------------------------------------------------------------------------------------- */

static int escape_path(const char *text, char **ret) {
        if (text[0] == '\0')
                (void)complain(
                        "Input '%s' is not a valid file system path, escaping is likely not going be reversible.",
                        text);
        int r = unit_name_path_escape(text, ret);
        if (r < 0)
                return complain(
                        path_is_absolute(str_of(text))
                                ? "Input '%s' is not a normalized file system path, failed to escape."
                                : "Input '%s' is not an absolute file system path, failed to escape.",
                        text);
        if (text[0] != '\0' && !path_is_absolute(str_of(text)))
                (void)complain(
                        "Input '%s' is not an absolute file system path, escaping is likely not going to be reversible.",
                        text);
        return 0;
}

static int escape_one(const EscapeOptions *options, const char *text, char **ret) {
        AUTO_FREE char *escaped = NULL;
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;

        int r = options->path ? escape_path(text, &escaped) : unit_name_escape(text, &escaped);
        if (r < 0)
                return err_pass(r);
        if (options->template_name) {
                r = unit_name_instantiate(options->template_name, escaped, ret);
                return r < 0 ? complain("Failed to replace instance: %s", strerror(-r)) : 0;
        }
        strbuf_add(&name, escaped);
        if (options->suffix)
                strbuf_addf(&name, ".%s", options->suffix);
        *ret = strbuf_steal(&name);
        return *ret ? 0 : err_new(-ENOMEM);
}

/* The part to unescape: with --template or --instance only the instance. */
static int find_escaped(const EscapeOptions *options, const char *text, Str *ret) {
        AUTO_FREE char *template_name = NULL;

        *ret = str_of(text);
        if (!options->template_name && !options->instance)
                return 0;
        *ret = unit_name_instance(text);
        if (!unit_name_is_valid(text, UNIT_NAME_ANY))
                return complain("Failed to extract instance: %s", strerror(EINVAL));
        if (ret->length == 0)
                return complain("Unit %s is missing the instance name.", text);
        if (!options->template_name)
                return 0;
        int r = unit_name_template(text, &template_name);
        if (r < 0)
                return complain("Failed to extract template: %s", strerror(-r));
        if (!streq(template_name, options->template_name)) {
                (void)fprintf(stderr,
                              "Unit %s template %s does not match specified template %s.\n",
                              text,
                              template_name,
                              options->template_name);
                return err_new(-EINVAL);
        }
        return 0;
}

static int unescape_one(const EscapeOptions *options, const char *text, char **ret) {
        Str escaped;

        int r = find_escaped(options, text, &escaped);
        if (r < 0)
                return err_pass(r);
        r = options->path ? unit_name_path_unescape(escaped, ret)
                          : unit_name_unescape(escaped, ret);
        return r < 0 ? complain("Failed to unescape string: %s", strerror(-r)) : 0;
}

static int handle_one(const EscapeOptions *options, const char *text, char **ret) {
        int r;

        switch (options->action) {
        case UNESCAPE:
                return err_pass(unescape_one(options, text, ret));
        case MANGLE:
                r = unit_name_mangle(text, ".service", false, ret);
                return r < 0 ? complain("Failed to mangle name: %s", strerror(-r)) : 0;
        case ESCAPE:
                break;
        }
        return err_pass(escape_one(options, text, ret));
}

int escape_main(const char *program, int argc, char **argv) {
        EscapeOptions options = { 0 };
        int option;

        while ((option = getopt_long(argc, argv, "hpum", long_options, NULL)) >= 0) {
                int r = apply_option(program, option, &options);
                if (r != 0)
                        return r < 0;
        }
        if (optind >= argc)
                return complain("Not enough arguments.") < 0;
        if (check_options(&options) < 0)
                return 1;
        for (int i = optind; i < argc; i++) {
                AUTO_FREE char *text = NULL;
                if (handle_one(&options, argv[i], &text) < 0)
                        return 1;
                printf("%s%s", i > optind ? " " : "", text);
        }
        (void)putchar('\n'); /* checked when stdout is closed */
        return 0;
}
