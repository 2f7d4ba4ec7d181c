/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/sender.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/file_io.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "journald/command_line.h"
#include "journald/sender_group.h"

#define FRESH_USEC USEC_PER_SEC
#define IDLE_MAX 256
#define COMMAND_LINE_MAX (1024 * 1024)
#define EXTRA_FIELDS_MAX (64 * 1024)

int senders_init(Senders *senders, const char *units_directory, const RateLimitRule *rate_limit) {
        *senders = (Senders){ .units_directory = units_directory, .rate_limit = *rate_limit };
        list_init(&senders->idle);
        senders->by_pid = hashtable_new_number();
        return senders->by_pid ? 0 : err_new(-ENOMEM);
}

static void sender_free(Sender *sender) {
        value_set_done(&sender->values);
        free(sender->unit);
        free(sender);
}

/* --- facts of the kernel
 * --------------------------------------------------------------------------- */

static void add_line_of(ValueSet *set, const char *name, pid_t pid, const char *file) {
        char path[64];
        AUTO_FREE char *line = NULL;

        (void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file); /* always fits */
        if (file_read_line(path, &line) >= 0)
                (void)value_set_add(set, name, line); /* one fact less */
}

static void add_program(ValueSet *set, pid_t pid) {
        char path[64], target[PATH_MAX];

        (void)snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid); /* always fits */
        ssize_t n = readlink(path, target, sizeof(target) - 1);
        if (n <= 0)
                return;
        target[n] = '\0';
        (void)value_set_add(set, "_EXE", target); /* one fact less */
}

static void add_command_line(ValueSet *set, pid_t pid) {
        AUTO(strbuf_done) StrBuf line = STRBUF_INIT;
        AUTO_FREE char *words = NULL;
        size_t length = 0;
        char path[64];

        (void)snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid); /* always fits */
        if (file_read(path, COMMAND_LINE_MAX, &words, &length, NULL) < 0)
                return;
        command_line_print((Str){ words, length }, &line);
        if (line.length > 0 && strbuf_result(&line) >= 0)
                (void)value_set_add(set, "_CMDLINE", line.data); /* one fact less */
}

/* The line "CapEff:" of the status file, without leading zeros. */
static void add_capabilities(ValueSet *set, pid_t pid) {
        char path[64];
        AUTO_FREE char *text = NULL;
        size_t length;

        (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid); /* always fits */
        if (file_read(path, 64 * 1024, &text, &length, NULL) < 0)
                return;
        char *line = strstr(text, "\nCapEff:\t");
        if (!line)
                return;
        line += strlen("\nCapEff:\t");
        char *end = strchr(line, '\n');
        if (end)
                *end = '\0';
        while (line[0] == '0' && line[1] != '\0')
                line++;
        (void)value_set_add(set, "_CAP_EFFECTIVE", line); /* one fact less */
}

static void add_credentials(ValueSet *set, const struct ucred *credentials) {
        (void)value_set_add_number(set, "_PID", (uint64_t)credentials->pid);
        (void)value_set_add_number(set, "_UID", credentials->uid);
        (void)value_set_add_number(set, "_GID", credentials->gid); /* facts less, out of memory */
}

/* Who logged in, of processes that descend from a log-in, where the kernel keeps account of it. */
static void add_audit(ValueSet *set, pid_t pid) {
        static const struct {
                const char *file, *field;
        } facts[] = { { "sessionid", "_AUDIT_SESSION" }, { "loginuid", "_AUDIT_LOGINUID" } };

        for (size_t i = 0; i < ARRAY_LENGTH(facts); i++) {
                AUTO_FREE char *line = NULL;
                char path[64];
                uint32_t number;
                (void)snprintf(
                        path, sizeof(path), "/proc/%d/%s", (int)pid, facts[i].file); /* fits */
                if (file_read_line(path, &line) >= 0 && parse_u32(str_of(line), &number) >= 0 &&
                    number != UINT32_MAX)
                        (void)value_set_add_number(set, facts[i].field, number); /* one less */
        }
}

/* --- facts of the manager
 * -------------------------------------------------------------------------- */

/* <units_directory>/<fact>:<unit>: a link whose target is the text, or a file. */
static char *unit_fact_path(const Senders *senders, const char *fact, const char *unit) {
        StrBuf path = STRBUF_INIT;

        strbuf_addf(&path, "%s/%s:%s", senders->units_directory, fact, unit);
        return strbuf_steal(&path);
}

static bool unit_fact(const Senders *senders, const char *fact, const char *unit, char ret[512]) {
        AUTO_FREE char *path = unit_fact_path(senders, fact, unit);
        ssize_t n = path ? readlink(path, ret, 511) : -1;

        if (n < 0)
                return false;
        ret[n] = '\0';
        return true;
}

/* LogExtraFields=: one after the other, each with its length in 8 bytes before it, little endian.
 */
static void add_extra_fields(const Senders *senders, ValueSet *set, const char *unit) {
        AUTO_FREE char *path = unit_fact_path(senders, "log-extra-fields", unit);
        AUTO_FREE char *text = NULL;
        size_t length, at = 0;

        if (!path || file_read(path, EXTRA_FIELDS_MAX, &text, &length, NULL) < 0)
                return;
        while (length - at >= 8) {
                uint64_t size;
                memcpy(&size, text + at, sizeof(size));
                at += 8;
                if (size > length - at)
                        return;
                AUTO_FREE char *field = str_dup((Str){ text + at, size });
                char *equals = field ? strchr(field, '=') : NULL;
                at += size;
                if (!equals || equals == field)
                        continue;
                *equals = '\0';
                (void)value_set_add(set, field, equals + 1); /* one field less */
        }
}

static void read_unit_limits(const Senders *senders, Sender *sender) {
        char text[512];
        uint64_t number;

        sender->max_level = LOG_DEBUG;
        sender->shelf = (ShelfWish){ 0 };
        sender->rate_limit = senders->rate_limit;
        if (!sender->unit)
                return;
        if (unit_fact(senders, "log-level-max", sender->unit, text) && log_level_parse(text) >= 0)
                sender->max_level = log_level_parse(text);
        if (unit_fact(senders, "log-rate-limit-interval", sender->unit, text) &&
            parse_u64(str_of(text), 10, &number) == 0)
                sender->rate_limit.interval_usec = number;
        if (unit_fact(senders, "log-rate-limit-burst", sender->unit, text) &&
            parse_u64(str_of(text), 10, &number) == 0)
                sender->rate_limit.burst = number;
        if (unit_fact(senders, "log-shelf", sender->unit, text))
                shelf_wish_parse(str_of(text), &sender->shelf);
}

static void add_unit(const Senders *senders, Sender *sender, ValueSet *set) {
        char text[512];

        if (!sender->unit)
                return;
        if (unit_fact(senders, "invocation", sender->unit, text))
                (void)value_set_add(set, "_SYSTEMD_INVOCATION_ID", text); /* one fact less */
        add_extra_fields(senders, set, sender->unit);
}

/* --- one sender
 * ------------------------------------------------------------------------------------ */

static void read_facts(const Senders *senders, Sender *sender, uint64_t now_usec) {
        pid_t pid = sender->credentials.pid;
        ValueSet set = { 0 };

        add_credentials(&set, &sender->credentials);
        if (pid > 0) {
                add_line_of(&set, "_COMM", pid, "comm");
                add_program(&set, pid);
                add_command_line(&set, pid);
                add_capabilities(&set, pid);
                add_audit(&set, pid);
                sender_group_add(&set, pid, senders->is_user, &sender->unit);
        }
        add_unit(senders, sender, &set);
        read_unit_limits(senders, sender);
        sender->read_usec = now_usec;
        bool is_gone = !value_set_find(&set, "_COMM") && value_set_find(&sender->values, "_COMM");
        if (is_gone || value_set_equal(&set, &sender->values)) {
                value_set_done(&set); /* what was known of a process that has ended is kept */
                return;
        }
        value_set_done(&sender->values);
        sender->values = set;
}

void sender_refresh(Senders *senders, Sender *sender, uint64_t now_usec) {
        if (now_usec - sender->read_usec >= FRESH_USEC)
                read_facts(senders, sender, now_usec);
}

static bool is_same(const Sender *sender, const struct ucred *credentials, const char *unit) {
        return sender->credentials.uid == credentials->uid &&
               sender->credentials.gid == credentials->gid &&
               (!unit || streq_null(unit, sender->unit));
}

static void forget(Senders *senders, Sender *sender) {
        if (hashtable_find_number(senders->by_pid, (uint64_t)sender->credentials.pid) == sender)
                (void)hashtable_remove_number(senders->by_pid, (uint64_t)sender->credentials.pid);
        if (sender->n_refs > 0)
                return; /* freed with its last reference */
        list_remove(&sender->link);
        senders->n_idle--;
        sender_free(sender);
}

static Sender *add_sender(Senders *senders, const struct ucred *credentials, const char *unit) {
        Sender *sender = calloc(1, sizeof(*sender));

        if (!sender)
                return NULL;
        sender->credentials = *credentials;
        if (unit)
                sender->unit = str_dup(str_of(unit));
        if (hashtable_set_number(senders->by_pid, (uint64_t)credentials->pid, sender) < 0) {
                sender_free(sender);
                return NULL;
        }
        read_facts(senders, sender, clock_monotonic_usec());
        return sender;
}

Sender *sender_get(Senders *senders, const struct ucred *credentials, const char *unit) {
        Sender *sender = hashtable_find_number(senders->by_pid, (uint64_t)credentials->pid);

        if (sender && !is_same(sender, credentials, unit)) {
                forget(senders, sender);
                sender = NULL;
        }
        if (!sender)
                sender = add_sender(senders, credentials, unit);
        else {
                sender_refresh(senders, sender, clock_monotonic_usec());
                if (sender->n_refs == 0) {
                        list_remove(&sender->link);
                        senders->n_idle--;
                }
        }
        if (sender)
                sender->n_refs++;
        return sender;
}

Sender *sender_unref(Senders *senders, Sender *sender) {
        if (!sender || --sender->n_refs > 0)
                return NULL;
        if (hashtable_find_number(senders->by_pid, (uint64_t)sender->credentials.pid) != sender) {
                sender_free(sender); /* another process has its number */
                return NULL;
        }
        list_append(&senders->idle, &sender->link);
        if (++senders->n_idle > IDLE_MAX)
                forget(senders, LIST_FIRST(&senders->idle, Sender, link));
        return NULL;
}

void senders_done(Senders *senders) {
        if (!senders->by_pid)
                return;
        while (!list_is_empty(&senders->idle))
                forget(senders, LIST_FIRST(&senders->idle, Sender, link));
        senders->by_pid = hashtable_free(senders->by_pid);
}
