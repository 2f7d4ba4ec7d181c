/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Control groups and the processes in them, drawn as a tree. */

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "base/auto.h"
#include "base/strbuf.h"

typedef struct ProcessRow {
        char *group, *command; /* owned; the group's full path */
        uint32_t pid;
} ProcessRow;

typedef struct ProcessRows {
        ProcessRow *rows; /* owned */
        size_t n_rows;
} ProcessRows;

/* One more process. */
int process_rows_add(ProcessRows *rows, const char *group, uint32_t pid, const char *command);

/* Reads the reply of GetUnitProcesses. */
int process_rows_read(ProcessRows *rows, sd_bus_message *reply);

/* Releases the rows. */
void process_rows_done(ProcessRows *rows);
DEFINE_AUTO_DONE(ProcessRows, process_rows_done);

/* How a tree is drawn. */
typedef struct ProcessTree {
        const char *prefix; /* in front of each line */
        size_t width;       /* of the terminal, 0 = any */
        bool shows_empty;   /* groups without processes, too */
} ProcessTree;

/* Appends what is in the group `top` and below; sorts the rows. */
void process_tree_print(const ProcessTree *tree, ProcessRows *rows, const char *top, StrBuf *out);
