/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Variables in command lines (systemd.service(5), "Command lines"). Pure text. */

#include "base/str.h"
#include "base/strbuf.h"

#define COMMAND_EXPAND_MAX (8u * 1024 * 1024) /* bytes in all words together */

/* Expands each word: "$NAME" alone becomes the words of the value (quotes respected, none when
 * unset),
 * "${NAME}" inside a word becomes the exact value, "$$" one dollar sign; everything else stays.
 * When nothing is left the first word is kept as it was. -E2BIG above COMMAND_EXPAND_MAX, -ENOMEM.
 */
int command_expand(char *const *argv, char *const *environment, char ***ret_argv);

/* Whether command_expand would change anything. */
bool command_needs_expansion(char *const *argv);

/* Appends one word with "${NAME}" and "$$" replaced. */
void command_expand_word(Str word, char *const *environment, StrBuf *out);
