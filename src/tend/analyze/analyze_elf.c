/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze/analyze_elf.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "tend/analyze/elf_facts.h"
#include "tend/pager.h"
#include "tend/program.h"

#define ELF_SIZE_MAX (1024UL * 1024 * 1024)

/* One line of the text, in the order of the lines. */
typedef struct ElfFields {
        char **names, **values; /* owned */
} ElfFields;

static void elf_fields_done(ElfFields *fields) {
        strv_free(fields->names);
        strv_free(fields->values);
}
DEFINE_AUTO_DONE(ElfFields, elf_fields_done);

static int add_field(ElfFields *fields, const char *name, const char *value) {
        int r = strv_add(&fields->names, name);
        return r < 0 ? err_pass(r) : err_pass(strv_add(&fields->values, value));
}

static const char *kind_name(ElfKind kind) {
        return kind == ELF_EXECUTABLE ? "executable" : kind == ELF_LIBRARY ? "library" : "coredump";
}

static void print_hex(Str bytes, StrBuf *out) {
        for (size_t i = 0; i < bytes.length; i++)
                strbuf_addf(out, "%02x", (unsigned char)bytes.data[i]);
}

/* Texts of the package, then the build id. */
static int add_package(const ElfFacts *facts, ElfFields *fields) {
        AUTO(strbuf_done) StrBuf id = STRBUF_INIT;
        Str rest = facts->package;
        JsonMember member;
        int r = 0;

        while (r >= 0 && json_next_member(&rest, &member)) {
                AUTO_FREE char *name = NULL, *value = NULL;
                if (json_type(member.value) != JSON_STRING)
                        continue;
                r = json_read_string(member.key, &name);
                if (r >= 0)
                        r = json_read_string(member.value, &value);
                if (r >= 0)
                        r = add_field(fields, name, value);
        }
        print_hex(facts->build_id, &id);
        if (r >= 0 && id.length > 0)
                r = add_field(fields, "buildId", strbuf_text(&id));
        return err_pass(r);
}

static int print_text(const char *path, const ElfFacts *facts, StrBuf *out) {
        AUTO(elf_fields_done) ElfFields fields = { 0 };
        int width = 0;

        int r = add_field(&fields, "path", path);
        if (r >= 0)
                r = add_field(&fields, "elfType", kind_name(facts->kind));
        if (r >= 0 && facts->machine)
                r = add_field(&fields, "elfArchitecture", facts->machine);
        size_t n_fixed = strv_length(fields.names);
        if (r >= 0)
                r = add_package(facts, &fields);
        if (r < 0)
                return err_pass(r);
        STRV_FOREACH(name, fields.names)
        width = MAX(width, (int)strlen(*name) + 1);
        for (size_t i = 0; fields.names[i]; i++) {
                if (i == 0 || i == n_fixed)
                        strbuf_addf(out, "%*s \n", width, "");
                strbuf_addf(out, "%*s: %s\n", width - 1, fields.names[i], fields.values[i]);
        }
        return 0;
}

static void print_json(const char *path, const ElfFacts *facts, bool pretty, StrBuf *out) {
        JsonWriter writer = { .out = out, .pretty = pretty, .tabs = true };
        AUTO(strbuf_done) StrBuf id = STRBUF_INIT;
        Str rest = facts->package;
        JsonMember member;

        print_hex(facts->build_id, &id);
        json_begin_object(&writer, NULL);
        json_string(&writer, "elfType", kind_name(facts->kind));
        if (facts->machine)
                json_string(&writer, "elfArchitecture", facts->machine);
        if (facts->package.length > 0 || id.length > 0)
                json_begin_object(&writer, path);
        while (json_next_member(&rest, &member)) {
                AUTO_FREE char *name = NULL;
                if (json_read_string(member.key, &name) >= 0) /* it is one: that was checked */
                        json_raw(&writer, name, member.value);
        }
        if (id.length > 0)
                json_string(&writer, "buildId", strbuf_text(&id));
        if (facts->package.length > 0 || id.length > 0)
                json_end_object(&writer);
        json_end_object(&writer);
        strbuf_add_char(out, '\n');
}

static bool is_object(Str text) {
        return json_check(text, NULL) >= 0 && json_type(text) == JSON_OBJECT;
}

/* Reads the facts out of `text`; -EINVAL after the messages of 252. */
static int read_facts(const char *path, Str text, ElfFacts *facts) {
        const char *why = NULL;

        if (elf_facts_read(text, facts) < 0)
                why = "Could not parse ELF file, gelf_getehdr() failed: invalid `Elf' handle";
        else if (facts->kind == ELF_COREDUMP)
                why = "tend does not look into core dumps.";
        else if (facts->package.length > 0 && !is_object(facts->package))
                why = "Failed to parse package metadata of ELF file: Invalid argument";
        if (!why)
                return 0;
        (void)program_fail("%s\nParsing \"%s\" as ELF object failed: Invalid argument", why, path);
        return err_new(-EINVAL);
}

static int inspect(const char *path, const char *json, StrBuf *out) {
        AUTO_FREE char *text = NULL;
        ElfFacts facts;
        size_t length = 0;

        int r = file_read(path, ELF_SIZE_MAX, &text, &length, NULL);
        if (r < 0 && r != -EBADFD) {
                (void)program_fail("Could not open \"%s\": %s", path, strerror(-r));
                return err_pass(r);
        }
        r = read_facts(path, (Str){ text, length }, &facts); /* what is no file is no ELF file */
        if (r < 0)
                return err_pass(r);
        if (!json)
                return err_pass(print_text(path, &facts, out));
        print_json(path, &facts, streq(json, "pretty"), out);
        return 0;
}

/* From the working directory on, in fresh memory. */
static char *absolute_path(const char *path) {
        AUTO_FREE char *directory = path[0] == '/' ? NULL : getcwd(NULL, 0);

        return directory ? path_join(directory, path) : strdup(path);
}

int analyze_inspect_elf(Tend *tend, const char *json, char *const *files) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        int r = 0;

        STRV_FOREACH(file, files) {
                AUTO_FREE char *path = absolute_path(*file);
                r = path ? inspect(path, json, &out) : -ENOMEM;
                if (r < 0)
                        break;
        }
        if (pager_print(tend, &out) < 0)
                return 1;
        return r < 0 ? 1 : 0;
}
