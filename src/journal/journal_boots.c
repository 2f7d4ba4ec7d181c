/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_boots.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/macros.h"
#include "journal/journal_fields.h"

typedef struct Collector {
        JournalBoots *boots;
        JournalReader *reader;
} Collector;

static int add(JournalBoots *boots, const JournalBoot *boot) {
        for (size_t i = 0; i < boots->n_boots; i++) {
                JournalBoot *known = &boots->boots[i];
                if (!id128_equal(known->id, boot->id))
                        continue;
                known->first_usec = MIN(known->first_usec, boot->first_usec);
                known->last_usec = MAX(known->last_usec, boot->last_usec);
                return 0;
        }
        JournalBoot *grown = reallocarray(boots->boots, boots->n_boots + 1, sizeof(*grown));
        if (!grown)
                return err_new(-ENOMEM);
        boots->boots = grown;
        grown[boots->n_boots++] = *boot;
        return 0;
}

/* The first and the last entry with a boot's id, which the file has in a list. */
static int on_boot(void *userdata, Str value) {
        Collector *collector = userdata;
        AUTO(journal_chain_done) JournalChain chain = { 0 };
        AUTO(strbuf_done) StrBuf payload = STRBUF_INIT;
        JournalBoot boot;

        if (id128_parse(value, &boot.id) < 0)
                return 0;
        strbuf_add(&payload, "_BOOT_ID=");
        strbuf_add_str(&payload, value);
        Str text = { strbuf_text(&payload), payload.length };
        int r = journal_reader_find_value(collector->reader, text, &chain);
        if (r < 0)
                return err_pass(r);
        if (chain.n == 0)
                return 0;
        const JournalEntry *first =
                journal_reader_entry(collector->reader, journal_chain_get(&chain, 0));
        const JournalEntry *last =
                journal_reader_entry(collector->reader, journal_chain_get(&chain, chain.n - 1));
        if (!first || !last)
                return 0;
        boot.first_usec = le64toh(first->realtime);
        boot.last_usec = le64toh(last->realtime);
        return err_pass(add(collector->boots, &boot));
}

static int oldest_first(const void *a, const void *b) {
        const JournalBoot *x = a, *y = b;
        return x->first_usec < y->first_usec ? -1 : x->first_usec > y->first_usec;
}

int journal_boots_find(const JournalSet *set, JournalBoots *ret) {
        AUTO(journal_boots_done) JournalBoots boots = { 0 };

        for (unsigned i = 0; i < set->n_streams; i++) {
                Collector collector = { &boots, set->streams[i].reader };
                int r = journal_field_values_each(
                        collector.reader, STR_LITERAL("_BOOT_ID"), on_boot, &collector);
                if (r < 0)
                        return err_pass(r);
        }
        if (boots.n_boots > 1)
                qsort(boots.boots, boots.n_boots, sizeof(*boots.boots), oldest_first);
        *ret = boots;
        boots = (JournalBoots){ 0 };
        return 0;
}

void journal_boots_done(JournalBoots *boots) {
        free(STEAL(boots->boots));
        boots->n_boots = 0;
}
