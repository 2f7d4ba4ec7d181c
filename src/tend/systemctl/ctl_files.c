/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "tend/cmd_edit.h"
#include "tend/cmd_enable.h"
#include "tend/cmd_unit_files.h"
#include "tend/file_operation.h"
#include "tend/systemctl/ctl_verbs.h"
#include "tend/systemctl/systemctl.h"
#include "unit/unit_install.h"
#include "unit/unit_name.h"

/* A verb about unit files is a command of tend, too, which does the work. */
typedef struct FileVerb {
        const char *name;
        CommandFunction *run;
        const char *now; /* what --now does afterwards */
} FileVerb;

/* clang-format off */
static const FileVerb verbs[] = {
        { "add-requires", cmd_add_requires, NULL },
        { "add-wants", cmd_add_wants, NULL },
        { "disable", cmd_disable, "stop" },
        { "edit", cmd_edit, NULL },
        { "enable", cmd_enable, "start" },
        { "get-default", cmd_get_default, NULL },
        { "is-enabled", cmd_is_enabled, NULL },
        { "link", cmd_link, NULL },
        { "list-unit-files", cmd_list_unit_files, NULL },
        { "mask", cmd_mask, "stop" },
        { "preset", cmd_preset, NULL },
        { "preset-all", cmd_preset_all, NULL },
        { "reenable", cmd_reenable, NULL },
        { "revert", cmd_revert, NULL },
        { "set-default", cmd_set_default, NULL },
        { "unmask", cmd_unmask, NULL },
};

/* What systemctl's options are among tend's. */
static const struct {
        unsigned theirs, ours;
} flags[] = {
        { SYSTEMCTL_FORCE, TEND_FORCE },
        { SYSTEMCTL_FULL, TEND_FULL },
        { SYSTEMCTL_GLOBAL, TEND_GLOBAL },
        { SYSTEMCTL_NO_LEGEND, TEND_NO_LEGEND },
        { SYSTEMCTL_NO_RELOAD, TEND_NO_RELOAD },
        { SYSTEMCTL_QUIET, TEND_QUIET },
        { SYSTEMCTL_RUNTIME, TEND_RUNTIME },
};
/* clang-format on */

static const FileVerb *find_verb(const char *name) {
        for (size_t i = 0; i < ARRAY_LENGTH(verbs); i++)
                if (streq(verbs[i].name, name))
                        return &verbs[i];
        return NULL;
}

bool ctl_files_has_verb(const char *verb) {
        return find_verb(verb) && !streq(verb, "edit");
}

static int hand_over(Systemctl *ctl) {
        Tend *tend = ctl->tend;

        tend->flags |= TEND_AS_SYSTEMCTL | (ctl->json ? TEND_JSON : 0U) |
                       (ctl->json & TEXT_TABLE_PRETTY ? TEND_JSON_PRETTY : 0U);
        for (size_t i = 0; i < ARRAY_LENGTH(flags); i++)
                if (ctl->flags & flags[i].theirs)
                        tend->flags |= flags[i].ours;
        if (ctl->flags & SYSTEMCTL_GLOBAL)
                tend->scope = UNIT_SCOPE_USER;
        tend->root = ctl->root;
        tend->preset_mode = ctl->preset_mode;
        int r = strv_extend(&tend->types, ctl->types);
        return r < 0 ? r : strv_extend(&tend->states, ctl->states);
}

/* --now: the units, which may have been named by the paths of their files. */
static int start_or_stop(Systemctl *ctl, const char *verb, char **arguments) {
        AUTO_STRV char **names = NULL;

        STRV_FOREACH(argument, arguments) {
                if (strv_add(&names, path_base_name(*argument)) < 0)
                        return 1;
        }
        ctl->verb = verb;
        return ctl_start(ctl, names);
}

/* Whether a file or the manager knows the unit. Templates are left to the verb. */
static bool is_known(Systemctl *ctl, const char *unit) {
        AUTO_FREE char *load_state = systemctl_unit_text(ctl, unit, "LoadState");
        AUTO_FREE char *active_state = systemctl_unit_text(ctl, unit, "ActiveState");

        return !load_state || !streq(load_state, "not-found") ||
               (active_state && !streq(active_state, "inactive"));
}

/* mask and unmask work on names that nothing has, which is told. */
static void note_unknown(Systemctl *ctl, char *const *typed) {
        if (file_operation_is_offline(ctl->tend) != 0 || !ctl->tend->client)
                return;
        STRV_FOREACH(name, typed) {
                AUTO_FREE char *unit = NULL;
                if (unit_name_mangle(*name, ".service", false, &unit) >= 0 &&
                    unit_name_kind(unit) != UNIT_NAME_TEMPLATE && !is_known(ctl, unit))
                        (void)program_fail("Unit %s does not exist, proceeding anyway.", unit);
        }
}

/* What a verb wants to know or to have before it is done by a command of tend; -errno after a
 * message. `ret`: its arguments, when they are others than were typed. */
static int prepare(Systemctl *ctl, char **arguments, char ***ret) {
        const char *verb = ctl->verb;

        if ((ctl->host || ctl->machine) && systemctl_connect(ctl) < 0)
                return -ECONNREFUSED;
        if (streq(verb, "mask") || streq(verb, "unmask"))
                note_unknown(ctl, arguments);
        if (!streq(verb, "list-unit-files") || !(ctl->flags & SYSTEMCTL_WITH_DEPENDENCIES))
                return 0;
        int r = systemctl_connect(ctl);
        return r < 0 ? r : ctl_add_dependencies(ctl, arguments, ret);
}

int ctl_files(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        const FileVerb *verb = find_verb(ctl->verb);
        AUTO_STRV char **others = NULL;
        UnitPresetMode mode;

        if (ctl->preset_mode &&
            (!*ctl->preset_mode || unit_preset_mode_parse(ctl->preset_mode, &mode) < 0))
                return program_fail("Failed to parse preset mode: %s.", ctl->preset_mode), 1;
        if (hand_over(ctl) < 0)
                return program_fail("Out of memory."), 1;
        if (prepare(ctl, arguments, &others) < 0)
                return 1;
        int status = verb->run(ctl->tend, others ? others : arguments);
        if (status != 0 || !(ctl->flags & SYSTEMCTL_NOW) || !verb->now)
                return status;
        return start_or_stop(ctl, verb->now, arguments);
}
