/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

int foreign_call(void) {
        int result = 20; /* getpid of i386 */

        __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
        return result > 0 ? 0 : -result;
}

int old_sysctl_call(void) {
        return syscall(SYS__sysctl, 0) < 0 ? errno : 0;
}
