/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* systemd-analyze security, over unit files; for `tend security` also what held when they ran. */

#include "tend/analyze/security_score.h"
#include "tend/tend.h"

typedef struct SecurityOptions {
        const char *json;    /* "pretty", "short"; NULL = text */
        const char *root;    /* NULL = "/" */
        const char *policy;  /* path of --security-policy=; NULL */
        const char *profile; /* with `offline`: name or path of a drop-in that comes last; NULL */
        bool offline;        /* files are read where no manager has a say */
        unsigned threshold;  /* tenths; more exposure is exit status 1 */
        bool with_held;      /* a second score: of what really held; not with `json` */
} SecurityOptions;

/* Prints the score of each unit (a name, or the path of a file), without units that of all loaded
 * services that are there to stay; the exit status. With `with_held` and TEND_JSON both scores are
 * one object a unit. */
int analyze_security(Tend *tend, const SecurityOptions *options, char **units);
