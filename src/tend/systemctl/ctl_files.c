/* SPDX-License-Identifier: Apache-2.0 */
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "tend/cmd_edit.h"
#include "tend/cmd_enable.h"
#include "tend/cmd_unit_files.h"
#include "tend/systemctl/ctl_verbs.h"
#include "tend/systemctl/systemctl.h"
#include "unit/unit_install.h"

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

        tend->flags |= TEND_AS_SYSTEMCTL | (ctl->json ? TEND_JSON : 0U);
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

int ctl_files(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        const FileVerb *verb = find_verb(ctl->verb);
        UnitPresetMode mode;

        if (ctl->preset_mode &&
            (!*ctl->preset_mode || unit_preset_mode_parse(ctl->preset_mode, &mode) < 0))
                return program_fail("Failed to parse preset mode: %s.", ctl->preset_mode), 1;
        if (hand_over(ctl) < 0)
                return program_fail("Out of memory."), 1;
        int status = verb->run(ctl->tend, arguments);
        if (status != 0 || !(ctl->flags & SYSTEMCTL_NOW) || !verb->now)
                return status;
        return start_or_stop(ctl, verb->now, arguments);
}
