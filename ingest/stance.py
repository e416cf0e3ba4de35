"""How an author sets one statement against another: the connectives of prose that cites.

"But ...", "argues the opposite", "only when ...", "similarly": the sentence that carries the word and the
cited statement before it are what the author relates. Nothing is guessed from the statements themselves.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.extract import Sentence
from kb.link import Relation

_REACH = 3
"""How many sentences back the other side may stand."""


@dataclass(frozen=True, slots=True)
class Said:
    """The author relates the statement `a` to the statement `b`."""

    relation: Relation
    confidence: float
    a: str
    """Claim id of the later sentence, the one that carries the word or completes it."""
    a_key: str
    """Key of the note it cites, if it cites one."""
    b: str
    b_key: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Cue:
    relation: Relation
    confidence: float
    pattern: re.Pattern[str]


def _cue(relation: Relation, confidence: float, words: str) -> _Cue:
    return _Cue(relation, confidence, re.compile(words, re.I))


_START = r"^\W*(?:and |but |yet )?"
_CUES = (
    _cue("contradicts", 0.95, r"\b(?:argues?|shows?|finds?|found|suggests?|says?|claims?|reports?) (?:almost |just |quite |exactly )?the (?:opposite|reverse|contrary)\b"),
    _cue("contradicts", 0.9, r"\b(?:contradicts?(?! (?:themselves|itself|each other|one another))|disputes?|refutes?|rebuts?|pushes? back|is at odds with|runs? counter to|in direct (?:conflict|tension)|disagrees?)\b"),
    _cue("contradicts", 0.8, _START + r"(?:by contrast|in contrast|conversely|on the contrary)\b"),
    _cue("qualifies", 0.85, r"\b(?:holds?|works?|helps?|applies|happens|appears?|is true) only (?:when|if|where|for|under|while)\b|" + _START + r"only (?:when|if|under)\b"),
    _cue("qualifies", 0.85, r"\b(?:beyond (?:that|this|the) (?:point|band|frontier|threshold)|inverts? at the extreme|breaks? down (?:when|at|once)|is a (?:big |serious )?confound|this weakens|weakens? (?:the|this|that))\b"),
    _cue("qualifies", 0.7, _START + r"(?:however|nevertheless|nonetheless|the caution|the caveat|that said|on the other hand)\b"),
    _cue("qualifies", 0.6, r"^\W*(?:but|yet|still)\b"),
    _cue("supports", 0.85, r"\b(?:confirms?|corroborates?|replicates?|reproduces? the (?:result|finding|effect|gain)s?|agrees? with|is consistent with|in line with)\b"),
    _cue("supports", 0.7, _START + r"(?:similarly|likewise|in the same vein|the same (?:holds|is true)|independently)\b"),
)  # fmt: skip
_WITHIN = re.compile(r"[,;—–] (but|whereas|while|although|yet)\b")
_DENIED = re.compile(
    r"\b(?:not|never|no|hardly|neither|nor|unable to|fail(?:s|ed|ing)? to|failure to|(?:does|do|did)n[o’']t|cannot|can[’']t)\s+(?:\w+\s+){0,4}$",
    re.I,
)


def author_links(sentences: Sequence[Sentence]) -> tuple[Said, ...]:
    """What the author relates, in the order of the text; of two words for one pair the plainer counts."""
    found: dict[tuple[str, str], Said] = {}
    if sum(len(sentence.cites) for sentence in sentences) < 2:
        return ()
    for said in _author_links(sentences):
        pair = (said.a + said.a_key, said.b + said.b_key)
        if pair not in found or said.confidence > found[pair].confidence:
            found[pair] = said
    return tuple(found.values())


def _author_links(sentences: Sequence[Sentence]) -> Iterator[Said]:
    """Both sides must cite, and cite different notes."""
    for index, sentence in enumerate(sentences):
        within = _WITHIN.search(sentence.text) if sentence.claim and len(set(sentence.cites)) > 1 else None
        if within and sentence.claim:
            reason = f"the author sets one against the other with “{within[1]}”"
            mine = sentence.claim.id
            yield Said("qualifies", 0.6, mine, sentence.cites[-1], mine, sentence.cites[0], reason)
        found = _cue_of(sentence.text)
        if found is None:
            continue
        cue, word = found
        later = _citing(sentences, index, forward=True)
        earlier = _citing(sentences, index, forward=False)
        if later is None or earlier is None or later.claim is None or earlier.claim is None:
            continue
        a_key = next((key for key in later.cites if key not in earlier.cites), "")
        b_key = next((key for key in reversed(earlier.cites) if key not in later.cites), "")
        if not a_key or not b_key:
            continue
        reason = f"the author relates them with “{word}”"
        yield Said(cue.relation, cue.confidence, later.claim.id, a_key, earlier.claim.id, b_key, reason)


def _cue_of(text: str) -> tuple[_Cue, str] | None:
    for cue in _CUES:
        match = cue.pattern.search(text)
        if match and not _DENIED.search(text[: match.start()]):
            return cue, match[0].strip(" ,.;:—–-“”\"'(")
    return None


def _citing(sentences: Sequence[Sentence], index: int, *, forward: bool) -> Sentence | None:
    """The nearest sentence that cites: this one or the next in its paragraph, or one before."""
    block = sentences[index].block
    if forward:
        near = sentences[index : index + _REACH]
        return next((s for s in near if s.cites and s.claim and s.block == block), None)
    near = sentences[max(0, index - _REACH) : index]
    return next((s for s in reversed(near) if s.cites and s.claim and s.block >= block - 1), None)
