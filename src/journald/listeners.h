/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The sockets that messages come in by: made, or taken over from the keeper, which has them while
 * we are not there, so that no client is ever refused. */

#include "journald/recorder.h"

/* A descriptor that the keeper kept under a name of listeners_open; takes it over. False when the
 * name is none. */
bool listeners_take_back(Recorder *recorder, const char *name, int fd);

/* Opens what was not taken over, and watches all. -errno after logging why. */
int listeners_open(Recorder *recorder);

/* Closes our side; the keeper's copies stay open. */
void listeners_close(Recorder *recorder);
