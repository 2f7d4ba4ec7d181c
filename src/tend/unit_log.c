/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/unit_log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tend/journal_log.h"
#include "tend/tend_call.h"

#define CHUNK 8192
#define TAIL_BYTES_MAX (64 * 1024 * 1024) /* far above what the manager lets a file grow to */

int unit_log_path(Tend *tend, const char *unit, char **ret_path) {
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;

        if (tend->client && tend_call_text(tend, "LogPath", unit, NULL, ret_path) >= 0) {
                if ((*ret_path)[0] != '\0')
                        return 0;
                free(STEAL(*ret_path));
        }
        int r = tend_paths(tend);
        if (r < 0)
                return err_pass(r);
        strbuf_addf(&name, "%s.log", unit);
        *ret_path = path_join(tend->paths->unit_log_directory, strbuf_text(&name));
        return *ret_path ? 0 : err_new(-ENOMEM);
}

/* The offset where the last `n_lines` lines begin. */
static int find_begin(int fd, off_t size, unsigned n_lines, off_t *ret) {
        char chunk[CHUNK];
        off_t end = size;
        unsigned n_found = 0;

        while (end > 0 && size - end < TAIL_BYTES_MAX) {
                size_t n = (size_t)MIN(end, (off_t)sizeof(chunk));
                ssize_t got = pread(fd, chunk, n, end - (off_t)n);
                if (got < 0)
                        return err_new(-errno);
                if ((size_t)got != n)
                        return err_new(-EIO); /* it was cut while we read */
                for (size_t i = n; i-- > 0;) {
                        off_t at = end - (off_t)n + (off_t)i;
                        if (chunk[i] != '\n' || at == size - 1) /* the end of the last line */
                                continue;
                        if (++n_found == n_lines) {
                                *ret = at + 1;
                                return 0;
                        }
                }
                end -= (off_t)n;
        }
        *ret = end;
        return 0;
}

int unit_log_tail(const char *path, off_t end, unsigned n_lines, char ***ret_lines) {
        AUTO_STRV char **lines = NULL;
        struct stat status;
        off_t begin = 0;

        *ret_lines = NULL;
        AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0)
                return errno == ENOENT ? 0 : err_new(-errno);
        if (fstat(fd, &status) < 0)
                return err_new(-errno);
        end = MIN(end, status.st_size);
        if (!S_ISREG(status.st_mode) || end == 0 || n_lines == 0)
                return 0;
        int r = find_begin(fd, end, n_lines, &begin);
        if (r < 0)
                return err_pass(r);
        size_t length = (size_t)(end - begin);
        AUTO_FREE char *text = malloc(length);
        if (!text)
                return err_new(-ENOMEM);
        ssize_t n = pread(fd, text, length, begin);
        if (n < 0)
                return err_new(-errno);
        Str rest = { text, (size_t)n }, line;
        while (rest.length > 0 && str_next_part(&rest, '\n', &line))
                if ((r = strv_add_str(&lines, line)) < 0)
                        return err_pass(r);
        *ret_lines = STEAL(lines);
        return 0;
}

int unit_log_lines(Tend *tend, const char *unit, unsigned n_lines, char ***ret_lines) {
        AUTO(journal_log_done) JournalLog journal = { 0 };
        AUTO(journal_log_lines_done) JournalLogLines recorded = { 0 };
        AUTO_STRV char **lines = NULL;
        AUTO_FREE char *path = NULL;

        journal_log_drain(tend);
        int r = journal_log_init(&journal, tend, unit);
        if (r >= 0)
                r = journal_log_read(&journal, n_lines, &recorded);
        if (r >= 0)
                r = unit_log_path(tend, unit, &path);
        if (r >= 0)
                r = unit_log_tail(path,
                                  UNIT_LOG_WHOLE,
                                  n_lines - (unsigned)strv_length(recorded.lines),
                                  &lines);
        if (r >= 0)
                r = strv_extend(&lines, recorded.lines);
        *ret_lines = r < 0 ? NULL : STEAL(lines);
        return err_pass(r);
}
