/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "fuzz_input.h"
#include "journal/journal_catalog.h"

static bool value_of(void *userdata, const char *field, Str *ret) {
        (void)userdata;
        *ret = STR_LITERAL("value");
        return field[0] == 'U';
}

static int on_text(void *userdata, Id128 id, Str text) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        (void)id;
        (void)journal_catalog_header(text, "Subject");
        journal_catalog_fill(text, value_of, NULL, &out);
        *(size_t *)userdata += out.length;
        return *(size_t *)userdata > 1 << 20 ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const Id128 id = { { 0x39, 0xf5 } };
        AUTO(journal_catalog_free) JournalCatalog *catalog = NULL;
        size_t length = 0;
        Str text;

        if (journal_catalog_new((Str){ (const char *)data, size }, "de_DE", &catalog) < 0)
                abort();
        (void)journal_catalog_each(catalog, on_text, &length);
        if (journal_catalog_find(catalog, id, &text))
                (void)on_text(&length, id, text);
        return 0;
}
