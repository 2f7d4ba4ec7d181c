# SPDX-License-Identifier: Apache-2.0
"""One sample unit per setting: what the program sees of it."""

import grp
import os
import re
import resource
from pathlib import Path

import pytest
from executor import NOBODY, needs_capability, needs_root, run, run_sample, sample


def gids(*names):
    return {str(grp.getgrnam(name).gr_gid) for name in names}


@needs_root
def test_user_brings_its_groups():
    result = run_sample("user")
    assert result.status("Uid") == "1 1 1 1"
    assert result.status("Gid") == "1 1 1 1"
    assert result.status("Groups") == "1"


@needs_root
def test_a_numeric_user_gets_its_name():
    environment = run_sample("user-by-number").environment
    assert environment["USER"] == environment["LOGNAME"] == "daemon"
    assert environment["HOME"] == "/usr/sbin"
    assert "SHELL" not in environment  # /usr/sbin/nologin


@needs_root
def test_group_alone_changes_the_group():
    result = run_sample("group")
    (gid,) = gids("adm")
    assert result.status("Gid") == " ".join([gid] * 4)
    assert result.status("Uid") == "0 0 0 0"


@needs_root
def test_supplementary_groups_are_added():
    result = run_sample("supplementary-groups")
    assert set(result.status("Groups").split()) == gids("daemon", "adm", "cdrom") | {"4"}


def test_umask():
    assert run_sample("umask").field("Umask") == "0027"


def test_nice():
    assert run_sample("nice").output.strip() == str(os.nice(0) + 7)


def test_oom_score_adjust():
    assert run_sample("oom-score-adjust").output.strip() == "321"


def test_coredump_filter():
    assert int(run_sample("coredump-filter").output, 16) == 0b10001


def test_cpu_scheduling_policy():
    assert "SCHED_BATCH" in run_sample("cpu-scheduling").output


@needs_root
@needs_capability("CAP_SYS_NICE")
def test_real_time_policy_with_priority():
    result = run_sample("cpu-scheduling-real-time")
    reset_on_fork, round_robin = 0x40000000, 2
    policy, priority = result.output.split()
    assert int(policy) & ~reset_on_fork == round_robin
    assert priority == "3"


def test_cpu_affinity():
    assert run_sample("cpu-affinity").field("Cpus_allowed_list") == "0"


def test_io_scheduling():
    assert run_sample("io-scheduling").output.strip() == "best-effort: prio 6"


def test_timer_slack():
    assert run_sample("timer-slack").output.strip() == "123456"


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="needs an x86-64 machine")
def test_personality():
    assert run_sample("personality").output.strip() == "i686"


def test_sigpipe_is_ignored_unless_turned_off():
    sigpipe = 1 << 12
    assert int(run_sample("umask").field("SigIgn"), 16) == sigpipe
    assert int(run_sample("ignore-sigpipe-off").field("SigIgn"), 16) == 0


def limits_of(result):
    table = {}
    for line in result.lines[1:]:
        name, soft, hard = re.match(r"(Max .*?)  +(\S+) +(\S+)", line).groups()
        table[name] = (soft, hard)
    return table


@needs_capability("CAP_SYS_RESOURCE")
def test_limits_may_be_raised():
    assert limits_of(run_sample("limits-raised"))["Max nice priority"] == ("15", "15")


def test_a_limit_is_raised_as_far_as_it_goes():
    def without_privilege():
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))
        resource.setrlimit(resource.RLIMIT_NICE, (0, 0))

    result = run_sample("limits-raised", before=without_privilege, uid=NOBODY if os.geteuid() == 0 else None)
    assert limits_of(result)["Max open files"] == ("200", "200")
    assert result.levels("LimitNOFILE") == result.levels("LimitNICE") == ["weakened"]


def test_limits():
    table = limits_of(run_sample("limits"))
    assert table["Max open files"] == ("200", "300")
    assert table["Max core file size"] == ("0", "0")
    assert table["Max cpu time"] == ("300", "300")
    assert table["Max stack size"] == (str(4 << 20), str(8 << 20))
    assert table["Max realtime timeout"] == ("2000000", "2000000")


def test_working_directory():
    assert run_sample("working-directory").output.strip() == "/usr/share"
    assert run_sample("working-directory-optional").output.strip() == "/"


@needs_root
def test_home_as_working_directory():
    assert run_sample("working-directory-home").output.strip() == os.path.realpath("/usr/sbin")


def test_environment():
    environment = run_sample("environment", env={"GIVEN": "1", "KEPT": "1"}).environment
    assert environment["ONE"] == "word1 word2"
    assert environment["TWO"] == "22"
    assert environment["THREE"] == "$word 5 6"
    assert environment["KEPT"] == "1"
    assert "GIVEN" not in environment
    assert environment["PATH"] == "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert environment["SYSTEMD_EXEC_PID"].isdigit()


def test_variables_in_command_lines():
    expected = ["[one]", "[two]", "[two]", "[two two]", "[]", "[$ONE]"]
    assert run_sample("expansion").lines == expected
    assert run_sample("no-expansion").output.strip() == "$ONE ${ONE} $$"


def test_first_word_of_the_command_line():
    assert run_sample("argv0").output.strip() == "shell-of-another-name"


def test_search_path_finds_and_becomes_path():
    assert run_sample("search-path").environment["PATH"] == "/usr/libexec:/usr/bin"


def test_input_from_the_unit_file():
    assert run_sample("input-text").output == "one\ttwo\nthree\n"


def test_input_from_a_file(tmp_path):
    output = tmp_path / "output"
    assert run([f"StandardOutput=file:{output}", *sample("input-file")]).code == 0
    assert output.read_text() == Path("/etc/hostname").read_text()


@needs_root
def test_bounding_set():
    chown, kill, net_admin, sys_admin = 1 << 0, 1 << 5, 1 << 12, 1 << 21
    result = run_sample("capability-bounding-set")
    assert result.capabilities("CapBnd") == chown | kill
    assert result.capabilities("CapEff") == chown | kill
    inverted = run_sample("capability-bounding-set-inverted").capabilities("CapBnd")
    assert not inverted & (net_admin | sys_admin)
    assert inverted & chown


@needs_root
def test_ambient_capabilities_survive_the_change_of_user():
    result = run_sample("ambient-capabilities")
    wanted = 1 << 10 | 1 << 5
    assert result.status("Uid") == "1 1 1 1"
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert result.capabilities(name) == wanted


@needs_root
def test_secure_bits():
    result = run_sample("secure-bits")
    assert result.status("Uid") == "0 0 0 0"
    assert result.capabilities("CapEff") == 0


def test_no_new_privileges():
    assert run_sample("no-new-privileges").field("NoNewPrivs") == "1"
    assert run_sample("umask").field("NoNewPrivs") == "0"


@needs_root
def test_plus_leaves_all_privilege():
    result = run_sample("full-privilege")
    assert result.status("Uid") == "0 0 0 0"
    assert result.field("NoNewPrivs") == "0"
    assert result.capabilities("CapBnd") & 1 << 21


@needs_root
def test_exclamation_mark_leaves_the_user_only():
    result = run_sample("keep-user-privilege")
    assert result.status("Uid") == "0 0 0 0"
    assert result.field("NoNewPrivs") == "1"


def test_unsupported_settings_are_reported():
    result = run_sample("unsupported")
    assert result.code == 0
    reported = {name for step, level, name, text in result.reports if level == "unsupported"}
    assert {"ManagedOOMPreference", "ManagedOOMSwap"} <= reported
    assert all("not supported yet" in text for _, level, _, text in result.reports if level == "unsupported")


def test_settings_that_are_turned_off_are_not():
    result = run(["PrivateTmp=no", "ProtectSystem=no", "ProtectHome=false", "ExecStart=/bin/true"])
    assert [report for report in result.reports if report[1] == "unsupported"] == []
