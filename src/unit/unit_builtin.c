/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_builtin.h"

#include "base/auto.h"
#include "base/macros.h"

enum {
        SCOPE_SYSTEM = 1 << UNIT_SCOPE_SYSTEM,
        SCOPE_USER = 1 << UNIT_SCOPE_USER,
        SCOPE_BOTH = SCOPE_SYSTEM | SCOPE_USER,
};

typedef struct BuiltinRow {
        const char *name;
        unsigned scopes;
        UnitBuiltinRole role;
        const char *text;
} BuiltinRow;

/* What systemd.special(7) says about each. */
/* clang-format off */
static const BuiltinRow texts[] = {
        { "-.slice", SCOPE_BOTH, BUILTIN_TEXT,
          "[Unit]\nDescription=Root Slice\nDefaultDependencies=no\nBefore=slices.target\n" },
        { "app.slice", SCOPE_USER, BUILTIN_TEXT,
          "[Unit]\nDescription=User Application Slice\n" },
        { "background.slice", SCOPE_USER, BUILTIN_TEXT,
          "[Unit]\nDescription=User Background Tasks Slice\n" },
        { "basic.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Basic System\nRequires=sysinit.target\nWants=sockets.target timers.target paths.target slices.target\nAfter=sysinit.target sockets.target paths.target slices.target\n" },
        { "basic.target", SCOPE_USER, BUILTIN_TEXT,
          "[Unit]\nDescription=Basic System\nWants=sockets.target timers.target paths.target\nAfter=sockets.target timers.target paths.target\nDefaultDependencies=no\nConflicts=shutdown.target\nBefore=shutdown.target\n" },
        { "bluetooth.target", SCOPE_BOTH, BUILTIN_TEXT,
          "[Unit]\nDescription=Bluetooth Support\nStopWhenUnneeded=yes\n" },
        { "boot-complete.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Boot Completion Check\nRequires=sysinit.target\nAfter=sysinit.target\n" },
        { "cryptsetup-pre.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Local Encrypted Volumes (Pre)\nRefuseManualStart=yes\nDefaultDependencies=no\nBefore=cryptsetup.target\n" },
        { "cryptsetup.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Local Encrypted Volumes\nDefaultDependencies=no\nConflicts=shutdown.target\n" },
        { "default.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Default Target\nRequires=multi-user.target\nAfter=multi-user.target\nAllowIsolate=yes\n" },
        { "default.target", SCOPE_USER, BUILTIN_TEXT,
          "[Unit]\nDescription=Main User Target\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n" },
        { "emergency.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Emergency Mode\nAllowIsolate=yes\n" },
        { "exit.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Exit the container\nDefaultDependencies=no\nRequires=systemd-exit.service\nAfter=systemd-exit.service\nAllowIsolate=yes\n" },
        { "exit.target", SCOPE_USER, BUILTIN_TEXT,
          "[Unit]\nDescription=Exit the Session\nDefaultDependencies=no\nRequires=systemd-exit.service\nAfter=systemd-exit.service\nAllowIsolate=yes\n" },
        { "final.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Late Shutdown Services\nDefaultDependencies=no\nRefuseManualStart=yes\nAfter=shutdown.target umount.target\n" },
        { "first-boot-complete.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=First Boot Complete\nRefuseManualStart=yes\n" },
        { "getty-pre.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Preparation for Logins\nRefuseManualStart=yes\n" },
        { "getty.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Login Prompts\n" },
        { "graphical-session-pre.target", SCOPE_USER, BUILTIN_TEXT,
          "[Unit]\nDescription=Session services which should run early before the graphical session is brought up\nRequires=basic.target\nBefore=graphical-session.target\nRefuseManualStart=yes\nStopWhenUnneeded=yes\n" },
        { "graphical-session.target", SCOPE_USER, BUILTIN_TEXT,
          "[Unit]\nDescription=Current graphical user session\nRequires=basic.target\nRefuseManualStart=yes\nStopWhenUnneeded=yes\n" },
        { "graphical.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Graphical Interface\nRequires=multi-user.target\nWants=display-manager.service\nAfter=multi-user.target rescue.target display-manager.service\nConflicts=rescue.target\nAllowIsolate=yes\n" },
        { "halt.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=System Halt\nDefaultDependencies=no\nRequires=systemd-halt.service\nAfter=systemd-halt.service\nAllowIsolate=yes\n" },
        { "init.scope", SCOPE_BOTH, BUILTIN_TEXT,
          "[Unit]\nDescription=System and Service Manager\nDefaultDependencies=no\n" },
        { "integritysetup-pre.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Local Integrity Protected Volumes (Pre)\nRefuseManualStart=yes\nDefaultDependencies=no\nBefore=integritysetup.target\n" },
        { "integritysetup.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Local Integrity Protected Volumes\nDefaultDependencies=no\nConflicts=shutdown.target\n" },
        { "local-fs-pre.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Preparation for Local File Systems\nRefuseManualStart=yes\nDefaultDependencies=no\nConflicts=shutdown.target\n" },
        { "local-fs.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Local File Systems\nAfter=local-fs-pre.target\nDefaultDependencies=no\nConflicts=shutdown.target\n" },
        { "machine.slice", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Virtual Machine and Container Slice\nDefaultDependencies=no\nBefore=slices.target\n" },
        { "machines.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Containers\nBefore=multi-user.target\n" },
        { "multi-user.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Multi-User System\nRequires=basic.target\nAfter=basic.target rescue.target\nConflicts=rescue.target\nAllowIsolate=yes\n" },
        { "network-online.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Network is Online\nAfter=network.target\n" },
        { "network-pre.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Preparation for Network\nRefuseManualStart=yes\n" },
        { "network.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Network\nAfter=network-pre.target\n" },
        { "nss-lookup.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Host and Network Name Lookups\nRefuseManualStart=yes\n" },
        { "nss-user-lookup.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=User and Group Name Lookups\nRefuseManualStart=yes\n" },
        { "paths.target", SCOPE_BOTH, BUILTIN_TEXT,
          "[Unit]\nDescription=Path Units\nDefaultDependencies=no\nConflicts=shutdown.target\nBefore=shutdown.target\n" },
        { "poweroff.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=System Power Off\nDefaultDependencies=no\nRequires=systemd-poweroff.service\nAfter=systemd-poweroff.service\nAllowIsolate=yes\n" },
        { "printer.target", SCOPE_BOTH, BUILTIN_TEXT,
          "[Unit]\nDescription=Printer Support\nStopWhenUnneeded=yes\n" },
        { "reboot.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=System Reboot\nDefaultDependencies=no\nRequires=systemd-reboot.service\nAfter=systemd-reboot.service\nAllowIsolate=yes\n" },
        { "remote-cryptsetup.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Remote Encrypted Volumes\nAfter=remote-fs-pre.target cryptsetup-pre.target\nDefaultDependencies=no\nConflicts=shutdown.target\n" },
        { "remote-fs-pre.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Preparation for Remote File Systems\nRefuseManualStart=yes\nDefaultDependencies=no\nConflicts=shutdown.target\n" },
        { "remote-fs.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Remote File Systems\nAfter=remote-fs-pre.target\nDefaultDependencies=no\nConflicts=shutdown.target\n" },
        { "remote-veritysetup.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Remote Verity Protected Volumes\nAfter=remote-fs-pre.target veritysetup-pre.target\nDefaultDependencies=no\nConflicts=shutdown.target\n" },
        { "rescue.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Rescue Mode\nRequires=sysinit.target\nAfter=sysinit.target\nAllowIsolate=yes\n" },
        { "rpcbind.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=RPC Port Mapper\nRefuseManualStart=yes\n" },
        { "session.slice", SCOPE_USER, BUILTIN_TEXT,
          "[Unit]\nDescription=User Core Session Slice\n" },
        { "shutdown.target", SCOPE_BOTH, BUILTIN_TEXT,
          "[Unit]\nDescription=System Shutdown\nDefaultDependencies=no\nRefuseManualStart=yes\n" },
        { "slices.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Slice Units\nDefaultDependencies=no\nWants=-.slice system.slice\nAfter=-.slice system.slice\n" },
        { "smartcard.target", SCOPE_BOTH, BUILTIN_TEXT,
          "[Unit]\nDescription=Smart Card\nStopWhenUnneeded=yes\n" },
        { "sockets.target", SCOPE_BOTH, BUILTIN_TEXT,
          "[Unit]\nDescription=Socket Units\nDefaultDependencies=no\nConflicts=shutdown.target\nBefore=shutdown.target\n" },
        { "sound.target", SCOPE_BOTH, BUILTIN_TEXT,
          "[Unit]\nDescription=Sound Card\nStopWhenUnneeded=yes\n" },
        { "swap.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Swaps\nDefaultDependencies=no\nConflicts=shutdown.target\n" },
        { "sysinit.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=System Initialization\nWants=local-fs.target swap.target\nAfter=local-fs.target swap.target\nConflicts=emergency.target\nAfter=emergency.target\nDefaultDependencies=no\nConflicts=shutdown.target\nBefore=shutdown.target\n" },
        { "syslog.socket", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Syslog Socket\nDefaultDependencies=no\nConflicts=shutdown.target\nBefore=sockets.target shutdown.target\n[Socket]\nListenDatagram=/run/systemd/journal/syslog\nSocketMode=0666\nPassCredentials=yes\nPassSecurity=yes\nReceiveBuffer=8M\n" },
        { "system.slice", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=System Slice\nDefaultDependencies=no\nBefore=slices.target\n" },
        { "systemd-exit.service", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Exit the Session\nDefaultDependencies=no\nRequires=shutdown.target umount.target final.target\nAfter=shutdown.target umount.target final.target\nSuccessAction=exit-force\n" },
        { "systemd-exit.service", SCOPE_USER, BUILTIN_TEXT,
          "[Unit]\nDescription=Exit the Session\nDefaultDependencies=no\nRequires=shutdown.target\nAfter=shutdown.target\nSuccessAction=exit-force\n" },
        { "systemd-halt.service", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=System Halt\nDefaultDependencies=no\nRequires=shutdown.target umount.target final.target\nAfter=shutdown.target umount.target final.target\nSuccessAction=poweroff-force\n" },
        { "systemd-poweroff.service", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=System Power Off\nDefaultDependencies=no\nRequires=shutdown.target umount.target final.target\nAfter=shutdown.target umount.target final.target\nSuccessAction=poweroff-force\n" },
        { "systemd-reboot.service", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=System Reboot\nDefaultDependencies=no\nRequires=shutdown.target umount.target final.target\nAfter=shutdown.target umount.target final.target\nSuccessAction=reboot-force\n" },
        { "time-set.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=System Time Set\nRefuseManualStart=yes\n" },
        { "time-sync.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=System Time Synchronized\nRefuseManualStart=yes\nAfter=time-set.target\nWants=time-set.target\n" },
        { "timers.target", SCOPE_BOTH, BUILTIN_TEXT,
          "[Unit]\nDescription=Timer Units\nDefaultDependencies=no\nConflicts=shutdown.target\nBefore=shutdown.target\n" },
        { "umount.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Unmount All Filesystems\nDefaultDependencies=no\nRefuseManualStart=yes\n" },
        { "usb-gadget.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Hardware activated USB gadget\nStopWhenUnneeded=yes\n" },
        { "user.slice", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=User and Session Slice\nDefaultDependencies=no\nBefore=slices.target\n" },
        { "veritysetup-pre.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Local Verity Protected Volumes (Pre)\nRefuseManualStart=yes\nDefaultDependencies=no\nBefore=veritysetup.target\n" },
        { "veritysetup.target", SCOPE_SYSTEM, BUILTIN_TEXT,
          "[Unit]\nDescription=Local Verity Protected Volumes\nDefaultDependencies=no\nConflicts=shutdown.target\n" },
        { "xdg-desktop-autostart.target", SCOPE_USER, BUILTIN_TEXT,
          "[Unit]\nDescription=Startup of XDG autostart applications\nRefuseManualStart=yes\nPartOf=graphical-session.target\n" },
};

#define REASON_JOURNAL "tend records the output of services itself"
#define REASON_DEVICES "device events belong to the host"
#define REASON_SESSIONS "sessions belong to the host"
#define REASON_PACKAGES "files and users of packages are set up when they are installed"
#define REASON_KERNEL "the machine's kernel settings belong to the host"
#define REASON_HARDWARE "hardware belongs to the host"
#define REASON_MOUNTS "file systems are mounted by the host"
#define REASON_FIRST_BOOT "the first boot of a machine is not tend's"
#define REASON_SLEEP "sleeping is decided by the host"
#define REASON_PASSWORDS "passwords are asked for by the host"
#define REASON_USERS "user managers are started by their users"
#define REASON_INITCTL "the old control pipe of init is not served"
#define REASON_FILES "files of packages are set up when they are installed"

static const BuiltinRow replaced[] = {
        { "dev-hugepages.mount", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "dev-mqueue.mount", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "kmod-static-nodes.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "ldconfig.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_FIRST_BOOT },
        { "modprobe@.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "proc-sys-fs-binfmt_misc.automount", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "proc-sys-fs-binfmt_misc.mount", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "quotaon.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "sys-fs-fuse-connections.mount", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "sys-kernel-config.mount", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "sys-kernel-debug.mount", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "sys-kernel-tracing.mount", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "systemd-ask-password-console.path", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_PASSWORDS },
        { "systemd-ask-password-console.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_PASSWORDS },
        { "systemd-ask-password-wall.path", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_PASSWORDS },
        { "systemd-ask-password-wall.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_PASSWORDS },
        { "systemd-backlight@.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_HARDWARE },
        { "systemd-binfmt.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-bless-boot-generator.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_HARDWARE },
        { "systemd-bless-boot.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_HARDWARE },
        { "systemd-boot-system-token.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-boot-update.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_FIRST_BOOT },
        { "systemd-firstboot.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_FIRST_BOOT },
        { "systemd-fsck-root.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "systemd-fsck@.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "systemd-fsckd.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "systemd-fsckd.socket", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "systemd-growfs-root.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "systemd-growfs@.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "systemd-hibernate-resume@.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_SLEEP },
        { "systemd-hibernate.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_SLEEP },
        { "systemd-hwdb-update.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_DEVICES },
        { "systemd-hybrid-sleep.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_SLEEP },
        { "systemd-initctl.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_INITCTL },
        { "systemd-initctl.socket", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_INITCTL },
        { "systemd-journal-flush.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_JOURNAL },
        { "systemd-journald-audit.socket", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_JOURNAL },
        { "systemd-journald-dev-log.socket", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_JOURNAL },
        { "systemd-journald-varlink@.socket", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_JOURNAL },
        { "systemd-journald.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_JOURNAL },
        { "systemd-journald.socket", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_JOURNAL },
        { "systemd-journald@.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_JOURNAL },
        { "systemd-journald@.socket", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_JOURNAL },
        { "systemd-logind.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_SESSIONS },
        { "systemd-machine-id-commit.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_FIRST_BOOT },
        { "systemd-makefs@.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "systemd-modules-load.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-pcrfs-root.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-pcrfs@.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-pcrmachine.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-pcrphase-initrd.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-pcrphase-sysinit.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-pcrphase.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-pstore.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-quotacheck.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "systemd-random-seed.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-remount-fs.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "systemd-repart.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "systemd-rfkill.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_HARDWARE },
        { "systemd-rfkill.socket", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_HARDWARE },
        { "systemd-suspend-then-hibernate.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_SLEEP },
        { "systemd-suspend.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_SLEEP },
        { "systemd-sysctl.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-system-update-cleanup.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_FIRST_BOOT },
        { "systemd-sysusers.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_PACKAGES },
        { "systemd-timesyncd.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_KERNEL },
        { "systemd-tmpfiles-setup-dev.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_PACKAGES },
        { "systemd-tmpfiles-setup.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_PACKAGES },
        { "systemd-tmpfiles-setup.service", SCOPE_USER, BUILTIN_SKIPPED, REASON_FILES },
        { "systemd-udev-settle.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_DEVICES },
        { "systemd-udev-trigger.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_DEVICES },
        { "systemd-udevd-control.socket", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_DEVICES },
        { "systemd-udevd-kernel.socket", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_DEVICES },
        { "systemd-udevd.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_DEVICES },
        { "systemd-update-done.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_FIRST_BOOT },
        { "systemd-update-utmp-runlevel.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_SESSIONS },
        { "systemd-update-utmp.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_SESSIONS },
        { "systemd-user-sessions.service", SCOPE_SYSTEM, BUILTIN_SATISFIED, REASON_SESSIONS },
        { "systemd-vconsole-setup.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_HARDWARE },
        { "systemd-volatile-root.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_MOUNTS },
        { "user-runtime-dir@.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_USERS },
        { "user@.service", SCOPE_SYSTEM, BUILTIN_SKIPPED, REASON_USERS },
};
/* clang-format on */

static const BuiltinRow *
find_row(const BuiltinRow *rows, size_t n_rows, const char *name, UnitScope scope) {
        for (size_t i = 0; i < n_rows; i++)
                if ((rows[i].scopes & 1u << scope) && streq(rows[i].name, name))
                        return &rows[i];
        return NULL;
}

UnitBuiltinRole unit_builtin_find(const char *name, UnitScope scope, const char **ret_text) {
        AUTO_FREE char *template_name = NULL;
        const BuiltinRow *row = find_row(texts, ARRAY_LENGTH(texts), name, scope);

        if (!row && unit_name_kind(name) == UNIT_NAME_INSTANCE &&
            unit_name_template(name, &template_name) >= 0)
                name = template_name;
        if (!row)
                row = find_row(replaced, ARRAY_LENGTH(replaced), name, scope);
        if (!row)
                return BUILTIN_NONE;
        *ret_text = row->text;
        return row->role;
}

const char *unit_builtin_at(UnitScope scope, unsigned index) {
        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
                if ((texts[i].scopes & 1u << scope) && index-- == 0)
                        return texts[i].name;
        return NULL;
}
