/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path_name.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/strbuf.h"

#define MAX_LINKS 40

bool path_is_absolute(Str path) {
        return path.length > 0 && path.data[0] == '/';
}

static bool is_dots(Str component) {
        return str_equal_c(component, ".") || str_equal_c(component, "..");
}

bool path_is_normalized(const char *path) {
        Str rest = str_of(path), part;
        if (!str_skip_prefix(&rest, "/") || rest.length + 1 >= PATH_MAX)
                return false;
        if (rest.length == 0)
                return true;
        while (str_next_part(&rest, '/', &part))
                if (part.length == 0 || is_dots(part))
                        return false;
        return true;
}

/* Whether an absolute path has neither empty components nor ".". */
static bool is_simple(Str path) {
        for (size_t i = 0; i < path.length; i++) {
                Str rest = { path.data + i + 1, path.length - i - 1 };
                if (path.data[i] != '/')
                        continue;
                if (rest.length == 0)
                        return i == 0;
                if (rest.data[0] == '/')
                        return false;
                if (rest.data[0] == '.' && (rest.length == 1 || rest.data[1] == '/'))
                        return false;
        }
        return path_is_absolute(path);
}

char *path_simplify(Str path) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        Str rest = path, part;
        if (is_simple(path)) /* most are */
                return str_dup(path);
        if (path_is_absolute(path))
                strbuf_add_char(&out, '/');
        size_t root = out.length;
        while (str_next_part(&rest, '/', &part)) {
                if (part.length == 0 || str_equal_c(part, "."))
                        continue;
                if (out.length > root)
                        strbuf_add_char(&out, '/');
                strbuf_add_str(&out, part);
        }
        if (out.length == 0 && path.length > 0)
                strbuf_add_char(&out, '.');
        return strbuf_steal(&out);
}

char *path_join(const char *dir, const char *name) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        Str tail = str_of(name);
        strbuf_add(&out, dir);
        while (str_skip_prefix(&tail, "/"))
                continue;
        if (out.length > 0 && out.data[out.length - 1] != '/')
                strbuf_add_char(&out, '/');
        strbuf_add_str(&out, tail);
        return strbuf_steal(&out);
}

const char *path_base_name(const char *path) {
        const char *slash = strrchr(path, '/');
        return slash ? slash + 1 : path;
}

char *path_dir_name(const char *path) {
        const char *slash = strrchr(path, '/');
        if (!slash)
                return strdup(".");
        while (slash > path && slash[-1] == '/')
                slash--;
        return slash == path ? strdup("/") : str_dup((Str){ path, (size_t)(slash - path) });
}

bool path_is_below(const char *path, const char *prefix) {
        size_t n = 0;
        while (prefix[n] != '\0' && path[n] == prefix[n])
                n++;
        if (prefix[n] != '\0')
                return false;
        return path[n] == '\0' || path[n] == '/' || (n > 0 && prefix[n - 1] == '/');
}

bool file_name_is_valid(const char *name) {
        Str s = str_of(name);
        return s.length > 0 && s.length <= NAME_MAX && !is_dots(s) && str_find_char(s, '/') < 0;
}

/* The state of a walk below a root. */
typedef struct Walk {
        Str known;          /* a path without links: what is on the way to it needs no look */
        StrBuf done;        /* root and the components that were resolved, no links in it */
        size_t root_length; /* of the root in `done`, which is never cut */
        char *todo;         /* owned: what is still to be walked */
        unsigned n_links;
} Walk;

static void walk_done(Walk *walk) {
        strbuf_done(&walk->done);
        free(walk->todo);
}

DEFINE_AUTO_DONE(Walk, walk_done);

static void walk_up(Walk *walk) {
        size_t length = walk->done.length;
        while (length > walk->root_length && walk->done.data[length - 1] != '/')
                length--;
        if (length > walk->root_length)
                length--; /* the slash */
        strbuf_truncate(&walk->done, length);
}

/* Puts the target of the link at the end of `done` in front of what is still to be walked. */
static int walk_follow(Walk *walk, Str rest) {
        char target[PATH_MAX];
        ssize_t n = readlink(strbuf_text(&walk->done), target, sizeof(target));
        if (n < 0)
                return err_new(-errno);
        if ((size_t)n >= sizeof(target))
                return err_new(-ENAMETOOLONG);
        if (++walk->n_links > MAX_LINKS)
                return err_new(-ELOOP);
        if (n > 0 && target[0] == '/')
                strbuf_truncate(&walk->done, walk->root_length);
        else
                walk_up(walk);
        AUTO(strbuf_done) StrBuf todo = STRBUF_INIT;
        strbuf_add_bytes(&todo, target, (size_t)n);
        if (rest.data)
                strbuf_addf(&todo, "/%.*s", STR_ARG(rest));
        char *text = strbuf_steal(&todo);
        if (!text)
                return err_new(-ENOMEM);
        free(walk->todo);
        walk->todo = text;
        return 0;
}

static bool is_known_directory(const Walk *walk) {
        size_t length = walk->done.length;

        return length < walk->known.length && walk->known.data[length] == '/' &&
               memcmp(walk->known.data, walk->done.data, length) == 0;
}

/* Goes one component further. `rest` is what follows it. 1 when a link changed `todo`. */
static int walk_step(Walk *walk, Str component, Str rest) {
        struct stat st;
        if (component.length == 0 || str_equal_c(component, "."))
                return 0;
        if (str_equal_c(component, "..")) {
                walk_up(walk);
                return 0;
        }
        strbuf_add_char(&walk->done, '/');
        strbuf_add_str(&walk->done, component);
        if (strbuf_result(&walk->done) < 0)
                return err_new(-ENOMEM);
        if (is_known_directory(walk))
                return 0;
        if (lstat(walk->done.data, &st) < 0)
                return err_new(-errno);
        if (S_ISLNK(st.st_mode)) {
                int r = walk_follow(walk, rest);
                return r < 0 ? err_pass(r) : 1;
        }
        return rest.data && !S_ISDIR(st.st_mode) ? err_new(-ENOTDIR) : 0;
}

int path_resolve(const char *path, const char *root, char **ret_path) {
        return err_pass(path_resolve_near(NULL, path, root, ret_path));
}

/* Whether the directory of `path` is "/" or one above `known`. */
static bool is_beside(const char *path, const char *known) {
        const char *slash = strrchr(path, '/');
        size_t length = slash ? (size_t)(slash - path) : 0;

        if (!slash || !file_name_is_valid(slash + 1))
                return false;
        return length == 0 || (known && strncmp(known, path, length) == 0 && known[length] == '/');
}

int path_resolve_near(const char *known, const char *path, const char *root, char **ret_path) {
        struct stat st;
        if (!root && is_beside(path, known)) {
                if (lstat(path, &st) < 0)
                        return err_new(-errno);
                if (!S_ISLNK(st.st_mode))
                        return (*ret_path = strdup(path)) ? 0 : err_new(-ENOMEM);
        }
        AUTO(walk_done) Walk walk = { .known = str_of(known), .todo = strdup(path) };
        if (!walk.todo)
                return err_new(-ENOMEM);
        Str start = str_of(root);
        while (str_has_suffix(start, "/"))
                start.length--;
        strbuf_add_str(&walk.done, start);
        walk.root_length = walk.done.length;
        Str rest = str_of(walk.todo), component;
        while (str_next_part(&rest, '/', &component)) {
                int r = walk_step(&walk, component, rest);
                if (r < 0)
                        return err_pass(r);
                if (r > 0)
                        rest = str_of(walk.todo);
        }
        if (walk.done.length == 0)
                strbuf_add_char(&walk.done, '/');
        char *resolved = strbuf_steal(&walk.done);
        if (!resolved)
                return err_new(-ENOMEM);
        *ret_path = resolved;
        return 0;
}
