/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "fuzz_input.h"

#define INPUT_LIMIT ((size_t)16 << 20)

/* Runs a fuzzer over all files of its corpus, so that each build has it as a test. */
int main(int argc, char **argv) {
        unsigned n_inputs = 0;
        AUTO_DIR DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
        if (!dir) {
                fprintf(stderr, "usage: %s CORPUS-DIRECTORY\n", argv[0]);
                return 2;
        }
        for (const struct dirent *entry; (entry = readdir(dir));) {
                AUTO_FREE char *path = path_join(argv[1], entry->d_name), *data = NULL;
                size_t size;
                if (entry->d_name[0] == '.')
                        continue;
                if (!path || file_read(path, INPUT_LIMIT, &data, &size, NULL) < 0) {
                        fprintf(stderr, "cannot read %s\n", entry->d_name);
                        return 1;
                }
                fprintf(stderr,
                        "%s\n",
                        entry->d_name); /* the last one named is the one that died */
                (void)LLVMFuzzerTestOneInput((const uint8_t *)data, size); /* always 0 */
                n_inputs++;
        }
        fprintf(stderr, "%u inputs\n", n_inputs);
        return n_inputs > 0 ? 0 : 1;
}
