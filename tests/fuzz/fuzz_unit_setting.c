/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "base/diag.h"
#include "fuzz_input.h"
#include "unit/kind.h"
#include "unit/unit_print.h"

/* The first byte chooses the unit's type; each line is "Section.Key=value". What was taken is
 * printed, and the text must read back as the same specification, which prints as the same text. */

static void require(bool truth) {
        if (!truth)
                abort();
}

static char facts[][16] = { "machine", "boot", "host.name", "/run", "/root", "user", "text" };

/* Every text is there: a condition on one that is empty has no written form but the reset. */

static const SpecifierMachine machine = {
        .machine_id = facts[0],
        .boot_id = facts[1],
        .host_name = facts[2],
        .runtime_root = facts[3],
        .home = facts[4],
        .user_name = facts[5],
        .architecture = facts[6],
        .pretty_host_name = facts[6],
        .kernel_release = facts[6],
        .os_image_id = facts[6],
        .os_image_version = facts[6],
        .os_build_id = facts[6],
        .os_id = facts[6],
        .os_version_id = facts[6],
        .os_variant_id = facts[6],
        .group_name = facts[6],
};

static void assign_line(UnitSpec *spec, Str line) {
        const SpecifierContext specifiers = { .machine = &machine, .unit_name = spec->name };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        const KindContext context = { .diag = &diag, .specifiers = &specifiers };
        Str section, key;
        int r;

        if (!str_next_part(&line, '.', &section) || !str_next_part(&line, '=', &key) || !line.data)
                return;
        r = unit_spec_assign(spec, section_parse(section), key, line, &context);
        require(r == KIND_OK || r == KIND_IGNORED || r == KIND_REFUSED || r == -ENOENT ||
                r == -EINVAL || r == -ENOMEM);
        require(r != KIND_REFUSED || diag.n_findings > 0);
}

/* Values that were taken in part, with findings, are read back whole. */
static void check_print(const UnitSpec *spec) {
        AUTO(unit_spec_free) UnitSpec *again = NULL, *copy = NULL;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT, second = STRBUF_INIT;
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        unit_print(spec, ~0u, &text);
        require(unit_spec_new(spec->name, &again) == 0);
        require(unit_read_text(again, str_of(strbuf_text(&text)), &diag) == 0);
        unit_print(again, ~0u, &second);
        require(streq(strbuf_text(&text), strbuf_text(&second)));
        require(unit_spec_equal(spec, again));
        require(unit_spec_copy(spec, &copy) == 0 && unit_spec_equal(spec, copy));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const char *const names[] = {
                "a.service", "a@b\\x2dc.service", "a.socket", "a.timer",     "a.path",   "a.slice",
                "a.scope",   "a.mount",           "a.swap",   "a.automount", "a.target",
        };
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        Str rest, line;

        if (size == 0 || size > 64 * 1024)
                return 0;
        require(unit_spec_new(names[data[0] % ARRAY_LENGTH(names)], &spec) == 0);
        rest = (Str){ (const char *)data + 1, size - 1 };
        while (str_next_part(&rest, '\n', &line))
                assign_line(spec, line);
        check_print(spec);
        return 0;
}
