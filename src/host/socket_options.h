/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Options of listening sockets (systemd.socket(5)) as setsockopt(2) wants them, by one table. */

#include "engine/unit_object.h"

/* Options that count before bind(2): -errno with the name of the setting in `ret_setting` when
 * BindToDevice= or BindIPv6Only= failed. Others are logged and left out. */
int socket_options_before_bind(int fd, int family, const Unit *unit, const char **ret_setting);

/* All others. What the kernel refuses is logged as a warning and left out, as in systemd: the
 * socket works without. */
void socket_options_apply(int fd, int family, const Unit *unit);

/* PipeSize= of a FIFO, in the same way. */
void socket_options_apply_fifo(int fd, const Unit *unit);
