/* SPDX-License-Identifier: Apache-2.0 */
/* Says what our settings say, for tests/system/unit. With --rows: section, name, bus name ("" =
 * none) and bus type of each row. Else it reads lines "unit US section US key US value" (US =
 * 0x1f), writes "outcome" and the findings with US in front of each. Lines about one unit build on
 * each other. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "unit/kind.h"
#include "unit/unit_spec.h"

#define N_FIELDS 4
#define SEPARATOR "\x1f"

static char facts[][24] = { "x86-64", "b0",   "m0",       "host", "6",
                            "/root",  "/run", "/var/lib", "root", "0" };

static const SpecifierMachine machine = {
        .architecture = facts[0],
        .boot_id = facts[1],
        .machine_id = facts[2],
        .host_name = facts[3],
        .kernel_release = facts[4],
        .home = facts[5],
        .shell = facts[5],
        .runtime_root = facts[6],
        .state_root = facts[7],
        .cache_root = facts[7],
        .logs_root = facts[7],
        .configuration_root = facts[7],
        .tmp_dir = facts[7],
        .var_tmp_dir = facts[7],
        .credentials_root = facts[7],
        .user_name = facts[8],
        .group_name = facts[8],
        .user_id = facts[9],
        .group_id = facts[9],
};

static int answer(UnitSpec *spec, Str section, Str key, Str value) {
        const SpecifierContext specifiers = { .machine = &machine, .unit_name = spec->name };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        const KindContext context = { .diag = &diag, .specifiers = &specifiers };
        int r = unit_spec_assign(spec, section_parse(section), key, value, &context);

        printf("%d", r);
        for (unsigned i = 0; i < diag.n_findings; i++)
                if (diag.findings[i].severity > DIAG_NOTE)
                        printf(SEPARATOR "%s", diag.findings[i].text);
        putchar('\n');
        return r == -ENOMEM ? r : 0;
}

static void print_rows(void) {
        const DirectiveRow *row;

        for (unsigned i = 0; (row = directive_at(i)); i++)
                for (unsigned section = 1; section <= SECTION_PLAN; section <<= 1)
                        if (row->sections & section)
                                printf("%s" SEPARATOR "%s" SEPARATOR "%s" SEPARATOR "%s\n",
                                       section_name(section),
                                       row->name,
                                       row->bus_name ? row->bus_name : row->name,
                                       row->kind->bus_type);
}

static int answer_lines(void) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO_FREE char *line = NULL;
        size_t capacity = 0;
        ssize_t length;

        while ((length = getline(&line, &capacity, stdin)) > 0) {
                Str rest = { line, (size_t)length - 1 }, fields[N_FIELDS];
                AUTO_FREE char *name = NULL;

                for (unsigned i = 0; i < N_FIELDS; i++)
                        if (!str_next_part(&rest, SEPARATOR[0], &fields[i]))
                                return EXIT_FAILURE;
                name = str_dup(fields[0]);
                if (!name)
                        return EXIT_FAILURE;
                if (!spec || !streq(spec->name, name)) {
                        spec = unit_spec_free(spec);
                        if (unit_spec_new(name, &spec) < 0)
                                return EXIT_FAILURE;
                }
                if (answer(spec, fields[1], fields[2], fields[3]) < 0)
                        return EXIT_FAILURE;
        }
        return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
        if (argc > 1 && streq(argv[1], "--rows")) {
                print_rows();
                return EXIT_SUCCESS;
        }
        return answer_lines();
}
