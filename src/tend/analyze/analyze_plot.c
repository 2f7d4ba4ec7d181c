/* SPDX-License-Identifier: Apache-2.0 */

/* plot: the start as a picture, a bar for each unit that came up during it. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "bus/bus_client.h"
#include "tend/analyze/analyze_boot.h"
#include "tend/pager.h"

#define ROW_HEIGHT 20
#define BAR_HEIGHT 19
#define MARGIN 20
#define TOP 100 /* what stands above the bars */
#define PIXELS_PER_SECOND 100.0
#define SMALL_START_USEC (5 * USEC_PER_SEC) /* below this a second is drawn wider */
#define NAMES_WIDTH 400                     /* room for the names behind the last bars */
#define WIDTH_MIN 880
#define LEGEND_ROWS 5

typedef struct Plot {
        const BootTimes *times;
        const BootUnits *units;
        double scale; /* pixels for a microsecond */
        unsigned n_rows;
        StrBuf *out;
} Plot;

static const char style_sheet[] = "<style>\n"
                                  "  rect.paper { fill: white; }\n"
                                  "  rect.frame { fill: #f4f4f4; stroke: #c8c8c8; }\n"
                                  "  rect.activating { fill: #d9302c; }\n"
                                  "  rect.active { fill: #d7a4a4; }\n"
                                  "  rect.deactivating { fill: #8f6262; }\n"
                                  "  rect.before { fill: #9a9a9a; }\n"
                                  "  rect.generators { fill: #61c8f7; }\n"
                                  "  rect.loading { fill: #3f9fd8; }\n"
                                  "  line { stroke: #e2e2e2; }\n"
                                  "  line.second { stroke: #606060; }\n"
                                  "  text { font: 14px sans-serif; }\n"
                                  "  text.scale { font-size: 10px; }\n"
                                  "  text.left { text-anchor: end; }\n"
                                  "</style>\n";

static void add_escaped(StrBuf *out, const char *text) {
        for (; *text; text++) {
                if (*text == '<')
                        strbuf_add(out, "&lt;");
                else if (*text == '&')
                        strbuf_add(out, "&amp;");
                else if (*text == '>')
                        strbuf_add(out, "&gt;");
                else
                        strbuf_add_char(out, *text);
        }
}

static double position(const Plot *plot, uint64_t usec) {
        return plot->scale * (double)usec;
}

/* A bar in the present row. */
static void add_bar(const Plot *plot, const char *class, uint64_t from_usec, uint64_t to_usec) {
        if (to_usec < from_usec)
                return;
        strbuf_addf(plot->out,
                    "  <rect class=\"%s\" x=\"%.3f\" y=\"%u\" width=\"%.3f\" height=\"%d\" />\n",
                    class,
                    position(plot, from_usec),
                    plot->n_rows * ROW_HEIGHT,
                    position(plot, to_usec - from_usec),
                    BAR_HEIGHT);
}

/* The name of the present row, beside the bar that begins at `usec`; ends the row. */
static void end_row(Plot *plot, uint64_t usec, const char *name, uint64_t taken_usec) {
        bool right_half = usec > plot->times->finish_usec / 2;

        strbuf_addf(plot->out,
                    "  <text%s x=\"%.3f\" y=\"%u\">",
                    right_half ? " class=\"left\"" : "",
                    position(plot, usec) + (right_half ? -5.0 : 5.0),
                    plot->n_rows * ROW_HEIGHT + 14);
        add_escaped(plot->out, name);
        if (taken_usec > 0) {
                strbuf_add(plot->out, " (");
                boot_print_span(taken_usec, plot->out);
                strbuf_add_char(plot->out, ')');
        }
        strbuf_add(plot->out, "</text>\n");
        plot->n_rows++;
}

/* Lines each tenth of a second, or each second of a long start. */
static void add_scale(const Plot *plot, unsigned height) {
        uint64_t end_usec = plot->times->finish_usec;
        uint64_t step_usec = end_usec > 30 * USEC_PER_SEC ? USEC_PER_SEC : USEC_PER_SEC / 10;

        if (end_usec / step_usec > 10000)
                step_usec = end_usec / 1000;
        for (uint64_t usec = 0; usec <= end_usec; usec += step_usec) {
                bool is_second = usec % USEC_PER_SEC == 0;
                double x = position(plot, usec);
                strbuf_addf(plot->out,
                            "  <line%s x1=\"%.3f\" y1=\"0\" x2=\"%.3f\" y2=\"%u\" />\n",
                            is_second ? " class=\"second\"" : "",
                            x,
                            x,
                            height);
                if (is_second)
                        strbuf_addf(plot->out,
                                    "  <text class=\"scale\" x=\"%.3f\" y=\"-5\">%llus</text>\n",
                                    x,
                                    (unsigned long long)(usec / USEC_PER_SEC));
        }
}

/* What was before the units: firmware, loader, kernel, initrd, the manager itself. */
static void add_phases(Plot *plot) {
        const BootTimes *times = plot->times;
        uint64_t end_usec = times->finish_usec;

        if (times->kernel_done_usec > 0) {
                add_bar(plot, "before", 0, times->kernel_done_usec);
                end_row(plot, 0, "kernel", times->kernel_done_usec);
        }
        if (times->initrd_usec > 0) {
                add_bar(plot, "before", times->initrd_usec, times->userspace_usec);
                end_row(plot, times->initrd_usec, "initrd", 0);
        }
        add_bar(plot, "active", times->userspace_usec, end_usec);
        add_bar(plot, "generators", times->generators_start_usec, times->generators_end_usec);
        add_bar(plot, "loading", times->load_start_usec, times->load_end_usec);
        end_row(plot, times->userspace_usec, "systemd", 0);
}

static bool is_in_start(const Plot *plot, const BootUnit *unit) {
        return unit->activating_usec >= plot->times->userspace_usec &&
               unit->activating_usec <= plot->times->finish_usec;
}

static int compare_activating(const void *a, const void *b) {
        const BootUnit *x = a, *y = b;
        return x->activating_usec != y->activating_usec
                       ? (x->activating_usec < y->activating_usec ? -1 : 1)
                       : strcmp(x->name, y->name);
}

static void add_unit(Plot *plot, const BootUnit *unit) {
        uint64_t end_usec = plot->times->finish_usec;
        uint64_t up_usec = unit->activated_usec >= unit->activating_usec ? unit->activated_usec : 0;
        uint64_t down_usec = unit->deactivating_usec > up_usec ? unit->deactivating_usec : end_usec;
        uint64_t gone_usec =
                unit->deactivated_usec > unit->activating_usec ? unit->deactivated_usec : end_usec;

        add_bar(plot,
                "activating",
                unit->activating_usec,
                MIN(up_usec > 0 ? up_usec : gone_usec, end_usec));
        if (up_usec > 0 && up_usec < end_usec)
                add_bar(plot, "active", up_usec, MIN(down_usec, end_usec));
        if (down_usec < end_usec)
                add_bar(plot, "deactivating", down_usec, MIN(gone_usec, end_usec));
        end_row(plot, unit->activating_usec, unit->name, unit->taken_usec);
}

static void add_legend(Plot *plot) {
        static const char *const rows[LEGEND_ROWS][2] = {
                { "activating", "Activating" },      { "active", "Active" },
                { "deactivating", "Deactivating" },  { "generators", "Generators" },
                { "loading", "Loading unit files" },
        };

        plot->n_rows++;
        for (unsigned i = 0; i < LEGEND_ROWS; i++, plot->n_rows++)
                strbuf_addf(plot->out,
                            "  <rect class=\"%s\" x=\"0\" y=\"%u\" width=\"30\" height=\"%d\" />\n"
                            "  <text x=\"45\" y=\"%u\">%s</text>\n",
                            rows[i][0],
                            plot->n_rows * ROW_HEIGHT,
                            BAR_HEIGHT,
                            plot->n_rows * ROW_HEIGHT + 14,
                            rows[i][1]);
}

static unsigned count_rows(const Plot *plot) {
        const BootTimes *times = plot->times;
        unsigned n = 1 + (times->kernel_done_usec > 0) + (times->initrd_usec > 0);

        for (unsigned i = 0; i < plot->units->n_units; i++)
                n += is_in_start(plot, &plot->units->units[i]);
        return n;
}

static void add_head(const Plot *plot, const char *title, unsigned n_rows) {
        double wanted = position(plot, plot->times->finish_usec) + NAMES_WIDTH + 2 * MARGIN;
        unsigned width = wanted > WIDTH_MIN ? (unsigned)wanted : WIDTH_MIN;
        unsigned height = TOP + MARGIN + (n_rows + LEGEND_ROWS + 1) * ROW_HEIGHT;

        strbuf_addf(plot->out,
                    "<?xml version=\"1.0\" standalone=\"no\"?>\n"
                    "<svg width=\"%upx\" height=\"%upx\" version=\"1.1\" "
                    "xmlns=\"http://www.w3.org/2000/svg\">\n%s"
                    "<rect class=\"paper\" width=\"100%%\" height=\"100%%\" />\n"
                    "<text x=\"%d\" y=\"50\">",
                    width,
                    height,
                    style_sheet,
                    MARGIN);
        add_escaped(plot->out, title);
        strbuf_addf(plot->out,
                    "</text>\n<g transform=\"translate(%d,%d)\">\n"
                    "  <rect class=\"frame\" x=\"0\" y=\"0\" width=\"%.3f\" height=\"%u\" />\n",
                    MARGIN,
                    TOP,
                    position(plot, plot->times->finish_usec),
                    n_rows * ROW_HEIGHT);
}

int analyze_plot(const BootOptions *options, char **arguments UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT, title = STRBUF_INIT;
        AUTO(boot_units_done) BootUnits units = { 0 };
        BootTimes times;

        if (boot_connect(options) < 0 || boot_times_get(options, &times) < 0 ||
            boot_units_get(options, &times, &units) < 0 ||
            boot_times_print(options, &times, &title) < 0)
                return 1;
        if (units.n_units > 1)
                qsort(units.units, units.n_units, sizeof(*units.units), compare_activating);
        Plot plot = { .times = &times, .units = &units, .out = &out };
        double wider = times.finish_usec < SMALL_START_USEC ? 4.0 : 1.0;
        plot.scale = PIXELS_PER_SECOND * wider / (double)USEC_PER_SEC;
        unsigned n_rows = count_rows(&plot);
        add_head(&plot, strbuf_text(&title), n_rows);
        add_scale(&plot, n_rows * ROW_HEIGHT);
        add_phases(&plot);
        for (unsigned i = 0; i < units.n_units; i++)
                if (is_in_start(&plot, &units.units[i]))
                        add_unit(&plot, &units.units[i]);
        add_legend(&plot);
        strbuf_add(&out, "</g>\n</svg>\n");
        return pager_print(options->tend, &out) < 0 ? 1 : 0;
}
