"""Author links: how an author contradicts, qualifies or supports one cited statement by another, by connective and counterpoint. Nothing
is guessed from the statements themselves."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.claim_text import leans
from ingest.endpoint_confidence import SOURCE
from ingest.extract import Sentence
from kb.link import Relation, TensionKind

_REACH = 3
"""How many sentences back the other side may stand."""


class AuthorLink(NamedTuple):
    """The author relates the statement `a` to the statement `b`."""

    relation: Relation
    confidence: float
    a: str
    """Claim id of the later sentence, the one that carries the word or completes it; then the key of the note it cites, if any."""
    a_key: str
    b: str
    b_key: str
    reason: str


_Cue = tuple[Relation, float, re.Pattern[str]]
"""A relation, how sure it is, and the words that tell of it."""


def _cue(relation: Relation, confidence: float, words: str) -> _Cue:
    return relation, confidence, re.compile(words, re.I)


_START = r"^\W*(?:and |but |yet )?"
DISPUTES = (
    r"(?:contradict(?:s|ing)?|disput(?:es|ing)|refut(?:es?|ing)|rebuts?|disproves|debunks|overturns?|disagrees? with|push(?:es|ing)? back (?:on|against)"
    r"|conflicts? with|at odds with|(?:runs?|running) counter to|in (?:direct |some |clear )?(?:tension|conflict|contradiction) with)\b"
)
"""Contradiction: by these words an author denies what their object says."""
_THE_OPPOSITE = r"the (?:opposite|reverse|contrary)"
_CONFIRMS = r"(?:agrees? with|confirms?|corroborates?|(?:is )?consistent with|in line with)"
_CUES = (
    _cue("contradicts", 0.95, r"\b(?:argues?|shows?|finds?|found|suggests?|says?|claims?|reports?) (?:almost |just |quite |exactly )?" + _THE_OPPOSITE + r"\b"),
    _cue("contradicts", 0.9, r"\b(?:" + DISPUTES + r"(?! (?:themselves|itself|each other|one another))|disputes?|disagrees?|pushes? back|in direct (?:conflict|tension))\b"),
    _cue("contradicts", 0.8, _START + r"(?:by contrast|in contrast|conversely|on the contrary)\b"),
    _cue("qualifies", 0.85, r"\b(?:holds?|works?|helps?|applies|happens|appears?|is true) only (?:when|if|where|for|under|while)\b|" + _START + r"only (?:when|if|under)\b"),
    _cue("qualifies", 0.85, r"\b(?:beyond (?:that|this|the) (?:point|band|frontier|threshold)|inverts? at the extreme|breaks? down (?:when|at|once)|is a (?:big |serious )?confound|this weakens|weakens? (?:the|this|that))\b"),
    _cue("qualifies", 0.7, _START + r"(?:however|nevertheless|nonetheless|the caution|the caveat|that said|on the other hand)\b"),
    _cue("qualifies", 0.6, r"^\W*(?:but|yet|still)\b"),
    _cue("supports", 0.85, r"\b(?:" + _CONFIRMS + r"|replicates?|reproduces? the (?:result|finding|effect|gain)s?)\b"),
    _cue("supports", 0.7, _START + r"(?:similarly|likewise|in the same vein|the same (?:holds|is true)|independently)\b"),
)  # fmt: skip
STATED = "its author sets the two notes against each other in this sentence"
"""How the reason begins where one sentence holds both sides: it alone is the quote."""
AGAINST_OWN = "its author sets it against the note's own finding"
"""How it begins beside such a sentence, with a finding that is chosen: a stance, and no pair to be quoted as pulling apart."""
OWN = ""
"""As the other side of a statement: what the note itself finds."""
COUNTER = re.compile(r"\b(?:counter-?points?|counter-?arguments?|fault[ -]lines?|tensions?)\b")
"""Headings under which a note speaks against itself."""
_DISAGREEMENT = re.compile(
    r"(?:\S{1,30} )?(?:disagreements?|contradictions?|conflicts?|disputes?|controvers(?:y|ies))\W{0,9}$"
)
"""Headings over what sets other notes against each other, and over nothing else."""
_AMONG_OTHERS = re.compile(r"(?!\W*tensions?\W*$).*\btensions?\b")
"""A heading over what pulls apart among other notes: "Cross-paper tensions", but not "Tensions" in a note with a finding."""
_BETWEEN = re.compile(
    r"\b(?:whereas|while|but(?! (?:not|also|only|rather|then)\b)|yet|by contrast|in contrast|conversely|challeng(?:es|ing)|rejects?|(?:pulls?|cuts?) against|diverges? from|breaks? with|"
    + DISPUTES
    + "|"
    + _THE_OPPOSITE
    + r")\b",
    re.I,
)  # "A finds that it rises, whereas B finds that it falls"; not "for quality but not price"
_APART = re.compile(
    r"\b(?:disagree|diverge|(?:draw|reach|come to) opposite|contradict each other|are (?:in tension|at odds)|pull apart)\b",
    re.I,
)
"""After two names: "A and B draw opposite conclusions"."""
_OPPOSITE = re.compile(r"\b(?:" + _THE_OPPOSITE + "|" + DISPUTES + r"|disputes?|disagrees?|at odds)\b", re.I)
AGREES = re.compile(
    r"\b(?:"
    + _CONFIRMS
    + r"|supports?|the same (?:[\w-]+ )?(?:result|pattern|finding|conclusion|tension|problem|conflict|concern|point|holds)|likewise|similarly|also finds?|echoes|looks? alike|(?:do|does|did)(?: not|n[o’']t) (?:refute|deny|contradict|dispute)|discussed in|a point developed in|of the kind that"
    r"|makes? (?:\w+ )?important|recalls|resembles|converges? (?:with|on)|complements?|complementary|sharpens|rather than (?:contradict|disput|refut|oppos)\w*)\b",
    re.I,
)
_SETTLES = re.compile(
    r"\breconcil|\b(?:two|both|they|remedies|accounts|results|studies|notes|views|authors) disagree", re.I
)
"""It settles a dispute, or announces one whose two sides are still to come."""
_WITHIN = re.compile(r"[,;—–] (but(?! also\b)|whereas|while|although|yet)\b")
_METHOD = re.compile(
    r"\b(?:artefacts?|artifacts?|confound\w*|accounts? for (?:most|much|a large|part)|(?:is|are|largely|mostly) explained by|averages? hides?"
    r"|contaminat\w+|leak(?:ed|age|s)?|memori[sz](?:ed|ation)|by choice of (?:metric|measure)|(?:harsh|discontinuous|stricter|wrong) (?:metric|measure)s?"
    r"|measured (?:differently|by|with)|counts? (?:lucky|only)|only under (?:\w+ ){0,2}metrics?|may test recall|format correction|the (?:measure|metric|grader|benchmark|baseline|control) "
    r"(?:itself|does|is|was|may|cannot))\b",
    re.I,
)
_SUPERSEDED = re.compile(
    r"\b(?:(?:revised|later|newer|second|updated) (?:version|edition|release|paper|preprint)|first version|the (?:old )?assumption (?:was|had been)|(?:was|were) (?:long )?(?:assumed|believed|thought)"
    r"|supersede[sd]?|outdated|withdrawn|retracted|no longer holds?)\b",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:not|never|no|hardly|neither|nor|unable to|fail(?:s|ed|ing)? to|failure to|(?:does|do|did)n[o’']t|cannot|can[’']t)\s+(?:\w+\s+){0,4}$"
    r"|\b(?:or|whether to)\s+$",
    re.I,
)  # "does not in any way contradict", "to either establish or refute"
A_DISPUTE = re.compile(
    r"\b(?:through|of|in|into|their|his|her|its|our|the|an?|this|these|between|over|such|\w+al)\s+$", re.I
)
"""Before "dispute" or "disputes" as a noun: "studied through disputes", "a legal dispute"."""
_SEE = re.compile(r"\bsee (?:also )?(?:the )?\W*$", re.I)
"""Before a note that is only where more is to be read."""


def author_links(sentences: Sequence[Sentence]) -> tuple[AuthorLink, ...]:
    """What the author relates, in the order of the text; of two words for one pair the plainer counts."""
    found: dict[tuple[str, str], AuthorLink] = {}
    related = _author_links(sentences) if sum(len(sentence.cites) for sentence in sentences) >= 2 else ()
    for said in (*related, *_counterpoints(sentences)):
        pair = (said.a + said.a_key, said.b + said.b_key)
        if pair not in found or said.confidence > found[pair].confidence:
            found[pair] = said
    return tuple(found.values())


def _author_links(sentences: Sequence[Sentence]) -> Iterator[AuthorLink]:
    """Both sides must cite, and cite different notes."""
    for index, sentence in enumerate(sentences):
        within = _WITHIN.search(sentence.text) if sentence.claim and len(set(sentence.cites)) > 1 else None
        if within and sentence.claim and _is_between(within, sentence):
            reason = f"the author sets one against the other with “{within[1]}”"
            mine = sentence.claim.id
            yield AuthorLink("qualifies", 0.6, mine, sentence.cites[-1], mine, sentence.cites[0], reason)
        found = _cue_of(sentence.text)
        if found is None:
            continue
        relation, confidence, word = found
        if _SETTLES.search(sentence.text):
            continue
        later = _citing(sentences, index, forward=True)
        earlier = _citing(sentences, index, forward=False)
        if later is None or earlier is None or later.claim is None or earlier.claim is None:
            continue
        a_key = next((key for key in later.cites if key not in earlier.cites), "")
        b_key = next((key for key in reversed(earlier.cites) if key not in later.cites), "")
        if not a_key or not b_key:
            continue
        reason = f"the author relates them with “{word}”"
        yield AuthorLink(relation, confidence, later.claim.id, a_key, earlier.claim.id, b_key, reason)


def _counterpoints(sentences: Sequence[Sentence]) -> Iterator[AuthorLink]:
    """What is set against what under such a heading: two notes by a sentence that names both, or the note's own finding by
    one that names whoever says otherwise; a limit that names nobody disputes nothing."""
    for sentence in sentences:
        of_own = COUNTER.search(sentence.section)
        if not (of_own or _DISAGREEMENT.match(sentence.section)) or sentence.claim is None:
            continue
        if AGREES.search(sentence.text) or "reconcil" in sentence.text:
            continue
        relation: Relation = "contradicts" if _OPPOSITE.search(sentence.text) else "qualifies"
        named = tuple(dict.fromkeys(sentence.names))
        if len(named) == 2 and (cue := _sets_apart(sentence)):
            reason = f"{STATED}: “{cue}”"
            yield AuthorLink(relation, 0.9, sentence.claim.id, named[0], sentence.claim.id, named[1], reason)
        elif (
            named
            and of_own
            and not _AMONG_OTHERS.match(sentence.section)
            and says_against(sentence, named, is_counterpoint=of_own[0].startswith("counter"))
        ):
            reason = f"{STATED}, under “{sentence.section}”"
            yield AuthorLink(relation, 0.9, sentence.claim.id, OWN, sentence.claim.id, named[0], reason)
            reason = f"{AGAINST_OWN}, under “{sentence.section}”"
            yield AuthorLink(relation, 0.9, sentence.claim.id, "", OWN, "", reason)


def says_against(sentence: Sentence, named: Sequence[str], *, is_counterpoint: bool) -> bool:
    """Whether a sentence reads alone, and disputes the one note that it names; under "Counterpoint", or reports what it says. Under
    "Tensions" most sentences only tell how notes go together."""
    at = sentence.text.find(sentence.labels[0]) if sentence.labels and sentence.labels[0] else -1
    if at < 0 or sentence.claim is None or leans(sentence.claim.quote) or _SEE.search(sentence.text[:at]):
        return False
    if not is_counterpoint:
        return len(named) == 1 and bool(_OPPOSITE.search(sentence.text))
    return bool(SOURCE.search(sentence.text[:at]) or _OPPOSITE.search(sentence.text))


def _is_between(word: re.Match[str], sentence: Sentence) -> bool:
    """Whether a word stands between the first and the last note that a sentence names, where it shows them by their words."""
    places = [sentence.text.find(label) for label in sentence.labels if label]
    return not places or -1 in places or min(places) < word.start() < max(places)


def _sets_apart(sentence: Sentence) -> str:
    """The words by which a sentence sets the two notes that it names against each other: between their names, or after both."""
    spans = [(at, at + len(label)) for label in sentence.labels if label and (at := sentence.text.find(label)) >= 0]
    if len(spans) < 2:
        return ""
    (_, end), (start, last) = min(spans), max(spans)
    found = _BETWEEN.search(sentence.text, end, start) or _APART.search(sentence.text, last)
    return found[0] if found and not _DENIED.search(sentence.text[: found.start()]) else ""


def _cue_of(text: str) -> tuple[Relation, float, str] | None:
    for relation, confidence, pattern in _CUES:
        match = pattern.search(text)
        before = text[: match.start()] if match else ""
        is_noun = match and match[0].casefold().startswith("dispute") and A_DISPUTE.search(before)
        if match and not is_noun and not _DENIED.search(before):
            return relation, confidence, match[0].strip(" ,.;:—–-“”\"'(")
    return None


def _citing(sentences: Sequence[Sentence], index: int, *, forward: bool) -> Sentence | None:
    """The nearest sentence that cites: this one or the next in its paragraph, or one before."""
    block = sentences[index].block
    if forward:
        near = sentences[index : index + _REACH]
        return next((s for s in near if s.cites and s.claim and s.block == block), None)
    start = next((at for at in range(index, -1, -1) if at == 0 or sentences[at - 1].block != block), index)
    citing = [s for s in sentences[max(start, index - _REACH) : index] if s.cites and s.claim]
    # What opens a paragraph is set against what the one before is about, not against the last it cites.
    above = [s for s in sentences[:start] if s.block == sentences[start - 1].block and s.cites and s.claim]
    return next(reversed(citing), None) or next(iter(above), None)


def kind_of(relation: str, cue: str, a: str, b: str) -> TensionKind:
    """From the author's cue and the words of both sides."""
    said = f"{cue} {a} {b}"
    if _METHOD.search(said):
        return "method"
    if _SUPERSEDED.search(said):
        return "superseded"
    return "opposing result" if relation == "contradicts" else "scope"
