/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/search_path.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"

typedef enum PathBase {
        BASE_NONE,        /* suffix is the whole path */
        BASE_CONFIG_HOME, /* $XDG_CONFIG_HOME */
        BASE_CONFIG_DIRS, /* each of $XDG_CONFIG_DIRS */
        BASE_DATA_HOME,   /* $XDG_DATA_HOME */
        BASE_DATA_DIRS,   /* each of $XDG_DATA_DIRS */
        BASE_RUNTIME,     /* $XDG_RUNTIME_DIR */
        BASE_GENERATOR,   /* output of generators */
} PathBase;

typedef struct PathRow {
        PathBase base;
        bool by_manager; /* filled while a manager runs */
        const char *suffix;
} PathRow;

/* clang-format off */
static const PathRow system_rows[] = {
        { BASE_NONE,        false, "/etc/systemd/system.control" },
        { BASE_NONE,        true,  "/run/systemd/system.control" },
        { BASE_NONE,        true,  "/run/systemd/transient" },
        { BASE_GENERATOR,   true,  ".early" },
        { BASE_NONE,        false, "/etc/systemd/system" },
        { BASE_NONE,        false, "/etc/systemd/system.attached" },
        { BASE_NONE,        false, "/run/systemd/system" },
        { BASE_NONE,        false, "/run/systemd/system.attached" },
        { BASE_GENERATOR,   true,  "" },
        { BASE_NONE,        false, "/usr/local/lib/systemd/system" },
        { BASE_NONE,        false, "/lib/systemd/system" },
        { BASE_NONE,        false, "/usr/lib/systemd/system" },
        { BASE_GENERATOR,   true,  ".late" },
};

static const PathRow user_rows[] = {
        { BASE_CONFIG_HOME, false, "/systemd/user.control" },
        { BASE_RUNTIME,     true,  "/systemd/user.control" },
        { BASE_RUNTIME,     true,  "/systemd/transient" },
        { BASE_GENERATOR,   true,  ".early" },
        { BASE_CONFIG_HOME, false, "/systemd/user" },
        { BASE_CONFIG_DIRS, false, "/systemd/user" },
        { BASE_NONE,        false, "/etc/systemd/user" },
        { BASE_RUNTIME,     false, "/systemd/user" },
        { BASE_NONE,        false, "/run/systemd/user" },
        { BASE_GENERATOR,   true,  "" },
        { BASE_DATA_HOME,   false, "/systemd/user" },
        { BASE_DATA_DIRS,   false, "/systemd/user" },
        { BASE_NONE,        false, "/usr/local/lib/systemd/user" },
        { BASE_NONE,        false, "/usr/local/share/systemd/user" },
        { BASE_NONE,        false, "/usr/lib/systemd/user" },
        { BASE_NONE,        false, "/usr/share/systemd/user" },
        { BASE_GENERATOR,   true,  ".late" },
};
/* clang-format on */

/* Adds prefix + path + suffix in normal form, unless it is there. */
static int add_path(char ***list, const char *prefix, Str path, const char *suffix) {
        AUTO(strbuf_done) StrBuf joined = STRBUF_INIT;

        strbuf_add(&joined, prefix ? prefix : "");
        strbuf_add_str(&joined, path);
        strbuf_add(&joined, suffix);
        if (joined.failed)
                return err_new(-ENOMEM);
        AUTO_FREE char *simple = path_simplify(str_of(strbuf_text(&joined)));
        if (!simple)
                return err_new(-ENOMEM);
        return err_pass(strv_add_unique(list, simple));
}

/* Adds one path that a person gave, made absolute by the working directory. */
static int add_given_path(char ***list, const char *root, Str path) {
        AUTO_FREE char *cwd = NULL;

        if (path_is_absolute(path))
                return add_path(list, root, path, "");
        cwd = getcwd(NULL, 0);
        if (!cwd)
                return err_new(-errno);
        AUTO_FREE char *relative = str_dup(path);
        AUTO_FREE char *absolute = relative ? path_join(cwd, relative) : NULL;
        return absolute ? add_path(list, NULL, str_of(absolute), "") : err_new(-ENOMEM);
}

/* Adds each non-empty part of a colon-separated list. */
static int add_each(char ***list, const char *root, Str parts, const char *suffix) {
        Str part;

        while (str_next_part(&parts, ':', &part)) {
                if (!path_is_absolute(part))
                        continue; /* the XDG specification says so */
                int r = add_path(list, root, part, suffix);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* The base directory; false when there is none. `owned` keeps memory that the result needs. */
static bool find_base(const UnitSearchOptions *options, PathBase base, StrBuf *owned, Str *ret) {
        const char *given = NULL, *below_home = NULL;

        switch (base) {
        case BASE_CONFIG_HOME:
                given = options->config_home;
                below_home = "/.config";
                break;
        case BASE_DATA_HOME:
                given = options->data_home;
                below_home = "/.local/share";
                break;
        case BASE_RUNTIME:
                given = options->runtime_dir;
                break;
        case BASE_CONFIG_DIRS:
                given = options->config_dirs ? options->config_dirs : "/etc/xdg";
                break;
        case BASE_DATA_DIRS:
                given = options->data_dirs ? options->data_dirs : "/usr/local/share:/usr/share";
                break;
        case BASE_GENERATOR:
        case BASE_NONE:
                given = "";
                break;
        }
        if (!given && below_home && options->home) {
                strbuf_add(owned, options->home);
                strbuf_add(owned, below_home);
                given = strbuf_text(owned);
        }
        *ret = str_of(given);
        return given != NULL;
}

static int add_generator_row(const UnitSearchOptions *options, const PathRow *row, char ***list) {
        if (options->generator_dir)
                return add_path(list, NULL, str_of(options->generator_dir), row->suffix);
        if (options->scope == UNIT_SCOPE_SYSTEM)
                return add_path(
                        list, options->root, STR_LITERAL("/run/systemd/generator"), row->suffix);
        if (!options->runtime_dir)
                return 0;
        AUTO_FREE char *dir = path_join(options->runtime_dir, "systemd/generator");
        return dir ? add_path(list, options->root, str_of(dir), row->suffix) : err_new(-ENOMEM);
}

static int add_row(const UnitSearchOptions *options, const PathRow *row, char ***list) {
        AUTO(strbuf_done) StrBuf owned = STRBUF_INIT;
        Str base;

        if (row->by_manager && options->offline)
                return 0;
        if (row->base == BASE_GENERATOR)
                return add_generator_row(options, row, list);
        if (!find_base(options, row->base, &owned, &base))
                return 0;
        if (owned.failed)
                return err_new(-ENOMEM);
        if (row->base == BASE_CONFIG_DIRS || row->base == BASE_DATA_DIRS)
                return add_each(list, options->root, base, row->suffix);
        return add_path(list, options->root, base, row->suffix);
}

static int add_usual(const UnitSearchOptions *options, char ***list) {
        bool system = options->scope == UNIT_SCOPE_SYSTEM;
        const PathRow *rows = system ? system_rows : user_rows;
        size_t n_rows = system ? ARRAY_LENGTH(system_rows) : ARRAY_LENGTH(user_rows);

        for (size_t i = 0; i < n_rows; i++) {
                int r = add_row(options, &rows[i], list);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* $SYSTEMD_UNIT_PATH; says whether the usual directories follow. */
static int add_unit_path(const UnitSearchOptions *options, char ***list, bool *ret_more) {
        Str parts = str_of(options->unit_path), part;

        *ret_more = !options->unit_path || str_has_suffix(parts, ":");
        if (!options->unit_path)
                return 0;
        while (str_next_part(&parts, ':', &part)) {
                int r = part.length > 0 ? add_given_path(list, options->root, part) : 0;
                if (r < 0)
                        return r;
        }
        return 0;
}

int search_path_make(const UnitSearchOptions *options, char ***ret_directories) {
        AUTO_STRV char **list = NULL;
        bool more;

        STRV_FOREACH(dir, options->extra) {
                int r = add_given_path(&list, NULL, str_of(*dir));
                if (r < 0)
                        return r;
        }
        int r = add_unit_path(options, &list, &more);
        if (r >= 0 && more)
                r = add_usual(options, &list);
        if (r < 0)
                return r;
        *ret_directories = STEAL(list);
        return 0;
}
