/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What was stored last, read back after a crash. */

#include "journald/storage.h"

/* The messages of a stream in entries after a number, in their order. */
int storage_recall(const Storage *storage,
                   const char *stream_id,
                   uint64_t after_seqnum,
                   char ***ret_messages);
