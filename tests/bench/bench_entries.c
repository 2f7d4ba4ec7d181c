/* SPDX-License-Identifier: Apache-2.0 */

/* Writes a journal file as a recorder of many services leaves it: bench_entries FILE ENTRIES. Each
 * entry has 17 fields and a message of its own; there are 20 units. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/macros.h"
#include "journal/journal_append.h"

#define N_UNITS 20
#define N_FIELDS 18
#define SIZE_MAX_BYTES (UINT64_C(2) << 30)
#define BEGIN_USEC UINT64_C(1700000000000000)
#define STEP_USEC 1000

static int append(JournalFile *file, unsigned number) {
        static const char *const fixed[] = {
                "PRIORITY=6",
                "SYSLOG_FACILITY=3",
                "_TRANSPORT=stdout",
                "_UID=0",
                "_GID=0",
                "_COMM=worker",
                "_EXE=/usr/bin/worker",
                "_CMDLINE=/usr/bin/worker --all",
                "_CAP_EFFECTIVE=1ffffffffff",
                "_SYSTEMD_SLICE=system.slice",
                "_HOSTNAME=bench",
                "_MACHINE_ID=00000000000000000000000000000009",
                "_BOOT_ID=01000000000000000000000000000000",
        };
        const JournalStamp stamp = {
                .realtime_usec = BEGIN_USEC + (uint64_t)number * STEP_USEC,
                .monotonic_usec = (uint64_t)number * STEP_USEC,
                .boot_id = { { 1 } },
        };
        unsigned unit = number % N_UNITS;
        JournalItem items[N_FIELDS];
        char text[5][160];
        unsigned n = 0;
        int r = 0;

        (void)snprintf(text[0], sizeof(text[0]), "_SYSTEMD_UNIT=worker-%u.service", unit);
        (void)snprintf(
                text[1], sizeof(text[1]), "_SYSTEMD_CGROUP=/system.slice/worker-%u.service", unit);
        (void)snprintf(text[2], sizeof(text[2]), "_PID=%u", 1000 + unit);
        (void)snprintf(text[3], sizeof(text[3]), "SYSLOG_IDENTIFIER=worker-%u", unit);
        (void)snprintf(text[4],
                       sizeof(text[4]),
                       "MESSAGE=request %u was answered after %u microseconds, "
                       "which is what was expected of it",
                       number,
                       number * 7 % 1000);
        for (size_t i = 0; i < ARRAY_LENGTH(fixed) && r >= 0; i++)
                r = journal_append_data(file, str_of(fixed[i]), &items[n++]);
        for (size_t i = 0; i < ARRAY_LENGTH(text) && r >= 0; i++)
                r = journal_append_data(file, str_of(text[i]), &items[n++]);
        return r < 0 ? r : journal_append_entry(file, &stamp, items, n);
}

static int write_file(int fd, unsigned n_entries) {
        const JournalFileOptions options = {
                .machine_id = { { 9 } },
                .max_size = SIZE_MAX_BYTES,
                .compact = true,
                .compress_threshold = JOURNAL_COMPRESS_THRESHOLD,
        };
        AUTO(journal_file_free) JournalFile *file = NULL;
        JournalMap *map;
        int r = journal_map_file(fd, true, SIZE_MAX_BYTES, &map);

        if (r >= 0)
                r = journal_file_create(map, &options, &file);
        for (unsigned i = 0; i < n_entries && r >= 0; i++)
                r = append(file, i);
        return r < 0 ? r : MIN(journal_file_set_state(file, JOURNAL_ARCHIVED), 0);
}

int main(int argc, char **argv) {
        int fd = argc == 3 ? open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;

        if (fd < 0 || write_file(fd, (unsigned)strtoul(argv[2], NULL, 10)) < 0) {
                (void)fprintf(stderr, "usage: bench_entries FILE ENTRIES\n");
                return 1;
        }
        return 0;
}
