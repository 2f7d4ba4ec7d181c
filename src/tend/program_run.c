/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/program_run.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/error.h"

extern char **environ;

int program_run(char *const *command) {
        pid_t pid;
        int status;

        (void)fflush(NULL); /* what was printed stands before what the program prints */
        int r = posix_spawnp(&pid, command[0], NULL, NULL, command, environ);
        if (r != 0)
                return err_new(-r);
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return err_new(-errno);
        return WIFEXITED(status) ? WEXITSTATUS(status) : err_new(-EPROTO);
}
