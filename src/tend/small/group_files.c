/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/small/group_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strbuf.h"
#include "base/strv.h"

#define FILE_MAX (4U << 20)

char *group_directory(const char *group) {
        static const char *const tops[] = { "/sys/fs/cgroup",
                                            "/sys/fs/cgroup/unified",
                                            "/sys/fs/cgroup/systemd" };

        for (size_t i = 0; i < ARRAY_LENGTH(tops); i++) {
                AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
                strbuf_addf(&path, "%s/cgroup.procs", tops[i]);
                if (access(strbuf_text(&path), F_OK) < 0)
                        continue;
                strbuf_clear(&path);
                strbuf_addf(&path, "%s%s", tops[i], streq(group, "/") ? "" : group);
                return strbuf_steal(&path);
        }
        return strdup("/sys/fs/cgroup");
}

char *group_controller_directory(const char *controller, const char *group) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT, file = STRBUF_INIT;

        strbuf_addf(&path, "/sys/fs/cgroup/%s%s", controller, streq(group, "/") ? "" : group);
        strbuf_addf(&file, "%s/cgroup.procs", strbuf_text(&path));
        return access(strbuf_text(&file), F_OK) == 0 ? strbuf_steal(&path) : NULL;
}

int group_children(const char *directory, char ***ret) {
        AUTO_DIR DIR *dir = opendir(directory);
        AUTO_STRV char **names = NULL;
        struct dirent *entry;

        if (!dir)
                return err_new(-errno);
        while ((entry = readdir(dir)))
                if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
                    strv_add(&names, entry->d_name) < 0)
                        return err_new(-ENOMEM);
        *ret = STEAL(names);
        return 0;
}

static int compare_pids(const void *a, const void *b) {
        pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;
        return x < y ? -1 : x > y;
}

int group_processes(const char *directory, pid_t **ret, size_t *ret_n) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        AUTO_FREE char *text = NULL;
        AUTO_FREE pid_t *pids = NULL;
        size_t n = 0;

        strbuf_addf(&path, "%s/cgroup.procs", directory);
        int r = file_read(strbuf_text(&path), FILE_MAX, &text, NULL, NULL);
        if (r < 0)
                return err_pass(r);
        Str rest = str_of(text), word;
        pids = calloc(rest.length / 2 + 1, sizeof(*pids));
        if (!pids)
                return err_new(-ENOMEM);
        while (str_next_word(&rest, &word))
                if (parse_pid(word, &pids[n]) >= 0)
                        n++; /* 0 is a process of another name space */
        qsort(pids, n, sizeof(*pids), compare_pids);
        *ret = STEAL(pids);
        *ret_n = n;
        return 0;
}

bool group_is_empty(const char *directory) {
        AUTO_STRV char **names = NULL;
        AUTO_FREE pid_t *pids = NULL;
        size_t n = 0;

        if (group_processes(directory, &pids, &n) >= 0 && n > 0)
                return false;
        if (group_children(directory, &names) < 0)
                return true;
        STRV_FOREACH(name, names) {
                AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
                strbuf_addf(&path, "%s/%s", directory, *name);
                if (!group_is_empty(strbuf_text(&path)))
                        return false;
        }
        return true;
}

char *group_process_text(pid_t pid, bool *ret_is_kernel) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        AUTO_FREE char *text = NULL, *name = NULL;
        size_t length = 0;

        strbuf_addf(&path, "/proc/%d/cmdline", (int)pid);
        if (file_read(strbuf_text(&path), FILE_MAX, &text, &length, NULL) < 0)
                return NULL;
        *ret_is_kernel = length == 0;
        while (length > 0 && text[length - 1] == '\0')
                length--;
        for (size_t i = 0; i < length; i++)
                if ((unsigned char)text[i] < ' ')
                        text[i] = ' ';
        if (length > 0)
                return str_dup((Str){ text, length });
        strbuf_clear(&path);
        strbuf_addf(&path, "/proc/%d/comm", (int)pid);
        if (file_read_line(strbuf_text(&path), &name) < 0)
                return NULL;
        strbuf_clear(&path);
        strbuf_addf(&path, "[%s]", name);
        return strbuf_steal(&path);
}
