/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The manager's own messages to the recorder of the journal, with the fields by which `journalctl
 * -u UNIT` finds them. Messages are gathered and sent together. */

#include <stdbool.h>

#include "base/auto.h"
#include "engine/unit_object.h"
#include "unit/unit_scope.h"

typedef struct JournalMessages JournalMessages;

/* `socket_path` need not be there yet; both must stay. */
int journal_messages_new(const char *socket_path, UnitScope scope, JournalMessages **ret);
JournalMessages *journal_messages_free(JournalMessages *messages);
DEFINE_AUTO(JournalMessages *, journal_messages_free);

/* Takes a message about a unit (NULL = about the manager). False when there is no recorder: then it
 * is for the caller to keep. */
bool journal_messages_add(JournalMessages *messages, int level, const Unit *unit, const char *text);

/* Sends what was gathered. Before a unit writes itself, and before the manager sleeps. */
void journal_messages_flush(JournalMessages *messages);
