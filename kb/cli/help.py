"""The door as a group of commands: each is read when it is typed, `kb --help` lists them without, and the door's options are
understood before the command and after it; and `kb help`, the documentation by topic."""

import shutil
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from kb.cli import door
from kb.manual import TOPICS, Usage, as_text, section, usages

GROUPS = {
    "Ask": ("ask", "chat"),
    "Look inside": ("notes", "claims", "tensions", "matrix", "graph", "show", "open"),
    "Write": ("links", "check", "audit", "new", "impact", "export"),
    "Look after the base": ("sync", "status", "review", "doctor", "eval", "allow", "model", "help"),
    "For editors, assistants and shells": ("lsp", "mcp", "completion"),
}
"""The commands under each heading of the help."""
_FUNCTIONS = {
    "open": "editor.open_place", "help": "help.manual", "eval": "evaluate.evaluate", "lsp": "servers.lsp", "mcp": "servers.mcp",
}  # fmt: skip
"""Where a command is found that is not called as its module is."""
EXAMPLES = (
    'kb ask "Does an afternoon nap improve recall?"',
    "kb check draft.md --vault ~/notes",
    'kb tensions "sample size" --json',
)

_NAMES = 8
"""Letters of the longest name of a command."""


class Front(TyperGroup):
    """The door as a group of commands."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        names: Any = dict.fromkeys(name for group in GROUPS.values() for name in group)
        self.commands = names

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command, read from its module."""
        if cmd_name not in self.commands:
            return None
        module, _, function = _FUNCTIONS.get(cmd_name, f"{cmd_name}.{cmd_name}").partition(".")
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(cmd_name)(getattr(import_module(f"kb.cli.{module}"), function))
        return typer.main.get_command(alone)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Whatever order they were typed in."""
        return super().parse_args(ctx, in_order(args))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """A command and its arguments; its help is shown without it."""
        words = args[: args.index("--")] if "--" in args else args
        if args[0] in self.commands and {"-h", "--help"} & set(words[1:]):
            typer.echo(told(ctx, args[0], usages()[args[0]]))
            ctx.exit()
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """One line for each command, in groups."""
        formatter.write(f"Usage: kb [--vault DIR] COMMAND [...]\n\n{self.help}\n")
        known = usages()
        for heading, group in GROUPS.items():
            formatter.write(_table(heading, [(name, known[name]["help"].partition(". ")[0]) for name in group]))
        options = (
            ("--vault DIR", "Folder of notes; else the nearest upwards with kb.toml or .kb."),
            ("--json", "Print the result as data."),
            ("--version", "Print the version and leave."),
            ("-h, --help", "After a command: what it takes."),
        )
        formatter.write(_table("Options, before a command or after it", options))
        formatter.write("\nExamples\n" + "".join(f"  {example}\n" for example in EXAMPLES))


def told(ctx: Any, name: str, usage: Usage) -> str:
    """The help of a command."""
    formatter = ctx.make_formatter()
    formatter.write_usage(f"{ctx.command_path} {name}", usage["takes"])
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(usage["help"])
    for heading, rows in (("Arguments", usage.get("Arguments", [])), ("Options", usage["Options"])):
        if rows:
            with formatter.section(heading):
                formatter.write_dl([(left, right) for left, right in rows])
    return str(formatter.getvalue()).rstrip("\n")


def _table(heading: str, rows: Any) -> str:
    width = max(_NAMES, *(len(name) for name, _ in rows))
    return f"\n{heading}\n" + "".join(f"  {name:{width}}  {line.rstrip('.')}\n" for name, line in rows)


def in_order(args: Sequence[str]) -> list[str]:
    """A command line with --vault before the command and --json after it; what follows a -- stays where it is."""
    end = args.index("--") if "--" in args else len(args)
    words, first, rest = list(args[:end]), list[str](), list[str]()
    while words:
        word = words.pop(0)
        if word == "--vault":
            if not words:
                return [word]  # it names nothing, which is told before anything else
            first += [word, words.pop(0)]
        elif word.startswith("--vault=") or (not rest and word.startswith("-")):
            first.append(word)
        else:
            rest.append(word)
    if rest and "--json" in first:
        first = [word for word in first if word != "--json"]
        rest.insert(1, "--json")
    return [*first, *rest, *args[end:]]


def manual(
    context: typer.Context,
    topic: Annotated[str, typer.Argument(help="What to read; without one, what there is.", metavar="[TOPIC]")] = "",
) -> None:
    """Read about a topic, or a command."""
    name, commands = topic.strip().casefold(), usages()
    width = max(40, min(80, shutil.get_terminal_size().columns))
    if not name:
        typer.echo(_listed())
    elif name in TOPICS:
        _show(as_text(section(name), width))
    elif name in commands and context.parent:
        typer.echo(told(context.parent, name, commands[name]))
    else:
        from difflib import get_close_matches

        near = get_close_matches(name, {*TOPICS, *commands}, 3, 0.5)
        remedy = f"Near it: {', '.join(near)}. " if near else ""
        raise door.Misunderstood(
            f"There is no help on “{topic}”.", f"{remedy}kb help lists the topics, kb --help the commands."
        )


def _listed() -> str:
    longest = max(map(len, TOPICS))
    rows = (f"  {name:{longest}}  {about}" for name, (_, _, about) in TOPICS.items())
    return "\n".join(["Usage: kb help TOPIC, or kb help COMMAND\n\nTopics", *rows])


def _show(text: str) -> None:
    """Page by page on a terminal, as its reader has set it."""
    if sys.stdout.isatty():
        from pydoc import pager

        pager(text)
    else:
        sys.stdout.write(text)
