/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/systemctl/process_tree_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/utf8.h"

int process_rows_add(ProcessRows *rows, const char *group, uint32_t pid, const char *command) {
        if ((rows->n_rows & (rows->n_rows - 1)) == 0) { /* full at each power of two */
                size_t n = rows->n_rows ? rows->n_rows * 2 : 1;
                ProcessRow *more = reallocarray(rows->rows, n, sizeof(*more));
                if (!more)
                        return err_new(-ENOMEM);
                rows->rows = more;
        }
        ProcessRow *row = &rows->rows[rows->n_rows++];
        if (streq(group, "/"))
                group = "";
        *row = (ProcessRow){ .group = strdup(group), .command = strdup(command), .pid = pid };
        return row->group && row->command ? 0 : err_new(-ENOMEM);
}

int process_rows_read(ProcessRows *rows, sd_bus_message *reply) {
        const char *group, *command;
        uint32_t pid;

        int r = sd_bus_message_enter_container(reply, 'a', "(sus)");
        while (r >= 0 && (r = sd_bus_message_read(reply, "(sus)", &group, &pid, &command)) > 0)
                r = process_rows_add(rows, group, pid, command);
        return err_pass(r);
}

void process_rows_done(ProcessRows *rows) {
        for (size_t i = 0; i < rows->n_rows; i++) {
                free(rows->rows[i].group);
                free(rows->rows[i].command);
        }
        free(rows->rows);
        *rows = (ProcessRows){ 0 };
}

/* Paths in the order of a walk: a slash comes before all other characters. */
static int compare_paths(const char *a, const char *b) {
        while (*a && *a == *b)
                a++, b++;
        int x = *a == '/' ? 1 : (unsigned char)*a + (*a != '\0'),
            y = *b == '/' ? 1 : (unsigned char)*b + (*b != '\0');
        return x - y;
}

static int compare_rows(const void *a, const void *b) {
        const ProcessRow *x = a, *y = b;
        int order = compare_paths(x->group, y->group);

        return order != 0 ? order : x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* A part of the sorted rows, all of a group or below it. */
typedef struct Range {
        const ProcessRow *begin, *end;
} Range;

static bool is_below(const char *group, const char *top) {
        size_t length = strlen(top);
        while (length > 0 && top[length - 1] == '/')
                length--;
        return strncmp(group, top, length) == 0 && (group[length] == '/' || group[length] == '\0');
}

static void print_process(const ProcessTree *tree, const ProcessRow *row, int width, StrBuf *out) {
        size_t begin = out->length;

        strbuf_addf(out, "%*u %s", width, row->pid, row->command);
        size_t room = tree->width > utf8_width(str_of(tree->prefix)) + 2
                              ? tree->width - utf8_width(str_of(tree->prefix)) - 2
                              : 0;
        if (tree->width > 0 && !out->failed && out->length - begin > room && room > 0) {
                strbuf_truncate(out, begin + room - 1);
                strbuf_add(out, "\u2026");
        }
        strbuf_add_char(out, '\n');
}

static const char *branch(bool more) {
        return more ? "\u251c\u2500" : "\u2514\u2500";
}

/* The rows of the next group directly below `top`, and that group's name. */
static Range next_child(Range rest, size_t n_top, Str *ret_path) {
        const char *group = rest.begin->group, *name = group + n_top + 1;
        size_t n_name = strcspn(name, "/");
        Range range = { rest.begin, rest.begin };

        *ret_path = (Str){ group, n_top + 1 + n_name };
        while (range.end < rest.end && strncmp(range.end->group, group, ret_path->length) == 0 &&
               strchr("/", range.end->group[ret_path->length]))
                range.end++;
        return range;
}

static void print_group(const ProcessTree *tree, Range range, size_t n_top, StrBuf *out) {
        const ProcessRow *row = range.begin, *own_end = range.begin;
        char digits[16];
        int width = 0;

        for (; own_end < range.end && own_end->group[n_top] == '\0'; own_end++)
                if (own_end->pid > 0)
                        width = MAX(width, snprintf(digits, sizeof(digits), "%u", own_end->pid));
        for (; row < own_end; row++) {
                if (row->pid == 0)
                        continue; /* stands for a group that may be empty */
                strbuf_addf(out, "%s%s", tree->prefix, branch(row + 1 < range.end));
                print_process(tree, row, width, out);
        }
        for (Range rest = { own_end, range.end }; rest.begin < rest.end;) {
                AUTO(strbuf_done) StrBuf prefix = STRBUF_INIT;
                Str path;
                Range child = next_child(rest, n_top, &path);
                bool more = child.end < rest.end;
                strbuf_addf(out,
                            "%s%s%.*s\n",
                            tree->prefix,
                            branch(more),
                            (int)(path.length - n_top - 1),
                            path.data + n_top + 1);
                strbuf_addf(&prefix, "%s%s", tree->prefix, more ? "\u2502 " : "  ");
                ProcessTree below = *tree;
                below.prefix = strbuf_text(&prefix);
                print_group(&below, child, path.length, out);
                rest.begin = child.end;
        }
}

void process_tree_print(const ProcessTree *tree, ProcessRows *rows, const char *top, StrBuf *out) {
        size_t n_top = strlen(top);

        while (n_top > 0 && top[n_top - 1] == '/')
                n_top--;
        if (rows->n_rows == 0)
                return;
        qsort(rows->rows, rows->n_rows, sizeof(*rows->rows), compare_rows);
        Range range = { rows->rows, rows->rows + rows->n_rows };
        while (range.begin < range.end && !is_below(range.begin->group, top))
                range.begin++;
        while (range.end > range.begin && !is_below(range.end[-1].group, top))
                range.end--;
        print_group(tree, range, n_top, out);
}
