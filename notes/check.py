"""What a draft says against its notes, beyond them, or without naming them: `kb check` and the editor's remarks.

draft -> assertions -> claims near each -> contradicted | overstated | miscited | uncited -> what the draft allows
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from kb.claim import Claim
from kb.oneline import one_line
from kb.settings import Check, Settings
from kb.store import Store
from notes.assertions import Assertion, assertions, parts
from notes.contradicted import Against, against, against_names, is_spoken_of, sides, stated
from notes.draft import Draft
from notes.headlines import Headlines, Named
from notes.insertion import Habit, Names
from notes.linking import put_before_the_end, retargeted
from notes.links import lost_links
from notes.miscited import Miscited, miscited
from notes.neighbours import Near, Neighbours
from notes.overstated import Excess, overstated
from notes.silenced import Silence
from notes.uncited import is_cited_near, owes, uncited
from qa.retrieve import Retriever

_QUOTES = re.compile(r": “|; nearest is “")
_KEPT = 20_000
"""Sentences whose result is kept: some hundred drafts."""


class Finding(NamedTuple):
    """One remark about a draft."""

    line: int
    start: int
    """Offset in `Draft.text`."""
    end: int
    code: Check
    message: str
    hint: str
    claims: tuple[str, ...]
    replace: tuple[tuple[int, int, str], ...] = ()
    """Edits that would mend it: (start, end, what stands there instead)."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the notes have to say of one sentence, wherever it stands."""

    against: tuple[Against, ...] = ()
    beyond: tuple[Excess, Claim] | None = None
    miscited: Miscited | None = None
    uncited: Near | None = None


class Checker:
    """Checks drafts against one open base, and keeps what it found for sentences while the base stays as it is."""

    def __init__(self, store: Store, settings: Settings, retriever: Retriever | None = None) -> None:
        self.store, self.settings = store, settings
        self.near = Neighbours(store, settings, retriever.embedding if retriever else None)
        self._judged: dict[tuple[object, ...], _Judged] = {}
        self._habit: Habit | None = None
        self._headlines: Headlines | None = None

    def check(self, draft: Draft) -> list[Finding]:
        """Every finding, in the order of the draft."""
        self.in_step()
        silence = Silence(draft.text)
        sentences = assertions(draft)
        found = [*self._of_sentences(draft, sentences), *self._of_links(draft)]
        found = [each for each in found if each.code not in self.settings.silence]
        found = [each for each in found if not silence.covers(each.code, _lines(draft, each))]
        return sorted(found, key=lambda each: (each.start, each.end, each.code))

    def in_step(self) -> None:
        """Forget what was kept of a base that is another by now."""
        if not self.near.in_step() or len(self._judged) > _KEPT:
            self._judged.clear()
            self._habit = self._headlines = None

    def close(self) -> None:
        """Let go of what was kept."""
        self._judged.clear()

    def _of_sentences(self, draft: Draft, sentences: Sequence[Assertion]) -> Iterator[Finding]:
        judged = self._all_judged(draft, sentences)
        cited = [(sentence.block, name) for sentence in sentences for name in sentence.names]
        told: set[str] = set()
        for at, (sentence, verdict) in enumerate(zip(sentences, judged, strict=True)):
            if verdict.beyond is not None:
                yield self._beyond(sentence, *verdict.beyond)
                continue
            sides_ = [
                each
                for each in sides(verdict.against)
                if not (each.stated and each.claim.id in told)
                and not is_spoken_of(draft, sentences, at, each, self.near.akin)
            ]
            if sides_:
                told.update(each.claim.id for each in sides_ if each.stated)
                yield self._contradicted(sentence, sides_)
            if verdict.miscited is not None:
                yield self._miscited(draft, sentence, verdict.miscited)
            elif verdict.uncited is not None and not sides_:
                claim = verdict.uncited.claim
                if claim.note not in told and not is_cited_near(sentence, claim.note, cited):
                    told.add(claim.note)
                    yield self._uncited(draft, sentence, claim)

    def _all_judged(self, draft: Draft, sentences: Sequence[Assertion]) -> list[_Judged]:
        """Each sentence judged, those not yet known together."""
        own, asks = draft.note, owes(draft)
        keys = [(each.text, each.alone, each.rests_on, each.names, each.asserted, own, asks) for each in sentences]
        new = {key: each for key, each in zip(keys, sentences, strict=True) if key not in self._judged and each.claims}
        said = {key: parts(each.text) for key, each in new.items()}
        texts = list(dict.fromkeys(part for some in said.values() for part in some))
        near = dict(zip(texts, self.near.near(texts), strict=True)) if texts else {}
        for key, each in new.items():
            self._judged[key] = self._judge(each, [(part, near[part]) for part in said[key]], own, asks)
        return [self._judged.get(key, _Judged()) for key in keys]

    def _judge(self, sentence: Assertion, said: Sequence[tuple[str, Sequence[Near]]], own: str, asks: bool) -> _Judged:
        nearest, akin, note = said[0][1], self.near.akin, self.near.note
        pulls: list[Against] = []
        if sentence.asserted and not sentence.leaning:
            pulls = (
                against(said, note, own, akin)
                or stated(sentence.text, nearest, self.near.opposed, own, akin)
                or against_names(said, self._named, note, own, akin)
            )
        beyond = wrong = None
        if sentence.rests_on:
            cited = [self.near.said(name, sentence.text) for name in sentence.rests_on]
            said_there = _flat(cited)
            # What lists and lines say of a note is not what it says itself, where it says anything.
            own_words = [each for each in said_there if each.claim.place.path in sentence.rests_on] or said_there
            beyond = overstated(sentence.text, sorted(own_words, key=lambda each: -each.alike), akin)
            if beyond is None:
                wider = [self.near.said(name, sentence.alone) for name in sentence.rests_on]
                wrong = miscited(
                    sentence, [_both(*each) for each in zip(cited, wider, strict=True)], nearest, note, own
                )
        same = uncited(sentence, nearest, note, own, akin) if asks else None
        return _Judged(tuple(pulls), beyond, wrong, same)

    def opposing(self, text: str, own: str) -> list[Against]:
        """The claims that deny a sentence by what it says alone, told by another or not; `own` is its note, left out."""
        said = list(zip(whole := parts(text), self.near.near(whole), strict=True))
        return against(said, self.near.note, own, self.near.akin)

    def _named(self, text: str) -> list[Named]:
        if self._headlines is None:
            self._headlines = Headlines(self.near)
        return self._headlines.beside(text)

    def _contradicted(self, sentence: Assertion, found: Sequence[Against]) -> Finding:
        first = found[0]
        how = "An author sets against this" if first.stated else "The notes say otherwise"
        how = f"A note is called “{one_line(first.named.called, 120)}”" if first.named else how
        more = f" And {len(found) - 1} more." if len(found) > 1 else ""
        message = f"{how}: {self._quoted(first.claim)}.{more}"
        hint = "Say how the two go together, with a link to that note; or reword."
        return _finding(sentence, "contradicted", message, hint, tuple(each.claim.id for each in found))

    def _beyond(self, sentence: Assertion, excess: Excess, claim: Claim) -> Finding:
        message = f"It goes beyond the note it cites, {excess.why}: {self._quoted(claim)}."
        hint = (
            "Mend the figure, or name the note that gives it." if excess.number else "Say it as far as the note does."
        )
        return _finding(sentence, "overstated", message, hint, (claim.id,))

    def _miscited(self, draft: Draft, sentence: Assertion, found: Miscited) -> Finding:
        cited = " and ".join(f"“{self._title(name)}”" for name in sentence.rests_on)
        message = f"{cited} does not say this; nearest is “{one_line(found.nearest.claim.quote, 200)}”."
        link = self._link(draft, found.note)
        hint = f"“{self._title(found.note)}” says it; cite {link}."
        edits = retargeted(draft, sentence.citations[:1], self.near.note(found.note), link)
        return _finding(sentence, "miscited", message, hint, (found.nearest.claim.id, found.instead.claim.id), edits)

    def _uncited(self, draft: Draft, sentence: Assertion, claim: Claim) -> Finding:
        link = self._link(draft, claim.note)
        message = f"A note says this, and is not cited: {self._quoted(claim)}."
        edit = put_before_the_end(draft.text, sentence.start, sentence.end, link)
        return _finding(sentence, "uncited", message, f"Cite it: {link}", (claim.id,), (edit,))

    def _of_links(self, draft: Draft) -> Iterator[Finding]:
        for lost in lost_links(self.store, draft):
            at = lost.pointer
            yield Finding(at.line, at.start, at.end, lost.code, one_line(lost.message, 300), lost.hint, ())

    def _link(self, draft: Draft, name: str) -> str:
        """As the vault's author writes links."""
        if self._habit is None:
            self._habit = Habit(self.store, self.settings)
        note = self.near.note(name)
        citekey = next((source.citekey for source in note.sources if source.citekey), "") if note else ""
        written = self._habit.after(name, Names(note.title if note else name, citekey), draft.path)
        return written or f"[[{PurePosixPath(name).stem}]]"

    def _quoted(self, claim: Claim) -> str:
        return f"“{one_line(claim.quote, 400)}” ({self._title(claim.note)})"

    def _title(self, name: str) -> str:
        note = self.near.note(name)
        return one_line(note.title if note else name, 120)


def without_quotes(finding: Finding) -> str:
    """The message, for a screen that shows the claims apart."""
    return f"{_QUOTES.split(finding.message, maxsplit=1)[0].rstrip('.')}." if finding.claims else finding.message


def _finding(
    sentence: Assertion, code: Check, message: str, hint: str, claims: tuple[str, ...],
    replace: tuple[tuple[int, int, str], ...] = (),
) -> Finding:  # fmt: skip
    return Finding(sentence.line, sentence.start, sentence.end, code, message, hint, claims, replace)


def _flat(said: Sequence[Sequence[Near]]) -> list[Near]:
    return [each for some in said for each in some]


def _both(one: Sequence[Near], other: Sequence[Near]) -> list[Near]:
    """What a note says beside the sentence, and beside the sentence with what it leans on, most alike first."""
    return sorted([*one, *other], key=lambda each: -each.alike)


def _lines(draft: Draft, finding: Finding) -> range:
    return range(finding.line, finding.line + draft.text.count("\n", finding.start, finding.end) + 1)
