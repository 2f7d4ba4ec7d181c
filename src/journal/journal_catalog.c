/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_catalog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "journal/catalog_format.h"
#include "journal/catalog_texts.h"

#define SIZE_MAX_BYTES (UINT64_C(64) * 1024 * 1024)
#define FIELD_LENGTH_MAX 64

struct JournalCatalog {
        char *bytes; /* owned */
        size_t length;
        const char *items; /* first item; `item_size` each */
        uint64_t n_items, item_size;
        Str texts;
        char language[CATALOG_LANGUAGE_SIZE];
};

/* --- opening ----------------------------------------------------------------------------------*/

/* Finds the parts; none when the bytes are no database. */
static void take_apart(JournalCatalog *catalog) {
        static const uint8_t signature[] = CATALOG_SIGNATURE;
        CatalogHeader header;

        if (catalog->length < sizeof(header))
                return;
        memcpy(&header, catalog->bytes, sizeof(header));
        uint64_t size = le64toh(header.header_size), item = le64toh(header.item_size);
        uint64_t n = le64toh(header.n_items);
        if (memcmp(header.signature, signature, sizeof(signature)) != 0 ||
            header.incompatible_flags != 0 || size < sizeof(header) || size > catalog->length ||
            item < sizeof(CatalogItem) || n > (catalog->length - size) / item)
                return;
        catalog->items = catalog->bytes + size;
        catalog->n_items = n;
        catalog->item_size = item;
        size_t begin = (size_t)(size + n * item);
        catalog->texts = (Str){ catalog->bytes + begin, catalog->length - begin };
}

/* Takes the bytes over. */
static int new_catalog(char *bytes, size_t length, const char *language, JournalCatalog **ret) {
        JournalCatalog *catalog = calloc(1, sizeof(*catalog));

        if (!catalog) {
                free(bytes);
                return err_new(-ENOMEM);
        }
        catalog->bytes = bytes;
        catalog->length = length;
        if (language && strlen(language) < sizeof(catalog->language))
                memcpy(catalog->language, language, strlen(language));
        take_apart(catalog);
        *ret = catalog;
        return 0;
}

int journal_catalog_new(Str bytes, const char *language, JournalCatalog **ret) {
        char *copy = str_dup(bytes);

        return copy ? err_pass(new_catalog(copy, bytes.length, language, ret)) : err_new(-ENOMEM);
}

int journal_catalog_open(const char *path, const char *language, JournalCatalog **ret) {
        AUTO_FREE char *bytes = NULL;
        size_t length = 0;
        int r = file_read(path, SIZE_MAX_BYTES, &bytes, &length, NULL);

        if (r == -ENOMEM || r == -ENOENT)
                return err_pass(r);
        return err_pass(new_catalog(STEAL(bytes), r < 0 ? 0 : length, language, ret));
}

JournalCatalog *journal_catalog_free(JournalCatalog *catalog) {
        if (!catalog)
                return NULL;
        free(catalog->bytes);
        free(catalog);
        return NULL;
}

/* --- looking up -------------------------------------------------------------------------------*/

static CatalogItem item_at(const JournalCatalog *catalog, uint64_t i) {
        CatalogItem item;

        memcpy(&item, catalog->items + i * catalog->item_size, sizeof(item));
        return item;
}

/* The text of an item; false when it is outside, or has no end. */
static bool text_of(const JournalCatalog *catalog, const CatalogItem *item, Str *ret) {
        uint64_t offset = le64toh(item->offset);

        if (offset >= catalog->texts.length)
                return false;
        const char *text = catalog->texts.data + offset;
        const char *end = memchr(text, '\0', catalog->texts.length - (size_t)offset);
        if (!end)
                return false;
        *ret = (Str){ text, (size_t)(end - text) };
        return true;
}

static int compare(const CatalogItem *item, Id128 id, const char *language) {
        int r = memcmp(item->id.bytes, id.bytes, sizeof(id.bytes));

        return r != 0 ? r : strncmp(item->language, language, sizeof(item->language));
}

static bool find_in(const JournalCatalog *catalog, Id128 id, const char *language, Str *ret) {
        uint64_t low = 0, high = catalog->n_items;

        while (low < high) {
                uint64_t middle = low + (high - low) / 2;
                CatalogItem item = item_at(catalog, middle);
                int r = compare(&item, id, language);
                if (r == 0)
                        return text_of(catalog, &item, ret);
                if (r < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return false;
}

bool journal_catalog_find(const JournalCatalog *catalog, Id128 id, Str *ret) {
        char language[sizeof(catalog->language)];

        memcpy(language, catalog->language, sizeof(language));
        if (language[0] != '\0') {
                if (find_in(catalog, id, language, ret))
                        return true;
                language[strcspn(language, "_@")] = '\0';
                if (find_in(catalog, id, language, ret))
                        return true;
        }
        return find_in(catalog, id, "", ret) || catalog_texts_find(id, ret);
}

int journal_catalog_each(const JournalCatalog *catalog,
                         int (*each)(void *userdata, Id128 id, Str text),
                         void *userdata) {
        Id128 before = { 0 };

        for (uint64_t i = 0; i < catalog->n_items; i++) {
                CatalogItem item = item_at(catalog, i);
                Str text;
                if ((i > 0 && id128_equal(item.id, before)) ||
                    !journal_catalog_find(catalog, item.id, &text))
                        continue;
                before = item.id;
                int r = each(userdata, item.id, text);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* --- texts ------------------------------------------------------------------------------------*/

/* The name between two '@' at the front, empty when there is none. */
static Str name_at(Str text) {
        size_t n = 1;

        while (n < text.length && n <= FIELD_LENGTH_MAX &&
               ((text.data[n] >= 'A' && text.data[n] <= 'Z') || text.data[n] == '_' ||
                (text.data[n] >= '0' && text.data[n] <= '9')))
                n++;
        bool is_name = text.length > 0 && text.data[0] == '@' && n > 1 && n < text.length &&
                       text.data[n] == '@';
        return is_name ? (Str){ text.data + 1, n - 1 } : STR_EMPTY;
}

void journal_catalog_fill(Str text,
                          bool (*value)(void *userdata, const char *field, Str *ret),
                          void *userdata,
                          StrBuf *out) {
        while (text.length > 0) {
                Str name = name_at(text);
                char field[FIELD_LENGTH_MAX + 1] = "";
                size_t n = 1;
                if (name.length > 0 && name.length <= FIELD_LENGTH_MAX) {
                        Str filled = name;
                        memcpy(field, name.data, name.length);
                        if (!value(userdata, field, &filled))
                                filled = name;
                        strbuf_add_str(out, filled);
                        n = name.length + 2;
                } else {
                        strbuf_add_char(out, text.data[0]);
                }
                text = (Str){ text.data + n, text.length - n };
        }
}

Str journal_catalog_header(Str text, const char *name) {
        Str line;

        while (str_next_part(&text, '\n', &line) && line.length > 0)
                if (str_skip_prefix(&line, name) && str_skip_prefix(&line, ": "))
                        return line;
        return STR_EMPTY;
}
