# SPDX-License-Identifier: Apache-2.0
"""A machine of its own for an example: processes, network, /run, /var/lib, /tmp, the journal and /dev/log; nothing of it is left
behind. The programs and files may lie below /tmp, which is hidden then: they are taken along."""

MACHINE = """
set -e
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 755 /run/bin
cp "$BIN"/tend* /run/bin/
[ -z "${EXAMPLE-}" ] || cp -r "$EXAMPLE" /run/example
mount -t tmpfs -o mode=755 tmpfs /var/lib
mount -t tmpfs -o mode=1777 tmpfs /tmp
if [ -d /var/log/journal ]; then mount -t tmpfs -o mode=755 tmpfs /var/log/journal; fi
mkdir /run/dev # of its own, because of /dev/log
mount -t tmpfs -o mode=755 tmpfs /run/dev
cp -ax /dev/. /run/dev 2>/dev/null || :
for name in pts shm; do mount --rbind /dev/$name /run/dev/$name; done
mount --move /run/dev /dev
ip link set lo up
exec "$@"
"""
UNSHARE = ["unshare", "--mount", "--pid", "--net", "--cgroup", "--fork", "--kill-child", "--mount-proc"]
