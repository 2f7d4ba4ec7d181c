/* SPDX-License-Identifier: Apache-2.0 */
#include "host/device_rule.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"

/* In the order of DevicePolicy='s names. */
enum { POLICY_AUTO, POLICY_CLOSED, POLICY_STRICT };

#define MAJOR_PTS 136 /* to 143, Documentation/admin-guide/devices.txt of the kernel */
#define MAJOR_PTS_LAST 143

void device_rules_done(DeviceRules *rules) {
        free(rules->items);
        *rules = (DeviceRules){ 0 };
}

bool device_rule_is_closed(const UnitSpec *spec) {
        const RuleList *allowed = unit_spec_rules(spec, DIRECTIVE_DEVICE_ALLOW);

        return unit_spec_number(spec, DIRECTIVE_DEVICE_POLICY) != POLICY_AUTO ||
               (allowed && allowed->n_rules > 0) ||
               unit_spec_bool(spec, DIRECTIVE_PRIVATE_DEVICES) ||
               unit_spec_bool(spec, DIRECTIVE_PROTECT_CLOCK);
}

bool device_rule_is_implied_by(DirectiveId id) {
        return id == DIRECTIVE_PRIVATE_DEVICES || id == DIRECTIVE_PROTECT_CLOCK;
}

static int add(DeviceRules *rules, DeviceRule rule, const char *rights) {
        DeviceRule *grown = realloc(rules->items, (rules->n_items + 1) * sizeof(*grown));
        size_t n = 0;

        if (!grown)
                return err_new(-ENOMEM);
        for (const char *c = "rwm"; *c; c++)
                if (strchr(rights, *c))
                        rule.rights[n++] = *c;
        rules->items = grown;
        grown[rules->n_items++] = rule;
        return 0;
}

/* What every program may expect: null, zero, full, random, urandom, tty, ptmx, pts. */
static int add_standard(DeviceRules *rules) {
        static const uint32_t numbers[][2] = { { 1, 3 }, { 1, 5 }, { 1, 7 }, { 1, 8 },
                                               { 1, 9 }, { 5, 0 }, { 5, 2 } };
        int r = 0;

        for (unsigned i = 0; r == 0 && i < ARRAY_LENGTH(numbers); i++)
                r = add(rules, (DeviceRule){ 'c', numbers[i][0], numbers[i][1], "" }, "rwm");
        for (uint32_t number = MAJOR_PTS; r == 0 && number <= MAJOR_PTS_LAST; number++)
                r = add(rules, (DeviceRule){ 'c', number, DEVICE_ANY, "" }, "rw");
        return err_pass(r);
}

/* "char-NAME" or "block-NAME": all majors of /proc/devices whose driver matches the pattern. */
static int
add_class(DeviceRules *rules, char type, const char *pattern, Str devices, const char *rights) {
        char section = '\0';
        Str line, number;
        uint32_t major_number;

        if (streq(pattern, "*"))
                return err_pass(
                        add(rules, (DeviceRule){ type, DEVICE_ANY, DEVICE_ANY, "" }, rights));
        while (devices.length > 0 && str_next_part(&devices, '\n', &line)) {
                if (str_has_prefix(line, "Character devices"))
                        section = 'c';
                else if (str_has_prefix(line, "Block devices"))
                        section = 'b';
                if (section != type || !str_next_word(&line, &number) ||
                    parse_u32(number, &major_number) < 0)
                        continue;
                AUTO_FREE char *driver = str_dup(str_trim(line));
                if (!driver)
                        return err_new(-ENOMEM);
                if (fnmatch(pattern, driver, 0) != 0)
                        continue;
                int r = add(rules, (DeviceRule){ type, major_number, DEVICE_ANY, "" }, rights);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static int
add_rule(DeviceRules *rules, const Rule *rule, Str devices, DeviceNodeFunction *find_node) {
        Str name = str_of(rule->source);
        mode_t type;
        dev_t device;

        if (str_skip_prefix(&name, "char-"))
                return err_pass(add_class(rules, 'c', name.data, devices, rule->options));
        if (str_skip_prefix(&name, "block-"))
                return err_pass(add_class(rules, 'b', name.data, devices, rule->options));
        if (find_node(rule->source, &type, &device) < 0)
                return 0;
        const DeviceRule found = { type == S_IFBLK ? 'b' : 'c', major(device), minor(device), "" };
        return err_pass(add(rules, found, rule->options));
}

/* What other settings need or allow (systemd.exec(5), ProtectClock=, RootImage=). */
static int add_implied(DeviceRules *rules, const UnitSpec *spec, Str devices) {
        static const DeviceRule loop_control = { 'c', 10, 237, "" };
        int r = 0;

        if (unit_spec_bool(spec, DIRECTIVE_PROTECT_CLOCK))
                r = add_class(rules, 'c', "rtc", devices, "r");
        if (r < 0 || (!unit_spec_find(spec, DIRECTIVE_ROOT_IMAGE) &&
                      !unit_spec_find(spec, DIRECTIVE_MOUNT_IMAGES)))
                return err_pass(r);
        r = add(rules, loop_control, "rw");
        if (r == 0)
                r = add_class(rules, 'b', "loop", devices, "rwm");
        return r < 0 ? err_pass(r) : err_pass(add_class(rules, 'b', "blkext", devices, "rwm"));
}

int device_rules_list(const UnitSpec *spec,
                      Str devices,
                      DeviceNodeFunction *find_node,
                      DeviceRules *ret) {
        AUTO(device_rules_done) DeviceRules rules = { 0 };
        const RuleList *allowed = unit_spec_rules(spec, DIRECTIVE_DEVICE_ALLOW);
        bool is_strict = unit_spec_number(spec, DIRECTIVE_DEVICE_POLICY) == POLICY_STRICT;

        int r = is_strict ? 0 : add_standard(&rules);
        for (unsigned i = 0; r == 0 && allowed && i < allowed->n_rules; i++)
                r = add_rule(&rules, &allowed->rules[i], devices, find_node);
        if (r == 0)
                r = add_implied(&rules, spec, devices);
        if (r < 0)
                return err_pass(r);
        *ret = rules;
        rules = (DeviceRules){ 0 };
        return 0;
}

static void add_number(uint32_t number, StrBuf *out) {
        if (number == DEVICE_ANY)
                strbuf_add_char(out, '*');
        else
                strbuf_addf(out, "%" PRIu32, number);
}

void device_rule_print(const DeviceRule *rule, StrBuf *out) {
        strbuf_addf(out, "%c ", rule->type);
        add_number(rule->major_number, out);
        strbuf_add_char(out, ':');
        add_number(rule->minor_number, out);
        strbuf_addf(out, " %s\n", rule->rights);
}
