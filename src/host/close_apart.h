/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Closing descriptors that another program chose. close(2) of them may take as long as that program
 * likes: a connection lingers until its peer has read all (SO_LINGER, socket(7)), a file of a
 * user's own file system is flushed by that user, and a socket takes with it what is queued in it.
 */

/* Closes when not -1, without waiting where that could be long; returns -1. */
int close_apart(int fd);
