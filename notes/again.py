"""Whether a sentence that is near a claim says it again. Antonyms are near, and so are two sides exchanged."""

import re

from notes.neighbours import content

_DENIES = frozenset("no not none never nothing nobody neither nor cannot without hardly rarely seldom barely".split())
_WEIGHTY = _DENIES | frozenset(
    """alike same similar similarly identical different differently differ differs opposite little few fewer less least more most many much excessive excessively
    minimal negligible too enough all every each always often sometimes usually only half better worse best worst higher lower larger smaller bigger large small big long
    longer short shorter strong stronger weak weaker easy easier hard harder simple complex early late earlier later first last before after faster slower
    ignore ignores ignored follow follows followed resist resists improve improves improved hurt hurts harm harms raise raises lower lowers increase increases decrease decreases
    gain gains lose loses win wins fail fails failed succeed succeeds help helps prevent prevents cause causes help hinder hinders reduce reduces
    can may must need needs needless useless essential true false right wrong correct incorrect random real fake human machine teacher student""".split()
)
"""Words that turn a sentence when they change."""
_WORD = re.compile(r"[a-z]+(?:['’]t)?")
_NUMERIC = re.compile(r"\b(?:more|less|fewer|better) than (?=[\d$€£])")
_ORDERED = re.compile(r"\b(?:not|whereas|while|but|than|rather|instead|unlike|over)\b|;")


def says_again(text: str, other: str) -> bool:
    """Nothing that would turn it is added, taken away or exchanged."""
    mine, theirs = _weighty(text), _weighty(other)
    if mine - theirs or (theirs - mine) & _DENIES:
        return False
    return _sides_kept(_NUMERIC.sub("", text.lower()), _NUMERIC.sub("", other.lower()))


def _sides_kept(text: str, other: str) -> bool:
    """Whether what stands before "not" or "than" in the one does not stand behind it in the other."""
    mine, theirs = _ORDERED.search(text), _ORDERED.search(other)
    if mine is None:
        return True
    if theirs is None:
        return _in_order(text, other)
    before, after = _stems(text[: mine.start()]), _stems(text[mine.end() :])
    its_before, its_after = _stems(other[: theirs.start()]), _stems(other[theirs.end() :])
    return not (before & its_after - its_before or after & its_before - its_after)


def _stems(text: str) -> set[str]:
    return {word.stem for word in content(text)}


def _weighty(text: str) -> set[str]:
    words = ("not" if word.endswith(("n't", "n’t")) else word for word in _WORD.findall(text.lower()))
    found = {word for word in words if word in _WEIGHTY}
    return {word[:-1] if word.endswith("s") and word[:-1] in _WEIGHTY else word for word in found}


def _in_order(text: str, other: str) -> bool:
    """Whether the words that both have stand in one order."""
    mine, theirs = ([word.stem for word in content(each)] for each in (text, other))
    once = {stem for stem in mine if mine.count(stem) == 1 == theirs.count(stem)}
    return [stem for stem in mine if stem in once] == [stem for stem in theirs if stem in once]
