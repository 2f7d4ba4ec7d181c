/* SPDX-License-Identifier: Apache-2.0 */

/* The catalog of explanations: where it is, in which language, and what is in it. */

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "tend/journalctl/log_query.h"

bool log_catalog_is_utf8(void) {
        locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);

        if (locale == (locale_t)0) /* it is not installed, which says nothing about the terminal */
                return true;
        bool is_utf8 = streq(nl_langinfo_l(CODESET, locale), "UTF-8");
        freelocale(locale);
        return is_utf8;
}

/* The language of messages as setlocale(3) finds it ("de_DE"), or NULL for none in particular. */
static char *language(void) {
        static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
        locale_t locale = newlocale(LC_MESSAGES_MASK, "", (locale_t)0);
        const char *value = NULL;

        if (locale == (locale_t)0) /* it is not installed */
                return NULL;
        freelocale(locale);
        for (size_t i = 0; i < ARRAY_LENGTH(names) && (!value || value[0] == '\0'); i++)
                value = getenv(names[i]);
        size_t length = value ? strcspn(value, ".@") : 0;
        Str text = { value, length };
        return length == 0 || str_equal_c(text, "C") || str_equal_c(text, "POSIX") ? NULL
                                                                                   : str_dup(text);
}

int log_catalog_open(const LogQuery *query, JournalCatalog **ret) {
        AUTO_FREE char *spoken = language();
        AUTO_FREE char *path = path_join(query->root ? query->root : "/", &JOURNAL_CATALOG_PATH[1]);

        return path ? err_pass(journal_catalog_open(path, spoken, ret)) : err_new(-ENOMEM);
}

static int print_line(void *userdata UNUSED, Id128 id, Str text) {
        Str by = journal_catalog_header(text, "Defined-By");
        Str subject = journal_catalog_header(text, "Subject");
        char hex[ID128_TEXT_SIZE];

        (void)printf("%s %.*s: %.*s\n", /* as all output: checked when it is closed */
                     id128_print(id, hex),
                     STR_ARG(by),
                     STR_ARG(subject));
        return 0;
}

static int print_text(void *userdata UNUSED, Id128 id, Str text) {
        char hex[ID128_TEXT_SIZE];

        (void)printf("-- %s\n%.*s\n", id128_print(id, hex), STR_ARG(text)); /* likewise */
        return 0;
}

/* One that was asked for. */
static int print_one(const JournalCatalog *catalog, const char *word, bool is_dump) {
        Str text;
        Id128 id;

        if (id128_parse(str_of(word), &id) < 0) {
                (void)fprintf(stderr, "Failed to parse id128 '%s': Invalid argument\n", word);
                return err_new(-EINVAL);
        }
        if (!journal_catalog_find(catalog, id, &text)) {
                (void)fprintf(stderr,
                              "Failed to retrieve catalog entry for '%s': "
                              "No such file or directory\n",
                              word);
                return err_new(-ENOENT);
        }
        return is_dump ? print_text(NULL, id, text) : print_line(NULL, id, text);
}

int log_catalog_print(LogQuery *query) {
        AUTO(journal_catalog_free) JournalCatalog *catalog = NULL;
        bool is_dump = query->action == LOG_DUMP_CATALOG;
        int r = log_catalog_open(query, &catalog), first = 0;

        if (r >= 0 && strv_length(query->matches) == 0)
                r = journal_catalog_each(catalog, is_dump ? print_text : print_line, NULL);
        STRV_FOREACH(word, query->matches) {
                int one = catalog ? print_one(catalog, *word, is_dump) : 0;
                first = first < 0 ? first : one;
        }
        r = r < 0 ? r : first;
        if (r < 0)
                (void)fprintf(stderr, "Failed to list catalog: %s\n", strerror(-r));
        return r < 0 ? 1 : 0;
}
