/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "base/error.h"
#include "sandbox/scheduling.h"

#define IO_CLASS_NONE 0
#define IO_CLASS_BEST_EFFORT 2
#define IO_PRIORITY_USUAL 4

int step_nice(ExecContext *context) {
        int r;

        if (!exec_context_has(context, DIRECTIVE_NICE))
                return STEP_DONE;
        r = scheduling_set_nice((int)unit_spec_signed(context->spec, DIRECTIVE_NICE));
        if (r < 0)
                return exec_context_problem(context, DIRECTIVE_NICE, r, NULL);
        if (r == SCHEDULING_NEAREST)
                return exec_context_problem(context, DIRECTIVE_NICE, -EPERM, NULL);
        return STEP_DONE;
}

/* The priority asked for, brought into the policy's range: only real-time policies have one. */
static int cpu_priority(const ExecContext *context, int policy) {
        int lowest = sched_get_priority_min(policy);

        if (exec_context_has(context, DIRECTIVE_CPU_SCHEDULING_PRIORITY))
                return MAX((int)unit_spec_signed(context->spec, DIRECTIVE_CPU_SCHEDULING_PRIORITY),
                           lowest);
        return lowest;
}

/* The kernel sets all three at once, so they are refused together. */
static int refuse_cpu_policy(ExecContext *context, int error) {
        static const DirectiveId ids[] = { DIRECTIVE_CPU_SCHEDULING_POLICY,
                                           DIRECTIVE_CPU_SCHEDULING_PRIORITY,
                                           DIRECTIVE_CPU_SCHEDULING_RESET_ON_FORK };
        int result = STEP_DONE;

        for (unsigned i = 0; i < ARRAY_LENGTH(ids); i++)
                if (exec_context_has(context, ids[i]) &&
                    exec_context_problem(context, ids[i], error, NULL) < 0)
                        result = error;
        return result;
}

int step_cpu_policy(ExecContext *context) {
        int policy = (int)unit_spec_number(context->spec, DIRECTIVE_CPU_SCHEDULING_POLICY), r;

        if (!exec_context_has(context, DIRECTIVE_CPU_SCHEDULING_POLICY) &&
            !exec_context_has(context, DIRECTIVE_CPU_SCHEDULING_PRIORITY) &&
            !exec_context_has(context, DIRECTIVE_CPU_SCHEDULING_RESET_ON_FORK))
                return STEP_DONE;
        r = scheduling_set_cpu_policy(
                policy,
                cpu_priority(context, policy),
                unit_spec_bool(context->spec, DIRECTIVE_CPU_SCHEDULING_RESET_ON_FORK));
        return r < 0 ? refuse_cpu_policy(context, r) : STEP_DONE;
}

static const BitSet *bits_of(const ExecContext *context, DirectiveId id) {
        const Value *value = unit_spec_find(context->spec, id);

        return value && value->shape == SHAPE_BITS ? value->bits : NULL;
}

/* CPUAffinity=numa: the CPUs of the nodes in NUMAMask=. */
static int set_affinity_by_nodes(const ExecContext *context) {
        const BitSet *nodes = bits_of(context, DIRECTIVE_NUMA_MASK);
        BitSet cpus = { 0 };
        int r = nodes ? scheduling_cpus_of_nodes(nodes, &cpus) : 0;

        if (r >= 0 && cpus.n_words > 0)
                r = scheduling_set_affinity(&cpus);
        free(cpus.words);
        return err_pass(r);
}

int step_cpu_affinity(ExecContext *context) {
        const Value *value = unit_spec_find(context->spec, DIRECTIVE_CPU_AFFINITY);
        int r = 0;

        if (!value)
                return STEP_DONE;
        if (value->flags & VALUE_AUTOMATIC)
                r = set_affinity_by_nodes(context);
        else if (bits_of(context, DIRECTIVE_CPU_AFFINITY))
                r = scheduling_set_affinity(bits_of(context, DIRECTIVE_CPU_AFFINITY));
        return r < 0 ? exec_context_problem(context, DIRECTIVE_CPU_AFFINITY, r, NULL) : STEP_DONE;
}

int step_memory_policy(ExecContext *context) {
        int policy = (int)unit_spec_number(context->spec, DIRECTIVE_NUMA_POLICY), r;

        if (!exec_context_has(context, DIRECTIVE_NUMA_POLICY))
                return STEP_DONE;
        r = scheduling_set_memory_policy(policy, bits_of(context, DIRECTIVE_NUMA_MASK));
        return r < 0 ? exec_context_problem(context, DIRECTIVE_NUMA_POLICY, r, NULL) : STEP_DONE;
}

int step_io_class(ExecContext *context) {
        int class = IO_CLASS_BEST_EFFORT, priority = IO_PRIORITY_USUAL, r;

        if (!exec_context_has(context, DIRECTIVE_IO_SCHEDULING_CLASS) &&
            !exec_context_has(context, DIRECTIVE_IO_SCHEDULING_PRIORITY))
                return STEP_DONE;
        if (exec_context_has(context, DIRECTIVE_IO_SCHEDULING_CLASS))
                class = (int)unit_spec_number(context->spec, DIRECTIVE_IO_SCHEDULING_CLASS);
        if (exec_context_has(context, DIRECTIVE_IO_SCHEDULING_PRIORITY))
                priority = (int)unit_spec_signed(context->spec, DIRECTIVE_IO_SCHEDULING_PRIORITY);
        if (class == IO_CLASS_NONE) { /* what processes have of whom nothing is said */
                class = IO_CLASS_BEST_EFFORT;
                priority = IO_PRIORITY_USUAL;
        }
        r = scheduling_set_io(class, priority);
        return r < 0 ? exec_context_problem(context, DIRECTIVE_IO_SCHEDULING_CLASS, r, NULL)
                     : STEP_DONE;
}
