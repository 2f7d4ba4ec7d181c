/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_condition.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "host/host_condition.h"
#include "tend/unit_offline.h"
#include "unit/kind.h"

#define TEST_UNIT "test.service" /* what systemd calls the unit of expressions */

/* --- evaluation
 * ------------------------------------------------------------------------------------- */

typedef struct ConditionRun {
        const char *unit;
        bool assertion;
        JsonWriter *json; /* NULL = lines on standard error */
} ConditionRun;

static void report(const ConditionRun *run, const Condition *condition, int result) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        strbuf_addf(&text,
                    "%s=%s%s%s",
                    condition_directive_name(condition->type, run->assertion),
                    condition->trigger ? "|" : "",
                    condition->negate ? "!" : "",
                    condition->parameter);
        if (run->json) {
                json_begin_object(run->json, NULL);
                json_string(run->json, "expression", strbuf_text(&text));
                json_boolean(run->json, "holds", result > 0);
                if (result < 0)
                        json_string(run->json, "error", strerror(-result));
                json_end_object(run->json);
        } else if (result < 0) {
                (void)fprintf(stderr,
                              "%s: Couldn't determine result for %s, assuming failed: %s\n",
                              run->unit,
                              strbuf_text(&text),
                              strerror(-result));
        } else {
                (void)fprintf(stderr,
                              "%s: %s %s.\n",
                              run->unit,
                              strbuf_text(&text),
                              result > 0 ? "succeeded" : "failed");
        }
}

/* Evaluates from the last to the first, as systemd does, up to the first that decides. */
static bool list_holds(const ConditionRun *run, const ConditionList *list) {
        HostConditionContext context = { .environment = environ };
        bool any_trigger = false, triggered = false;

        for (unsigned i = list->n_conditions; i-- > 0;) {
                const Condition *condition = &list->conditions[i];
                int result = host_condition_check(&context, condition);
                report(run, condition, result);
                if (!condition->trigger && result <= 0)
                        return false;
                any_trigger |= condition->trigger;
                triggered |= condition->trigger && result > 0;
        }
        return !any_trigger || triggered;
}

static bool unit_list_holds(const UnitSpec *spec, bool assertion, JsonWriter *json) {
        const ConditionRun run = { .unit = spec->name, .assertion = assertion, .json = json };
        const ConditionList *list =
                unit_spec_conditions(spec, assertion ? DIRECTIVE_ASSERT : DIRECTIVE_CONDITION);

        if (!list || list->n_conditions == 0)
                return true;
        bool holds = list_holds(&run, list);
        if (!json)
                (void)fprintf(stderr,
                              "%s %s.\n",
                              assertion ? "Asserts" : "Conditions",
                              holds ? "succeeded" : "failed");
        return holds;
}

/* The exit status. */
static int evaluate(const Tend *tend, const UnitSpec *spec) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JsonWriter writer = { .out = &out, .pretty = true };
        JsonWriter *json = tend->flags & TEND_JSON ? &writer : NULL;

        if (json)
                json_begin_array(json, NULL);
        bool asserts = unit_list_holds(spec, true, json);
        bool conditions = unit_list_holds(spec, false, json);
        if (json) {
                json_end_array(json);
                (void)puts(strbuf_text(&out)); /* as all output: checked when it is closed */
        }
        return asserts && conditions ? 0 : 1;
}

/* --- where the conditions come from
 * ----------------------------------------------------------------- */

static int refuse(const char *expression) {
        (void)fprintf(stderr, "Cannot parse \"%s\".\n", expression);
        return err_new(-EINVAL);
}

static int add_expression(UnitSpec *spec, const KindContext *context, const char *expression) {
        const char *equals = strchr(expression, '=');

        if (!equals)
                return refuse(expression);
        Str key = str_trim_end((Str){ expression, (size_t)(equals - expression) });
        const DirectiveRow *row = directive_find(SECTION_UNIT, key);
        if (!row || (row->id != DIRECTIVE_CONDITION && row->id != DIRECTIVE_ASSERT))
                return refuse(expression);
        KindContext one = *context;
        one.key_written = key;
        one.section_written = str_of("Unit");
        int r = unit_spec_assign(spec, SECTION_UNIT, key, str_trim_front(str_of(equals + 1)), &one);
        return r < 0 ? refuse(expression) : 0;
}

int cmd_condition(Tend *tend, char **arguments) {
        AUTO(host_machine_done) SpecifierMachine machine = { 0 };
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        const SpecifierContext specifiers = { .machine = &machine, .unit_name = TEST_UNIT };

        int r = host_machine_fill(tend->scope, &machine);
        if (r >= 0)
                r = unit_spec_new(TEST_UNIT, &spec);
        if (r < 0) {
                tend_complain(tend, "Cannot find out about this machine: %s", strerror(-r));
                return 1;
        }
        const KindContext context = {
                .diag = &spec->diag,
                .place = { .file = "(cmdline)" },
                .specifiers = &specifiers,
                .unit_type = UNIT_SERVICE,
        };
        STRV_FOREACH(expression, arguments) {
                r = add_expression(spec, &context, *expression);
                tend_print_findings(&spec->diag);
                diag_clear(&spec->diag);
                if (r < 0)
                        return 1;
        }
        return evaluate(tend, spec);
}

int condition_of_unit(Tend *tend, const char *unit) {
        AUTO(unit_offline_done) UnitOffline offline = { 0 };
        AUTO(unit_spec_free) UnitSpec *spec = NULL;

        int r = unit_offline_init(tend, &offline);
        offline.loader.no_builtin = true; /* what the file says, not what tend makes of it */
        if (r >= 0)
                r = unit_load(&offline.loader, unit, &spec);
        if (r < 0) {
                (void)fprintf(stderr, "Failed to load unit %s: %s\n", unit, strerror(-r));
                return 1;
        }
        tend_print_findings(&spec->diag);
        if (spec->load_state != UNIT_LOADED) {
                (void)fprintf(stderr, "%s\n", spec->load_error ? spec->load_error : unit);
                return 1;
        }
        return evaluate(tend, spec);
}
