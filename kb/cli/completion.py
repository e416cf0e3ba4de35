"""`kb completion SHELL`: what bash, zsh and fish ask for the rest of a command, an option or a note's title."""

import sys
from typing import Annotated, Any

import typer

from kb.cli import door
from kb.oneline import one_line
from kb.titles import titles_like

_SCRIPTS = {
    "bash": """_kb() {
    local IFS=$'\\n' typed="${COMP_WORDS[COMP_CWORD]}"
    typed="${typed//\\\\/}"; typed="${typed#[\\"\\']}"
    local words=( $(kb complete -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" "$typed" 2>/dev/null) )
    COMPREPLY=(); for word in "${words[@]}"; do COMPREPLY+=("$(printf '%q' "$word")"); done
}
complete -F _kb kb
""",
    "zsh": """#compdef kb
_kb() {
    local -a found
    found=("${(@f)$(kb complete -- "${words[@]:1:$((CURRENT-2))}" "${(Q)words[CURRENT]}" 2>/dev/null)}")
    compadd -U -- $found
}
compdef _kb kb
""",
    "fish": """complete -c kb -f -a '(kb complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
""",
}
_FILES = ("check", "links")
"""Commands of which the shell completes files by itself."""


def completion(
    shell: Annotated[str, typer.Argument(help="bash, zsh or fish.", metavar="SHELL")],
) -> None:
    """Print what a shell needs to complete commands, options and titles."""
    if shell not in _SCRIPTS:
        raise typer.BadParameter(f"“{shell}” is none of {', '.join(_SCRIPTS)}.")
    typer.echo(_SCRIPTS[shell], nl=False)


def complete(
    context: typer.Context, words: Annotated[list[str], typer.Argument(help="The words typed, the last one begun.")]
) -> None:
    """Print how the last word could go on, one on a line."""
    *before, begun = words
    front: Any = context.parent and context.parent.command
    names = front.list_commands(context)
    command = next((word for word in before if word in names), "")
    if not command:
        found = names
    elif begun.startswith("-"):
        found = [
            option for each in front.get_command(context, command).params for option in each.opts if option[0] == "-"
        ]
    elif command in _FILES:
        found = []
    else:
        from kb.settings import find_vault  # not while a command is completed: this is the time between two keys

        found = titles_like(find_vault(door.named_vault), begun)
        begun = ""
    sys.stdout.write("".join(f"{one_line(each)}\n" for each in found if each.startswith(begun)))
