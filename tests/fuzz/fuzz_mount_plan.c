/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "fuzz_input.h"
#include "sandbox/exec_plan.h"
#include "sandbox/mount_plan.h"

static void require(bool truth) {
        if (!truth)
                abort();
}

/* Every entry that is left after sorting and reducing has a place, and can be asked about. */
static void check(const MountPlan *plan) {
        for (unsigned i = 0; i < plan->n_entries; i++) {
                const MountEntry *entry = &plan->entries[i];

                require(entry->path && entry->path[0] == '/');
                (void)mount_plan_is_read_only(plan, i);
                (void)mount_plan_is_no_exec(plan, i);
                (void)mount_plan_is_needless(plan, i);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const MountFacts all_facts[] = {
                { .private_tmp = NULL },
                { .private_tmp = "/tmp/a/tmp", .private_var_tmp = "/var/tmp/b/tmp" },
                { .is_dynamic = true, .has_root = true },
                { .is_privileged = true, .has_root = true },
        };
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        if (exec_plan_read((Str){ (const char *)data, size }, &spec, &diag) < 0)
                return 0;
        for (size_t i = 0; i < ARRAY_LENGTH(all_facts); i++) {
                AUTO(mount_plan_done) MountPlan plan = { 0 };

                if (mount_plan_make(spec, &all_facts[i], &plan) < 0)
                        continue;
                mount_plan_reduce(&plan);
                check(&plan);
        }
        return 0;
}
