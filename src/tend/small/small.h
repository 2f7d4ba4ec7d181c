/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The small programs of systemd 252 that tend answers for: systemd-notify, systemd-cat,
 * systemd-cgls, systemd-cgtop. */

#include "tend/tend.h"

/* Each is the program; the exit status. */
int notify_main(Tend *tend, int argc, char **argv);
int cat_main(Tend *tend, int argc, char **argv);
int cgls_main(Tend *tend, int argc, char **argv);
int cgtop_main(Tend *tend, int argc, char **argv);
