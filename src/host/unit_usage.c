/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_usage.h"

#include <stdlib.h>

#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "host/address_filter.h"
#include "host/host_unit.h"
#include "host/setting_default.h"

#define TEXT_MAX (64 * 1024)
#define NO_LIMIT (UINT64_C(1) << 62) /* version 1 calls numbers near 2^63 no limit */

/* The directory of the unit's group for a controller and its version; NULL when it has none. */
static char *
directory_of(const Host *host, const Unit *unit, CgroupController which, unsigned *ret_version) {
        const HostUnit *hu = host_unit_peek(unit);
        const CgroupTree *tree = cgroup_controllers_tree(host->controllers, which);

        if (!hu || !tree || !(hu->controllers & (1u << which)))
                return NULL;
        AUTO_FREE char *group = host_unit_group_in(tree, unit);
        *ret_version = cgroup_controllers_version(host->controllers, which);
        return group ? cgroup_tree_directory(tree, group) : NULL;
}

static char *read_text(const char *directory, const char *file) {
        AUTO_FREE char *path = path_join(directory, file);
        char *text = NULL;
        size_t length = 0;

        return path && file_read(path, TEXT_MAX, &text, &length, NULL) == 0 ? text : NULL;
}

/* A number in a control file: the whole text, or the one behind `key`. */
static uint64_t read_figure(const char *directory, const char *file, const char *key) {
        AUTO_FREE char *text = read_text(directory, file);
        uint64_t number;
        Str line;

        Str rest = text ? str_of(text) : STR_EMPTY;
        while (rest.length > 0 && str_next_part(&rest, '\n', &line)) {
                bool found = !key || (str_skip_prefix(&line, key) && str_skip_prefix(&line, " "));
                if (found && parse_u64(str_trim(line), 10, &number) == 0)
                        return number;
        }
        return UINT64_MAX;
}

static uint64_t memory_of(const Host *host, const Unit *unit) {
        unsigned version;
        AUTO_FREE char *directory = directory_of(host, unit, CONTROLLER_MEMORY, &version);

        if (!directory)
                return UINT64_MAX;
        return read_figure(
                directory, version == 2 ? "memory.current" : "memory.usage_in_bytes", NULL);
}

/* What is left below the limit of one group. */
static uint64_t memory_left(const Host *host, const Unit *unit) {
        unsigned version;
        AUTO_FREE char *directory = directory_of(host, unit, CONTROLLER_MEMORY, &version);

        if (!directory)
                return UINT64_MAX;
        uint64_t limit =
                read_figure(directory, version == 2 ? "memory.max" : "memory.limit_in_bytes", NULL);
        uint64_t used = memory_of(host, unit);
        if (limit >= NO_LIMIT || used == UINT64_MAX) /* "max" is no number */
                return UINT64_MAX;
        return limit > used ? limit - used : 0;
}

static uint64_t cpu_of(const Host *host, const Unit *unit, const char *tracking) {
        unsigned version;
        AUTO_FREE char *directory = directory_of(host, unit, CONTROLLER_CPUACCT, &version);

        if (directory)
                return read_figure(directory, "cpuacct.usage", NULL);
        if (host->groups->mode != CGROUP_UNIFIED || !tracking)
                return UINT64_MAX;
        uint64_t usec = read_figure(tracking, "cpu.stat", "usage_usec");
        return usec == UINT64_MAX ? usec : usec * 1000;
}

/* Adds the number behind `key` (and `separator`) in each line; 0 when there is none. */
static uint64_t sum_of(const char *text, const char *key, char separator) {
        uint64_t sum = 0, number;
        Str rest = str_of(text), word, previous = STR_EMPTY;

        while (str_next_word(&rest, &word)) {
                Str value = word;
                bool found = separator == '='
                                     ? str_skip_prefix(&value, key) && str_skip_prefix(&value, "=")
                                     : str_equal_c(previous, key);
                if (found && parse_u64(value, 10, &number) == 0)
                        sum += number;
                previous = word;
        }
        return sum;
}

static void read_io(const Host *host, const Unit *unit, UnitFigures *figures) {
        unsigned version;
        AUTO_FREE char *directory = directory_of(host, unit, CONTROLLER_IO, &version);

        if (!directory)
                return;
        AUTO_FREE char *bytes = read_text(
                directory, version == 2 ? "io.stat" : "blkio.throttle.io_service_bytes_recursive");
        AUTO_FREE char *operations =
                version == 2 ? NULL : read_text(directory, "blkio.throttle.io_serviced_recursive");
        if (bytes && version == 2) {
                figures->io_read_bytes = sum_of(bytes, "rbytes", '=');
                figures->io_write_bytes = sum_of(bytes, "wbytes", '=');
                figures->io_read_operations = sum_of(bytes, "rios", '=');
                figures->io_write_operations = sum_of(bytes, "wios", '=');
        } else if (bytes && operations) {
                figures->io_read_bytes = sum_of(bytes, "Read", ' ');
                figures->io_write_bytes = sum_of(bytes, "Write", ' ');
                figures->io_read_operations = sum_of(operations, "Read", ' ');
                figures->io_write_operations = sum_of(operations, "Write", ' ');
        }
}

void unit_usage_read_totals(const Host *host, const Unit *unit, UnitFigures *figures) {
        AUTO_FREE char *group = unit_inspect_group(host, unit);
        AUTO_FREE char *tracking = group ? cgroup_tree_directory(host->groups, group) : NULL;
        const HostUnit *hu = host_unit_peek(unit);
        int counters = hu ? hu->address_counters : -1;

        /* Version 1 has no group for it unless somebody wants it counted. */
        if (host->groups->mode != CGROUP_UNIFIED ||
            setting_is_on(host, unit, DIRECTIVE_CPU_ACCOUNTING))
                figures->cpu_nsec = cpu_of(host, unit, tracking);
        read_io(host, unit, figures);
        address_filter_count(counters, false, &figures->ip_in_bytes, &figures->ip_in_packets);
        address_filter_count(counters, true, &figures->ip_out_bytes, &figures->ip_out_packets);
}

void unit_usage_read(const Host *host, const Unit *unit, UnitFigures *figures) {
        unsigned version;
        AUTO_FREE char *pids = directory_of(host, unit, CONTROLLER_PIDS, &version);

        figures->memory_bytes = memory_of(host, unit);
        figures->n_tasks = pids ? read_figure(pids, "pids.current", NULL) : UINT64_MAX;
        for (const Unit *above = unit; above; above = above->slice)
                figures->memory_available =
                        MIN(figures->memory_available, memory_left(host, above));
        unit_usage_read_totals(host, unit, figures);
}
