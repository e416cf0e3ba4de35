"""What a note is called, where that says something: "data-pruning-can-beat-power-law-scaling", or a title that is a sentence.

A question states nothing, so a title that asks is passed over for the name of its file.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from ingest.phrases import line_of
from ingest.predicates import predicate_of
from kb.claim import Claim
from kb.note import REPORT
from notes.neighbours import Near, Neighbours, content, overlap

_FEWEST = 5
"""Words of a name that may be a sentence."""
_COVERS = 0.4
"""How much of a sentence a headline must hold to be looked at."""
_MOST = 3
"""Headlines looked at for one sentence."""
_BARS = ("line", "post", "stub")
_ASKS = frozenset("how why what when where who which can does do is are".split())
"""A question without its mark."""


class Headline(NamedTuple):
    """The sentence that a note is called by."""

    note: str
    text: str
    called: str
    """The title or the file's name, as it stands."""


class Named(NamedTuple):
    """A headline beside a sentence."""

    headline: Headline
    near: Near
    """Its words as if they were a claim."""
    claims: tuple[Claim, ...]
    """What the note says."""


class Headlines:
    """Those of one open base."""

    def __init__(self, near: Neighbours) -> None:
        self._near = near
        rows = near.store.sql.execute(
            "SELECT name, title, kind, topics FROM note WHERE file IS NOT NULL ORDER BY name"
        ).fetchall()
        self._all = [
            Headline(name, text, title if text.casefold() == title.casefold() else PurePosixPath(name).stem)
            for name, title, kind, topics in rows
            if kind not in _BARS and REPORT not in topics.split("\n") and (text := sentence(name, title))
        ]
        self._of: dict[str, list[int]] = defaultdict(list)
        for at, each in enumerate(self._all):
            for word in {word.stem for word in content(each.text)}:
                self._of[word].append(at)
        self._claims: dict[str, list[Near]] = {}

    def beside(self, text: str) -> list[Named]:
        """Those that hold most words of a sentence, with the first-hand claim nearest to each."""
        found = []
        for headline in self._holding(text):
            if headline.note not in self._claims:
                self._claims[headline.note] = self._near.said(headline.note, headline.text)
            said = [near for near in self._claims[headline.note] if near.claim.place.path == headline.note]
            if said:
                as_claim = said[0].claim.model_copy(update={"text": headline.text})
                claims = tuple(near.claim for near in said)
                found.append(Named(headline, self._near.beside(text, as_claim), claims))
        return found

    def _holding(self, text: str) -> Iterator[Headline]:
        counts: dict[int, int] = defaultdict(int)
        words = {word.stem for word in content(text)}
        for word in words:
            for at in self._of.get(word, ()):
                counts[at] += 1
        best = sorted(counts, key=lambda at: (-counts[at], at))[: 4 * _MOST]
        found = [(overlap(text, self._all[at].text, self._near.akin)[0], at) for at in best]
        for covers, at in sorted(found, key=lambda each: (-each[0], each[1]))[:_MOST]:
            if covers >= _COVERS:
                yield self._all[at]


def sentence(name: str, title: str) -> str:
    """What a note's title says, or else the name of its file; nothing where neither is a sentence."""
    named = " ".join(PurePosixPath(name).stem.replace("-", " ").split())
    for text in (title, named):
        if "?" in text or text.count(" ") + 1 < _FEWEST or any(mark in text for mark in ":|/()"):
            continue
        if text.split()[0].lower() in _ASKS:
            continue
        line = line_of(text)
        at = predicate_of(line)
        if at and at + 1 < len(line.lower):
            return text[:1].upper() + text[1:]
    return ""
