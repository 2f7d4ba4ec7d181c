/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What every command of tend gets: the options that were given, where the manager lives, and the
 * connection once somebody asked for it. Made by main.c. */

#include <stdbool.h>

#include "base/auto.h"
#include "base/diag.h"
#include "host/runtime_paths.h"
#include "unit/unit_scope.h"

struct BusClient;

#define TEND_SYSTEMD_SOCKET "/run/systemd/private" /* of a systemd that runs the machine */

typedef enum TendFlags {
        TEND_JSON = 1 << 0,
        TEND_QUIET = 1 << 1,
        TEND_NO_BLOCK = 1 << 2,
        TEND_NO_PAGER = 1 << 3,
        TEND_WAIT = 1 << 4,
        TEND_ALL = 1 << 5,
        TEND_FOLLOW = 1 << 6,
        TEND_COLOUR = 1 << 7,   /* standard output is a terminal that wants colour */
        TEND_TERMINAL = 1 << 8, /* standard output is a terminal */
        TEND_REVERSE = 1 << 9,
        TEND_FULL = 1 << 10,
        TEND_VALUE = 1 << 11,   /* show: only values */
        TEND_RUNTIME = 1 << 16, /* changes of files that the next boot forgets */
        TEND_FORCE = 1 << 17,
        TEND_NOW = 1 << 18,          /* enable, disable, mask: start or stop as well */
        TEND_GLOBAL = 1 << 19,       /* unit files of all users */
        TEND_NO_RELOAD = 1 << 20,    /* the manager does not read changed files */
        TEND_NO_LEGEND = 1 << 21,    /* tables without heading and count */
        TEND_STDIN = 1 << 22,        /* edit: the text comes from standard input */
        TEND_AS_SYSTEMCTL = 1 << 23, /* messages without the program's name */
        TEND_STRICT = 1 << 25,       /* up, init: the manager that is started lets nothing pass */
        TEND_JSON_PRETTY = 1 << 24,  /* as systemctl: JSON over many lines */
} TendFlags;

typedef struct Tend {
        const char *program; /* argv[0]'s last part */
        UnitScope scope;
        unsigned flags;                  /* TendFlags */
        const char *runtime_directory;   /* --runtime-dir, NULL = by the rules */
        char **unit_directories;         /* --units, owned */
        char **properties;               /* --property, owned */
        char **states;                   /* --state, owned */
        char **types;                    /* --type, owned */
        const char *mode;                /* --job-mode, "replace" */
        const char *signal;              /* --signal, "SIGTERM" */
        const char *kill_whom;           /* --kill-whom, "all" */
        const char *exit_with;           /* --exit-with */
        unsigned lines;                  /* --lines, 10 */
        uint64_t timeout_usec;           /* --timeout, USEC_INFINITY */
        const char *root;                /* --root of file commands, NULL = "/" */
        const char *preset_mode;         /* --preset-mode, NULL = "full" */
        const char *generator_directory; /* of verify; NULL = the usual */
        const char *drop_in;             /* --drop-in of edit, NULL = "override.conf" */
        RuntimePaths *paths;             /* owned; found on first use by tend_paths */
        struct BusClient *client;        /* owned; made on first use by tend_connect */
        bool is_systemd;                 /* the client talks to a systemd */
} Tend;

/* What runs a command: the arguments behind its name; the exit status, or -errno after printing
 * why.
 */
typedef int CommandFunction(Tend *tend, char **arguments);

/* Releases what the commands took. */
void tend_release(Tend *tend);

/* The manager's places for the scope and --runtime-dir. -errno after printing why there are none.
 */
int tend_paths(Tend *tend);

/* Connects to the tendd of the runtime directory, never to a systemd. -errno in silence. */
int tend_connect_own(Tend *tend);

/* Connects to the manager. -errno after printing that none runs here and how to start one; nothing
 * is printed with TEND_QUIET. */
int tend_connect(Tend *tend);

/* Prints "tend: ..." to standard error. */
void tend_complain(const Tend *tend, const char *format, ...) PRINTF_LIKE(2, 3);

/* Prints the findings, one a line, to standard error. */
void tend_print_findings(const Diag *diag);
