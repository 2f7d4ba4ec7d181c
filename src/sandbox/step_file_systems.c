/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

/* RestrictFileSystems=: the manager attached a program to the control group, which lets everything
 * be opened until its switch is turned on. That happens here, when nothing but the service's own
 * files is left to be opened. */

int step_file_systems(ExecContext *context) {
        uint32_t key = 0, on = 1;
        union bpf_attr attributes = {
                .map_fd = (uint32_t)context->request.switch_fd,
                .key = (uint64_t)(uintptr_t)&key,
                .value = (uint64_t)(uintptr_t)&on,
        };

        if (context->request.switch_fd < 0)
                return STEP_DONE; /* nothing is restricted, or the manager said why it is not */
        if (syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attributes, sizeof(attributes)) < 0)
                return exec_context_problem(context, DIRECTIVE_RESTRICT_FILE_SYSTEMS, -errno, NULL);
        return STEP_DONE;
}
