/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_guard.h"

#include <endian.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file_io.h"
#include "journal/journal_merge.h"
#include "journal/journal_render.h"
#include "journal_memory.h"

#include "unit_test.h"

#define N 500

/* A file on disk with N entries; the file is `path`, which is filled in. */
static JournalReader *new_reader(char *path) {
        const JournalFileOptions options = { .machine_id = { { 9 } }, .max_size = 1024 * 1024 };
        AUTO(journal_file_free) JournalFile *file = NULL;
        JournalReader *reader = NULL;

        assert_int_equal(journal_file_create(memory_map_new(NULL, 0), &options, &file), 0);
        for (unsigned i = 0; i < N; i++)
                memory_append(file, i);
        int fd = mkstemp(path);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, file->map->base, file->map->size), file->map->size);
        assert_int_equal(close(fd), 0);
        assert_int_equal(journal_reader_open(path, &reader), 0);
        return reader;
}

static unsigned count(JournalSet *set) {
        AUTO(journal_renderer_free) JournalRenderer *renderer = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JournalPlace place;
        unsigned n = 0;

        assert_int_equal(journal_renderer_new(JOURNAL_OUTPUT_EXPORT, 0, NULL, &renderer), 0);
        for (journal_set_seek_head(set); journal_set_next(set, &place); n++)
                journal_render(renderer, &place, &out);
        return n;
}

static void test_what_is_left_of_a_file_that_is_cut_is_read(void **state UNUSED) {
        AUTO(journal_set_done) JournalSet set = { 0 };
        char path[] = "/tmp/test_journal_guard_XXXXXX";

        assert_int_equal(journal_guard_begin(), 0);
        assert_int_equal(journal_set_add(&set, new_reader(path)), 0);
        JournalReader *reader = set.streams[0].reader;
        assert_int_equal(count(&set), N);
        assert_false(journal_reader_is_damaged(reader));
        uint64_t tail = le64toh(journal_reader_header(reader)->tail_object_offset);
        assert_int_equal(truncate(path, (off_t)tail * 9 / 10), 0);
        unsigned n = count(&set);
        assert_true(n > 0 && n < N);
        assert_true(journal_reader_is_cut(reader));
        assert_true(journal_reader_is_damaged(reader));
        assert_int_equal(truncate(path, 0), 0);
        assert_true(count(&set) <= n);
        assert_int_equal(unlink(path), 0);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_is_left_of_a_file_that_is_cut_is_read),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
