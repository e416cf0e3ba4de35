"""Claims -> statements, with a model. It may word what the claims say; whether it did is found out here, not asked.

Every sentence is held against the claims it names. What does not hold goes back to the model once, with the reason; what
still does not hold is withheld, and the answer says so.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from kb.claim import Claim
from kb.errors import Unavailable
from kb.language.judge import Judge
from kb.model import Model, Unfit
from kb.note import Note
from kb.problem import Problem
from kb.prompts import ROLES, WRITE, in_form, mend_sentences, write_answer
from kb.replies import Replies, reply_key
from kb.settings import Settings
from kb.structured import T, form_of
from qa.answer import Premise, Statement, Thread, Withheld
from qa.compose import who
from qa.essay import Essay, Incoming, Mending, Numbered, Sentence
from qa.model_words import short_keys, strays, tidy
from qa.support import Fault, faults, unknown
from qa.word_support import WordSupport

MATERIAL = 900
"""Words of claims that a model is given to choose from, where the answer is of 300."""
_ROOM = 3_000
"""Tokens that an answer may have, keys and all."""
_LEAST = 2
_HALF = 0.5
"""Share of its sentences that must hold; of a model that invents the other half, nothing is shown."""
_BARE = re.compile(r"^[\s\[(]*(?:key:?\s*)?|[\s\])]+$", re.I)


Hear = Callable[[str], None] | None


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a model is told."""

    question: str
    reading: str
    premises: Sequence[Premise]
    coverage: str
    claims: Sequence[Claim]
    notes: Sequence[Note]
    tensions: Sequence[tuple[str, str, str, str]] = ()
    """Claim id, claim id, kind, who says so."""
    words: int = 300


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote and the claims carry, and what became of the rest."""

    statements: Sequence[Statement] = ()
    threads: Sequence[Thread] = ()
    withheld: Sequence[Withheld] = ()
    problems: Sequence[Problem] = ()


@dataclass
class _Held:
    """A sentence held against its claims."""

    at: Numbered
    text: str
    keys: tuple[str, ...]
    faults: Sequence[Fault] = field(default=())


class Writer:
    """Asks the model of a vault, which is opened when there is something to ask. Where somebody is `listening`, each sentence
    is told as soon as it holds."""

    def __init__(
        self,
        settings: Settings,
        replies: Replies,
        listening: Callable[[], AbstractContextManager[Hear]] | None = None,
        opened: Callable[[Settings], Model] = Model,
    ) -> None:
        self.name = settings.llm
        self._settings = settings
        self._replies = replies
        self._listening = listening or (lambda: nullcontext(None))
        self._opened = opened
        self._model: Model | None = None

    def write(self, brief: Brief, likeness: WordSupport, judge: Judge | None = None) -> Written:
        """The answer as the model words it; without statements where it cannot be had, and then why."""
        check = _Check(brief.claims, short_keys([claim.id for claim in brief.claims]), likeness, judge)
        with self._listening() as hear:
            try:
                essay, problems = self._essay(brief, check, hear)
            except Unavailable as why:
                return Written(problems=[_told(why.message, why.remedy)])
            held = [check.held(each) for each in essay.numbered()]
            wrong = [each for each in held if each.faults]
            if wrong:
                self._mend(brief, wrong, check)
        standing = [
            each
            for at, each in enumerate(held)
            if not each.faults and each.text not in {earlier.text for earlier in held[:at]}
        ]
        withheld = [
            Withheld(text=each.text or each.at.sentence.text[:400], why="; ".join(fault.why for fault in each.faults))
            for each in held
            if each.faults
        ]
        if len(standing) < max(_LEAST, _HALF * len(held)):
            told = _told(
                f"“{self.name}” wrote {len(held)} sentences, and the notes carry {len(standing)} of them: the notes are quoted instead.",
                "Try a larger model: llm in kb.toml.",
            )
            return Written(withheld=withheld, problems=[*problems, told])
        return Written(*_arranged(essay, standing, brief), withheld, problems)

    def _essay(self, brief: Brief, check: "_Check", hear: Hear) -> tuple[Essay, list[Problem]]:
        said = write_answer(
            brief.question,
            reading=brief.reading,
            premises=[(each.text, each.verdict) for each in brief.premises],
            coverage=brief.coverage,
            claims=check.shown(brief),
            tensions=[
                (check.short[a], check.short[b], kind, by)
                for a, b, kind, by in brief.tensions
                if a in check.short and b in check.short
            ],
            words=brief.words,
        )
        key = reply_key(self.name, WRITE, said.system, said.prompt)
        if (known := _read(Essay, self._replies.known([key]).get(key))) is not None:
            return known, []
        model = self._ready()
        if hear is not None:
            essay, problems = self._streamed(said.system, said.prompt, check, hear)
        else:
            essay, problems = model.fill(Essay, said.system, said.prompt, max_tokens=_ROOM), []
        if not problems:
            self._replies.keep(key, essay.model_dump_json())
        return essay, problems

    def _streamed(
        self, system: str, prompt: str, check: "_Check", hear: Callable[[str], None]
    ) -> tuple[Essay, list[Problem]]:
        """As it comes. Whoever stops it, or whatever breaks it off, keeps the sentences that were whole."""
        incoming = Incoming()
        problems: list[Problem] = []
        try:
            for piece in self._ready().stream(system, in_form(prompt, form_of(Essay)), max_tokens=_ROOM):
                for sentence in incoming.take(piece):
                    held = check.held(Numbered(0, 0, sentence))
                    if not held.faults:
                        hear(held.text)
        except KeyboardInterrupt:
            problems = [_told("Stopped: the answer ends where the model was.", "Ask again for the whole of it.")]
        except Unavailable as why:
            problems = [_told(why.message, why.remedy)]
        if any(True for _ in incoming.essay.numbered()):
            return incoming.essay, problems
        if problems:
            raise Unavailable(problems[0].message, problems[0].hint)
        return self._ready().fill(Essay, system, prompt, max_tokens=_ROOM), []

    def _ready(self) -> Model:
        if self._model is None:
            self._model = self._opened(self._settings)
        return self._model

    def _mend(self, brief: Brief, wrong: Sequence[_Held], check: "_Check") -> None:
        """Told once what is wrong; what cannot be mended stays as it is."""
        asked = [
            (each.at.number, each.text, each.at.sentence.keys, "; ".join(fault.why for fault in each.faults))
            for each in wrong
        ]
        said = mend_sentences(asked, check.shown(brief))
        key = reply_key(self.name, WRITE, said.system, said.prompt)
        known = _read(Mending, self._replies.known([key]).get(key))
        try:
            mending = known or self._ready().fill(Mending, said.system, said.prompt, max_tokens=_ROOM)
        except Unfit:
            mending = Mending(sentences=[])  # it will say no better next time
        except Unavailable:
            return
        if known is None:
            self._replies.keep(key, mending.model_dump_json())
        by_number = {each.at.number: each for each in wrong}
        for mended in mending.sentences:
            held = by_number.get(mended.number)
            if held is None:
                continue
            sentence = Sentence(text=mended.text, keys=mended.keys, role=held.at.sentence.role)
            again = check.held(held.at._replace(sentence=sentence))
            if not again.faults:
                held.text, held.keys, held.faults = again.text, again.keys, ()


def _read(shape: type[T], kept: str | None) -> T | None:
    """What was kept, if this version can read it."""
    try:
        return shape.model_validate_json(kept) if kept is not None else None
    except ValueError:
        return None  # asked again


class _Check:
    """The claims that a model was given, and what it may say of them."""

    def __init__(
        self, claims: Sequence[Claim], short: dict[str, str], likeness: WordSupport, judge: Judge | None = None
    ) -> None:
        self.short = short
        self._likeness = likeness
        self._judge = judge
        self._claims = {short[claim.id]: claim for claim in claims}

    def shown(self, brief: Brief) -> list[tuple[str, str, str]]:
        """Each claim as a model sees it: its key, where it comes from, its text."""
        about = {note.id: _about(note) for note in brief.notes}
        return [(key, about.get(claim.note, ""), claim.text) for key, claim in self._claims.items()]

    def held(self, at: Numbered) -> _Held:
        """A sentence held against the claims it names; one that another claim of their notes carries is given that claim's key. Not one that
        another note carries: what a model was told to say by a note that it does not name is not that note's word for it."""
        text = tidy(at.sentence.text)
        given = list(dict.fromkeys(_BARE.sub("", key.strip()[:60]) for key in at.sentence.keys))
        known = [self._claims[key] for key in given if key in self._claims]
        wrong = unknown(given, self._claims)
        found = [wrong] if wrong else [*strays(text, known), *self._faults(text, known)]
        if [fault.kind for fault in found] == ["wrong key"]:
            notes = {claim.note for claim in known}
            better = [claim for claim in self._claims.values() if claim.id == found[0].key and claim.note in notes]
            if better and not self._faults(text, better):
                known, found = better, []
        return _Held(at, text, tuple(claim.id for claim in known), found)

    def _faults(self, text: str, claims: Sequence[Claim]) -> list[Fault]:
        others = [claim for claim in self._claims.values() if claim not in claims]
        return faults(text, claims, others, self._likeness, self._judge)


def _about(note: Note) -> str:
    source = next((source for source in note.sources if source.authors), None)
    return f"{note.title}{f'; {who(source)}' if source else ''}"


def _arranged(essay: Essay, standing: Sequence[_Held], brief: Brief) -> tuple[list[Statement], list[Thread]]:
    """The statements in the essay's own strands; one that lost all its sentences is gone."""
    owner = {claim.id: claim.note for claim in brief.claims}
    strands = sorted({each.at.strand for each in standing if each.at.strand >= 0})
    place = {strand: at for at, strand in enumerate(strands)}
    statements = [
        Statement(
            text=each.text,
            claims=each.keys,
            thread=place.get(each.at.strand, 0),
            role=each.at.sentence.role if each.at.sentence.role in ROLES else "finding",  # type: ignore[arg-type]
            opens=each.at.strand < 0,
        )
        for each in standing
    ]
    threads = []
    for strand in strands or [-1]:
        notes = dict.fromkeys(owner[key] for each in standing if each.at.strand == strand for key in each.keys)
        title = tidy(essay.strands[strand].title)[:120] if strands else ""
        threads.append(Thread(title=title or brief.question, notes=tuple(notes)))
    return statements, threads


def _told(message: str, hint: str) -> Problem:
    return Problem(code="model", message=message, path="kb.toml", hint=hint)
