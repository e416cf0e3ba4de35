"""The whole way out, on one screen: question -> claims -> threads -> answer, every quote checked."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ingest.integrity import changed_quotes
from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.edges import links as read_links
from kb.embed import Embedding, open_embedding
from kb.language.judge import Judge
from kb.language.opinions import Opinions, open_opinions
from kb.link import Link, Tension
from kb.problem import Problem
from kb.settings import Settings
from kb.store import UNFINISHED, Store
from qa.answer import Answer, Apart, Coverage, Engine, Premise
from qa.answer_sources import cited_claim, cited_claims, looked_at
from qa.compose import standing, statements
from qa.coverage import coverage_of, is_near_miss, is_silent, lacking, missing
from qa.dispute import disputed
from qa.evidence import Piece, gather, voice_of
from qa.forms import outlined
from qa.ground import grounded
from qa.language import other_language
from qa.material import Material, Reader, read_material, widely
from qa.named_works import named_in
from qa.next_lines import next_lines
from qa.outline import NEAREST, Desk, Outline
from qa.passages import paragraphs
from qa.premise import premise_verdict
from qa.question import Question, read_question
from qa.rerank import ByNearness
from qa.retrieve import LEADS, Found, Retriever
from qa.scope import EVERYTHING, Scope, Within
from qa.tensions import apart_near, tensions_near
from qa.word_support import WordSupport
from qa.write import MATERIAL, Brief, Writer, Written

WORDS = 300
"""Words that an answer's statements may have, unless asked otherwise."""
_NOTES = 10
_LOOKED = 40
_NEARLY = 0.8
"""Share of the best cosine that lets a note lead as well: in a small folder scores are far apart, whatever the notes say."""
SAYS = {"author": "as an author states", "person": "as a person judged"}
"""Who says that two claims pull apart, as a writer is told."""
_WARNING = "The question takes something for granted that the notes dispute."
_NONE_APART = "No two notes were found that are set against each other on this. Nearest to it:"
_NO_NOTES = "There are no notes in this folder; kb status says what was passed over, and why."


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be said."""

    outline: Outline = field(default_factory=Outline)
    used: Sequence[Piece] = ()
    """Every claim in it."""
    tensions: list[Tension] = field(default_factory=list)
    apart: Sequence[Apart] = ()
    links: Sequence[Link] = ()
    coverage: Coverage = "silent"
    material: Material | None = None
    """All that there was to choose from."""


class Asker:
    """Answers questions over one open base; kept warm, it opens nothing twice."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        embedding: Embedding | None = None,
        writer: Writer | None = None,
        judge: Judge | None = None,
        within: Within = EVERYTHING,
    ) -> None:
        self.store = store
        self.within = within
        """What every question is narrowed to."""
        self.writer = writer
        """Words the claims where there is one; without it they are quoted."""
        self.embedding = embedding or open_embedding(settings.embed, store.vault, settings.offline)
        self.retriever = Retriever(store, settings, self.embedding)
        self._opinions: Opinions | None = None if judge else open_opinions(settings, store.folder)
        self.judge = judge or self._opinions
        """Says whether a claim agrees with a sentence; without one, exact guards alone do."""

    def ask(self, text: str, words: int = WORDS, without: Sequence[str] = ()) -> Answer:
        """The answer to one question, from one state of the base."""
        with self.store.snapshot():
            return self._answer(text, words, without)

    def _answer(self, text: str, words: int, without: Sequence[str]) -> Answer:
        began = time.monotonic()
        whole = self.store.is_whole
        question = read_question(text)
        without = [*without, *self.retriever.reports()]
        scope = self.retriever.scope(without, self.within)
        found = self.retriever.find(question.sought, notes=_LOOKED, without=without, within=self.within)
        works = named_in(question.text, read_notes(self.store, [note for note, _ in found.notes]))
        found = _first(found, works)
        premises = [self.premise(statement, without) for statement in question.presupposes]
        is_named = bool(works) or (question.kind == "who" and bool(found.notes) and not found.lacking)
        pieces = [] if is_silent(found) and not is_named else gather(self.store, found.claims, scope, found.notes)
        draft = self._drafted(question, found, pieces, words, scope, works) if pieces else Draft()
        if question.kind == "dispute" and (pieces or not question.subject):
            tensions, outline = disputed(self.store, question, found.notes, draft.used, scope)
            if outline is not None:
                draft = Draft(outline, outline.used, tensions, coverage="contested")
            elif tensions:
                draft = replace(draft, tensions=tensions)
            elif draft.outline.opening and draft.coverage != "near":
                draft.outline.opening[0].lead = _NONE_APART
        written = self._written(question, found, premises, draft, words)
        answer = self._finished(question, found, premises, draft, written, began, scope)
        if whole and self.store.is_whole:
            return answer
        return answer.model_copy(update={"problems": (UNFINISHED, *answer.problems)})

    def _drafted(
        self, question: Question, found: Found, pieces: Sequence[Piece], words: int, scope: Scope, works: Sequence[str]
    ) -> Draft:
        """What is to be said, before any quote is checked."""
        leading = _leading(found, pieces)
        links = read_links(self.store, *(piece.claim.id for piece in pieces if piece.note.id in leading), *leading)
        asked = self.embedding.embed([question.sought])[0]
        material = read_material(
            self._reader,
            question.sought,
            pieces,
            found.notes,
            asked,
            partial(paragraphs, self.store, scope=scope),
        ).led_by(works)
        cited_by = self._cited_by(material) if question.kind == "reading" else None
        undefined = question.kind == "define" and bool(lacking(question, found))  # nobody defines what nobody names
        misses = (undefined or is_near_miss(material.odds)) and not works and question.kind != "who"
        outline = outlined(Desk(question, material, links, words // NEAREST if misses else words, cited_by))
        used = outline.used
        if misses:
            if question.kind == "limits" and outline.opening:
                outline.opening[0].lead = ""  # how many are stated is no answer where none is on the point
            return Draft(outline, used, links=links, coverage="near", material=material)
        near = tensions_near(self.store, found.notes, used, asked, scope)
        apart = apart_near(self.store, found.notes, used, near, scope)
        coverage = coverage_of(pieces, used, asked, bool(near))
        return Draft(outline, used, near, apart, links, coverage, material)

    def _cited_by(self, material: Material) -> dict[str, int]:
        """How many files cite each note."""
        notes = {piece.note.id for piece in material.pieces}
        rows = self.store.rows("SELECT DISTINCT note, file FROM mention WHERE note IN", notes)
        return Counter(note for note, _ in rows)

    @property
    def _reader(self) -> Reader:
        """What reads the notes found again; without a reader, the search's own nearness."""
        return self.retriever.readings or ByNearness(self.embedding)

    def _written(
        self, question: Question, found: Found, premises: Sequence[Premise], draft: Draft, words: int
    ) -> Written:
        """What a model makes of more claims than would be quoted; nothing where there is no model."""
        if self.writer is None or not draft.used:
            return Written()
        keys = [key for piece in draft.used for key in piece.keys]
        chosen = widely(draft.material.pieces, MATERIAL * words // WORDS) if draft.material else []
        keys += [piece.claim.id for piece in chosen]
        keys += [key for tension in draft.tensions for key in (tension.a, tension.b, *tension.settled_by)]
        claims = read_claims(self.store, list(dict.fromkeys(keys)))
        changed = changed_quotes(self.store.vault, claims)
        claims = [claim for claim in claims if claim.id not in changed]
        brief = Brief(
            question=question.text,
            reading=question.reading,
            premises=premises,
            coverage=draft.coverage,
            claims=claims,
            notes=read_notes(self.store, list({claim.note for claim in claims})),
            tensions=[(each.a, each.b, each.kind, SAYS[each.method]) for each in draft.tensions],
            words=words,
        )
        return self.writer.write(brief, WordSupport(self.embedding), self.judge)

    def _language(self, question: Question) -> list[Problem]:
        """A remark where the question is not in a language of the notes, which are found by their words."""
        found = other_language(self.store, question.text)
        if found is None:
            return []
        message = f"The question seems to be in another language ({found[0]}) than the notes ({found[1]})."
        return [
            Problem(code="language", message=message, path="", hint=f"Ask again as the notes are written: {found[1]}.")
        ]

    def close(self) -> None:
        """Let go of what a server or Chroma holds for us."""
        self.retriever.close()
        if self._opinions:
            self._opinions.close()

    def premise(self, statement: str, without: Sequence[str] = ()) -> Premise:
        """The verdict of the notes on one statement."""
        found = self.retriever.find(statement, notes=10, claims=30, without=without, within=self.within)
        pieces = gather(self.store, found.claims, self.retriever.scope(without, self.within))
        vector = self.embedding.embed([statement])[0]
        near = [float(piece.vector @ vector) for piece in pieces]
        touching = read_links(self.store, *(piece.claim.id for piece in pieces)) if pieces else []
        # By guards and authors alone: of the verdicts that the judge in the box gave on premises two in five were right.
        return premise_verdict(statement, pieces, near, touching, None)

    def _finished(
        self,
        question: Question,
        found: Found,
        premises: Sequence[Premise],
        draft: Draft,
        written: Written,
        began: float,
        scope: Scope,
    ) -> Answer:
        store, tensions = self.store, draft.tensions
        disputed = any(premise.verdict in ("contested", "contradicted") for premise in premises)
        said, threads = statements(
            draft.outline, draft.links, partial(cited_claims, store, scope), _WARNING if disputed else ""
        )
        if written.statements:
            said, threads = list(written.statements), list(written.threads)
        wanted = dict.fromkeys(
            [
                *(key for each in said for key in each.claims),
                *(key for p in premises for key in p.claims),
                *(key for t in tensions for key in (t.a, t.b, *t.settled_by)),
            ]
        )
        claims = {claim.id: claim for claim in read_claims(store, list(wanted))}
        made = said
        said, tensions, problems, gone = grounded(store.vault, list(claims.values()), said, tensions)
        said, threads = standing(made, said, threads)
        claims = {key: claim for key, claim in claims.items() if key not in gone}
        premises = [p.model_copy(update={"claims": tuple(key for key in p.claims if key in claims)}) for p in premises]
        near = [note for note, _ in found.notes[:20]]
        onward = next_lines(store, self._reader.of, question.sought, draft.used, near, tensions, scope) if said else ()
        cited = {claims[key].note for statement in said for key in statement.claims}
        named = {note for tension in tensions for note in tension.notes}
        looked = looked_at(store, found, cited, {claim.note for claim in claims.values()} | named)
        voices = {voice_of(note) for note in looked[0] if note.id in cited}
        by = self.writer.name if self.writer and written.statements else None
        return Answer(
            question=question.text,
            reading=question.reading,
            premises=tuple(premises),
            coverage=draft.coverage if said else "silent",
            statements=tuple(said),
            threads=tuple(threads) if said else (),
            tensions=tuple(tensions) if said else (),
            next=onward,
            claims={key: cited_claim(claim, looked[0]) for key, claim in claims.items()},
            notes=looked[1],
            problems=(*problems, *written.problems, *self._language(question)),
            engine=Engine(
                embed=self.embedding.name,
                reader=self.retriever.readings.encoder.name if self.retriever.readings else None,
                judge=self.judge.name if self.judge else None,
                llm=by,
                seconds=round(time.monotonic() - began, 3),
            ),
            voices=len(voices),
            missing=missing(question, found, draft.coverage if said else "silent", scope)
            if store.count("note")
            else _NO_NOTES,
            apart=tuple(each for each in draft.apart if {each.a, each.b} <= cited) if said else (),
            withheld=tuple(written.withheld),
        )


def _first(found: Found, works: Sequence[str]) -> Found:
    """With the notes on the works that the question names before all others, which then do not lead."""
    if not works:
        return found
    top = found.notes[0][1]
    return replace(
        found, notes=tuple(sorted(((n, s + 3 * top * (n in works)) for n, s in found.notes), key=lambda each: -each[1]))
    )


def _leading(found: Found, pieces: Sequence[Piece]) -> list[str]:
    """The notes to answer from: those found best that have something to quote."""
    quotable = {piece.note.id for piece in pieces}
    ranked = [(note, score) for note, score in found.notes if note in quotable]
    top = ranked[0][1] if ranked else 0.0
    near = _NEARLY * max(found.near.values(), default=2.0)
    return [note for note, score in ranked if score >= LEADS * top or found.near.get(note, 0.0) >= near][:_NOTES]
