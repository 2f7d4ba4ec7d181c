/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_consumed.h"

#include <stdlib.h>
#include <syslog.h>

#include "base/duration.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "host/unit_usage.h"

#define CONSUMED_ID "ae8f7b866b0347b9af31fe1c80b127c0" /* sd-messages.h: unit resources */
#define MUCH_CPU_NSEC UINT64_C(1000000000)

/* The totals: their fields in the log, and the words for those that people are told. */
static const struct {
        size_t place;
        const char *field;
        const char *before, *after; /* NULL = for machines only */
} totals[] = {
        { offsetof(UnitFigures, io_read_bytes), "IO_METRIC_READ_BYTES", "read ", " from disk" },
        { offsetof(UnitFigures, io_write_bytes), "IO_METRIC_WRITE_BYTES", "written ", " to disk" },
        { offsetof(UnitFigures, io_read_operations), "IO_METRIC_READ_OPERATIONS", NULL, NULL },
        { offsetof(UnitFigures, io_write_operations), "IO_METRIC_WRITE_OPERATIONS", NULL, NULL },
        { offsetof(UnitFigures, ip_in_bytes),
          "IP_METRIC_INGRESS_BYTES",
          "received ",
          " IP traffic" },
        { offsetof(UnitFigures, ip_out_bytes), "IP_METRIC_EGRESS_BYTES", "sent ", " IP traffic" },
        { offsetof(UnitFigures, ip_in_packets), "IP_METRIC_INGRESS_PACKETS", NULL, NULL },
        { offsetof(UnitFigures, ip_out_packets), "IP_METRIC_EGRESS_PACKETS", NULL, NULL },
};

static uint64_t figure_at(const UnitFigures *figures, size_t place) {
        return *(const uint64_t *)(const void *)((const char *)figures + place);
}

static bool is_known(uint64_t a, uint64_t b) {
        return a != UINT64_MAX && b != UINT64_MAX;
}

static void add_words(StrBuf *text, const UnitFigures *figures) {
        if (figures->cpu_nsec != UINT64_MAX) {
                strbuf_add(text, ", consumed ");
                duration_print(text, figures->cpu_nsec / NSEC_PER_USEC, USEC_PER_MSEC);
                strbuf_add(text, " CPU time");
        }
        for (size_t i = 0; i < ARRAY_LENGTH(totals); i++) {
                uint64_t bytes = figure_at(figures, totals[i].place);
                if (!totals[i].before || bytes == 0 || bytes == UINT64_MAX)
                        continue;
                strbuf_addf(text, ", %s", totals[i].before);
                print_size_rounded(text, bytes);
                strbuf_add(text, totals[i].after);
        }
        if (is_known(figures->io_read_bytes, figures->io_write_bytes) &&
            figures->io_read_bytes + figures->io_write_bytes == 0)
                strbuf_add(text, ", no IO");
        if (is_known(figures->ip_in_bytes, figures->ip_out_bytes) &&
            figures->ip_in_bytes + figures->ip_out_bytes == 0)
                strbuf_add(text, ", no IP traffic");
}

/* Fields, and whether any of the totals is worth a line. */
static bool add_fields(StrBuf *fields, const UnitFigures *figures) {
        bool is_much = figures->cpu_nsec != UINT64_MAX && figures->cpu_nsec > MUCH_CPU_NSEC;

        if (figures->cpu_nsec != UINT64_MAX)
                strbuf_addf(fields, "CPU_USAGE_NSEC=%" PRIu64 "\n", figures->cpu_nsec);
        for (size_t i = 0; i < ARRAY_LENGTH(totals); i++) {
                uint64_t number = figure_at(figures, totals[i].place);
                if (number == UINT64_MAX)
                        continue;
                strbuf_addf(fields, "%s=%" PRIu64 "\n", totals[i].field, number);
                is_much = is_much || number > 0;
        }
        return is_much;
}

static void tell(const Unit *unit, const UnitFigures *figures) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT, fields = STRBUF_INIT;
        bool is_much = add_fields(&fields, figures);

        add_words(&text, figures);
        if (text.length == 0 || strbuf_result(&text) < 0 || strbuf_result(&fields) < 0)
                return;
        char *words = text.data + strlen(", ");
        *words = (char)(*words - 'a' + 'A'); /* ours are letters of ASCII */
        unit_log_about(unit, CONSUMED_ID, strbuf_text(&fields));
        unit_log(unit, is_much ? LOG_INFO : LOG_DEBUG, "%s: %s.", unit->id, words);
}

void unit_consumed_note(HostUnit *hu) {
        UnitFigures figures = UNIT_FIGURES_INIT;

        if (!hu->group || hu->unit->type == UNIT_SLICE)
                return;
        unit_usage_read_totals(hu->host, hu->unit, &figures);
        if (!hu->consumed)
                hu->consumed = malloc(sizeof(*hu->consumed));
        if (hu->consumed)
                *hu->consumed = figures;
        tell(hu->unit, &figures);
}

void unit_consumed_show(const HostUnit *hu, UnitFigures *figures) {
        if (!hu->consumed)
                return;
        figures->cpu_nsec = hu->consumed->cpu_nsec;
        for (size_t i = 0; i < ARRAY_LENGTH(totals); i++)
                *(uint64_t *)(void *)((char *)figures + totals[i].place) =
                        figure_at(hu->consumed, totals[i].place);
}
