/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze/analyze_syscalls.h"

#include <string.h>

#include "base/macros.h"
#include "base/str.h"
#include "base/strv.h"
#include "sandbox/syscall_groups.h"
#include "tend/pager.h"
#include "tend/program.h"

/* clang-format off */
static const struct {
        const char *name, *what;
} sets[] = { /* in the order in which all are shown */
        { "@default",        "Allowed to every service, whatever its filter says" },
        { "@aio",            "Reading and writing without waiting" },
        { "@basic-io",       "Reading, writing and closing of open files" },
        { "@chown",          "Owners of files" },
        { "@clock",          "Setting the clock" },
        { "@cpu-emulation",  "Emulation of other processors" },
        { "@debug",          "Tracing and measuring of processes" },
        { "@file-system",    "Opening, making and removing of files and directories" },
        { "@io-event",       "Waiting for descriptors" },
        { "@ipc",            "Pipes, message queues, semaphores, shared memory" },
        { "@keyring",        "Key rings of the kernel" },
        { "@memlock",        "Locking of memory" },
        { "@module",         "Modules of the kernel" },
        { "@mount",          "Mounts and root directories" },
        { "@network-io",     "Sockets, of the network and local ones" },
        { "@obsolete",       "Out of use or never implemented" },
        { "@pkey",           "Protection keys of memory" },
        { "@privileged",     "All that needs capabilities" },
        { "@process",        "Making, executing and ending of processes, name spaces" },
        { "@raw-io",         "Ports and devices without a driver" },
        { "@reboot",         "Restart of the machine" },
        { "@resources",      "Limits, priorities, processors" },
        { "@setuid",         "Users and groups of the process" },
        { "@signal",         "Signals" },
        { "@swap",           "Swap space" },
        { "@sync",           "Writing files to the disk" },
        { "@system-service", "What services commonly need" },
        { "@timer",          "Timers" },
        { "@known",          "All that are known" },
};
/* clang-format on */

static const char *find_set(const char *name) {
        for (unsigned i = 0; i < ARRAY_LENGTH(sets); i++)
                if (streq(sets[i].name, name))
                        return sets[i].what;
        return NULL;
}

static void add_set(const char *name, const char *what, StrBuf *out) {
        strbuf_addf(out, "%s\n    # %s\n", name, what);
        for (const char *const *call = syscall_group_members(name); call && *call; call++)
                strbuf_addf(out, "    %s\n", *call);
}

static bool is_member(const char *set, const char *call) {
        for (const char *const *i = syscall_group_members(set); i && *i; i++)
                if (streq(*i, call))
                        return true;
        return false;
}

static bool is_grouped(const char *call) {
        for (unsigned i = 0; i < ARRAY_LENGTH(sets); i++)
                if (!streq(sets[i].name, "@known") && is_member(sets[i].name, call))
                        return true;
        return false;
}

static void add_all(StrBuf *out) {
        for (unsigned i = 0; i < ARRAY_LENGTH(sets); i++) {
                add_set(sets[i].name, sets[i].what, out);
                strbuf_add_char(out, '\n');
        }
        strbuf_add(out, "# Known system calls that are in no group but @known:\n");
        for (const char *const *call = syscall_group_members("@known"); call && *call; call++)
                if (**call != '@' && !is_grouped(*call))
                        strbuf_addf(out, "#   %s\n", *call);
}

int analyze_syscall_filter(const BootOptions *options, char **arguments) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        int status = 0;

        if (!arguments[0])
                add_all(&out);
        STRV_FOREACH(name, arguments) {
                const char *what = find_set(*name);
                if (out.length > 0)
                        strbuf_add_char(&out, '\n');
                if (!what) {
                        (void)program_fail("Filter set \"%s\" not found.", *name);
                        status = 1;
                        break;
                }
                add_set(*name, what, &out);
        }
        return pager_print(options->tend, &out) < 0 ? 1 : status;
}

/* As Debian's own answers: RestrictFileSystems= needs a program of the kernel's BPF LSM, which
 * neither it nor tend loads. */
int analyze_filesystems(const BootOptions *options, char **arguments) {
        (void)options;
        (void)arguments;
        (void)program_fail("Not compiled with libbpf support, sorry.");
        return 1;
}
