# SPDX-License-Identifier: Apache-2.0
"""What goes wrong ends with the exit code of systemd.exec(5) and one line that says what and why."""

import ctypes
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from executor import needs_capability, needs_root, plan, run, shell

CASES = {
    "missing program": (["ExecStart=/no/such/program"], 203, "EXEC", "ExecStart",
                        "/no/such/program: No such file or directory"),
    "missing name": (["ExecStart=no-such-program-anywhere"], 203, "EXEC", "ExecStart",
                     "no-such-program-anywhere: No such file or directory"),
    "not executable": (["ExecStart=/etc/passwd"], 203, "EXEC", "ExecStart", "/etc/passwd: Permission denied"),
    "a directory": (["ExecStart=/usr"], 203, "EXEC", "ExecStart", "/usr: Permission denied"),
    "working directory": (["WorkingDirectory=/no/such/place", "ExecStart=/bin/true"], 200, "CHDIR",
                          "WorkingDirectory", "/no/such/place: No such file or directory"),
    "unknown user": (["User=no-such-user", "ExecStart=/bin/true"], 217, "USER", "User",
                     "no-such-user: No such process"),
    "unknown uid": (["User=54321", "ExecStart=/bin/true"], 217, "USER", "User", "54321: No such process"),
    "unknown group": (["Group=no-such-group", "ExecStart=/bin/true"], 216, "GROUP", "Group",
                      "no-such-group: No such process"),
    "unknown supplementary group": (["SupplementaryGroups=no-such-group", "ExecStart=/bin/true"], 216, "GROUP",
                                    "SupplementaryGroups", "no-such-group: No such process"),
    "terminal": (["StandardInput=tty", "TTYPath=/dev/null", "ExecStart=/bin/true"], 208, "STDIN", "StandardInput",
                 "/dev/null: Inappropriate ioctl for device"),
}


@pytest.mark.parametrize("case", CASES)
def test_exit_code_and_report(case):
    settings, code, step, directive, message = CASES[case]
    result = run(["StandardOutput=null", *settings], confirm=True)
    assert result.code == code
    assert result.reports[-1] == (step, "failed", directive, message)


@needs_root
def test_a_root_directory_that_is_missing():
    result = run(["RootDirectory=/no/such/root", "ExecStart=/bin/true"])
    assert (result.code, result.reports[-1][0]) == (226, "NAMESPACE")


def test_a_missing_program_with_a_dash_is_skipped():
    result = run(["ExecStart=-/no/such/program"])
    assert result.code == 0
    assert result.levels("ExecStart") == ["note"]


def test_cpus_that_do_not_exist():
    assert run(["CPUAffinity=8000", "ExecStart=/bin/true"]).code == 215


def test_a_group_that_cannot_be_joined_is_reported_or_fatal(tmp_path):
    settings = ["ExecStart=/bin/true"]
    (tmp_path / "cgroup.procs").mkdir()  # nobody can write to it
    facts = [f"ControlGroup={tmp_path}"]
    result = run(settings, facts)
    assert (result.code, result.levels("ControlGroup")) == (0, ["refused"])
    result = run(settings, [*facts, "Policy=strict"])
    assert (result.code, result.levels("ControlGroup")) == (219, ["failed"])


def test_a_group_that_has_gone_is_fatal():
    result = run(["ExecStart=/bin/true"], ["ControlGroup=/no/such/group"])
    assert (result.code, result.levels("ControlGroup")) == (219, ["failed"])


@pytest.mark.parametrize("text", ["", "[Service]\nExecStart=/bin/true\n", plan(["NoSuchSetting=1"]), "\0" * 100,
                                  plan(["User=a b"]), plan([]).replace("Unit=probe.service", "Unit=probe@.service")])
def test_what_is_no_plan_is_refused(text):
    result = run([], text=text)
    assert result.code == 204
    assert result.reports[-1][:2] == ("PLAN", "failed")


@pytest.mark.parametrize("command", [("ExecStop", 0), ("ExecStart", 1), ("ExecStartPre", 0), ("User", 0)])
def test_a_command_that_is_not_there(command):
    assert run(["ExecStart=/bin/true"], command=command).code == 204


def test_every_command_of_every_list_is_found():
    lists = ["ExecCondition", "ExecStartPre", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost"]
    settings = ["StandardOutput=inherit", "ExecStart=/bin/true"]
    settings += [f"{name}=/bin/echo {name} {i}" for name in lists for i in range(2)]
    for name in lists:
        for i in range(2):
            assert run(settings, command=(name, i)).output == f"{name} {i}\n"


def test_blocked_and_ignored_signals_are_reset():
    def block():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGUSR1, signal.SIGRTMIN + 3})
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGRTMAX):
            signal.signal(number, signal.SIG_IGN)

    result = shell([], "cat /proc/self/status", before=block)
    assert int(result.field("SigBlk"), 16) == 0
    assert int(result.field("SigIgn"), 16) == 1 << (signal.SIGPIPE - 1)


def test_the_program_leads_its_own_session():
    result = shell([], "cat /proc/$$/status")
    assert result.field("NSsid") == result.field("NSpid")


@needs_root
def test_root_directory(tmp_path):
    root = tmp_path / "root"
    needed = re.findall(r"(/\S+) \(", subprocess.run(["ldd", "/bin/sh"], capture_output=True, text=True, check=True).stdout)
    for path in ["/bin/sh", *needed]:
        (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, root / path[1:])
    (root / "work").mkdir()
    result = run([f"RootDirectory={root}", "WorkingDirectory=/work", "StandardOutput=inherit",
                  "ExecStart=sh -c 'pwd; cd /; echo w*'"])
    assert result.lines == ["/work", "work"]


@needs_root
def test_start_only_settings_do_not_bind_helpers(tmp_path):
    tmp_path.chmod(0o755)
    settings = ["StandardOutput=inherit", "User=daemon", "PermissionsStartOnly=yes", "NoNewPrivileges=yes",
                f"RootDirectory={tmp_path}", "RootDirectoryStartOnly=yes", "ExecStart=/bin/true",
                "ExecStartPre=/bin/cat /proc/self/status"]
    result = run(settings, command=("ExecStartPre", 0))
    assert result.status("Uid") == "0 0 0 0"
    assert result.field("NoNewPrivs") == "0"
    assert run(settings).code == 203


@needs_root
def test_sandboxing_implies_no_new_privileges_for_ordinary_users():
    result = shell(["ProtectKernelModules=yes", "User=daemon"], "cat /proc/self/status")
    assert result.field("NoNewPrivs") == "1"
    result = shell(["ProtectKernelModules=yes"], "cat /proc/self/status")
    assert result.field("NoNewPrivs") == "0"


@needs_root
@needs_capability("CAP_SYS_ADMIN")
def test_other_name_services_are_asked_for_groups(tmp_path):
    """Where /etc/nsswitch.conf has more sources than files, the dynamic executor takes over."""
    config = tmp_path / "nsswitch.conf"
    config.write_text("passwd: files db\ngroup: files db\n")
    libc = ctypes.CDLL(None, use_errno=True)
    new_namespace, private, recursive, bind = 0x20000, 1 << 18, 1 << 14, 1 << 12

    def replace_configuration():
        for failed in (libc.unshare(new_namespace), libc.mount(b"none", b"/", None, private | recursive, None),
                       libc.mount(str(config).encode(), b"/etc/nsswitch.conf", None, bind, None)):
            if failed:
                raise OSError(ctypes.get_errno(), "namespace")

    result = shell(["User=daemon", "SupplementaryGroups=adm"], "id -un; id -Gn", before=replace_configuration)
    assert (result.code, result.lines, result.reports) == (0, ["daemon", "daemon adm"], [])


def test_what_is_not_done_and_cannot_be_left_out_fails_the_start(tmp_path):
    cases = {
        "RootImage=/no/such/image": (226, "RootImage"),
        f"RootVerity={tmp_path}/x": (226, "RootVerity"),
        f"MountImages={tmp_path}/image:/mnt": (226, "MountImages"),
        f"ExtensionImages={tmp_path}/image": (226, "ExtensionImages"),
        f"ExtensionDirectories={tmp_path}/x": (226, "ExtensionDirectories"),
        f"LoadCredentialEncrypted=a:{tmp_path}/x": (243, "LoadCredentialEncrypted"),
        "SetCredentialEncrypted=a:k6iUCUh0RJCQyvL8k8q1UyAAAAABAAAADAAAABAAAAC1lFmbWAqWZ8dCCQkAAAAAgAAAAAAAAAAA": (243, "SetCredentialEncrypted"),
    }
    for setting, (code, name) in cases.items():
        for command in ("ExecStart", "ExecStartPre"):
            result = run([setting, "ExecStart=/bin/true", "ExecStartPre=/bin/true"], command=(command, 0))
            assert result.code == code, (setting, result.reports)
            assert result.levels(name)[-1] == "failed", (setting, result.reports)


@pytest.mark.parametrize("setting,place,code", [
    ("AppArmorProfile", "/sys/module/apparmor/parameters/enabled", 231),
    ("SELinuxContext", "/sys/fs/selinux/enforce", 229),
    ("SmackProcessLabel", "/sys/fs/smackfs/load2", 236),
])
def test_labels_of_modules_that_the_kernel_runs_without_are_reported(setting, place, code):
    """Where the kernel has the module, a label that nobody knows fails the start."""
    result = run([f"{setting}=no-such-label", "ExecStart=/bin/true"])
    if Path(place).exists() and (setting != "AppArmorProfile" or Path(place).read_text().startswith("Y")):
        assert result.code == code, result.reports
    else:
        assert (result.code, result.levels(setting)) == (0, ["refused"])
        assert run([f"{setting}=no-such-label", "ExecStart=/bin/true"], ["Policy=strict"]).code == code
    assert run([f"{setting}=-no-such-label", "ExecStart=/bin/true"]).code == 0
    assert run([f"{setting}=no-such-label", "ExecStart=+/bin/true"]).code == 0
