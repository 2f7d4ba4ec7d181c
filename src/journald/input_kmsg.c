/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/input_kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "journald/kernel_record.h"
#include "journald/syslog_line.h"

#define ROUNDS_MAX 1000
#define INIT_PID_NAMESPACE 0xEFFFFFFCU /* of the machine itself (linux/proc_ns.h) */
#define FIELD_PREFIX "_KERNEL_"

struct KernelInput {
        int fd;
        sd_event_source *source;
        uint64_t *next_number; /* mapped; of the record that comes next */
        Sender sender;         /* of whom nothing is known */
        ValueSet values;       /* _TRANSPORT= */
};

/* --- one record
 * -------------------------------------------------------------------------------------- */

static void add_value(ValueSet *set, const char *name, Str value) {
        AUTO_FREE char *text = str_dup(value);

        if (text)
                (void)value_set_add(set, name, text); /* one field less */
}

/* "NAME=VALUE" of the kernel becomes "_KERNEL_NAME=VALUE". */
static void add_kernel_field(ValueSet *set, Str field) {
        char name[64] = FIELD_PREFIX;
        ssize_t equals = str_find_char(field, '=');
        size_t length = (size_t)equals;

        if (equals <= 0 || length > sizeof(name) - sizeof(FIELD_PREFIX))
                return;
        for (size_t i = 0; i < length; i++) {
                char c = field.data[i];
                if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_')
                        return;
                name[sizeof(FIELD_PREFIX) - 1 + i] = c;
        }
        name[sizeof(FIELD_PREFIX) - 1 + length] = '\0';
        add_value(set, name, (Str){ field.data + length + 1, field.length - length - 1 });
}

/* Who wrote it, when a program did. */
static Str add_writer(ValueSet *set, const KernelRecord *record) {
        SyslogLine line;

        if (LOG_FAC(record->priority) == LOG_FAC(LOG_KERN)) {
                (void)value_set_add(set, "SYSLOG_IDENTIFIER", "kernel"); /* one field less */
                return record->text;
        }
        syslog_line_parse(record->text, &line);
        add_value(set, "SYSLOG_IDENTIFIER", line.identifier);
        add_value(set, "SYSLOG_PID", line.pid);
        return line.text;
}

static void take_record(Recorder *recorder, const KernelRecord *record) {
        AUTO(value_set_done) ValueSet set = { 0 };
        bool is_program = LOG_FAC(record->priority) != LOG_FAC(LOG_KERN);

        if (is_program && recorder->config.forward[FORWARD_KERNEL].is_wanted)
                return; /* we may have written it ourselves */
        (void)value_set_add_number(&set, "PRIORITY", (uint64_t)LOG_PRI(record->priority));
        (void)value_set_add_number(&set, "SYSLOG_FACILITY", (uint64_t)LOG_FAC(record->priority));
        (void)value_set_add_number(
                &set, "_SOURCE_MONOTONIC_TIMESTAMP", record->monotonic_usec); /* fields less */
        add_value(&set, "MESSAGE", add_writer(&set, record));
        for (unsigned i = 0; i < record->n_fields; i++)
                add_kernel_field(&set, record->fields[i]);
        const Message message = {
                .sender = &recorder->kernel->sender,
                .sets = { &recorder->kernel->values, &set },
                .priority = record->priority,
                .realtime_usec = clock_realtime_usec(),
                .monotonic_usec = clock_monotonic_usec(),
        };
        recorder_take(recorder, &message);
}

/* Whether the record was not stored yet; says what the kernel has thrown away. */
static bool is_new(Recorder *recorder, const KernelRecord *record) {
        uint64_t *next = recorder->kernel->next_number;
        char text[80];

        if (!next)
                return true;
        if (record->number < *next)
                return false;
        if (*next > 0 && record->number > *next) {
                (void)snprintf(text,
                               sizeof(text),
                               "Missed %" PRIu64 " kernel messages",
                               record->number - *next); /* fits */
                storage_say(&recorder->storage, LOG_WARNING, STORAGE_LOST_MESSAGE_ID, text);
        }
        *next = record->number + 1;
        return true;
}

/* --- reading
 * ----------------------------------------------------------------------------------------- */

/* 1 when there may be more, 0 when not now, -errno when it has ended. */
static int read_once(Recorder *recorder) {
        char buffer[KERNEL_RECORD_MAX + 1];
        KernelRecord record;
        ssize_t n = read(recorder->kernel->fd, buffer, sizeof(buffer) - 1);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (n < 0 && (errno == EPIPE || errno == EINVAL))
                return 1; /* it was overwritten before we came, or too long: the next one */
        if (n <= 0)
                return n < 0 ? -errno : -EPIPE;
        if (kernel_record_parse(buffer, (size_t)n, &record) >= 0 && is_new(recorder, &record))
                take_record(recorder, &record);
        return 1;
}

static int read_all(Recorder *recorder) {
        int r = 1;

        for (unsigned i = 0; i < ROUNDS_MAX && r > 0; i++)
                r = read_once(recorder);
        return r;
}

static int on_kernel(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Recorder *recorder = userdata;
        int r = read_all(recorder);

        (void)source;
        (void)fd;
        (void)events;
        recorder_end_batch(recorder, r <= 0);
        if (r < 0) {
                log_line(&recorder->log,
                         LOG_WARNING,
                         NULL,
                         "Cannot read the kernel's messages any more: %s",
                         strerror(-r));
                kernel_input_close(recorder);
        }
        return 0;
}

void kernel_input_drain(Recorder *recorder) {
        if (recorder->kernel)
                (void)read_all(recorder); /* on_kernel sees it too */
}

/* --- life
 * ------------------------------------------------------------------------------------------- */

/* Whether the keeper is process 1 of the machine, not of a container. */
static bool is_of_machine(const Recorder *recorder) {
        struct stat status;

        return recorder->keeper && getppid() == 1 && stat("/proc/self/ns/pid", &status) == 0 &&
               status.st_ino == INIT_PID_NAMESPACE;
}

static bool is_wanted(const Recorder *recorder) {
        return recorder->config.read_kernel == WISH_YES ||
               (recorder->config.read_kernel == WISH_DEFAULT && is_of_machine(recorder));
}

static uint64_t *map_number(const Recorder *recorder) {
        AUTO_FREE char *path = path_join(recorder->paths.directory, "kernel-seqnum");
        AUTO_FD int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644) : -1;

        if (fd < 0 || posix_fallocate(fd, 0, sizeof(uint64_t)) != 0)
                return NULL;
        void *number = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        return number == MAP_FAILED ? NULL : number;
}

int kernel_input_open(Recorder *recorder) {
        AUTO_FD int fd = -1;

        if (!is_wanted(recorder))
                return 0;
        fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0) {
                log_line(&recorder->log,
                         LOG_WARNING,
                         NULL,
                         "Cannot open /dev/kmsg, the kernel's messages are not stored: %s",
                         strerror(errno));
                return 0;
        }
        struct KernelInput *kernel = calloc(1, sizeof(*kernel));
        if (!kernel)
                return err_new(-ENOMEM);
        recorder->kernel = kernel;
        kernel->fd = steal_fd(&fd);
        kernel->next_number = map_number(recorder);
        kernel->sender.max_level = LOG_DEBUG;
        int r = value_set_add(&kernel->values, "_TRANSPORT", "kernel");
        if (r < 0)
                return err_pass(r);
        r = sd_event_add_io(
                recorder->event, &kernel->source, kernel->fd, EPOLLIN, on_kernel, recorder);
        return r < 0 ? err_new(r) : 0;
}

void kernel_input_close(Recorder *recorder) {
        struct KernelInput *kernel = STEAL(recorder->kernel);

        if (!kernel)
                return;
        sd_event_source_disable_unref(kernel->source);
        (void)fd_close(kernel->fd); /* -1 */
        if (kernel->next_number)
                (void)munmap(kernel->next_number, sizeof(uint64_t)); /* ours */
        value_set_done(&kernel->values);
        free(kernel);
}
