"""Closed-class words of English: negation, antonyms, quantifiers. The one table of each."""

from pathlib import Path

from kb.language.stems import stem

NEGATORS = frozenset(
    """not no never nor neither cannot without hardly barely rarely seldom scarcely none nobody nothing nowhere""".split()
)
"""Words that deny what they stand before."""

AUXILIARIES = frozenset(
    """do does did is are was were be been being am has have had can could may might must will would should shall need to""".split()
)
"""Verbs that carry tense, mood and negation for another."""

PREPOSITIONS = frozenset(
    """of in on at by for from with to into onto over under between among amongst within during after before against through throughout via across
    toward towards upon about beyond per as than when if unless once while where until despite because since without following due""".split()
)
"""Words that relate, and conjunctions."""

DETERMINERS = frozenset("the a an this that these those its their his her our your my each every some any all no both such another most many several".split())  # fmt: skip
"""Words that point at what follows."""

HEDGES = frozenset(
    """may might could some most mostly mainly often sometimes usually largely partly partially somewhat likely possibly probably perhaps suggests
    suggest tends tend generally typically apparently all always every never rarely seldom only few many any nearly almost hardly can""".split()
)
"""Words that make less sure."""

DEGREES = frozenset(
    """significantly substantially markedly strongly greatly highly considerably sharply clearly notably appreciably dramatically
    noticeably much very indeed really even""".split()
)
"""Words that say how much, and leave the verb as it is."""

GENERAL = frozenset(
    map(
        stem,
        "performance accuracy score result quality reasoning outcome benchmark ability capability model train task method problem language".split(),
    )
)
"""Stems that are in every research note: two sentences that share only these need not share a subject."""

UNIVERSALS = frozenset(
    """all every always each any everyone everybody everything everywhere invariably whenever universally entirely completely
    wholly fully purely solely exclusively inevitably necessarily guarantees guarantee guaranteed prove proves proved proven""".split()
)
"""Words that leave nothing out."""

PARTIALS = frozenset(
    """some many most several few often sometimes usually mostly mainly partly largely may might can could nearly almost about
    generally typically tends tend likely probably possibly suggests suggest rarely seldom half occasionally""".split()
)
"""Words that leave something out, or open."""


def _sides() -> dict[str, frozenset[tuple[int, int]]]:
    """The axes of a word, and on which side of each it stands: "rise increase / fall decrease" is a line of the table."""
    found: dict[str, set[tuple[int, int]]] = {}
    lines = Path(__file__).with_name("words").joinpath("antonyms.txt").read_text("utf-8").splitlines()
    for axis, line in enumerate(lines):
        for side, words in enumerate(line.split("/")):
            for word in words.split():
                for form in {word, stem(word)}:
                    found.setdefault(form, set()).add((axis, side))
    return {word: frozenset(sides) for word, sides in found.items()}


_SIDES = _sides()
_NONE: frozenset[tuple[int, int]] = frozenset()
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "non-", "mis")


def is_negator(word: str) -> bool:
    """ "not", "never", "doesn't"."""
    return word in NEGATORS or word.endswith("n't")


def are_antonyms(one: str, other: str) -> bool:
    """ "rises" and "falls", "stable" and "unstable"; words that cannot both be meant of one thing."""
    mine, theirs = (_SIDES.get(word, _NONE) | _SIDES.get(stem(word), _NONE) for word in (one, other))
    if any((axis, 1 - side) in theirs for axis, side in mine) and not mine & theirs:
        return True
    short, long = sorted((one, other), key=len)
    return any(
        long.startswith(prefix) and stem(long.removeprefix(prefix)) == stem(short) and len(short) > 3
        for prefix in _PREFIXES
    )
