"""`kb completion SHELL`: what bash, zsh and fish ask for the rest of a command, an option or a note's title."""

import sys
from typing import Annotated

import typer

from kb.cli import door

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


def add_to(app: typer.Typer) -> None:
    """Put the command on the door."""
    app.command("complete", hidden=True)(complete)
    app.command("completion")(completion)


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
    from kb.oneline import one_line

    *before, begun = words
    commands = context.parent.command.commands if context.parent else {}  # type: ignore[attr-defined]
    command = commands.get(next((word for word in before if word in commands), ""))
    if command is None:
        found = [name for name, each in commands.items() if not each.hidden]
    elif begun.startswith("-"):
        found = [option for each in command.params for option in each.opts if option.startswith("-")]
    elif command.name in _FILES:
        found = []
    else:
        from kb.settings import find_vault
        from kb.titles import titles_like

        found = titles_like(find_vault(door.named_vault), begun)
        begun = ""
    sys.stdout.write("".join(f"{one_line(each)}\n" for each in found if each.startswith(begun)))
