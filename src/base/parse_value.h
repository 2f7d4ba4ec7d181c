/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Numbers, booleans, sizes, modes, percentages and signals. The only place where text becomes a
 * number. All return 0 or -EINVAL, or -ERANGE when the number does not fit; nothing but the whole
 * text is accepted. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"
#include "base/strbuf.h"

/* 1 yes y true t on / 0 no n false f off, any case (systemd.syntax(7)). */
int parse_boolean(Str text, bool *ret);

/* Decimal, or with prefix 0x, 0o, 0b; a leading 0 is octal only when `base` is 8. Base 0 = detect. */
int parse_u64(Str text, unsigned base, uint64_t *ret);
int parse_i64(Str text, int64_t *ret);
int parse_u32(Str text, uint32_t *ret);
int parse_i32(Str text, int32_t *ret);

/* Sizes with suffix K M G T P E (and optional B); factor 1024. "1.5G" and "1G 500M" are accepted. */
int parse_size(Str text, uint64_t *ret_bytes);

/* The shortest exact "12M" form when `bytes` is a multiple, else digits. */
void print_size(StrBuf *out, uint64_t bytes);

/* Octal file mode up to 07777. */
int parse_mode(Str text, mode_t *ret);

/* "12%", "12.5%", "12.34%" to hundredths of a percent (permyriad); more than 100% is accepted up to
 * `limit_percent`. */
int parse_permyriad(Str text, unsigned limit_percent, uint32_t *ret);

/* "TERM", "SIGTERM", "15", "RTMIN", "RTMIN+3", "RTMAX-1". */
int parse_signal(Str text, int *ret_signal);

/* "SIGTERM", "SIGRTMIN+3"; "" never. Static or thread-unsafe memory is not used: prints to `out`. */
void print_signal(StrBuf *out, int signal_number);

/* errno as number or name ("ENOENT", "ENOENT" without E is not accepted). */
int parse_errno(Str text, int *ret_errno);

/* A pid above 0. */
int parse_pid(Str text, pid_t *ret);

/* A decimal uid other than (uid_t)-1 and 65535. */
int parse_uid(Str text, uid_t *ret);
