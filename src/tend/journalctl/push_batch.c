/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/journalctl/push_batch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/macros.h"

#define MOMENT_SIZE 24

/* Lines with the same labels. */
struct PushStream {
        StrBuf labels; /* as JSON */
        StrBuf values; /* likewise, without the brackets around all */
};

/* The writer wants terminated text; NUL cannot be shown anyway. */
static int add_text(JsonWriter *writer, const char *key, Str text) {
        AUTO_FREE char *copy = str_dup(text);

        if (!copy)
                return err_new(-ENOMEM);
        for (char *nul = copy; (nul = memchr(nul, '\0', text.length - (size_t)(nul - copy)));)
                *nul = ' ';
        json_string(writer, key, copy);
        return 0;
}

static int print_labels(const PushLabels *labels, StrBuf *out) {
        const struct {
                const char *name;
                Str value;
        } rows[] = {
                { "unit", labels->unit },
                { "host", labels->host },
                { "priority", labels->priority },
        };
        JsonWriter writer = { .out = out };
        int r = 0;

        json_begin_object(&writer, NULL);
        for (size_t i = 0; i < ARRAY_LENGTH(rows) && r >= 0; i++)
                if (rows[i].value.length > 0)
                        r = add_text(&writer, rows[i].name, rows[i].value);
        json_end_object(&writer);
        return r < 0 ? err_pass(r) : err_pass(strbuf_result(out));
}

static int find_stream(PushBatch *batch, const PushLabels *labels, PushStream **ret) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r = print_labels(labels, &text);

        if (r < 0)
                return err_pass(r);
        for (size_t i = 0; i < batch->n_streams; i++) {
                if (!streq(strbuf_text(&batch->streams[i].labels), strbuf_text(&text)))
                        continue;
                *ret = &batch->streams[i];
                return 0;
        }
        PushStream *grown =
                reallocarray(batch->streams, batch->n_streams + 1, sizeof(*batch->streams));
        if (!grown)
                return err_new(-ENOMEM);
        batch->streams = grown;
        *ret = &grown[batch->n_streams++];
        **ret = (PushStream){ .labels = text };
        text = STRBUF_INIT; /* it is the stream's */
        return 0;
}

int push_batch_add(PushBatch *batch, const PushLabels *labels, uint64_t moment_nsec, Str line) {
        PushStream *stream;
        int r = find_stream(batch, labels, &stream);

        if (r < 0)
                return err_pass(r);
        JsonWriter writer = { .out = &stream->values, .need_comma = stream->values.length > 0 };
        AUTO(strbuf_done) StrBuf moment = STRBUF_INIT;
        strbuf_addf(&moment, "%" PRIu64, moment_nsec);
        json_begin_array(&writer, NULL);
        json_string(&writer, NULL, strbuf_text(&moment));
        r = add_text(&writer, NULL, line);
        json_end_array(&writer);
        batch->n_lines++;
        batch->bytes += line.length + MOMENT_SIZE;
        return r < 0 ? err_pass(r) : err_pass(strbuf_result(&stream->values));
}

void push_batch_print(const PushBatch *batch, StrBuf *out) {
        strbuf_add(out, "{\"streams\":[");
        for (size_t i = 0; i < batch->n_streams; i++)
                strbuf_addf(out,
                            "%s{\"stream\":%s,\"values\":[%s]}",
                            i > 0 ? "," : "",
                            strbuf_text(&batch->streams[i].labels),
                            strbuf_text(&batch->streams[i].values));
        strbuf_add(out, "]}");
}

void push_batch_clear(PushBatch *batch) {
        for (size_t i = 0; i < batch->n_streams; i++) {
                strbuf_done(&batch->streams[i].labels);
                strbuf_done(&batch->streams[i].values);
        }
        free(batch->streams);
        *batch = PUSH_BATCH_INIT;
}
