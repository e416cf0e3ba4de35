"""Which notes belong in a draft, sentence by sentence: where the link goes, what is written, and why."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from ingest.extract import Sentence
from ingest.formats.inline import marked_up
from ingest.page import Lines
from kb.settings import Settings
from kb.store import Store
from notes.candidates import Candidate, Candidates
from notes.check import Checker
from notes.draft import Draft
from notes.insertion import Habit, Names
from notes.mentions import Mentions, Unlinked
from notes.naming import GENERIC
from notes.reasons import Reason, Works, by_figures, by_verdict, opposed
from qa.retrieve import Retriever

SHOWN = 0.25
"""The score from which a suggestion is shown unasked."""
APPLIED = 0.5
"""The score from which `--apply` takes one."""
_AGAIN, _ELSEWHERE = 0.6, 0.5
"""What a suggestion is worth that comes again for another sentence, and one that the draft links elsewhere."""
_MENTIONED = 0.45
"""What the mention of a title scores at least, where the words surely mean the note."""
_SECOND_HAND = 0.5
"""What a line or a post is worth that is not mentioned: they speak of what notes hold."""
_KEPT = 5_000
_ENDS = ".!?…。！？"


class Suggestion(NamedTuple):
    """A note to link, and how."""

    line: int
    start: int
    """Of the words of the draft that it is about: offsets in `Draft.text`."""
    end: int
    text: str
    note: str
    title: str
    score: float
    """0 to 1."""
    why: str
    insert: str
    """What is written ..."""
    at: tuple[int, int]
    """... in place of this span; empty where it is put between two characters."""
    claim: str | None
    """The claim that makes it relevant."""
    kind: str
    """`mention`, `same`, `numbers`, `source`, `against` or `near`."""


class _Found(NamedTuple):
    """A suggestion before it is known how it is written."""

    score: float
    sentence: Sentence
    like: Candidate
    reason: Reason
    mention: Unlinked | None


class Suggester:
    """Suggests from one open base; what it has found for a sentence is kept while the base stays as it is."""

    def __init__(
        self, store: Store, settings: Settings, retriever: Retriever | None = None, checker: Checker | None = None
    ) -> None:
        self.store = store
        self.settings = settings
        self.retriever = retriever or Retriever(store, settings)
        self._own = retriever is None
        self._checker, self._own_checker = checker or Checker(store, settings, self.retriever), checker is None
        self._view: object = None
        self._likes: dict[tuple[str, str], list[Candidate]] = {}
        self._opposed: dict[tuple[str, str], list[tuple[str, Reason]]] = {}
        self._weighed: dict[tuple[str, str], dict[str, Reason]] = {}

    def close(self) -> None:
        """Let go of what it opened itself."""
        if self._own_checker:
            self._checker.close()
        if self._own:
            self.retriever.close()

    def suggest(self, draft: Draft, *, within: tuple[int, int] | None = None, most: int = 50) -> list[Suggestion]:
        """Suggestions for a draft, or for the sentences that touch a span of it; best first."""
        self._in_step()
        without = tuple(dict.fromkeys([*([draft.note] if draft.note else []), *self.retriever.reports()]))
        linked = {each.to for each in draft.pointers if each.to}
        mentions = self._mentions.find(draft)
        found: list[_Found] = []
        for sentence in draft.sentences:
            if draft.page.blocks[sentence.block].about:
                # A summary in a list of sources is of the note that the list links to.
                continue
            if within is None or (sentence.start <= within[1] and within[0] <= sentence.end):
                mine = [each for each in mentions if sentence.start <= each.start < sentence.end]
                found += self._for(draft, sentence, mine, without, linked)
        ranked = sorted(_once(found), key=lambda each: (-each.score, each.sentence.start, each.like.note))
        lines = Lines(draft.text)
        written = (self._written(draft, lines, each) for each in ranked)
        return list(islice((each for each in written if each is not None), most))

    def _in_step(self) -> None:
        """Forget what another process has made untrue."""
        view = self.store.sql.execute("PRAGMA data_version").fetchone()[0]
        if self._view != view or len(self._likes) > _KEPT:
            self._view = view
            self._likes, self._opposed, self._weighed = {}, {}, {}
            self._checker.in_step()
            self._mentions = Mentions(self.store)
            self._candidates = Candidates(self.store, self.retriever)
            self._works = Works(self.store)
            self._habit = Habit(self.store, self.settings)

    def _for(
        self,
        draft: Draft,
        sentence: Sentence,
        mentions: Sequence[Unlinked],
        without: Sequence[str],
        linked: set[str],
    ) -> Iterator[_Found]:
        """What one sentence gives, but for what its paragraph links already."""
        key = (sentence.text, draft.note)
        if key not in self._likes:
            self._likes[key] = self._candidates.of(sentence.text, without)
        beside = {note for each in draft.sentences if each.block == sentence.block for note in draft.cites(each)}
        beside |= {each.to for each in draft.pointers if sentence.start <= each.end and each.start <= sentence.end}
        likes = {like.note: like for like in self._likes[key]}
        called = {each.note: each for each in reversed(mentions) if each.note not in beside}
        named = self._works.named(draft.text[sentence.start : sentence.end], list(likes))
        judged = self._by_verdict(key)
        against = dict(self._against(sentence.text, likes.values(), judged))
        denying = {note: why for note, why in judged.items() if why.kind == "against"}
        more = [note for note in (*called, *named, *denying, *against) if note not in likes and note not in without]
        for like in (*likes.values(), *self._candidates.named(more)):
            note = like.note
            if note in beside or note in without or (is_generic(like.title, note) and note not in called):
                continue
            score = self._score(like, called.get(note))
            own = by_figures(sentence.text, like) or judged.get(note)
            why = denying.get(note) or self._why(like, called.get(note), named.get(note), own, against.get(note))
            score = max(score, why.least) * (_ELSEWHERE if note in linked else 1.0)
            if like.kind in ("line", "post") and note not in called:
                score *= _SECOND_HAND
            yield _Found(score, sentence, like, why, called.get(note))

    @staticmethod
    def _score(like: Candidate, mention: Unlinked | None) -> float:
        """What retrieval and a mention say, half each: where both do, as much as there is."""
        return min(1.0, (like.score + (mention.score if mention else 0.0)) / 2)

    def _against(
        self, sentence: str, likes: Collection[Candidate], judged: Mapping[str, Reason]
    ) -> Iterator[tuple[str, Reason]]:
        """What authors set against a claim that says what the sentence says."""
        for like in list(likes)[:3]:
            said = by_figures(sentence, like) or judged.get(like.note)
            if said is not None and said.kind in ("same", "numbers") and said.claim:
                if (like.note, said.claim) not in self._opposed:
                    self._opposed[like.note, said.claim] = list(opposed(self.store, like.note, said.claim))
                yield from self._opposed[like.note, said.claim]

    def _by_verdict(self, key: tuple[str, str]) -> dict[str, Reason]:
        """The notes that say a sentence, or deny it, as `kb check` finds them."""
        if key not in self._weighed:
            self._weighed[key] = by_verdict(self._checker.weighed(*key))
        return self._weighed[key]

    @staticmethod
    def _why(
        like: Candidate, mention: Unlinked | None, named: str | None, own: Reason | None, against: Reason | None
    ) -> Reason:
        claim = like.claim.id if like.claim else None
        if against is not None and own is None:
            return against
        if mention is not None:
            what = {
                "title": "the title",
                "alias": "its alias",
                "citekey": "its citekey",
                "work": "the title of its source",
            }[mention.how]
            spelt = "" if mention.words.casefold() == mention.name.casefold() else f" “{mention.name}”"
            return Reason("mention", f"mentions {what}{spelt}", _MENTIONED * mention.score, claim)
        if named is not None:
            return Reason("source", f"rests on the source named here: {named}", 0.6, claim)
        return own or Reason("near", "speaks of the same things", 0.0, claim)

    def _written(self, draft: Draft, lines: Lines, found: _Found) -> Suggestion | None:
        like, sentence, mention = found.like, found.sentence, found.mention
        names = Names(like.title, self._citekey(like.note) if self._habit.form == "citekey" else "")
        insert: str | None = None
        start, end = sentence.start, sentence.end
        if mention is not None:
            start, end = at = mention.start, mention.end
            insert = self._habit.over(mention.words, like.note, names, draft.path)
        if insert is None:
            at = _behind(draft.text, end, mention is not None)
            insert = self._habit.after(like.note, names, draft.path)
            if insert is None:
                return None
            insert = f" {insert}"
        return Suggestion(
            lines.at(start), start, end, draft.text[start:end], like.note, like.title, round(found.score, 3), found.reason.why,
            insert, at, found.reason.claim, found.reason.kind,
        )  # fmt: skip

    def _citekey(self, note: str) -> str:
        row = self.store.sql.execute(
            "SELECT json_extract(value, '$.citekey') FROM note, json_each(note.sources) WHERE note.name = ? LIMIT 1",
            (note,),
        ).fetchone()
        return str(row[0] or "") if row else ""


def is_generic(title: str, note: str) -> bool:
    """Whether a note is furniture: an index, a list of tasks."""
    stem = note.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return any(name.casefold().replace("_", " ").strip(" -.") in GENERIC for name in (title, stem))


def _once(found: Sequence[_Found]) -> Iterator[_Found]:
    """A note offered for several sentences is worth less each time."""
    times: dict[str, int] = {}
    for each in sorted(found, key=lambda each: (-round(each.score, 1), each.sentence.start, each.like.note)):
        before = times.get(each.like.note, 0)
        times[each.like.note] = before + 1
        yield each._replace(score=each.score * _AGAIN**before)


def _behind(text: str, end: int, words: bool) -> tuple[int, int]:
    """Where a link is put behind words: before the stop that ends a sentence, and never within mark-up."""
    at = end
    while not words and at > 0 and text[at - 1] in _ENDS:
        at -= 1
    begin = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    stop = text.find("\n", at)
    line = text[begin : stop if stop >= 0 else len(text)]
    at = next((begin + b for a, b in marked_up(line) if begin + a < at < begin + b), at)
    return at, at
