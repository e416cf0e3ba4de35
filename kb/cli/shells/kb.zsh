#compdef kb
_kb() {
    local -a found
    found=("${(@f)$(kb complete "${(@Q)words[2,CURRENT-1]}" "${(Q)words[CURRENT]}" 2>/dev/null)}")
    if [[ -n "$found" ]]; then compadd -U -- $found; else _files; fi
}
compdef _kb kb
