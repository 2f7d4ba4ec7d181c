/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* From files to a specification: finds, reads, merges, checks what systemd checks at load time. */

#include "unit/specifier.h"
#include "unit/template_cache.h"
#include "unit/unit_search.h"
#include "unit/unit_spec.h"

typedef struct UnitLoader {
        UnitSearch *search;              /* not owned */
        const SpecifierMachine *machine; /* not owned */
        TemplateCache *templates;        /* not owned; NULL = each file is read anew */
        const char *transient_directory; /* units of files in it are transient; NULL = none are */
        bool is_strict;  /* what holds less than in full is a bad setting (unit_policy.h) */
        bool no_builtin; /* built-in units do not stand in for missing files (lint) */
} UnitLoader;

/* Loads a unit by any of its names. Always gives a specification unless out of memory: its
 * load_state, load_error and diag tell what happened (not-found, masked, bad-setting, error). Its
 * name is the unit's own when `name` is an alias. Built-in units (unit_builtin.h) stand in where no
 * file exists. A name that is none gives -EINVAL. */
int unit_load(const UnitLoader *loader, const char *name, UnitSpec **ret);

/* Loads one file by path as the unit of its base name (tend verify FILE), with its drop-ins from
 * the search path. */
int unit_load_file(const UnitLoader *loader, const char *path, UnitSpec **ret);

/* Parses one text into `spec` (fragment or drop-in), as the loader does for each file. KindOutcome:
 * parsing ends at the first setting that is refused. What unit_source_next says ends a file is
 * returned (-EBADMSG, -EINVAL, -ENOBUFS, a finding says why), or -ENOMEM. */
int unit_load_text(UnitSpec *spec, Str text, const char *path, const SpecifierContext *specifiers);
