/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Closing what services gave the manager to keep. The last close(2) of a connection that lingers
 * waits until its peer has read everything (SO_LINGER, socket(7)), and a socket takes with it what
 * is queued in it. The keeper waits for nobody. */

/* Closes a descriptor. One that could make us wait is held by a child meanwhile: it is the child's
 * end that lets go of it, and a process that ends does not linger. */
void descriptor_release(int fd);
