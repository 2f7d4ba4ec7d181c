/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What of a message others get to see. */

#include "journald/recorder.h"

/* Forwards its text with the name and number of who wrote it; nothing when it has no text. */
void message_forward(const Message *message, Forward *forward);
