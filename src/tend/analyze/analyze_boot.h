/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* When the manager and its units came up, in the words of systemd-analyze: time, blame,
 * critical-chain, dot, plot, dump. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/hashtable.h"
#include "base/strbuf.h"
#include "tend/tend.h"

/* What the options said. */
typedef struct BootOptions {
        Tend *tend;
        bool order, require;        /* dot: --order, --require */
        char **from, **to;          /* dot: patterns, owned */
        uint64_t fuzz_usec;         /* critical-chain */
        const char *host, *machine; /* cannot be reached */
        const char *root, *image;   /* cat-config */
} BootOptions;

/* Each prints the answer to its command; the exit status. */
int analyze_boot_time(const BootOptions *options, char **arguments);
int analyze_blame(const BootOptions *options, char **arguments);
int analyze_critical_chain(const BootOptions *options, char **arguments);
int analyze_dot(const BootOptions *options, char **arguments);
int analyze_plot(const BootOptions *options, char **arguments);
int analyze_dump(const BootOptions *options, char **arguments);
int analyze_log_level(const BootOptions *options, char **arguments);
int analyze_log_target(const BootOptions *options, char **arguments);
int analyze_service_watchdogs(const BootOptions *options, char **arguments);

/* --- for those that print -------------------------------------------------------------------- */

/* Moments of the start, microseconds since the kernel started, or since the manager did where it is
 * not the machine's first (offset_usec was taken away then). 0 = was not. */
typedef struct BootTimes {
        uint64_t firmware_usec, loader_usec, kernel_done_usec, initrd_usec, userspace_usec,
                finish_usec;
        uint64_t generators_start_usec, generators_end_usec, load_start_usec, load_end_usec;
        uint64_t offset_usec;
} BootTimes;

typedef struct BootUnit {
        char *name; /* owned */
        uint64_t activating_usec, activated_usec, deactivating_usec, deactivated_usec;
        uint64_t taken_usec; /* to come up; 0 = no time */
} BootUnit;

typedef struct BootUnits {
        BootUnit *units; /* owned, in the manager's order */
        unsigned n_units;
        HashTable *by_name; /* owned */
} BootUnits;

/* Connects; -errno after a message. */
int boot_connect(const BootOptions *options);

/* Asks the manager for its times. -EINPROGRESS when it is still starting; after a message. */
int boot_times_get(const BootOptions *options, BootTimes *ret);

/* Asks for the times of all units that were ever started. -errno after a message. */
int boot_units_get(const BootOptions *options, const BootTimes *times, BootUnits *ret);

/* Releases the units. */
void boot_units_done(BootUnits *units);
DEFINE_AUTO_DONE(BootUnits, boot_units_done);

/* A unit that has times; NULL. */
const BootUnit *boot_units_find(const BootUnits *units, const char *name);

/* "Startup finished in ...". */
int boot_times_print(const BootOptions *options, const BootTimes *times, StrBuf *out);

/* A span to the millisecond. */
void boot_print_span(uint64_t usec, StrBuf *out);
