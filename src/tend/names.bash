# SPDX-License-Identifier: Apache-2.0
# Completion for bash of the names that tend answers to (tend install-names), where systemd's own is not there.

_tend_name() {
        local program=$1 current=$2 help words=
        help=$("$program" --help 2>/dev/null)
        case $current in
        -*) words=$(grep -o -- '--[a-z-]*' <<<"$help") ;;
        *)
                case $program in
                *systemctl)
                        words=$(sed -n 's/^  \([a-z]\)/\1/p' <<<"$help")
                        words+=" $(systemctl list-units --all --plain --no-legend 2>/dev/null | awk '{ print $1 }')"
                        ;;
                *systemd-analyze) words=$(sed -n 's/^  \([a-z-]*\)$/\1/p' <<<"$help") ;;
                *systemd-run | *systemd-cat) words=$(compgen -c -- "$current") ;;
                esac
                ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -o default -F _tend_name systemctl systemd-analyze systemd-run systemd-cat systemd-notify systemd-escape systemd-cgls systemd-cgtop
