/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Tells who started us (NOTIFY_SOCKET) how far we are. Never waits: a supervisor that does not read
 * would stop all services' manager otherwise. */

/* Sends one message as of sd_notify(3), like "READY=1". 0 also when nobody wants to know; -EAGAIN
 * when there is no room for it now. */
int ready_notice_send(const char *text);
