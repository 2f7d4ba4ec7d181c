/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Fresh network and IPC name spaces, made by a short-lived child and held by a descriptor. */

/* A new name space of a CLONE_NEW type (CLONE_NEWNET, whose loopback interface is up, or
 * CLONE_NEWIPC) as a descriptor; -errno, -EPERM without CAP_SYS_ADMIN. The caller sleeps until the
 * child is done. */
int name_space_make(int type);
