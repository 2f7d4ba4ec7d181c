/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_commit.h"

#include <errno.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"

#define MAGIC "tend-links 1"
#define END "end"

static const char *const step_names[] = {
        [INSTALL_STEP_LINK] = "link",
        [INSTALL_STEP_UNLINK] = "unlink",
        [INSTALL_STEP_REMOVE] = "remove",
};
static_assert(ARRAY_LENGTH(step_names) == INSTALL_STEP_KIND_COUNT, "");

static void add_word(StrBuf *out, const char *word) {
        strbuf_add_bytes(out, word, strlen(word) + 1);
}

void install_journal_print(const InstallStep *steps, size_t n_steps, StrBuf *out) {
        add_word(out, MAGIC);
        for (size_t i = 0; i < n_steps; i++) {
                add_word(out, step_names[steps[i].kind]);
                add_word(out, steps[i].path);
                add_word(out, steps[i].target ? steps[i].target : "");
        }
        add_word(out, END);
}

/* The next word, NULL at the end of the text. */
static const char *next_word(Str *rest) {
        const char *word = rest->data;
        size_t length = strnlen(word, rest->length);

        if (length == rest->length)
                return NULL; /* no NUL byte any more */
        rest->data += length + 1;
        rest->length -= length + 1;
        return word;
}

/* One step after its name: 0, -EBADMSG, -ENOMEM. */
static int parse_step(Str *rest, const char *name, InstallStep *ret) {
        int kind = enum_parse(step_names, ARRAY_LENGTH(step_names), str_of(name));
        const char *path = next_word(rest), *target = path ? next_word(rest) : NULL;

        if (kind < 0 || !target || !path_is_normalized(path))
                return err_new(-EBADMSG);
        if ((kind == INSTALL_STEP_LINK) != (*target != '\0'))
                return err_new(-EBADMSG);
        *ret = (InstallStep){ (InstallStepKind)kind,
                              strdup(path),
                              *target ? strdup(target) : NULL };
        if (ret->path && (!*target || ret->target))
                return 0;
        free(ret->path);
        free(ret->target);
        return err_new(-ENOMEM);
}

static int parse_steps(Str *rest, InstallStep **steps, size_t *n_steps) {
        const char *name;

        while ((name = next_word(rest)) && !streq(name, END)) {
                InstallStep *grown = reallocarray(*steps, *n_steps + 1, sizeof(*grown));
                if (!grown)
                        return err_new(-ENOMEM);
                *steps = grown;
                int r = parse_step(rest, name, &grown[*n_steps]);
                if (r < 0)
                        return err_pass(r);
                ++*n_steps;
        }
        return name && rest->length == 0 ? 0 : err_new(-EBADMSG);
}

int install_journal_parse(const char *data, size_t length, InstallStep **ret, size_t *ret_n) {
        Str rest = { data, length };
        InstallStep *steps = NULL;
        size_t n_steps = 0;

        const char *magic = length > 0 ? next_word(&rest) : NULL;
        if (!magic || !streq(magic, MAGIC))
                return err_new(-EBADMSG);
        int r = parse_steps(&rest, &steps, &n_steps);
        if (r < 0) {
                install_steps_free(steps, n_steps);
                return err_pass(r);
        }
        *ret = steps;
        *ret_n = n_steps;
        return 0;
}

void install_steps_free(InstallStep *steps, size_t n_steps) {
        for (size_t i = 0; i < n_steps; i++) {
                free(steps[i].path);
                free(steps[i].target);
        }
        free(steps);
}
