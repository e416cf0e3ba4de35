"""`kb doctor`: is the base sound?"""

from dataclasses import asdict
from typing import Annotated

import typer

from ingest.health import examine, mend
from kb.cli import door
from kb.cli.listing import AsJson
from kb.cli.screen import console


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended; rebuild the rest.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check every quote, the tables, the word index and Chroma."""
    vault, settings = door.here()
    checks = mend(vault, settings) if repair else examine(vault, settings)
    sound = all(not check.problems for check in checks)
    if as_json:
        door.print_json({"sound": sound, "checks": [asdict(check) for check in checks]})
    else:
        out = console()
        for check in checks:
            mark = ("sound  ", "green") if not check.problems else ("damaged", "red")
            out.block(mark, f"  {check.name} ({check.checked:,} checked)", by=0)
            for problem in [*check.problems[:10], *check.remarks]:
                out.say(problem, by=9)
        if not sound:
            out.print("\nMend it with: kb doctor --repair", style="dim")
    if not sound:
        raise typer.Exit(1)
