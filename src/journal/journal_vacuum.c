/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_vacuum.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/auto.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/str.h"

/* One file that may go. */
typedef struct OldFile {
        char *name; /* owned */
        uint64_t bytes, changed_usec;
} OldFile;

typedef struct OldFiles {
        OldFile *files; /* owned */
        size_t n;
        uint64_t use; /* bytes of all journal files, also of those in use */
} OldFiles;

static void old_files_done(OldFiles *old) {
        for (size_t i = 0; i < old->n; i++)
                free(old->files[i].name);
        free(old->files);
}

DEFINE_AUTO_DONE(OldFiles, old_files_done);

static int add_old(OldFiles *old, const char *name, const struct stat *status) {
        OldFile *files = reallocarray(old->files, old->n + 1, sizeof(*files));

        if (!files)
                return err_new(-ENOMEM);
        old->files = files;
        files[old->n] = (OldFile){
                .name = str_dup(str_of(name)),
                .bytes = (uint64_t)status->st_blocks * 512,
                .changed_usec = (uint64_t)status->st_mtim.tv_sec * USEC_PER_SEC +
                                (uint64_t)status->st_mtim.tv_nsec / 1000,
        };
        if (!files[old->n].name)
                return err_new(-ENOMEM);
        old->n++;
        return 0;
}

bool journal_series_has(const JournalSeries *series, Str name) {
        if (series->apart && str_has_prefix(name, series->apart))
                return false;
        if (!series->stem)
                return true;
        return str_skip_prefix(&name, series->stem) && name.length > 0 &&
               (name.data[0] == '@' || name.data[0] == '.');
}

static int list(int directory_fd, const JournalSeries *series, OldFiles *old) {
        AUTO_FD int copy = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        AUTO_DIR DIR *directory = copy >= 0 ? fdopendir(copy) : NULL;

        if (!directory)
                return err_new(-errno);
        (void)steal_fd(&copy);
        for (struct dirent *entry; (entry = readdir(directory));) {
                Str name = str_of(entry->d_name);
                bool is_broken = str_has_suffix(name, ".journal~");
                struct stat status;
                if ((!is_broken && !str_has_suffix(name, ".journal")) ||
                    !journal_series_has(series, name) ||
                    fstatat(directory_fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
                    !S_ISREG(status.st_mode))
                        continue;
                old->use += (uint64_t)status.st_blocks * 512;
                if (!is_broken && str_find_char(name, '@') < 0)
                        continue; /* somebody writes it */
                int r = add_old(old, entry->d_name, &status);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static int by_age(const void *a, const void *b) {
        const OldFile *x = a, *y = b;
        if (x->changed_usec != y->changed_usec)
                return x->changed_usec < y->changed_usec ? -1 : 1;
        return strcmp(x->name, y->name);
}

static bool is_short_of_room(int directory_fd, uint64_t keep_free) {
        struct statvfs fs;
        return keep_free > 0 && fstatvfs(directory_fd, &fs) == 0 &&
               (uint64_t)fs.f_bavail * fs.f_frsize < keep_free;
}

/* Whether the oldest of the files that are left should go. */
static bool must_go(const VacuumLimits *limits, const OldFiles *old, size_t i, int directory_fd) {
        return i < limits->n_at_least || (limits->max_use > 0 && old->use > limits->max_use) ||
               (limits->max_files > 0 && old->n - i > limits->max_files) ||
               old->files[i].changed_usec < limits->oldest_usec ||
               is_short_of_room(directory_fd, limits->keep_free);
}

int journal_vacuum(const char *directory, const VacuumLimits *limits) {
        AUTO_FD int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        AUTO(old_files_done) OldFiles old = { 0 };
        int n_removed = 0;

        if (fd < 0)
                return err_new(-errno);
        int r = list(fd, &limits->series, &old);
        if (r < 0)
                return err_pass(r);
        if (old.n > 1)
                qsort(old.files, old.n, sizeof(*old.files), by_age);
        for (size_t i = 0; i < old.n && must_go(limits, &old, i, fd); i++)
                if (unlinkat(fd, old.files[i].name, 0) == 0) {
                        old.use -= old.files[i].bytes;
                        n_removed++;
                }
        return n_removed;
}

uint64_t journal_disk_usage(const char *directory) {
        AUTO_FD int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        AUTO(old_files_done) OldFiles old = { 0 };
        const JournalSeries all = { 0 };

        return fd >= 0 && list(fd, &all, &old) == 0 ? old.use : 0;
}
