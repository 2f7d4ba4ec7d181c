/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/strv.h"
#include "fuzz_input.h"
#include "sandbox/command_expand.h"
#include "sandbox/environment_block.h"

/* What cannot be true whatever the input is. */
static void require(bool truth) {
        if (!truth)
                abort();
}

/* Lines with '=' before the first empty one are variables, the others words. */
static void split_input(Str text, EnvironmentBlock *block, char ***argv) {
        Str line;

        while (str_next_part(&text, '\n', &line)) {
                AUTO_FREE char *copy = str_dup(line);

                require(copy != NULL);
                if (*argv == NULL && strchr(copy, '='))
                        environment_block_put(block, copy);
                else
                        require(strv_add(argv, copy) == 0);
        }
}

/* Words without dollar signs stay as they are, one by one. */
static void check_plain(char *const *argv, char *const *expanded) {
        if (!command_needs_expansion(argv))
                require(strv_equal(argv, expanded));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO(environment_block_done) EnvironmentBlock block = ENVIRONMENT_BLOCK_INIT;
        AUTO_STRV char **argv = NULL, **expanded = NULL;

        split_input((Str){ (const char *)data, size }, &block, &argv);
        if (!argv || command_expand(argv, environment_block_list(&block), &expanded) < 0)
                return 0;
        require(expanded && expanded[0]);
        check_plain(argv, expanded);
        return 0;
}
