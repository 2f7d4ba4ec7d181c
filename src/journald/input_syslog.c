/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/input_syslog.h"

#include <inttypes.h>
#include <stdio.h>
#include <syslog.h>

#include "base/clock.h"
#include "base/macros.h"
#include "journald/datagram_batch.h"
#include "journald/syslog_line.h"

#define VALUES_MAX 8

/* The values of one message, put together in one buffer. */
typedef struct Values {
        StrBuf text;
        size_t starts[VALUES_MAX + 1];
        unsigned n;
} Values;

static void add(Values *values, const char *name, Str value) {
        if (value.length == 0 || values->n == VALUES_MAX)
                return;
        values->starts[values->n++] = values->text.length;
        strbuf_addf(&values->text, "%s=", name);
        strbuf_add_str(&values->text, value);
        values->starts[values->n] = values->text.length;
}

static void add_number(Values *values, const char *name, uint64_t number) {
        char text[24];

        (void)snprintf(text, sizeof(text), "%" PRIu64, number); /* always fits */
        add(values, name, str_of(text));
}

static void take_datagram(Recorder *recorder, const Datagram *datagram) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        Values values = { 0 };
        SyslogLine line;
        Str list[VALUES_MAX];

        if (datagram->from.pid == 0)
                return;
        Sender *sender = sender_get(&recorder->senders, &datagram->from, NULL);
        if (!sender)
                return;
        syslog_line_parse((Str){ datagram->data, datagram->length }, &line);
        add_number(&values, "PRIORITY", (uint64_t)LOG_PRI(line.priority));
        add_number(&values, "SYSLOG_FACILITY", (uint64_t)LOG_FAC(line.priority));
        add(&values, "SYSLOG_IDENTIFIER", line.identifier);
        add(&values, "SYSLOG_PID", line.pid);
        add(&values, "SYSLOG_TIMESTAMP", line.stamp);
        add(&values, "MESSAGE", line.text);
        if (datagram->sent_usec > 0)
                add_number(&values, "_SOURCE_REALTIME_TIMESTAMP", datagram->sent_usec);
        if (line.is_changed)
                add(&values, "SYSLOG_RAW", (Str){ datagram->data, datagram->length });
        text = values.text;
        for (unsigned i = 0; i < values.n; i++)
                list[i] = (Str){ text.data + values.starts[i],
                                 values.starts[i + 1] - values.starts[i] };
        const Message message = {
                .sender = sender,
                .sets = { &recorder->syslog },
                .values = list,
                .n_values = values.n,
                .priority = line.priority,
                .raw = { datagram->data, datagram->length },
                .realtime_usec = clock_realtime_usec(),
                .monotonic_usec = clock_monotonic_usec(),
        };
        if (!text.failed)
                recorder_take(recorder, &message);
        sender_unref(&recorder->senders, sender);
}

int on_syslog_socket(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Recorder *recorder = userdata;
        int n = datagram_batch_receive(recorder->batch, fd);

        (void)events;
        if (source)
                (void)sd_event_source_set_priority(
                        source,
                        n == DATAGRAMS_AT_ONCE ? RECORDER_PRIORITY_OTHER
                                               : RECORDER_PRIORITY_DATAGRAM); /* a wish */
        for (int i = 0; i < n; i++)
                take_datagram(recorder, datagram_batch_get(recorder->batch, (unsigned)i));
        recorder_end_batch(recorder, n < DATAGRAMS_AT_ONCE);
        return n > 0; /* the loop takes it as success */
}
