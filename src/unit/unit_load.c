/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_load.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/kind.h"
#include "unit/unit_builtin.h"
#include "unit/unit_check.h"
#include "unit/unit_policy.h"
#include "unit/unit_source.h"

/* --- one text
 * ------------------------------------------------------------------------------------- */

/* The section's bit, 0 when it is known but has no settings; false when units of this type have
 * none such. */
static bool find_section(UnitType type, Str name, unsigned *ret_section) {
        unsigned section = section_parse(name);
        const char *type_name = unit_type_name(type);

        *ret_section = section;
        if (section & (SECTION_UNIT | SECTION_INSTALL | SECTION_X_TEND))
                return true;
        if (section != 0)
                return section == section_of_type(type);
        return (type == UNIT_TARGET || type == UNIT_DEVICE) &&
               str_equal_nocase(name, str_of(type_name)) && name.data[0] < 'a';
}

static void report_unknown_key(UnitSpec *spec, const KindContext *context, unsigned section) {
        const char *key = NULL, *other_section = NULL;

        diag_add(&spec->diag,
                 &context->place,
                 DIAG_WARNING,
                 "Unknown key '%.*s' in section [%.*s], ignoring.",
                 STR_ARG(context->key_written),
                 STR_ARG(context->section_written));
        directive_suggest(section, context->key_written, &key, &other_section);
        if (other_section)
                diag_hint(&spec->diag, "it belongs into [%s]", other_section);
        else if (key)
                diag_hint(&spec->diag, "did you mean %s=?", key);
}

static void report_obsolete(UnitSpec *spec, const KindContext *context) {
        diag_add(&spec->diag,
                 &context->place,
                 DIAG_WARNING,
                 "Support for option %.*s= has been removed and it is ignored",
                 STR_ARG(context->key_written));
}

/* One assignment: KindOutcome or -ENOMEM. */
static int
assign(UnitSpec *spec, const UnitSource *source, unsigned section, KindContext *context) {
        context->place.line = source->end_line;
        context->section_written = source->section;
        context->key_written = source->key;
        int r = unit_spec_assign(spec, section, source->key, source->value, context);
        if (r != -ENOENT)
                return err_pass(r);
        if (str_has_prefix(source->key, "X-"))
                return KIND_OK;
        if (directive_is_obsolete(section, source->key))
                report_obsolete(spec, context);
        else
                report_unknown_key(spec, context, section);
        return KIND_IGNORED;
}

static unsigned enter_section(UnitSpec *spec, UnitSource *source) {
        unsigned section;

        if (find_section(spec->type, source->section, &section))
                return section;
        source->section_ignored = true;
        if (str_has_prefix(source->section, "X-"))
                return 0;
        DiagPlace place = { source->unit, source->path, source->end_line };
        diag_add(&spec->diag,
                 &place,
                 DIAG_WARNING,
                 "Unknown section '%.*s'. Ignoring.",
                 STR_ARG(source->section));
        return 0;
}

int unit_load_text(UnitSpec *spec, Str text, const char *path, const SpecifierContext *specifiers) {
        AUTO(unit_source_done) UnitSource source = { 0 };
        AUTO(strv_index_free) StrvIndex *names = NULL;
        KindContext context = {
                .names = &names,
                .diag = &spec->diag,
                .place = { spec->name, path, 0 },
                .specifiers = specifiers,
        };
        unsigned section = 0;
        int r, outcome = KIND_OK;

        unit_source_init(&source, text, path, spec->name, &spec->diag);
        while ((r = unit_source_next(&source)) > 0) {
                if (r == UNIT_SOURCE_SECTION)
                        section = enter_section(spec, &source);
                if (r != UNIT_SOURCE_ASSIGNMENT)
                        continue;
                r = assign(spec, &source, section, &context);
                if (r < 0 || r == KIND_REFUSED)
                        return r;
                if (r == KIND_IGNORED)
                        outcome = KIND_IGNORED;
        }
        return r < 0 ? r : outcome;
}

/* --- state and its words
 * -------------------------------------------------------------------------- */

static int set_state(UnitSpec *spec, UnitLoadState state, const char *reason) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        spec->load_state = state;
        if (state == UNIT_NOT_FOUND)
                strbuf_addf(&text, "Unit %s not found.", spec->name);
        else if (state == UNIT_MASKED)
                strbuf_addf(&text, "Unit %s is masked.", spec->name);
        else if (state == UNIT_BAD_SETTING)
                strbuf_addf(&text, "Unit %s has a bad unit file setting.", spec->name);
        else if (state == UNIT_ERROR)
                strbuf_addf(
                        &text,
                        "Unit %s failed to load properly, please adjust/correct and reload service "
                        "manager: %s",
                        spec->name,
                        reason);
        else
                return 0;
        free(spec->load_error);
        spec->load_error = strbuf_steal(&text);
        return spec->load_error ? 0 : err_new(-ENOMEM);
}

static int fail(UnitSpec *spec, int error) {
        if (error == -ENOMEM)
                return err_new(error);
        const char *reason = strerrordesc_np(-error);
        return set_state(spec,
                         error == -ENOENT || error == -ELOOP ? UNIT_NOT_FOUND : UNIT_ERROR,
                         reason ? reason : "Unknown error");
}

static int refuse(UnitSpec *spec) {
        return set_state(spec, UNIT_BAD_SETTING, NULL);
}

/* The error tells the last finding too, which nobody would look for in a file that is right. */
static int refuse_with_reason(UnitSpec *spec) {
        int r = refuse(spec);
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        unsigned n = spec->diag.n_findings;

        if (r < 0 || n == 0)
                return r;
        strbuf_addf(&text, "%s %s", spec->load_error, spec->diag.findings[n - 1].text);
        free(spec->load_error);
        spec->load_error = strbuf_steal(&text);
        return spec->load_error ? 0 : err_new(-ENOMEM);
}

/* --- one unit
 * ------------------------------------------------------------------------------------- */

typedef struct LoadContext {
        const UnitLoader *loader;
        UnitSpec *spec;
        UnitFiles files;
        SpecifierContext specifiers;
} LoadContext;

static void load_context_done(LoadContext *context) {
        unit_files_done(&context->files);
}
DEFINE_AUTO_DONE(LoadContext, load_context_done);

/* Units that are there whatever files say: files cannot mask them. */
static bool is_perpetual(const char *name) {
        return streq(name, "-.slice") || streq(name, "init.scope") || streq(name, "-.mount");
}

/* Types whose units need no file. */
static bool needs_no_file(const UnitSpec *spec) {
        return spec->type == UNIT_SLICE || spec->type == UNIT_DEVICE || is_perpetual(spec->name);
}

static int finish_fragment(UnitSpec *spec, int r) {
        DiagPlace place = { .unit = spec->name };

        if (r < 0)
                return fail(spec, r);
        if (r != KIND_REFUSED) {
                spec->load_state = UNIT_LOADED;
                return 0;
        }
        diag_add(&spec->diag,
                 &place,
                 DIAG_ERROR,
                 "Unit configuration has fatal error, unit will not be started.");
        return refuse(spec);
}

static int load_builtin(LoadContext *context) {
        UnitSpec *spec = context->spec;
        UnitScope scope = context->loader->machine->scope;
        const char *text = NULL;
        UnitBuiltinRole role = BUILTIN_NONE;

        if (!context->loader->no_builtin)
                role = unit_builtin_find(spec->name, scope, &text);
        if (role == BUILTIN_NONE && needs_no_file(spec)) {
                spec->load_state = UNIT_LOADED;
                return 0;
        }
        if (role == BUILTIN_NONE)
                return set_state(spec, UNIT_NOT_FOUND, NULL);
        spec->built_in = true;
        spec->load_state = UNIT_LOADED;
        if (role != BUILTIN_TEXT)
                return 0;
        return finish_fragment(spec,
                               unit_load_text(spec, str_of(text), NULL, &context->specifiers));
}

static int report_unreadable(UnitSpec *spec, const char *path, int error) {
        DiagPlace place = { .unit = spec->name };
        const char *reason = error == -EBADFD ? "Not a regular file" : strerrordesc_np(-error);

        diag_add(&spec->diag,
                 &place,
                 DIAG_ERROR,
                 "Failed to open %s: %s",
                 path,
                 reason ? reason : "Unknown error");
        return fail(spec, error);
}

/* Units of systemd's own programs: whatever their file says, tend does their work or leaves it
 * alone. */
static bool is_replaced(LoadContext *context) {
        UnitSpec *spec = context->spec;
        const char *reason = NULL;
        UnitBuiltinRole role = BUILTIN_NONE;

        if (!context->loader->no_builtin)
                role = unit_builtin_find(spec->name, context->loader->machine->scope, &reason);
        if (role != BUILTIN_SATISFIED && role != BUILTIN_SKIPPED)
                return false;
        spec->built_in = true;
        spec->satisfied = role == BUILTIN_SATISFIED;
        spec->replaced = reason;
        return true;
}

/* Such a unit has no settings, and nothing that would order it behind what waits for it. */
static int load_replaced(UnitSpec *spec) {
        Value *value = unit_spec_edit(spec, DIRECTIVE_DEFAULT_DEPENDENCIES);

        if (!value)
                return err_new(-ENOMEM);
        value->number = false;
        spec->load_state = UNIT_LOADED;
        return 0;
}

/* An instance of which nothing but the template's file is to be known. */
static bool is_bare_instance(const LoadContext *context) {
        const UnitFiles *files = &context->files;

        return unit_name_kind(context->spec->name) == UNIT_NAME_INSTANCE && !files->dropins &&
               !files->wants && !files->requires && !files->upholds;
}

static int read_fragment(LoadContext *context, TemplateCache *cache) {
        UnitSpec *spec = context->spec;
        const char *path = context->files.fragment_path;
        uint64_t stamp = cache ? unit_files_stamp(path, NULL) : 0;
        const UnitSpec *known = cache ? template_cache_find(cache, path, stamp) : NULL;
        AUTO_FREE char *data = NULL;
        size_t length;

        if (known) {
                spec->load_state = known->load_state;
                return err_pass(unit_spec_copy_values(known, spec));
        }
        int r = file_read(path, UNIT_FILE_MAX, &data, &length, NULL);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                return report_unreadable(spec, path, r == -E2BIG ? -EFBIG : r);
        const Str text = { data, length };
        r = unit_load_text(spec, text, path, &context->specifiers);
        if (r == -ENOMEM)
                return r;
        r = finish_fragment(spec, r);
        if (cache && r >= 0 && spec->load_state == UNIT_LOADED && spec->diag.n_findings == 0 &&
            template_cache_takes(text))
                template_cache_put(cache, path, stamp, spec);
        return r;
}

static int load_fragment(LoadContext *context) {
        UnitSpec *spec = context->spec;

        if (is_replaced(context))
                return load_replaced(spec);
        if (!context->files.fragment_path)
                return load_builtin(context);
        if (context->files.masked && is_perpetual(spec->name)) {
                spec->load_state = UNIT_LOADED;
                return 0;
        }
        if (context->files.masked)
                return set_state(spec, UNIT_MASKED, NULL);
        return err_pass(read_fragment(
                context, is_bare_instance(context) ? context->loader->templates : NULL));
}

static bool is_mask(const char *path) {
        struct stat st;

        return stat(path, &st) >= 0 && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode));
}

/* A broken drop-in is reported and counts as far as it was understood. */
static int load_dropin(LoadContext *context, const char *path) {
        AUTO_FREE char *data = NULL;
        DiagPlace place = { .unit = context->spec->name };
        size_t length;

        if (is_mask(path))
                return 0;
        int r = file_read(path, UNIT_FILE_MAX, &data, &length, NULL);
        if (r >= 0)
                r = unit_load_text(
                        context->spec, (Str){ data, length }, path, &context->specifiers);
        else if (r != -ENOMEM && r != -ENOENT)
                diag_add(&context->spec->diag,
                         &place,
                         DIAG_ERROR,
                         "Failed to read drop-in %s, ignoring: %s",
                         path,
                         r == -EBADFD ? "Not a regular file" : strerrordesc_np(-r));
        return r == -ENOMEM ? err_pass(r) : 0;
}

static int load_dropins(LoadContext *context) {
        const UnitFiles *files = &context->files;
        UnitSpec *spec = context->spec;

        int r = unit_spec_add_names(spec, DIRECTIVE_WANTS, files->wants);
        if (r >= 0)
                r = unit_spec_add_names(spec, DIRECTIVE_REQUIRES, files->requires);
        if (r >= 0)
                r = unit_spec_add_names(spec, DIRECTIVE_UPHOLDS, files->upholds);
        STRV_FOREACH(path, files->dropins) {
                if (r >= 0)
                        r = load_dropin(context, *path);
        }
        return r;
}

/* What the files are, for whoever asks later. */
static int note_files(LoadContext *context) {
        UnitSpec *spec = context->spec;
        UnitFiles *files = &context->files;
        const char *source = unit_spec_text(spec, DIRECTIVE_SOURCE_PATH);

        if (source) {
                spec->source_path = strdup(source);
                if (!spec->source_path)
                        return err_new(-ENOMEM);
        }
        spec->names_stamp = unit_files_names_stamp(files);
        spec->aliases = STEAL(files->aliases);
        if (spec->load_state != UNIT_NOT_FOUND || files->fragment_path)
                spec->dropin_paths = STEAL(files->dropins);
        spec->fragment_path = STEAL(files->fragment_path);
        spec->stamp = unit_files_stamp(spec->fragment_path, spec->dropin_paths);
        return 0;
}

static bool is_transient(const LoadContext *context) {
        const char *directory = context->loader->transient_directory;

        return directory && context->files.fragment_path &&
               path_is_below(context->files.fragment_path, directory);
}

static int check(UnitSpec *spec, bool is_strict) {
        if (spec->load_state != UNIT_LOADED || spec->built_in)
                return 0;
        if (spec->type == UNIT_SCOPE && !is_perpetual(spec->name) && !spec->transient)
                return set_state(spec, UNIT_NOT_FOUND, NULL); /* scopes come from programs only */
        if (spec->type == UNIT_SLICE && !unit_check_slice_name(spec->name))
                return fail(spec, -EINVAL);
        if (!unit_check(spec))
                return refuse(spec);
        return unit_policy_forbids(spec, is_strict) ? refuse_with_reason(spec) : 0;
}

/* "Slice /a/b" for a-b.slice where nobody describes it. */
static int describe_slice(UnitSpec *spec) {
        AUTO_FREE char *path = NULL;
        StrBuf text = STRBUF_INIT;
        int r;

        if (spec->type != UNIT_SLICE || spec->load_state != UNIT_LOADED ||
            unit_spec_find(spec, DIRECTIVE_DESCRIPTION))
                return 0;
        r = unit_name_unescape(unit_name_prefix(spec->name), &path);
        if (r < 0)
                return r == -ENOMEM ? err_pass(r) : 0; /* its name describes it */
        strbuf_addf(&text, "Slice /%s", path);
        AUTO_FREE char *description = strbuf_steal(&text);
        const Value value = { .id = DIRECTIVE_DESCRIPTION,
                              .shape = SHAPE_TEXT,
                              .text = description };
        return description ? err_pass(unit_spec_put(spec, &value)) : err_new(-ENOMEM);
}

static int load_files(LoadContext *context) {
        UnitSpec *spec = context->spec;

        context->specifiers = (SpecifierContext){
                .machine = context->loader->machine,
                .unit_name = spec->name,
                .fragment_path = context->files.fragment_path,
        };
        spec->transient = is_transient(context);
        int r = load_fragment(context);
        if (r >= 0 && !spec->replaced &&
            (spec->load_state == UNIT_LOADED || spec->load_state == UNIT_MASKED))
                r = load_dropins(context);
        if (r >= 0)
                r = check(spec, context->loader->is_strict);
        if (r >= 0)
                r = describe_slice(spec);
        if (r >= 0)
                r = note_files(context);
        return err_pass(r);
}

static int rename_spec(UnitSpec *spec, const char *name) {
        if (streq(spec->name, name))
                return 0;
        char *copy = strdup(name);
        if (!copy)
                return err_new(-ENOMEM);
        free(spec->name);
        spec->name = copy;
        return 0;
}

/* Finds the files of `name`; with `path` given, that is the fragment. */
static int load(const UnitLoader *loader, const char *name, const char *path, UnitSpec **ret) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(load_context_done) LoadContext context = { .loader = loader };

        if (!unit_name_is_valid(name, UNIT_NAME_ANY))
                return err_new(-EINVAL);
        int r = unit_spec_new(name, &spec);
        if (r < 0)
                return err_pass(r);
        context.spec = spec;
        r = unit_search_find(loader->search, name, &context.files, &spec->diag);
        if (r >= 0 && path) {
                free(context.files.fragment_path);
                context.files.fragment_path = strdup(path);
                context.files.masked = is_mask(path);
                r = context.files.fragment_path ? 0 : err_new(-ENOMEM);
        }
        if (r < 0)
                r = fail(spec, r);
        else if ((r = rename_spec(spec, path ? name : context.files.name)) >= 0)
                r = load_files(&context);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(spec);
        return 0;
}

int unit_load(const UnitLoader *loader, const char *name, UnitSpec **ret) {
        return load(loader, name, NULL, ret);
}

int unit_load_file(const UnitLoader *loader, const char *path, UnitSpec **ret) {
        return load(loader, path_base_name(path), path, ret);
}
