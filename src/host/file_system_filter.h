/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Files of which file systems the processes of a control group of version 2 may open
 * (RestrictFileSystems=): a program of the kernel's BPF LSM at the group, which looks at the super
 * block of each file that is opened. Needs Linux 6.0 with "bpf" among its security modules and with
 * its types told (CONFIG_DEBUG_INFO_BTF). */

#include <stdbool.h>
#include <stdint.h>

/* Where the kernel of this machine has what the program looks at. Found once a manager. */
typedef struct FileSystemHook {
        bool is_known;     /* it was looked for */
        const char *lack;  /* what the kernel has not, in words; NULL = there is one */
        uint32_t function; /* number of bpf_lsm_file_open() */
        uint32_t inode, super_block, magic; /* places in file, inode and super_block */
} FileSystemHook;

typedef struct FileSystemRules {
        char *const *names; /* types and groups of file systems */
        bool is_denied;     /* these are not to be opened; else no others are */
        bool is_on;         /* at once; else when the map says so */
} FileSystemRules;

/* Attaches a program in the place of the last one. `rules` NULL only detaches. `map` is the switch
 * of the program, made anew and owned by the caller: whoever sets element 0 to something other than
 * 0 turns it on (-1 = none). `ret_unknown` becomes the first name that nobody knows, or NULL.
 * -errno: nothing has changed; -ENOSYS when the hook lacks something. */
int file_system_filter_set(const char *directory,
                           FileSystemHook *hook,
                           const FileSystemRules *rules,
                           int *map,
                           const char **ret_unknown);
