/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "fuzz_input.h"
#include "sandbox/exec_context.h"
#include "sandbox/exec_plan.h"

/* What cannot be true whatever the input is. */
static void require(bool truth) {
        if (!truth)
                abort();
}

/* Every command of a plan that was read can be begun. */
static void check_commands(const UnitSpec *spec) {
        static const char *const lists[] = { "ExecStart", "ExecStop", "ExecStartPre" };

        for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
                AUTO(exec_context_done) ExecContext context = { 0 };
                ExecRequest request = { .list = lists[i], .report_fd = -1, .exec_fd = -1 };

                if (exec_context_init(&context, &request, spec) == 0)
                        require(context.command->path && context.command->argv[0]);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL, *again = NULL;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT, second = STRBUF_INIT;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        ExecPlanFacts facts = { 0 };
        Str plan, programs, program;

        exec_plan_split((Str){ (const char *)data, size }, &plan, &programs);
        while (exec_plan_next_program(&programs, &program) == 0)
                require(program.length > 0 &&
                        program.data + program.length <= (const char *)data + size);
        if (exec_plan_read(plan, &spec, &diag) < 0)
                return 0;
        check_commands(spec);
        if (exec_plan_print(&facts, spec, &text) < 0)
                return 0;
        if (exec_plan_read(str_of(strbuf_text(&text)), &again, &diag) < 0)
                abort();
        require(exec_plan_print(&facts, again, &second) == 0);
        require(streq(strbuf_text(&text), strbuf_text(&second)));
        return 0;
}
