"""Which notes belong in a draft, sentence by sentence: where the link goes, what is written, and why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ingest.extract import Sentence
from ingest.formats.inline import marked_up
from ingest.page import Lines
from kb.catalogue import notes as read_notes
from kb.note import SYNTHESES, Note
from kb.settings import Settings
from kb.store import Store
from notes.check import Checker
from notes.claim_index import Opposing, base_state
from notes.draft import Draft
from notes.edit import Edit
from notes.mentions import Mentions, UnlinkedMention
from notes.note_names import is_generic
from notes.reasons import Kind, Reason, RelatedNote, Works, by_author, by_figures, by_verdict, related_notes
from qa.retrieve import Retriever

SHOWN = 0.25
"""The score from which a suggestion is shown unasked."""
APPLIED = 0.5
"""The score from which `--apply` takes one."""
_REPEATED = 0.6
"""What a suggestion is worth that comes again for another sentence."""
_MENTIONED = 0.45
"""What the mention of a title scores at least, where the words surely mean the note."""
_SECOND_HAND = 0.5
"""What a line or a post is worth that is not mentioned: they speak of what notes hold."""
_KEPT = 5_000
_STOPS = ".!?…。！？"


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
    kind: Kind

    @property
    def edit(self) -> Edit:
        return Edit(*self.at, self.insert)


class _Scored(NamedTuple):
    """A suggestion before it is known how it is written."""

    score: float
    sentence: Sentence
    note: Note
    reason: Reason
    mention: UnlinkedMention | None


class _Evidence(NamedTuple):
    """What bears on a sentence, wherever it stands."""

    related: dict[str, RelatedNote]
    verdicts: dict[str, Reason]
    """The notes that say it, or deny it, as `kb check` finds them."""
    authors: dict[str, Reason]
    """What authors set against a claim that says what the sentence says."""


class Suggester:
    """Suggests from one open base; what it has found for a sentence is kept while the base stays as it is."""

    def __init__(self, store: Store, settings: Settings, retriever: Retriever | None = None) -> None:
        self.store = store
        self.checker = Checker(store, settings, retriever)
        self.retriever = self.checker.retriever
        self._state: tuple[object, ...] = ()
        self._evidence: dict[tuple[str, str], _Evidence] = {}

    def close(self) -> None:
        self.checker.close()

    def suggest(self, draft: Draft, *, within: tuple[int, int] | None = None, most: int = 50) -> list[Suggestion]:
        """Suggestions for a draft, or for the sentences that touch a span of it; best first."""
        self._refresh()
        mentions = self._mentions.find(draft)
        found: list[_Scored] = []
        for sentence in draft.sentences:
            if draft.page.blocks[sentence.block].about:
                # A summary in a list of sources is of the note that the list links to.
                continue
            if within is None or (sentence.start <= within[1] and within[0] <= sentence.end):
                mine = [each for each in mentions if sentence.start <= each.start < sentence.end]
                found += self._for_sentence(draft, sentence, mine)
        ranked = sorted(_less_often(found), key=lambda each: (-each.score, each.sentence.start, each.note.id))
        lines = Lines(draft.text)
        written = (self._written(draft, lines, each) for each in ranked)
        return list(islice((each for each in written if each is not None), most))

    def _refresh(self) -> None:
        """Forget what has become untrue of the base."""
        state = base_state(self.store)
        self.checker.refresh()
        if self._state != state or len(self._evidence) > _KEPT:
            self._state = state
            self._evidence = {}
            self._mentions = Mentions(self.store)
            cited = self.store.sql.execute("SELECT name FROM note WHERE sources <> '[]' ORDER BY id")
            self._works = Works(read_notes(self.store, [row[0] for row in cited]))

    def _for_sentence(self, draft: Draft, sentence: Sentence, mentions: Sequence[UnlinkedMention]) -> Iterator[_Scored]:
        """What one sentence gives, but for what its paragraph links already."""
        without = [draft.note, *self.retriever.reports()]
        evidence = self._gathered(sentence.text, draft.note)
        beside = {note for each in draft.sentences if each.block == sentence.block for note in draft.cites(each)}
        beside |= {link.note for link in draft.links if sentence.start <= link.end and link.start <= sentence.end}
        mentioned = {each.note: each for each in reversed(mentions)}
        works = self._works.named_in(draft.text[sentence.start : sentence.end], evidence.related)
        every = dict.fromkeys((*evidence.related, *mentioned, *works, *evidence.verdicts, *evidence.authors))
        for name in every:
            note, mention = self.checker.index.note(name), mentioned.get(name)
            if note is None or note.path is None or name in beside or name in without:
                continue
            if is_generic(note) and not mention:
                continue
            related = evidence.related.get(name) or RelatedNote(note)
            reason = _reason(evidence, sentence.text, related, mention, works)
            if reason is None:
                continue
            # What retrieval and a mention say, half each: where both do, as much as there is.
            score = min(1.0, (related.score + (mention.score if mention else 0.0)) / 2)
            score = max(score, reason.least)
            if note.kind in SYNTHESES and not mention:
                score *= _SECOND_HAND
            yield _Scored(score, sentence, note, reason, mention)

    def _gathered(self, text: str, own: str) -> _Evidence:
        if (text, own) not in self._evidence:
            index = self.checker.index
            without = [own] if own else []
            related = related_notes(index, self.retriever, text, [*without, *self.retriever.reports()])
            verdicts = by_verdict(self.checker.judged_near(text, own))
            saying: list[Opposing] = []
            for each in islice(related.values(), 3):
                reason = by_figures(text, each.nearest) or verdicts.get(each.note.id)
                if reason is not None and reason.kind in ("same", "numbers") and reason.claim:
                    saying += index.opposing(each.note.id).get(reason.claim, ())
            self._evidence[text, own] = _Evidence(related, verdicts, by_author(saying))
        return self._evidence[text, own]

    def _written(self, draft: Draft, lines: Lines, found: _Scored) -> Suggestion | None:
        """A suggestion with its link; none where no link would lead to the note."""
        note, sentence, mention = found.note, found.sentence, found.mention
        start, end = (mention.start, mention.end) if mention else (sentence.start, sentence.end)
        at = start, end
        insert = self.checker.style.over(mention.words, note, draft.path) if mention else None
        if insert is None:
            at = _behind(draft.text, end, mention is not None)
            link = self.checker.style.after(note, draft.path)
            if link is None:
                return None
            insert = f" {link}"
        return Suggestion(
            lines.at(start), start, end, draft.text[start:end], note.id, note.title, round(found.score, 3), found.reason.why,
            insert, at, found.reason.claim, found.reason.kind,
        )  # fmt: skip


def _reason(
    evidence: _Evidence, sentence: str, related: RelatedNote, mention: UnlinkedMention | None, works: dict[str, Reason]
) -> Reason | None:
    """The one that is told: what opposes before what agrees, what is named before what is near."""
    name = related.note.id
    claim = related.nearest.claim.id if related.nearest else None
    own = by_figures(sentence, related.nearest) or evidence.verdicts.get(name)
    verdict, by_author = evidence.verdicts.get(name), evidence.authors.get(name)
    if verdict is not None and verdict.kind == "against":
        return verdict
    if by_author is not None and own is None:
        return by_author
    if mention is not None:
        what = {"title": "the title", "alias": "its alias", "citekey": "its citekey", "work": "the title of its source"}
        spelt = "" if mention.words.casefold() == mention.name.casefold() else f" “{mention.name}”"
        return Reason("mention", f"mentions {what[mention.how]}{spelt}", _MENTIONED * mention.score, claim)
    if name in works:
        return works[name]._replace(claim=claim)
    if own is not None:
        return own
    return Reason("near", "speaks of the same things", 0.0, claim) if name in evidence.related else None


def _less_often(found: Sequence[_Scored]) -> Iterator[_Scored]:
    """A note suggested for several sentences is worth less each time."""
    times: Counter[str] = Counter()
    for each in sorted(found, key=lambda each: (-round(each.score, 1), each.sentence.start, each.note.id)):
        yield each._replace(score=each.score * _REPEATED ** times[each.note.id])
        times[each.note.id] += 1


def _behind(text: str, end: int, words: bool) -> tuple[int, int]:
    """Where a link is put behind words: before the stop that ends a sentence, and never within mark-up."""
    at = end
    while not words and at > 0 and text[at - 1] in _STOPS:
        at -= 1
    begin = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    stop = text.find("\n", at)
    line = text[begin : stop if stop >= 0 else len(text)]
    at = next((begin + b for a, b in marked_up(line) if begin + a < at < begin + b), at)
    return at, at
