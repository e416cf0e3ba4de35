"""Help (`kb --help`) in groups, and the options of the door understood before the command and after it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from typer.core import TyperGroup

EXAMPLES = (
    'kb ask "Does an afternoon nap improve recall?"',
    "kb check draft.md --vault ~/notes",
    'kb tensions "sample size" --json',
)

_NAMES = 8
"""Letters of the longest name of a command."""


class Front(TyperGroup):
    """The door as a group of commands."""

    groups: ClassVar[dict[str, list[str]]] = {}
    """The names of the commands under each heading of the help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Whatever order they were typed in."""
        return super().parse_args(ctx, in_order(args))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """One line for each command, in groups."""
        formatter.write(f"Usage: kb [--vault DIR] COMMAND [...]\n\n{self.help}\n")
        for heading, names in self.groups.items():
            told = ((name, self.commands[name].get_short_help_str(200)) for name in names)
            formatter.write(_table(heading, told))
        options = (
            ("--vault DIR", "Folder of notes; else the nearest upwards with kb.toml or .kb."),
            ("--json", "Print the result as data."),
            ("--version", "Print the version and leave."),
            ("-h, --help", "After a command: what it takes."),
        )
        formatter.write(_table("Options, before a command or after it", options))
        formatter.write("\nExamples\n" + "".join(f"  {example}\n" for example in EXAMPLES))


def _table(heading: str, rows: Any) -> str:
    told = [(name, line.rstrip(".")) for name, line in rows]
    width = max(_NAMES, *(len(name) for name, _ in told))
    return f"\n{heading}\n" + "".join(f"  {name:{width}}  {line}\n" for name, line in told)


def in_order(args: Sequence[str]) -> list[str]:
    """A command line with --vault before the command and --json after it; what follows a -- stays where it is."""
    words, first, rest, is_json = list(args), [], [], False
    while words:
        word = words.pop(0)
        if word == "--":
            rest += [word, *words]
            break
        if word == "--vault":
            if not words:
                return [word]  # it names nothing, which is told before anything else
            first += [word, words.pop(0)]
        elif word.startswith("--vault="):
            first.append(word)
        elif not rest and word == "--json":
            is_json = True
        elif not rest and word.startswith("-"):
            first.append(word)
        else:
            rest.append(word)
    if is_json and rest:
        rest.insert(1, "--json")
    elif is_json:
        first.append("--json")
    return [*first, *rest]
