/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loopback.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/auto.h"

int loopback_raise(void) {
        struct ifreq request = { .ifr_name = "lo" };
        AUTO_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
                return -errno;
        if (request.ifr_flags & IFF_UP)
                return 0;
        request.ifr_flags |= IFF_UP;
        return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}
