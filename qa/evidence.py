"""What an answer is made from: the claims found, each with its note, its voice, its words and its neighbours."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.claim_text import leans
from ingest.roles import is_scope_line
from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.note import REPORT, SYNTHESES, Note
from kb.readable import DANGLING, LINK, as_read
from kb.store import Store
from kb.vectors import Matrix, unpacked
from qa.scope import Scope

_MARKUP = re.compile(
    r"\s*\(?!?\[\[[^\]]*\]\]\)?|\[[^\]]*\]\([^)]*\)|\s*\[-?@[^\]]*\]|\s*\[\^[^\]]*\]|\*\*|(?<!\w)[*_]|[*_](?!\w)|`"
    r"|<[A-Za-z/][^>]*>|==|~~|\n[ \t]*>|&\w+;|&#\w+;|[\[\]]"
)
_NO_PROSE = re.compile(
    r"!\[|<[A-Za-z/][^>]*>|&#?\w+;|~~|\[\^|(?<!\[)\[-?@|\n[ \t]*>"
)  # an image, HTML, words struck out, marks of citations
_MOSTLY = 0.4
"""Share of a sentence that may be links: more of them make a list."""
_THIS_NOTE = re.compile(r"(?:In )?This (?:note|essay|post|line)\b", re.I)  # "This note is on ...": its title says which
_THIS_WORK = re.compile(
    r"(?:In )?(?:This|The)(?: present)? (?:paper|study|article|book|chapter|review|report|thesis|authors?)\b", re.I
)  # "This paper introduces ...": a note on a work is on that one
PRONOUN = re.compile(r"(?:It|They|This|These) (?=[a-z])")
"""What a note begins with that goes on from its title: "It expands the search ..."."""
_ASIDE = re.compile(
    r"(?:Note|Notice|Recall|Remember|Observe) that (?=this|that|these|it\b|they)", re.I
)  # "Note that this differs"
_AGAINST = re.compile(
    r"\W*(?:but|yet|however|nevertheless|nonetheless|conversely|instead|otherwise|by contrast|in contrast|on the (?:other hand|contrary)|then|still,|rather,)(?! that)\b",
    re.I,
)  # "However, it does not": against what stands before it
_FRAGMENT = re.compile(
    r"(?:where|for|with|and|or|such that|so that|which|whose)\b"
)  # what goes on behind a formula: "where x is ..."
_ENDED = re.compile(r"[,;:—–]\s*$|\.\s*$")
_BREAKS = re.compile(r"\s+")
CLOSED = (".", "!", "?", "…", "”", '"', ")", ":", "。", "！", "？")
"""How a sentence ends."""
_SHORTEST = 30
_TURNS = ("But", "Yet", "However,", "Nevertheless,", "Nonetheless,")
_LEADING = 8
"""Notes all of whose claims are looked at: what a note says first need not be in the question's words."""
_OWN = 40
_UNFOUND = 0.25
"""What a claim that was not found counts for, where the best found counts for 1."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A claim that could be said, and what saying it needs."""

    claim: Claim
    note: Note
    score: float
    """How well its note answers, and how near its own words are to the question; 1 is the best there is."""
    voice: str
    """Notes with the same voice are one witness."""
    vector: NDArray[np.float32]
    before: Claim | None
    """The claim just before it, when it cannot be understood without."""
    after: Claim | None
    """The claim just after it, when that takes it back: a view is not quoted without the "But" that follows."""
    written: str
    """Its own words as they stand in the file: the sentence, or an excerpt of it."""
    shown: str
    """What is quoted as a reader sees it, without the marks of emphasis and links."""
    ahead: tuple[Claim, ...] = ()
    """Sentences of its paragraph that are quoted before it."""
    behind: tuple[Claim, ...] = ()
    """And after it."""
    opens: float = 0.0
    """How well it could stand first, once the reader has read it."""

    @property
    def words(self) -> int:
        return len(self.shown.split())

    @property
    def own(self) -> list[Claim]:
        """The claim, with the one it leans on and the one that takes it back."""
        return [claim for claim in (self.before, self.claim, self.after) if claim]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(claim.id for claim in (*self.ahead, *self.own, *self.behind))


def gather(
    store: Store,
    ranked: Sequence[tuple[str, float]],
    scope: Scope,
    about: Sequence[tuple[str, float]] = (),
) -> list[Piece]:
    """Claims as pieces: those found, and all that the leading notes say. What cannot be quoted so as to be
    understood is left out, and so is what does not count.

    A claim's score is its note's, by half for where its own words stand among those found: a note that answers
    is quoted first with what is nearest to the question, but not with what another note merely says alike.
    """
    scores = dict(ranked)
    of_notes = dict(about)
    names = [*scores, *(key for note, _ in about[:_LEADING] for key in names_of(store, note) if key not in scores)]
    found = [claim for claim in read_claims(store, names) if scope.counts(claim)]
    notes = {note.id: note for note in read_notes(store, list({claim.note for claim in found}))}
    vectors = vectors_of(store, found)
    leaning = [claim for claim in found if claim.note in notes and is_leaning(claim, notes[claim.note])]
    before = _before(store, leaning, scope)
    named = _named_by_title(store, leaning)
    turned = _turned(store, found, scope)
    high = max(scores.values(), default=0.0) or 1.0
    top = max(of_notes.values(), default=0.0) or 1.0
    pieces = []
    for claim in found:
        note = notes.get(claim.note)
        if note is None or claim.id not in vectors or is_report(note):
            continue
        earlier, later = before.get(claim.id), turned.get(claim.id)
        is_clear = claim.id in named or speaks_of_itself(claim, note)
        written = _written(claim, note, earlier, later, is_clear)
        if written:
            own = scores.get(claim.id, _UNFOUND * high) / high
            score = own if not about else of_notes.get(note.id, 0.0) / top * (0.4 + 0.6 * own)
            voice, vector = voice_of(note), vectors[claim.id]
            shown = as_read(written)
            pieces.append(Piece(claim, note, score, voice, vector, earlier, later, written, shown))
    return sorted(pieces, key=lambda piece: -piece.score)


def names_of(store: Store, note: str) -> list[str]:
    """The ids of the claims that speak for a note, its own first."""
    own = store.sql.execute(
        "SELECT claim.name FROM claim JOIN file ON file.id = claim.file WHERE file.path = ?1 AND claim.owner IS NULL "
        "AND claim.about IS NULL ORDER BY claim.start LIMIT ?2",
        (note, _OWN),
    ).fetchall()
    told = store.sql.execute(
        "SELECT claim.name FROM claim JOIN file ON file.id = claim.file WHERE claim.owner = ? "
        "ORDER BY file.path, claim.start LIMIT ?",
        (note, _OWN),
    ).fetchall()
    return [row[0] for row in (*own, *told)]


def _written(claim: Claim, note: Note, before: Claim | None, after: Claim | None, is_clear: bool) -> str:
    """What is said of a claim, with the sentence it leans on and the one that takes it back; nothing where that cannot be understood. With its note
    named, one that leans on no sentence may be `is_clear`."""
    if only_places(claim, note):
        return ""
    shown = quotable(claim)
    if shown and after:
        turn = quotable(after)
        shown = f"{shown} {turn}" if turn and shown.endswith(CLOSED) else ""
    if shown.endswith(":"):
        return ""  # it announces what stands elsewhere
    if not shown or is_scope_line(shown) or _FRAGMENT.match(shown):
        return ""
    if before is None:
        return shown if is_clear or not is_leaning(claim, note) else ""
    first = quotable(before)
    is_no_help = only_places(before, note) or is_leaning(before, note) or is_scope_line(first)
    return "" if not first or is_no_help else f"{first} {shown}"


def is_report(note: Note) -> bool:
    """A report of ours, saved among the notes, repeats what others say."""
    return REPORT in note.topics


def voice_of(note: Note) -> str:
    """Two notes from one source are one voice."""
    return note.sources[0].voice() if note.sources else note.id


def excerpt(quote: str) -> str:
    """The quote, or the longest run of it without mark-up; nothing where too little would be left."""
    first = _MARKUP.search(quote)
    if first is None:
        return _unquoted(_BREAKS.sub(" ", quote).strip())
    # Only a run from the sentence's start can be understood; one that goes on ends where a clause does.
    run = _BREAKS.sub(" ", quote[: first.start()]).rstrip(" ,;:—–-(“")
    shown = _BREAKS.sub(" ", _MARKUP.sub("", quote))
    if len(run) < max(_SHORTEST, 0.6 * len(shown)) or DANGLING.search(run):
        return ""
    # A link that closes the quote was part of its grammar: a citation beside a sentence is not quoted at all.
    is_link = "[" in first[0] and "@" not in first[0] and "^" not in first[0]
    if not (is_link or shown[len(run) :].strip(" .,;)")):
        return run
    ended = _ENDED.search(quote[: first.start()]) and run.count("(") <= run.count(")")
    return f"{run} …" if ended else ""


def speaks_of_itself(claim: Claim, note: Note) -> bool:
    """Whether a sentence speaks of its own note or, as it seems, of the work that this is on."""
    return bool(_THIS_NOTE.match(claim.quote) or (note.kind not in SYNTHESES and _THIS_WORK.match(claim.quote)))


def names_itself(claim: Claim, note: Note) -> bool:
    """Whether it surely does, and is clear once that is named, whatever stands before it."""
    of_work = any(source.authors for source in note.sources)
    return speaks_of_itself(claim, note) and bool(of_work or _THIS_NOTE.match(claim.quote))


def only_places(claim: Claim, note: Note) -> bool:
    """Whether a sentence says where its paper stands ("This paper sits beside [[a]] and [[b]]") and not what it found."""
    return names_itself(claim, note) and bool(LINK.search(claim.quote))


def is_leaning(claim: Claim, note: Note) -> bool:
    """Whether a sentence cannot be understood without the one before it, even with its note named."""
    return not names_itself(claim, note) and bool(
        leans(claim.quote) or _ASIDE.match(claim.quote) or _AGAINST.match(claim.quote)
    )


def quotable(claim: Claim) -> str:
    """The words of a claim that an answer can quote, as they stand in its file: a sentence may have emphasis and links in it."""
    run = excerpt(claim.quote)
    if (run and not run.endswith("…")) or _NO_PROSE.search(claim.quote):
        return run
    linked = sum(len(link[1] or link[2] or "") for link in LINK.finditer(claim.quote))
    return _BREAKS.sub(" ", claim.quote).strip() if linked <= _MOSTLY * len(as_read(claim.quote)) else run


def _unquoted(text: str) -> str:
    """Without quotation marks around all of it: it will stand in some."""
    if len(text) > 2 and (text[0], text[-1]) in (('"', '"'), ("“", "”")) and not set(text[1:-1]) & set('"“”'):
        return text[1:-1].strip()
    return text


def vectors_of(store: Store, claims: Sequence[Claim]) -> dict[str, NDArray[np.float32]]:
    """The vector of each claim; a file's vectors stand in the order of its claims."""
    wanted = store.rows("SELECT file, id, name FROM claim WHERE name IN", [claim.id for claim in claims])
    files = {file for file, _, _ in wanted}
    order: dict[int, list[int]] = {file: [] for file in files}
    for file, claim in sorted(store.rows("SELECT file, id FROM claim WHERE file IN", files)):
        order[file].append(claim)
    known = store.rows("SELECT file, rows, data FROM vector WHERE file IN", files)
    data = {file: (blob, len(blob) // rows) for file, rows, blob in known if rows == len(order[file])}
    names, parts = [], []
    for file, claim, name in wanted:
        if file in data:
            blob, wide = data[file]
            at = wide * bisect_left(order[file], claim)
            names.append(name)
            parts.append(blob[at : at + wide])
    matrix: Matrix = unpacked(b"".join(parts), len(parts)) if parts else np.zeros((0, 1), np.float32)
    return dict(zip(names, matrix, strict=True))


def _turned(store: Store, claims: Sequence[Claim], scope: Scope) -> dict[str, Claim]:
    """For each claim that the very next sentence takes back ("But ...") that one."""
    turns = " OR ".join(f"coalesce(later.quote, later.text) GLOB '{word} *'" for word in _TURNS)
    query = (
        "SELECT claim.name, later.name FROM claim JOIN claim AS later ON later.passage = claim.passage "
        f"AND later.start BETWEEN claim.stop AND claim.stop + 2 AND ({turns}) WHERE claim.name IN"
    )
    found = dict(sorted(store.rows(query, [claim.id for claim in claims])))
    later = {claim.id: claim for claim in read_claims(store, list(set(found.values())))}
    return {claim: later[name] for claim, name in found.items() if name in later and scope.counts(later[name])}


def _named_by_title(store: Store, leaning: Sequence[Claim]) -> set[str]:
    """Claims that lean on the title: the first of their notes, which begin with "It", "They" or "This"."""
    query = (
        "SELECT claim.name FROM claim WHERE NOT EXISTS (SELECT 1 FROM claim AS earlier WHERE earlier.file = claim.file "
        "AND earlier.start < claim.start) AND claim.name IN"
    )
    return {name for (name,) in store.rows(query, [claim.id for claim in leaning if PRONOUN.match(claim.quote)])}


def _before(store: Store, leaning: Sequence[Claim], scope: Scope) -> dict[str, Claim]:
    """For each claim the one before it in its passage, if nothing but white space stands between them."""
    query = (
        "SELECT earlier.stop, -earlier.id, earlier.name, claim.name FROM claim JOIN claim AS earlier ON earlier.passage = claim.passage "
        "AND earlier.stop BETWEEN claim.start - 2 AND claim.start WHERE claim.name IN"
    )
    rows = sorted(store.rows(query, [claim.id for claim in leaning]))
    found: dict[str, str] = {later: before for _, _, before, later in rows}  # of several, the one that ends last
    earlier = read_claims(store, list(set(found.values())))
    known = {claim.id: claim for claim in earlier if scope.counts(claim)}
    return {claim: known[name] for claim, name in found.items() if name in known}
