/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_change.h"

#include <errno.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/str.h"

static const char *const kind_names[] = {
        [INSTALL_LINKED] = "symlink",
        [INSTALL_UNLINKED] = "unlink",
        [INSTALL_IS_MASKED] = "masked",
        [INSTALL_IS_DANGLING] = "dangling",
        [INSTALL_DESTINATION_MISSING] = "destination not present",
        [INSTALL_AUXILIARY_FAILED] = "auxiliary unit failed",
        [INSTALL_FAILED] = NULL,
};
static_assert(ARRAY_LENGTH(kind_names) == INSTALL_CHANGE_KIND_COUNT, "");

/* How a failure is worded. In the texts %1$s is the verb, %2$s the path, %3$s the source. */
typedef struct FailureText {
        int error;
        bool with_source;     /* only for failures that have a source; comes first */
        const char *text;     /* as systemctl prints it */
        const char *bus_text; /* as the manager answers: %1$s path, %2$s source */
        const char *bus_name;
} FailureText;

/* clang-format off */
static const FailureText failure_texts[] = {
        { -EEXIST, true, "Failed to %1$s unit, file \"%2$s\" already exists and is a symlink to \"%3$s\".", "File %1$s already exists and is a symlink to %2$s.", "UnitExists" },
        { -EEXIST, false, "Failed to %1$s unit, file \"%2$s\" already exists.", "File %1$s already exists.", "UnitExists" },
        { -ERFKILL, false, "Failed to %1$s unit, unit %2$s is masked.", "Unit file %1$s is masked.", "UnitMasked" },
        { -EADDRNOTAVAIL, false, "Failed to %1$s unit, unit %2$s is transient or generated.", "Unit %1$s is transient or generated.", "UnitGenerated" },
        { -ETXTBSY, false, "Failed to %1$s unit, file %2$s is under the systemd unit hierarchy already.", "File %1$s is under the systemd unit hierarchy already.", "UnitBadPath" },
        { -EBADSLT, false, "Failed to %1$s unit, invalid specifier in \"%2$s\".", "Invalid specifier in %1$s.", "BadUnitSetting" },
        { -EIDRM, true, "Failed to %1$s %3$s, destination unit %2$s is a non-template unit.", "Destination unit %1$s is a non-template unit.", "BadUnitSetting" },
        { -EUCLEAN, false, "Failed to %1$s unit, \"%2$s\" is not a valid unit name.", "\"%1$s\" is not a valid unit name.", "BadUnitSetting" },
        { -ELOOP, false, "Failed to %1$s unit, refusing to operate on linked unit file %2$s.", "Refusing to operate on alias name or linked unit file: %1$s", "UnitLinked" },
        { -EXDEV, true, "Failed to %1$s unit, cannot alias %3$s as %2$s.", "Cannot alias %2$s as %1$s.", "BadUnitSetting" },
        { -EXDEV, false, "Failed to %1$s unit, invalid unit reference \"%2$s\".", "Invalid unit reference %1$s.", "BadUnitSetting" },
        { -ENOENT, false, "Failed to %1$s unit, unit %2$s does not exist.", "Unit file %1$s does not exist.", "NoSuchUnit" },
        { -EUNATCH, false, "Failed to %1$s unit, cannot resolve specifiers in \"%2$s\".", "Cannot resolve specifiers in %1$s.", "BadUnitSetting" },
};
/* clang-format on */

static int add(UnitInstallChanges *changes, UnitInstallChange change) {
        UnitInstallChange *items =
                reallocarray(changes->items, changes->n_items + 1, sizeof(*items));

        if (items)
                changes->items = items;
        if (!items || !change.path) {
                free(change.path);
                free(change.source);
                return err_new(-ENOMEM);
        }
        items[changes->n_items++] = change;
        return 0;
}

int unit_install_change_add(UnitInstallChanges *changes,
                            UnitInstallChangeKind kind,
                            const char *path,
                            const char *source) {
        UnitInstallChange change = { .kind = kind, .path = strdup(path) };

        if (source && !(change.source = strdup(source))) {
                free(change.path);
                return err_new(-ENOMEM);
        }
        return err_pass(add(changes, change));
}

int unit_install_change_fail(UnitInstallChanges *changes,
                             int error,
                             const char *path,
                             const char *source) {
        int r = unit_install_change_add(changes, INSTALL_FAILED, path, source);

        if (r < 0)
                return err_pass(r);
        changes->items[changes->n_items - 1].error = error;
        return error;
}

void unit_install_changes_done(UnitInstallChanges *changes) {
        for (size_t i = 0; i < changes->n_items; i++) {
                free(changes->items[i].path);
                free(changes->items[i].source);
        }
        free(changes->items);
        *changes = (UnitInstallChanges){ 0 };
}

const char *unit_install_change_kind_name(UnitInstallChangeKind kind) {
        return enum_print(kind_names, ARRAY_LENGTH(kind_names), (int)kind);
}

int unit_install_change_kind_parse(const char *name) {
        return enum_parse(kind_names, ARRAY_LENGTH(kind_names), str_of(name));
}

bool unit_install_change_is_information(const UnitInstallChange *change) {
        return change->kind == INSTALL_LINKED || change->kind == INSTALL_UNLINKED ||
               change->kind == INSTALL_IS_MASKED || change->kind == INSTALL_IS_DANGLING;
}

static const FailureText *find_text(const UnitInstallChange *change) {
        for (size_t i = 0; i < ARRAY_LENGTH(failure_texts); i++)
                if (failure_texts[i].error == change->error &&
                    (change->source || !failure_texts[i].with_source))
                        return &failure_texts[i];
        return NULL;
}

/* Appends `format` with "%N$s" replaced by the N-th text. */
static void add_numbered(StrBuf *out, const char *format, const char *const *texts) {
        for (const char *c = format; *c; c++) {
                if (*c != '%') {
                        strbuf_add_char(out, *c);
                        continue;
                }
                strbuf_add(out, texts[c[1] - '1']);
                c += 3;
        }
}

static void print_failure(const UnitInstallChange *change, const char *verb, StrBuf *out) {
        const FailureText *text = find_text(change);
        const char *const texts[] = { verb, change->path, change->source };

        if (text)
                add_numbered(out, text->text, texts);
        else
                strbuf_addf(out,
                            "Failed to %s unit, file \"%s\": %s",
                            verb,
                            change->path,
                            strerrordesc_np(-change->error));
}

void unit_install_change_print(const UnitInstallChange *change, const char *verb, StrBuf *out) {
        switch (change->kind) {
        case INSTALL_LINKED:
                strbuf_addf(
                        out, "Created symlink %s \xe2\x86\x92 %s.", change->path, change->source);
                return;
        case INSTALL_UNLINKED:
                strbuf_addf(out, "Removed \"%s\".", change->path);
                return;
        case INSTALL_IS_MASKED:
                strbuf_addf(out, "Unit %s is masked, ignoring.", change->path);
                return;
        case INSTALL_IS_DANGLING:
                strbuf_addf(out,
                            "Unit %s is an alias to a unit that is not present, ignoring.",
                            change->path);
                return;
        case INSTALL_DESTINATION_MISSING:
                strbuf_addf(out,
                            "Unit %s is added as a dependency to a non-existent unit %s.",
                            change->source,
                            change->path);
                return;
        case INSTALL_AUXILIARY_FAILED:
                strbuf_addf(out, "Failed to enable auxiliary unit %s, ignoring.", change->path);
                return;
        case INSTALL_FAILED:
        case INSTALL_CHANGE_KIND_COUNT:
                print_failure(change, verb, out);
        }
}

const char *unit_install_failure_print(const UnitInstallChange *change, StrBuf *out) {
        const FailureText *text = find_text(change);
        const char *const texts[] = { change->path, change->source };

        if (text)
                add_numbered(out, text->bus_text, texts);
        else
                strbuf_addf(out, "File %s: %s", change->path, strerrordesc_np(-change->error));
        return text ? text->bus_name : NULL;
}
