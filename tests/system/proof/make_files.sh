# SPDX-License-Identifier: Apache-2.0
# make_files.sh DIRECTORY PROBE PLACE: what the sample units speak of in /run/proof.
set -e
umask 022
mkdir -p "$1/space/a" "$1/space/b" "$1/root/proc" "$1/root/sys" "$1/root/dev" "$1/root/run" "$1/root/tmp" "$1/root/var/tmp"
chmod 755 "$1"
chmod 1777 "$1/space" "$1/space/a" "$1/space/b"
cp "$2" "$1/probe"
cp "$2" "$1/root/probe"
cp "$2" "$1/space/true" # without a question it ends well
: >"$1/root/in-root"
echo a >"$1/space/a/name"
echo s3cret >"$1/secret"
echo FROM_FILE=yes >"$1/environment"
case $3 in
user) ;;
container) : >"$1/netns"; : >"$1/ipcns" ;;
*)
        : >"$1/netns"
        : >"$1/ipcns"
        unshare "--net=$1/netns" true
        unshare "--ipc=$1/ipcns" true
        # What units make in these goes with the box.
        mkdir -p /run/etc/upper /run/etc/work
        mount -t overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work overlay /etc 2>/dev/null || :
        for directory in /var/cache /var/log /var/lib; do mount -t tmpfs -o mode=755 tmpfs $directory; done
        ;;
esac
