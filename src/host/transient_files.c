/* SPDX-License-Identifier: Apache-2.0 */
#include "host/transient_files.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"

#define FILE_MODE 0644
#define DIRECTORY_MODE 0755

char *transient_files_directory(const RuntimePaths *paths) {
        return path_join(paths->directory, "transient");
}

int transient_files_make(Host *host, const char *name, const char *text, UnitSpec **ret) {
        const char *directory = host->loader.transient_directory;
        AUTO_FREE char *path = path_join(directory, name);
        if (!path)
                return err_new(-ENOMEM);
        int r = dir_make_all(directory, DIRECTORY_MODE);
        if (r >= 0)
                r = file_write_atomic(path, str_of(text), FILE_MODE, false);
        if (r >= 0)
                r = unit_load_file(&host->loader, path, ret);
        if (r < 0)
                (void)unlink(path); /* it may not be there */
        return err_pass(r);
}

static char *dropin_directory(const char *directory, const char *name) {
        StrBuf path = STRBUF_INIT;

        strbuf_addf(&path, "%s/%s.d", directory, name);
        return strbuf_steal(&path);
}

void transient_files_drop(const Host *host, const char *name) {
        const char *directory = host->loader.transient_directory;
        AUTO_FREE char *path = path_join(directory, name);
        AUTO_FREE char *dropins = dropin_directory(directory, name);

        if (path)
                (void)unlink(path); /* it may be gone already */
        if (dropins && access(dropins, F_OK) == 0)
                (void)dir_remove_all(dropins); /* nobody reads it without the unit */
}

/* Where settings are kept: one of the directories that end so, below /run or not. */
static const char *find_control(const Host *host, bool runtime) {
        const char *run = host->options.paths->scope == UNIT_SCOPE_SYSTEM
                                  ? "/run"
                                  : getenv("XDG_RUNTIME_DIR");

        STRV_FOREACH(directory, unit_search_directories(host->search)) {
                bool is_runtime = run && path_is_below(*directory, run);
                if (str_has_suffix(str_of(*directory), ".control") && is_runtime == runtime)
                        return *directory;
        }
        return NULL;
}

int transient_files_set(
        Host *host, const Unit *unit, const char *setting, const char *text, bool runtime) {
        bool is_transient = unit->spec && unit->spec->transient;
        const char *directory =
                is_transient ? host->loader.transient_directory : find_control(host, runtime);
        StrBuf path = STRBUF_INIT;

        if (!directory)
                return err_new(-EOPNOTSUPP);
        AUTO_FREE char *dropins = dropin_directory(directory, unit->id);
        strbuf_addf(&path, "%s/50-%s.conf", dropins ? dropins : "", setting);
        AUTO_FREE char *file = strbuf_steal(&path);
        if (!dropins || !file)
                return err_new(-ENOMEM);
        int r = dir_make_all(dropins, DIRECTORY_MODE);
        if (r < 0)
                return err_pass(r);
        return err_pass(file_write_atomic(file, str_of(text), FILE_MODE, !runtime));
}
