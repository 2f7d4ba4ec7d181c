# SPDX-License-Identifier: Apache-2.0
"""examples/observability: four timers do their work on a real repository, database and directory; their calendar is
made faster by drop-ins, as anybody could."""

import shutil
import subprocess
from pathlib import Path

import pytest
import tendbox

EXAMPLE = tendbox.ROOT / "examples/observability"
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))

# A machine of its own, as for the sites; the timers elapse every two seconds.
MACHINE = """
set -e
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 755 /run/bin
cp "$BIN"/tend* /run/bin/
cp -r "$EXAMPLE" /run/example
for unit in gitops-sync reading-sync system-metrics volume-backup; do
        mkdir /run/example/units/$unit.timer.d
        printf '[Timer]\\nOnCalendar=\\nOnCalendar=*:*:0/2\\nRandomizedDelaySec=0\\nAccuracySec=1us\\n' >/run/example/units/$unit.timer.d/fast.conf
done
mount -t tmpfs -o mode=755 tmpfs /var/lib
mount -t tmpfs -o mode=1777 tmpfs /tmp
ip link set lo up
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
printf 'id,title,read_on\\n3,New,2026-03-01\\n' >$obs/inbox/.new && mv $obs/inbox/.new $obs/inbox/second.csv
until_true has_rows "SELECT count(*) FROM reading" 3
printf 'id,title,read_on\\n4,Bad,never\\n' >$obs/inbox/.bad && mv $obs/inbox/.bad $obs/inbox/bad.csv
until_true "$TEND" is-failed -q reading-sync.service
test -e $obs/inbox/bad.csv
"$TEND" list-timers | grep -q volume-backup.timer
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
        ["unshare", "--mount", "--pid", "--net", "--cgroup", "--fork", "--kill-child", "--mount-proc",
         "sh", "-c", MACHINE, "sh", "sh", "-c", CHECK],
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
