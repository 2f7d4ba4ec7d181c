/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* systemd-analyze security, over unit files. */

#include "tend/analyze/security_score.h"
#include "tend/tend.h"

typedef struct SecurityOptions {
        const char *json;   /* "pretty", "short"; NULL = text */
        const char *root;   /* NULL = "/" */
        unsigned threshold; /* tenths; more exposure is exit status 1 */
        bool with_enforced; /* a second score: of what tend enforces */
} SecurityOptions;

/* Prints the score of each unit (a name, or the path of a file); the exit status. */
int analyze_security(Tend *tend, const SecurityOptions *options, char **units);
