"""The whole way out, on one screen: question -> claims -> threads -> answer, every quote checked."""

import time
from collections.abc import Sequence

from kb.catalogue import claims as read_claims
from kb.catalogue import links as read_links
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.embed import Embedding, open_embedding
from kb.link import Tension
from kb.note import REPORT
from kb.settings import Settings
from kb.store import Store
from qa.answer import Answer, Cited, Engine, Looked, Premise
from qa.choose import Chosen, choose
from qa.compose import standing, statements
from qa.coverage import coverage_of, is_silent
from qa.evidence import Piece, gather, voice_of
from qa.ground import grounded
from qa.next_lines import next_lines
from qa.premise import test_premise
from qa.question import Question, read_question
from qa.retrieve import Found, Retriever
from qa.tensions import tensions_near
from qa.threads import in_threads

WORDS = 300
"""Words that an answer's statements may have, unless asked otherwise."""
_NOTES = 8
_LOOKED = 40


class Asker:
    """Answers questions over one open base; kept warm, it opens nothing twice."""

    def __init__(self, store: Store, settings: Settings, embedding: Embedding | None = None) -> None:
        self.store = store
        self.embedding = embedding or open_embedding(settings.embed, store.vault, settings.offline)
        self.retriever = Retriever(store, settings, self.embedding)

    def ask(self, text: str, words: int = WORDS, without: Sequence[str] = ()) -> Answer:
        """The answer to one question."""
        began = time.monotonic()
        question = read_question(text)
        without = [*without, *self._reports()]
        found = self.retriever.find(question.text, notes=_LOOKED, without=without)
        pieces = gather(self.store, found.claims)
        premises, against = self._premises(question, without)
        if is_silent(found) or not pieces:
            return self._finished(question, found, premises, [], [], began)
        strands = in_threads(pieces, _leading(found, pieces))
        chosen = choose(strands, words)
        used = [each for strand in chosen for one in strand for each in (one.piece, *one.echoes)]
        tensions = tensions_near(self.store, [note for note, _ in found.notes], used)
        return self._finished(question, found, premises, chosen, tensions, began, against)

    def _reports(self) -> list[str]:
        """Saved reports repeat what others say; they are not asked."""
        return [
            row[0] for row in self.store.sql.execute("SELECT name FROM note WHERE topics LIKE ?", (f'%"{REPORT}"%',))
        ]

    def _premises(self, question: Question, without: Sequence[str]) -> tuple[list[Premise], bool]:
        """What the question takes for granted; and whether the notes speak against any of it."""
        premises = []
        for statement in question.presupposes:
            found = self.retriever.find(statement, notes=10, claims=30, without=without)
            pieces = gather(self.store, found.claims)
            vector = self.embedding.embed([statement])[0]
            near = [float(piece.vector @ vector) for piece in pieces]
            touching = read_links(self.store, *(piece.claim.id for piece in pieces)) if pieces else []
            premises.append(test_premise(statement, pieces, near, touching))
        return premises, any(premise.verdict in ("contested", "contradicted") for premise in premises)

    def _finished(
        self,
        question: Question,
        found: Found,
        premises: Sequence[Premise],
        chosen: Sequence[Sequence[Chosen]],
        tensions: list[Tension],
        began: float,
        against: bool = False,
    ) -> Answer:
        store = self.store
        used = [each for strand in chosen for one in strand for each in (one.piece, *one.echoes)]
        sides = read_claims(store, [key for tension in tensions for key in (tension.a, tension.b)])
        coverage = coverage_of(found, used, tensions, {claim.id: claim.note for claim in sides})
        touching = read_links(store, *(piece.claim.id for piece in used)) if used else []
        opening = "The question takes something for granted that the notes dispute; what they say:" if against else ""
        said, threads = statements(chosen, touching, opening)
        wanted = dict.fromkeys(
            [
                *(key for each in said for key in each.claims),
                *(key for p in premises for key in p.claims),
                *(key for t in tensions for key in (t.a, t.b)),
            ]
        )
        claims = {claim.id: claim for claim in read_claims(store, list(wanted))}
        said, tensions, problems, gone = grounded(store.vault, list(claims.values()), said, tensions)
        said, threads = standing(said, threads)
        claims = {key: claim for key, claim in claims.items() if key not in gone}
        premises = [p.model_copy(update={"claims": tuple(key for key in p.claims if key in claims)}) for p in premises]
        pulling = [(tension, claims[tension.a], claims[tension.b]) for tension in tensions]
        near = [note for note, _ in found.notes[:20]]
        onward = next_lines(store, self.embedding, question.text, used, near, pulling) if said else ()
        cited = {claims[key].note for statement in said for key in statement.claims}
        looked = _looked(store, found, cited, {claim.note for claim in claims.values()})
        voices = {voice_of(note) for note in looked[0] if note.id in cited}
        return Answer(
            question=question.text,
            reading=question.reading,
            premises=tuple(premises),
            coverage=coverage if said else "silent",
            statements=tuple(said),
            threads=tuple(threads) if said else (),
            tensions=tuple(tensions) if said else (),
            next=onward,
            claims={key: _cited(claim, looked[0]) for key, claim in claims.items()},
            notes=looked[1],
            problems=tuple(problems),
            engine=Engine(embed=self.embedding.name, llm=None, seconds=round(time.monotonic() - began, 3)),
            voices=len(voices),
            missing="" if said else _missing(question),
        )


def _leading(found: Found, pieces: Sequence[Piece]) -> list[str]:
    """The notes to answer from: those found best that have something to quote."""
    quotable = {piece.note.id for piece in pieces}
    ranked = [(note, score) for note, score in found.notes if note in quotable]
    top = ranked[0][1] if ranked else 0.0
    return [note for note, score in ranked if score >= 0.4 * top][:_NOTES]


def _looked(store: Store, found: Found, cited: set[str], touched: set[str]) -> tuple[list, tuple[Looked, ...]]:  # type: ignore[type-arg]
    names = list(dict.fromkeys([*(note for note, _ in found.notes), *sorted(touched)]))
    notes = read_notes(store, names)
    return notes, tuple(
        Looked(
            id=note.id, title=note.title, path=note.path, summary=note.summary, cited=note.id in cited, kind=note.kind
        )
        for note in notes
    )


def _cited(claim: Claim, notes: list) -> Cited:  # type: ignore[type-arg]
    sources = next((note.sources for note in notes if note.id == claim.note), ())
    place = claim.place
    return Cited(
        text=claim.text,
        quote=claim.quote,
        note=claim.note,
        path=place.path,
        line=place.line,
        start=place.start,
        end=place.end,
        sources=sources,
    )


def _missing(question: Question) -> str:
    return f"A note that speaks of this would be needed: {question.text}" if question.text else ""
