/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/filter.h>
#include <stdlib.h>

#include "fuzz_input.h"
#include "sandbox/exec_plan.h"
#include "sandbox/seccomp_program.h"

static void require(bool truth) {
        if (!truth)
                abort();
}

/* What the kernel would take: whole instructions, not too many, no jump behind the end. */
static void check_program(Str bytes) {
        struct sock_filter one;
        size_t n = bytes.length / sizeof(one);

        require(n > 0 && bytes.length % sizeof(one) == 0);
        for (size_t i = 0; i < n; i++) {
                memcpy(&one, bytes.data + i * sizeof(one), sizeof(one));
                if (BPF_CLASS(one.code) != BPF_JMP)
                        continue;
                require(i + 1 + (BPF_OP(one.code) == BPF_JA ? one.k : MAX(one.jt, one.jf)) < n);
        }
        memcpy(&one, bytes.data + (n - 1) * sizeof(one), sizeof(one));
        require(BPF_CLASS(one.code) == BPF_RET);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(strbuf_done) StrBuf programs = STRBUF_INIT;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        Str rest, program;

        if (exec_plan_read((Str){ (const char *)data, size }, &spec, &diag) < 0 ||
            seccomp_program_compile(spec, &programs) < 0)
                return 0;
        rest = (Str){ strbuf_text(&programs), programs.length };
        while (rest.length > 0) {
                require(exec_plan_next_program(&rest, &program) == 0);
                check_program(program);
        }
        return 0;
}
