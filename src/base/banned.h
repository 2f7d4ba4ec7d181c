/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Unsafe functions that must not compile. Included by the compiler command line in every file. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok atoi atol atoll gets
#pragma GCC poison alloca localtime gmtime asctime ctime mktemp tmpnam
