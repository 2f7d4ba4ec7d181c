# SPDX-License-Identifier: Apache-2.0
"""Timer units beside the real systemd: what is read of them, when they are due, and what becomes of them."""

import pytest

from two_managers import two_managers

# One timer each. What systemd refuses or corrects is among them.
SETTINGS = """
OnCalendar=daily
OnCalendar=daily|OnCalendar=Mon..Fri 12:00|OnCalendar=Sat,Sun *-*~03 00:00:00
OnCalendar=daily|OnCalendar=|OnCalendar=weekly
OnCalendar=2199-02-29
OnCalendar=2024-02-29
OnCalendar=*-02-29 Europe/Berlin
OnCalendar=03-29 02:30 Europe/Berlin
OnCalendar=*-10-25 02:30:00.5 Europe/Berlin
OnCalendar=every day|OnCalendar=*:0/15
OnCalendar=*-*-* 25:00
OnCalendar=@1999999999
OnActiveSec=1h
OnActiveSec=1h|OnBootSec=2h 3min|OnStartupSec=90|OnUnitActiveSec=1w|OnUnitInactiveSec=1y
OnBootSec=0|OnUnitActiveSec=infinity|AccuracySec=1us
OnActiveSec=infinity
OnActiveSec=-1
OnActiveSec=99999999999999999999y
OnActiveSec=1h|OnActiveSec=|OnBootSec=100y
OnCalendar=daily|OnUnitActiveSec=1h
OnUnitActiveSec=1h
OnUnitInactiveSec=1h
OnClockChange=yes
OnTimezoneChange=yes|OnClockChange=maybe
OnClockChange=yes|OnClockChange=no
OnCalendar=yearly|AccuracySec=infinity
OnCalendar=yearly|AccuracySec=0
OnCalendar=yearly|AccuracySec=1us
OnCalendar=yearly|AccuracySec=
OnCalendar=yearly|AccuracySec=-5
OnCalendar=yearly|AccuracySec=1000y
OnCalendar=yearly|AccuracySec=584542y
OnCalendar=yearly|AccuracySec=584543y
OnCalendar=yearly|RandomizedDelaySec=0
OnCalendar=yearly|RandomizedDelaySec=x
OnCalendar=yearly|FixedRandomDelay=yes|Persistent=true
OnCalendar=2199-01-01 UTC|FixedRandomDelay=yes|RandomizedDelaySec=1000d
OnCalendar=2199-01-01 UTC|FixedRandomDelay=yes|RandomizedDelaySec=1h
OnCalendar=yearly|Persistent=2
OnActiveSec=1y|Persistent=yes
OnCalendar=yearly|RemainAfterElapse=0|WakeSystem=no
OnCalendar=yearly|Unit=other.service
OnCalendar=yearly|Unit=missing.service
OnCalendar=yearly|Unit=
OnCalendar=yearly|Unit=t0.timer
OnCalendar=yearly|Unit=no name
OnCalendar=yearly|Unit=%p.service
OnCalendar=yearly|DeferReactivation=yes

Persistent=yes
""".strip("\n").split("\n")

SHOWN = (
    "LoadState ActiveState SubState Result Unit Triggers TimersCalendar TimersMonotonic OnClockChange OnTimezoneChange NextElapseUSecRealtime "
    "NextElapseUSecMonotonic LastTriggerUSec CanClean AccuracyUSec RandomizedDelayUSec FixedRandomDelay Persistent WakeSystem RemainAfterElapse"
).split()


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    with two_managers(tmp_path_factory.mktemp("timers")) as pair:
        yield pair


def test_settings_are_read_and_refused_alike(pair):
    names = pair.start_samples("timer", SETTINGS, "[Service]\nType=oneshot\nExecStart=true\n")
    # Spans from now on are other ones in the other manager.
    moving = r"s/((next_elapse|NextElapseUSecMonotonic|LastTriggerUSec)=)[^ 0i;}][^;}]*/\1T /"
    show = f"systemctl show -p {','.join(SHOWN)} " + " ".join(names)
    pair.agree("", say=f"{show} | sed -E '{moving}'", until="OnCalendar=*-02-29 00:00:00 Europe/Berlin")
    pair.step("systemctl stop 't*.timer'")


def said(unit):
    return f"echo {unit} >>/run/said"


def run_by(pair, name, settings, service="", command=""):
    pair.unit(f"{name}.timer", "[Timer]\nAccuracySec=1us\n" + settings)
    pair.unit(f"{name}.service", f"[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=3\n[Service]\n{service or 'Type=oneshot'}\nExecStart=sh -c '{command or said(name)}'\n")


STATES = ("ActiveState", "SubState", "Result")


def test_runs_and_what_is_left_after_them(pair):
    run_by(pair, "once", "OnActiveSec=0\n")
    run_by(pair, "gone", "OnActiveSec=10ms\nRemainAfterElapse=no\n")
    run_by(pair, "again", "OnActiveSec=0\nOnUnitInactiveSec=1h\n")
    run_by(pair, "stays", "OnActiveSec=0\n", "Type=exec", said("stays") + "; exec sleep 1000")
    run_by(pair, "remains", "OnActiveSec=0\nOnUnitActiveSec=1ms\n", "Type=oneshot\nRemainAfterExit=yes")
    run_by(pair, "fails", "OnActiveSec=0\n", command=said("fails") + "; exit 3")
    run_by(pair, "often", "OnActiveSec=0\nOnUnitInactiveSec=1ms\n")
    run_by(pair, "absent", "OnActiveSec=0\nUnit=nowhere.service\n")
    names = ["once", "gone", "again", "stays", "remains", "fails", "often"]
    timers, services = (" ".join(f"{name}.{kind}" for name in names) for kind in ("timer", "service"))
    pair.step("systemctl daemon-reload")
    pair.step("systemctl start absent.timer")
    pair.step(f"systemctl start {timers}")
    counts = "sort /run/said | uniq -c"
    both = f"{timers} {services}"
    pair.agree(both, *STATES, say=counts, until="3 often")
    pair.agree("often.service", "Result", until="start-limit-hit")
    pair.step("systemctl stop stays.service; systemctl reset-failed")
    pair.agree(both, *STATES, say=counts)
    pair.step(f"systemctl restart {timers}")
    pair.agree(both, *STATES, say=counts, until="2 stays")
    pair.step("systemctl stop stays.timer")
    pair.agree(both, *STATES, until="Id=stays.timer\nActiveState=inactive")
    pair.step("systemctl start again.service")
    pair.agree(both, *STATES, say=counts)
    # A timer that is written anew while it waits.
    pair.unit("again.timer", "[Timer]\nOnCalendar=2198-01-01 UTC\n")
    pair.step("systemctl daemon-reload")
    pair.agree("again.timer", *STATES, "TimersCalendar", "TimersMonotonic", "NextElapseUSecRealtime", until="2198-01-01 00:00:00 UTC")
    pair.step("systemctl stop --all '*.timer'")


def test_what_was_missed_is_made_up_for(pair):
    run_by(pair, "late", "OnCalendar=monthly UTC\nPersistent=yes\n")
    run_by(pair, "fresh", "OnCalendar=yearly UTC\nPersistent=yes\n")
    stamps = "/var/lib/systemd/timers"
    pair.step(f"rm -f {stamps}/stamp-*; mkdir -p {stamps}; touch -d '2020-01-01 UTC' {stamps}/stamp-late.timer; : >/run/said; systemctl daemon-reload")
    pair.step("systemctl start late.timer fresh.timer")
    look = f"cat /run/said; ls {stamps}; find {stamps} -name stamp-late.timer -newermt '2021-01-01'"
    timers = "late.timer fresh.timer"
    pair.agree(timers, *STATES, "NextElapseUSecRealtime", say=look, until=f"\n{stamps}/stamp-late.timer")
    pair.step("systemctl restart late.timer fresh.timer")
    pair.agree(timers, *STATES, say=look)
    pair.step("systemctl clean --what=state late.timer")
    pair.step("systemctl stop late.timer; systemctl clean --what=state late.timer")
    pair.agree(timers, *STATES, say=f"ls {stamps}")


def test_a_table_of_timers(pair):
    pair.unit("x.timer", "[Timer]\nOnCalendar=2198-01-01 UTC\n")
    pair.unit("x.service", "[Service]\nType=oneshot\nExecStart=true\n")
    pair.unit("y.timer", "[Timer]\nOnClockChange=yes\nUnit=x.service\n")
    pair.step("systemctl daemon-reload; systemctl start x.timer y.timer")
    pair.agree("", say="systemctl list-timers 'x*' 'y*' --all | sed -E 's/ +$//; s/[0-9]+ (years|months|days) ([0-9]+ (months|days) )?left/T/'", until="y.timer")
    pair.agree("", say="systemctl status x.timer | grep Trigger | sed 's/;.*//'", until="2198-01-01")
    pair.step("systemctl list-timers --no-legend 'nothing*'")
