/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_paths.h"

#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "unit/search_path.h"

/* Where the special directories are, by whose units these are. Those of a user's own manager lie
 * below its directory of settings ("config") or of the session ("runtime"). */
typedef struct SpecialRow {
        const char *system;
        const char *user_config, *user_runtime; /* suffix below either */
        const char *global;
} SpecialRow;

/* clang-format off */
static const SpecialRow special_rows[] = {
        [INSTALL_DIRECTORY_PERSISTENT] = { .system = "/etc/systemd/system", .user_config = "/systemd/user", .global = "/etc/systemd/user" },
        [INSTALL_DIRECTORY_RUNTIME] = { .system = "/run/systemd/system", .user_runtime = "/systemd/user", .global = "/run/systemd/user" },
        [INSTALL_DIRECTORY_PERSISTENT_CONTROL] = { .system = "/etc/systemd/system.control", .user_config = "/systemd/user.control" },
        [INSTALL_DIRECTORY_RUNTIME_CONTROL] = { .system = "/run/systemd/system.control", .user_runtime = "/systemd/user.control" },
        [INSTALL_DIRECTORY_TRANSIENT] = { .system = "/run/systemd/transient", .user_runtime = "/systemd/transient" },
        [INSTALL_DIRECTORY_GENERATOR] = { .system = "/run/systemd/generator", .user_runtime = "/systemd/generator" },
        [INSTALL_DIRECTORY_GENERATOR_EARLY] = { .system = "/run/systemd/generator.early", .user_runtime = "/systemd/generator.early" },
        [INSTALL_DIRECTORY_GENERATOR_LATE] = { .system = "/run/systemd/generator.late", .user_runtime = "/systemd/generator.late" },
};
/* clang-format on */
static_assert(ARRAY_LENGTH(special_rows) == INSTALL_DIRECTORY_COUNT, "");

static char *join3(const char *a, const char *b, const char *c) {
        StrBuf text = STRBUF_INIT;

        strbuf_addf(&text, "%s%s%s", a ? a : "", b ? b : "", c ? c : "");
        return strbuf_steal(&text);
}

static char *user_path(const UnitSearchOptions *options, const SpecialRow *row, const char *root) {
        if (row->user_runtime)
                return join3(root, options->runtime_dir, row->user_runtime);
        if (options->config_home)
                return join3(root, options->config_home, row->user_config);
        AUTO_FREE char *home = join3(root, options->home, "/.config");
        return home ? join3(home, row->user_config, NULL) : NULL;
}

static bool user_has(const UnitSearchOptions *options, const SpecialRow *row) {
        if (row->user_runtime)
                return options->runtime_dir != NULL;
        return options->config_home || options->home;
}

static int fill_special(const UnitSearchOptions *options, bool global, InstallPaths *paths) {
        for (size_t i = 0; i < INSTALL_DIRECTORY_COUNT; i++) {
                const SpecialRow *row = &special_rows[i];
                const char *fixed = global ? row->global : row->system;
                bool own = !global && options->scope == UNIT_SCOPE_USER;
                if (own ? !user_has(options, row) : !fixed)
                        continue;
                char *path = own ? user_path(options, row, paths->root)
                                 : join3(paths->root, fixed, NULL);
                if (!path)
                        return err_new(-ENOMEM);
                paths->special[i] = path;
        }
        return 0;
}

static int fill_root(const char *given, InstallPaths *paths) {
        if (!given)
                return 0;
        AUTO_FREE char *root = path_simplify(str_of(given));
        if (!root)
                return err_new(-ENOMEM);
        if (!streq(root, "/"))
                paths->root = STEAL(root);
        return 0;
}

int install_paths_init(const UnitSearchOptions *options, bool global, InstallPaths *ret) {
        AUTO(install_paths_done)
        InstallPaths paths = {
                .is_user = global || options->scope == UNIT_SCOPE_USER,
        };
        UnitSearchOptions search = *options;

        if (global) {
                search.scope = UNIT_SCOPE_USER;
                search.home = search.config_home = search.data_home = search.runtime_dir = NULL;
        }
        int r = fill_root(options->root, &paths);
        search.root = paths.root;
        if (r >= 0)
                r = fill_special(options, global, &paths);
        if (r >= 0)
                r = search_path_make(&search, &paths.search);
        if (r < 0)
                return err_pass(r);
        *ret = paths;
        paths = (InstallPaths){ 0 };
        return 0;
}

void install_paths_done(InstallPaths *paths) {
        free(paths->root);
        strv_free(paths->search);
        for (size_t i = 0; i < INSTALL_DIRECTORY_COUNT; i++)
                free(paths->special[i]);
        *paths = (InstallPaths){ 0 };
}

static bool is_directory(const InstallPaths *paths, InstallDirectory directory, Str path) {
        const char *special = paths->special[directory];

        return special && str_equal_c(path, special);
}

/* The directory part of a path in normal form. */
static Str parent_of(const char *path) {
        const char *base = path_base_name(path);

        return (Str){ path, base > path ? (size_t)(base - path) - 1 : 0 };
}

bool install_paths_is_in(const InstallPaths *paths, InstallDirectory directory, const char *path) {
        return is_directory(paths, directory, parent_of(path));
}

bool install_paths_is_config(const InstallPaths *paths, const char *path) {
        return install_paths_is_in(paths, INSTALL_DIRECTORY_PERSISTENT, path) ||
               install_paths_is_in(paths, INSTALL_DIRECTORY_RUNTIME, path);
}

bool install_paths_is_control(const InstallPaths *paths, const char *path) {
        return install_paths_is_in(paths, INSTALL_DIRECTORY_PERSISTENT_CONTROL, path) ||
               install_paths_is_in(paths, INSTALL_DIRECTORY_RUNTIME_CONTROL, path);
}

static bool is_generator_directory(const InstallPaths *paths, Str directory) {
        return is_directory(paths, INSTALL_DIRECTORY_GENERATOR, directory) ||
               is_directory(paths, INSTALL_DIRECTORY_GENERATOR_EARLY, directory) ||
               is_directory(paths, INSTALL_DIRECTORY_GENERATOR_LATE, directory);
}

bool install_paths_is_generator(const InstallPaths *paths, const char *path) {
        return is_generator_directory(paths, parent_of(path));
}

static bool is_runtime(const InstallPaths *paths, Str directory) {
        return is_directory(paths, INSTALL_DIRECTORY_RUNTIME, directory) ||
               is_generator_directory(paths, directory) ||
               is_directory(paths, INSTALL_DIRECTORY_TRANSIENT, directory) ||
               is_directory(paths, INSTALL_DIRECTORY_RUNTIME_CONTROL, directory);
}

bool install_paths_is_runtime(const InstallPaths *paths, const char *path) {
        return path_is_below(install_paths_without_root(paths, path), "/run") ||
               is_runtime(paths, parent_of(path));
}

bool install_paths_is_runtime_directory(const InstallPaths *paths, const char *directory) {
        return path_is_below(install_paths_without_root(paths, directory), "/run") ||
               is_runtime(paths, str_of(directory));
}

bool install_paths_is_vendor(const InstallPaths *paths, const char *path) {
        return path_is_below(install_paths_without_root(paths, path), "/usr");
}

bool install_paths_is_searched(const InstallPaths *paths, const char *path) {
        Str parent = parent_of(path);

        STRV_FOREACH(directory, paths->search) {
                if (str_equal_c(parent, *directory))
                        return true;
        }
        return false;
}

const char *install_paths_without_root(const InstallPaths *paths, const char *path) {
        size_t length = paths->root ? strlen(paths->root) : 0;

        if (length == 0 || !path_is_below(path, paths->root))
                return path;
        return path[length] ? path + length : "/";
}

char *install_paths_with_root(const InstallPaths *paths, const char *path) {
        AUTO_FREE char *joined = join3(paths->root, *path == '/' ? "" : "/", path);

        return joined ? path_simplify(str_of(joined)) : NULL;
}
