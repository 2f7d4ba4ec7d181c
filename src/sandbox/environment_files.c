/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/environment_files.h"

#include <errno.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/strv.h"
#include "sandbox/glob_paths.h"
#include "unit/environment_file.h"

#define ENVIRONMENT_FILE_MAX (1024u * 1024)

static int read_one_file(EnvironmentBlock *block, const char *path, unsigned *n_ignored) {
        AUTO_STRV char **assignments = NULL;
        AUTO_FREE char *text = NULL;
        unsigned n_bad = 0;
        size_t length;
        int r = file_read(path, ENVIRONMENT_FILE_MAX, &text, &length, NULL);

        if (r >= 0)
                r = environment_file_parse((Str){ text, length }, &assignments, &n_bad);
        if (r < 0)
                return err_pass(r);
        *n_ignored += n_bad;
        environment_block_put_all(block, assignments);
        return 0;
}

int environment_block_read_files(EnvironmentBlock *block, const Rule *rule, unsigned *n_ignored) {
        AUTO_STRV char **paths = NULL;
        bool optional = rule->flags & RULE_OPTIONAL;
        int r = path_is_pattern(rule->source) ? glob_paths(rule->source, &paths)
                                              : strv_add(&paths, rule->source);

        if (r >= 0 && !paths)
                r = -ENOENT;
        STRV_FOREACH(path, paths) {
                if (r >= 0 || optional)
                        r = read_one_file(block, *path, n_ignored);
        }
        return r < 0 && optional ? 0 : err_pass(r);
}
