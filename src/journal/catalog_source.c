/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/catalog_source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "journal/catalog_format.h"

#define SUFFIX ".catalog"
#define FILE_SIZE_MAX (UINT64_C(16) * 1024 * 1024)
#define ROWS_MAX 1000000

static const char *const directories[] = {
        "usr/local/lib/systemd/catalog",
        "usr/lib/systemd/catalog",
};

typedef struct Row {
        Id128 id;
        char language[CATALOG_LANGUAGE_SIZE];
        size_t number; /* in the order of the files */
        char *text;    /* owned; ends in a line break */
} Row;

struct CatalogSource {
        Row *rows; /* owned */
        size_t n, room;
};

/* --- life -------------------------------------------------------------------------------------*/

int catalog_source_new(CatalogSource **ret) {
        *ret = calloc(1, sizeof(**ret));
        return *ret ? 0 : err_new(-ENOMEM);
}

CatalogSource *catalog_source_free(CatalogSource *source) {
        if (!source)
                return NULL;
        for (size_t i = 0; i < source->n; i++)
                free(source->rows[i].text);
        free(source->rows);
        free(source);
        return NULL;
}

size_t catalog_source_count(const CatalogSource *source) {
        return source->n;
}

/* --- one file ---------------------------------------------------------------------------------*/

/* The text that is being gathered. */
typedef struct Reader {
        CatalogSource *source;
        Diag *diag;
        DiagPlace place;
        Str file_language;
        bool has_id;
        Id128 id;
        Str language;
        StrBuf text;
} Reader;

static int complain(Reader *reader, const char *what) {
        diag_add(reader->diag, &reader->place, DIAG_ERROR, "%s", what);
        return err_new(-EBADMSG);
}

/* "x.de.catalog" is of "de". */
static Str language_of(const char *path) {
        Str name = str_of(path_base_name(path));
        size_t begin;

        if (str_has_suffix(name, SUFFIX))
                name.length -= strlen(SUFFIX);
        for (begin = name.length; begin > 0 && name.data[begin - 1] != '.'; begin--)
                ;
        Str language = { name.data + begin, name.length - begin };
        bool is_one = begin > 0 && language.length > 1 && language.length < CATALOG_LANGUAGE_SIZE;
        return is_one ? language : STR_EMPTY;
}

static int grow(CatalogSource *source) {
        size_t room = MAX(source->room * 2, (size_t)64);

        if (source->n < source->room)
                return 0;
        if (source->n >= ROWS_MAX)
                return err_new(-ENOMEM);
        Row *rows = reallocarray(source->rows, room, sizeof(*rows));
        if (!rows)
                return err_new(-ENOMEM);
        source->rows = rows;
        source->room = room;
        return 0;
}

/* Takes the text that was gathered. */
static int finish(Reader *reader) {
        CatalogSource *source = reader->source;

        if (!reader->has_id)
                return 0;
        if (reader->text.length == 0)
                return complain(reader, "there is no text for the id before this line");
        int r = grow(source);
        if (r < 0)
                return err_pass(r);
        Row row = { .id = reader->id, .number = source->n, .text = strbuf_steal(&reader->text) };
        if (!row.text)
                return err_new(-ENOMEM);
        memcpy(row.language, reader->language.data, reader->language.length);
        source->rows[source->n++] = row;
        reader->has_id = false;
        return 0;
}

/* Whether the line is "-- ID [LANGUAGE]". */
static bool parse_id_line(Str line, Id128 *ret_id, Str *ret_language) {
        const size_t length = ID128_TEXT_SIZE - 1;

        if (!str_skip_prefix(&line, "-- ") || line.length < length ||
            (line.length > length && line.data[length] != ' ') ||
            id128_parse((Str){ line.data, length }, ret_id) != 0)
                return false;
        *ret_language = str_trim((Str){ line.data + length, line.length - length });
        return true;
}

static int take_id(Reader *reader, Id128 id, Str language) {
        int r = finish(reader);

        if (r < 0)
                return err_pass(r);
        if (language.length == 1 || language.length >= CATALOG_LANGUAGE_SIZE)
                return complain(reader, "a language has 2 to 31 bytes");
        reader->id = id;
        reader->language = language.length > 0 ? language : reader->file_language;
        reader->has_id = true;
        return 0;
}

static int take_line(Reader *reader, Str line, bool is_after_gap) {
        Str language;
        Id128 id;

        if (is_after_gap && parse_id_line(line, &id, &language))
                return err_pass(take_id(reader, id, language));
        if (!reader->has_id)
                return complain(reader, "text before a line \"-- ID\"");
        if (is_after_gap && !(reader->text.length == 0 && line.length == 0))
                strbuf_add_char(&reader->text, '\n');
        strbuf_add_str(&reader->text, line);
        strbuf_add_char(&reader->text, '\n');
        return 0;
}

int catalog_source_add(CatalogSource *source, Str text, const char *path, Diag *diag) {
        Reader reader = {
                .source = source,
                .diag = diag,
                .place = { .file = path },
                .file_language = language_of(path),
        };
        bool is_after_gap = true;
        int r = 0;
        Str line;

        if (text.length > FILE_SIZE_MAX || memchr(text.data, '\0', text.length))
                return complain(&reader, "this is no text, or it is too long");
        while (r >= 0 && str_next_part(&text, '\n', &line)) {
                reader.place.line++;
                if (line.length == 0)
                        is_after_gap = true;
                else if (line.data[0] != '#' && line.data[0] != ';') {
                        r = take_line(&reader, line, is_after_gap);
                        is_after_gap = false;
                }
        }
        if (r >= 0)
                r = finish(&reader);
        strbuf_done(&reader.text);
        return err_pass(r);
}

/* --- all files --------------------------------------------------------------------------------*/

/* Whether an earlier directory has a file of that name. */
static bool is_hidden(char *const *paths, const char *name) {
        STRV_FOREACH(path, paths)
        if (streq(path_base_name(*path), name))
                return true;
        return false;
}

static int compare_paths(const void *a, const void *b) {
        return strcmp(path_base_name(*(char *const *)a), path_base_name(*(char *const *)b));
}

static int list_files(const char *root, char ***ret) {
        AUTO_STRV char **paths = NULL;
        int r = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(directories); i++) {
                AUTO_FREE char *path = path_join(root, directories[i]);
                AUTO_DIR DIR *dir = path ? opendir(path) : NULL;
                for (const struct dirent *entry; dir && r >= 0 && (entry = readdir(dir));)
                        if (entry->d_name[0] != '.' &&
                            str_has_suffix(str_of(entry->d_name), SUFFIX) &&
                            !is_hidden(paths, entry->d_name))
                                r = strv_addf(&paths, "%s/%s", path, entry->d_name);
        }
        if (paths)
                qsort(paths, strv_length(paths), sizeof(*paths), compare_paths);
        *ret = STEAL(paths);
        return err_pass(r);
}

int catalog_source_load(CatalogSource *source, const char *root, Diag *diag) {
        AUTO_STRV char **paths = NULL;
        int r = list_files(root, &paths);

        STRV_FOREACH(path, paths) {
                AUTO_FREE char *text = NULL;
                size_t length = 0;
                if (r < 0)
                        break;
                r = file_read(*path, FILE_SIZE_MAX, &text, &length, NULL);
                if (r < 0)
                        diag_add(diag,
                                 &(DiagPlace){ .file = *path },
                                 DIAG_ERROR,
                                 "cannot be read: %s",
                                 strerror(-r));
                else
                        r = catalog_source_add(source, (Str){ text, length }, *path, diag);
        }
        return err_pass(r);
}

/* --- the database -----------------------------------------------------------------------------*/

static int compare_keys(const Row *a, const Row *b) {
        int r = memcmp(&a->id, &b->id, sizeof(a->id));

        return r != 0 ? r : strncmp(a->language, b->language, sizeof(a->language));
}

static int compare_rows(const void *a, const void *b) {
        const Row *first = a, *second = b;
        int r = compare_keys(first, second);

        return r != 0 ? r : (first->number > second->number) - (first->number < second->number);
}

/* Where the body begins, with the empty line before it. */
static size_t headers_length(const char *text) {
        const char *gap = text[0] == '\n' ? text : strstr(text, "\n\n");

        return gap == text ? 0 : gap ? (size_t)(gap - text) + 1 : strlen(text);
}

/* Joins the text of `earlier` into `later`. */
static int join(Row *later, const Row *earlier) {
        size_t own = headers_length(later->text), other = headers_length(earlier->text);
        StrBuf text = STRBUF_INIT;

        strbuf_add_bytes(&text, later->text, own);
        strbuf_add_bytes(&text, earlier->text, other);
        strbuf_add(&text, later->text[own] ? later->text + own : earlier->text + other);
        char *joined = strbuf_steal(&text);
        if (!joined)
                return err_new(-ENOMEM);
        free(later->text);
        later->text = joined;
        return 0;
}

/* One row for each id and language, in order. */
static int sort(CatalogSource *source) {
        size_t n = 0;

        if (source->n > 0)
                qsort(source->rows, source->n, sizeof(*source->rows), compare_rows);
        for (size_t i = 0; i < source->n; i++) {
                Row *row = &source->rows[i];
                if (n > 0 && compare_keys(&source->rows[n - 1], row) == 0) {
                        int r = join(row, &source->rows[n - 1]);
                        if (r < 0)
                                return err_pass(r);
                        n--;
                }
                if (n != i) {
                        Row moved = *row;
                        row->text = NULL;
                        free(source->rows[n].text);
                        source->rows[n] = moved;
                }
                n++;
        }
        source->n = n;
        return 0;
}

int catalog_source_print(CatalogSource *source, StrBuf *out) {
        int r = sort(source);
        uint64_t offset = 0;

        if (r < 0)
                return err_pass(r);
        const CatalogHeader header = {
                .signature = CATALOG_SIGNATURE,
                .header_size = htole64(sizeof(header)),
                .n_items = htole64(source->n),
                .item_size = htole64(sizeof(CatalogItem)),
        };
        strbuf_add_bytes(out, &header, sizeof(header));
        for (size_t i = 0; i < source->n; i++) {
                const Row *row = &source->rows[i];
                CatalogItem item = { .id = row->id, .offset = htole64(offset) };
                memcpy(item.language, row->language, sizeof(item.language));
                strbuf_add_bytes(out, &item, sizeof(item));
                offset += strlen(row->text) + 1;
        }
        for (size_t i = 0; i < source->n; i++)
                strbuf_add_bytes(out, source->rows[i].text, strlen(source->rows[i].text) + 1);
        return strbuf_result(out) < 0 ? err_new(-ENOMEM) : 0;
}
