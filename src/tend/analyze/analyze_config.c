/* SPDX-License-Identifier: Apache-2.0 */

/* cat-config: a configuration file with its drop-ins, as the program that reads it sees them. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "tend/analyze/analyze_files.h"
#include "tend/pager.h"
#include "tend/program.h"
#include "tend/style.h"

#define CONFIG_FILE_MAX (16U << 20)

static const char *const prefixes[] = { "/etc", "/run", "/usr/local/lib", "/usr/lib" };

/* Directories whose files are all that there is, with the ending that counts. */
static const struct {
        const char *name, *suffix;
} collections[] = {
        { "environment.d", ".conf" },
        { "kernel/install.d", ".install" },
        { "modules-load.d", ".conf" },
        { "sysctl.d", ".conf" },
        { "systemd/ntp-units.d", ".list" },
        { "systemd/relabel-extra.d", ".relabel" },
        { "systemd/system-preset", ".preset" },
        { "systemd/user-preset", ".preset" },
        { "sysusers.d", ".conf" },
        { "tmpfiles.d", ".conf" },
        { "udev/hwdb.d", ".hwdb" },
        { "udev/rules.d", ".rules" },
        { "binfmt.d", ".conf" },
        { "modprobe.d", ".conf" },
};

static const char *collection_suffix(const char *name) {
        for (size_t i = 0; i < ARRAY_LENGTH(collections); i++)
                if (streq(collections[i].name, name))
                        return collections[i].suffix;
        return NULL;
}

static char *place_of(const BootOptions *options, const char *prefix, const char *name) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        const char *root = options->root && !streq(options->root, "/") ? options->root : "";

        strbuf_addf(&path, "%s%s/%s", root, prefix, name);
        return strbuf_steal(&path);
}

static int cat_file(const BootOptions *options, const char *path, StrBuf *out) {
        AUTO_FREE char *text = NULL;
        size_t length;

        int r = file_read(path, CONFIG_FILE_MAX, &text, &length, NULL);
        if (r < 0)
                return err_pass(r);
        if (out->length > 0)
                strbuf_add_char(out, '\n');
        style_addf(out, options->tend->flags, STYLE_FAINT, "# %s", path);
        strbuf_add_char(out, '\n');
        strbuf_add_bytes(out, text, length);
        return 0;
}

/* Adds "name path" for each file of a directory whose name is not there yet: the first prefix has
 * precedence. */
static int add_directory(const char *directory, const char *suffix, char ***names, char ***paths) {
        AUTO_DIR DIR *dir = opendir(directory);
        struct dirent *entry;

        while (dir && (entry = readdir(dir))) {
                if (entry->d_name[0] == '.' || !str_has_suffix(str_of(entry->d_name), suffix) ||
                    strv_contains(*names, entry->d_name))
                        continue;
                int r = strv_add(names, entry->d_name);
                if (r >= 0)
                        r = strv_addf(paths, "%s %s/%s", entry->d_name, directory, entry->d_name);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* Prints the drop-ins of all prefixes, sorted by name. */
static int
cat_directory(const BootOptions *options, const char *name, const char *suffix, StrBuf *out) {
        AUTO_STRV char **names = NULL;
        AUTO_STRV char **paths = NULL;
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ARRAY_LENGTH(prefixes); i++) {
                AUTO_FREE char *directory = place_of(options, prefixes[i], name);
                r = directory ? add_directory(directory, suffix, &names, &paths) : -ENOMEM;
        }
        if (paths)
                strv_sort(paths);
        STRV_FOREACH(line, paths) {
                const char *path = strchr(*line, ' ') + 1;
                if (r >= 0)
                        r = cat_file(options, path, out);
                if (r < 0)
                        (void)program_fail("Failed to read %s: %s", path, strerror(-r));
        }
        return err_pass(r);
}

/* The file under the first prefix that has it. */
static int cat_main_file(const BootOptions *options, const char *name, StrBuf *out) {
        for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
                AUTO_FREE char *path = place_of(options, prefixes[i], name);
                if (!path)
                        return err_new(-ENOMEM);
                if (access(path, F_OK) < 0)
                        continue;
                int r = cat_file(options, path, out);
                if (r < 0)
                        (void)program_fail("Failed to read %s: %s", path, strerror(-r));
                return err_pass(r);
        }
        strbuf_addf(out, "# Main configuration file %s not found\n", name);
        return 0;
}

static int cat_config(const BootOptions *options, const char *name, StrBuf *out) {
        const char *suffix = collection_suffix(name);
        AUTO(strbuf_done) StrBuf directory = STRBUF_INIT;

        if (suffix)
                return err_pass(cat_directory(options, name, suffix, out));
        strbuf_addf(&directory, "%s.d", name);
        int r = cat_main_file(options, name, out);
        return err_pass(r < 0 ? r : cat_directory(options, strbuf_text(&directory), ".conf", out));
}

/* What was typed without its prefix; NULL after a message. */
static const char *without_prefix(const char *typed) {
        if (typed[0] != '/')
                return typed;
        for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++)
                if (path_is_below(typed, prefixes[i]) && typed[strlen(prefixes[i])] == '/')
                        return typed + strlen(prefixes[i]) + 1;
        (void)program_fail("Path %s does not start with any known prefix.", typed);
        return NULL;
}

int analyze_cat_config(const BootOptions *options, char **arguments) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        int r = 0;

        STRV_FOREACH(typed, arguments) {
                AUTO(strbuf_done) StrBuf one = STRBUF_INIT;
                const char *name = without_prefix(*typed);
                r = name ? cat_config(options, name, &one) : -EINVAL;
                if (r < 0)
                        break;
                strbuf_addf(&out, "%s%s", typed == arguments ? "" : "\n\n", strbuf_text(&one));
        }
        if (pager_print(options->tend, &out) < 0)
                return 1;
        return r < 0 ? 1 : 0;
}
