/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "fuzz_input.h"
#include "journal/catalog_source.h"
#include "journal/journal_catalog.h"

static int on_text(void *userdata, Id128 id, Str text) {
        (void)id;
        *(size_t *)userdata += text.length > 0;
        return 0;
}

/* What is read is found again in the database that is made of it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO(catalog_source_free) CatalogSource *source = NULL;
        AUTO(journal_catalog_free) JournalCatalog *catalog = NULL;
        AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;
        const Str text = { (const char *)data, size };
        size_t n = 0;

        if (catalog_source_new(&source) < 0)
                abort();
        (void)catalog_source_add(source, text, "/x/a.catalog", NULL);
        (void)catalog_source_add(source, text, "/x/a.de.catalog", NULL);
        if (catalog_source_print(source, &bytes) < 0 ||
            journal_catalog_new((Str){ bytes.data, bytes.length }, "de", &catalog) < 0)
                abort();
        (void)journal_catalog_each(catalog, on_text, &n);
        if (n > catalog_source_count(source))
                abort();
        return 0;
}
