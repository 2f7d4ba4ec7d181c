/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* IPAddressAllow=, IPAddressDeny= and IPAccounting=: programs at the unit's group of version 2 that
 * look at the other side's address of each packet (systemd.resource-control(5)). */

#include <stdbool.h>

#include "base/auto.h"
#include "base/fd.h"

/* What a unit and its slices say; lists of "address/bits", not owned. */
typedef struct AddressRules {
        char **allowed, **denied;
        bool counted;
} AddressRules;

/* Packets that came in and went out are filtered and counted from now on; NULL ends it.
 * `counters` is a map to be read, made here when it is -1 and needed, and used again. -errno. */
int address_filter_set(const char *directory, const AddressRules *rules, int *counters);

/* Bytes and packets of one direction; UINT64_MAX when they cannot be read. */
void address_filter_count(int counters, bool egress, uint64_t *ret_bytes, uint64_t *ret_packets);
