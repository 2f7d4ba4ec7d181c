/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/verify_generators.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "host/generator.h"
#include "host/host_machine.h"

extern char **environ;

static int run_generators(const Tend *tend, const char *output) {
        AUTO(host_machine_done) SpecifierMachine machine = { 0 };
        AUTO_STRV char **directories = NULL;
        const char *given = getenv("SYSTEMD_GENERATOR_PATH");
        const Log log = { .fd = STDERR_FILENO, .max_level = LOG_INFO };

        int r = host_machine_fill(tend->scope, &machine);
        if (r >= 0 && given)
                r = strv_split(&directories, str_of(given), ':');
        const GeneratorOptions options = {
                .scope = tend->scope,
                .directories = directories,
                .output = output,
                .environment = environ,
                .architecture = machine.architecture,
                .timeout_usec = GENERATOR_TIMEOUT_USEC,
                .log = &log,
        };
        return err_pass(r < 0 ? r : generators_run(&options));
}

int verify_generated_init(const Tend *tend, bool run, VerifyGenerated *ret) {
        AUTO(verify_generated_done) VerifyGenerated generated = { 0 };
        const char *parent = getenv("TMPDIR");
        AUTO_FREE char *top = path_join(parent && *parent ? parent : "/tmp", "tend-verify-XXXXXX");

        generated.output = top ? path_join(top, "generator") : NULL;
        if (!generated.output)
                return err_new(-ENOMEM);
        if (!mkdtemp(top))
                return err_new(-errno);
        (void)memcpy(generated.output, top, strlen(top)); /* the name is known now */
        generated.top = STEAL(top);
        int r = run ? run_generators(tend, generated.output) : 0;
        if (r < 0)
                return err_pass(r);
        *ret = generated;
        generated = (VerifyGenerated){ 0 };
        return 0;
}

void verify_generated_done(VerifyGenerated *generated) {
        if (generated->top)
                (void)dir_remove_all(generated->top); /* somebody may have cleaned up before */
        free(STEAL(generated->top));
        free(STEAL(generated->output));
}
