/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_print.h"

#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "unit/kind.h"
#include "unit/unit_source.h"

#define TEXT_MAX (4 * 1024 * 1024)

/* The section of a unit of this type in which the row's setting stands. */
static unsigned section_of_row(const UnitSpec *spec, const DirectiveRow *row) {
        static const unsigned common[] = {
                SECTION_UNIT, SECTION_INSTALL, SECTION_X_TEND, SECTION_PLAN
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(common); i++)
                if (row->sections & common[i])
                        return common[i];
        return section_of_type(spec->type);
}

static void print_section(const UnitSpec *spec, unsigned section, StrBuf *out) {
        bool begun = false;

        for (unsigned i = 0; i < spec->n_values; i++) {
                const Value *value = &spec->values[i];
                const DirectiveRow *row = directive_row(spec->type, (DirectiveId)value->id);

                if (!row || section_of_row(spec, row) != section)
                        continue;
                if (!begun)
                        strbuf_addf(out,
                                    "%s[%s]\n",
                                    out->length > 0 ? "\n" : "",
                                    section_name(section));
                begun = true;
                row->kind->print(row, value, out);
        }
}

void unit_print(const UnitSpec *spec, unsigned sections, StrBuf *out) {
        const unsigned order[] = {
                SECTION_UNIT, section_of_type(spec->type), SECTION_INSTALL, SECTION_X_TEND,
                SECTION_PLAN,
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(order); i++)
                if (order[i] & sections)
                        print_section(spec, order[i], out);
}

void unit_print_setting(const UnitSpec *spec, DirectiveId id, StrBuf *out) {
        const Value *value = unit_spec_find(spec, id);
        const DirectiveRow *row = directive_row(spec->type, id);

        if (value && row)
                row->kind->print(row, value, out);
}

static int read_assignment(UnitSpec *spec, UnitSource *source, unsigned section) {
        const SpecifierContext specifiers = { .unit_name = spec->name };
        KindContext context = {
                .diag = source->diag,
                .place = { spec->name, source->path, source->line },
                .specifiers = &specifiers,
        };
        int r = section == 0
                        ? -ENOENT
                        : unit_spec_assign(spec, section, source->key, source->value, &context);

        if (r == -ENOENT) {
                diag_add(source->diag,
                         &context.place,
                         DIAG_ERROR,
                         "Unknown setting %.*s",
                         STR_ARG(source->key));
                return err_new(-EINVAL);
        }
        if (r < 0)
                return err_pass(r);
        return r == KIND_OK ? 0 : err_new(-EINVAL);
}

int unit_read_text(UnitSpec *spec, Str text, Diag *diag) {
        AUTO(unit_source_done) UnitSource source = { 0 };
        unsigned section = 0;
        int r;

        if (text.length > TEXT_MAX)
                return err_new(-E2BIG);
        unit_source_init(&source, text, NULL, spec->name, diag);
        while ((r = unit_source_next(&source)) > UNIT_SOURCE_END) {
                if (r == UNIT_SOURCE_SECTION) {
                        section = section_parse(source.section);
                        if (section == 0)
                                return err_new(-EINVAL);
                } else if (r == UNIT_SOURCE_ASSIGNMENT) {
                        r = read_assignment(spec, &source, section);
                        if (r < 0)
                                return err_pass(r);
                } else {
                        return err_new(-EINVAL);
                }
        }
        return r < 0 ? err_pass(r) : 0;
}
