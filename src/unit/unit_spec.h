/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files of one unit say: typed, merged, with defaults on reading. Pure data, made by
 * unit_load.c (or the bus, for transient units) and owned by whoever asked for it. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "unit/directive.h"
#include "unit/unit_value.h"

typedef enum UnitLoadState {
        UNIT_STUB, /* named, not looked for yet */
        UNIT_LOADED,
        UNIT_NOT_FOUND,
        UNIT_BAD_SETTING,
        UNIT_ERROR,  /* files could not be read */
        UNIT_MERGED, /* is another unit under another name */
        UNIT_MASKED,
        UNIT_LOAD_STATE_COUNT
} UnitLoadState;

typedef struct UnitSpec {
        char *name; /* the unit's own name; for a template file loaded for an instance, the
                       instance's */
        UnitType type;
        UnitLoadState load_state;
        char **aliases;       /* other names that lead here, sorted */
        char *fragment_path;  /* NULL when there is none (built-in, transient, only drop-ins) */
        char *source_path;    /* SourcePath= of generated units */
        char **dropin_paths;  /* in order of application */
        uint64_t stamp;       /* identity, size and times of all files, for change detection */
        uint64_t names_stamp; /* of their names and those of links to other units (unit_files.h) */
        Value *values;        /* sorted by id */
        unsigned n_values;
        bool transient;
        bool built_in;        /* no file was read; tend supplies it */
        bool satisfied;       /* `replaced`, and counts as up once started */
        const char *replaced; /* why tend starts nothing for this unit of systemd's own
                               * (unit_builtin.h); static text, NULL = a unit like any other */
        char *load_error;     /* why not loaded, for LoadError; NULL when loaded */
        Diag diag;            /* findings of loading, empty as a rule */
} UnitSpec;

/* An empty specification of this valid name, UNIT_STUB. */
int unit_spec_new(const char *name, UnitSpec **ret);
UnitSpec *unit_spec_free(UnitSpec *spec);
int unit_spec_copy(const UnitSpec *spec, UnitSpec **ret);

/* Gives a specification without values those of another one. -ENOMEM. */
int unit_spec_copy_values(const UnitSpec *from, UnitSpec *to);
DEFINE_AUTO(UnitSpec *, unit_spec_free);

/* The stored value, NULL when no file sets it. */
const Value *unit_spec_find(const UnitSpec *spec, DirectiveId id);

/* Whether a stored value asks for more than what happens without the setting: not "PrivateTmp=no".
 */
bool unit_spec_asks(const DirectiveRow *row, const Value *value);

/* The stored value, added as zero (with its id) when absent; NULL when out of memory. */
Value *unit_spec_edit(UnitSpec *spec, DirectiveId id);

/* Removes a value. */
void unit_spec_unset(UnitSpec *spec, DirectiveId id);

/* Reading with the row's default. For settings that the unit's type does not have: 0, NULL. */
bool unit_spec_bool(const UnitSpec *spec, DirectiveId id);
uint64_t unit_spec_number(const UnitSpec *spec, DirectiveId id);
int64_t unit_spec_signed(const UnitSpec *spec, DirectiveId id);
const char *unit_spec_text(const UnitSpec *spec,
                           DirectiveId id); /* NULL when unset without default */
char *const *unit_spec_strv(const UnitSpec *spec, DirectiveId id);           /* NULL when empty */
const CommandList *unit_spec_commands(const UnitSpec *spec, DirectiveId id); /* NULL when none */
const ConditionList *unit_spec_conditions(const UnitSpec *spec, DirectiveId id);
const RuleList *unit_spec_rules(const UnitSpec *spec, DirectiveId id);
const ExitSet *unit_spec_exit_set(const UnitSpec *spec, DirectiveId id); /* NULL when unset */

/* Assigns from text as one line "Key=text" in `section` would: KindOutcome; -ENOENT for an unknown
 * key or a section of another type; -EINVAL for text that cannot be the value of a line (not UTF-8,
 * a line break, a last backslash). Used by the loader, the plan reader, transient units and tests.
 * `context` supplies diag, place and specifiers. */
struct KindContext;
int unit_spec_assign(
        UnitSpec *spec, unsigned section, Str key, Str text, const struct KindContext *context);

/* Sets the setting of a value to a copy of it. -ENOMEM. */
int unit_spec_put(UnitSpec *spec, const Value *value);

/* Adds unit names to a list of dependencies ([Unit] ids only), each once and not the unit's own. */
int unit_spec_add_names(UnitSpec *spec, DirectiveId id, char *const *names);

/* Whether both say the same (files and diag apart). */
bool unit_spec_equal(const UnitSpec *a, const UnitSpec *b);

/* "stub", "loaded", "not-found", "bad-setting", "error", "merged", "masked". */
const char *unit_load_state_name(UnitLoadState state);
