/* SPDX-License-Identifier: Apache-2.0 */

/* Which journal files are meant, and opening them. */

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "tend/journal_log.h"
#include "tend/journalctl/log_query.h"

/* --- places -----------------------------------------------------------------------------------*/

static int add_in_root(const LogQuery *query, const char *path, char ***list) {
        AUTO_FREE char *full = path_join(query->root ? query->root : "/", path + 1);

        if (!full)
                return err_new(-ENOMEM);
        return access(full, R_OK | X_OK) == 0 ? err_pass(strv_add_unique(list, full)) : 0;
}

/* Whether a directory of /var/log/journal is of this machine and name space ("ID", "ID.NAME"). */
static bool is_wanted_machine(const LogQuery *query, const char *name, const char *machine_id) {
        Str rest = str_of(name);

        if ((query->flags & LOG_MERGE) && !query->name_space)
                return true;
        if (!(query->flags & LOG_MERGE) && (!machine_id || !str_skip_prefix(&rest, machine_id)))
                return false;
        if (!query->name_space)
                return rest.length == 0;
        if (streq(query->name_space, "*"))
                return true;
        const char *wanted = query->name_space + (query->name_space[0] == '+');
        return (query->name_space[0] == '+' && rest.length == 0) ||
               (rest.length > 1 && rest.data[0] == '.' && streq(rest.data + 1, wanted));
}

static int add_machines(const LogQuery *query, const char *top, char ***list) {
        AUTO_FREE char *id = NULL;
        AUTO_FREE char *id_path = path_join(query->root ? query->root : "/", "etc/machine-id");
        AUTO_FREE char *path = path_join(query->root ? query->root : "/", top + 1);
        AUTO_DIR DIR *directory = path ? opendir(path) : NULL;

        if (!id_path || !path)
                return err_new(-ENOMEM);
        (void)file_read_line(id_path, &id); /* without one no directory is ours */
        for (struct dirent *entry; directory && (entry = readdir(directory));) {
                if (entry->d_name[0] == '.' || !is_wanted_machine(query, entry->d_name, id))
                        continue;
                AUTO_FREE char *found = path_join(top, entry->d_name);
                int r = found ? add_in_root(query, found, list) : -ENOMEM;
                if (r < 0)
                        return err_pass(r);
        }
        return err_pass(add_in_root(query, top, list));
}

int log_files_directories(LogQuery *query, char ***ret) {
        AUTO_STRV char **list = NULL;
        int r = 0;

        if (query->directory) {
                r = strv_add(&list, query->directory);
        } else {
                if (!query->root && !query->name_space)
                        r = journal_log_places(query->tend, &list);
                if (r >= 0 && (query->tend->paths ? query->tend->paths->is_default : true))
                        r = add_machines(query, "/var/log/journal", &list);
                if (r >= 0 && (query->tend->paths ? query->tend->paths->is_default : true))
                        r = add_machines(query, "/run/log/journal", &list);
        }
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(list);
        return 0;
}

/* --- files ------------------------------------------------------------------------------------*/

static bool has_name(const char *name, const char *prefix) {
        Str rest = str_of(name);
        return str_skip_prefix(&rest, prefix) &&
               (rest.length > 0 && (rest.data[0] == '.' || rest.data[0] == '@'));
}

/* Whether a file of a directory is wanted: --system, --user, or by default both. */
static bool is_wanted_file(const LogQuery *query, const char *name) {
        char own[32];

        if (!str_has_suffix(str_of(name), ".journal") && !str_has_suffix(str_of(name), ".journal~"))
                return false;
        if (query->directory || (query->flags & LOG_MERGE))
                return true;
        (void)snprintf(own, sizeof(own), "user-%u", (unsigned)getuid());
        bool both = !(query->flags & (LOG_OF_SYSTEM | LOG_OF_USER));
        return ((both || (query->flags & LOG_OF_SYSTEM)) && has_name(name, "system")) ||
               ((both || (query->flags & LOG_OF_USER)) && has_name(name, own));
}

/* Whether the file is open already, maybe under a name that it had before. */
static bool is_open(const JournalSet *set, const struct stat *status) {
        struct stat other;

        for (unsigned i = 0; i < set->n_streams; i++)
                if (fstat(set->streams[i].reader->map->fd, &other) == 0 &&
                    other.st_dev == status->st_dev && other.st_ino == status->st_ino)
                        return true;
        return false;
}

/* 1 when the file was added, 0 when it is there, -errno when it cannot be read. */
static int add_file(JournalSet *set, const char *path) {
        JournalReader *reader;
        struct stat status;

        if (stat(path, &status) < 0)
                return err_new(-errno);
        if (is_open(set, &status))
                return 0;
        int r = journal_reader_open(path, &reader);
        if (r < 0)
                return err_pass(r);
        r = journal_set_add(set, reader);
        return r < 0 ? err_pass(r) : 1;
}

/* Says why a file is left out, in the words of journalctl. */
static void complain_file(const char *path, int r) {
        uint8_t header[JOURNAL_HEADER_SIZE] = { 0 };

        if (r == -ENODATA) {
                (void)fprintf(stderr, "Journal file %s is truncated, ignoring file.\n", path);
                return;
        }
        if (r == -EBADMSG) {
                (void)fprintf(stderr, "Journal file %s corrupted, ignoring file.\n", path);
                return;
        }
        if (r != -EPROTONOSUPPORT) {
                (void)fprintf(stderr,
                              "Journal file %s cannot be read, ignoring file: %s\n",
                              path,
                              strerror(-r));
                return;
        }
        AUTO_FILE FILE *file = fopen(path, "re");
        size_t length = file ? fread(header, 1, sizeof(header), file) : 0;
        (void)fprintf(stderr,
                      "Journal file %s uses an unsupported feature, ignoring file.\n"
                      "Its incompatible flags 0x%" PRIx32
                      " are not known here: a later program wrote it.\n",
                      path,
                      journal_bytes_unknown_flags(header, length));
}

static int add_directory(LogQuery *query, JournalSet *set, const char *path, bool quiet) {
        AUTO_DIR DIR *directory = opendir(path);
        int n_new = 0;

        if (!directory)
                return err_new(-errno);
        for (struct dirent *entry; (entry = readdir(directory));) {
                if (!is_wanted_file(query, entry->d_name))
                        continue;
                AUTO_FREE char *file = path_join(path, entry->d_name);
                int r = file ? add_file(set, file) : -ENOMEM;
                if (r == -ENOMEM)
                        return err_pass(r);
                if (r < 0 && r != -ENOENT && !quiet)
                        complain_file(file, r);
                query->n_left_out += r < 0;
                n_new += r > 0;
        }
        return n_new;
}

static int open_named(LogQuery *query, JournalSet *set) {
        STRV_FOREACH(pattern, query->files) {
                glob_t found = { 0 };
                int r = glob(*pattern, GLOB_NOCHECK, NULL, &found) == 0 ? 0 : -ENOMEM;
                for (size_t i = 0; i < found.gl_pathc && r >= 0; i++) {
                        r = add_file(set, found.gl_pathv[i]);
                        if (r == -EPROTONOSUPPORT)
                                complain_file(found.gl_pathv[i], r);
                }
                globfree(&found);
                if (r < 0) {
                        (void)fprintf(stderr, "Failed to open files: %s\n", strerror(-r));
                        return err_pass(r);
                }
        }
        return 0;
}

int log_files_open(LogQuery *query, JournalSet *set) {
        AUTO_STRV char **directories = NULL;

        if (query->files)
                return err_pass(open_named(query, set));
        int r = log_files_directories(query, &directories);
        if (r < 0)
                return err_pass(r);
        STRV_FOREACH(directory, directories) {
                r = add_directory(query, set, *directory, (query->flags & LOG_QUIET) != 0);
                if (r < 0 && query->directory) {
                        (void)fprintf(
                                stderr, "Failed to open %s: %s\n", query->directory, strerror(-r));
                        return err_pass(r);
                }
        }
        if (set->n_streams == 0 && query->n_left_out == 0 && !(query->flags & LOG_QUIET))
                (void)fprintf(stderr, "No journal files were found.\n");
        return 0;
}

int log_files_refresh(LogQuery *query, JournalSet *set) {
        AUTO_STRV char **directories = NULL;
        int n_new = 0;

        if (query->files)
                return 0;
        int r = log_files_directories(query, &directories);
        if (r < 0)
                return err_pass(r);
        STRV_FOREACH(directory, directories) {
                r = add_directory(query, set, *directory, true);
                if (r == -ENOMEM)
                        return err_pass(r);
                n_new += r > 0;
        }
        return n_new > 0;
}

void log_files_report(const LogQuery *query, const JournalSet *set) {
        for (unsigned i = 0; i < set->n_streams && !(query->flags & LOG_QUIET); i++) {
                const JournalReader *reader = set->streams[i].reader;
                if (journal_reader_is_cut(reader))
                        (void)fprintf(stderr,
                                      "Journal file %s was cut while it was read: what was behind "
                                      "is left out.\n",
                                      reader->path);
                else if (journal_reader_is_damaged(reader))
                        (void)fprintf(
                                stderr,
                                "Journal file %s is damaged: what cannot be read is left out. "
                                "journalctl --verify --file=%s says more.\n",
                                reader->path,
                                reader->path);
        }
}
