# SPDX-License-Identifier: Apache-2.0
# Completion of tend for bash: commands and options from its own help, units from the manager.

_tend_units() {
        {
                tend -q list-units --all "$@" 2>/dev/null | awk 'NR > 1 { print $2 }'
                tend -q list-unit-files "$@" 2>/dev/null | awk '{ print $1 }'
        } | sort -u
}

_tend() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
        local commands word command=
        commands=$(tend help | sed -n 's/^  \([a-z-]*\) .*/\1/p')
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case " ${commands//$'\n'/ } " in
                *" $word "*)
                        command=$word
                        break
                        ;;
                esac
        done
        case $previous in
        --units | --runtime-dir)
                mapfile -t COMPREPLY < <(compgen -d -- "$current")
                return
                ;;
        esac
        case $current in
        -*)
                mapfile -t COMPREPLY < <(compgen -W "$(tend --help | grep -o -- '--[a-z-]*')" -- "$current")
                return
                ;;
        esac
        case $command in
        '') mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current") ;;
        verify | enable | reenable | link) mapfile -t COMPREPLY < <(compgen -f -W "$(_tend_units)" -- "$current") ;;
        down | daemon-reload | list-jobs | unit-paths | preset-all | get-default | escape | exit-status | condition | calendar | timespan | timestamp | help | version) ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$(_tend_units)" -- "$current") ;;
        esac
}

complete -F _tend tend
