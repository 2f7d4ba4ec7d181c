/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The entry of a fuzzer, called by libFuzzer or by corpus_main.c. */

#include <stddef.h>
#include <stdint.h>

/* Runs one input; always 0. What is wrong ends the process (abort, sanitizer). */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
