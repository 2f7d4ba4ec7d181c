/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_enable.h"

#include <errno.h>

#include "base/error.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "tend/cmd_start.h"
#include "tend/file_operation.h"
#include "tend/init_script.h"
#include "unit/unit_name.h"

/* clang-format off */
static const FileOperation operations[] = {
        [UNIT_INSTALL_ENABLE] = { .member = "EnableUnitFiles", .word = "enable", .bus_word = "enable unit", .warns_empty = true, .looks_up = true, .now_job = "StartUnit" },
        [UNIT_INSTALL_DISABLE] = { .member = "DisableUnitFiles", .word = "disable", .bus_word = "disable unit", .looks_up = true, .now_job = "StopUnit" },
        [UNIT_INSTALL_REENABLE] = { .member = "ReenableUnitFiles", .word = "reenable", .bus_word = "reenable unit", .warns_empty = true },
        [UNIT_INSTALL_LINK] = { .member = "LinkUnitFiles", .word = "link", .bus_word = "link unit" },
        [UNIT_INSTALL_PRESET] = { .member = "PresetUnitFilesWithMode", .word = "preset", .bus_word = "preset unit" },
        [UNIT_INSTALL_PRESET_ALL] = { .member = "PresetAllUnitFiles", .word = "preset", .bus_word = "preset all units" },
        [UNIT_INSTALL_MASK] = { .member = "MaskUnitFiles", .word = "mask", .bus_word = "mask unit", .now_job = "StopUnit" },
        [UNIT_INSTALL_UNMASK] = { .member = "UnmaskUnitFiles", .word = "unmask", .bus_word = "unmask unit" },
        [UNIT_INSTALL_REVERT] = { .member = "RevertUnitFiles", .word = "revert", .bus_word = "revert unit" },
        [UNIT_INSTALL_ADD_WANTS] = { .member = "AddDependencyUnitFiles", .word = "add dependency on", .bus_word = "add dependency" },
        [UNIT_INSTALL_ADD_REQUIRES] = { .member = "AddDependencyUnitFiles", .word = "add dependency on", .bus_word = "add dependency" },
        [UNIT_INSTALL_SET_DEFAULT] = { .member = "SetDefaultTarget", .word = "set default", .bus_word = "set default target" },
};
/* clang-format on */
static_assert(ARRAY_LENGTH(operations) == UNIT_INSTALL_VERB_COUNT, "");

static unsigned request_flags(const Tend *tend) {
        return (tend->flags & TEND_RUNTIME ? UNIT_INSTALL_RUNTIME : 0U) |
               (tend->flags & TEND_FORCE ? UNIT_INSTALL_FORCE : 0U);
}

/* Runs the operation on names that were made whole. */
static int run(Tend *tend, UnitInstallVerb verb, char *const *names, const char *target) {
        UnitInstallRequest request = {
                .verb = verb,
                .flags = request_flags(tend),
                .names = names,
                .target = target,
        };

        if (verb == UNIT_INSTALL_SET_DEFAULT)
                request.flags |= UNIT_INSTALL_FORCE;
        if (unit_preset_mode_parse(tend->preset_mode ? tend->preset_mode : "", &request.mode) < 0) {
                tend_complain(tend, "Failed to parse preset mode: %s.", tend->preset_mode);
                return 1;
        }
        return file_operation_run(tend, &operations[verb], &request);
}

static int mangle_and_run(Tend *tend, UnitInstallVerb verb, char **arguments) {
        AUTO_STRV char **names = NULL;

        if (file_names_mangle(tend, operations[verb].word, arguments, &names) < 0)
                return 1;
        if (operations[verb].looks_up && file_names_look_up(tend, names) < 0)
                return 1;
        return run(tend, verb, names, NULL);
}

/* Init scripts are left to the distribution; when there were no others, the manager still hears of
 * it. */
static int run_beside_scripts(Tend *tend, UnitInstallVerb verb, char **names) {
        bool enabled, had_names = names != NULL;

        if (init_scripts_take(tend, operations[verb].word, names, &enabled) < 0)
                return 1;
        if (!had_names || names[0])
                return run(tend, verb, names, NULL);
        if (tend->flags & TEND_NO_RELOAD || file_operation_is_offline(tend) != 0)
                return 0;
        return cmd_daemon_reload(tend, NULL);
}

int cmd_enable(Tend *tend, char **arguments) {
        AUTO_STRV char **names = NULL;

        if (file_names_mangle(tend, "enable", arguments, &names) < 0 ||
            file_names_look_up(tend, names) < 0)
                return 1;
        return run_beside_scripts(tend, UNIT_INSTALL_ENABLE, names);
}

/* Takes the names of units out of paths. */
static int names_of(Tend *tend, char **arguments, char ***ret) {
        AUTO_STRV char **mangled = NULL;
        bool warned = false;

        int r = file_names_mangle(tend, "disable", arguments, &mangled);
        if (r >= 0)
                r = file_names_look_up(tend, mangled);
        STRV_FOREACH(name, mangled) {
                if (strchr(*name, '/') && !warned)
                        tend_complain(tend,
                                      "Warning: Can't execute disable on the unit file path. "
                                      "Proceeding with the unit name.");
                warned |= strchr(*name, '/') != NULL;
                if (r >= 0)
                        r = strv_add(ret, path_base_name(*name));
        }
        return err_pass(r);
}

int cmd_disable(Tend *tend, char **arguments) {
        AUTO_STRV char **names = NULL;

        if (names_of(tend, arguments, &names) < 0)
                return 1;
        return run_beside_scripts(tend, UNIT_INSTALL_DISABLE, names);
}

int cmd_reenable(Tend *tend, char **arguments) {
        return mangle_and_run(tend, UNIT_INSTALL_REENABLE, arguments);
}

int cmd_preset(Tend *tend, char **arguments) {
        return mangle_and_run(tend, UNIT_INSTALL_PRESET, arguments);
}

int cmd_preset_all(Tend *tend, char **arguments) {
        (void)arguments; /* there are none */
        return run(tend, UNIT_INSTALL_PRESET_ALL, NULL, NULL);
}

int cmd_mask(Tend *tend, char **arguments) {
        return mangle_and_run(tend, UNIT_INSTALL_MASK, arguments);
}

int cmd_unmask(Tend *tend, char **arguments) {
        return mangle_and_run(tend, UNIT_INSTALL_UNMASK, arguments);
}

int cmd_revert(Tend *tend, char **arguments) {
        return mangle_and_run(tend, UNIT_INSTALL_REVERT, arguments);
}

/* A link is made for a file, so its path must be clear. */
static bool link_is_clear(const Tend *tend, const char *typed) {
        AUTO_FREE char *name = NULL;

        if (*typed == '/')
                return true;
        if (tend->root) {
                (void)unit_name_mangle(typed, ".service", false, &name); /* only for the message */
                tend_complain(tend,
                              "Non-absolute paths are not allowed when --root is used: %s",
                              name ? name : typed);
                return false;
        }
        if (strchr(typed, '/'))
                return true;
        (void)unit_name_mangle(typed, ".service", false, &name); /* as above */
        tend_complain(tend,
                      "Link argument must contain at least one directory separator.\n"
                      "If you intended to link a file in the current directory, try ./%s instead.",
                      name ? name : typed);
        return false;
}

int cmd_link(Tend *tend, char **arguments) {
        STRV_FOREACH(typed, arguments) {
                if (!link_is_clear(tend, *typed))
                        return 1;
        }
        return mangle_and_run(tend, UNIT_INSTALL_LINK, arguments);
}

static int add_dependency(Tend *tend, UnitInstallVerb verb, char **arguments) {
        AUTO_STRV char **names = NULL;
        AUTO_FREE char *target = NULL;

        if (unit_name_mangle(arguments[0], ".target", false, &target) < 0) {
                tend_complain(tend, "Failed to mangle unit name: %s", arguments[0]);
                return 1;
        }
        if (file_names_mangle(tend, "add dependency", arguments + 1, &names) < 0)
                return 1;
        return run(tend, verb, names, target);
}

int cmd_add_wants(Tend *tend, char **arguments) {
        return add_dependency(tend, UNIT_INSTALL_ADD_WANTS, arguments);
}

int cmd_add_requires(Tend *tend, char **arguments) {
        return add_dependency(tend, UNIT_INSTALL_ADD_REQUIRES, arguments);
}

int cmd_set_default(Tend *tend, char **arguments) {
        AUTO_FREE char *target = NULL;

        if (unit_name_mangle(arguments[0], ".target", false, &target) < 0) {
                tend_complain(tend, "Failed to mangle unit name: %s", arguments[0]);
                return 1;
        }
        return run(tend, UNIT_INSTALL_SET_DEFAULT, NULL, target);
}
