"""A person's judgements on links, found again among the claims of today: word for word, else as a claim that differs in little
and in no number. What is not found rests in the file until it is."""

import re
from difflib import SequenceMatcher

from kb.catalogue import find_claims
from kb.claim import fingerprint
from kb.edges import link_counts
from kb.files import read_within
from kb.problem import Problem
from kb.review import FILE, Side, judgements
from kb.store import Store

_ALIKE = 0.85
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def is_new(store: Store) -> bool:
    """Whether the file of judgements has changed since it was last read."""
    return store.meta("review") != _print_of(store)


def take_judgements(store: Store) -> list[Problem]:
    """What was judged, for the claims there are; to be called inside a transaction."""
    found, problems = judgements(store.vault)
    store.sql.execute("DELETE FROM verdict")
    for judgement in found:
        a, b = claim_of(store, judgement.a), claim_of(store, judgement.b)
        if a and b and (a != b or judgement.is_of_one_sentence):
            row = (*sorted((a, b)), judgement.verdict, judgement.relation, judgement.tension or "", a)
            store.sql.execute("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?)", row)
    store.set_meta("review", _print_of(store))
    store.set_meta("links", sum(count for _, count in link_counts(store)))
    return problems


def claim_of(store: Store, side: Side) -> str | None:
    """The claim that a judged quote is today, if there still is one."""
    rows = store.sql.execute(
        "SELECT claim.name, file.path FROM claim JOIN file ON file.id = claim.file WHERE claim.sha = ? ORDER BY file.path, claim.start",
        (fingerprint(side.quote),),
    ).fetchall()
    if rows:
        return str(next((name for name, path in rows if path == side.path), rows[0][0]))
    best: tuple[float, str] = (0.0, "")
    for name in find_claims(store, side.quote, 8):
        row = store.sql.execute("SELECT coalesce(quote, text) FROM claim WHERE name = ?", (name,)).fetchone()
        alike = SequenceMatcher(None, side.quote, row[0], autojunk=False).ratio()
        if alike > best[0] and sorted(_NUMBER.findall(row[0])) == sorted(_NUMBER.findall(side.quote)):
            best = (alike, name)
    return best[1] if best[0] >= _ALIKE else None


def _print_of(store: Store) -> str:
    try:
        return fingerprint(read_within(store.vault, store.vault / FILE).decode("utf-8", "replace"))
    except OSError:
        return ""
