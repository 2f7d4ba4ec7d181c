/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/glob_paths.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path_name.h"

#define MATCHES_MAX 4096

bool path_is_pattern(const char *path) {
        return strpbrk(path, "*?[") != NULL;
}

/* Adds the entries of `directory` that match one component. Directories that cannot be read have
 * none. */
static int add_matches(const char *directory, const char *pattern, char ***paths) {
        AUTO_DIR DIR *dir = opendir(directory);
        const struct dirent *entry;
        size_t n = strv_length(*paths);

        while (dir && (entry = readdir(dir))) {
                int r;

                if (streq(entry->d_name, ".") || streq(entry->d_name, "..") ||
                    fnmatch(pattern, entry->d_name, FNM_PERIOD) != 0)
                        continue;
                if (n++ >= MATCHES_MAX)
                        return err_new(-E2BIG);
                r = strv_take(paths, path_join(directory, entry->d_name));
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* One component for all paths so far. */
static int next_component(char *const *parents, Str component, char ***ret_paths) {
        AUTO_FREE char *text = str_dup(component);
        AUTO_STRV char **paths = NULL;

        if (!text)
                return err_new(-ENOMEM);
        STRV_FOREACH(parent, parents) {
                int r = path_is_pattern(text) ? add_matches(*parent, text, &paths)
                                              : strv_take(&paths, path_join(*parent, text));

                if (r < 0)
                        return err_pass(r);
        }
        *ret_paths = STEAL(paths);
        return 0;
}

int glob_paths(const char *pattern, char ***ret_paths) {
        AUTO_STRV char **paths = NULL, **existing = NULL;
        Str rest = str_of(pattern), component;
        int r = strv_add(&paths, "/");

        while (r == 0 && str_next_part(&rest, '/', &component)) {
                char **next = NULL;

                if (component.length == 0)
                        continue;
                r = next_component(paths, component, &next);
                if (r < 0)
                        break;
                strv_free(paths);
                paths = next;
        }
        STRV_FOREACH(path, paths)
        if (r == 0 && access(*path, F_OK) == 0)
                r = strv_add(&existing, *path);
        if (r < 0)
                return err_pass(r);
        if (existing)
                strv_sort(existing);
        *ret_paths = STEAL(existing);
        return 0;
}
