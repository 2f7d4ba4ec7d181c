/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Unsafe functions that must not compile. Included by the compiler command line in every file.
 * alloca is a macro of the C library and is stopped by -Walloca. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Macros of the C library where it is hardened for clang; a macro cannot be poisoned in silence. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok atoi atol atoll gets
#pragma GCC poison localtime gmtime asctime ctime mktemp tmpnam
