"""Where to go next: questions the graph raises, each with the gap it comes from."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.embed import Embedding
from kb.link import Tension
from kb.note import STUB, slug
from kb.store import Store
from qa.answer import Next
from qa.evidence import Piece, excerpt, names_of
from qa.grammar import AUXILIARIES, DETERMINERS, PRONOUNS
from qa.terms import content_words
from qa.verbs import is_past, is_third

MOST, FEWEST = 5, 3
_ANSWERED = 0.86
"""A question this near to a note's title is answered there."""
_SAME = 0.8
_ABOUT = 0.3
"""Cosine with the question below which a line left open elsewhere leads away from it."""
_LONGEST = 22
_VOICES = 2
"""Questions of the plainest kind, whether anyone else found something, that an answer may end on."""
_DEFINES = re.compile(r"^(?:[\w-]+ ){1,4}(?:is|are) (?:an?|the|one)\b")
_NAME = re.compile(r"^(?:[A-Z][a-z]+ (?:et al|&)|[A-Z]\w*[A-Z0-9]|[A-Z]-)")
_NO_NAME = re.compile(
    r"(?:s|ing|ion|ment|ness|ity|ance|ence|ism|age|ship|th|ure|ed|ive|al|data|evidence|work|noise|scale|size|code|text|trust|praise|speech|search)$",
    re.I,
)
_ANYONE = frozenset("none nothing nobody everyone everything someone something others much little more less".split())
_OPEN_WORD = r"(?:not (?:yet |fully )?(?:settled|known|clear|tested|reported|shown|explained)|unsettled|unknown|unclear|unexplained|untested|open|an open question)"
_ASKS = r"(?P<asked>(?:whether|which|what|how|why|when|where)\b[^.;:?]{12,140}?)"
_OPEN = (
    re.compile(rf"^{_ASKS} (?:is|are|remains?) {_OPEN_WORD}\b", re.I),
    re.compile(rf"\b(?:it|this) (?:is|remains?) {_OPEN_WORD} {_ASKS}[.;,]", re.I),
    re.compile(rf"\b(?:does|do|did|has|have|can) ?not (?:yet )?(?:tell|test|tested|examine|examined|study|studied|report|separate|show|shown|say|settle|settled|know|explain) {_ASKS}[.;,]", re.I),
)  # fmt: skip
_UNTESTED = re.compile(r"(?:^|[,;] (?:so|and) |; )(?:the )?(?P<what>[A-Za-z][^,.;]{10,80}?) (?P<be>is|are) untested\b")
_LATER = re.compile(
    r"(?:when|if|with|without|under|in|on|at|for|among|across|after|before|by|as|once|while|although|where)\b", re.I
)
"""A clause that puts its subject off reads badly after "whether"."""
_DECIDED = re.compile(
    r"\b(?:not|never|no|none|nothing|n['’]t)\b|^\w+(?:ed|en) (?:to|by|in|with)\b|^(?:\w+ ){1,3}(?:shows?|finds?|suggests?|says?|holds?|argues?) that\b",
    re.I,
)
"""What reads badly after "What decides whether"."""
_SPOKEN = re.compile(r"\b(?:you|your|my|our|us|don['’]t|it['’]s)\b|^(?:\S+ ){0,5}(?:it|they|this|these|those)\b", re.I)
"""A sentence of talk, or one whose subject stands elsewhere."""
_FIGURE = re.compile(r"\d")
_LEANS = re.compile(
    r"\b(?:this|that|these|those|it|its|they|their|here|the (?:former|latter|authors?|paper|study))\b", re.I
)


def next_lines(
    store: Store,
    embedding: Embedding,
    question: str,
    used: Sequence[Piece],
    near: Sequence[str],
    tensions: Sequence[tuple[Tension, Claim, Claim]],
) -> tuple[Next, ...]:
    """Three to five, of different kinds where there are; none asked already, none that a note's title asks."""
    left_open = [
        *_asked_by_authors(store, near),
        *_said_to_be_open(store, dict.fromkeys(piece.note.id for piece in used)),
    ]
    others = [
        list(_undecided(tensions)),
        list(_unwritten(store, near)),
        list(_alone(used)),
    ]
    proposed = [*left_open, *(line for kind in others for line in kind)]
    if not proposed:
        return ()
    vectors = embedding.embed([question, *(line.question for line in proposed)])
    asked, lines = vectors[0], vectors[1:]
    on_it = sorted(
        (index for index in range(len(left_open)) if float(lines[index] @ asked) >= _ABOUT),
        key=lambda index: (-float(lines[index] @ asked), index),
    )
    at = len(left_open)
    by_kind = [on_it]
    for kind in others:
        by_kind.append(list(range(at, at + len(kind))))
        at += len(kind)
    kept: list[int] = []
    alone = by_kind.pop()
    in_turn = [index for turn in range(MOST) for kind in (*by_kind, alone[:_VOICES]) for index in kind[turn : turn + 1]]
    for index in (*in_turn, *alone[_VOICES:]):
        if len(kept) >= (MOST if index in in_turn else FEWEST):
            break
        vector = lines[index]
        if float(vector @ asked) >= _ANSWERED or any(float(vector @ lines[other]) >= _SAME for other in kept):
            continue
        if not _is_answered(store, embedding, proposed[index], vector):
            kept.append(index)
    return tuple(proposed[index] for index in kept)


def _is_answered(store: Store, embedding: Embedding, line: Next, vector: np.ndarray) -> bool:
    """Whether a note's title asks just that."""
    titles = _alike(store, line)
    return bool(titles) and bool(np.max(embedding.embed(titles) @ vector) >= _ANSWERED)


def _alike(store: Store, line: Next) -> list[str]:
    """Titles with two of the three longest words of a question; others cannot ask the same."""
    longest = sorted(content_words(line.question)[0], key=lambda word: (-len(word), word))[:3]
    quoted = [f'"{word}"' for word in longest]
    pairs = [f"({a} AND {b})" for a, b in combinations(quoted, 2)] or quoted
    if not pairs:
        return []
    rows = store.sql.execute(
        "SELECT title, name FROM note WHERE kind <> 'stub' AND id IN (SELECT rowid FROM note_words WHERE note_words MATCH ? LIMIT 100)",
        (f"title : ({' OR '.join(pairs)})",),
    )
    return [title for title, name in rows if name not in line.because]


def _asked_by_authors(store: Store, near: Sequence[str]) -> Iterator[Next]:
    """Questions on which the nearest notes end, and the lines that cite them."""
    marks = ",".join("?" * len(near))
    citing = store.sql.execute(
        f"SELECT note.name FROM mention JOIN note ON note.file = mention.file WHERE note.kind IN ('line', 'post') AND mention.note IN ({marks}) "
        "GROUP BY note.name ORDER BY count(DISTINCT mention.note) DESC, note.name LIMIT 3",
        list(near),
    ).fetchall()
    for note in dict.fromkeys([*near, *(row[0] for row in citing)]):
        row = store.sql.execute("SELECT next_lines, title FROM note WHERE name = ?", (note,)).fetchone()
        for asked in json.loads(row[0])[:4] if row else ():
            yield Next(question=asked, because=(note,), why=f"left open in “{row[1]}”")


def _said_to_be_open(store: Store, notes: Iterable[str]) -> Iterator[Next]:
    """What the notes used say that nobody knows."""
    for note in notes:
        for claim in read_claims(store, names_of(store, note)):
            asked = _left_open(claim.quote)
            if asked:
                yield Next(question=asked, because=(claim.id,), why="its author calls it open")


def _left_open(quote: str) -> str:
    """ "How the effect scales is unknown" as a question; nothing where the words lean on others."""
    text = excerpt(quote)
    for pattern in _OPEN:
        found = pattern.search(text)
        if found and not _LEANS.search(found["asked"]) and len(found["asked"].split()) <= _LONGEST:
            asked = found["asked"]
            return f"What would show {asked[0].lower()}{asked[1:]}?"
    found = _UNTESTED.search(text)
    if found and not _LEANS.search(found["what"]):
        what = found["what"]
        return f"{'Has' if found['be'] == 'is' else 'Have'} {what[0].lower()}{what[1:]} been tested?"
    return ""


def _unwritten(store: Store, near: Sequence[str]) -> Iterator[Next]:
    """Notes that are cited around here and not written yet."""
    marks = ",".join("?" * len(near))
    rows = store.sql.execute(
        f"SELECT DISTINCT mention.note FROM mention JOIN file ON file.id = mention.file WHERE file.path IN ({marks}) AND mention.note LIKE ?",
        (*near, f"{STUB}%"),
    )
    for stub in read_notes(store, [row[0] for row in rows]):
        if stub.title.endswith("?") and not stub.summary:
            yield Next(question=stub.title, because=(stub.id,), why="cited, and its note is not written yet")


def _undecided(tensions: Sequence[tuple[Tension, Claim, Claim]]) -> Iterator[Next]:
    for tension, a, b in tensions:
        clauses = (_clause(a), _clause(b))
        plain = [
            clause
            for clause in clauses
            if clause and not (_LATER.match(clause) or _FIGURE.search(clause) or _DECIDED.search(clause))
        ]
        said = min(plain, key=len, default="")
        if tension.reconcile is None and said:
            yield Next(
                question=f"What decides whether {said}?",
                because=(a.id, b.id),
                why="a tension that nothing here settles",
            )


def _alone(used: Sequence[Piece]) -> Iterator[Next]:
    """A finding that one voice alone reports; what a note is about before what it says in passing."""
    for piece in sorted(used, key=lambda piece: not piece.is_main):
        said = _clause(piece.claim)
        told = piece.claim.role in ("finding", "mechanism") and not _DEFINES.search(piece.claim.quote)
        if told and said and not _SPOKEN.search(said) and piece.before is None and not _elsewhere(piece, used):
            yield Next(
                question=f"Has anyone else found that {said}?", because=(piece.claim.id,), why="one voice reports it"
            )


def _elsewhere(piece: Piece, used: Sequence[Piece]) -> bool:
    """Whether another voice says nearly the same."""
    return any(other.voice != piece.voice and float(other.vector @ piece.vector) >= _SAME for other in used)


def _clause(claim: Claim) -> str:
    """A short claim as a clause; nothing for one that would not read as such."""
    text = excerpt(claim.quote)
    if (
        not text.endswith(".")
        or len(text.split()) > _LONGEST
        or text != claim.text
        or re.search(
            r"[;:?“”…]|\bI\b|\bwe\b|\bthen\b|\balso\b|^(?:under|in|with|for|on|at) th(?:is|ese|at|ose)\b", text, re.I
        )
    ):
        return ""
    text = text.rstrip(".")
    first = text.split(" ", 1)[0]
    if _NAME.match(text) or not first[:1].isupper() or any(char.isupper() or char.isdigit() for char in first[1:]):
        return text
    if _may_be_name(text.split()):
        return text
    return text[:1].lower() + text[1:] if slug(first) else ""


def _may_be_name(words: Sequence[str]) -> bool:
    """ "Orca surpasses": one word alone before its verb, and none that is made of a verb or an adjective."""
    verb = words[1].lower() if len(words) > 1 else ""
    alone = is_third(verb) or is_past(verb) or verb in AUXILIARIES
    return alone and not _NO_NAME.search(words[0]) and words[0].lower() not in PRONOUNS | DETERMINERS | _ANYONE
