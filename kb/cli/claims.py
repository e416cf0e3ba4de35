"""`kb claims`: the claims of the base, all of them or those that a query finds."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import door
from kb.cli.within import Folders, Kinds, Since, Tags, within

if TYPE_CHECKING:
    from rich.console import Console

    from kb.claim import Claim


def add_to(app: typer.Typer) -> None:
    """Put the command on the door."""
    app.command("claims")(claims)


def claims(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Words to look for; without them, every claim.", metavar="[WORDS]", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show for a query.", metavar="N")] = 25,
    folders: Folders = None,
    tags: Tags = None,
    kinds: Kinds = None,
    since: Since = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON list.")] = False,
) -> None:
    """List claims, each with its exact place."""
    from ingest.intact import changed_quotes
    from kb.catalogue import claims as read
    from kb.catalogue import find_claims
    from qa.scope import Scope

    query = " ".join(words or ())
    with door.base() as (store, _):
        scope = Scope(store, within=within(store, folders, tags, kinds, since))
        if not query.strip():
            found = [claim for claim in read(store) if scope.counts(claim)]
        elif scope.is_narrow:
            found = [claim for claim in read(store, find_claims(store, query)) if scope.counts(claim)][:limit]
        else:
            found = read(store, find_claims(store, query, limit))
        changed = changed_quotes(store.vault, found)
        found = [claim for claim in found if claim.id not in changed]
        if as_json:
            door.print_json([as_dict(claim) for claim in found])
        else:
            _screen(found, query, str(store.vault), f" {scope.within}" if scope.is_narrow else "")
        for problem in changed.values():
            print(f"kb: {problem.path}:{problem.line}: {problem.message}\n    {problem.hint}", file=sys.stderr)
        if changed:
            raise typer.Exit(1)


def as_dict(claim: "Claim") -> dict[str, Any]:
    """The contract of `kb claims --json`."""
    place = claim.place
    return {
        "id": claim.id, "text": claim.text, "quote": claim.quote, "note": claim.note, "path": place.path, "line": place.line,
        "start": place.start, "end": place.end, "role": claim.role, "citations": list(claim.citations),
        "numbers": [number.model_dump() for number in claim.numbers],
    }  # fmt: skip


def _screen(found: "list[Claim]", query: str, vault: str, where: str) -> None:
    from rich.text import Text

    from kb.cli.screen import console
    from kb.oneline import one_line

    out = console(whole=True)
    for number, claim in enumerate(found):
        print_claim(out, claim, vault, first=number == 0)
    if not found:
        told = f"No claim{where} speaks of “{one_line(query, 80)}”." if query else "There are no claims here yet."
        out.print(Text(one_line(f"There are no claims{where}.", 300) if where and not query else told))


def print_claim(out: "Console", claim: "Claim", vault: str, *, first: bool = False) -> None:
    """A quote, and below it where it stands."""
    from rich.text import Text

    from kb.cli.screen import place, quoted

    if not first:
        out.print()
    out.print(quoted(claim.quote))
    where = Text.assemble(
        "  ", place(claim.place.path, claim.place.line, vault), f"  {claim.role}  ", (claim.id, "dim")
    )
    out.print(where, soft_wrap=True)
