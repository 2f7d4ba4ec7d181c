/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Percent expansion (systemd.unit(5), "Specifiers"). Facts about the machine come in by the
 * context, so that expansion needs no system call and tests are exact. */

#include "base/str.h"
#include "base/strbuf.h"
#include "unit/unit_scope.h"

/* What is the same for all units of a manager; the host fills it, all strings owned by it. */
typedef struct SpecifierMachine {
        UnitScope scope;
        char *architecture;     /* %a */
        char *boot_id;          /* %b */
        char *machine_id;       /* %m; NULL = expanding it is an error, as in systemd */
        char *host_name;        /* %H, %q falls back to it */
        char *pretty_host_name; /* %q */
        char *kernel_release;   /* %v */
        char *os_image_id, *os_image_version;              /* %M %A */
        char *os_build_id;                                 /* %B */
        char *os_id;                                       /* %o */
        char *os_version_id;                               /* %w */
        char *os_variant_id;                               /* %W */
        char *user_name, *user_id, *group_name, *group_id; /* %u %U %g %G: of the manager */
        char *home;                                        /* %h */
        char *shell;                                       /* %s */
        char *runtime_root;                                /* %t: /run or $XDG_RUNTIME_DIR */
        char *state_root;                                  /* %S */
        char *cache_root;                                  /* %C */
        char *logs_root;                                   /* %L */
        char *configuration_root;                          /* %E */
        char *tmp_dir, *var_tmp_dir;                       /* %T %V */
        char *credentials_root;                            /* %d is below it, per unit */
} SpecifierMachine;

typedef struct SpecifierContext {
        const SpecifierMachine *machine;
        const char *unit_name;
        const char *fragment_path; /* %y %Y; NULL when there is none */
        const char *slice;         /* %c %r; NULL = not expanded */
} SpecifierContext;

/* Expands into `out`. -EBADSLT for an unknown or unresolvable specifier, -EINVAL for a name that
 * cannot be unescaped; the caller reports it. A percent sign before another character that is no
 * letter or digit, or at the end, stays, as in systemd. */
int specifier_expand(const SpecifierContext *context, Str text, StrBuf *out);

/* The same with the smaller set that names of units take (no paths, nothing unescaped). */
int specifier_expand_name(const SpecifierContext *context, Str text, StrBuf *out);

/* Doubles percent signs. */
void specifier_escape(Str text, StrBuf *out);
