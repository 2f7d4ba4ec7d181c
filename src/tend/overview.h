/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Everything on one screen: what is up, what is not and why, what is on its way. */

#include "base/strbuf.h"
#include "tend/tend.h"

/* Appends the overview (JSON with TEND_JSON). -errno after printing why there is none. */
int overview_print(Tend *tend, StrBuf *out);
