"""`kb doctor`: is the base sound?"""

from typing import Annotated

import typer
from rich.text import Text

from ingest.health import examine, mend
from kb.cli import door
from kb.cli.screen import console
from kb.oneline import one_line


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended; rebuild the rest.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Check every quote, the tables, the word index and Chroma."""
    vault, settings = door.here()
    checks = mend(vault, settings) if repair else examine(vault, settings)
    sound = all(not check.problems for check in checks)
    if as_json:
        door.print_json(
            {
                "sound": sound,
                "checks": [
                    {"name": c.name, "checked": c.checked, "problems": list(c.problems), "remarks": list(c.remarks)}
                    for c in checks
                ],
            }
        )
    else:
        out = console()
        for check in checks:
            mark = ("sound  ", "green") if not check.problems else ("damaged", "red")
            out.print(Text.assemble(mark, f"  {check.name} ({check.checked:,} checked)"))
            for problem in [*check.problems[:10], *check.remarks]:
                out.print(Text(f"         {one_line(str(problem))}"))
        if not sound:
            out.print(Text("\nMend it with: kb doctor --repair", style="dim"))
    if not sound:
        raise typer.Exit(1)
