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

/* Digits of `base` 2, 8, 10 or 16, with or without its prefix 0b, 0o, 0x. Base 0 looks at the
 * prefix, where a leading 0 means octal as in C (systemd reads its numbers so: 010 is eight, 09 is
 * refused). The functions without a base detect. A leading + is accepted, a negative number is
 * -ERANGE. */
int parse_u64(Str text, unsigned base, uint64_t *ret);

/* A signed number, base detected. */
int parse_i64(Str text, int64_t *ret);

/* An unsigned number up to 32 bits, base detected. */
int parse_u32(Str text, uint32_t *ret);

/* A port of TCP or UDP, base detected. No blank may stand before it. 0 is -EINVAL, what is above
 * 65535 -ERANGE. */
int parse_port(Str text, uint16_t *ret);

/* A signed number of 32 bits, base detected. */
int parse_i32(Str text, int32_t *ret);

/* Sizes with suffix K M G T P E or B (one letter); factor 1024. "1.5G" and "1G 500M" are accepted,
 * larger suffixes first. */
int parse_size(Str text, uint64_t *ret_bytes);

/* The same with factor 1000 (bandwidths). */
int parse_size_decimal(Str text, uint64_t *ret);

/* The shortest exact "12M" form when `bytes` is a multiple, else digits. */
void print_size(StrBuf *out, uint64_t bytes);

/* "12.3M", "100B": powers of 1024, cut, for people. */
void print_size_rounded(StrBuf *out, uint64_t bytes);

/* Octal file mode up to 07777. */
int parse_mode(Str text, mode_t *ret);

/* "12%", "12.5%", "12.34%" to hundredths of a percent (permyriad); the signs for permille and
 * permyriad are known too. More than 100% is accepted up to `limit_percent`. */
int parse_permyriad(Str text, unsigned limit_percent, uint32_t *ret);

/* "TERM", "SIGTERM", "15", "RTMIN", "RTMIN+3", "RTMAX-1". */
int parse_signal(Str text, int *ret_signal);

/* "SIGTERM", "SIGRTMIN+3"; "" never. Static or thread-unsafe memory is not used: prints to `out`.
 */
void print_signal(StrBuf *out, int signal_number);

/* errno as number (0 to 4095) or name ("ENOENT"). */
int parse_errno(Str text, int *ret_errno);

/* A pid above 0. */
int parse_pid(Str text, pid_t *ret);

/* A decimal uid or gid without sign or leading zeros, other than (uid_t)-1 and 65535. */
int parse_uid(Str text, uid_t *ret);
