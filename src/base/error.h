/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Raising and passing on errors. `int`: 0 or a count is success, negative errno is unexpected and
 * passed on unchanged, positive is an outcome from an enum in the callee's header. In debug builds
 * each raise and pass leaves a trace line; in release builds both cost nothing. */

/* Writes one trace line to stderr; returns r. */
int error_trace(int r, const char *what, const char *file, int line);

#ifdef TEND_TRACE_ERRORS
#define err_new(r) error_trace((r), "raised", __FILE__, __LINE__)
#define err_pass(r)                                                                                \
        ({                                                                                         \
                int r_ = (r);                                                                      \
                r_ < 0 ? error_trace(r_, "passed", __FILE__, __LINE__) : r_;                       \
        })
#else
#define err_new(r) (r)
#define err_pass(r) (r)
#endif
