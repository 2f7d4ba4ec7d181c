/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/wall.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <utmpx.h>

#include "base/auto.h"
#include "base/duration.h"
#include "base/path_name.h"
#include "base/strbuf.h"

static void write_to(const char *line, const StrBuf *text) {
        AUTO_FREE char *path = path_join("/dev", line);

        if (!path || strstr(line, ".."))
                return;
        AUTO_FD int fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        if (fd >= 0 && isatty(fd))
                (void)!write(fd, text->data, text->length); /* passed over */
}

void wall_send(const char *who, Str text, uint64_t realtime_usec) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        time_t seconds = (time_t)(realtime_usec / USEC_PER_SEC);
        char host[256] = "localhost", stamp[64] = "",
             line[sizeof(((struct utmpx *)0)->ut_line) + 1];
        const struct utmpx *user;
        struct tm parts;

        (void)gethostname(host, sizeof(host) - 1); /* stays localhost */
        if (localtime_r(&seconds, &parts))
                (void)strftime(stamp, sizeof(stamp), "%a %Y-%m-%d %H:%M:%S %Z", &parts); /* fits */
        strbuf_addf(&out, "\r\nBroadcast message from %s@%s (%s):\r\n\r\n", who, host, stamp);
        strbuf_add_str(&out, text);
        strbuf_add(&out, "\r\n\r\n");
        if (strbuf_result(&out) < 0)
                return;
        setutxent();
        while ((user = getutxent())) {
                if (user->ut_type != USER_PROCESS || user->ut_line[0] == '\0')
                        continue;
                memcpy(line, user->ut_line, sizeof(user->ut_line));
                line[sizeof(user->ut_line)] = '\0';
                write_to(line, &out);
        }
        endutxent();
}
