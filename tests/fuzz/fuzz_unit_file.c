/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "fuzz_input.h"
#include "unit/unit_load.h"
#include "unit/unit_print.h"

/* A unit file and a drop-in of it, on disk and through the whole loader. The first byte chooses the
 * type; a line "%%" parts the two. What was loaded is printed, and the text must read back as the
 * same specification, which prints as the same text. */

static const char *const names[] = {
        "a.service",   "a@b.service", "a.socket",   "a.timer",         "a.path",   "a.slice",
        "srv-a.mount", "a.scope",     "dev-a.swap", "srv-a.automount", "a.target",
};

static struct {
        char directory[64];
        UnitSearch *search;
        char *fragments[ARRAY_LENGTH(names)], *dropins[ARRAY_LENGTH(names)];
} files;

static char facts[][16] = { "machine", "boot", "host.name", "/run", "/root", "user" };

static const SpecifierMachine machine = {
        .machine_id = facts[0],
        .boot_id = facts[1],
        .host_name = facts[2],
        .runtime_root = facts[3],
        .home = facts[4],
        .user_name = facts[5],
};

static void require(bool truth) {
        if (!truth)
                abort();
}

static void write_file(const char *path, Str text) {
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        require(fd >= 0 && write(fd, text.data, text.length) == (ssize_t)text.length);
        require(close(fd) == 0);
}

static void remove_files(void) {
        files.search = unit_search_free(files.search);
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
                char *directory = path_dir_name(files.dropins[i]);
                (void)unlink(files.fragments[i]); /* may be gone with its directory */
                (void)unlink(files.dropins[i]);
                (void)rmdir(directory);
                free(directory);
                free(files.fragments[i]);
                free(files.dropins[i]);
        }
        (void)rmdir(files.directory);
}

/* The names stay, only what is in the files changes from run to run. */
static void make_files(void) {
        const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        char *extra[] = { files.directory, NULL };

        (void)snprintf(files.directory, sizeof(files.directory), "%s/fuzz-unit-XXXXXX", parent);
        require(mkdtemp(files.directory));
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
                char *directory = NULL;
                require(asprintf(&files.fragments[i], "%s/%s", files.directory, names[i]) > 0);
                require(asprintf(&directory, "%s.d", files.fragments[i]) > 0);
                require(asprintf(&files.dropins[i], "%s/x.conf", directory) > 0);
                require(mkdir(directory, 0700) == 0);
                free(directory);
                write_file(files.fragments[i], str_of(""));
                write_file(files.dropins[i], str_of(""));
        }
        const UnitSearchOptions options = { .extra = extra, .unit_path = files.directory };
        require(unit_search_new(&options, &files.search) == 0);
        require(atexit(remove_files) == 0);
}

/* Whether a specifier made a condition's text empty: that has no written form but the reset. */
static bool has_empty_condition(const UnitSpec *spec, DirectiveId id) {
        const Value *value = unit_spec_find(spec, id);

        for (unsigned i = 0; value && value->conditions && i < value->conditions->n_conditions; i++)
                if (*value->conditions->conditions[i].parameter == '\0')
                        return true;
        return false;
}

static void check_print(const UnitSpec *spec) {
        AUTO(unit_spec_free) UnitSpec *again = NULL;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT, second = STRBUF_INIT;
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        unit_print(spec, ~0u, &text);
        require(unit_spec_new(spec->name, &again) == 0);
        require(unit_read_text(again, str_of(strbuf_text(&text)), &diag) == 0);
        unit_print(again, ~0u, &second);
        require(streq(strbuf_text(&text), strbuf_text(&second)));
        require(unit_spec_equal(spec, again));
}

/* The text up to a line "%%", and what is behind it. */
static Str take_fragment(Str *rest) {
        const char *mark = memmem(rest->data, rest->length, "\n%%\n", 4);
        Str all = *rest;

        *rest = str_of("");
        if (!mark)
                return all;
        Str fragment = { all.data, (size_t)(mark - all.data) + 1 };
        *rest = (Str){ mark + 4, all.length - fragment.length - 3 };
        return fragment;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;

        if (size == 0 || size > 64 * 1024)
                return 0;
        if (!files.search)
                make_files();
        size_t type = data[0] % ARRAY_LENGTH(names);
        Str rest = { (const char *)data + 1, size - 1 };
        Str fragment = take_fragment(&rest);
        write_file(files.fragments[type], fragment);
        write_file(files.dropins[type], rest);
        const UnitLoader loader = { .search = files.search, .machine = &machine };
        require(unit_load(&loader, names[type], &spec) == 0);
        require(spec->load_state == UNIT_LOADED || spec->load_error || spec->diag.n_findings > 0);
        if (!has_empty_condition(spec, DIRECTIVE_CONDITION) &&
            !has_empty_condition(spec, DIRECTIVE_ASSERT))
                check_print(spec);
        return 0;
}
