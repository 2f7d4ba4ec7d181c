/* SPDX-License-Identifier: Apache-2.0 */
#include "host/generator.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "host/condition_machine.h"
#include "host/generator_find.h"
#include "host/generator_process.h"

/* In the order of the arguments. */
static const char *const suffixes[] = { "", ".early", ".late" };

/* What generators are told by variables, and what is the manager's alone. */
static const char *const own_names[] = {
        "SYSTEMD_SCOPE",          "SYSTEMD_IN_INITRD", "SYSTEMD_FIRST_BOOT", "SYSTEMD_ARCHITECTURE",
        "SYSTEMD_VIRTUALIZATION", "NOTIFY_SOCKET",     "TEND_RUNTIME_DIR",
};

static int list_outputs(const char *output, char ***ret) {
        AUTO_STRV char **list = NULL;

        for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
                int r = strv_addf(&list, "%s%s", output, suffixes[i]);
                if (r < 0)
                        return err_pass(r);
        }
        *ret = STEAL(list);
        return 0;
}

static int remove_all(char *const *outputs) {
        int result = 0;

        STRV_FOREACH(output, outputs) {
                int r = dir_remove_all(*output);
                result = result < 0 ? result : r;
        }
        return err_pass(result);
}

int generators_remove_output(const char *output) {
        AUTO_STRV char **outputs = NULL;

        int r = list_outputs(output, &outputs);
        return r < 0 ? err_pass(r) : err_pass(remove_all(outputs));
}

/* --- environment
 * ----------------------------------------------------------------------------------- */

static bool is_own_name(const char *assignment) {
        for (size_t i = 0; i < ARRAY_LENGTH(own_names); i++) {
                size_t length = strlen(own_names[i]);
                if (strncmp(assignment, own_names[i], length) == 0 && assignment[length] == '=')
                        return true;
        }
        return false;
}

static int add_virtualization(char ***list) {
        const char *name = machine_virtualization();

        if (streq(name, "none"))
                return 0;
        bool is_container = machine_is_virtualized(name, "container") > 0;
        return err_pass(strv_addf(
                list, "SYSTEMD_VIRTUALIZATION=%s:%s", is_container ? "container" : "vm", name));
}

static int make_environment(const GeneratorOptions *options, char ***ret) {
        AUTO_STRV char **list = NULL;
        bool is_system = options->scope == UNIT_SCOPE_SYSTEM;
        bool is_first = access("/run/systemd/first-boot", F_OK) == 0;
        int r = 0;

        STRV_FOREACH(item, options->environment)
        if (r == 0 && !is_own_name(*item))
                r = strv_add(&list, *item);
        if (r == 0)
                r = strv_addf(&list, "SYSTEMD_SCOPE=%s", is_system ? "system" : "user");
        if (r == 0 && is_system)
                r = strv_add(&list, "SYSTEMD_IN_INITRD=0");
        if (r == 0 && is_system)
                r = strv_addf(&list, "SYSTEMD_FIRST_BOOT=%d", is_first ? 1 : 0);
        if (r == 0 && options->architecture && options->architecture[0])
                r = strv_addf(&list, "SYSTEMD_ARCHITECTURE=%s", options->architecture);
        if (r == 0)
                r = add_virtualization(&list);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(list);
        return 0;
}

/* --- running
 * --------------------------------------------------------------------------------------- */

static int find_all(const GeneratorOptions *options, char ***ret) {
        AUTO_STRV char **usual = NULL;

        if (options->directories)
                return err_pass(generator_find(options->directories, ret));
        for (const char *const *d = generator_directories(options->scope); *d; d++) {
                int r = strv_add(&usual, *d);
                if (r < 0)
                        return err_pass(r);
        }
        return err_pass(generator_find(usual, ret));
}

static int run_into(const GeneratorOptions *options, char *const *paths, char *const *outputs) {
        AUTO_STRV char **environment = NULL;
        int r = make_environment(options, &environment);

        STRV_FOREACH(output, outputs)
        if (r >= 0)
                r = dir_make_all(*output, 0755);
        if (r < 0)
                return err_pass(r);
        const GeneratorBatch batch = {
                .paths = paths,
                .arguments = outputs,
                .environment = environment,
                .timeout_usec = options->timeout_usec,
                .log = options->log,
        };
        r = generator_processes_run(&batch);
        STRV_FOREACH(output, outputs)
        (void)rmdir(*output); /* fails where something was written */
        return err_pass(r);
}

int generators_run(const GeneratorOptions *options) {
        AUTO_STRV char **outputs = NULL;
        AUTO_STRV char **paths = NULL;

        int r = list_outputs(options->output, &outputs);
        if (r == 0)
                r = remove_all(outputs);
        if (r == 0)
                r = find_all(options, &paths);
        if (r < 0 || !paths)
                return err_pass(r);
        return err_pass(run_into(options, paths, outputs));
}
