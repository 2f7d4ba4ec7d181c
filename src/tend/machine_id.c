/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/machine_id.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file_io.h"
#include "base/random_id.h"

#define MACHINE_ID_PATH "/etc/machine-id"

static bool is_there(void) {
        AUTO_FREE char *line = NULL;
        Id128 id;

        return file_read_line(MACHINE_ID_PATH, &line) >= 0 && id128_parse(str_of(line), &id) >= 0 &&
               !id128_is_null(id);
}

static int choose(Id128 *ret) {
        const char *given = getenv("container_uuid");

        if (given && id128_parse(str_of(given), ret) >= 0 && !id128_is_null(*ret))
                return 0;
        return id128_random(ret);
}

void machine_id_commit(const Tend *tend) {
        char digits[ID128_TEXT_SIZE], text[ID128_TEXT_SIZE + 1] = "";
        Id128 id;

        if (is_there())
                return;
        int r = choose(&id);
        if (r >= 0) {
                (void)snprintf(text, sizeof(text), "%s\n", id128_print(id, digits)); /* fits */
                r = file_write_atomic(MACHINE_ID_PATH, str_of(text), 0444, false);
        }
        if (r == -EBUSY) /* the file itself is a mount point */
                r = file_write_once(MACHINE_ID_PATH, text);
        if (r < 0)
                tend_complain(tend,
                              "This machine has no id: cannot write " MACHINE_ID_PATH ": %s",
                              strerror(-r));
}
