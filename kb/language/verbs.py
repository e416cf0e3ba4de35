"""Finite verbs: whether words make a sentence or only a phrase ("The concept of the gardener from the 1990s.").

No parser: an auxiliary, a pronoun that is only a subject, a form that hardly ever is a noun, or an ending in a place where
only a verb can stand. What has none of these is a phrase. Where an ending may be either, it counts as a verb.
"""

import re
from pathlib import Path

from kb.language.closed_class import AUXILIARIES, DETERMINERS, NEGATORS, PREPOSITIONS

_WORDS = Path(__file__).with_name("words")
_BASES, _NOUNS_TOO, _PAST = (
    frozenset((_WORDS / file).read_text("utf-8").split())
    for file in ("verbs.txt", "verbs_and_nouns.txt", "past_forms.txt")
)
"""Verbs by their base form, those of them that are nouns as well, which count in the places where a verb stands, and past forms."""
_NOT_PAST = frozenset("need seed speed feed breed red bed hundred indeed embed led shed based so-called united".split())
_DEMONSTRATIVES = frozenset("this that these those".split())
_SEVERAL = frozenset("all both many most some few others several".split())
_PLURALS = frozenset(
    "people men women children mice data media criteria phenomena others many some most few both".split()
)
_ADJECTIVAL = ("al", "ic", "ive", "ous", "ary", "ful", "less", "ed", "ing", "able", "ible", "an", "ent", "ant")
_PREFIX = re.compile(r"^(?:up|down|over|under|out|re|mis|co|pre|un)-?(?=\w{4})")
_ADVERBS = frozenset("also then thus often always never still even".split())
_JOINING = frozenset("and or but nor as vs versus via also".split())
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+|[→=≠≈<>≤≥]")
_ALWAYS = (AUXILIARIES - {"need", "to"}) | frozenset("i we they he she who it you there cannot → = ≠ ≈ < > ≤ ≥".split())
"""Words that carry a verb, stand for a subject alone, or are one."""
_CONTRACTED = re.compile(
    r"(?:n't|'(?:re|ve|ll|d|m))$|^(?:it|that|there|he|she|who|what|here|this)'s$"
)  # "doesn't", "it's"
_AFTER = (
    DETERMINERS
    | NEGATORS
    | frozenset("that how whether why what which who it them him us me themselves itself to only also both".split())
)
_NO_VERB_AFTER = DETERMINERS | (
    PREPOSITIONS - {"than", "while", "because", "since", "if", "when", "where", "once", "unless", "until"}
)


def has_finite_verb(text: str, *, ends: bool = False) -> bool:
    """Whether a text states something: "Plants wilt." does, "The wilting of plants." does not.

    With `ends`, it ends like a sentence, and a form that may be a noun or a verb counts as a verb.
    """
    words = _WORD.findall(text.lower().replace("’", "'"))
    return not _ALWAYS.isdisjoint(words) or any(
        _is_verb(word, before, after) or (ends and _may_be_verb(word, before, after))
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False)
    )


def may_be_verb(word: str) -> bool:
    """Whether a word is a form of a verb, whatever else it may be."""
    return _base(word) is not None or word in _PAST or word.endswith("ed")


def _is_verb(word: str, before: str, after: str) -> bool:
    if _CONTRACTED.search(word):
        return True
    if before in _DEMONSTRATIVES or before in _SEVERAL:
        singular = before in ("this", "that")
        if before == "that" and word in _BASES:
            return True  # "walls that face the rain"
        return _is_plural(word) == singular and (_base(word) is not None or (singular and after in _AFTER))
    if before in _ADVERBS and word not in _NO_VERB_AFTER:
        return _base(word) is not None or word.endswith("ed") or (_is_plural(word) and after not in ("of", ""))
    if before in _NO_VERB_AFTER:
        return False
    if word in _PAST or (
        word.endswith("ed") and "-" not in word and word not in _NOT_PAST and (before or after in _AFTER)
    ):
        return True
    base = _base(word)
    if base is not None:
        third = _is_plural(word)
        return (
            base not in _NOUNS_TOO
            or after in _AFTER
            or (before.endswith("ly") and len(before) > 4)
            or (not third and _is_plural(before))
            or not (before or third)
        )
    if before.endswith("ly") and len(before) > 4 and _is_plural(word) and after not in ("of", ""):
        return True
    return word.endswith("s") and not word.endswith(("ss", "us", "is")) and bool(before) and after in _AFTER - {"to"}


def _may_be_verb(word: str, before: str, after: str) -> bool:
    """ "The paper maps years of research", "The markups cascade into the price": a noun stands before it."""
    if (
        not before
        or before in _NO_VERB_AFTER
        or {before, word} & _JOINING
        or word in _NO_VERB_AFTER
        or after in ("of", "")
    ):
        return False
    if _base(word) is not None:
        return True
    if _is_plural(word):  # "Damp air rusts widgets"
        return not (_is_plural(before) or before.endswith(_ADJECTIVAL) or after in PREPOSITIONS or after in _JOINING)
    closed = after in DETERMINERS or after in PREPOSITIONS
    return _is_plural(before) and closed and not word.endswith(("ing", "ly", "ion", *_ADJECTIVAL))


def _is_plural(word: str) -> bool:
    return word in _PLURALS or (word.endswith("s") and not word.endswith(("ss", "us", "is", "'s")))


def _base(word: str) -> str | None:
    """The verb that a present form belongs to: "relies" -> "rely", "upweights" -> "weight"."""
    for ending, base in (("", ""), ("ies", "y"), ("es", ""), ("es", "e"), ("s", "")):
        verb = word.removesuffix(ending) + base
        if verb in _BASES and word.endswith(ending):
            return verb
        bare = _PREFIX.sub("", verb)
        if bare != verb and bare in _BASES and word.endswith(ending):
            return bare
    return None
