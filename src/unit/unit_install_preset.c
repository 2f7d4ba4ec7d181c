/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_preset.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/unit_install_links.h"
#include "unit/unit_install_remove.h"
#include "unit/unit_name.h"
#include "unit/word.h"

#define LOAD_AND_FOLLOW (INSTALL_SEARCH_LOAD | INSTALL_SEARCH_FOLLOW_CONFIG)

static const char *const preset_directories[] = {
        "/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"
};

/* --- rules
 * ------------------------------------------------------------------------------------- */

void preset_rules_done(PresetRules *rules) {
        for (size_t i = 0; i < rules->n_rules; i++) {
                free(rules->rules[i].pattern);
                strv_free(rules->rules[i].instances);
        }
        free(rules->rules);
        *rules = (PresetRules){ 0 };
}

static int add_rule(PresetRules *rules, bool enable, char **words) {
        PresetRule *grown = reallocarray(rules->rules, rules->n_rules + 1, sizeof(*grown));

        if (!grown)
                return err_new(-ENOMEM);
        rules->rules = grown;
        PresetRule rule = { .enable = enable, .pattern = strdup(words[0]) };
        int r = rule.pattern ? strv_extend(&rule.instances, enable ? words + 1 : NULL)
                             : err_new(-ENOMEM);
        if (r < 0) {
                free(rule.pattern);
                strv_free(rule.instances);
                return err_pass(r);
        }
        grown[rules->n_rules++] = rule;
        return 0;
}

static int split_words(Str text, char ***ret) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        int r;

        while ((r = word_next(&text, NULL, 0, &word)) > 0)
                if (strv_add(ret, strbuf_text(&word)) < 0)
                        return err_new(-ENOMEM);
        return r == -ENOMEM ? err_pass(r) : 0;
}

/* One line: 0, or -EINVAL when it says nothing. */
static int read_line(PresetRules *rules, Str line) {
        AUTO_STRV char **words = NULL;
        bool enable = str_skip_prefix(&line, "enable");

        if (!enable && !str_skip_prefix(&line, "disable"))
                return -EINVAL;
        if (str_trim_front(line).length == line.length)
                return -EINVAL;
        int r = enable ? split_words(line, &words) : strv_add_str(&words, str_trim(line));
        if (r < 0)
                return err_pass(r);
        if (!words || (words[1] && !unit_name_is_valid(words[0], UNIT_NAME_TEMPLATE)))
                return -EINVAL;
        return err_pass(add_rule(rules, enable, words));
}

static int read_file(InstallWork *work, const char *path, PresetRules *rules) {
        AUTO_FREE char *text = NULL;
        DiagPlace place = { .file = path };
        size_t length;
        Str rest, line;

        int r = install_tree_read(&work->tree, path, &text, &length);
        if (r < 0)
                return r == -ENOENT ? 0 : err_pass(r);
        rest = (Str){ text, length };
        while (str_next_part(&rest, '\n', &line)) {
                place.line++;
                Str trimmed = str_trim(line);
                if (trimmed.length == 0 || strchr("#;", trimmed.data[0]))
                        continue;
                r = read_line(rules, trimmed);
                if (r == -ENOMEM)
                        return err_pass(r);
                if (r < 0)
                        diag_add(&work->diag,
                                 &place,
                                 DIAG_WARNING,
                                 "Couldn't parse line '%.*s'. Ignoring.",
                                 STR_ARG(trimmed));
        }
        return 0;
}

static bool has_file(char *const *paths, const char *name) {
        STRV_FOREACH(path, paths) {
                if (streq(path_base_name(*path), name))
                        return true;
        }
        return false;
}

static int collect_files(InstallWork *work, const char *directory, char ***paths) {
        const InstallListing *listing;
        const InstallNode *node;
        size_t cursor = 0;

        int r = install_tree_list(&work->tree, directory, &listing);
        while (r >= 0 && (node = hashtable_next(listing->nodes, &cursor, NULL)))
                if (str_has_suffix(str_of(node->name), ".preset") && !has_file(*paths, node->name))
                        r = strv_addf(paths, "%s/%s", directory, node->name);
        return err_pass(r);
}

static int by_base_name(const void *a, const void *b) {
        const char *const *left = a, *const *right = b;

        return strcmp(path_base_name(*left), path_base_name(*right));
}

int preset_rules_load(InstallWork *work, PresetRules *ret) {
        AUTO(preset_rules_done) PresetRules rules = { 0 };
        AUTO_STRV char **paths = NULL;
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ARRAY_LENGTH(preset_directories); i++) {
                AUTO(strbuf_done) StrBuf directory = STRBUF_INIT;
                strbuf_addf(&directory,
                            "%s%s/systemd/%s-preset",
                            work->paths.root ? work->paths.root : "",
                            preset_directories[i],
                            work->paths.is_user ? "user" : "system");
                r = directory.failed ? -ENOMEM : collect_files(work, directory.data, &paths);
        }
        if (r >= 0 && paths)
                qsort(paths, strv_length(paths), sizeof(*paths), by_base_name);
        STRV_FOREACH(path, paths) {
                if (r >= 0)
                        r = read_file(work, *path, &rules);
        }
        if (r < 0)
                return err_pass(r);
        *ret = rules;
        rules = (PresetRules){ 0 };
        return 0;
}

/* Whether a rule that names instances is about this template or instance. */
static bool names_instance(const PresetRule *rule, const char *name) {
        Str prefix = unit_name_prefix(name), instance = unit_name_instance(name);
        UnitNameKind kind = unit_name_kind(name);
        Str rest = str_of(rule->pattern);

        if (!rule->instances || (kind != UNIT_NAME_TEMPLATE && kind != UNIT_NAME_INSTANCE))
                return false;
        if (rest.length <= prefix.length + 1 ||
            !str_equal((Str){ rest.data, prefix.length }, prefix) ||
            rest.data[prefix.length] != '@' ||
            !streq(rest.data + prefix.length + 1, strrchr(name, '.')))
                return false;
        if (kind == UNIT_NAME_TEMPLATE)
                return true;
        STRV_FOREACH(named, rule->instances) {
                if (str_equal_c(instance, *named))
                        return true;
        }
        return false;
}

int preset_rules_ask(const PresetRules *rules, const char *name, char *const **ret_instances) {
        for (size_t i = 0; i < rules->n_rules; i++) {
                const PresetRule *rule = &rules->rules[i];
                bool named = ret_instances && names_instance(rule, name);
                if (!named && fnmatch(rule->pattern, name, FNM_NOESCAPE) != 0)
                        continue;
                if (named && unit_name_kind(name) == UNIT_NAME_TEMPLATE)
                        *ret_instances = rule->instances;
                return rule->enable;
        }
        return 1;
}

/* --- applying them
 * ----------------------------------------------------------------------------- */

typedef struct PresetPlan {
        InstallSet plus, minus;
        PresetRules rules;
} PresetPlan;

static void preset_plan_done(PresetPlan *plan) {
        install_set_done(&plan->plus);
        install_set_done(&plan->minus);
        preset_rules_done(&plan->rules);
}

DEFINE_AUTO_DONE(PresetPlan, preset_plan_done);

static int
plan_instances(InstallWork *work, PresetPlan *plan, const char *name, char *const *instances) {
        STRV_FOREACH(instance, instances) {
                AUTO_FREE char *whole = NULL;
                InstallInfo *info;
                int r = unit_name_instantiate(name, *instance, &whole);
                if (r >= 0)
                        r = install_discover_usable(
                                work, &plan->plus, whole, LOAD_AND_FOLLOW, &info);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static int plan_one(InstallWork *work, PresetPlan *plan, const char *name) {
        AUTO(install_set_done) InstallSet found = { 0 };
        char *const *instances = NULL;
        InstallInfo *info;

        if (install_set_find(&plan->plus, name) || install_set_find(&plan->minus, name))
                return 0;
        int r = install_discover(work, &found, name, INSTALL_SEARCH_FOLLOW_CONFIG, &info);
        if (r < 0)
                return err_pass(r);
        if (!streq(info->name, name))
                return 0; /* an alias */
        if (!preset_rules_ask(&plan->rules, name, &instances))
                return err_pass(install_discover(
                        work, &plan->minus, name, INSTALL_SEARCH_FOLLOW_CONFIG, &info));
        if (instances)
                return err_pass(plan_instances(work, plan, name, instances));
        return err_pass(install_discover_usable(work, &plan->plus, name, LOAD_AND_FOLLOW, &info));
}

static int apply(InstallWork *work, PresetPlan *plan, UnitPresetMode mode) {
        AUTO(install_marks_done) InstallMarks marks = { 0 };
        int r = 0, q = 0;

        if (mode != UNIT_PRESET_ENABLE_ONLY) {
                r = install_set_mark(work, &plan->minus, &marks);
                if (r >= 0)
                        r = install_remove_marked(work, &marks, work->config_path);
        }
        if (mode != UNIT_PRESET_DISABLE_ONLY) {
                work->flags |= UNIT_INSTALL_IGNORE_AUXILIARY;
                q = install_set_link(work, &plan->plus, INSTALL_SEARCH_LOAD);
        }
        return r < 0 ? err_pass(r) : err_pass(q);
}

int install_preset(InstallWork *work, const UnitInstallRequest *request) {
        AUTO(preset_plan_done) PresetPlan plan = { 0 };

        int r = preset_rules_load(work, &plan.rules);
        STRV_FOREACH(name, request->names) {
                if (r >= 0)
                        r = plan_one(work, &plan, *name);
        }
        return r < 0 ? err_pass(r) : err_pass(apply(work, &plan, request->mode));
}

/* What keeps one unit from being preset, but not the others. */
static bool is_passed_over(int error) {
        static const int errors[] = { -EEXIST,  -ERFKILL, -EADDRNOTAVAIL, -ETXTBSY,
                                      -EBADSLT, -EIDRM,   -EUCLEAN,       -ELOOP,
                                      -EXDEV,   -ENOENT,  -EUNATCH };

        for (size_t i = 0; i < ARRAY_LENGTH(errors); i++)
                if (errors[i] == error)
                        return true;
        return false;
}

static int plan_directory(InstallWork *work, PresetPlan *plan, const char *directory) {
        const InstallListing *listing;
        const InstallNode *node;
        size_t cursor = 0;

        int r = install_tree_list(&work->tree, directory, &listing);
        while (r >= 0 && (node = hashtable_next(listing->nodes, &cursor, NULL))) {
                if (!unit_name_is_valid(node->name, UNIT_NAME_ANY) ||
                    (node->type != DT_LNK && node->type != DT_REG))
                        continue;
                r = plan_one(work, plan, node->name);
                if (is_passed_over(r))
                        r = 0;
        }
        return err_pass(r);
}

int install_preset_all(InstallWork *work, const UnitInstallRequest *request) {
        AUTO(preset_plan_done) PresetPlan plan = { 0 };

        int r = preset_rules_load(work, &plan.rules);
        STRV_FOREACH(directory, work->paths.search) {
                if (r >= 0)
                        r = plan_directory(work, &plan, *directory);
        }
        return r < 0 ? err_pass(r) : err_pass(apply(work, &plan, request->mode));
}
