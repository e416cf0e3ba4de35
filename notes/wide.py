"""Sentences that speak of every case, or of what can and cannot be, against claims that know one to the contrary.

One exception is enough to deny "every base model", and one success to deny "cannot"; so fewer words in common are asked
for here than elsewhere, and the same verb instead.
"""

import re

from ingest.clauses import conditions_in
from ingest.ellipsis import plain
from ingest.lexicon import Word, sense
from ingest.meeting import firm
from ingest.phrases import line_of
from ingest.predicates import predicate_of
from kb.language.stems import stem
from notes.neighbours import Near, content

_NOT_EVERY = re.compile(
    r"\b(?:not|nor|hardly|barely|without|than|as|if|before|never|no|nearly|almost|at|after|above|of) (?:\w+ )?(?:every|any|all|each|always)\b|\ball (?:but|the (?:same|more|way|time))\b|\bevery (?:other|now)\b|\bany(?:one|body|thing|way)\b|\bat every turn\b", re.I
)  # fmt: skip
_OVER = re.compile(r"\b(?:every|any|all|each)\s(?:of\s)?(?:the\s)?(?P<of>[\w-]+(?:\s[\w-]+)?)", re.I)
_EQUALLY = re.compile(r"\b\w+ly\b|\balike\b")
_CAN = re.compile(r"\b(?:can|able to|manages? to|capable of)\s(?!not\b|only\b)(?:also |still |even |be |self |reliably |often )*(?P<verb>\w+)", re.I)  # fmt: skip
_CANNOT = re.compile(r"\b(?:cannot|can't|can’t|can not|unable to|incapable of|never manages? to)\s(?:also |yet |be |self |reliably |even )*(?P<verb>\w+)", re.I)  # fmt: skip
_ABLE_COVERS = 0.65
_ABLE_COSINE = 0.4
_DENIED = re.compile(r"\b(?:not|never|no|none|neither|nor|hardly|rarely|only|\w+n['’]t)\b", re.I)
_IF = re.compile(
    r"\b(?:when|whenever|if|unless|once|until|after|before|with|without|only|as (?:soon|long) as|provided|given|where|by|for|on|in|under|at|from)\s+(?P<what>[^,.;]+)", re.I
)  # fmt: skip
_SOLE = re.compile(r"\bonly (?P<which>\w+) (?P<of>[a-z]+)\b", re.I)
_RIGHT = frozenset("accurate correct right true valid genuine real sound truthful informative faithful".split())
_WRONG = frozenset(
    "inaccurate incorrect wrong false invalid fake inverted random spurious arbitrary flipped shuffled corrupted uninformative".split()
)
_LEAST, _FEWEST, _MOSTLY = 0.4, 3, 0.6
"""The cosine, and how many and how much of the words besides, that "only" asks to have in common."""
_WORKS = frozenset(map(stem, "work function apply".split()))


def excepted(text: str, other: str) -> tuple[str, str] | None:
    """ "Help every base model" against "lift Qwen but not Llama": one subject, one direction."""
    over = _OVER.search(_NOT_EVERY.sub(" ", text))
    if over is None or _DENIED.search(text) or content(_EQUALLY.sub(" ", text[over.end() :])):
        return None  # "every student of the first year" takes in fewer
    mine, whom = _told(text[: over.start()]), _stems(content(over["of"]))
    clauses = plain(other)
    denied = {stem for clause in clauses if clause.denied for stem in _stems(content(clause.text))}
    if any((whom - denied) & _stems(content(clause.text)) for clause in clauses if not clause.denied):
        return None
    for clause in clauses:
        theirs = _told(clause.text.replace(" do not ", " "))
        if clause.denied and mine and theirs and mine[0] == theirs[0] and _alike(mine[1], theirs[1]):
            return over[0], clause.text
    return None


def _told(text: str) -> tuple[frozenset[str], str] | None:
    """The subject of a clause, if it has two words or more, and its verb."""
    line = line_of(text)
    at = predicate_of(line)
    if at is None:
        at = next((i for i, word in enumerate(line.lower) if i > 1 and stem(word) in _WORKS), None)
    if not at:
        return None
    subject = frozenset(word.stem for word in content(" ".join(line.shown[:at])))
    return (subject, line.lower[at]) if len(subject) > 1 else None


def _alike(one: str, other: str) -> bool:
    if stem(one) == stem(other):
        return True
    x, y = sense(one), sense(other)
    good = [each is not None and each.kind in ("worth", "change") and each.sign > 0 for each in (x, y)]
    works = [stem(each) in _WORKS for each in (one, other)]
    return all(a or b for a, b in zip(good, works, strict=True))


def alone(text: str, other: str, near: Near) -> tuple[str, str] | None:
    """ "Inverted rewards help" against "only accurate rewards help", where the rest is shared."""
    sole = _SOLE.search(other)
    if sole is None or near.cosine < _LEAST or _DENIED.search(text) or near.telling < 2:
        return None
    named = re.search(rf"\b(?P<which>\w+) {re.escape(sole['of'])}\b", text, re.I)
    if named is None or _rightness(named["which"]) * _rightness(sole["which"]) >= 0:
        return None
    rest, said = _stems(content(f"{other[: sole.start()]} {other[sole.end() :]}")), _stems(content(text))
    return (named[0], sole[0]) if len(rest & said) >= max(_FEWEST, _MOSTLY * len(rest)) else None


def _rightness(word: str) -> int:
    return 1 if word.lower() in _RIGHT else -1 if word.lower() in _WRONG else 0


def able(text: str, other: str, near: Near) -> tuple[str, str] | None:
    """ "Can" against "cannot" of one verb, with nothing that limits the denial, or that limits the sentence alone."""
    if near.covers < _ABLE_COVERS or near.cosine < _ABLE_COSINE or near.telling < 2:
        return None
    can, cannot, other_can, other_cannot = (*_each(text), *_each(other))
    if can and not cannot and other_cannot and not other_can:
        mine, theirs, limits, scope = can, other_cannot, firm(conditions_in(other)), other
    elif cannot and not can and other_can and not other_cannot and near.telling >= _FEWEST:
        mine, theirs, limits, scope = cannot, other_can, (), other
    else:
        return None
    if stem(mine["verb"]) != stem(theirs["verb"]):
        return None
    said, held = _stems(content(text)), _stems(content(scope))
    if any(len(_stems(content(each)) & said) * 2 < len(_stems(content(each))) for each in limits):
        return None
    narrower = [_stems(content(match["what"])) for match in _IF.finditer(text)]
    if any(words and len(words & held) * 2 < len(words) for words in narrower):
        return None
    if bool(re.search(r"\bonly\b|\bunless\b", text, re.I)) or bool(
        re.search(r"\bonly\b|\bunless\b|\bsometimes\b", other, re.I)
    ):
        return None
    return mine[0], theirs[0]


def _each(text: str) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    return _CAN.search(text), _CANNOT.search(text)


def _stems(words: tuple[Word, ...]) -> set[str]:
    return {word.stem for word in words}
