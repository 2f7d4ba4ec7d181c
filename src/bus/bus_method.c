/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_method.h"

#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_access.h"
#include "bus/bus_bind.h"
#include "bus/bus_dynamic_user.h"
#include "bus/bus_introspect.h"
#include "bus/bus_job.h"
#include "bus/bus_manager.h"
#include "bus/bus_mark.h"
#include "bus/bus_object.h"
#include "bus/bus_property.h"
#include "bus/bus_tend.h"
#include "bus/bus_transient.h"
#include "bus/bus_unit.h"
#include "bus/bus_unit_files.h"
#include "bus/bus_unit_group.h"
#include "bus/bus_unit_list.h"
#include "unit/unit_install.h"

#define MANAGER BUS_INTERFACE_BIT(BUS_INTERFACE_MANAGER)
#define UNIT BUS_INTERFACE_BIT(BUS_INTERFACE_UNIT)
#define SERVICE BUS_INTERFACE_BIT(BUS_INTERFACE_SERVICE)
#define SCOPE BUS_INTERFACE_BIT(BUS_INTERFACE_SCOPE)
#define JOB BUS_INTERFACE_BIT(BUS_INTERFACE_JOB)
#define TEND BUS_INTERFACE_BIT(BUS_INTERFACE_TEND)
#define PROPERTIES BUS_INTERFACE_BIT(BUS_INTERFACE_PROPERTIES)
#define INTROSPECTABLE BUS_INTERFACE_BIT(BUS_INTERFACE_INTROSPECTABLE)
#define PEER BUS_INTERFACE_BIT(BUS_INTERFACE_PEER)
#define WITH_PROCESSES                                                                             \
        (BUS_INTERFACE_BIT(BUS_INTERFACE_SERVICE) | BUS_INTERFACE_BIT(BUS_INTERFACE_SOCKET) |      \
         BUS_INTERFACE_BIT(BUS_INTERFACE_MOUNT) | BUS_INTERFACE_BIT(BUS_INTERFACE_SWAP) |          \
         BUS_INTERFACE_BIT(BUS_INTERFACE_SLICE) | BUS_INTERFACE_BIT(BUS_INTERFACE_SCOPE))

#define READ BUS_ACCESS_READ
#define CHANGE BUS_ACCESS_CHANGE
#define UNITS BUS_ACCESS_UNITS
#define UNIT_FILES BUS_ACCESS_UNIT_FILES
#define ENVIRONMENT BUS_ACCESS_ENVIRONMENT
#define RELOAD BUS_ACCESS_RELOAD
#define RELOAD_OR(type) ((int)(type) | BUS_VARIANT_RELOAD_IF_POSSIBLE)

#define UNITS_OUT "a(ssssssouso)"
#define JOBS_OUT "a(usssoo)"
#define CHANGES_OUT "a(sss)"
#define QUEUED_OUT "uososa(uosos)"
#define QUEUED_NAMES "job_id job_path unit_id unit_path job_type affected_jobs"

/* clang-format off */
const BusMethodRow bus_method_rows[] = {
        { PROPERTIES, "Get", "ss", "v", "interface_name property_name value", READ, bus_property_get, 0 },
        { PROPERTIES, "GetAll", "s", "a{sv}", "interface_name props", READ, bus_property_get_all, 0 },
        { PROPERTIES, "Set", "ssv", "", "interface_name property_name value", CHANGE, bus_property_set, 0 },
        { INTROSPECTABLE, "Introspect", "", "s", "xml_data", READ, bus_introspect, 0 },
        { PEER, "Ping", "", "", "", READ, bus_peer_ping, 0 },
        { PEER, "GetMachineId", "", "s", "machine_uuid", READ, bus_peer_machine_id, 0 },

        { MANAGER, "GetUnit", "s", "o", "name unit", READ, bus_manager_get_unit, 0 },
        { MANAGER, "GetUnitByPID", "u", "o", "pid unit", READ, bus_manager_get_unit_by_pid, 0 },
        { MANAGER, "GetUnitByInvocationID", "ay", "o", "invocation_id unit", READ, bus_manager_get_unit_by_invocation, 0 },
        { MANAGER, "GetUnitByControlGroup", "s", "o", "cgroup unit", READ, bus_manager_get_unit_by_group, 0 },
        { MANAGER, "LoadUnit", "s", "o", "name unit", READ, bus_manager_load_unit, 0 },
        { MANAGER, "StartUnit", "ss", "o", "name mode job", UNITS, bus_manager_queue_job, JOB_START },
        { MANAGER, "StartUnitWithFlags", "sst", "o", "name mode flags job", UNITS, bus_manager_queue_job, JOB_START },
        { MANAGER, "StartUnitReplace", "sss", "o", "old_unit new_unit mode job", UNITS, bus_manager_start_replace, 0 },
        { MANAGER, "StopUnit", "ss", "o", "name mode job", UNITS, bus_manager_queue_job, JOB_STOP },
        { MANAGER, "ReloadUnit", "ss", "o", "name mode job", UNITS, bus_manager_queue_job, JOB_RELOAD },
        { MANAGER, "RestartUnit", "ss", "o", "name mode job", UNITS, bus_manager_queue_job, JOB_RESTART },
        { MANAGER, "TryRestartUnit", "ss", "o", "name mode job", UNITS, bus_manager_queue_job, JOB_TRY_RESTART },
        { MANAGER, "ReloadOrRestartUnit", "ss", "o", "name mode job", UNITS, bus_manager_queue_job, RELOAD_OR(JOB_RESTART) },
        { MANAGER, "ReloadOrTryRestartUnit", "ss", "o", "name mode job", UNITS, bus_manager_queue_job, RELOAD_OR(JOB_TRY_RESTART) },
        { MANAGER, "EnqueueUnitJob", "sss", QUEUED_OUT, "name job_type job_mode " QUEUED_NAMES, UNITS, bus_manager_enqueue_job, 0 },
        { MANAGER, "KillUnit", "ssi", "", "name whom signal", UNITS, bus_manager_kill_unit, 0 },
        { MANAGER, "ResetFailedUnit", "s", "", "name", UNITS, bus_manager_reset_failed_unit, 0 },
        { MANAGER, "ResetFailed", "", "", "", UNITS, bus_manager_reset_failed, 0 },
        { MANAGER, "RefUnit", "s", "", "name", UNITS, bus_manager_ref_unit, 0 },
        { MANAGER, "UnrefUnit", "s", "", "name", READ, bus_manager_unref_unit, 0 },
        { MANAGER, "SetUnitProperties", "sba(sv)", "", "name runtime properties", UNITS, bus_manager_set_properties, 0 },
        { MANAGER, "StartTransientUnit", "ssa(sv)a(sa(sv))", "o", "name mode properties aux job", UNITS, bus_manager_start_transient, 0 },
        { MANAGER, "CleanUnit", "sas", "", "name mask", UNITS, bus_manager_clean, 0 },
        { MANAGER, "FreezeUnit", "s", "", "name", UNITS, bus_manager_freeze, BUS_FREEZE },
        { MANAGER, "ThawUnit", "s", "", "name", UNITS, bus_manager_freeze, BUS_THAW },
        { MANAGER, "BindMountUnit", "sssbb", "", "name source destination read_only mkdir", UNITS, bus_manager_bind_mount, 0 },
        { MANAGER, "MountImageUnit", "sssbba(ss)", "", "name source destination read_only mkdir options", UNITS, bus_manager_refuse, BUS_REFUSED_MOUNT },
        { MANAGER, "AttachProcessesToUnit", "ssau", "", "unit_name subcgroup pids", CHANGE, bus_manager_attach, 0 },
        { MANAGER, "AbandonScope", "s", "", "name", UNITS, bus_manager_abandon, 0 },
        { MANAGER, "GetUnitProcesses", "s", "a(sus)", "name processes", READ, bus_manager_get_processes, 0 },
        { MANAGER, "GetJob", "u", "o", "id job", READ, bus_manager_get_job, 0 },
        { MANAGER, "GetJobAfter", "u", JOBS_OUT, "id jobs", READ, bus_manager_get_job_neighbours, BUS_JOBS_AFTER },
        { MANAGER, "GetJobBefore", "u", JOBS_OUT, "id jobs", READ, bus_manager_get_job_neighbours, BUS_JOBS_BEFORE },
        { MANAGER, "CancelJob", "u", "", "id", UNITS, bus_manager_cancel_job, 0 },
        { MANAGER, "ClearJobs", "", "", "", UNITS, bus_manager_clear_jobs, 0 },
        { MANAGER, "ListJobs", "", JOBS_OUT, "jobs", READ, bus_manager_list_jobs, 0 },
        { MANAGER, "ListUnits", "", UNITS_OUT, "units", READ, bus_manager_list_units, BUS_LIST_ALL },
        { MANAGER, "ListUnitsFiltered", "as", UNITS_OUT, "states units", READ, bus_manager_list_units, BUS_LIST_STATES },
        { MANAGER, "ListUnitsByPatterns", "asas", UNITS_OUT, "states patterns units", READ, bus_manager_list_units, BUS_LIST_PATTERNS },
        { MANAGER, "ListUnitsByNames", "as", UNITS_OUT, "names units", READ, bus_manager_list_units_by_names, 0 },
        { MANAGER, "ListUnitFiles", "", "a(ss)", "unit_files", READ, bus_manager_list_unit_files, BUS_LIST_ALL },
        { MANAGER, "ListUnitFilesByPatterns", "asas", "a(ss)", "states patterns unit_files", READ, bus_manager_list_unit_files, BUS_LIST_PATTERNS },
        { MANAGER, "GetUnitFileState", "s", "s", "file state", READ, bus_manager_get_unit_file_state, 0 },
        { MANAGER, "GetDefaultTarget", "", "s", "name", READ, bus_manager_get_default_target, 0 },
        { MANAGER, "GetUnitFileLinks", "sb", "as", "name runtime links", READ, bus_manager_get_unit_file_links, 0 },
        { MANAGER, "EnableUnitFiles", "asbb", "b" CHANGES_OUT, "files runtime force carries_install_info changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_ENABLE },
        { MANAGER, "EnableUnitFilesWithFlags", "ast", "b" CHANGES_OUT, "files flags carries_install_info changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_ENABLE },
        { MANAGER, "DisableUnitFiles", "asb", CHANGES_OUT, "files runtime changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_DISABLE },
        { MANAGER, "DisableUnitFilesWithFlags", "ast", CHANGES_OUT, "files flags changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_DISABLE },
        { MANAGER, "ReenableUnitFiles", "asbb", "b" CHANGES_OUT, "files runtime force carries_install_info changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_REENABLE },
        { MANAGER, "LinkUnitFiles", "asbb", CHANGES_OUT, "files runtime force changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_LINK },
        { MANAGER, "PresetUnitFiles", "asbb", "b" CHANGES_OUT, "files runtime force carries_install_info changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_PRESET },
        { MANAGER, "PresetUnitFilesWithMode", "assbb", "b" CHANGES_OUT, "files mode runtime force carries_install_info changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_PRESET },
        { MANAGER, "PresetAllUnitFiles", "sbb", CHANGES_OUT, "mode runtime force changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_PRESET_ALL },
        { MANAGER, "MaskUnitFiles", "asbb", CHANGES_OUT, "files runtime force changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_MASK },
        { MANAGER, "UnmaskUnitFiles", "asb", CHANGES_OUT, "files runtime changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_UNMASK },
        { MANAGER, "RevertUnitFiles", "as", CHANGES_OUT, "files changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_REVERT },
        { MANAGER, "SetDefaultTarget", "sb", CHANGES_OUT, "name force changes", UNIT_FILES, bus_manager_change_unit_files, UNIT_INSTALL_SET_DEFAULT },
        { MANAGER, "AddDependencyUnitFiles", "asssbb", CHANGES_OUT, "files target type runtime force changes", UNIT_FILES, bus_manager_add_unit_file_dependency, 0 },
        { MANAGER, "Subscribe", "", "", "", READ, bus_manager_subscribe, 1 },
        { MANAGER, "Unsubscribe", "", "", "", READ, bus_manager_subscribe, 0 },
        { MANAGER, "Dump", "", "s", "output", READ, bus_manager_dump, 0 },
        { MANAGER, "DumpByFileDescriptor", "", "h", "fd", READ, bus_manager_dump_by_fd, 0 },
        { MANAGER, "DumpUnitsMatchingPatterns", "as", "s", "patterns output", READ, bus_manager_dump, BUS_DUMP_PATTERNS },
        { MANAGER, "DumpUnitsMatchingPatternsByFileDescriptor", "as", "h", "patterns fd", READ, bus_manager_dump_by_fd, BUS_DUMP_PATTERNS },
        { MANAGER, "SetShowStatus", "s", "", "mode", CHANGE, bus_manager_set_show_status, 0 },
        { MANAGER, "SwitchRoot", "ss", "", "new_root init", CHANGE, bus_manager_refuse, BUS_REFUSED_SWITCH_ROOT },
        { MANAGER, "EnqueueMarkedJobs", "", "ao", "jobs", UNITS, bus_manager_enqueue_marked, 0 },
        { MANAGER, "LookupDynamicUserByName", "s", "u", "name uid", READ, bus_manager_lookup_user_by_name, 0 },
        { MANAGER, "LookupDynamicUserByUID", "u", "s", "uid name", READ, bus_manager_lookup_user_by_uid, 0 },
        { MANAGER, "GetDynamicUsers", "", "a(us)", "users", READ, bus_manager_get_dynamic_users, 0 },
        { MANAGER, "Reload", "", "", "", RELOAD, bus_manager_reload, 0 },
        { MANAGER, "Reexecute", "", "", "", RELOAD, bus_manager_reexecute, 0 },
        { MANAGER, "Exit", "", "", "", CHANGE, bus_manager_exit, BUS_EXIT },
        { MANAGER, "Reboot", "", "", "", CHANGE, bus_manager_exit, BUS_REBOOT },
        { MANAGER, "PowerOff", "", "", "", CHANGE, bus_manager_exit, BUS_POWEROFF },
        { MANAGER, "Halt", "", "", "", CHANGE, bus_manager_exit, BUS_HALT },
        { MANAGER, "KExec", "", "", "", CHANGE, bus_manager_exit, BUS_KEXEC },
        { MANAGER, "SetExitCode", "y", "", "number", CHANGE, bus_manager_set_exit_code, 0 },
        { MANAGER, "SetEnvironment", "as", "", "assignments", ENVIRONMENT, bus_manager_change_environment, BUS_ENVIRONMENT_SET },
        { MANAGER, "UnsetEnvironment", "as", "", "names", ENVIRONMENT, bus_manager_change_environment, BUS_ENVIRONMENT_UNSET },
        { MANAGER, "UnsetAndSetEnvironment", "asas", "", "names assignments", ENVIRONMENT, bus_manager_change_environment, BUS_ENVIRONMENT_UNSET | BUS_ENVIRONMENT_SET },

        { UNIT, "Start", "s", "o", "mode job", UNITS, bus_unit_queue_job, JOB_START },
        { UNIT, "Stop", "s", "o", "mode job", UNITS, bus_unit_queue_job, JOB_STOP },
        { UNIT, "Reload", "s", "o", "mode job", UNITS, bus_unit_queue_job, JOB_RELOAD },
        { UNIT, "Restart", "s", "o", "mode job", UNITS, bus_unit_queue_job, JOB_RESTART },
        { UNIT, "TryRestart", "s", "o", "mode job", UNITS, bus_unit_queue_job, JOB_TRY_RESTART },
        { UNIT, "ReloadOrRestart", "s", "o", "mode job", UNITS, bus_unit_queue_job, RELOAD_OR(JOB_RESTART) },
        { UNIT, "ReloadOrTryRestart", "s", "o", "mode job", UNITS, bus_unit_queue_job, RELOAD_OR(JOB_TRY_RESTART) },
        { UNIT, "EnqueueJob", "ss", QUEUED_OUT, "job_type job_mode " QUEUED_NAMES, UNITS, bus_unit_enqueue_job, 0 },
        { UNIT, "Kill", "si", "", "whom signal", UNITS, bus_unit_kill, 0 },
        { UNIT, "ResetFailed", "", "", "", UNITS, bus_unit_reset_failed, 0 },
        { UNIT, "SetProperties", "ba(sv)", "", "runtime properties", UNITS, bus_unit_set_properties, 0 },
        { UNIT, "Clean", "as", "", "mask", UNITS, bus_unit_clean, 0 },
        { UNIT, "Freeze", "", "", "", UNITS, bus_unit_freeze, BUS_FREEZE },
        { UNIT, "Thaw", "", "", "", UNITS, bus_unit_freeze, BUS_THAW },
        { UNIT, "Ref", "", "", "", UNITS, bus_unit_ref, 0 },
        { UNIT, "Unref", "", "", "", READ, bus_unit_unref, 0 },
        { WITH_PROCESSES, "AttachProcesses", "sau", "", "subcgroup pids", CHANGE, bus_unit_attach, 0 },
        { SERVICE, "BindMount", "ssbb", "", "source destination read_only mkdir", UNITS, bus_service_bind_mount, 0 },
        { SERVICE, "MountImage", "ssbba(ss)", "", "source destination read_only mkdir options", UNITS, bus_manager_refuse, BUS_REFUSED_MOUNT },
        { SCOPE, "Abandon", "", "", "", UNITS, bus_unit_abandon, 0 },
        { WITH_PROCESSES, "GetProcesses", "", "a(sus)", "processes", READ, bus_unit_get_processes, 0 },

        { JOB, "Cancel", "", "", "", UNITS, bus_job_cancel, 0 },
        { JOB, "GetAfter", "", JOBS_OUT, "jobs", READ, bus_job_get_neighbours, BUS_JOBS_AFTER },
        { JOB, "GetBefore", "", JOBS_OUT, "jobs", READ, bus_job_get_neighbours, BUS_JOBS_BEFORE },

        { TEND, "Why", "s", "ssa(tsss)", "name unit sub_state transitions", READ, bus_tend_why, 0 },
        { TEND, "Reports", "s", "as", "name lines", READ, bus_tend_reports, 0 },
        { TEND, "Findings", "s", "a(susss)", "name findings", READ, bus_tend_findings, 0 },
        { TEND, "Waiting", "", "as", "names", READ, bus_tend_waiting, 0 },
        { TEND, "PlanOf", "s", "s", "name text", READ, bus_tend_plan, 0 },
        { TEND, "Listen", "s", "", "what", READ, bus_tend_listen, 0 },
        { TEND, "LogPath", "s", "s", "name path", READ, bus_tend_log_path, 0 },
};
/* clang-format on */

const unsigned bus_method_count = ARRAY_LENGTH(bus_method_rows);

const BusMethodRow *
bus_method_find(uint32_t interfaces, const char *interface, const char *member) {
        if (interface && *interface) {
                BusInterface named;
                if (bus_interface_parse(interface, &named) < 0)
                        return NULL;
                interfaces &= BUS_INTERFACE_BIT(named);
        }
        for (unsigned i = 0; i < bus_method_count; i++)
                if ((bus_method_rows[i].interfaces & interfaces) &&
                    streq(bus_method_rows[i].member, member))
                        return &bus_method_rows[i];
        return NULL;
}

bool bus_method_is_read_only(const char *interface, const char *member) {
        const BusMethodRow *row = bus_method_find(UINT32_MAX, interface, member);

        return !row || row->access == BUS_ACCESS_READ;
}

static int check_arguments(BusCall *call, const BusMethodRow *row) {
        if (sd_bus_message_has_signature(call->message, row->in))
                return 0;
        const char *interface = sd_bus_message_get_interface(call->message);
        return sd_bus_error_setf(call->error,
                                 SD_BUS_ERROR_INVALID_ARGS,
                                 "Invalid arguments '%s' to call %s%s%s(), expecting '%s'.",
                                 sd_bus_message_get_signature(call->message, true) ?: "",
                                 interface ? interface : "",
                                 interface ? "." : "",
                                 row->member,
                                 row->in);
}

/* The object of a path; "self" is the caller's own unit. */
static int find_object(BusCall *call, const char *path) {
        Unit *unit;
        int r;

        if (!streq(path, BUS_PATH_UNITS "/self"))
                return bus_object_find(call->server, path, &call->object);
        r = bus_manager_find_unit(call, "", &unit);
        if (r < 0)
                return r;
        bus_object_of_unit(unit, &call->object);
        return 0;
}

int bus_method_dispatch(BusCall *call) {
        const char *path = sd_bus_message_get_path(call->message);
        const char *interface = sd_bus_message_get_interface(call->message);
        const char *member = sd_bus_message_get_member(call->message);
        const BusMethodRow *row;
        int r;

        r = find_object(call, path ?: "");
        if (r < 0)
                return sd_bus_error_is_set(call->error) ? r
                                                        : sd_bus_error_set_errno(call->error, r);
        if (call->object.kind == BUS_OBJECT_NONE)
                return sd_bus_error_setf(
                        call->error, SD_BUS_ERROR_UNKNOWN_OBJECT, "Unknown object '%s'.", path);
        row = bus_method_find(call->object.interfaces, interface, member);
        if (!row)
                return sd_bus_error_setf(call->error,
                                         SD_BUS_ERROR_UNKNOWN_METHOD,
                                         "Unknown method %s or interface %s.",
                                         member,
                                         interface ?: "");
        r = check_arguments(call, row);
        if (r < 0)
                return r;
        r = bus_access_check(call, row);
        if (r != 0)
                return r;
        return row->handle(call, row);
}
