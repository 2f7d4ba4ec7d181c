/* SPDX-License-Identifier: Apache-2.0 */

/* self_view [-o FILE] [-e STATUS] [-a WORDS]... [PATH]...: prints what it sees of itself and of
 * some paths, on stdout or at the end of FILE in one write; ends with STATUS. The words behind -a
 * are only shown. */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"
#include "self_view.h"

extern char **environ;

static int compare(const void *left, const void *right) {
        return strcmp(*(char *const *)left, *(char *const *)right);
}

static void view_words(FILE *out, char **argv) {
        while (*argv)
                (void)fprintf(out, "word: %s\n", *argv++);
}

static void view_environment(FILE *out) {
        size_t n = 0;

        while (environ[n])
                n++;
        qsort(environ, n, sizeof(*environ), compare);
        for (size_t i = 0; i < n; i++)
                (void)fprintf(out, "env: %s\n", environ[i]);
}

/* Questions of the proof about calls, by name and argument. */
static void view_calls(int fd) {
        static const char *const asked[][2] = {
                { "call", "batch" },       { "call", "chmod" },         { "call", "chmod_suid" },
                { "call", "clone3" },      { "call", "clock_settime" }, { "call", "fifo" },
                { "call", "foreign" },     { "call", "mkdir" },         { "call", "module" },
                { "call", "open_suid" },   { "call", "setns" },         { "call", "setns_uts" },
                { "call", "sethostname" }, { "call", "sysinfo" },       { "call", "syslog" },
                { "call", "umount" },      { "call", "unshare_files" }, { "memory", "map" },
                { "memory", "protect" },   { "socket", "inet" },        { "socket", "inet6" },
                { "socket", "netlink" },   { "socket", "packet" },      { "socket", "unix" },
                { "call", "personality" }, { "call", "unshare_uts" },   { "call", "unshare_user" },
        };

        for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++)
                for (const Probe *probe = probes_of_calls; probe->name; probe++)
                        if (strcmp(probe->name, asked[i][0]) == 0) {
                                char answer[ANSWER_SIZE] = "";

                                probe->ask(asked[i][1], answer);
                                (void)dprintf(fd, "%s %s: %s\n", asked[i][0], asked[i][1], answer);
                        }
}

/* Where the words go: the end of a file, else stdout. Each part is one write, for others write
 * there too. */
static int open_out(const char *path) {
        return path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : STDOUT_FILENO;
}

static int view(const char *path, char **argv) {
        char *text = NULL;
        size_t length = 0;
        FILE *out = open_memstream(&text, &length);
        int fd;
        ssize_t n;

        if (!out)
                return -1;
        view_words(out, argv);
        view_process(out);
        view_environment(out);
        view_files(out);
        for (char **paths = argv + optind; *paths; paths++)
                view_path(out, *paths);
        (void)fclose(out);
        fd = open_out(path);
        n = write(fd, text, length);
        free(text);
        return n == (ssize_t)length ? fd : -1;
}

int main(int argc, char **argv) {
        const char *path = NULL;
        int option, fd, status = 0;

        while ((option = getopt(argc, argv, "o:e:a:")) > 0)
                if (option == 'o')
                        path = optarg;
                else if (option == 'e')
                        status = (int)strtol(optarg, NULL, 10);
        fd = view(path, argv);
        if (fd < 0)
                return 100;
        view_calls(fd);
        return status;
}
