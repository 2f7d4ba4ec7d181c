/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/call_filter.h"

#include <errno.h>
#include <seccomp.h>

#include "base/error.h"
#include "base/macros.h"

/* Not all are known on all machines. */
static const char *const refused[] = {
        "acct",
        "adjtimex",
        "bpf",
        "chroot",
        "clock_adjtime",
        "clock_settime",
        "delete_module",
        "execve",
        "execveat",
        "finit_module",
        "fsconfig",
        "fsmount",
        "fsopen",
        "fspick",
        "init_module",
        "io_uring_setup",
        "ioperm",
        "iopl",
        "kcmp",
        "kexec_file_load",
        "kexec_load",
        "mount",
        "mount_setattr",
        "move_mount",
        "open_tree",
        "perf_event_open",
        "personality",
        "pidfd_getfd",
        "pivot_root",
        "process_madvise",
        "process_vm_readv",
        "process_vm_writev",
        "ptrace",
        "quotactl",
        "reboot",
        "setdomainname",
        "sethostname",
        "setns",
        "settimeofday",
        "swapoff",
        "swapon",
        "umount2",
        "unshare",
        "userfaultfd",
};

static int fill(scmp_filter_ctx filter) {
        for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
                int call = seccomp_syscall_resolve_name(refused[i]);
                int r = call == __NR_SCMP_ERROR
                                ? 0
                                : seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
                if (r < 0 && r != -EDOM && r != -EACCES) /* not of this machine */
                        return err_new(r);
        }
        return 0;
}

int call_filter_load(void) {
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

        if (!filter)
                return err_new(-ENOMEM);
        int r = fill(filter);
        if (r >= 0)
                r = seccomp_load(filter);
        seccomp_release(filter);
        return r == -EINVAL || r == -ECANCELED ? 0 : err_pass(r); /* it runs without, then */
}
