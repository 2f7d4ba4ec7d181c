# SPDX-License-Identifier: Apache-2.0
# Which packages the commands of ./dev need, and how missing ones get there. Sourced by ./dev.

# Group, how presence is tested, Debian package, and "optional" when work goes on without it.
#   cmd:NAME     a program on the PATH or in the sbin folders
#   lib:NAME     pkg-config knows it
#   py:MODULE    the distribution's python3 imports it
#   dir:PATH     a directory
#   file:PATH    a file
#   link:FLAGS   clang links a program with these flags
package_table='
build cmd:gcc gcc
build cmd:ninja ninja-build
build cmd:meson meson
build cmd:pkg-config pkg-config
build header:stdio.h libc6-dev
build lib:libsystemd libsystemd-dev
build lib:libcap libcap-dev
build lib:libseccomp libseccomp-dev
build lib:mount libmount-dev
build lib:libzstd libzstd-dev
build lib:libpcre2-8 libpcre2-dev
build lib:cmocka libcmocka-dev
build cmd:musl-gcc musl-tools optional
clang cmd:clang clang
clang link:address,undefined,fuzzer libclang-rt-@CLANG@-dev
lint cmd:python3 python3
lint cmd:clang-format-14|clang-format clang-format-14|clang-format optional
run cmd:curl curl
run cmd:ps procps
run cmd:python3 python3
run cmd:nginx nginx-light|nginx-core|nginx
run cmd:mariadbd|mysqld mariadb-server|default-mysql-server
run py:pymysql python3-pymysql
bench cmd:python3 python3
bench cmd:runsvdir runit optional
bench cmd:s6-svscan s6 optional
bench cmd:execlineb execline optional
bench cmd:systemctl systemd optional
system cmd:curl curl
system cmd:ps procps
system py:pytest python3-pytest
system py:dbus python3-dbus optional
system cmd:systemctl systemd optional
system cmd:dbus-daemon dbus optional
system py:gi python3-gi optional
system dir:/usr/lib/polkit-1 polkitd optional
system cmd:prometheus-node-exporter prometheus-node-exporter optional
system cmd:ansible ansible-core optional
system cmd:go golang-go optional
system dir:/usr/share/gocode/src/github.com/coreos/go-systemd golang-github-coreos-go-systemd-dev optional
system cmd:nginx nginx-light|nginx-core|nginx optional
system cmd:mariadbd|mysqld mariadb-server|default-mysql-server optional
system cmd:git git optional
system cmd:strace strace optional
system cmd:rsyslogd rsyslog optional
system file:/lib/systemd/systemd-journal-remote systemd-journal-remote optional
system py:systemd.journal python3-systemd optional
system cmd:psql postgresql optional
vm cmd:qemu-system-x86_64 qemu-system-x86
vm cmd:busybox busybox-static|busybox
vm cmd:cpio cpio
vm cmd:apparmor_parser apparmor optional
'

python=/usr/bin/python3
[ -x "$python" ] || python=python3

# Whether one of the programs a|b is there.
has_command() {
        for tool in $(echo "$1" | tr '|' ' '); do
                if PATH="$PATH:/usr/sbin:/sbin" command -v "$tool" >/dev/null 2>&1; then
                        return 0
                fi
        done
        return 1
}

has_link() {
        scratch=$(mktemp -d)
        echo 'int LLVMFuzzerTestOneInput(const char *d, long n) { return d && n ? 0 : 0; }' \
                >"$scratch/x.c"
        status=0
        clang "-fsanitize=$1" -o "$scratch/x" "$scratch/x.c" >/dev/null 2>&1 || status=1
        rm -rf -- "$scratch"
        return $status
}

is_present() {
        case $1 in
        cmd:*) has_command "${1#cmd:}" ;;
        lib:*) pkg-config --exists "${1#lib:}" 2>/dev/null ;;
        py:*) "$python" -c "import ${1#py:}" 2>/dev/null ;;
        header:*) echo "#include <${1#header:}>" | gcc -fsyntax-only -x c - 2>/dev/null ;;
        dir:*) [ -d "${1#dir:}" ] ;;
        file:*) [ -e "${1#file:}" ] ;;
        link:*) has_link "${1#link:}" ;;
        esac
}

# The package's name with the version of clang filled in.
clang_version() {
        version=$(clang -dumpversion 2>/dev/null) || version=14
        echo "${version%%.*}"
}

# Prints "package optional?" for each that is missing in the groups given.
missing_packages() {
        echo "$package_table" | while read -r group test package optional; do
                case " $* " in
                *" $group "*) ;;
                *) continue ;;
                esac
                if [ -n "$group" ] && ! is_present "$test"; then
                        echo "$package $optional" | sed "s/@CLANG@/$(clang_version)/"
                fi
        done | sort -u
}

# Runs a shell text as root: install_as_root TEXT ARGUMENTS...
as_root() {
        if [ "$(id -u)" -eq 0 ]; then
                sh -c "$@"
        else
                sudo sh -c "$@"
        fi
}

# Installs the packages named. Their daemons are not started: a policy that says no stands in the
# way, unless the machine has a policy of its own, and is removed after.
install_script='
set -eu
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
log=$(mktemp)
trap "rm -f $log" EXIT
trap "exit 1" HUP INT TERM
if [ ! -e "$policy" ]; then
        trap "rm -f $log $policy" EXIT
        printf "#!/bin/sh\nexit 101\n" >"$policy"
        chmod 755 "$policy"
fi
install() {
        apt-get -y -qq --no-install-recommends install "$@" </dev/null >"$log" 2>&1
}
if ! install "$@"; then
        tail -n 30 "$log"
        echo "dev: one by one, then: what cannot be had must not keep the others away"
        for name; do
                install "$name" || tail -n 3 "$log"
        done
fi
'

# The first of a|b that apt knows, or nothing.
known_package() {
        for candidate in $(echo "$1" | tr '|' ' '); do
                if apt-cache show "$candidate" 2>/dev/null | grep -q '^Package:'; then
                        echo "$candidate"
                        return
                fi
        done
}

# Turns "package optional?" lines into names that apt knows; says which it does not know.
known_packages() {
        while read -r package optional; do
                name=$(known_package "$package")
                if [ -n "$name" ]; then
                        echo "$name"
                elif [ -n "$optional" ]; then
                        echo "dev: no package $package here; what needs it is skipped" >&2
                else
                        echo "dev: no package $package here" >&2
                fi
        done
}

can_install() {
        command -v apt-get >/dev/null 2>&1 && [ -z "${TEND_NO_INSTALL:-}" ] || return 1
        [ "$(id -u)" -eq 0 ] && return 0
        command -v sudo >/dev/null 2>&1 || return 1
        sudo -n true 2>/dev/null || [ -t 0 ]
}

install_packages() {
        as_root 'apt-get -qq update >/dev/null 2>&1' sh </dev/null || true # an old list may do
        names=$(echo "$1" | known_packages | tr '\n' ' ')
        [ -n "${names% }" ] || return 0
        echo "dev: installing $names"
        # Word splitting is wanted: one word is one package.
        # shellcheck disable=SC2086
        as_root "$install_script" sh $names
}

# need_packages GROUP...: installs what is missing, or names it and gives up. Optional ones that
# cannot be had are only named.
need_packages() {
        missing=$(missing_packages "$@")
        [ -n "$missing" ] || return 0
        if can_install; then
                install_packages "$missing" || true # what is still missing is found next
                # The run time of clang is looked for only now that clang is there.
                missing=$(missing_packages "$@")
                if [ -n "$missing" ]; then
                        install_packages "$missing" || true
                        missing=$(missing_packages "$@")
                fi
        fi
        required=$(echo "$missing" | sed '/ optional$/d; s/ *$//; /^$/d' | tr '\n' ' ')
        optional=$(echo "$missing" | sed -n 's/ optional$//p' | tr '\n' ' ')
        if [ -n "$optional" ]; then
                echo "dev: not installed, what needs it is skipped: $optional" >&2
        fi
        if [ -n "$required" ]; then
                echo "dev: these packages are missing (by their Debian names): $required" >&2
                echo "dev: install them, for example: apt-get install ${required% }" >&2
                exit 1
        fi
}
