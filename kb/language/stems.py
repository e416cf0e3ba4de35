"""Stems of English words: crude on purpose, cut alike for tables and for texts, so that "reduce" and "reduction" meet."""

import re
from functools import lru_cache

_SUFFIXES = (
    "izations", "ization", "ations", "ation", "ements", "ement", "ments", "ment", "ities", "ity", "nesses", "ness", "ings", "ing", "edly",
    "ively", "ally", "ied", "ies", "ions", "ion", "ized", "izes", "ize", "ates", "ated", "ate", "ers", "er", "ed", "ive", "ly", "es", "s", "e", "y",
)  # fmt: skip
_SHORTEST = 3
_LONGEST = 7
_IRREGULAR = dict(
    pair.split(":")
    for pair in """fell:fall fallen:fall rose:rise risen:rise grew:grow grown:grow lost:lose losing:lose led:lead taught:teach learnt:learn
    made:make found:find shown:show gave:give given:give held:hold kept:keep arose:arise brought:bring beaten:beat shrank:shrink
    shrunk:shrink slower:slow slowest:slow longer:long longest:long shorter:short bigger:big larger:large smaller:small wrote:write
    higher:high highest:high lower:low lowest:low lowers:reduce lowered:reduce lowering:reduce fewer:few fewest:few analyses:analysis men:man
    women:woman mice:mouse children:child understood:understand chose:choose overestimates:overestimate""".split()
)
_BRITISH = re.compile(r"(?<=\w{4})is(?=(?:e|ed|es|ing|ation|ations|er)$)|(?<=\w{2})ou(?=r(?:s|ed|ing|al)?$)")
_VERSION = re.compile(r"^([a-z]{3,}?)-?\d+\.\d.*$")
"""Qwen2.5-Math-7B speaks of Qwen; the number of a gene, RAD52, is its name."""
_BRITISH_TO = {"is": "iz", "ou": "o"}


@lru_cache(65_536)
def stem(word: str) -> str:
    """What the forms of a word have in common, roughly."""
    word = word.lower().replace("’", "'")
    word = _VERSION.sub(r"\1", word.removesuffix("'s").removesuffix("n't"))
    word = _IRREGULAR.get(word, word)
    if len(word) <= _SHORTEST:
        return word
    word = _BRITISH.sub(lambda match: _BRITISH_TO[match[0]], word)
    if word.endswith(("ction", "ctions")):
        word = word.removesuffix("s")[: -4 if "uction" in word else -3]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST and not word.endswith("ss"):
            word = word[: -len(suffix)]
            break
    if word.endswith(("abil", "ibil")):
        word = word[:-2] + "l"
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] != "s":
        word = word[:-1]
    if word[-1] == "i":
        word = word[:-1] + "y" if len(word) <= _SHORTEST + 1 else word[:-1]
    return word[:_LONGEST]
