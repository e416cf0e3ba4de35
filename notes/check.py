"""What a draft says against its notes, beyond them, or without naming them: `kb check` and the editor's remarks.

draft -> assertions -> claims near each -> a verdict of each claim -> contradicted | overstated | miscited | uncited -> what the draft allows
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple

from kb.claim import Claim
from kb.language.judge import Judge
from kb.language.opinions import Opinions, open_opinions
from kb.oneline import one_line
from kb.settings import Check, Settings
from kb.store import Store
from notes.assertions import Assertion, assertions
from notes.cited import CITED, Excess, Miscited, miscited, overstated
from notes.contradicted import Against, against, is_spoken_of, sides, stated
from notes.draft import Draft
from notes.insertion import Habit, Names
from notes.linking import put_before_the_end, retargeted
from notes.links import lost_links
from notes.neighbours import Near, Neighbours
from notes.silenced import Silence
from notes.uncited import is_cited_near, owes, uncited
from notes.weighed import Weighed, on_subject, states, weigh
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
    beyond: Excess | None = None
    miscited: Miscited | None = None
    uncited: Weighed | None = None


class Checker:
    """Checks drafts against one open base, and keeps what it found for sentences while the base stays as it is."""

    def __init__(
        self, store: Store, settings: Settings, retriever: Retriever | None = None, judge: Judge | None = None
    ) -> None:
        """Without a judge given, the one that the vault asks for."""
        self.store, self.settings = store, settings
        self.near = Neighbours(store, settings, retriever)
        self._given = judge
        self._judged: dict[tuple[object, ...], _Judged] = {}
        self._habit: Habit | None = None

    @cached_property
    def judge(self) -> Judge | None:
        """Opened when the first sentence is judged."""
        return self._given or open_opinions(self.settings, self.store.folder)

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
            self._habit = None

    def close(self) -> None:
        """Let go of what was kept."""
        self._judged.clear()
        self.near.close()
        judge = self.__dict__.pop("judge", None)
        if isinstance(judge, Opinions) and judge is not self._given:
            judge.close()

    def _of_sentences(self, draft: Draft, sentences: Sequence[Assertion]) -> Iterator[Finding]:
        judged = self._all_judged(draft, sentences)
        cited = [(sentence.block, name) for sentence in sentences for name in sentence.names]
        told: set[str] = set()
        for at, (sentence, verdict) in enumerate(zip(sentences, judged, strict=True)):
            if verdict.beyond is not None:
                yield self._beyond(sentence, verdict.beyond)
                continue
            sides_ = [
                each
                for each in sides(verdict.against)
                if not (each.stated and each.claim.id in told) and not is_spoken_of(draft, sentences, at, each)
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
        keys = [(each.text, each.rests_on, each.names, each.asserted, own, asks) for each in sentences]
        new = {key: each for key, each in zip(keys, sentences, strict=True) if key not in self._judged and each.claims}
        near = self._near([each.text for each in new.values() if not each.leaning], own)
        cited = {key: [self.near.said(name, each.text) for name in each.rests_on] for key, each in new.items()}
        asked = {each.text: list(near.get(each.text, ())) for each in new.values()}
        for key, each in new.items():
            asked[each.text] += on_subject(_own_words(cited[key], each.rests_on), CITED)
        said = weigh(asked, self.judge if any(asked.values()) else None)

        def weighed(text: str, row: Sequence[Near]) -> list[Weighed]:
            return [Weighed(each, said[each.claim.text, text]) for each in row if (each.claim.text, text) in said]

        for key, each in new.items():
            beside = weighed(each.text, near.get(each.text, ()))
            self._judged[key] = self._judge(each, beside, cited[key], weighed(each.text, _flat(cited[key])), own, asks)
        return [self._judged.get(key, _Judged()) for key in keys]

    def _near(self, texts: Sequence[str], own: str) -> dict[str, list[Near]]:
        """The claims of other notes that are worth a verdict on each sentence."""
        some = list(dict.fromkeys(texts))
        rows = self.near.near(some) if some else []
        stating = (
            [each for each in row if each.claim.note != own and states(each.claim, self.near.note)] for row in rows
        )
        return {text: on_subject(row) for text, row in zip(some, stating, strict=True)}

    def _judge(
        self, sentence: Assertion, near: Sequence[Weighed], said: Sequence[Sequence[Near]], cited: Sequence[Weighed],
        own: str, asks: bool,
    ) -> _Judged:  # fmt: skip
        pulls: list[Against] = []
        if sentence.asserted:
            pulls = against(near) or stated(near, self.near.opposed, own)
        beyond = None
        if sentence.rests_on or (sentence.asserted and not sentence.names):
            beyond = overstated(sentence.text, cited if sentence.rests_on else near, bool(sentence.rests_on))
        wrong = None
        if sentence.rests_on and beyond is None:
            wrong = miscited(sentence, said, cited, near, self.near.note)
        return _Judged(tuple(pulls), beyond, wrong, uncited(sentence, near) if asks else None)

    def weighed(self, text: str, own: str) -> list[Weighed]:
        """What the claims near a sentence say of it, told by another or not; `own` is its note, left out."""
        near = self._near([text], own)
        said = weigh(near, self.judge)
        return [Weighed(each, said[each.claim.text, text]) for each in near[text]]

    def _contradicted(self, sentence: Assertion, found: Sequence[Against]) -> Finding:
        first = found[0]
        how = "An author sets against this" if first.stated else _with("The notes say otherwise", first.why)
        more = f" And {len(found) - 1} more." if len(found) > 1 else ""
        message = f"{how}: {self._quoted(first.claim)}.{more}"
        hint = "Say how the two go together, with a link to that note; or reword."
        return _finding(sentence, "contradicted", message, hint, tuple(each.claim.id for each in found))

    def _beyond(self, sentence: Assertion, excess: Excess) -> Finding:
        claim, words = excess.weighed.claim, excess.weighed.verdict.words
        how = "It goes beyond the note it cites" if sentence.rests_on else "It goes beyond what a note says"
        message = f"{_with(how, words)}: {self._quoted(claim)}."
        hint = (
            "Mend the figure, or name the note that gives it." if excess.number else "Say it as far as the note does."
        )
        return _finding(sentence, "overstated", message, hint, (claim.id,))

    def _miscited(self, draft: Draft, sentence: Assertion, found: Miscited) -> Finding:
        cited = " and ".join(f"“{self._title(name)}”" for name in sentence.rests_on)
        message = f"{cited} does not say this; nearest is “{one_line(found.nearest.claim.quote, 200)}”."
        name = found.instead.claim.note
        link = self._link(draft, name)
        hint = f"“{self._title(name)}” says it; cite {link}."
        edits = retargeted(draft, sentence.citations[:1], self.near.note(name), link)
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


def _own_words(said: Sequence[Sequence[Near]], cited: Sequence[str]) -> list[Near]:
    """What cited notes say themselves, most alike first; else what lists and lines say of them."""
    everything = _flat(said)
    own = [each for each in everything if each.claim.place.path in cited] or everything
    return sorted(own, key=lambda each: -each.alike)


def _with(how: str, why: str) -> str:
    return f"{how}, {why}" if why else how


def _lines(draft: Draft, finding: Finding) -> range:
    return range(finding.line, finding.line + draft.text.count("\n", finding.start, finding.end) + 1)
