/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/exit_status.h"

#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"

typedef struct ExitStatusRow {
        int code;
        ExitStatusClass class;
        const char *name;
} ExitStatusRow;

/* clang-format off */
static const ExitStatusRow exit_status_rows[] = {
        {   0, EXIT_STATUS_LIBC,    "SUCCESS" },
        {   1, EXIT_STATUS_LIBC,    "FAILURE" },
        {   2, EXIT_STATUS_LSB,     "INVALIDARGUMENT" },
        {   3, EXIT_STATUS_LSB,     "NOTIMPLEMENTED" },
        {   4, EXIT_STATUS_LSB,     "NOPERMISSION" },
        {   5, EXIT_STATUS_LSB,     "NOTINSTALLED" },
        {   6, EXIT_STATUS_LSB,     "NOTCONFIGURED" },
        {   7, EXIT_STATUS_LSB,     "NOTRUNNING" },
        {  64, EXIT_STATUS_BSD,     "USAGE" },
        {  65, EXIT_STATUS_BSD,     "DATAERR" },
        {  66, EXIT_STATUS_BSD,     "NOINPUT" },
        {  67, EXIT_STATUS_BSD,     "NOUSER" },
        {  68, EXIT_STATUS_BSD,     "NOHOST" },
        {  69, EXIT_STATUS_BSD,     "UNAVAILABLE" },
        {  70, EXIT_STATUS_BSD,     "SOFTWARE" },
        {  71, EXIT_STATUS_BSD,     "OSERR" },
        {  72, EXIT_STATUS_BSD,     "OSFILE" },
        {  73, EXIT_STATUS_BSD,     "CANTCREAT" },
        {  74, EXIT_STATUS_BSD,     "IOERR" },
        {  75, EXIT_STATUS_BSD,     "TEMPFAIL" },
        {  76, EXIT_STATUS_BSD,     "PROTOCOL" },
        {  77, EXIT_STATUS_BSD,     "NOPERM" },
        {  78, EXIT_STATUS_BSD,     "CONFIG" },
        { 200, EXIT_STATUS_SYSTEMD, "CHDIR" },
        { 201, EXIT_STATUS_SYSTEMD, "NICE" },
        { 202, EXIT_STATUS_SYSTEMD, "FDS" },
        { 203, EXIT_STATUS_SYSTEMD, "EXEC" },
        { 204, EXIT_STATUS_SYSTEMD, "MEMORY" },
        { 205, EXIT_STATUS_SYSTEMD, "LIMITS" },
        { 206, EXIT_STATUS_SYSTEMD, "OOM_ADJUST" },
        { 207, EXIT_STATUS_SYSTEMD, "SIGNAL_MASK" },
        { 208, EXIT_STATUS_SYSTEMD, "STDIN" },
        { 209, EXIT_STATUS_SYSTEMD, "STDOUT" },
        { 210, EXIT_STATUS_SYSTEMD, "CHROOT" },
        { 211, EXIT_STATUS_SYSTEMD, "IOPRIO" },
        { 212, EXIT_STATUS_SYSTEMD, "TIMERSLACK" },
        { 213, EXIT_STATUS_SYSTEMD, "SECUREBITS" },
        { 214, EXIT_STATUS_SYSTEMD, "SETSCHEDULER" },
        { 215, EXIT_STATUS_SYSTEMD, "CPUAFFINITY" },
        { 216, EXIT_STATUS_SYSTEMD, "GROUP" },
        { 217, EXIT_STATUS_SYSTEMD, "USER" },
        { 218, EXIT_STATUS_SYSTEMD, "CAPABILITIES" },
        { 219, EXIT_STATUS_SYSTEMD, "CGROUP" },
        { 220, EXIT_STATUS_SYSTEMD, "SETSID" },
        { 221, EXIT_STATUS_SYSTEMD, "CONFIRM" },
        { 222, EXIT_STATUS_SYSTEMD, "STDERR" },
        { 224, EXIT_STATUS_SYSTEMD, "PAM" },
        { 225, EXIT_STATUS_SYSTEMD, "NETWORK" },
        { 226, EXIT_STATUS_SYSTEMD, "NAMESPACE" },
        { 227, EXIT_STATUS_SYSTEMD, "NO_NEW_PRIVILEGES" },
        { 228, EXIT_STATUS_SYSTEMD, "SECCOMP" },
        { 229, EXIT_STATUS_SYSTEMD, "SELINUX_CONTEXT" },
        { 230, EXIT_STATUS_SYSTEMD, "PERSONALITY" },
        { 231, EXIT_STATUS_SYSTEMD, "APPARMOR" },
        { 232, EXIT_STATUS_SYSTEMD, "ADDRESS_FAMILIES" },
        { 233, EXIT_STATUS_SYSTEMD, "RUNTIME_DIRECTORY" },
        { 235, EXIT_STATUS_SYSTEMD, "CHOWN" },
        { 236, EXIT_STATUS_SYSTEMD, "SMACK_PROCESS_LABEL" },
        { 237, EXIT_STATUS_SYSTEMD, "KEYRING" },
        { 238, EXIT_STATUS_SYSTEMD, "STATE_DIRECTORY" },
        { 239, EXIT_STATUS_SYSTEMD, "CACHE_DIRECTORY" },
        { 240, EXIT_STATUS_SYSTEMD, "LOGS_DIRECTORY" },
        { 241, EXIT_STATUS_SYSTEMD, "CONFIGURATION_DIRECTORY" },
        { 242, EXIT_STATUS_SYSTEMD, "NUMA_POLICY" },
        { 243, EXIT_STATUS_SYSTEMD, "CREDENTIALS" },
        { 244, EXIT_STATUS_SYSTEMD, "BPF" },
        { 255, EXIT_STATUS_SYSTEMD, "EXCEPTION" },
};
/* clang-format on */

static const ExitStatusRow *find_code(int code) {
        for (unsigned i = 0; i < ARRAY_LENGTH(exit_status_rows); i++)
                if (exit_status_rows[i].code == code)
                        return &exit_status_rows[i];
        return NULL;
}

const char *exit_status_name(int code, unsigned classes) {
        const ExitStatusRow *row = find_code(code);

        return row && (row->class & classes) ? row->name : NULL;
}

const char *exit_status_class_name(int code) {
        const ExitStatusRow *row = find_code(code);

        if (!row)
                return NULL;
        return row->class == EXIT_STATUS_LIBC      ? "libc"
               : row->class == EXIT_STATUS_SYSTEMD ? "systemd"
               : row->class == EXIT_STATUS_LSB     ? "LSB"
                                                   : "BSD";
}

int exit_status_parse(Str text, int *ret_code) {
        uint64_t code;
        int r;

        for (unsigned i = 0; i < ARRAY_LENGTH(exit_status_rows); i++)
                if (str_equal_c(text, exit_status_rows[i].name)) {
                        *ret_code = exit_status_rows[i].code;
                        return 0;
                }
        r = parse_u64(text, 0, &code);
        if (r < 0)
                return err_pass(r);
        if (code > UINT8_MAX)
                return err_new(-ERANGE);
        *ret_code = (int)code;
        return 0;
}
