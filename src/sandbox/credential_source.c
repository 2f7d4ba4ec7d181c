/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/credential_source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/random_id.h"

static int read_all(int fd, size_t limit, StrBuf *out) {
        AUTO_FREE char *data = malloc(limit + 1);
        size_t length = 0;
        int r;

        if (!data)
                return err_new(-ENOMEM);
        r = fd_read_all(fd, data, limit + 1, &length);
        if (r < 0)
                return err_pass(r);
        if (length > limit)
                return err_new(-E2BIG);
        strbuf_add_str(out, (Str){ data, length });
        return err_pass(strbuf_result(out));
}

static int connect_to(const char *path, const char *unit, const char *id) {
        struct sockaddr_un own = { .sun_family = AF_UNIX }, there;
        AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int r = socket_address_unix(path, &there), n;

        if (fd < 0 || r < 0)
                return err_new(fd < 0 ? -errno : r);
        n = snprintf(own.sun_path + 1,
                     sizeof(own.sun_path) - 1,
                     "%016" PRIx64 "/unit/%s/%s",
                     random_below(UINT64_MAX),
                     unit,
                     id);
        if (n < 0 || (size_t)n >= sizeof(own.sun_path) - 1)
                return err_new(-ENAMETOOLONG);
        if (bind(fd,
                 (const struct sockaddr *)&own,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)) < 0 ||
            connect(fd, (const struct sockaddr *)&there, sizeof(there)) < 0)
                return err_new(-errno);
        return steal_fd(&fd);
}

int credential_read(const char *path, const char *unit, const char *id, size_t limit, StrBuf *out) {
        AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        struct stat status;

        if (fd < 0 && errno == ENXIO) /* open(2) of a socket */
                fd = connect_to(path, unit, id);
        else if (fd < 0)
                fd = -errno;
        if (fd < 0)
                return err_new(fd);
        if (fstat(fd, &status) < 0)
                return err_new(-errno);
        if (S_ISDIR(status.st_mode))
                return err_new(-EISDIR);
        return err_pass(read_all(fd, limit, out));
}

const char *credential_place(unsigned i, const char *inherited) {
        static const char *const places[CREDENTIAL_PLACES] = {
                NULL, /* the manager's own */
                "/etc/credstore",
                "/run/credstore",
                "/usr/local/lib/credstore",
                "/usr/lib/credstore",
        };

        return i == 0 ? inherited : places[i];
}

int credential_find(const char *name, const char *inherited, size_t limit, StrBuf *out) {
        for (unsigned i = 0; i < CREDENTIAL_PLACES; i++) {
                const char *place = credential_place(i, inherited);
                AUTO_FREE char *path = place ? path_join(place, name) : NULL;
                int r;

                if (!place)
                        continue;
                r = path ? credential_read(path, "", "", limit, out) : -ENOMEM;
                if (r != -ENOENT)
                        return err_pass(r);
        }
        return err_new(-ENOENT);
}
