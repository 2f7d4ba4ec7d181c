/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_file_state.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path_name.h"
#include "base/strv.h"

#define DEFAULT_TARGET "default.target"

static bool is_runtime(const char *path) {
        return path_is_below(path, "/run");
}

/* Whether there is a link `directory`/`target``suffix`/`name`. */
static bool
has_link(const char *directory, const char *target, const char *suffix, const char *name) {
        StrBuf path = STRBUF_INIT;
        struct stat st;

        strbuf_addf(&path, "%s/%s%s/%s", directory, target, suffix, name);
        AUTO_FREE char *text = strbuf_steal(&path);
        return text && lstat(text, &st) == 0 && S_ISLNK(st.st_mode);
}

static bool has_alias(const char *directory, const char *alias) {
        AUTO_FREE char *path = path_join(directory, alias);
        struct stat st;
        return path && lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* Whether a directory holds one of the links that the unit's [Install] section names. */
static bool is_linked_in(const char *directory, const UnitSpec *spec, const char *name) {
        STRV_FOREACH(target, unit_spec_strv(spec, DIRECTIVE_WANTED_BY))
        if (has_link(directory, *target, ".wants", name))
                return true;
        STRV_FOREACH(target, unit_spec_strv(spec, DIRECTIVE_REQUIRED_BY))
        if (has_link(directory, *target, ".requires", name))
                return true;
        STRV_FOREACH(alias, unit_spec_strv(spec, DIRECTIVE_ALIAS))
        if (has_alias(directory, *alias))
                return true;
        return false;
}

static bool has_install(const UnitSpec *spec) {
        return unit_spec_strv(spec, DIRECTIVE_WANTED_BY) ||
               unit_spec_strv(spec, DIRECTIVE_REQUIRED_BY) || unit_spec_strv(spec, DIRECTIVE_ALIAS);
}

static const char *
state_by_links(const Host *host, const UnitSpec *spec, const UnitFiles *files, const char *name) {
        STRV_FOREACH(directory, unit_search_directories(host->search))
        if (is_linked_in(*directory, spec, name))
                return is_runtime(*directory) ? "enabled-runtime" : "enabled";
        if (files->linked)
                return is_runtime(files->fragment_path) ? "linked-runtime" : "linked";
        if (has_install(spec))
                return "disabled";
        return unit_spec_strv(spec, DIRECTIVE_ALSO) ? "indirect" : "static";
}

static const char *state_of(Host *host, const UnitFiles *files, const char *name) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;

        if (files->masked)
                return files->fragment_path && is_runtime(files->fragment_path) ? "masked-runtime"
                                                                                : "masked";
        if (!streq_null(files->name, name))
                return "alias";
        if (files->fragment_path && path_is_below(files->fragment_path, host->transient_directory))
                return "transient";
        if (files->fragment_path && path_is_below(files->fragment_path, "/run/systemd/generator"))
                return "generated";
        if (unit_load_file(&host->loader, files->fragment_path, &spec) < 0 ||
            spec->load_state == UNIT_BAD_SETTING || spec->load_state == UNIT_ERROR)
                return "bad";
        return state_by_links(host, spec, files, name);
}

int unit_file_state_get(Host *host, const char *name, const char **ret_state, char **ret_path) {
        AUTO(unit_files_done) UnitFiles files = { 0 };

        if (!unit_name_is_valid(name, UNIT_NAME_ANY))
                return err_new(-EINVAL);
        int r = unit_search_find(host->search, name, &files, NULL);
        if (r < 0)
                return err_pass(r);
        if (!files.fragment_path && !files.masked)
                return err_new(-ENOENT);
        const char *state = state_of(host, &files, name);
        if (ret_path) {
                *ret_path = files.fragment_path ? str_dup(str_of(files.fragment_path))
                                                : str_dup(str_of(name));
                if (!*ret_path)
                        return err_new(-ENOMEM);
        }
        *ret_state = state;
        return 0;
}

/* The path under the name itself, which for an alias is not the file it leads to. */
static char *path_of_name(const char *path, const char *name) {
        AUTO_FREE char *directory = path_dir_name(path);
        return directory ? path_join(directory, name) : NULL;
}

int unit_file_state_each(Host *host, UnitFileFunction *add, void *userdata) {
        AUTO_STRV char **names = NULL;

        int r = unit_search_list(host->search, &names);
        if (r < 0)
                return err_pass(r);
        STRV_FOREACH(name, names) {
                AUTO_FREE char *path = NULL;
                const char *state;
                r = unit_file_state_get(host, *name, &state, &path);
                if (r == -ENOMEM)
                        return err_pass(r);
                if (r < 0)
                        continue; /* it went away, or is a loop of links */
                AUTO_FREE char *shown = path_of_name(path, *name);
                if (!shown)
                        return err_new(-ENOMEM);
                add(userdata, shown, state);
        }
        return 0;
}

int unit_file_default_target(Host *host, char **ret_name) {
        AUTO(unit_files_done) UnitFiles files = { 0 };

        int r = unit_search_find(host->search, DEFAULT_TARGET, &files, NULL);
        if (r < 0)
                return err_pass(r);
        if (!files.fragment_path)
                return err_new(-ENOENT);
        *ret_name = str_dup(str_of(files.name));
        return *ret_name ? 0 : err_new(-ENOMEM);
}
