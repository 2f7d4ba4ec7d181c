# SPDX-License-Identifier: Apache-2.0
"""status, why, logs, show, lists and one-word questions, for people and as JSON."""

import json
import os
import pty
import subprocess

import pytest
from tendbox import wait_for

SLEEPER = "[Service]\nExecStart=/bin/sleep 2000\n"
BAD = "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo oh no; exit 3'\n"


@pytest.fixture
def fleet(any_box):
    """One service that runs, one that failed, one that needs it."""
    any_box.unit("good.service", "[Unit]\nDescription=The good one\n" + SLEEPER)
    any_box.unit("bad.service", BAD)
    any_box.unit("web.service", "[Unit]\nRequires=bad.service\nAfter=bad.service\n" + SLEEPER)
    any_box.unit("all.target", "[Unit]\nWants=good.service web.service\n")
    any_box.start()
    any_box.tend("start", "all.target")
    return any_box


def ask_json(box, *arguments):
    result = box.tend("--json", *arguments)
    return json.loads(result.stdout)


def test_one_word_questions(fleet):
    for arguments, output, status in [
        (["is-active", "good"], "active\n", 0),
        (["is-active", "bad"], "failed\n", 3),
        (["is-active", "bad", "good"], "failed\nactive\n", 0),
        (["is-active", "nosuch"], "inactive\n", 3),
        (["is-active", "-q", "good"], "", 0),
        (["is-active", "goo*"], "active\n", 0),
        (["is-failed", "bad"], "failed\n", 0),
        (["is-failed", "good"], "active\n", 1),
        (["is-enabled", "good"], "static\n", 0),
    ]:
        result = fleet.tend(*arguments)
        assert (result.stdout, result.returncode) == (output, status), arguments
    assert ask_json(fleet, "is-active", "good") == [{"unit": "good.service", "active": "active"}]


def test_the_overview_tells_what_is_up_and_what_is_not_and_why(fleet):
    overview = ask_json(fleet, "status")
    assert [line["unit"] for line in overview["up"]] == ["good.service"]
    reasons = {line["unit"]: line["reason"] for line in overview["not_up"]}
    assert reasons == {
        "bad.service": "its main process exited with status 3",
        "web.service": "it needs bad.service, which failed: its main process exited with status 3",
    }
    text = fleet.tend("status").stdout
    assert "degraded: 1 up, 2 not up" in text
    assert "The good one" in text
    assert "\033" not in text


def test_a_unit_is_shown_whole(fleet):
    good = ask_json(fleet, "status", "good")[0]
    assert good["active"] == "active"
    assert good["file"] == str(fleet.units / "good.service")
    assert [process["pid"] for process in good["processes"]] == [good["main_pid"]]
    result = fleet.tend("status", "bad")
    assert result.returncode == 3
    assert "because   its main process exited with status 3" in result.stdout
    assert "oh no" in result.stdout
    result = fleet.tend("status", "nosuch")
    assert result.returncode == 4
    assert "Unit nosuch.service could not be found." in result.stderr


def test_findings_are_part_of_the_status(any_box):
    any_box.unit("a.service", "[Service]\nExecStart=/bin/sleep 2000\nRestartSecs=3\n")
    any_box.start()
    any_box.tend("start", "a")
    findings = ask_json(any_box, "status", "a")[0]["findings"]
    assert findings[0]["line"] == 3
    assert "RestartSec" in findings[0]["text"] + (findings[0]["hint"] or "")


def test_why_follows_the_chain(fleet):
    chain = ask_json(fleet, "why", "web")
    assert [link["unit"] for link in chain[:2]] == ["web.service", "bad.service"]
    bad = chain[1]
    assert bad["setting"] == "ExecStart"
    assert (bad["file"], bad["line"]) == (str(fleet.units / "bad.service"), 3)
    assert bad["log_lines"] == ["oh no"]
    assert bad["changes"][0]["to"] == "failed"
    assert "exited with status 3" in bad["changes"][0]["cause"]
    text = fleet.tend("why", "good").stdout
    assert "good.service is active (running)" in text
    assert "all.target" in text.splitlines()[1]


def test_a_colour_terminal_gets_colour(fleet):
    leader, follower = pty.openpty()
    command = fleet.command(["tend", "--no-pager", "status"])
    subprocess.run(command, env=fleet.environment(), stdout=follower, check=True)
    os.close(follower)
    output = os.read(leader, 65536).decode()
    assert "\033[32m" in output
    leader, follower = pty.openpty()
    environment = {**fleet.environment(), "NO_COLOR": "1"}
    subprocess.run(command, env=environment, stdout=follower, check=True)
    os.close(follower)
    assert "\033[32m" not in os.read(leader, 65536).decode()


def test_logs_show_what_was_written(fleet):
    lines = fleet.tend("logs", "bad").stdout.splitlines()
    assert "oh no" in lines
    assert len(fleet.tend("logs", "-n", "2", "bad").stdout.splitlines()) == 2
    both = fleet.tend("logs", "good", "bad").stdout.splitlines()
    assert "bad.service  | oh no" in both
    assert any(line.startswith("good.service | ") for line in both)
    entries = [json.loads(line) for line in fleet.tend("logs", "--json", "bad").stdout.splitlines()]
    assert {"unit": "bad.service", "line": "oh no"} in entries
    result = fleet.tend("logs", "nosuch")
    assert result.returncode == 1
    assert "Nothing was written yet" in result.stderr


def test_logs_are_followed(any_box):
    any_box.unit("a.service", "[Service]\nType=oneshot\nExecStart=/bin/echo first\n")
    any_box.start()
    follower = subprocess.Popen(
        any_box.command(["tend", "logs", "-f", "a"]), env=any_box.environment(), stdout=subprocess.PIPE, text=True
    )
    try:
        any_box.tend("start", "a", check=True)
        for line in follower.stdout:
            if line == "first\n":
                break
        any_box.tend("start", "a", check=True)
        for line in follower.stdout:
            if line == "first\n":
                break
        else:
            raise AssertionError("the second run was not shown")
    finally:
        follower.kill()
        follower.wait()


def test_show_agrees_with_systemctl(fleet):
    names = "Id,ActiveState,SubState,MainPID,Requires,TimeoutStartUSec,ActiveEnterTimestamp,ExecStart,LimitNOFILE,MemoryMax"
    for unit in ("good", "bad", "web"):
        ours = fleet.tend("show", "-p", names, unit, check=True).stdout
        theirs = fleet.systemctl("show", "-p", names, unit, check=True).stdout
        assert sorted(ours.splitlines()) == sorted(theirs.splitlines())
    assert fleet.tend("show", "-p", "ActiveState", "--value", "bad").stdout == "failed\n"
    assert ask_json(fleet, "show", "-p", "MainPID,Requires", "web")[0]["MainPID"] == 0


def test_lists(fleet):
    units = {unit["unit"]: unit for unit in ask_json(fleet, "list-units")}
    assert units["good.service"]["sub"] == "running"
    assert units["bad.service"]["active"] == "failed"
    assert "web.service" not in units
    assert "web.service" in {unit["unit"] for unit in ask_json(fleet, "list-units", "--all")}
    failed = ask_json(fleet, "list-units", "--state", "failed")
    assert [unit["unit"] for unit in failed] == ["bad.service"]
    assert {unit["unit"] for unit in ask_json(fleet, "list-units", "--type=target")} >= {"all.target"}
    assert ask_json(fleet, "list-jobs") == []
    files = {os.path.basename(entry["unit_file"]) for entry in ask_json(fleet, "list-unit-files", "good", "bad")}
    assert files == {"good.service", "bad.service"}
    tree = ask_json(fleet, "list-dependencies", "all.target")
    assert {unit["unit"] for unit in tree["dependencies"]} >= {"good.service", "web.service"}
    tree = ask_json(fleet, "list-dependencies", "--reverse", "bad")
    assert [unit["unit"] for unit in tree["dependencies"]] == ["web.service"]


def test_jobs_are_listed_and_canceled(any_box):
    any_box.unit("slow.service", "[Service]\nType=oneshot\nExecStart=/bin/sleep 2000\n")
    any_box.start()
    assert any_box.tend("start", "--no-block", "slow").returncode == 0
    wait_for(lambda: [job["state"] for job in ask_json(any_box, "list-jobs")] == ["running"], "the job to run")
    job = ask_json(any_box, "list-jobs")[0]
    assert (job["unit"], job["type"]) == ("slow.service", "start")
    assert ask_json(any_box, "status")["on_the_way"][0]["unit"] == "slow.service"
    overview = any_box.tend("status", check=True).stdout
    assert "On the way" in overview and "Not up" not in overview
    assert any_box.tend("cancel", job["job"]).returncode == 0
    assert ask_json(any_box, "list-jobs") == []


def test_files_are_shown(fleet):
    fleet.unit("good.service.d/10.conf", "[Service]\nNice=3\n")
    text = fleet.tend("cat", "good").stdout
    assert f"# {fleet.units}/good.service\n" in text
    assert f"# {fleet.units}/good.service.d/10.conf\n[Service]\nNice=3\n" in text
    merged = fleet.tend("show-file", "good").stdout
    assert "Nice=3" in merged and "ExecStart=/bin/sleep 2000" in merged
    result = fleet.tend("cat", "nosuch")
    assert result.returncode == 1
    assert "No files found for nosuch.service." in result.stderr
    assert str(fleet.units) in fleet.tend("unit-paths").stdout.splitlines()


def test_the_plan_is_shown(fleet):
    assert "ExecStart=/bin/sleep 2000" in fleet.tend("plan-of", "good").stdout
    assert fleet.tend("report", "good").returncode == 0


def test_what_holds_less_is_reported(fleet):
    text = "[Service]\nExecStart=/bin/sleep 2000\nNice=1\nManagedOOMPreference=avoid\nManagedOOMSwap=kill\n"
    fleet.unit("weak.service", text)
    fleet.unit("never.service", text + "ExecStartPre=/bin/touch ran\n[X-Tend]\nEnforce=ManagedOOMPreference\n")
    assert fleet.tend("start", "weak").returncode == 0
    report = json.loads(fleet.tend("report", "--json", "weak").stdout)
    holds = {row["setting"]: row["holds"] for row in report["settings"]}
    assert holds == {"Nice": "enforced", "ManagedOOMPreference": "not supported", "ManagedOOMSwap": "not supported"}
    assert all(row["what_to_do"] for row in report["settings"] if row["holds"] != "enforced")
    assert "2 of 3 settings" in fleet.tend("report", "weak").stdout
    line = "ManagedOOMPreference=, ManagedOOMSwap=: not supported yet"
    wait_for(lambda: line in fleet.tend("status", "weak").stdout, "the executor's report")
    assert fleet.tend("start", "never").returncode != 0
    rows = json.loads(fleet.tend("report", "--json", "never").stdout)["settings"]
    assert ("ManagedOOMPreference", "failed") in [(row["setting"], row["holds"]) for row in rows]


def test_without_a_manager_it_says_how_to_start_one(any_box):
    for command in (["status"], ["start", "a"], ["list-units"], ["why", "a"]):
        result = any_box.tend(*command)
        assert result.returncode != 0
        assert "tend up" in result.stderr
    assert any_box.tend("is-active", "a").stdout == "inactive\n"
