/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host_generators.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "host/generator.h"
#include "unit/search_path.h"

#define DONE_NAME "generated" /* stands in the runtime directory while their output is whole */
#define PUBLIC_NAME "generator"

int host_generators_place(const RuntimePaths *paths, char **ret) {
        *ret = NULL;
        if (paths->public_bus_socket)
                return 0;
        *ret = path_join(paths->directory, PUBLIC_NAME);
        return *ret ? 0 : err_new(-ENOMEM);
}

/* The directory of normal priority in fresh memory; NULL when out of memory. */
static char *output_directory(const Host *host) {
        const UnitSearchOptions *search = &host->search_options;

        if (search->generator_dir)
                return str_dup(str_of(search->generator_dir));
        if (search->scope == UNIT_SCOPE_SYSTEM)
                return str_dup(STR_LITERAL("/run/systemd/generator"));
        return path_join(search->runtime_dir, "systemd/generator");
}

/* $SYSTEMD_UNIT_PATH may leave the directories out: then nobody would see what is made. */
static bool is_searched(const Host *host, const char *output) {
        AUTO_STRV char **directories = NULL;

        return search_path_make(&host->search_options, &directories) >= 0 &&
               strv_contains(directories, output);
}

static void run(Host *host, const char *output) {
        const Log *log = host->options.log;
        const char *given = getenv("SYSTEMD_GENERATOR_PATH");
        AUTO_STRV char **directories = NULL;
        int r = given ? strv_split(&directories, str_of(given), ':') : 0;
        const GeneratorOptions options = {
                .scope = host->options.paths->scope,
                .directories = directories,
                .output = output,
                .environment = host->own_environment,
                .architecture = host->machine.architecture,
                .timeout_usec = GENERATOR_TIMEOUT_USEC,
                .log = log,
        };
        if (r >= 0)
                r = generators_run(&options);
        if (r < 0)
                log_line(log, LOG_ERR, NULL, "Cannot run unit generators: %s", strerror(-r));
}

/* The mark: without it the next manager does not trust what it finds. */
static char *done_path(const Host *host) {
        return path_join(host->options.paths->directory, DONE_NAME);
}

static void run_marked(Host *host, bool again) {
        AUTO_FREE char *output = output_directory(host);
        AUTO_FREE char *done = done_path(host);

        if (!output || !done || !is_searched(host, output))
                return;
        if (!again && access(done, F_OK) == 0)
                return;
        (void)unlink(done); /* it may not be there */
        run(host, output);
        /* Without the mark they run once more after a crash. */
        AUTO_FD int fd = open(done, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        (void)fd;
}

void host_generators_start(Host *host) {
        run_marked(host, false);
}

void host_generators_reload(Host *host) {
        run_marked(host, true);
}

void host_generators_withdraw(Host *host) {
        AUTO_FREE char *output = output_directory(host);
        AUTO_FREE char *done = done_path(host);

        if (!output || !done || access(done, F_OK) < 0)
                return;
        (void)generators_remove_output(output); /* the next start tries again */
        (void)unlink(done);
}
