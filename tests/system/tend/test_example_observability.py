# SPDX-License-Identifier: Apache-2.0
"""examples/observability: four timers do their work on a real repository, database and directory; their calendar is
made faster by drop-ins, as anybody could."""

import shutil
import subprocess
from pathlib import Path

import pytest
import tendbox
from example_machine import MACHINE, UNSHARE
from two_managers import two_managers

EXAMPLE = tendbox.ROOT / "examples/observability"
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))

# The timers elapse every two seconds.
FAST = """
set -e
for unit in gitops-sync reading-sync system-metrics volume-backup; do
        mkdir /run/example/units/$unit.timer.d /run/example/units/$unit.service.d
        printf '[Unit]\\nStartLimitIntervalSec=0\\n' >/run/example/units/$unit.service.d/fast.conf
        printf '[Timer]\\nOnCalendar=\\nOnCalendar=*:*:0/2\\nRandomizedDelaySec=0\\nAccuracySec=1us\\n' >/run/example/units/$unit.timer.d/fast.conf
done
exec "$@"
"""

CHECK = """
set -e
until_true() { n=0; until "$@"; do n=$((n + 1)); [ $n -lt 300 ] || { echo "waited in vain for: $*"; "$TEND" status; exit 1; }; sleep 0.1; done; }
/run/example/run
obs=${XDG_CONFIG_HOME:-/var/lib}/tend-obs
sql() { sh $obs/psql ${XDG_RUNTIME_DIR:-/run}/tend-obs-db --tuples-only --no-align -c "$1"; }
has_rows() { [ "$(sql "$1")" -ge "$2" ]; }
until_true has_rows "SELECT count(DISTINCT taken_at) FROM metric" 2
until_true has_rows "SELECT count(*) FROM reading" 2
until_true test -e $obs/deployed/collector.conf
until_true sh -c "ls $obs/backup/volumes-*.tar.gz >/dev/null 2>&1"

# A push arrives, a new file of readings too; a bad one stays and makes its run fail.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
git clone --quiet $obs/origin.git /tmp/work
echo 'interval = 30' >/tmp/work/collector.conf
git -C /tmp/work -c user.name=o -c user.email=o@localhost commit --quiet -am faster
git -C /tmp/work push --quiet
until_true grep -q 'interval = 30' $obs/deployed/collector.conf
git -C /tmp/work -c user.name=o -c user.email=o@localhost commit --quiet --amend -m 'written anew'
git -C /tmp/work push --quiet --force
anew=$(git -C /tmp/work rev-parse HEAD)
is_deployed() { [ "$(git -C $obs/deployed rev-parse HEAD)" = "$anew" ]; }
until_true is_deployed
printf 'id,title,read_on\\n3,New,2026-03-01\\n' >$obs/inbox/.new && mv $obs/inbox/.new "$obs/inbox/it's second.csv"
until_true has_rows "SELECT count(*) FROM reading" 3
printf 'id,title,read_on\\n4,Bad,never\\n' >$obs/inbox/.bad && mv $obs/inbox/.bad $obs/inbox/bad.csv
has_receipt() { "$TEND" timer $1 | grep -q $2; }
until_true has_receipt reading-sync exit-code
test -e $obs/inbox/bad.csv

# The repository is away for a while, and the disk of the backups is full.
mv $obs/origin.git $obs/away.git
until_true has_receipt gitops-sync exit-code
"$TEND" logs gitops-sync -n all | grep -q 'does not appear to be a git repository'
mv $obs/away.git $obs/origin.git
echo 'interval = 20' >/tmp/work/collector.conf
git -C /tmp/work -c user.name=o -c user.email=o@localhost commit --quiet -am 'faster still'
git -C /tmp/work push --quiet
until_true grep -q 'interval = 20' $obs/deployed/collector.conf
mount -t tmpfs -o size=16k tmpfs $obs/backup
head -c 100000 /dev/urandom >$obs/inbox/large
until_true has_receipt volume-backup exit-code
"$TEND" stop volume-backup.timer
until_true sh -c '"$TEND" is-active volume-backup.service | grep -q -v activating'
[ -z "$(ls $obs/backup)" ]
umount -l $obs/backup
"$TEND" start volume-backup.service
"$TEND" list-timers | grep -q gitops-sync.timer
/run/example/run --down
"$TEND" down
"""


@pytest.mark.skipif(not POSTGRES, reason="needs the PostgreSQL server (package postgresql)")
@pytest.mark.skipif(not tendbox.can_have_namespaces(), reason="needs root with CAP_SYS_ADMIN for namespaces")
def test_the_timers_do_their_work():
    missing = [name for name in ("git", "psql", "ip") if not shutil.which(name)]
    if missing:
        pytest.skip("needs " + ", ".join(missing))
    result = subprocess.run(
        [*UNSHARE, "sh", "-c", MACHINE, "sh", "sh", "-c", FAST, "sh", "sh", "-c", CHECK],
        env={
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "EXAMPLE": str(EXAMPLE),
            "BIN": str(tendbox.BIN),
            "TEND": "/run/bin/tend",
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_systemd_finds_no_fault_in_the_units():
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze")
    units = sorted(str(path) for path in (EXAMPLE / "units").glob("*.*"))
    result = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    ours = [line for line in result.stderr.splitlines() if str(EXAMPLE) in line]
    assert not ours


@pytest.mark.skipif(not POSTGRES, reason="needs the PostgreSQL server (package postgresql)")
def test_the_units_run_unchanged_under_systemd(tmp_path):
    missing = [name for name in ("git", "psql") if not shutil.which(name)]
    if missing:
        pytest.skip("needs " + ", ".join(missing))
    services = "gitops-sync.service reading-sync.service system-metrics.service volume-backup.service"
    sql = "sh /var/lib/tend-obs/psql /run/tend-obs-db --tuples-only --no-align -c"
    look = ("cat /var/lib/tend-obs/deployed/collector.conf; ls /var/lib/tend-obs/inbox; ls /var/lib/tend-obs/backup | wc -l; "
            f"{sql} 'SELECT count(DISTINCT taken_at) > 0 FROM metric'; {sql} 'SELECT id, title FROM reading ORDER BY id'")
    with two_managers(tmp_path) as pair:
        for one in pair.both:
            for path in filter(Path.is_file, EXAMPLE.rglob("*")):
                one.write(f"/opt/example/{path.relative_to(EXAMPLE)}", path.read_text(), path.stat().st_mode & 0o777)
        pair.step("TEND=true sh /opt/example/run >/dev/null && cp /opt/example/units/* /etc/systemd/system")
        for timer in (EXAMPLE / "units").glob("*.timer"):  # at moments that one chooses here
            for one in pair.both:
                one.unit(f"{timer.name}.d/later.conf", "[Timer]\nOnCalendar=\nOnCalendar=2198-01-01\n")
        pair.step("systemctl daemon-reload; systemctl start observability.target")
        pair.agree("obs-db.service obs-schema.service reading-sync.timer", "ActiveState", "SubState", "Result", until="SubState=exited")
        pair.step(f"systemctl start {services}")
        pair.agree(services, "ActiveState", "Result", "ExecMainStatus", say=look, until="first.csv.done")
        pair.step("printf 'id,title,read_on\\n4,Bad,never\\n' >/var/lib/tend-obs/inbox/bad.csv; mv /var/lib/tend-obs/origin.git /var/lib/tend-obs/away.git")
        pair.step("systemctl start reading-sync.service")
        pair.step("systemctl start gitops-sync.service")
        pair.agree(services, "ActiveState", "Result", "ExecMainStatus", say=look, until="ExecMainStatus=128")
        pair.step("systemctl stop obs-db.service")
        pair.agree("obs-db.service obs-schema.service", "ActiveState", "SubState", "Result", until="SubState=dead")
