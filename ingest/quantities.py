"""The numbers a sentence states: what is measured, how much, in what unit."""

import re

from kb.claim import Quantity

_NUMBER = re.compile(
    r"(?<![\w.,·$€£/-])(?P<sign>[-−–]\s?)?(?P<money>[$€£])?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!s\b|\d)"
    r"(?P<scale>\s?(?:million|billion|trillion|thousand)\b|[kKMB](?![\w]))?"
    r"(?:(?P<glued>ms|min|GB|MB|KB|TB|kg|mg|cm|mm|km|nm|GHz|Hz|h)\b|\s?(?P<sign_unit>%|°C|°F|×|x\b)|[\s-](?P<word>[A-Za-z][a-z]+(?:\s(?:points?|hours?|params|parameters|examples|tokens|steps))?))?"
)
SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9, "trillion": 1e12}
_UNIT_WORDS = {
    "percent": "%", "percentage point": "points", "percentage points": "points", "pp": "points", "times": "x", "fold": "x",
    "params": "parameters",
}  # fmt: skip
_NO_UNIT = frozenset(
    "and or of to in on at by for from with the a an is are was were as than then that which while when but per out over under more less between after before into if not via so it its this these".split()
)
_MEASURES = re.compile(
    r"\b(?:(?P<modifier>[A-Za-z][\w-]+)\s+)?(?P<measure>accurac(?:y|ies)|performance|scores?|loss(?:es)?|errors?|rates?|precision|recall|"
    r"perplexity|f1|bleu|rouge|pass@\d+|gains?|improvements?|drops?|reductions?|speedups?|costs?|probabilit(?:y|ies)|"
    r"size|length|budget|latency|throughput|correlations?|agreement|coverage|share|proportion|fraction|variance|"
    r"faithfulness|diversity|temperature|risk|prevalence|mortality|survival|incidence|dose|concentration)\b",
    re.IGNORECASE,
)
_DULL = frozenset("the a an its their of in on this that more less overall to from and or average mean".split())
_DIGIT = re.compile(r"\d")
_RANGE = re.compile(r"(\d)\s?[-–]\s?(\d+(?:\.\d+)?\s?%)")
_POWER = re.compile(r"\b10\^(\d{1,2})\b")
PLACE = re.compile(
    r"\b(?:sections?|figures?|figs?\.?|tables?|eqs?\.?|chapters?|pages?|pp?\.|steps?|lines?|theorems?|appendix)\s$",
    re.I,
)
_MOST = 12


def quantities(text: str) -> tuple[Quantity, ...]:
    """Quantities in the order of the sentence; years, versions and names such as GPT-4 are none."""
    if not _DIGIT.search(text):
        return ()
    found: list[Quantity] = []
    measures: list[tuple[int, str]] | None = None
    text = _POWER.sub(lambda power: str(10 ** int(power[1])), _RANGE.sub(r"\1% to \2", text))
    last = -1
    for match in _NUMBER.finditer(text):
        if PLACE.search(text, max(0, match.start() - 12), match.start()):
            continue
        value = float(match["number"].replace(",", ""))
        scale = (match["scale"] or "").strip().lower()
        unit = _unit(match)
        second = last >= 0 and text[last : match.start()].strip() == "to"  # the 8 of "from 21 to 8"
        plain = not scale and not match["money"] and not match["sign_unit"]
        small = not unit and value < 10 and "." not in match["number"] and not second
        if plain and (re.fullmatch(r"(?:18|19|20)\d\d", match["number"]) or small):
            continue
        last = match.end("number")
        value *= SCALES.get(scale, 1.0)
        if match["sign"] and match["sign"].strip() in "-−":
            value = -value
        if measures is None:
            measures = [(m.start(), _named(m)) for m in _MEASURES.finditer(text)]
        before = [name for at, name in measures if at < match.start()]
        found.append(Quantity(quantity=before[-1] if before else "", value=value, unit=unit))
        if len(found) == _MOST:
            break
    return tuple(found)


def _unit(match: re.Match[str]) -> str:
    if match["money"]:
        return match["money"]
    if match["glued"]:
        return match["glued"]
    if match["sign_unit"]:
        return {"×": "x"}.get(match["sign_unit"], match["sign_unit"])
    word = (match["word"] or "").lower()
    if word in _UNIT_WORDS:
        return _UNIT_WORDS[word]
    first = word.split(" ")[0]
    if first in _NO_UNIT or first.endswith(("ed", "ing", "ly")):
        return ""
    return _UNIT_WORDS.get(first, word if len(word) > 1 else "")


def _named(match: re.Match[str]) -> str:
    modifier = (match["modifier"] or "").lower()
    measure = match["measure"].lower()
    return measure if not modifier or modifier in _DULL else f"{modifier} {measure}"
