/* SPDX-License-Identifier: Apache-2.0 */

/* --header and --verify: what files say about themselves, and whether that is true. */

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/duration.h"
#include "base/macros.h"
#include "journal/journal_text.h"
#include "journal/journal_verify.h"
#include "tend/journalctl/log_query.h"

typedef struct FlagName {
        uint32_t flag;
        const char *name;
} FlagName;

static void add_flags(StrBuf *out, uint32_t flags, const FlagName *names, size_t n) {
        for (size_t i = 0; i < n; i++) {
                if (flags & names[i].flag)
                        strbuf_addf(out, " %s", names[i].name);
                flags &= ~names[i].flag;
        }
        strbuf_add(out, flags ? " ???\n" : "\n");
}

static void add_ids(StrBuf *out, const JournalReader *reader) {
        static const char *const states[] = { "OFFLINE", "ONLINE", "ARCHIVED" };
        static const FlagName compatible[] = {
                { JOURNAL_SEALED, "SEALED" },
                { JOURNAL_TAIL_BOOT_ID, "TAIL_ENTRY_BOOT_ID" },
        };
        static const FlagName incompatible[] = {
                { JOURNAL_COMPRESSED_XZ, "COMPRESSED-XZ" },
                { JOURNAL_COMPRESSED_LZ4, "COMPRESSED-LZ4" },
                { JOURNAL_COMPRESSED_ZSTD, "COMPRESSED-ZSTD" },
                { JOURNAL_KEYED_HASH, "KEYED-HASH" },
                { JOURNAL_COMPACT, "COMPACT" },
        };
        const JournalHeader *header = journal_reader_header(reader);
        char text[ID128_TEXT_SIZE];

        strbuf_addf(out, "File path: %s\n", reader->path);
        strbuf_addf(out, "File ID: %s\n", id128_print(header->file_id, text));
        strbuf_addf(out, "Machine ID: %s\n", id128_print(header->machine_id, text));
        strbuf_addf(out, "Boot ID: %s\n", id128_print(header->tail_entry_boot_id, text));
        strbuf_addf(out, "Sequential number ID: %s\n", id128_print(header->seqnum_id, text));
        strbuf_addf(out,
                    "State: %s\n",
                    header->state < ARRAY_LENGTH(states) ? states[header->state] : "UNKNOWN");
        strbuf_add(out, "Compatible flags:");
        add_flags(out, le32toh(header->compatible_flags), compatible, ARRAY_LENGTH(compatible));
        strbuf_add(out, "Incompatible flags:");
        add_flags(
                out, le32toh(header->incompatible_flags), incompatible, ARRAY_LENGTH(incompatible));
}

static uint64_t n_buckets(Le64 bytes) {
        return le64toh(bytes) / sizeof(JournalBucket);
}

static void add_times(StrBuf *out, const JournalHeader *header, bool utc) {
        JournalTime time = { .clock = JOURNAL_CLOCK_FULL, .utc = utc };
        const Le64 moments[] = { header->head_entry_realtime, header->tail_entry_realtime };

        for (size_t i = 0; i < ARRAY_LENGTH(moments); i++) {
                uint64_t usec = le64toh(moments[i]);
                strbuf_addf(out, "%s realtime timestamp: ", i == 0 ? "Head" : "Tail");
                if (usec > 0)
                        journal_time_print(&time, out, usec);
                else
                        strbuf_add(out, "n/a");
                strbuf_addf(out, " (%" PRIx64 ")\n", usec);
        }
        strbuf_add(out, "Tail monotonic timestamp: ");
        duration_print(out, le64toh(header->tail_entry_monotonic), USEC_PER_MSEC);
        strbuf_addf(out, " (%" PRIx64 ")\n", le64toh(header->tail_entry_monotonic));
}

static void add_counts(StrBuf *out, const JournalHeader *header) {
        uint64_t data = le64toh(header->n_data), fields = le64toh(header->n_fields);
        uint64_t data_buckets = MAX(n_buckets(header->data_hash_table_size), UINT64_C(1));
        uint64_t field_buckets = MAX(n_buckets(header->field_hash_table_size), UINT64_C(1));

        strbuf_addf(out, "Objects: %" PRIu64 "\n", le64toh(header->n_objects));
        strbuf_addf(out, "Entry objects: %" PRIu64 "\n", le64toh(header->n_entries));
        if (le64toh(header->header_size) <= JOURNAL_HEADER_SIZE_MIN)
                return;
        strbuf_addf(out,
                    "Data objects: %" PRIu64 "\nData hash table fill: %.1f%%\n",
                    data,
                    100.0 * (double)data / (double)data_buckets);
        strbuf_addf(out,
                    "Field objects: %" PRIu64 "\nField hash table fill: %.1f%%\n",
                    fields,
                    100.0 * (double)fields / (double)field_buckets);
        strbuf_addf(out,
                    "Tag objects: %" PRIu64 "\nEntry array objects: %" PRIu64
                    "\nDeepest field hash chain: %" PRIu64 "\nDeepest data hash chain: %" PRIu64
                    "\n",
                    le64toh(header->n_tags),
                    le64toh(header->n_entry_arrays),
                    le64toh(header->field_hash_chain_depth),
                    le64toh(header->data_hash_chain_depth));
}

/* Nearly full tables make a file slow: a new one should be begun. */
static bool should_rotate(const JournalHeader *header) {
        return le64toh(header->n_data) * 4 > n_buckets(header->data_hash_table_size) * 3 ||
               le64toh(header->n_fields) * 4 > n_buckets(header->field_hash_table_size) * 3 ||
               le64toh(header->data_hash_chain_depth) > 100 ||
               le64toh(header->field_hash_chain_depth) > 100;
}

static void add_header(StrBuf *out, const JournalReader *reader, bool utc) {
        const JournalHeader *header = journal_reader_header(reader);
        struct stat status = { 0 };

        add_ids(out, reader);
        strbuf_addf(out,
                    "Header size: %" PRIu64 "\nArena size: %" PRIu64
                    "\nData hash table size: %" PRIu64 "\nField hash table size: %" PRIu64
                    "\nRotate suggested: %s\n",
                    le64toh(header->header_size),
                    le64toh(header->arena_size),
                    n_buckets(header->data_hash_table_size),
                    n_buckets(header->field_hash_table_size),
                    should_rotate(header) ? "yes" : "no");
        strbuf_addf(out,
                    "Head sequential number: %" PRIu64 " (%" PRIx64
                    ")\nTail sequential number: %" PRIu64 " (%" PRIx64 ")\n",
                    le64toh(header->head_entry_seqnum),
                    le64toh(header->head_entry_seqnum),
                    le64toh(header->tail_entry_seqnum),
                    le64toh(header->tail_entry_seqnum));
        add_times(out, header, utc);
        add_counts(out, header);
        (void)fstat(reader->map->fd, &status); /* open since */
        strbuf_add(out, "Disk usage: ");
        journal_size_print(out, (uint64_t)status.st_blocks * 512);
        strbuf_add_char(out, '\n');
}

int log_headers(LogQuery *query, JournalSet *set) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        for (unsigned i = 0; i < set->n_streams; i++) {
                if (i > 0)
                        strbuf_add_char(&out, '\n');
                add_header(&out, set->streams[i].reader, (query->flags & LOG_UTC) != 0);
        }
        (void)fputs(strbuf_text(&out), stdout); /* checked when it is closed */
        return 0;
}

int log_verify(LogQuery *query UNUSED, JournalSet *set) {
        int status = 0;

        for (unsigned i = 0; i < set->n_streams; i++) {
                AUTO(diag_clear) Diag diag = { .limit = 20 };
                JournalReader *reader = set->streams[i].reader;
                int r = journal_verify(reader, &diag);
                for (unsigned k = 0; k < diag.n_findings; k++)
                        (void)fprintf(stderr, "%s\n", diag.findings[k].text);
                if (diag.lost > 0)
                        (void)fprintf(stderr, "and %u more\n", diag.lost);
                if (r < 0)
                        (void)fprintf(stderr, "FAIL: %s (%s)\n", reader->path, strerror(-r));
                else
                        (void)fprintf(stderr, "PASS: %s\n", reader->path);
                status = r < 0 ? 1 : status;
        }
        return status;
}
