/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_records.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "base/error.h"
#include "base/hashtable.h"
#include "base/parse_value.h"
#include "engine/engine_snapshot.h"
#include "host/orphan_spawn.h"
#include "host/unit_control.h"
#include "host/unit_freeze.h"

#define GROUP_KEY "host-group="
#define CONTROLLERS_KEY "host-controllers="
#define CONNECTION_KEY "host-connection="
#define UID_KEY "host-dynamic-uid="
#define TMP_KEY "host-private-tmp="
#define VAR_TMP_KEY "host-private-var-tmp="

static void print_record(const HostUnit *hu, StrBuf *out) {
        engine_snapshot_save(hu->unit, out);
        if (hu->group)
                strbuf_addf(out, GROUP_KEY "%s\n", hu->group);
        if (unit_control_save(hu) != 0)
                strbuf_addf(out, CONTROLLERS_KEY "%u\n", unit_control_save(hu));
        if (hu->private_tmp && hu->private_var_tmp)
                strbuf_addf(out,
                            TMP_KEY "%s\n" VAR_TMP_KEY "%s\n",
                            hu->private_tmp,
                            hu->private_var_tmp);
        if (hu->connection.keeper_name)
                strbuf_addf(out, CONNECTION_KEY "%s\n", hu->connection.keeper_name);
        if (hu->dynamic_uid != 0)
                strbuf_addf(out, UID_KEY "%u\n", (unsigned)hu->dynamic_uid);
}

static void set_length(HostUnit *hu, size_t length) {
        hu->host->live_bytes += length;
        hu->host->live_bytes -= hu->record_bytes;
        hu->record_bytes = (uint32_t)length;
}

/* Adds the record of one unit, or that there is none any more. */
static int add_record(HostUnit *hu, StrBuf *out, StrBuf *scratch) {
        StateRecord record = { .kind = STATE_RECORD_UNIT, .name = str_of(hu->unit->id) };
        size_t before = out->length;

        if (!engine_snapshot_is_due(hu->unit)) {
                if (hu->record_bytes == 0)
                        return 0;
                record.kind = STATE_RECORD_GONE;
                set_length(hu, 0);
                int r = state_record_append(out, &record);
                return r < 0 ? err_pass(r)
                             : err_pass(orphan_spawn_repeat(hu->host, hu->unit->id, out));
        }
        strbuf_clear(scratch);
        print_record(hu, scratch);
        int r = strbuf_result(scratch);
        record.text = (Str){ strbuf_text(scratch), scratch->length };
        if (r == 0)
                r = state_record_append(out, &record);
        if (r == 0)
                r = orphan_spawn_repeat(hu->host, hu->unit->id, out);
        if (r == 0)
                set_length(hu, out->length - before);
        return err_pass(r);
}

/* Says once that records cannot be written, and once that they can again. */
static void report_result(Host *host, int r) {
        const char *path = host->options.paths->state_file;

        if (host->state_failed == (r < 0))
                return;
        host->state_failed = r < 0;
        if (r < 0)
                log_line(host->options.log,
                         LOG_ERR,
                         NULL,
                         "Cannot write %s: %s. Services go on, but what changes from now on is "
                         "not known again if the manager dies.",
                         path,
                         strerror(-r));
        else
                log_line(host->options.log, LOG_NOTICE, NULL, "%s is written again.", path);
}

/* Appends the records of all units. */
static int print_all(Host *host, StrBuf *content) {
        AUTO(strbuf_done) StrBuf scratch = STRBUF_INIT;
        const Engine *engine = host->engine;

        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit)) {
                HostUnit *hu = engine_snapshot_is_due(unit) ? host_unit_get(host, unit)
                                                            : host_unit_peek(unit);
                if (!hu)
                        continue;
                hu->record_bytes = 0;
                list_remove(&hu->dirty);
        }
        host->live_bytes = 0;
        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit)) {
                HostUnit *hu = host_unit_peek(unit);
                int r = hu ? add_record(hu, content, &scratch) : 0;
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* Writes the file anew; where there is no room for a second one, what is pending becomes no more
 * than what is live. */
static int compact(Host *host, bool is_pending) {
        AUTO(strbuf_done) StrBuf content = STRBUF_INIT;
        int r = print_all(host, &content);

        if (r == 0)
                r = state_log_replace(&host->state, &content);
        if (r == 0 || !is_pending)
                return err_pass(r);
        r = state_log_pend(&host->state, &content);
        return r < 0 ? err_pass(r) : err_pass(state_log_flush(&host->state));
}

void unit_records_flush(Host *host) {
        AUTO(strbuf_done) StrBuf scratch = STRBUF_INIT;
        int result = 0;

        if (list_is_empty(&host->dirty) || host->restoring)
                return;
        LIST_FOREACH(hu, &host->dirty, HostUnit, dirty) {
                int r = add_record(hu, &host->state.pending, &scratch);
                list_remove(&hu->dirty);
                result = result < 0 ? result : r;
        }
        int r = state_log_flush(&host->state);
        if (state_log_is_wasteful(&host->state, host->live_bytes) && compact(host, r < 0) == 0)
                r = 0;
        report_result(host, result < 0 ? result : r);
}

void unit_records_drop(HostUnit *hu) {
        const StateRecord record = { .kind = STATE_RECORD_GONE, .name = str_of(hu->unit->id) };

        list_remove(&hu->dirty);
        if (hu->record_bytes == 0)
                return;
        set_length(hu, 0);
        /* Written with the next flush; a record that stays is that of a unit at rest. */
        (void)state_log_add(&hu->host->state, &record);
}

void unit_records_rewrite(Host *host) {
        report_result(host, compact(host, true));
}

/* --- reading -------------------------------------------------------------------------------------
 */

/* The newest record of each unit, in order of first appearance. */
typedef struct LastRecords {
        Host *host;
        HashTable *by_name;
        ListLink all;
} LastRecords;

typedef struct LastRecord {
        ListLink link;
        char *name, *text; /* owned; text NULL = the record is gone */
} LastRecord;

static void last_records_done(LastRecords *records) {
        LIST_FOREACH(last, &records->all, LastRecord, link) {
                list_remove(&last->link);
                free(last->name);
                free(last->text);
                free(last);
        }
        records->by_name = hashtable_free(records->by_name);
}
DEFINE_AUTO_DONE(LastRecords, last_records_done);

static LastRecord *find_or_add(LastRecords *records, Str name) {
        AUTO_FREE char *copy = str_dup(name);
        LastRecord *last = copy ? hashtable_find(records->by_name, copy) : NULL;
        if (last || !copy)
                return last;
        last = calloc(1, sizeof(*last));
        if (!last)
                return NULL;
        last->name = STEAL(copy);
        list_append(&records->all, &last->link);
        return hashtable_put(records->by_name, last->name, last) == 0 ? last : NULL;
}

static int on_record(void *userdata, const StateRecord *record) {
        LastRecords *records = userdata;

        if (record->kind == STATE_RECORD_SPAWN)
                return err_pass(orphan_spawn_remember(records->host, record));
        if (record->kind == STATE_RECORD_VOID) {
                orphan_spawn_void(records->host, record->pid);
                return 0;
        }
        LastRecord *last = find_or_add(records, record->name);
        if (!last)
                return err_new(-ENOMEM);
        orphan_spawn_forget(records->host, record->name);
        free(STEAL(last->text));
        if (record->kind == STATE_RECORD_GONE)
                return 0;
        last->text = str_dup(record->text);
        return last->text ? 0 : err_new(-ENOMEM);
}

/* Puts the host's own lines back. */
static int restore_own(Host *host, const LastRecord *last) {
        Unit *unit = engine_find_unit(host->engine, last->name);
        HostUnit *hu = unit ? host_unit_get(host, unit) : NULL;
        Str rest = str_of(last->text), line;
        uint32_t uid, controllers;

        if (!hu)
                return unit ? err_new(-ENOMEM) : 0;
        while (str_next_part(&rest, '\n', &line)) {
                if (str_skip_prefix(&line, GROUP_KEY) && line.length > 0 && line.data[0] == '/') {
                        free(hu->group);
                        hu->group = str_dup(line);
                } else if (str_skip_prefix(&line, TMP_KEY)) {
                        free(hu->private_tmp);
                        hu->private_tmp = str_dup(line);
                } else if (str_skip_prefix(&line, VAR_TMP_KEY)) {
                        free(hu->private_var_tmp);
                        hu->private_var_tmp = str_dup(line);
                } else if (str_skip_prefix(&line, CONNECTION_KEY))
                        (void)connection_take_back(host, line, &hu->connection); /* or it is gone */
                else if (str_skip_prefix(&line, UID_KEY) && parse_u32(line, &uid) == 0)
                        hu->dynamic_uid = uid;
                else if (str_skip_prefix(&line, CONTROLLERS_KEY) &&
                         parse_u32(line, &controllers) == 0)
                        unit_control_restore(hu, controllers);
        }
        unit_freeze_restore(hu);
        return 0;
}

static int restore_one(Host *host, const LastRecord *last, Diag *diag) {
        EngineError error;
        Unit *unit = NULL;

        /* The host's part first: the engine asks at once which processes belong to the unit. */
        int r = engine_load_unit(host->engine, last->name, &unit, &error);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r == 0)
                r = restore_own(host, last);
        if (r < 0 && r != -ECANCELED)
                return err_pass(r);
        return err_pass(engine_snapshot_restore(host->engine, str_of(last->text), diag));
}

static void log_findings(const Host *host, const Diag *diag) {
        for (unsigned i = 0; i < diag->n_findings; i++) {
                AUTO_FREE char *text = diag_format(&diag->findings[i]);
                if (text)
                        log_line(
                                host->options.log, LOG_WARNING, diag->findings[i].unit, "%s", text);
        }
}

int unit_records_restore(Host *host, unsigned *ret_n) {
        AUTO(last_records_done) LastRecords records = { .host = host };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        size_t torn = 0;

        list_init(&records.all);
        records.by_name = hashtable_new_string();
        if (!records.by_name)
                return err_new(-ENOMEM);
        int r = state_log_read(&host->state, on_record, &records, &torn);
        if (torn > 0)
                log_line(host->options.log,
                         LOG_NOTICE,
                         NULL,
                         "The last write to %s was cut off; %zu bytes are left out.",
                         host->options.paths->state_file,
                         torn);
        *ret_n = 0;
        LIST_FOREACH(last, &records.all, LastRecord, link) {
                if (r < 0 || !last->text)
                        continue;
                r = restore_one(host, last, &diag);
                *ret_n += r == 0;
                r = r > 0 ? 0 : r; /* skipped with a finding */
        }
        log_findings(host, &diag);
        return err_pass(r);
}
