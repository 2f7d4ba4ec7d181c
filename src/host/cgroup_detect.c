/* SPDX-License-Identifier: Apache-2.0 */
#include "host/cgroup_detect.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"

void cgroup_hierarchies_done(CgroupHierarchies *list) {
        for (unsigned i = 0; i < list->n_items; i++) {
                free(list->items[i].mount);
                free(list->items[i].mount_root);
                free(list->items[i].controller);
                free(list->items[i].options);
        }
        free(list->items);
        *list = (CgroupHierarchies){ 0 };
}

/* What /proc/PID/cgroup calls the hierarchy with these mount options: its first option that is not
 * general. */
static Str controller_of_options(Str options) {
        static const char *const general[] = { "rw", "ro", "xattr", "clone_children", "noprefix" };
        Str part;

        while (str_next_part(&options, ',', &part)) {
                bool is_general = false;
                for (size_t i = 0; i < sizeof(general) / sizeof(general[0]); i++)
                        is_general = is_general || str_equal_c(part, general[i]);
                if (!is_general && !str_has_prefix(part, "release_agent="))
                        return part;
        }
        return STR_EMPTY;
}

static int add_hierarchy(CgroupHierarchies *list, const Str *words, Str controller, Str options) {
        CgroupHierarchy *grown =
                realloc(list->items, (list->n_items + 1) * sizeof(CgroupHierarchy));
        if (!grown)
                return err_new(-ENOMEM);
        list->items = grown;
        CgroupHierarchy *item = &list->items[list->n_items++];
        *item = (CgroupHierarchy){
                .mount = str_dup(words[4]),
                .mount_root = str_dup(words[3]),
                .controller = str_dup(controller),
                .options = str_dup(options),
        };
        return item->mount && item->mount_root && item->controller && item->options
                       ? 0
                       : err_new(-ENOMEM);
}

/* id parent major:minor root mountpoint options [tags...] - type source superoptions */
static int read_line(CgroupHierarchies *list, Str line) {
        Str words[6], word, type, source, options;

        for (unsigned i = 0; i < 6; i++)
                if (!str_next_word(&line, &words[i]))
                        return 0;
        do {
                if (!str_next_word(&line, &word))
                        return 0;
        } while (!str_equal_c(word, "-"));
        if (!str_next_word(&line, &type) || !str_next_word(&line, &source) ||
            !str_next_word(&line, &options))
                return 0;
        if (str_equal_c(type, "cgroup2"))
                return err_pass(add_hierarchy(list, words, STR_EMPTY, options));
        if (str_equal_c(type, "cgroup"))
                return err_pass(
                        add_hierarchy(list, words, controller_of_options(options), options));
        return 0;
}

int cgroup_hierarchies_read(Str mountinfo, CgroupHierarchies *ret) {
        AUTO(cgroup_hierarchies_done) CgroupHierarchies list = { 0 };
        Str line;

        while (str_next_part(&mountinfo, '\n', &line)) {
                int r = read_line(&list, line);
                if (r < 0)
                        return err_pass(r);
        }
        *ret = list;
        list = (CgroupHierarchies){ 0 };
        return 0;
}

/* Whether a comma-separated list has this member. */
static bool list_has(Str list, const char *member) {
        Str part;
        while (str_next_part(&list, ',', &part))
                if (str_equal_c(part, member))
                        return true;
        return false;
}

bool cgroup_hierarchy_has(const CgroupHierarchy *hierarchy, const char *controller) {
        return hierarchy->controller[0] != '\0' && list_has(str_of(hierarchy->options), controller);
}

int cgroup_path_find(Str text, const char *controller, char **ret_group) {
        Str line, number, controllers;

        while (str_next_part(&text, '\n', &line)) {
                if (!str_next_part(&line, ':', &number) || !str_next_part(&line, ':', &controllers))
                        continue;
                bool found = controller[0] == '\0'
                                     ? str_equal_c(number, "0") && controllers.length == 0
                                     : list_has(controllers, controller);
                if (!found)
                        continue;
                *ret_group = str_dup(line);
                return *ret_group ? 0 : err_new(-ENOMEM);
        }
        return err_new(-ENOENT);
}
