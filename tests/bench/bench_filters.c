/* SPDX-License-Identifier: Apache-2.0 */

/* bench_filters FILE: writes the programs for system calls of the plan in a file, as
 * seccomp_program_compile() has them. */

#include <stdio.h>

#include "base/file_io.h"
#include "sandbox/exec_plan.h"
#include "sandbox/seccomp_program.h"

#define PLAN_MAX (64 * 1024)

int main(int argc, char **argv) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(strbuf_done) StrBuf programs = STRBUF_INIT;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        AUTO_FREE char *text = NULL;
        size_t length = 0;

        if (argc != 2 || file_read(argv[1], PLAN_MAX, &text, &length, NULL) < 0 ||
            exec_plan_read((Str){ text, length }, &spec, &diag) < 0 ||
            seccomp_program_compile(spec, &programs) < 0) {
                (void)fputs("usage: bench_filters FILE\n", stderr);
                return 1;
        }
        return fwrite(strbuf_text(&programs), programs.length, 1, stdout) != 1;
}
