/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where the sockets and files of the journal are (DESIGN: where things live). */

#include <stdbool.h>

#include "journald/recorder_user.h"
#include "unit/unit_scope.h"

/* What the command line says. */
typedef struct JournaldPlaces {
        bool has_scope;
        UnitScope scope;
        const char *runtime_directory; /* of the manager; NULL = the usual one */
} JournaldPlaces;

typedef struct JournaldPaths {
        UnitScope scope;
        char *directory;         /* <runtime>/journal */
        char *stream_directory;  /* <runtime>/journal/streams: what is known of open streams */
        char *progress_file;     /* <runtime>/journal/progress */
        char *units_directory;   /* <runtime>/units: facts of the manager about units */
        char *user_marks;        /* <runtime>/dynamic-uid: see recorder_user.h */
        char *sockets[4];        /* by RecorderSocket */
        char *public_sockets[4]; /* links to them where clients look; NULL = none */
        char *syslog_socket;     /* where a syslog daemon listens for what is forwarded */
        char *device;            /* "/dev/log", NULL = not ours */
        char *runtime_files;     /* directory of volatile files */
        char *system_files;      /* directory of files on disk, NULL = none */
        bool disk_by_parent;     /* disk is used where its parent directory is there */
} JournaldPaths;

/* Finds the places without touching anything. */
int journald_paths_init(JournaldPaths *paths, const JournaldPlaces *places);

/* Makes the directories. */
int journald_paths_make(const JournaldPaths *paths);

/* Links the places where clients look to our sockets. */
void journald_paths_publish(const JournaldPaths *paths);

/* Gives the directory of these links to the user, where they are ours: so they can be removed. */
int journald_paths_give(const JournaldPaths *paths, const RecorderUser *user);

/* Removes these links, as far as the user may: the manager removes the one in /dev. */
void journald_paths_withdraw(const JournaldPaths *paths);

/* Releases the paths. */
void journald_paths_done(JournaldPaths *paths);
