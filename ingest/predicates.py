"""Where the predicate of a clause is, which of its words says what happens, and whether it is denied."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ingest.lexicon import AUXILIARIES, DETERMINERS, HEDGES, NEGATORS, PREPOSITIONS
from ingest.phrases import Line
from kb.language.stems import stem

Kind = Literal["change", "worth", "plain", "touch"]
Direction = Literal[-1, 0, 1]
STATES = ("change", "worth", "plain", "touch")
"""The senses of verbs."""
_RAISES = frozenset(
    map(
        stem,
        "tend seem appear prove continue able help able show find know report think believe expect say fail struggle manage unable likely begin".split(),
    )
)
DENIALS = frozenset(("no", "none", "neither", "nobody", "nothing", "never", "not", "rarely", "seldom", "hardly", "few"))
_DEGREES = frozenset(
    "short long high low great more less few better worse best worst slow narrow triple double cut gain loss".split()
)
_ER_VERBS = frozenset(
    f"{verb}s"
    for verb in "lower hinder suffer differ alter foster trigger cover recover hamper confer transfer bolster".split()
)
_FINITE = frozenset(
    "fell rose led grew lost made found gave taught kept held beat won shrank brought cut cost hurt".split()
)
_ADVERBS = frozenset("to been also as so even still just already far then now thus therefore often sometimes".split())
_MANNER = frozenset("better best worse worst".split())
_HAVING = frozenset(
    "show shows showed shown have had has make makes made give gives display displays exhibit exhibits exhibited experience experienced get gets".split()
)
_LEADS = frozenset(
    "leads lead led results result resulted causes cause caused associated linked correlated correlates correlate produce produces produced yield yields yielded confer confers confers become becomes".split()
)
_DENYING = frozenset("fails fail failed lacks lack lacked struggle struggles".split())
_NOUN_ENDINGS = tuple("ments tions sions ings ities ment tion sion ing ss ity ence ance er or ness".split())
_LIGHT_AT_MOST = 8
"""Words that a predicate may begin with before it says anything."""
_FAR = 4
"""Words from "show" to the "lower" of "show significantly lower"."""


class Said(NamedTuple):
    """The predicate, without what it is about."""

    kind: Kind
    push: Direction
    denied: bool
    word: str
    causal: bool


def predicate_of(line: Line) -> int | None:
    """Where the predicate begins: an auxiliary, or a word of the lexicon that stands as a verb."""
    at = _verb(line)
    if at is None:
        return None
    while at > 1 and (
        line.lower[at - 1] in NEGATORS or (line.lower[at - 1].endswith("ly") and line.lower[at - 1] in HEDGES)
    ):
        at -= 1
    return at


def _verb(line: Line) -> int | None:
    lower, senses = line.lower, line.senses
    verb = loose = None
    for i, word in enumerate(lower):
        if word in AUXILIARIES and (i == 0 or lower[i - 1] not in ("that", "which", "who")):
            if (
                verb is None
                or word in ("do", "does", "did", "doesn't", "don't", "didn't", "cannot", "can't")
                or i <= verb + 1
            ):
                return i
            return i if lower[verb].endswith("ed") and lower[verb] != "need" else verb
        means = senses[i]
        if verb is None and i > 0 and (word in _DENYING or (means is not None and means.kind in STATES)):
            if not _is_verb(lower, i, word):
                if loose is None and means is not None and means.kind != "plain" and _could_be_verb(lower, i, word):
                    loose = i
            elif word.endswith("ed") and i + 1 < len(lower) and lower[i + 1] in PREPOSITIONS:
                loose = i if loose is None else loose
            else:
                verb = i
    return loose if verb is None else verb


def _could_be_verb(lower: Sequence[str], i: int, word: str) -> bool:
    """ "Mutations in RIM1 decrease levels": a bare form is taken for the verb where the clause has no other."""
    bare = not word.endswith((*_NOUN_ENDINGS, "ed", "ion", "ions", "ors", "ers"))
    after = lower[i + 1] if i + 1 < len(lower) else "."
    return (
        bare and word not in _DEGREES and after not in ("of", "in") and lower[i - 1] not in DETERMINERS | PREPOSITIONS
    )


def _is_verb(lower: Sequence[str], i: int, word: str) -> bool:
    before = lower[i - 1]
    after = lower[i + 1] if i + 1 < len(lower) else "."
    if before in DETERMINERS or before in PREPOSITIONS or (before in (",", "and", "or") and i < 3):
        return False
    if word == "lower" and (before.endswith(("ly", "s")) or before in ("to", "not")):
        return True
    if word.endswith(("ers", "ors")) and word not in _ER_VERBS:
        return False
    if word.endswith(_NOUN_ENDINGS) or before == "that":
        return False
    if before in ("which", "who"):
        return False
    if (
        after in ("of", "in")
        and (word.endswith("s") or not word.endswith("ed"))
        and not before.endswith(("ly", "s"))
        and word not in ("results", "result")
    ):
        return False
    if word.endswith("ed"):
        if before.endswith("ly") and not (after in DETERMINERS or after in ".,;"):
            return i > 1 and lower[i - 2] not in DETERMINERS | PREPOSITIONS and lower[i - 2] not in (",", "and")
        return True
    if word.endswith("s") or word in _FINITE:
        return True
    return before in ("not", "to", "never", "rarely", "hardly", "also", "often", "they", "we") or before.endswith(
        ("s", "ly")
    )


def head_of(line: Line, at: int) -> tuple[int, int]:
    """The word of the predicate that says what happens, and where the reach of its negation ends."""
    lower, senses = line.lower, line.senses
    i = at
    last = at + 1
    while i < len(lower):
        word, means = lower[i], senses[i]
        light = (
            word in AUXILIARIES
            or word in NEGATORS
            or word in HEDGES
            or word in _ADVERBS
            or (word.endswith("ly") and (means is None or means.kind not in ("same", "opposite")))
        )
        raised = stem(word) in _RAISES and i + 1 < len(lower) and lower[i + 1] in ("to", "that")
        if not (light or raised or word in DETERMINERS) or i - at > _LIGHT_AT_MOST:
            break
        if word in ("n't", "not") or light:
            last = i + 1
        i += 1
    if i >= len(lower):
        return len(lower) - 1, len(lower)
    if i + 1 < len(lower) and lower[i + 1] in _MANNER and senses[i] is not None:
        return i + 1, max(last, i + 1)
    # "is more effective", "had lower levels", "show no increase": the word that says which way comes next.
    for j in range(i, min(i + _FAR, len(lower))):
        if (lower[j] in PREPOSITIONS and j > i) or lower[j] in ",;:":
            break
        if lower[j] in NEGATORS:
            last = j + 1
        means = senses[j]
        if (
            means is not None
            and (means.kind in ("change", "worth", "same", "quality", "opposite") or j == i)
            and not (j == i and lower[j] in _HAVING)
        ):
            if means.kind == "plain" and j == i and lower[j] in _LEADS:
                continue
            return j, max(last, j)
    return i, max(last, i + 1)


def is_denied(line: Line, at: int, last: int) -> bool:
    """Whether the negations of subject and predicate do not cancel out."""
    before = any(
        word in DENIALS and (i == 0 or line.lower[i - 1] not in PREPOSITIONS) for i, word in enumerate(line.lower[:at])
    )
    after = any(word in ("rarely", "seldom") for word in line.lower[last:])
    return (before is not is_odd(line.lower[at:last])) is not after


def is_odd(lower: Sequence[str]) -> bool:
    """Whether the negations among these do not cancel out; "neither ... nor" is one."""
    count, before = 0, ""
    for word in lower:
        if (
            (word in NEGATORS and word != "nor" and not (word == "no" and before == "with"))
            or word.endswith("n't")
            or word == "cannot"
        ):
            count += 1
        elif before == "not" and word in ("only", "just", "merely", "simply", "until"):
            count -= 1
        before = word
    return count % 2 == 1
