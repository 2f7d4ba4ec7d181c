/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where the manager of this machine or user keeps its sockets and records, and where clients look
 * for it. The manager and the tend command find the same places by the same rules. */

#include <stdbool.h>

#include "base/auto.h"
#include "base/diag.h"
#include "unit/unit_scope.h"

typedef struct RuntimePaths {
        UnitScope scope;
        bool is_default;          /* the directory follows from scope and user, nobody named it */
        char *directory;          /* runtime directory */
        char *bus_socket;         /* <directory>/private */
        char *notify_socket;      /* <directory>/notify */
        char *state_file;         /* <directory>/state */
        char *log_file;           /* <directory>/tendd.log */
        char *unit_log_directory; /* <directory>/logs */
        char *journal_stream;     /* <directory>/journal/stdout, where services are recorded */
        char *journal_socket;     /* <directory>/journal/socket, where messages are */
        char *unit_facts;         /* <directory>/units: what the recorder reads about units */
        char *public_mark;        /* file that says that the places below were made by us */
        char *public_bus_socket;  /* where systemctl looks, NULL = not ours to take */
        char *public_notify_socket;
        char *booted_directory; /* /run/systemd/system */
} RuntimePaths;

/* Finds the places without touching anything. `directory` (may be NULL) or $TEND_RUNTIME_DIR name
 * the runtime directory. -ENOENT when there is no place for a user's directory. */
int runtime_paths_find(UnitScope scope, const char *directory, RuntimePaths **ret);

/* Makes the runtime directory and those below it, and checks that they are ours and closed to
 * others: -EPERM with a finding otherwise. */
int runtime_paths_make(const RuntimePaths *paths, Diag *diag);

/* Gives up the public places when another manager or a booted systemd owns them. Call before
 * listening. */
void runtime_paths_check_public(RuntimePaths *paths);

/* Marks the public places as ours and makes the directories for them; before listening there. */
int runtime_paths_claim_public(const RuntimePaths *paths);

/* Makes /run/systemd/system: clients believe in a booted system from now on. After the sockets
 * answer. */
int runtime_paths_announce(const RuntimePaths *paths);

/* Removes everything public and the sockets; logs stay. */
void runtime_paths_withdraw(const RuntimePaths *paths);

/* Releases the paths; returns NULL. */
RuntimePaths *runtime_paths_free(RuntimePaths *paths);
DEFINE_AUTO(RuntimePaths *, runtime_paths_free);
