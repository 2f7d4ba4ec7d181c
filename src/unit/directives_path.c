/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include "base/macros.h"
#include "unit/kinds.h"

/* What makes a path unit trigger: one list. Sorted by name; numbers in the same order. */

/* clang-format off */
const DirectiveRow directives_path[] = {
        { .id = DIRECTIVE_PATHS, .sections = SECTION_PATH, .name = "DirectoryNotEmpty", .kind = &kind_path_triggers, .variant = PATH_DIRECTORY_NOT_EMPTY, .support = SUPPORT_ENFORCED, .bus_name = "Paths" },
        { .id = DIRECTIVE_PATHS, .sections = SECTION_PATH, .name = "PathChanged", .kind = &kind_path_triggers, .variant = PATH_CHANGED, .since = 190, .support = SUPPORT_ENFORCED, .bus_name = "Paths" },
        { .id = DIRECTIVE_PATHS, .sections = SECTION_PATH, .name = "PathExists", .kind = &kind_path_triggers, .variant = PATH_EXISTS, .support = SUPPORT_ENFORCED, .bus_name = "Paths" },
        { .id = DIRECTIVE_PATHS, .sections = SECTION_PATH, .name = "PathExistsGlob", .kind = &kind_path_triggers, .variant = PATH_EXISTS_GLOB, .support = SUPPORT_ENFORCED, .bus_name = "Paths" },
        { .id = DIRECTIVE_PATHS, .sections = SECTION_PATH, .name = "PathModified", .kind = &kind_path_triggers, .variant = PATH_MODIFIED, .support = SUPPORT_ENFORCED, .bus_name = "Paths" },
};
const unsigned n_directives_path = ARRAY_LENGTH(directives_path);
/* clang-format on */
