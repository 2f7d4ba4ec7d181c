/* SPDX-License-Identifier: Apache-2.0 */

/* The catalog of explanations: where it is, in which language, and what is in it. */

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "journal/catalog_source.h"
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

static const char *root_of(const LogQuery *query) {
        return query->root ? query->root : "/";
}

/* The database of the texts that are installed; how many they are. */
static int make_database(const LogQuery *query, Diag *diag, StrBuf *out) {
        AUTO(catalog_source_free) CatalogSource *source = NULL;
        int r = catalog_source_new(&source);

        if (r >= 0)
                r = catalog_source_load(source, root_of(query), diag);
        if (r >= 0)
                r = catalog_source_print(source, out);
        return r < 0 ? err_pass(r) : catalog_source_count(source) > 0;
}

int log_catalog_open(const LogQuery *query, JournalCatalog **ret) {
        AUTO_FREE char *spoken = language();
        AUTO_FREE char *path = path_join(root_of(query), &JOURNAL_CATALOG_PATH[1]);
        int r = path ? journal_catalog_open(path, spoken, ret) : err_new(-ENOMEM);

        if (r != -ENOENT)
                return err_pass(r);
        AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;
        if (make_database(query, NULL, &bytes) < 0)
                strbuf_clear(&bytes); /* --update-catalog tells why */
        return err_pass(
                journal_catalog_new((Str){ strbuf_text(&bytes), bytes.length }, spoken, ret));
}

int log_catalog_update(const LogQuery *query) {
        AUTO_FREE char *path = path_join(root_of(query), &JOURNAL_CATALOG_PATH[1]);
        AUTO_FREE char *directory = path ? path_dir_name(path) : NULL;
        AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        int r = make_database(query, &diag, &bytes);

        for (unsigned i = 0; i < diag.n_findings; i++) {
                AUTO_FREE char *text = diag_format(&diag.findings[i]);
                (void)fprintf(stderr, "%s\n", text ? text : ""); /* stderr may be closed */
        }
        if (r == 0) {
                (void)fputs("No items in catalog.\n", stderr); /* likewise */
                return 0;
        }
        if (r > 0)
                r = directory ? dir_make_all(directory, 0755) : -ENOMEM;
        if (r >= 0)
                r = file_write_atomic(path, (Str){ strbuf_text(&bytes), bytes.length }, 0644, true);
        if (r < 0)
                (void)fprintf(stderr,
                              "Cannot make %s: %s\n",
                              path ? path : JOURNAL_CATALOG_PATH,
                              strerror(-r)); /* likewise */
        return r < 0 ? 1 : 0;
}

static Str header_or_none(Str text, const char *name) {
        Str value = journal_catalog_header(text, name);

        return value.length > 0 ? value : STR_LITERAL("n/a");
}

static int print_line(void *userdata UNUSED, Id128 id, Str text) {
        Str by = header_or_none(text, "Defined-By");
        Str subject = header_or_none(text, "Subject");
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
