/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/storage.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "journald/storage_flush.h"
#include "journald/storage_place.h"

#define COMMON_MAX 8
#define ITEMS_MAX (ENTRY_VALUES_MAX + ENTRY_SETS_MAX * 64 + COMMON_MAX)
#define FILES_OF_A_RETENTION 8          /* so that what goes at once is an eighth of what is kept */
#define RETRY_USEC (50 * USEC_PER_MSEC) /* after a failure, which may have taken long to find */
#define ENTRY_ROOM 4096 /* a file with less room than this is replaced before writing */

/* --- making
 * ---------------------------------------------------------------------------------------- */

static int read_id(const char *path, Id128 *ret) {
        AUTO_FREE char *line = NULL;
        int r = file_read_line(path, &line);

        return r < 0 ? err_pass(r) : err_pass(id128_parse(str_of(line), ret));
}

static int fill_common(Storage *storage, const StorageOptions *options) {
        char host[256] = "", id[ID128_TEXT_SIZE];

        if (read_id("/etc/machine-id", &storage->machine_id) < 0)
                storage->machine_id = (Id128){ { 0 } }; /* files of a machine without an id */
        int r = read_id("/proc/sys/kernel/random/boot_id", &storage->boot_id);
        if (r >= 0)
                r = value_set_add(&storage->common, "_BOOT_ID", id128_print(storage->boot_id, id));
        if (r >= 0)
                r = value_set_add(
                        &storage->common, "_MACHINE_ID", id128_print(storage->machine_id, id));
        if (r >= 0 && gethostname(host, sizeof(host) - 1) == 0)
                r = value_set_add(&storage->common, "_HOSTNAME", host);
        if (r >= 0)
                r = value_set_add(&storage->common, "_RUNTIME_SCOPE", options->runtime_scope);
        if (r >= 0 && options->log_namespace)
                r = value_set_add(&storage->common, "_NAMESPACE", options->log_namespace);
        return err_pass(r);
}

bool storage_wants_disk(const JournaldConfig *config, const StorageOptions *options) {
        if (!options->system_directory || config->storage == STORAGE_VOLATILE ||
            config->storage == STORAGE_NONE)
                return false;
        if (config->storage == STORAGE_PERSISTENT || !options->system_must_exist)
                return true;
        AUTO_FREE char *parent = path_dir_name(options->system_directory);
        return parent && access(parent, F_OK) == 0;
}

static int choose_places(Storage *storage, const StorageOptions *options) {
        const JournaldConfig *config = storage->config;

        storage->runtime.limits = config->runtime;
        storage->system.limits = config->system;
        if (options->runtime_directory && config->storage != STORAGE_NONE)
                storage->runtime.directory = str_dup(str_of(options->runtime_directory));
        if (storage_wants_disk(config, options))
                storage->system.directory = str_dup(str_of(options->system_directory));
        return 0;
}

/* Files of a user are named as those that systemd-journald keeps for one. */
static char *common_stem(const StorageOptions *options) {
        StrBuf text = STRBUF_INIT;

        if (streq(options->runtime_scope, "user"))
                strbuf_addf(&text, "user-%u", (unsigned)getuid());
        else
                strbuf_add(&text, "system");
        return strbuf_steal(&text);
}

int storage_init(Storage *storage,
                 const JournaldConfig *config,
                 const StorageOptions *options,
                 const Log *log) {
        *storage = (Storage){ .config = config, .log = log, .group = options->group };
        storage->items = calloc(ITEMS_MAX, sizeof(*storage->items));
        storage->stem = options->stem ? str_dup(str_of(options->stem)) : common_stem(options);
        storage->is_common = !options->stem;
        if (!storage->items || !storage->stem)
                return err_new(-ENOMEM);
        int r = fill_common(storage, options);
        if (r >= 0)
                r = choose_places(storage, options);
        if (r < 0)
                return err_pass(r);
        r = storage_flush(storage);
        if (r < 0 && storage->system.directory)
                log_line(log,
                         LOG_WARNING,
                         NULL,
                         "Cannot write to %s, going on in memory: %s",
                         storage->system.directory,
                         strerror(-r));
        if (!storage->system.file && storage->runtime.directory)
                r = storage_place_open(storage, &storage->runtime);
        if (r < 0 && config->storage != STORAGE_NONE)
                log_line(log,
                         LOG_ERR,
                         NULL,
                         "Cannot write to %s, messages are counted until that works: %s",
                         storage->runtime.directory ?: "anywhere",
                         strerror(-r));
        return 0;
}

JournalSeries storage_series(const Storage *storage) {
        return (JournalSeries){
                .stem = storage->is_common ? NULL : storage->stem, /* also what others have left */
                .apart = storage->is_common ? STORAGE_UNIT_PREFIX : NULL,
        };
}

void storage_done(Storage *storage) {
        storage_place_close(storage, &storage->runtime);
        storage_place_close(storage, &storage->system);
        free(STEAL(storage->runtime.directory));
        free(STEAL(storage->system.directory));
        free(STEAL(storage->items));
        free(STEAL(storage->stem));
        value_set_done(&storage->common);
}

/* --- writing
 * --------------------------------------------------------------------------------------- */

static int add_set(JournalFile *file, ValueSet *set, JournalItem *items, size_t *n) {
        if (!set)
                return 0;
        int r = value_set_resolve(set, file);
        if (r < 0 || *n + set->n > ITEMS_MAX)
                return r < 0 ? err_pass(r) : err_new(-E2BIG);
        memcpy(items + *n, set->items, set->n * sizeof(*items));
        *n += set->n;
        return 0;
}

static int try_write(Storage *storage, JournalFile *file, const Entry *entry) {
        JournalItem *items = storage->items;
        size_t n = 0;
        int r = add_set(file, &storage->common, items, &n);
        const JournalStamp stamp = {
                .realtime_usec = entry->realtime_usec,
                .monotonic_usec = entry->monotonic_usec,
                .boot_id = storage->boot_id,
        };

        for (unsigned i = 0; i < ENTRY_SETS_MAX && r >= 0; i++)
                r = add_set(file, entry->sets[i], items, &n);
        for (size_t i = 0; i < entry->n_values && r >= 0; i++)
                r = n < ITEMS_MAX ? journal_append_hinted(file,
                                                          entry->values[i],
                                                          i == 0 ? entry->hint : NULL,
                                                          &items[n++])
                                  : err_new(-E2BIG);
        if (r >= 0)
                r = journal_append_entry(file, &stamp, items, n);
        else
                journal_file_publish(file); /* what was added without an entry */
        return err_pass(r);
}

/* Whether the file must be replaced before this entry. */
static bool is_used_up(const Storage *storage, const JournalFile *file, const Entry *entry) {
        uint64_t head = le64toh(file->header->head_entry_realtime);
        uint64_t retention = storage->config->max_retention_usec;
        uint64_t max_age = storage->config->max_file_usec;

        if (retention > 0) {
                uint64_t share = MAX(retention / FILES_OF_A_RETENTION, USEC_PER_SEC);
                max_age = max_age > 0 ? MIN(max_age, share) : share;
        }
        return journal_file_is_full(file, ENTRY_ROOM) ||
               entry->realtime_usec < journal_file_tail_realtime(file) ||
               (max_age > 0 && head > 0 && entry->realtime_usec > usec_add(head, max_age));
}

/* One attempt, with what helps against the first failure. */
static int write_to(Storage *storage, StoragePlace *place, const Entry *entry) {
        int r = 0;

        if (!place->file || is_used_up(storage, place->file, entry))
                r = storage_place_rotate(storage, place, false);
        if (r >= 0)
                r = journal_file_set_online(place->file);
        if (r >= 0)
                r = try_write(storage, place->file, entry);
        if (r >= 0 || r == -EINVAL || r == -E2BIG)
                return err_pass(r);
        bool is_full_disk = r == -ENOSPC || r == -EDQUOT;
        if (is_full_disk && storage_place_vacuum(storage, place, 1) <= 0)
                return err_pass(r);
        if (!is_full_disk)
                r = storage_place_rotate(storage, place, r != -EFBIG);
        if (is_full_disk || r >= 0)
                r = place->file ? try_write(storage, place->file, entry) : err_new(-EIO);
        return err_pass(r);
}

/* Says how many entries were lost, once there is room again. */
static void tell_lost(Storage *storage, StoragePlace *place) {
        char text[160];
        uint64_t n_lost = storage->n_lost;
        Str values[] = { STR_LITERAL("MESSAGE_ID=" STORAGE_LOST_MESSAGE_ID),
                         STR_LITERAL("_TRANSPORT=driver"),
                         STR_LITERAL("PRIORITY=4"),
                         STR_LITERAL("SYSLOG_IDENTIFIER=tend-journald"),
                         { text, 0 } };
        const Entry entry = {
                .realtime_usec = clock_realtime_usec(),
                .monotonic_usec = clock_monotonic_usec(),
                .values = values,
                .n_values = ARRAY_LENGTH(values),
        };

        (void)snprintf(text,
                       sizeof(text),
                       "MESSAGE=Missed %" PRIu64 " messages: %s",
                       n_lost,
                       strerror(-storage->lost_error)); /* cut at worst */
        values[4].length = strlen(text);
        if (write_to(storage, place, &entry) >= 0)
                storage->n_lost = 0;
}

void storage_write(Storage *storage, const Entry *entry) {
        StoragePlace *place = storage->system.file ? &storage->system : &storage->runtime;

        if (entry->priority > storage->config->max_level_store || !place->directory)
                return;
        if (entry->monotonic_usec < storage->retry_usec) {
                storage->n_lost++;
                return;
        }
        int r = write_to(storage, place, entry);
        if (r < 0) {
                if (r != -EINVAL && r != -E2BIG)
                        storage->retry_usec = entry->monotonic_usec + RETRY_USEC;
                if (storage->n_lost++ == 0 || storage->lost_error != r)
                        log_line(storage->log,
                                 LOG_ERR,
                                 NULL,
                                 "Cannot store a message in %s; it is counted: %s",
                                 place->directory,
                                 strerror(-r));
                storage->lost_error = r;
                return;
        }
        storage->is_dirty = storage->wake_due = true;
        storage->sync_now |= entry->priority <= LOG_CRIT;
        if (storage->n_lost > 0)
                tell_lost(storage, place);
}

/* Somebody has cut the file that is written: what was stored behind the cut is lost. */
static void give_up_file(Storage *storage) {
        StoragePlace *place = storage->system.file ? &storage->system : &storage->runtime;

        log_line(storage->log,
                 LOG_ERR,
                 NULL,
                 "The journal file in %s was cut by somebody else; beginning a new one",
                 place->directory);
        (void)storage_place_rotate(storage, place, true); /* the next message tries again */
}

void storage_end_batch(Storage *storage, bool is_idle) {
        JournalFile *file = storage->system.file ?: storage->runtime.file;

        if (file && storage->wake_due && journal_map_is_cut(file->map)) {
                give_up_file(storage);
                file = storage->system.file ?: storage->runtime.file;
        }
        if (file && storage->wake_due)
                journal_map_wake(file->map);
        storage->wake_due = false;
        if (file && storage->sync_now)
                (void)journal_file_sync(file); /* the timer tries again */
        storage->sync_now = false;
        if (file && is_idle)
                journal_file_trim_memory(file);
}

void storage_say(Storage *storage, int priority, const char *message_id, const char *text) {
        AUTO(value_set_done) ValueSet set = { 0 };
        const Entry entry = {
                .realtime_usec = clock_realtime_usec(),
                .monotonic_usec = clock_monotonic_usec(),
                .priority = priority,
                .sets = { &set },
        };
        int r = value_set_add(&set, "_TRANSPORT", "driver");

        if (r >= 0)
                r = value_set_add(&set, "SYSLOG_IDENTIFIER", "tend-journald");
        if (r >= 0)
                r = value_set_add_number(&set, "PRIORITY", (uint64_t)priority);
        if (r >= 0)
                r = value_set_add_number(&set, "_PID", (uint64_t)getpid());
        if (r >= 0)
                r = value_set_add_number(&set, "_UID", (uint64_t)getuid());
        if (r >= 0)
                r = value_set_add(&set, "MESSAGE_ID", message_id);
        if (r >= 0)
                r = value_set_add(&set, "MESSAGE", text);
        if (r >= 0)
                storage_write(storage, &entry);
}

const JournalFile *storage_file(const Storage *storage) {
        return storage->system.file ?: storage->runtime.file;
}

uint64_t storage_tail_seqnum(const Storage *storage) {
        const JournalFile *file = storage_file(storage);
        return file ? journal_file_tail_seqnum(file) : 0;
}

/* --- requests
 * -------------------------------------------------------------------------------------- */

int storage_sync(Storage *storage) {
        JournalFile *file = storage->system.file ?: storage->runtime.file;

        storage->is_dirty = false;
        return file ? err_pass(journal_file_sync(file)) : 0;
}

uint64_t storage_room(Storage *storage) {
        StoragePlace *place = storage->system.file ? &storage->system : &storage->runtime;
        return place->directory ? storage_place_room(place) : 0;
}

int storage_expire(Storage *storage) {
        StoragePlace *place = storage->system.file ? &storage->system : &storage->runtime;
        const Entry nothing = { .realtime_usec = clock_realtime_usec() };

        if (storage->config->max_retention_usec == 0 || !place->file)
                return 0;
        if (is_used_up(storage, place->file, &nothing))
                return err_pass(storage_place_rotate(storage, place, false));
        return err_pass(storage_place_vacuum(storage, place, 0));
}

int storage_rotate(Storage *storage) {
        int r = 0;

        if (storage->runtime.file)
                r = storage_place_rotate(storage, &storage->runtime, false);
        if (storage->system.file)
                r = storage_place_rotate(storage, &storage->system, false);
        return err_pass(r);
}

int storage_use_disk(Storage *storage, const char *directory) {
        char *copy = str_dup(str_of(directory));

        if (!copy)
                return err_new(-ENOMEM);
        free(storage->system.directory);
        storage->system.directory = copy;
        return 0;
}

int storage_flush(Storage *storage) {
        int r = 0;

        if (!storage->system.directory)
                return 0;
        if (!storage->system.file)
                r = storage_place_open(storage, &storage->system);
        if (r < 0)
                return err_pass(r);
        storage_place_close(storage, &storage->runtime);
        if (!storage->runtime.directory)
                return 0;
        return err_pass(storage_flush_directory(storage, storage->runtime.directory));
}

int storage_relinquish(Storage *storage) {
        if (!storage->runtime.directory || !storage->system.file)
                return 0;
        storage_place_close(storage, &storage->system);
        return err_pass(storage_place_open(storage, &storage->runtime));
}
