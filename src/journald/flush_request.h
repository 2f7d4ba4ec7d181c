/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `journalctl --flush`: from now on files on disk are used, if that is configured and, with
 * Storage=auto, /var/log/journal has come into being meanwhile. A recorder that has given up root
 * cannot make directories there: it ends, and the next one, which the keeper starts, begins with
 * it. Whoever asked waits for the next one's answer, through the keeper. */

#include "journald/recorder.h"

typedef enum FlushOutcome {
        FLUSH_DONE,
        FLUSH_BY_THE_NEXT, /* the loop has been told to end */
} FlushOutcome;

/* FlushOutcome, or -errno of the first storage that cannot be moved. `client` (-1 = none) waits for
 * the answer. */
int flush_request(Recorder *recorder, int client);

/* Takes a descriptor back that has this name in the keeper, and answers whoever waits there: the
 * files are open. False when it is none of these; else the descriptor is closed. */
bool flush_request_take_back(Recorder *recorder, const char *name, int fd);
