/* SPDX-License-Identifier: Apache-2.0 */
#include "host/generator.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "host/condition_machine.h"
#include "host/generator_find.h"
#include "host/generator_process.h"
#include "unit/dir_listing.h"

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

/* Debian's init scripts hand "start" over to systemctl unless process 1 has called them, which
 * would wait for itself here. */
static int keep_script_here(const char *output, const char *unit) {
        Str stem = str_of(unit);
        AUTO(strbuf_done) StrBuf script = STRBUF_INIT, path = STRBUF_INIT;

        if (!str_has_suffix(stem, ".service"))
                return 0;
        stem.length -= strlen(".service");
        strbuf_addf(&script, "/etc/init.d/%.*s", STR_ARG(stem));
        strbuf_addf(&path, "%s/%s.d", output, unit);
        if (script.failed || path.failed)
                return err_new(-ENOMEM);
        if (access(strbuf_text(&script), F_OK) < 0)
                return 0;
        int r = dir_make_all(strbuf_text(&path), 0755);
        strbuf_add(&path, "/50-init-script.conf");
        Str text = STR_LITERAL("[Service]\nEnvironment=SYSTEMCTL_SKIP_REDIRECT=1\n");
        return err_pass(r < 0 ? r : file_write_atomic(strbuf_text(&path), text, 0644, false));
}

static int keep_scripts_here(const char *output) {
        AUTO(dir_listing_done) DirListing listing = { 0 };
        bool changed;

        int r = dir_listing_init(&listing, output);
        if (r == 0)
                r = dir_listing_refresh(&listing, UINT32_MAX, &changed);
        for (unsigned i = 0; r >= 0 && i < listing.n_entries; i++)
                if (listing.entries[i].type == DT_REG)
                        r = keep_script_here(output, listing.entries[i].name);
        return err_pass(r);
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
        int kept = r < 0 ? 0 : keep_scripts_here(outputs[ARRAY_LENGTH(suffixes) - 1]);
        r = kept < 0 ? kept : r;
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
