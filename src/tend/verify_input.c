/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/verify_input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "unit/unit_name.h"
#include "unit/unit_source.h"

#define ANY_INSTANCE "i" /* what systemd-analyze puts where a template has no instance */

static char *make_absolute(const char *path) {
        AUTO_FREE char *working = path_is_absolute(str_of(path)) ? NULL : getcwd(NULL, 0);
        AUTO_FREE char *joined = working ? path_join(working, path) : strdup(path);

        return joined ? path_simplify(str_of(joined)) : NULL;
}

int verify_input_add_name(VerifyInput *input, const char *name) {
        AUTO_FREE char *instance = NULL;

        if (!unit_name_is_valid(name, UNIT_NAME_ANY))
                return err_new(-EINVAL);
        if (!unit_name_is_valid(name, UNIT_NAME_TEMPLATE))
                return err_pass(strv_add(&input->names, name));
        int r = unit_name_instantiate(name, ANY_INSTANCE, &instance);
        return err_pass(r < 0 ? r : strv_add(&input->names, instance));
}

int verify_input_add_file(VerifyInput *input, const char *path) {
        AUTO_FREE char *absolute = make_absolute(path);
        AUTO_FREE char *directory = absolute ? path_dir_name(absolute) : NULL;

        if (!directory)
                return err_new(-ENOMEM);
        int r = verify_input_add_name(input, path_base_name(absolute));
        return err_pass(r < 0 ? r : strv_add_unique(&input->directories, directory));
}

bool verify_input_has_alias(const char *argument) {
        const char *colon = strrchr(argument, ':');
        AUTO_FREE char *file = colon ? strndup(argument, (size_t)(colon - argument)) : NULL;

        return file && access(argument, F_OK) != 0 && access(file, F_OK) == 0;
}

static int make_directory(VerifyInput *input, char **ret) {
        const char *parent = getenv("TMPDIR");
        AUTO_FREE char *directory = path_join(parent ? parent : "/tmp", "tend-verify-XXXXXX");

        if (!directory)
                return err_new(-ENOMEM);
        if (!mkdtemp(directory))
                return err_new(-errno);
        int r = strv_add(&input->made, directory);
        if (r < 0) {
                (void)rmdir(directory); /* it would be nobody's */
                return err_pass(r);
        }
        *ret = STEAL(directory);
        return 0;
}

int verify_input_copy_alias(VerifyInput *input, const char *argument, char **ret_path) {
        const char *colon = strrchr(argument, ':');
        AUTO_FREE char *typed = strndup(argument, (size_t)(colon - argument));
        AUTO_FREE char *source = typed ? make_absolute(typed) : NULL;
        AUTO_FREE char *directory = NULL, *copy = NULL, *text = NULL;
        size_t length = 0;

        if (!source)
                return err_new(-ENOMEM);
        if (!file_name_is_valid(colon + 1))
                return err_new(-EINVAL);
        int r = file_read(source, UNIT_FILE_MAX, &text, &length, NULL);
        if (r >= 0)
                r = make_directory(input, &directory);
        if (r < 0)
                return err_pass(r);
        copy = path_join(directory, colon + 1);
        r = copy ? strv_add(&input->made, copy) : err_new(-ENOMEM);
        if (r >= 0)
                r = file_write_atomic(copy, (Str){ text, length }, 0600, false);
        if (r < 0)
                return err_pass(r);
        *ret_path = STEAL(copy);
        return 0;
}

void verify_input_done(VerifyInput *input) {
        for (size_t i = strv_length(input->made); i-- > 0;)
                (void)remove(input->made[i]); /* somebody may have cleaned up before */
        input->made = strv_free(input->made);
        input->names = strv_free(input->names);
        input->directories = strv_free(input->directories);
}
