/* SPDX-License-Identifier: Apache-2.0 */
#include "host/process_facts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/parse_value.h"
#include "base/str.h"
#include "base/strbuf.h"

#define ENVIRONMENT_MAX (2 * 1024 * 1024)
#define COMMAND_LINE_MAX 4096

/* Reads at most `size` - 1 bytes of /proc/PID/`file` and terminates them. Returns the length. */
static ssize_t read_small(pid_t pid, const char *file, char *buffer, size_t size) {
        char path[64];
        size_t length = 0;

        (void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file); /* always fits */
        AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return err_new(errno == ENOENT ? -ESRCH : -errno);
        int r = fd_read_all(fd, buffer, size - 1, &length);
        if (r < 0)
                return err_pass(r);
        buffer[length] = '\0';
        return (ssize_t)length;
}

/* The n-th word of `rest` as a number. */
static uint64_t number_at(Str rest, unsigned n) {
        Str word = STR_EMPTY;
        uint64_t number = 0;

        for (unsigned i = 0; i <= n; i++)
                if (!str_next_word(&rest, &word))
                        return 0;
        (void)parse_u64(word, 10, &number); /* the kernel's own text; 0 stands for unknown */
        return number;
}

int process_facts_read(pid_t pid, ProcessFacts *ret) {
        char buffer[1024];

        ssize_t n = read_small(pid, "stat", buffer, sizeof(buffer));
        if (n < 0)
                return err_pass((int)n);
        /* The name in parentheses may hold anything: what follows its last ')' is safe. */
        const char *end = strrchr(buffer, ')');
        if (!end || end[1] != ' ')
                return err_new(-EBADMSG);
        Str rest = str_of(end + 2);
        *ret = (ProcessFacts){
                .pid = pid,
                .state = end[2],
                .parent = (pid_t)number_at(rest, 1),
                .session = (pid_t)number_at(rest, 3),
                .start_time = number_at(rest, 19),
        };
        return 0;
}

int process_user(pid_t pid, uid_t *ret) {
        char buffer[4096];
        uint32_t uid;

        ssize_t n = read_small(pid, "status", buffer, sizeof(buffer));
        if (n < 0)
                return err_pass((int)n);
        /* The name in the first line cannot hold a line break as it is printed. */
        const char *line = strstr(buffer, "\nUid:");
        Str rest = str_of(line ? line + strlen("\nUid:") : ""), word;
        if (!str_next_word(&rest, &word) || parse_u32(word, &uid) < 0)
                return err_new(-EBADMSG);
        *ret = uid;
        return 0;
}

bool process_is_alive(pid_t pid) {
        ProcessFacts facts;
        return process_facts_read(pid, &facts) == 0 && facts.state != 'Z' && facts.state != 'X';
}

char *process_name(pid_t pid) {
        char buffer[64];
        ssize_t n = read_small(pid, "comm", buffer, sizeof(buffer));
        return n <= 0 ? str_dup(STR_LITERAL("?"))
                      : str_dup(str_trim_end((Str){ buffer, (size_t)n }));
}

char *process_command_line(pid_t pid) {
        char buffer[COMMAND_LINE_MAX];

        ssize_t n = read_small(pid, "cmdline", buffer, sizeof(buffer));
        while (n > 0 && buffer[n - 1] == '\0')
                n--;
        if (n <= 0) {
                AUTO_FREE char *name = process_name(pid);
                StrBuf text = STRBUF_INIT;
                strbuf_addf(&text, "[%s]", name ? name : "?");
                return strbuf_steal(&text);
        }
        for (ssize_t i = 0; i < n; i++)
                if ((unsigned char)buffer[i] < ' ')
                        buffer[i] = ' ';
        return str_dup((Str){ buffer, (size_t)n });
}

bool process_is_executing(pid_t pid) {
        char first[2];
        /* Between the end of the old memory and the filling of the new one there are no arguments.
         */
        return read_small(pid, "cmdline", first, sizeof(first)) == 0;
}

static int read_environment(pid_t pid, char *data, size_t *ret_length) {
        char path[64];

        (void)snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid); /* always fits */
        AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return err_new(-errno);
        return err_pass(fd_read_all(fd, data, ENVIRONMENT_MAX, ret_length));
}

int process_environment_get(pid_t pid, const char *variable, char **ret) {
        AUTO_FREE char *data = malloc(ENVIRONMENT_MAX);
        size_t length = 0;

        if (!data)
                return err_new(-ENOMEM);
        int r = read_environment(pid, data, &length);
        if (r < 0)
                return err_pass(r);

        Str rest = { data, length };
        Str entry;
        while (rest.length > 0 && str_next_part(&rest, '\0', &entry)) {
                if (!str_skip_prefix(&entry, variable) || !str_skip_prefix(&entry, "="))
                        continue;
                *ret = str_dup(entry);
                return *ret ? 0 : err_new(-ENOMEM);
        }
        return err_new(-ENOENT);
}

int process_list_all(ProcessFacts **ret, size_t *ret_n) {
        AUTO_FREE ProcessFacts *list = NULL;
        size_t n = 0, capacity = 0;

        AUTO_DIR DIR *directory = opendir("/proc");
        if (!directory)
                return err_new(-errno);
        for (struct dirent *entry; (entry = readdir(directory));) {
                pid_t pid;
                if (parse_pid(str_of(entry->d_name), &pid) < 0)
                        continue;
                if (n == capacity) {
                        capacity = capacity ? capacity * 2 : 128;
                        ProcessFacts *grown = realloc(list, capacity * sizeof(*list));
                        if (!grown)
                                return err_new(-ENOMEM);
                        list = grown;
                }
                if (process_facts_read(pid, &list[n]) == 0)
                        n++;
        }
        *ret = STEAL(list);
        *ret_n = n;
        return 0;
}
