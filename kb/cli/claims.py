"""`kb claims`: the claims of the base, all of them or those that a query finds."""

from typing import Any

import typer

from ingest.integrity import changed_quotes
from kb.catalogue import claims as read
from kb.catalogue import find_claims
from kb.claim import Claim
from kb.cli import door
from kb.cli.listing import AsJson, Folders, Kinds, Limit, Since, Tags, Words, found_by, print_list, within
from kb.cli.screen import Screen, tell
from qa.scope import Scope


def claims(
    words: Words = None,
    limit: Limit = None,
    folders: Folders = None,
    tags: Tags = None,
    kinds: Kinds = None,
    since: Since = "",
    as_json: AsJson = False,
) -> None:
    """List claims, each with its exact place."""
    query = " ".join(words or ()).strip()
    with door.base() as (store, _):
        scope = Scope(store, within=within(store, folders, tags, kinds, since))
        found = found_by(store, query, limit, find_claims, read, scope.counts, scope)
        changed = changed_quotes(store.vault, found)
        intact = [claim for claim in found if claim.id not in changed]

        def show(out: Screen, claim: Claim) -> None:
            if claim is not intact[0]:
                out.print()
            out.claim(claim, 0, named=True)

        print_list(intact, as_dict if as_json else None, show, "claim", query, scope)
    for problem in changed.values():
        tell(problem)
    if changed:
        raise typer.Exit(1)


def as_dict(claim: Claim) -> dict[str, Any]:
    """The contract of `kb claims --json`."""
    place = claim.place
    return {
        "id": claim.id, "text": claim.text, "quote": claim.quote, "note": claim.note, "path": place.path, "line": place.line,
        "start": place.start, "end": place.end, "role": claim.role, "citations": list(claim.citations),
        "numbers": [number.model_dump() for number in claim.numbers],
        **({"page": place.page} if place.page else {}),
    }  # fmt: skip
