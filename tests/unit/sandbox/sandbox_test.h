/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the tests of this folder share. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/strv.h"
#include "unit_test.h"

/* A list of strings from constants, ended by NULL. */
static inline char **list_of(const char *const *texts) {
        char **list = NULL;

        for (; *texts; texts++)
                assert_int_equal(strv_add(&list, *texts), 0);
        return list;
}

#define LIST(...) list_of((const char *const[]){ __VA_ARGS__, NULL })
