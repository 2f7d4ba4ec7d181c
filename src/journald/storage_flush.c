/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/storage_flush.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "journal/journal_scan.h"
#include "journald/storage_place.h"

/* One entry with all its values, as it was received. */
static int copy_entry(Storage *storage, JournalScan *scan, const JournalEntry *source) {
        JournalFile *file = storage->system.file;
        const JournalStamp stamp = {
                .realtime_usec = le64toh(source->realtime),
                .monotonic_usec = le64toh(source->monotonic),
                .boot_id = source->boot_id,
        };
        size_t n = 0;
        int r = 0;
        Str value;

        for (uint64_t i = 0; journal_scan_value(scan, source, i, &value) && r >= 0; i++)
                if (value.length > 0 && n < ENTRY_VALUES_MAX)
                        r = journal_append_data(file, value, &storage->items[n++]);
        if (r >= 0 && n > 0)
                r = journal_append_entry(file, &stamp, storage->items, n);
        return err_pass(r);
}

static int copy_file(Storage *storage, const JournalMap *map) {
        AUTO(journal_scan_done) JournalScan scan = { 0 };
        const JournalEntry *entry;
        int r = journal_scan_init(&scan, map->base, map->size);

        if (r < 0)
                return err_pass(r);
        while (r >= 0 && (entry = journal_scan_next(&scan))) {
                bool is_full =
                        journal_file_is_full(storage->system.file, 4096) ||
                        le64toh(entry->realtime) < journal_file_tail_realtime(storage->system.file);
                if (is_full)
                        r = storage_place_rotate(storage, &storage->system, false);
                if (r >= 0)
                        r = copy_entry(storage, &scan, entry);
                if (r == -EFBIG || r == -EINVAL)
                        r = 0; /* this one does not fit anywhere */
        }
        return err_pass(r);
}

/* The storage's files with archived ones first: their names sort by time after "<stem>@", and
 * "<stem>.journal" is the newest. */
static int list_files(const Storage *storage, const char *directory, char ***ret) {
        JournalSeries series = storage_series(storage);
        StrBuf text = STRBUF_INIT;
        strbuf_addf(&text, "%s.journal", storage->stem);
        AUTO_FREE char *current = strbuf_steal(&text);
        AUTO_STRV char **archived = NULL;
        AUTO_DIR DIR *dir = opendir(directory);
        bool has_current = false;
        int r = current ? 0 : err_new(-ENOMEM);

        for (struct dirent *entry; dir && (entry = readdir(dir)) && r >= 0;) {
                if (!journal_series_has(&series, str_of(entry->d_name)))
                        continue;
                if (streq(entry->d_name, current))
                        has_current = true;
                else if (str_has_suffix(str_of(entry->d_name), ".journal"))
                        r = strv_add(&archived, entry->d_name);
        }
        strv_sort(archived);
        if (r >= 0 && has_current)
                r = strv_add(&archived, current);
        *ret = STEAL(archived);
        return err_pass(r);
}

int storage_flush_directory(Storage *storage, const char *directory) {
        AUTO_STRV char **names = NULL;
        int r = list_files(storage, directory, &names);

        STRV_FOREACH(name, names) {
                AUTO_FREE char *path = path_join(directory, *name);
                AUTO(journal_map_close) JournalMap *map = NULL;
                int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
                if (r < 0 || fd < 0)
                        continue;
                r = journal_map_file(fd, false, 0, &map);
                if (r >= 0)
                        r = copy_file(storage, map);
                if (r == -EBADMSG || r == -EPROTONOSUPPORT || r == -ENODATA) {
                        r = 0; /* it stays where it is */
                        continue;
                }
                if (r >= 0)
                        r = journal_file_sync(storage->system.file);
                if (r >= 0)
                        (void)unlink(path); /* else its entries are shown twice */
        }
        return err_pass(r);
}
