"""What an edit made stale, or would make: all that rests on the words of one note."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ingest.decode import text_of
from ingest.file_entries import entry_of
from ingest.integrity import content_hash
from ingest.scan import Seen
from ingest.titles import Titles
from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.edges import links
from kb.files import read_regular
from kb.link import Link
from kb.note import Note
from kb.readable import LINK
from kb.store import Store
from qa.evidence import is_report

_WORDS = 6
"""Fewer words in common are chance and not a quotation."""
_ALIKE = 0.5
"""Share of words in common from which a new claim is the old one, edited."""
_WORD = re.compile(r"\w+")


class Lost(NamedTuple):
    """A claim whose words are gone, or would go."""

    claim: Claim
    now: str
    """What seems to stand there instead; empty if nothing does."""


class Resting(NamedTuple):
    """A link that rests on such claims."""

    link: Link
    claims: tuple[Claim, ...]
    """Its sides where they are claims of other notes."""
    notes: tuple[Note, ...]
    """Its sides where they are other notes."""


class Citing(NamedTuple):
    """A note that cites the one changed."""

    note: Note
    lines: tuple[int, ...]


class Quoting(NamedTuple):
    """A claim elsewhere that holds the old words."""

    claim: Claim
    old: Claim


class Impact(NamedTuple):
    """All that one note's words carry."""

    note: Note
    changed: bool
    """Whether the file differs from what the base holds; if not, all of it is at stake."""
    claims: tuple[Lost, ...]
    links: tuple[Resting, ...]
    citing: tuple[Citing, ...]
    reports: tuple[Note, ...]
    quoting: tuple[Quoting, ...]


def impact(store: Store, note: Note) -> Impact:
    """What the file's last edit makes stale; without one, what any edit could."""
    mine = _claims_in(store, note.path)
    changed, standing = _now(store, note.path)
    new = [claim for name, claim in standing.items() if name not in {old.id for old in mine}]
    lost = [Lost(claim, _instead(claim, new)) for claim in mine if not changed or claim.id not in standing]
    gone = [each.claim for each in lost]
    citing, quoting = _citing(store, note), list(_quoting(store, note, gone))
    repeating = read_notes(store, list({each.claim.place.path for each in quoting}))
    reports = {other.id: other for other in (*(each.note for each in citing), *repeating) if is_report(other)}
    return Impact(
        note,
        changed,
        tuple(lost),
        tuple(_resting(store, note, gone)),
        tuple(each for each in citing if each.note.id not in reports),
        tuple(reports[name] for name in sorted(reports)),
        tuple(each for each in quoting if each.claim.place.path not in reports),
    )


def _claims_in(store: Store, path: str | None) -> list[Claim]:
    rows = store.sql.execute(
        "SELECT claim.name FROM claim JOIN file ON file.id = claim.file WHERE file.path = ? ORDER BY claim.start",
        (path,),
    )
    return read_claims(store, [row[0] for row in rows])


def _now(store: Store, path: str | None) -> tuple[bool, dict[str, Claim]]:
    """Whether the file has changed since it was read, and the claims that it makes now.

    It is read again and not looked at by offsets: ids of claims do not depend on what stands above them. What a language
    model chose, the rule does not find again: there the words decide.
    """
    row = store.sql.execute(
        "SELECT sha, heard.file IS NOT NULL FROM file LEFT JOIN heard ON heard.file = file.id WHERE path = ?", (path,)
    ).fetchone()
    if path is None or row is None:
        return False, {}
    try:
        data = read_regular(store.vault / path)
    except OSError:
        return True, {}
    if content_hash(data) == row[0]:
        return False, {}
    text = text_of(data, path)[0] if row[1] else ""
    chosen = {claim.id: claim for claim in _claims_in(store, path) if claim.quote in text} if text else {}
    titles = Titles(title for (title,) in store.sql.execute("SELECT DISTINCT title FROM title"))
    found = entry_of(str(store.vault), Seen(path, 0, 0), titles).extract
    return True, chosen | {claim.id: claim for claim in found.claims} if found else {}


def _instead(old: Claim, new: Sequence[Claim]) -> str:
    """The new claim that has most words in common with one that is gone."""
    words = set(_words(old.quote).split())
    alike = [
        (len(words & theirs) / len(words | theirs), claim.quote)
        for claim in new
        if (theirs := set(_words(claim.quote).split()))
    ]
    best, quote = max(alike, default=(0.0, ""))
    return quote if best >= _ALIKE else ""


def _resting(store: Store, note: Note, gone: Sequence[Claim]) -> Iterator[Resting]:
    """Links from or to the claims, and those for which their words are the evidence: typed links between notes, and
    what a line says of two others."""
    names = {claim.id for claim in gone}
    spans = {(claim.place.path, claim.place.start, claim.place.end) for claim in gone}
    for link in links(store) if gone else ():
        shown = any((place.path, place.start, place.end) in spans for place in link.evidence)
        if shown or link.a in names or link.b in names:
            others = [end for end in (link.a, link.b) if end not in names and end != note.id]
            yield Resting(link, tuple(read_claims(store, others)), tuple(read_notes(store, others)))


def _citing(store: Store, note: Note) -> list[Citing]:
    rows = store.sql.execute(
        "SELECT file.path, mention.line FROM mention JOIN file ON file.id = mention.file WHERE note = ?1 UNION "
        "SELECT file.path, claim.line FROM claim JOIN file ON file.id = claim.file WHERE owner = ?1 ORDER BY 1, 2",
        (note.id,),
    )
    lines: dict[str, list[int]] = {}
    for path, line in rows:
        if path != note.path:
            lines.setdefault(path, []).append(line)
    return [Citing(other, tuple(lines[other.id])) for other in read_notes(store, list(lines))]


def _quoting(store: Store, note: Note, gone: Collection[Claim]) -> Iterator[Quoting]:
    """Claims of other files that hold the old words, whatever the mark-up and the quotation marks."""
    old = [(claim, words) for claim in gone if (words := _words(claim.quote)).count(" ") - 1 >= _WORDS]
    if not old:
        return
    rows = store.sql.execute(
        "SELECT claim.name, coalesce(claim.quote, claim.text) FROM claim JOIN file ON file.id = claim.file "
        "WHERE file.path <> ? ORDER BY file.path, claim.start",
        (note.path,),
    )
    found = [(name, claim) for name, text in rows for shown in [_words(text)] for claim, words in old if words in shown]
    claims = {claim.id: claim for claim in read_claims(store, list({name for name, _ in found}))}
    for name, claim in found:
        yield Quoting(claims[name], claim)


def _words(text: str) -> str:
    """Its words with a blank on either side of each."""
    shown = LINK.sub(lambda link: link[1] or link[2] or "", text)
    return f" {' '.join(_WORD.findall(shown.casefold()))} "
