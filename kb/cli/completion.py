"""`kb completion SHELL`: what bash, zsh and fish need to ask `kb complete` for the rest of a word."""

from typing import Annotated

import typer

_SCRIPTS = {
    "bash": """_kb() {
    local IFS=$'\\n' typed="${COMP_WORDS[COMP_CWORD]}"
    typed="${typed//\\\\/}"; typed="${typed#[\\"\\']}"
    local words=( $(kb complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" "$typed" 2>/dev/null) )
    COMPREPLY=(); for word in "${words[@]}"; do COMPREPLY+=("$(printf '%q' "$word")"); done
}
complete -o default -F _kb kb
""",
    "zsh": """#compdef kb
_kb() {
    local -a found
    found=("${(@f)$(kb complete "${(@Q)words[2,CURRENT-1]}" "${(Q)words[CURRENT]}" 2>/dev/null)}")
    if [[ -n "$found" ]]; then compadd -U -- $found; else _files; fi
}
compdef _kb kb
""",
    "fish": """function __kb_complete
    set -l found (kb complete (commandline -opc)[2..-1] (commandline -ct | string unescape) 2>/dev/null)
    if set -q found[1]; printf '%s\\n' $found; else; __fish_complete_path (commandline -ct); end
end
complete -c kb -f -a '(__kb_complete)'
""",
}
"""Where kb knows nothing, the shell offers files."""


def completion(shell: Annotated[str, typer.Argument(help="bash, zsh or fish.", metavar="SHELL")]) -> None:
    """Print what a shell needs to complete words. Commands, options, titles and topics of notes."""
    if shell not in _SCRIPTS:
        raise typer.BadParameter(f"“{shell}” is none of {', '.join(_SCRIPTS)}.")
    typer.echo(_SCRIPTS[shell], nl=False)
