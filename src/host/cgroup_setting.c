/* SPDX-License-Identifier: Apache-2.0 */
#include "host/cgroup_setting.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/error.h"
#include "base/macros.h"
#include "host/device_rule.h"

#define USEC_PER_SECOND UINT64_C(1000000)
#define PERIOD_DEFAULT UINT64_C(100000) /* usec, of the kernel */
#define QUOTA_MIN UINT64_C(1000)        /* usec, of the kernel */
#define IDS_MAX 4

typedef struct FileRow FileRow;

typedef struct Context {
        const UnitSpec *spec;
        const CgroupMachine *machine;
} Context;

/* Appends lines, each to be written by itself; -ENODEV when a device is not there. */
typedef int FileFunction(const Context *context, const FileRow *row, StrBuf *out);

struct FileRow {
        const char *file;
        CgroupController controller;
        unsigned version;
        DirectiveId ids[IDS_MAX]; /* the first that is set counts, for most */
        FileFunction *print;
        const char *reset; /* the kernel's default, NULL = nothing to be done */
};

static const struct {
        const char *v1, *v2;
} controller_names[CONTROLLER_COUNT] = {
        [CONTROLLER_CPU] = { "cpu", "cpu" },          [CONTROLLER_CPUACCT] = { "cpuacct", NULL },
        [CONTROLLER_CPUSET] = { "cpuset", "cpuset" }, [CONTROLLER_IO] = { "blkio", "io" },
        [CONTROLLER_MEMORY] = { "memory", "memory" }, [CONTROLLER_PIDS] = { "pids", "pids" },
        [CONTROLLER_DEVICES] = { "devices", NULL },   [CONTROLLER_FREEZER] = { "freezer", NULL },
};

const char *cgroup_controller_name(CgroupController controller, unsigned version) {
        return version == 2 ? controller_names[controller].v2 : controller_names[controller].v1;
}

/* --- values ----------------------------------------------------------------------------------- */

static bool is_for_startup(DirectiveId id) {
        return id == DIRECTIVE_STARTUP_ALLOWED_CPUS ||
               id == DIRECTIVE_STARTUP_ALLOWED_MEMORY_NODES ||
               id == DIRECTIVE_STARTUP_BLOCK_IO_WEIGHT || id == DIRECTIVE_STARTUP_CPU_SHARES ||
               id == DIRECTIVE_STARTUP_CPU_WEIGHT || id == DIRECTIVE_STARTUP_IO_WEIGHT;
}

static const Value *find(const Context *context, DirectiveId id) {
        if (id == DIRECTIVE_NONE || (is_for_startup(id) && !context->machine->starting))
                return NULL;
        return unit_spec_find(context->spec, id);
}

/* The first of the row's settings that counts now. */
static const Value *first_of(const Context *context, const FileRow *row) {
        const Value *value = NULL;

        for (unsigned i = 0; i < IDS_MAX && !value; i++)
                value = find(context, row->ids[i]);
        return value;
}

static uint64_t clamp(uint64_t number, uint64_t minimum, uint64_t maximum) {
        return MIN(MAX(number, minimum), maximum);
}

/* A number, or a share of `total`. */
static uint64_t amount_of(const Value *value, uint64_t total) {
        if (!(value->flags & VALUE_PERCENT))
                return value->number;
        if (total == UINT64_MAX)
                return total;
        uint64_t share = total / 10000 * value->number + total % 10000 * value->number / 10000;
        return MAX(share, UINT64_C(1));
}

/* --- processor -------------------------------------------------------------------------------- */

static bool is_old_shares(const Value *value) {
        return value->id == DIRECTIVE_CPU_SHARES || value->id == DIRECTIVE_STARTUP_CPU_SHARES;
}

/* Whether the unit asks for SCHED_IDLE, which has a file of its own in version 2. */
static bool is_idle(const Value *value) {
        return value && !is_old_shares(value) && value->number == 0;
}

static int print_cpu_idle(const Context *context, const FileRow *row, StrBuf *out) {
        if (is_idle(first_of(context, row)))
                strbuf_add(out, "1\n");
        return 0;
}

static int print_cpu_weight(const Context *context, const FileRow *row, StrBuf *out) {
        const Value *value = first_of(context, row);

        if (!value || is_idle(value))
                return 0;
        uint64_t weight =
                is_old_shares(value) ? clamp(value->number * 100 / 1024, 1, 10000) : value->number;
        strbuf_addf(out, "%" PRIu64 "\n", weight);
        return 0;
}

static int print_cpu_shares(const Context *context, const FileRow *row, StrBuf *out) {
        const Value *value = first_of(context, row);

        if (!value)
                return 0;
        uint64_t shares =
                is_old_shares(value) ? value->number : clamp(value->number * 1024 / 100, 2, 262144);
        strbuf_addf(out, "%" PRIu64 "\n", shares);
        return 0;
}

/* Long enough for the quota not to fall below what the kernel takes. */
static uint64_t period_of(const Context *context, uint64_t quota) {
        const Value *given = unit_spec_find(context->spec, DIRECTIVE_CPU_QUOTA_PERIOD_SEC);
        uint64_t period = given && given->number != UINT64_MAX ? given->number : PERIOD_DEFAULT;

        if (quota > 0 && quota != UINT64_MAX)
                period = MAX(period, QUOTA_MIN * USEC_PER_SECOND / quota);
        return clamp(period, 1000, USEC_PER_SECOND);
}

static uint64_t quota_of(const Value *value, uint64_t period) {
        /* the quota is below 2^32 percent, the period at most a second: no overflow */
        return MAX(value->number * period / USEC_PER_SECOND, QUOTA_MIN);
}

static int print_cpu_max(const Context *context, const FileRow *row, StrBuf *out) {
        const Value *value = find(context, row->ids[0]);

        if (!value)
                return 0;
        uint64_t period = period_of(context, value->number);
        if (value->number == UINT64_MAX)
                strbuf_addf(out, "max %" PRIu64 "\n", period);
        else
                strbuf_addf(out, "%" PRIu64 " %" PRIu64 "\n", quota_of(value, period), period);
        return 0;
}

static int print_cfs_period(const Context *context, const FileRow *row, StrBuf *out) {
        const Value *value = find(context, row->ids[0]);

        if (value)
                strbuf_addf(out, "%" PRIu64 "\n", period_of(context, value->number));
        return 0;
}

static int print_cfs_quota(const Context *context, const FileRow *row, StrBuf *out) {
        const Value *value = find(context, row->ids[0]);

        if (value && value->number == UINT64_MAX)
                strbuf_add(out, "-1\n");
        else if (value)
                strbuf_addf(
                        out, "%" PRIu64 "\n", quota_of(value, period_of(context, value->number)));
        return 0;
}

static int print_set(const Context *context, const FileRow *row, StrBuf *out) {
        const Value *value = first_of(context, row);
        unsigned n_bits = value && value->bits ? value->bits->n_words * 64 : 0;
        const char *between = "";

        for (unsigned first = 0; first < n_bits; first++) {
                unsigned last = first;

                if (!bit_set_has(value->bits, first))
                        continue;
                while (bit_set_has(value->bits, last + 1))
                        last++;
                strbuf_addf(out, last > first ? "%s%u-%u" : "%s%u", between, first, last);
                between = ",";
                first = last;
        }
        if (*between)
                strbuf_add_char(out, '\n');
        return 0;
}

/* --- memory and tasks ------------------------------------------------------------------------- */

static void add_amount(uint64_t amount, const char *infinity, StrBuf *out) {
        if (amount == UINT64_MAX)
                strbuf_addf(out, "%s\n", infinity);
        else
                strbuf_addf(out, "%" PRIu64 "\n", amount);
}

static int print_memory(const Context *context, const FileRow *row, StrBuf *out) {
        const Value *value = first_of(context, row);

        if (value)
                add_amount(amount_of(value, context->machine->memory_bytes), row->reset, out);
        return 0;
}

/* What a slice above protects for those that say nothing themselves. */
static int print_protected(const Context *context, const FileRow *row, StrBuf *out) {
        bool is_low = row->ids[0] == DIRECTIVE_MEMORY_LOW;
        uint64_t inherited = is_low ? context->machine->inherited_memory_low
                                    : context->machine->inherited_memory_min;

        if (find(context, row->ids[0]))
                return err_pass(print_memory(context, row, out));
        if (inherited > 0)
                add_amount(inherited, "max", out);
        return 0;
}

bool cgroup_setting_memory(const UnitSpec *spec, DirectiveId id, uint64_t total, uint64_t *ret) {
        const Value *value = unit_spec_find(spec, id);

        if (value)
                *ret = amount_of(value, total);
        return value != NULL;
}

/* Version 1 limits memory and swap together. */
static int print_memory_and_swap(const Context *context, const FileRow *row, StrBuf *out) {
        const Value *swap = find(context, row->ids[0]);

        if (!swap)
                return 0;
        uint64_t limit = cgroup_setting_memory_limit(context->spec, context->machine);
        uint64_t swap_bytes = amount_of(swap, context->machine->memory_bytes);
        bool is_infinite = limit == UINT64_MAX || swap_bytes > UINT64_MAX - limit;
        add_amount(is_infinite ? UINT64_MAX : limit + swap_bytes, "-1", out);
        return 0;
}

static int print_tasks(const Context *context, const FileRow *row, StrBuf *out) {
        const Value *value = find(context, row->ids[0]);

        if (value)
                add_amount(amount_of(value, context->machine->tasks), "max", out);
        else if (context->machine->default_tasks_max != UINT64_MAX)
                add_amount(context->machine->default_tasks_max, "max", out);
        return 0;
}

uint64_t cgroup_setting_memory_limit(const UnitSpec *spec, const CgroupMachine *machine) {
        const Value *value = unit_spec_find(spec, DIRECTIVE_MEMORY_LIMIT)
                                     ?: unit_spec_find(spec, DIRECTIVE_MEMORY_MAX);
        return value ? amount_of(value, machine->memory_bytes) : UINT64_MAX;
}

/* --- disks ------------------------------------------------------------------------------------ */

/* Weights are 1 to 10000 around 100 now, and were 10 to 1000 around 500. */
static uint64_t weight_to_old(uint64_t weight) {
        return clamp(weight * 500 / 100, 10, 1000);
}

static uint64_t weight_from_old(uint64_t weight) {
        return clamp(weight * 100 / 500, 1, 10000);
}

static bool is_old_weight(const Value *value) {
        return value->id == DIRECTIVE_BLOCK_IO_WEIGHT ||
               value->id == DIRECTIVE_STARTUP_BLOCK_IO_WEIGHT;
}

static int print_io_weight(const Context *context, const FileRow *row, StrBuf *out) {
        const Value *value = first_of(context, row);

        if (value)
                strbuf_addf(out,
                            "default %" PRIu64 "\n",
                            is_old_weight(value) ? weight_from_old(value->number) : value->number);
        return 0;
}

static int print_block_weight(const Context *context, const FileRow *row, StrBuf *out) {
        const Value *value = first_of(context, row);

        if (value)
                strbuf_addf(out,
                            "%" PRIu64 "\n",
                            is_old_weight(value) ? value->number : weight_to_old(value->number));
        return 0;
}

static const RuleList *rules_of(const Context *context, DirectiveId id) {
        const Value *value = find(context, id);
        return value && value->shape == SHAPE_RULES ? value->rules : NULL;
}

/* "8:0 " for the disk of a rule; -ENODEV. */
static int add_disk(const Context *context, const Rule *rule, StrBuf *out) {
        dev_t device;

        if (context->machine->find_disk(rule->source, &device) < 0)
                return err_new(-ENODEV);
        strbuf_addf(out, "%u:%u ", major(device), minor(device));
        return 0;
}

/* How version 2 calls the limits of io.max and its like, in the order of the row's settings. */
static const char *const io_keys[][IDS_MAX] = {
        { "rbps", "wbps", "riops", "wiops" },
        { "rbps", "wbps", NULL, NULL },
        { "target", NULL, NULL, NULL },
        { "", NULL, NULL, NULL },
};

static int
print_by_disk(const Context *context, const FileRow *row, const char *const *keys, StrBuf *out) {
        int result = 0;

        for (unsigned i = 0; i < IDS_MAX; i++) {
                const RuleList *list = keys[i] ? rules_of(context, row->ids[i]) : NULL;
                for (unsigned j = 0; list && j < list->n_rules; j++) {
                        int r = add_disk(context, &list->rules[j], out);
                        result = MIN(result, r);
                        if (r < 0)
                                continue;
                        strbuf_addf(out, "%s%s", keys[i], *keys[i] ? "=" : "");
                        add_amount(list->rules[j].number, row->version == 2 ? "max" : "0", out);
                }
        }
        return result;
}

static int print_io_max(const Context *context, const FileRow *row, StrBuf *out) {
        return print_by_disk(context, row, io_keys[0], out);
}

static int print_io_old_max(const Context *context, const FileRow *row, StrBuf *out) {
        return print_by_disk(context, row, io_keys[1], out);
}

static int print_io_target(const Context *context, const FileRow *row, StrBuf *out) {
        return print_by_disk(context, row, io_keys[2], out);
}

static int print_io_number(const Context *context, const FileRow *row, StrBuf *out) {
        return print_by_disk(context, row, io_keys[3], out);
}

/* Weights of single disks in the form of the other version. */
static int print_disk_weights(const Context *context, const FileRow *row, StrBuf *out) {
        const RuleList *list = rules_of(context, row->ids[0]);
        int result = 0;

        for (unsigned i = 0; list && i < list->n_rules; i++) {
                uint64_t weight = list->rules[i].number;
                int r = add_disk(context, &list->rules[i], out);
                result = MIN(result, r);
                if (r == 0)
                        strbuf_addf(out,
                                    "%" PRIu64 "\n",
                                    row->version == 2 ? weight_from_old(weight)
                                                      : weight_to_old(weight));
        }
        return result;
}

/* --- devices ---------------------------------------------------------------------------------- */

static int print_device_deny(const Context *context, const FileRow *row UNUSED, StrBuf *out) {
        if (device_rule_is_closed(context->spec))
                strbuf_add(out, "a\n");
        return 0;
}

static int print_device_allow(const Context *context, const FileRow *row UNUSED, StrBuf *out) {
        AUTO(device_rules_done) DeviceRules rules = { 0 };

        if (!device_rule_is_closed(context->spec))
                return 0;
        int r = device_rules_list(
                context->spec, context->machine->devices, context->machine->find_node, &rules);
        for (unsigned i = 0; r == 0 && i < rules.n_items; i++)
                device_rule_print(&rules.items[i], out);
        return err_pass(r);
}

/* --- the table -------------------------------------------------------------------------------- */

/* clang-format off */
static const FileRow rows[] = {
        /* In the order of writing. */
        { "cpu.idle",         CONTROLLER_CPU,     2, { DIRECTIVE_STARTUP_CPU_WEIGHT, DIRECTIVE_CPU_WEIGHT }, print_cpu_idle, "0" },
        { "cpu.weight",       CONTROLLER_CPU,     2, { DIRECTIVE_STARTUP_CPU_WEIGHT, DIRECTIVE_CPU_WEIGHT, DIRECTIVE_STARTUP_CPU_SHARES, DIRECTIVE_CPU_SHARES }, print_cpu_weight, "100" },
        { "cpu.max",          CONTROLLER_CPU,     2, { DIRECTIVE_CPU_QUOTA }, print_cpu_max, "max 100000" },
        { "cpuset.cpus",      CONTROLLER_CPUSET,  2, { DIRECTIVE_STARTUP_ALLOWED_CPUS, DIRECTIVE_ALLOWED_CPUS }, print_set, "" },
        { "cpuset.mems",      CONTROLLER_CPUSET,  2, { DIRECTIVE_STARTUP_ALLOWED_MEMORY_NODES, DIRECTIVE_ALLOWED_MEMORY_NODES }, print_set, "" },
        { "io.weight",        CONTROLLER_IO,      2, { DIRECTIVE_STARTUP_IO_WEIGHT, DIRECTIVE_IO_WEIGHT, DIRECTIVE_STARTUP_BLOCK_IO_WEIGHT, DIRECTIVE_BLOCK_IO_WEIGHT }, print_io_weight, "default 100" },
        { "io.weight",        CONTROLLER_IO,      2, { DIRECTIVE_IO_DEVICE_WEIGHT }, print_io_number, NULL },
        { "io.weight",        CONTROLLER_IO,      2, { DIRECTIVE_BLOCK_IO_DEVICE_WEIGHT }, print_disk_weights, NULL },
        { "io.max",           CONTROLLER_IO,      2, { DIRECTIVE_BLOCK_IO_READ_BANDWIDTH, DIRECTIVE_BLOCK_IO_WRITE_BANDWIDTH }, print_io_old_max, NULL },
        { "io.max",           CONTROLLER_IO,      2, { DIRECTIVE_IO_READ_BANDWIDTH_MAX, DIRECTIVE_IO_WRITE_BANDWIDTH_MAX, DIRECTIVE_IO_READ_IOPS_MAX, DIRECTIVE_IO_WRITE_IOPS_MAX }, print_io_max, NULL },
        { "io.latency",       CONTROLLER_IO,      2, { DIRECTIVE_IO_DEVICE_LATENCY_TARGET_SEC }, print_io_target, NULL },
        { "memory.min",       CONTROLLER_MEMORY,  2, { DIRECTIVE_MEMORY_MIN, DIRECTIVE_DEFAULT_MEMORY_MIN }, print_protected, "0" },
        { "memory.low",       CONTROLLER_MEMORY,  2, { DIRECTIVE_MEMORY_LOW, DIRECTIVE_DEFAULT_MEMORY_LOW }, print_protected, "0" },
        { "memory.high",      CONTROLLER_MEMORY,  2, { DIRECTIVE_MEMORY_HIGH }, print_memory, "max" },
        { "memory.max",       CONTROLLER_MEMORY,  2, { DIRECTIVE_MEMORY_MAX, DIRECTIVE_MEMORY_LIMIT }, print_memory, "max" },
        { "memory.swap.max",  CONTROLLER_MEMORY,  2, { DIRECTIVE_MEMORY_SWAP_MAX }, print_memory, "max" },
        { "pids.max",         CONTROLLER_PIDS,    2, { DIRECTIVE_TASKS_MAX }, print_tasks, "max" },

        { "cpu.shares",            CONTROLLER_CPU,     1, { DIRECTIVE_STARTUP_CPU_WEIGHT, DIRECTIVE_CPU_WEIGHT, DIRECTIVE_STARTUP_CPU_SHARES, DIRECTIVE_CPU_SHARES }, print_cpu_shares, "1024" },
        { "cpu.cfs_period_us",     CONTROLLER_CPU,     1, { DIRECTIVE_CPU_QUOTA }, print_cfs_period, NULL },
        { "cpu.cfs_quota_us",      CONTROLLER_CPU,     1, { DIRECTIVE_CPU_QUOTA }, print_cfs_quota, "-1" },
        { "cpuset.cpus",           CONTROLLER_CPUSET,  1, { DIRECTIVE_STARTUP_ALLOWED_CPUS, DIRECTIVE_ALLOWED_CPUS }, print_set, NULL },
        { "cpuset.mems",           CONTROLLER_CPUSET,  1, { DIRECTIVE_STARTUP_ALLOWED_MEMORY_NODES, DIRECTIVE_ALLOWED_MEMORY_NODES }, print_set, NULL },
        { "blkio.weight",          CONTROLLER_IO,      1, { DIRECTIVE_STARTUP_IO_WEIGHT, DIRECTIVE_IO_WEIGHT, DIRECTIVE_STARTUP_BLOCK_IO_WEIGHT, DIRECTIVE_BLOCK_IO_WEIGHT }, print_block_weight, NULL },
        { "blkio.weight_device",   CONTROLLER_IO,      1, { DIRECTIVE_BLOCK_IO_DEVICE_WEIGHT }, print_io_number, NULL },
        { "blkio.weight_device",   CONTROLLER_IO,      1, { DIRECTIVE_IO_DEVICE_WEIGHT }, print_disk_weights, NULL },
        { "blkio.throttle.read_bps_device",   CONTROLLER_IO, 1, { DIRECTIVE_IO_READ_BANDWIDTH_MAX }, print_io_number, NULL },
        { "blkio.throttle.write_bps_device",  CONTROLLER_IO, 1, { DIRECTIVE_IO_WRITE_BANDWIDTH_MAX }, print_io_number, NULL },
        { "blkio.throttle.read_bps_device",   CONTROLLER_IO, 1, { DIRECTIVE_BLOCK_IO_READ_BANDWIDTH }, print_io_number, NULL },
        { "blkio.throttle.write_bps_device",  CONTROLLER_IO, 1, { DIRECTIVE_BLOCK_IO_WRITE_BANDWIDTH }, print_io_number, NULL },
        { "blkio.throttle.read_iops_device",  CONTROLLER_IO, 1, { DIRECTIVE_IO_READ_IOPS_MAX }, print_io_number, NULL },
        { "blkio.throttle.write_iops_device", CONTROLLER_IO, 1, { DIRECTIVE_IO_WRITE_IOPS_MAX }, print_io_number, NULL },
        { "memory.limit_in_bytes", CONTROLLER_MEMORY,  1, { DIRECTIVE_MEMORY_LIMIT, DIRECTIVE_MEMORY_MAX }, print_memory, "-1" },
        { "memory.memsw.limit_in_bytes", CONTROLLER_MEMORY, 1, { DIRECTIVE_MEMORY_SWAP_MAX }, print_memory_and_swap, NULL },
        { "pids.max",              CONTROLLER_PIDS,    1, { DIRECTIVE_TASKS_MAX }, print_tasks, "max" },
        { "devices.deny",          CONTROLLER_DEVICES, 1, { DIRECTIVE_DEVICE_POLICY, DIRECTIVE_DEVICE_ALLOW, DIRECTIVE_PRIVATE_DEVICES, DIRECTIVE_PROTECT_CLOCK }, print_device_deny, NULL },
        { "devices.allow",         CONTROLLER_DEVICES, 1, { DIRECTIVE_DEVICE_ALLOW, DIRECTIVE_DEVICE_POLICY, DIRECTIVE_PRIVATE_DEVICES, DIRECTIVE_PROTECT_CLOCK }, print_device_allow, "a" },
};
/* clang-format on */

/* Settings that only switch a controller on. */
static const struct {
        DirectiveId id;
        CgroupController controller;
} accounting[] = {
        { DIRECTIVE_CPU_ACCOUNTING, CONTROLLER_CPUACCT },
        { DIRECTIVE_IO_ACCOUNTING, CONTROLLER_IO },
        { DIRECTIVE_BLOCK_IO_ACCOUNTING, CONTROLLER_IO },
        { DIRECTIVE_MEMORY_ACCOUNTING, CONTROLLER_MEMORY },
        { DIRECTIVE_TASKS_ACCOUNTING, CONTROLLER_PIDS },
};

static bool row_has(const FileRow *row, DirectiveId id) {
        for (unsigned i = 0; i < IDS_MAX; i++)
                if (row->ids[i] == id)
                        return true;
        return false;
}

/* The controller that one setting wants, as a bit; 0 = none. */
static unsigned controller_of(const UnitSpec *spec, DirectiveId id) {
        for (unsigned i = 0; i < ARRAY_LENGTH(accounting); i++)
                if (accounting[i].id == id)
                        return unit_spec_bool(spec, id) ? 1u << accounting[i].controller : 0;
        for (unsigned i = 0; i < ARRAY_LENGTH(rows); i++)
                if (row_has(&rows[i], id))
                        return rows[i].controller == CONTROLLER_DEVICES &&
                                               !device_rule_is_closed(spec)
                                       ? 0
                                       : 1u << rows[i].controller;
        return 0;
}

unsigned cgroup_setting_controllers(const UnitSpec *spec) {
        unsigned mask = 0;

        for (unsigned i = 0; spec && i < spec->n_values; i++) {
                DirectiveId id = (DirectiveId)spec->values[i].id;
                if ((id >= DIRECTIVE_ALLOWED_CPUS && id <= DIRECTIVE_TASKS_MAX) ||
                    device_rule_is_implied_by(id))
                        mask |= controller_of(spec, id);
        }
        return mask;
}

void cgroup_setting_without_file(const UnitSpec *spec,
                                 CgroupController controller,
                                 unsigned version,
                                 void (*add)(void *userdata, DirectiveId id),
                                 void *userdata) {
        for (unsigned i = 0; spec && i < spec->n_values; i++) {
                DirectiveId id = (DirectiveId)spec->values[i].id;
                bool has_file = false;
                if (!(controller_of(spec, id) & (1u << controller)))
                        continue;
                for (unsigned j = 0; j < ARRAY_LENGTH(accounting); j++)
                        has_file = has_file || (accounting[j].id == id && version > 0);
                for (unsigned j = 0; j < ARRAY_LENGTH(rows); j++)
                        has_file =
                                has_file || (row_has(&rows[j], id) && rows[j].version == version);
                if (!has_file)
                        add(userdata, id);
        }
}

/* --- the writes ------------------------------------------------------------------------------- */

void cgroup_writes_done(CgroupWrites *writes) {
        for (unsigned i = 0; i < writes->n_items; i++)
                free(writes->items[i].text);
        free(writes->items);
        *writes = (CgroupWrites){ 0 };
}

static int add_write(CgroupWrites *writes, const char *file, Str text, DirectiveId id) {
        CgroupWrite *grown = realloc(writes->items, (writes->n_items + 1) * sizeof(*grown));

        if (!grown)
                return err_new(-ENOMEM);
        writes->items = grown;
        grown[writes->n_items] =
                (CgroupWrite){ .file = file, .text = str_dup(text), .directive = id };
        return grown[writes->n_items++].text ? 0 : err_new(-ENOMEM);
}

/* Whom to blame: the first of the row's settings that the unit has. */
static DirectiveId blame(const Context *context, const FileRow *row) {
        const Value *value = first_of(context, row);
        return value ? (DirectiveId)value->id : row->ids[0];
}

static int add_row(const Context *context, const FileRow *row, bool reset, CgroupWrites *writes) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        Str line;

        int r = row->print(context, row, &text);
        if (r == -ENODEV && writes->n_missing < ARRAY_LENGTH(writes->missing))
                writes->missing[writes->n_missing++] = blame(context, row);
        if (r < 0 && r != -ENODEV)
                return err_pass(r);
        if (strbuf_result(&text) < 0)
                return err_new(-ENOMEM);
        if (text.length == 0 && reset && row->reset)
                return err_pass(add_write(writes, row->file, str_of(row->reset), DIRECTIVE_NONE));
        Str rest = { strbuf_text(&text), text.length };
        while (rest.length > 0 && str_next_part(&rest, '\n', &line)) {
                r = add_write(writes, row->file, line, blame(context, row));
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

int cgroup_setting_writes(const UnitSpec *spec,
                          CgroupController controller,
                          const CgroupMachine *machine,
                          bool reset,
                          CgroupWrites *ret) {
        AUTO(cgroup_writes_done) CgroupWrites writes = { 0 };
        const Context context = { .spec = spec, .machine = machine };

        for (unsigned i = 0; i < ARRAY_LENGTH(rows); i++) {
                if (rows[i].controller != controller || rows[i].version != machine->version)
                        continue;
                int r = add_row(&context, &rows[i], reset, &writes);
                if (r < 0)
                        return err_pass(r);
        }
        *ret = writes;
        writes = (CgroupWrites){ 0 };
        return 0;
}
