_kb() {
    local IFS=$'\n' typed="${COMP_WORDS[COMP_CWORD]}"
    typed="${typed//\\/}"; typed="${typed#[\"\']}"
    local words=( $(kb complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" "$typed" 2>/dev/null) )
    COMPREPLY=(); for word in "${words[@]}"; do COMPREPLY+=("$(printf '%q' "$word")"); done
}
complete -o default -F _kb kb
