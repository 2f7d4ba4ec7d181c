/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Hashes: siphash-2-4 (hash tables, journal files) and a checksum for records. */

#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4 of `data` under a 16-byte key (Aumasson and Bernstein, 2012). */
uint64_t siphash24(const void *data, size_t length, const uint8_t key[static 16]);

/* CRC-32 (IEEE 802.3, reflected), start with 0. */
uint32_t crc32_update(uint32_t crc, const void *data, size_t length);

/* The unkeyed 64-bit hash of journal files: Bob Jenkins' lookup3 (2006, public domain), both 32-bit
 * results for two seeds of 0, the primary one in the upper half. */
uint64_t jenkins_hash64(const void *data, size_t length);

typedef struct HashPair {
        uint64_t siphash, jenkins;
} HashPair;

/* siphash24 and jenkins_hash64 of the same bytes, in less time than one after the other. */
HashPair hash_both(const void *data, size_t length, const uint8_t key[static 16]);
