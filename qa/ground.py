"""Every quote is read again from its file before it is shown; a statement that lost one is withdrawn."""

from collections.abc import Sequence
from pathlib import Path

from ingest.integrity import changed_quotes
from kb.claim import Claim
from kb.link import Tension
from kb.problem import Problem
from qa.answer import Statement


def grounded(
    vault: Path, claims: Sequence[Claim], statements: Sequence[Statement], tensions: Sequence[Tension]
) -> tuple[list[Statement], list[Tension], list[Problem], set[str]]:
    """What still stands, what has to be said about the rest, and the ids of the claims that are gone."""
    changed = changed_quotes(vault, claims)
    gone = set(changed)
    standing = [statement for statement in statements if not gone.intersection(statement.claims)]
    pulling = [
        tension.model_copy(update={"reconcile": None, "settled_by": ()})
        if gone.intersection(tension.settled_by)
        else tension
        for tension in tensions
        if tension.a not in gone and tension.b not in gone
    ]
    return standing, pulling, list(changed.values()), gone
