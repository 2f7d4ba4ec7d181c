/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_file.h"

#include <dirent.h>
#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "unit/unit_alias.h"
#include "unit/unit_name.h"
#include "unit/unit_source.h"
#include "unit/word.h"

#define WORD_FLAGS (WORD_UNQUOTE | WORD_PLAIN_BACKSLASH)

typedef struct Reading {
        InstallWork *work;
        InstallSet *set;
        InstallInfo *info;
        const UnitSource *source;
} Reading;

static void warn(const Reading *reading, const char *format, ...) PRINTF_LIKE(2, 3);

static void warn(const Reading *reading, const char *format, ...) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        DiagPlace place = { .file = reading->source->path, .line = reading->source->end_line };
        va_list args;

        va_start(args, format);
        strbuf_addf_va(&text, format, args);
        va_end(args);
        diag_add(&reading->work->diag, &place, DIAG_WARNING, "%s", strbuf_text(&text));
}

/* --- values
 * ------------------------------------------------------------------------------------- */

static int read_names(const Reading *reading, Str value, char ***list) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        Str rest = value;
        int r;

        if (value.length == 0) {
                *list = strv_free(*list);
                return 0;
        }
        while ((r = word_next(&rest, NULL, WORD_FLAGS, &word)) > 0)
                if (strv_add(list, strbuf_text(&word)) < 0)
                        return err_new(-ENOMEM);
        if (r == -EINVAL)
                warn(reading, "Invalid syntax, ignoring: %.*s", STR_ARG(value));
        return r == -ENOMEM ? err_pass(r) : 0;
}

static int read_alias(const Reading *reading, Str value) {
        UnitType type;

        if (unit_name_type(reading->info->name, &type) < 0)
                return err_new(-EINVAL);
        if (!unit_type_may_alias(type)) {
                warn(reading,
                     "Alias= is not allowed for %s units, ignoring.",
                     unit_type_name(type));
                return 0;
        }
        return err_pass(read_names(reading, value, &reading->info->aliases));
}

static int read_wanted_by(const Reading *reading, Str value) {
        return err_pass(read_names(reading, value, &reading->info->wanted_by));
}

static int read_required_by(const Reading *reading, Str value) {
        return err_pass(read_names(reading, value, &reading->info->required_by));
}

static int read_also(const Reading *reading, Str value) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        Str rest = value;
        int r;

        while ((r = word_next(&rest, NULL, WORD_FLAGS, &word)) > 0) {
                AUTO_FREE char *name = NULL;
                size_t before = reading->set->n_items;
                InstallInfo *other;
                r = install_info_expand(reading->work, reading->info, strbuf_text(&word), &name);
                if (r >= 0)
                        r = install_set_add(reading->set, name, NULL, &other);
                if (r < 0)
                        return err_pass(r);
                if (reading->set->n_items > before)
                        other->auxiliary = true;
                if (strv_add(&reading->info->also, name) < 0)
                        return err_new(-ENOMEM);
        }
        return r == -ENOMEM ? err_pass(r) : 0;
}

static bool instance_is_valid(const char *instance) {
        AUTO_FREE char *name = NULL;

        return unit_name_instantiate("a@.service", instance, &name) >= 0;
}

static int read_default_instance(const Reading *reading, Str value) {
        InstallInfo *info = reading->info;
        AUTO_FREE char *text = str_dup(value), *instance = NULL;

        if (!text)
                return err_new(-ENOMEM);
        if (unit_name_kind(info->name) == UNIT_NAME_INSTANCE)
                return 0;
        if (unit_name_kind(info->name) != UNIT_NAME_TEMPLATE) {
                warn(reading, "DefaultInstance= only makes sense for template units, ignoring.");
                return 0;
        }
        int r = install_info_expand(reading->work, info, text, &instance);
        if (r < 0)
                return err_pass(r);
        if (*instance && !instance_is_valid(instance)) {
                warn(reading, "Invalid DefaultInstance= value \"%s\".", instance);
                return 0;
        }
        free(info->default_instance);
        info->default_instance = *instance ? STEAL(instance) : NULL;
        return 0;
}

typedef struct InstallKey {
        const char *name;
        int (*read)(const Reading *reading, Str value);
} InstallKey;

/* clang-format off */
static const InstallKey keys[] = {
        { "Alias", read_alias },
        { "Also", read_also },
        { "DefaultInstance", read_default_instance },
        { "RequiredBy", read_required_by },
        { "WantedBy", read_wanted_by },
};
/* clang-format on */

/* --- files
 * -------------------------------------------------------------------------------------- */

static int read_assignment(const Reading *reading) {
        Str key = reading->source->key;

        for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
                if (str_equal_c(key, keys[i].name))
                        return err_pass(keys[i].read(reading, reading->source->value));
        if (!str_has_prefix(key, "X-"))
                warn(reading,
                     "Unknown key '%.*s' in section [%.*s], ignoring.",
                     STR_ARG(key),
                     STR_ARG(reading->source->section));
        return 0;
}

static bool is_section_of_units(Str name) {
        static const char *const sections[] = {
                "Unit",    "Automount", "Device", "Mount", "Path",   "Scope",
                "Service", "Slice",     "Socket", "Swap",  "Target", "Timer",
        };

        for (size_t i = 0; i < ARRAY_LENGTH(sections); i++)
                if (str_equal_c(name, sections[i]))
                        return true;
        return str_has_prefix(name, "X-");
}

/* Whether [Install] begins here. */
static bool enter_section(const Reading *reading, UnitSource *source) {
        if (str_equal_c(source->section, "Install"))
                return true;
        source->section_ignored = true;
        if (!is_section_of_units(source->section))
                warn(reading, "Unknown section '%.*s'. Ignoring.", STR_ARG(source->section));
        return false;
}

static int read_text(InstallWork *work, InstallSet *set, InstallInfo *info, UnitSource *source) {
        Reading reading = { work, set, info, source };
        bool inside = false;
        int r;

        while ((r = unit_source_next(source)) > 0) {
                if (r == UNIT_SOURCE_SECTION)
                        inside = enter_section(&reading, source);
                if (r == UNIT_SOURCE_ASSIGNMENT && inside) {
                        r = read_assignment(&reading);
                        if (r < 0)
                                return err_pass(r);
                }
        }
        return err_pass(r);
}

/* What kind of file is there: 0 to be read, 1 for a mask. */
static int check_file(InstallWork *work, InstallInfo *info, const char *path, bool dropin) {
        const InstallNode *node;

        int r = install_tree_find(&work->tree, path, &node);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (dropin)
                return 0;
        if (node->type == DT_LNK)
                return -ELOOP; /* an answer: the caller follows it */
        r = install_tree_is_mask(&work->tree, path);
        if (r < 0)
                return err_pass(r);
        if (r == 0 && node->type != DT_REG)
                return err_new(node->type == DT_DIR ? -EISDIR : -EBADFD);
        info->mode = r > 0 ? INSTALL_MODE_MASKED : INSTALL_MODE_REGULAR;
        return r;
}

int install_file_load(
        InstallWork *work, InstallSet *set, InstallInfo *info, const char *path, unsigned flags) {
        AUTO(unit_source_done) UnitSource source = { 0 };
        AUTO_FREE char *text = NULL;
        size_t length;

        int r = check_file(work, info, path, flags & INSTALL_SEARCH_DROPIN);
        if (r != 0 || !(flags & INSTALL_SEARCH_LOAD))
                return r < 0 ? r : 0;
        r = install_tree_read(&work->tree, path, &text, &length);
        if (r < 0)
                return err_pass(r);
        unit_source_init(&source, (Str){ text, length }, path, NULL, &work->diag);
        return err_pass(read_text(work, set, info, &source));
}
