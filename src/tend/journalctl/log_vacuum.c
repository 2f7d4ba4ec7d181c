/* SPDX-License-Identifier: Apache-2.0 */

/* What changes files: removing old ones, and asking the recorder. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "journal/journal_text.h"
#include "journal/journal_vacuum.h"
#include "tend/journalctl/log_query.h"

#define ANSWER_SEC 90
#define SYSTEM_SOCKET "/run/systemd/journal/io.systemd.journal"

static int vacuum_directory(LogQuery *query, const char *directory, const VacuumLimits *limits) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        uint64_t before = journal_disk_usage(directory);
        int r = journal_vacuum(directory, limits);

        if (r < 0) {
                (void)fprintf(stderr, "Failed to vacuum %s: %s\n", directory, strerror(-r));
                return err_pass(r);
        }
        if (query->flags & LOG_QUIET)
                return 0;
        uint64_t after = journal_disk_usage(directory);
        journal_size_print(&text, before > after ? before - after : 0);
        (void)fprintf(stderr,
                      "Vacuuming done, freed %s of archived journals from %s.\n",
                      strbuf_text(&text),
                      directory);
        return 0;
}

int log_vacuum(LogQuery *query, JournalSet *set UNUSED) {
        AUTO_STRV char **directories = NULL;
        VacuumLimits limits = {
                .max_use = query->vacuum_size == UINT64_MAX ? 0 : query->vacuum_size,
                .max_files = query->vacuum_files,
        };
        struct timespec now;
        int r = 0;

        (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
        if (query->vacuum_usec > 0)
                limits.oldest_usec =
                        usec_sub((uint64_t)now.tv_sec * USEC_PER_SEC, query->vacuum_usec);
        if (log_files_directories(query, &directories) < 0)
                return 1;
        STRV_FOREACH(directory, directories)
        r = vacuum_directory(query, *directory, &limits) < 0 ? 1 : r;
        return r;
}

/* --- the recorder -----------------------------------------------------------------------------*/

/* Sends one varlink call and waits for its answer; -errno. */
static int call(const char *path, const char *method, char *answer, size_t size) {
        AUTO(strbuf_done) StrBuf request = STRBUF_INIT;
        AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct timeval limit = { .tv_sec = ANSWER_SEC };
        struct sockaddr_un address;
        int length = socket_address_unix(path, &address);
        size_t n = 0;

        if (fd < 0)
                return err_new(-errno);
        if (length < 0)
                return err_pass(length);
        if (connect(fd, (struct sockaddr *)&address, (socklen_t)length) < 0)
                return err_new(-errno);
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)); /* waits longer */
        strbuf_addf(&request, "{\"method\":\"io.systemd.Journal.%s\"}", method);
        int r = fd_write_all(fd, strbuf_text(&request), request.length + 1); /* with NUL */
        while (r >= 0 && n < size - 1) {
                ssize_t got = read(fd, answer + n, size - 1 - n);
                if (got <= 0)
                        return got < 0 ? err_new(-errno) : err_new(-ECONNRESET);
                n += (size_t)got;
                if (memchr(answer, '\0', n))
                        break;
        }
        answer[MIN(n, size - 1)] = '\0';
        return err_pass(r);
}

static int ask(const LogQuery *query, const char *path, const char *method, const char *what) {
        char answer[4096];
        int r = call(path, method, answer, sizeof(answer));

        if (r == -ENOENT || r == -ECONNREFUSED) {
                if (!(query->flags & LOG_QUIET))
                        (void)fprintf(stderr, "Journal not running, not asking it to %s\n", what);
                return 0;
        }
        if (r < 0) {
                (void)fprintf(stderr, "Failed to %s: %s\n", what, strerror(-r));
                return 1;
        }
        if (!strstr(answer, "\"error\""))
                return 0;
        (void)fprintf(stderr, "Failed to %s: %s\n", what, answer);
        return 1;
}

int log_ask_recorder(LogQuery *query, LogAction action) {
        /* clang-format off */
        static const struct { const char *method, *what; } calls[LOG_ACTION_COUNT] = {
                [LOG_SYNC]              = { "Synchronize", "write what came" },
                [LOG_ROTATE]            = { "Rotate", "begin new files" },
                [LOG_ROTATE_AND_VACUUM] = { "Rotate", "begin new files" },
                [LOG_FLUSH]             = { "FlushToVar", "use persistent storage" },
                [LOG_RELINQUISH]        = { "RelinquishVar", "leave persistent storage" },
                [LOG_SMART_RELINQUISH]  = { "RelinquishVar", "leave persistent storage" },
        };
        /* clang-format on */
        AUTO_FREE char *own = NULL;

        if (!calls[action].method)
                return 0;
        if (tend_paths(query->tend) >= 0) {
                own = path_join(query->tend->paths->directory, "journal/io.systemd.journal");
                if (own && access(own, F_OK) == 0)
                        return ask(query, own, calls[action].method, calls[action].what);
        }
        return ask(query, SYSTEM_SOCKET, calls[action].method, calls[action].what);
}
