/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Names of units (systemd.unit(5)): types, templates, instances, escaping. Text only. */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define UNIT_NAME_MAX 255 /* bytes, without NUL */

typedef enum UnitType {
        UNIT_SERVICE,
        UNIT_SOCKET,
        UNIT_TARGET,
        UNIT_DEVICE,
        UNIT_MOUNT,
        UNIT_AUTOMOUNT,
        UNIT_SWAP,
        UNIT_TIMER,
        UNIT_PATH,
        UNIT_SLICE,
        UNIT_SCOPE,
        UNIT_TYPE_COUNT
} UnitType;

typedef enum UnitNameKind {
        UNIT_NAME_PLAIN = 1 << 0,    /* a.service */
        UNIT_NAME_TEMPLATE = 1 << 1, /* a@.service */
        UNIT_NAME_INSTANCE = 1 << 2, /* a@b.service */
        UNIT_NAME_ANY = 7,
} UnitNameKind;

/* "service", ... and back; -EINVAL. */
const char *unit_type_name(UnitType type);
int unit_type_parse(Str text, UnitType *ret);

/* Whether this is a valid name of one of the kinds (a mask). */
bool unit_name_is_valid(const char *name, unsigned kinds);

/* The kind of a valid name, 0 when it is not valid. */
UnitNameKind unit_name_kind(const char *name);

/* The type by the suffix; -EINVAL. */
int unit_name_type(const char *name, UnitType *ret);

/* "a" for a.service and a@b.service ("a@b" when `with_instance`). A slice of `name`. */
Str unit_name_prefix(const char *name);
Str unit_name_prefix_and_instance(const char *name);

/* "b" for a@b.service, empty data NULL when it is no instance. */
Str unit_name_instance(const char *name);

/* "a@.service" for a@b.service, in fresh memory; -EINVAL when it is no instance. */
int unit_name_template(const char *name, char **ret_template);

/* "a@b.service" for a@.service and b; -EINVAL when the result is not valid. */
int unit_name_instantiate(const char *template_name, const char *instance, char **ret_name);

/* What a person typed to a unit name, as systemctl does: "nginx" to nginx.service, "/srv/a" to
 * srv-a.mount,
 * "/dev/sda" to dev-sda.device, other characters escaped. A glob is passed through when
 * `allow_globs`. `default_suffix` is ".service" as a rule. -EINVAL. */
int unit_name_mangle(const char *typed,
                     const char *default_suffix,
                     bool allow_globs,
                     char **ret_name);

/* systemd-escape: plain text and paths to name parts and back. */
int unit_name_escape(const char *text, char **ret);
int unit_name_unescape(Str text, char **ret);
int unit_name_path_escape(const char *path, char **ret);
int unit_name_path_unescape(Str text, char **ret_path);

/* The unit that stands for a path: ("/srv/a", ".mount") gives srv-a.mount. */
int unit_name_from_path(const char *path, const char *suffix, char **ret_name);

/* The slice above a slice: a-b.slice to a.slice, a.slice to -.slice; NULL in `ret` for -.slice. */
int unit_name_slice_parent(const char *slice, char **ret_parent);
