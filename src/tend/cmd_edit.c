/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_edit.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "tend/cmd_start.h"
#include "tend/file_operation.h"
#include "unit/unit_install_paths.h"
#include "unit/unit_name.h"
#include "unit/unit_source.h"

#define MARK_BEGIN                                                                                 \
        "### Anything between here and the comment below will become the new contents of the file"
#define MARK_END "### Lines below this comment will be discarded"
#define FIRST_LINE "+4" /* where the text of a drop-in begins */
#define DEFAULT_DROP_IN "override.conf"
#define FILE_MODE 0644

/* One file that is edited. */
typedef struct Edit {
        char *unit;
        char *path;      /* where the result goes */
        char *temporary; /* what the editor opens */
        char *before;    /* what was in the temporary file; "" = was not there */
} Edit;

typedef struct Edits {
        Tend *tend;
        UnitOffline offline;
        InstallPaths paths;
        Edit *items; /* owned */
        size_t n_items;
} Edits;

static void edits_done(Edits *edits) {
        for (size_t i = 0; i < edits->n_items; i++) {
                Edit *edit = &edits->items[i];
                if (edit->temporary)
                        (void)unlink(edit->temporary); /* there only when editing failed */
                free(edit->unit);
                free(edit->path);
                free(edit->temporary);
                free(edit->before);
        }
        free(edits->items);
        install_paths_done(&edits->paths);
        unit_offline_done(&edits->offline);
}

DEFINE_AUTO_DONE(Edits, edits_done);

static bool is_full(const Tend *tend) {
        return tend->flags & TEND_FULL;
}

/* --- the text
 * ---------------------------------------------------------------------------------- */

char *edit_result(const char *text) {
        const char *begin = strstr(text, MARK_BEGIN);
        const char *start = begin ? begin + strlen(MARK_BEGIN) : text;
        const char *end = begin ? strstr(start, MARK_END) : NULL;
        Str result = str_trim(end ? (Str){ start, (size_t)(end - start) } : str_of(start));
        StrBuf out = STRBUF_INIT;

        strbuf_add_str(&out, result);
        if (result.length > 0)
                strbuf_add_char(&out, '\n');
        return strbuf_steal(&out);
}

/* Appends a file as comments. */
static int add_as_comment(const char *path, StrBuf *out) {
        AUTO_FREE char *text = NULL;
        size_t length;
        Str rest, line;

        int r = file_read(path, UNIT_FILE_MAX, &text, &length, NULL);
        if (r < 0)
                return err_pass(r);
        strbuf_addf(out, "\n\n### %s", path);
        rest = str_trim_end((Str){ text, length });
        while (str_next_part(&rest, '\n', &line))
                strbuf_addf(out, line.length > 0 ? "\n# %.*s" : "\n#%.*s", STR_ARG(line));
        return 0;
}

static int read_present(const char *path, char **ret) {
        size_t length;
        int r = file_read(path, UNIT_FILE_MAX, ret, &length, NULL);

        if (r != -ENOENT)
                return err_pass(r);
        *ret = strdup("");
        return *ret ? 0 : err_new(-ENOMEM);
}

/* What the editor shows for a drop-in: its text between markers, and all other files below. */
static int lay_out_drop_in(const Edit *edit, const UnitFiles *files, StrBuf *out) {
        AUTO_FREE char *present = NULL;

        int r = read_present(edit->path, &present);
        if (r < 0)
                return err_pass(r);
        strbuf_addf(out, "### Editing %s\n" MARK_BEGIN "\n\n%s\n\n" MARK_END, edit->path, present);
        if (files->fragment_path)
                r = add_as_comment(files->fragment_path, out);
        STRV_FOREACH(path, files->dropins) {
                if (r >= 0 && !streq(*path, edit->path))
                        r = add_as_comment(*path, out);
        }
        strbuf_add_char(out, '\n');
        return err_pass(r);
}

/* The same for a whole unit file: itself, or what it will hide. */
static int lay_out_full(const Edit *edit, const UnitFiles *files, StrBuf *out) {
        AUTO_FREE char *present = NULL;

        int r = read_present(edit->path, &present);
        if (r >= 0 && !*present && files->fragment_path) {
                free(present);
                present = NULL;
                r = read_present(files->fragment_path, &present);
        }
        if (r >= 0)
                strbuf_add(out, present);
        return err_pass(r);
}

/* --- what is edited
 * ---------------------------------------------------------------------------- */

static int no_files(const Tend *tend, const char *unit) {
        tend_complain(tend,
                      "No files found for %s.\nRun '%s edit%s --force --full %s' to create a new "
                      "unit.",
                      unit,
                      tend->program,
                      tend->flags & TEND_GLOBAL          ? " --global"
                      : tend->scope == UNIT_SCOPE_SYSTEM ? ""
                                                         : " --user",
                      unit);
        return -ENOENT;
}

static int find_files(Edits *edits, const char *unit, UnitFiles *files) {
        const Tend *tend = edits->tend;
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        int r = unit_search_find(edits->offline.search, unit, files, &diag);
        if (r < 0) {
                tend_print_findings(&diag);
                return err_pass(r);
        }
        if (files->masked) {
                tend_complain(tend, "Cannot edit %s: unit is masked.", unit);
                return err_new(-ERFKILL);
        }
        if (!files->fragment_path && !(tend->flags & TEND_FORCE))
                return no_files(tend, unit);
        return 0;
}

static char *path_of(const Edits *edits, const char *unit) {
        const Tend *tend = edits->tend;
        const char *directory =
                edits->paths.special[tend->flags & TEND_RUNTIME ? INSTALL_DIRECTORY_RUNTIME
                                                                : INSTALL_DIRECTORY_PERSISTENT];
        StrBuf path = STRBUF_INIT;

        if (!directory)
                return NULL;
        strbuf_addf(&path, "%s/%s", directory, unit);
        if (!is_full(tend))
                strbuf_addf(&path, ".d/%s", tend->drop_in ? tend->drop_in : DEFAULT_DROP_IN);
        return strbuf_steal(&path);
}

static char *temporary_of(const char *path) {
        AUTO_FREE char *directory = path_dir_name(path);
        StrBuf name = STRBUF_INIT;

        strbuf_addf(&name, "%s/.#%s.tend-%d", directory, path_base_name(path), (int)getpid());
        return strbuf_steal(&name);
}

static int write_temporary(const Edit *edit) {
        AUTO_FREE char *directory = path_dir_name(edit->path);
        int r = directory ? dir_make_all(directory, 0755) : err_new(-ENOMEM);

        return r < 0 ? r
                     : err_pass(file_write_atomic(
                               edit->temporary, str_of(edit->before), FILE_MODE, false));
}

static int prepare(Edits *edits, const char *typed, Edit *edit) {
        AUTO(unit_files_done) UnitFiles files = { 0 };
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        if (unit_name_mangle(typed, ".service", false, &edit->unit) < 0) {
                tend_complain(edits->tend, "\"%s\" is not a name of a unit", typed);
                return err_new(-EINVAL);
        }
        int r = find_files(edits, edit->unit, &files);
        if (r < 0)
                return err_pass(r);
        edit->path = path_of(edits, edit->unit);
        char *temporary = edit->path ? temporary_of(edit->path) : NULL;
        if (!temporary)
                return err_new(-ENOMEM);
        if (!(edits->tend->flags & TEND_STDIN))
                r = is_full(edits->tend) ? lay_out_full(edit, &files, &text)
                                         : lay_out_drop_in(edit, &files, &text);
        edit->temporary = temporary;
        edit->before = strbuf_steal(&text);
        if (r >= 0)
                r = edit->before ? write_temporary(edit) : err_new(-ENOMEM);
        if (r < 0)
                tend_complain(edits->tend, "Failed to prepare %s: %s", edit->path, strerror(-r));
        return err_pass(r);
}

/* --- editors
 * ----------------------------------------------------------------------------------- */

/* Runs a program and waits. 0, -ENOENT when there is none such, -EIO when it failed. */
static int run_program(const Tend *tend, char **arguments) {
        pid_t child;
        int status;

        int r = posix_spawnp(&child, arguments[0], NULL, NULL, arguments, environ);
        if (r != 0)
                return err_new(-r);
        while (waitpid(child, &status, 0) < 0)
                if (errno != EINTR)
                        return err_new(-errno);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
                return 0;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
                return -ENOENT; /* as a shell says it */
        tend_complain(tend, "(editor) failed with exit status %d.", WEXITSTATUS(status));
        return err_new(-EIO);
}

static int run_editor(const Edits *edits, const char *editor) {
        AUTO_STRV char **arguments = NULL;

        int r = strv_split(&arguments, str_of(editor), 0);
        if (r >= 0 && edits->n_items == 1 && !is_full(edits->tend) && !arguments[1])
                r = strv_add(&arguments, FIRST_LINE);
        for (size_t i = 0; r >= 0 && i < edits->n_items; i++)
                r = strv_add(&arguments, edits->items[i].temporary);
        return r < 0 ? err_pass(r) : err_pass(run_program(edits->tend, arguments));
}

static int edit_all(const Edits *edits) {
        static const char *const variables[] = { "SYSTEMD_EDITOR", "EDITOR", "VISUAL" };
        static const char *const usual[] = { "editor", "nano", "vim", "vi" };

        for (size_t i = 0; i < ARRAY_LENGTH(variables); i++) {
                const char *editor = getenv(variables[i]);
                if (editor && *editor)
                        return err_pass(run_editor(edits, editor));
        }
        for (size_t i = 0; i < ARRAY_LENGTH(usual); i++) {
                int r = run_editor(edits, usual[i]);
                if (r != -ENOENT)
                        return err_pass(r);
        }
        tend_complain(edits->tend,
                      "Cannot edit units, no editor available. Please set either "
                      "$SYSTEMD_EDITOR, $EDITOR or $VISUAL.");
        return err_new(-ENOENT);
}

/* --- results
 * ----------------------------------------------------------------------------------- */

/* The text for a file: 1 when it shall be written, 0 when it was left alone. */
static int take_result(const Tend *tend, Edit *edit, const char *given, char **ret) {
        AUTO_FREE char *text = NULL;
        size_t length;

        int r = given ? 0 : file_read(edit->temporary, UNIT_FILE_MAX, &text, &length, NULL);
        if (r < 0)
                return err_pass(r);
        *ret = given ? strdup(given) : edit_result(text);
        if (!*ret)
                return err_new(-ENOMEM);
        if (**ret)
                return 1;
        tend_complain(tend, "Editing \"%s\" canceled: temporary file is empty.", edit->path);
        return 0;
}

static int finish(const Tend *tend, Edit *edit, const char *given) {
        AUTO_FREE char *text = NULL;

        int r = take_result(tend, edit, given, &text);
        if (r > 0)
                r = file_write_atomic(edit->path, str_of(text), FILE_MODE, true);
        if (r < 0)
                tend_complain(tend, "Failed to write %s: %s", edit->path, strerror(-r));
        return err_pass(r);
}

static int read_standard_input(const Tend *tend, char **ret) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        char block[4096];
        ssize_t n;

        while ((n = read(STDIN_FILENO, block, sizeof(block))) > 0 && text.length < UNIT_FILE_MAX)
                strbuf_add_bytes(&text, block, (size_t)n);
        if (n < 0 || text.length >= UNIT_FILE_MAX) {
                tend_complain(
                        tend, "Cannot read standard input: %s", strerror(n < 0 ? errno : EFBIG));
                return err_new(-EIO);
        }
        *ret = strbuf_steal(&text);
        return *ret ? 0 : err_new(-ENOMEM);
}

static int edit_and_write(Edits *edits) {
        AUTO_FREE char *given = NULL;
        bool from_input = edits->tend->flags & TEND_STDIN;

        int r = from_input ? read_standard_input(edits->tend, &given) : edit_all(edits);
        for (size_t i = 0; r >= 0 && i < edits->n_items; i++)
                r = finish(edits->tend, &edits->items[i], given);
        return err_pass(r);
}

static int init(Edits *edits) {
        AUTO(file_scene_done) FileScene scene = { 0 };
        const Tend *tend = edits->tend;

        if (tend->drop_in && (!file_name_is_valid(tend->drop_in) ||
                              !str_has_suffix(str_of(tend->drop_in), ".conf"))) {
                tend_complain(tend, "--drop-in wants a file name that ends in .conf");
                return err_new(-EINVAL);
        }
        if (!(tend->flags & TEND_STDIN) && !isatty(STDIN_FILENO)) {
                tend_complain(tend, "Cannot edit units if not on a tty.");
                return err_new(-EINVAL);
        }
        int r = file_scene_init(tend, &scene);
        if (r >= 0)
                r = install_paths_init(&scene.search, tend->flags & TEND_GLOBAL, &edits->paths);
        return r < 0 ? r : err_pass(unit_offline_init_at(edits->tend, tend->root, &edits->offline));
}

int cmd_edit(Tend *tend, char **arguments) {
        AUTO(edits_done) Edits edits = { .tend = tend };

        if (init(&edits) < 0)
                return 1;
        edits.items = calloc(strv_length(arguments) + 1, sizeof(Edit));
        if (!edits.items)
                return 1;
        STRV_FOREACH(typed, arguments) {
                if (prepare(&edits, *typed, &edits.items[edits.n_items++]) < 0)
                        return 1;
        }
        if (edit_and_write(&edits) < 0)
                return 1;
        if (tend->flags & TEND_NO_RELOAD || file_operation_is_offline(tend) != 0)
                return 0;
        return cmd_daemon_reload(tend, NULL);
}
