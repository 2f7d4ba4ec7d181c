/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/executable.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "base/strbuf.h"

/* A regular file that we may execute; -EACCES for a directory of this name. */
static int check(const char *path) {
        struct stat st;

        if (access(path, X_OK) < 0)
                return err_new(-errno);
        if (stat(path, &st) < 0)
                return err_new(-errno);
        return S_ISREG(st.st_mode) ? 0 : err_new(-EACCES);
}

/* Looks in one directory; keeps the most telling error in `*error`. */
static char *find_in(Str directory, const char *name, int *error) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        int r;

        strbuf_add_str(&path, directory);
        strbuf_add_char(&path, '/');
        strbuf_add(&path, name);
        r = strbuf_result(&path);
        if (r == 0)
                r = check(path.data);
        if (r == 0)
                return strbuf_steal(&path);
        if (r == -EACCES || r == -ENOMEM)
                *error = r;
        return NULL;
}

int executable_find(const char *name, char *const *directories, char **ret_path) {
        char *found = NULL;
        int error = -ENOENT;

        if (strchr(name, '/')) {
                found = strdup(name);
                error = -ENOMEM;
        } else if (directories && *directories) {
                for (; *directories && !found; directories++)
                        found = find_in(str_of(*directories), name, &error);
        } else {
                Str rest = STR_LITERAL(EXECUTABLE_SEARCH_PATH), directory;

                while (!found && str_next_part(&rest, ':', &directory))
                        found = find_in(directory, name, &error);
        }
        if (!found)
                return err_new(error);
        *ret_path = found;
        return 0;
}
