/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What each unit test includes: cmocka and the headers it needs before it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/str.h"

/* Compares a slice with a string. */
#define assert_str_equal(s, expected)                                                              \
        do {                                                                                       \
                Str s_ = (s);                                                                      \
                assert_int_equal(s_.length, strlen(expected));                                     \
                assert_memory_equal(s_.data, expected, s_.length);                                 \
        } while (0)
