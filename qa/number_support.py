"""The numbers of a statement held against those of its claims: altered, or fairly told in other words.

A writer may round, count in words, say "half" for 50% and give the difference of two figures; nothing else is in a claim
that is not there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, permutations

from ingest.quantities import SCALES, names_place
from qa.word_support import content

_UNITS = """zero:0 one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 twelve:12 thirteen:13 fourteen:14
    fifteen:15 sixteen:16 seventeen:17 eighteen:18 nineteen:19 twenty:20 thirty:30 forty:40 fifty:50 sixty:60 seventy:70 eighty:80 ninety:90"""
_POWERS = SCALES | {"hundred": 1e2, "dozen": 12.0}
_WORDS = _POWERS | {name: float(value) for name, value in (pair.split(":") for pair in _UNITS.split())}
_PARTS = {"hal": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "tenth": 10, "twentieth": 20, "hundredth": 100}  # fmt: skip
_TIMES = {"twice": 2.0, "doubl": 2.0, "tripl": 3.0, "halve": 0.5, "halvi": 0.5, "twofo": 2.0, "tenfo": 10.0}
_NAMES, _SCALED = ("|".join(name for name in table if len(name) > 1) for table in (_WORDS, _POWERS))
_FIGURE = re.compile(
    r"\b(?:(?P<many>"
    + _NAMES
    + r"|an?)[\s-])?(?P<part>half|halves|thirds?|quarters?|fifths?|sixths?|sevenths?|eighths?|tenths?|twentieths?|hundredths?)\b"
    r"|\b(?P<double>twice|doubl(?:es?|ed|ing)|tripl(?:es?|ed|ing)|halv(?:es?|ed|ing)|twofold|tenfold)\b"
    r"|(?:(?<![\w.,·$€£/@^-])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s?-?(?P<scale>"
    + _SCALED
    + r")\b|(?P<glued>[kKMB])(?!\w))?(?![\d]|\.\d|s\b)"
    r"|\b(?:an?\s)?(?P<word>"
    + _NAMES
    + r")\b(?:-(?P<ones>one|two|three|four|five|six|seven|eight|nine)\b)?(?P<powers>(?:\s(?:"
    + _SCALED
    + r")\b)*))"
    r"(?P<unit>\s?(?:%|percent\b|per cent\b)|\s?(?:percentage )?points?\b|\s?(?:×|x\b)|[\s-](?:times|fold)\b)?",
    re.I,
)  # "two thirds", "doubled", "1,000 points", "twenty-one thousand"
_RANGE = re.compile(r"(?<=\d)\s?(%?)\s?[-–—]\s?(?=\d)")
_JOINS = re.compile(r"\s*(?:;|to|and|or)\s*")
_COUNTED = re.compile(
    r"[\s-]+(?:[\w-]+\s+){0,2}?(?:notes?|stud(?:y|ies)|papers?|claims?|authors?|results?|findings?|accounts?|readings?|views?|things?|reasons?|ways?|sides?|camps?|lines?|points of|"
    r"questions?|explanations?|positions?|arguments?|hand|another|others?|processes|approach(?:es)?|methods?|cases|sets of|groups?|kinds?|mechanisms?|conditions?|strands?|works?|reports?)\b",
    re.I,
)
"""What a writer counts himself: the two studies before him."""
_LOOSE = re.compile(
    r"\b(?:about|around|roughly|nearly|almost|some|approximately|close to|just (?:over|under|above|below)|circa|or so|up to|as (?:much|many) as|at (?:least|most)|well over|~)\W*$",
    re.I,
)
_MORE = re.compile(
    r"\b(?:more|greater|better|higher) than\W*$|\b(?:over|above|exceed(?:s|ed|ing)?|upwards of)\W*$", re.I
)
_LESS = re.compile(r"\b(?:less|fewer|lower) than\W*$|\b(?:under|below|short of)\W*$", re.I)
_SMALL = 3
"""Numbers in words up to this are as often a way of speaking ("one of the two") as a figure."""
_STRETCH = 1.12
"""How far above a rounder number "more than" may stand, as a factor: 54.6 is more than half, 92 is not more than 80."""
_SLACK = 0.03
_CUT = re.compile(r"[,;:()]|\.\s|\s(?:and|while|whereas|but|versus|against|than|to)\s", re.I)
_NAME = re.compile(r"\b(?=[A-Za-z0-9.-]*[A-Z])[A-Za-z]+(?:[-.]?[A-Za-z]+)*-?\d[\w.]*(?:-\w+)*\b")
_MOST = 64


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as a text has it."""

    value: float
    shown: str
    start: int
    end: int
    unit: str = ""
    """"%", "points", "x", "part" for a fraction in words; nothing for a count."""
    in_words: bool = False


def figures(text: str) -> list[Figure]:
    """Every number of a text, in digits or in words; names such as GPT-4 and MATH500 have none."""
    # A range gets a comma at the same length: the places stay those of the text.
    text = _RANGE.sub(lambda dash: dash[1] + ";" + " " * (len(dash[0]) - len(dash[1]) - 1), text)
    found: list[Figure] = []
    for match in _FIGURE.finditer(text):
        if not names_place(text, match.start()) and (figure := _read(match)):
            found.append(figure)
        if len(found) >= _MOST:
            break
    for at, (one, other) in enumerate(pairwise(found)):
        if other.unit == "%" and not one.unit and _JOINS.fullmatch(text, one.end, other.start):
            found[at] = replace(one, unit="%")  # "from 52 to 43 %"
    return found


def _read(match: re.Match[str]) -> Figure | None:
    start, end, shown = match.start(), match.end(), match[0].strip()
    unit = _unit(match["unit"])
    if match["digits"]:
        scale = (match["scale"] or match["glued"] or "").lower()
        return Figure(float(match["digits"].replace(",", "")) * _POWERS.get(scale, 1.0), shown, start, end, unit)
    if match["part"]:
        many, name = (match["many"] or "").lower(), match["part"].lower()
        if not many and not name.startswith("hal"):
            return None  # "the third study"
        of = next(parts for part, parts in _PARTS.items() if name.startswith(part))
        return Figure(100 * _WORDS.get(many, 1.0) / of, shown, start, end, "part", True)
    if match["double"]:
        return Figure(_TIMES[match["double"][:5].lower()], shown, start, end, "x", True)
    value = _WORDS[match["word"].lower()] + _WORDS.get((match["ones"] or "").lower(), 0.0)
    for power in match["powers"].lower().split():
        value *= _POWERS[power]
    if value <= 1 and not unit and match.string[end : end + 1] == "-":
        return None  # "zero-shot", "one-example"
    return Figure(value, shown, start, end, unit, True)


def _unit(text: str | None) -> str:
    word = (text or "").strip(" -").lower()
    return "%" if word in ("%", "percent", "per cent") else "points" if "point" in word else "x" if word else ""


def strange(statement: str, claims: Sequence[str]) -> list[Figure]:
    """The numbers of a statement that are in none of the claims, nor follow from theirs."""
    stated = figures(statement)
    if not stated:
        return []
    known = [figure for claim in claims for figure in figures(claim)]
    return [each for each in stated if not _idle(each, statement) and not _told(each, statement, known)]


def strange_names(statement: str, claims: Sequence[str]) -> list[str]:
    """Names with a number in them, GPT-4 or MATH500, that are in none of the claims, however they are joined."""
    known = [_joined(claim) for claim in claims]
    return [
        name for name in dict.fromkeys(_NAME.findall(statement)) if not any(_joined(name) in text for text in known)
    ]


def _joined(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _idle(figure: Figure, text: str) -> bool:
    """Whether a number asserts nothing: a year, "one of the two", "both studies"."""
    if figure.unit:
        return False
    if figure.in_words:
        return 0 < figure.value <= _SMALL or (0 < figure.value <= 12 and bool(_COUNTED.match(text, figure.end)))
    return figure.value == int(figure.value) and 1900 <= figure.value <= 2099


def _told(figure: Figure, text: str, known: Sequence[Figure]) -> bool:
    before = text[max(0, figure.start - 24) : figure.start]
    values = [each.value for each in known if _comparable(figure, each)]
    if any(_alike(figure, value, before) for value in values):
        return True
    if figure.value == 0:
        return False
    return any(_alike(figure, value, before) for value in _derived(figure, known))


def _comparable(one: Figure, other: Figure) -> bool:
    """ "72" may be "72%" and "72 points"; a share is no factor."""
    if one.unit == "part":
        return other.unit in ("%", "part")
    return (
        one.unit == other.unit
        or "" in (one.unit, other.unit)
        or {one.unit, other.unit} in ({"%", "points"}, {"%", "part"})
    )


def _alike(figure: Figure, value: float, before: str) -> bool:
    """Whether a writer may tell this value so."""
    said = figure.value
    if abs(said - value) < 1e-9 * max(1.0, value):
        return True
    if figure.unit == "part":
        return abs(said - value) <= (4.0 if _LOOSE.search(before) else 5.0 if _bounded(said, value, before) else 0.7)
    if _bounded(said, value, before) or _rounded(said, value):
        return True
    return bool(_LOOSE.search(before)) and _places(said) < _places(value) and abs(said - value) <= _SLACK * value


def _bounded(said: float, value: float, before: str) -> bool:
    if _places(said) >= _places(value):
        return False
    if _MORE.search(before):
        return said < value <= said * _STRETCH
    return bool(_LESS.search(before)) and said / _STRETCH <= value < said


def _places(value: float) -> int:
    """Digits that say something: 2 of 820, 1 of 800, 3 of 54.6. A round number may stand for another, not the reverse."""
    return len(f"{value:.10g}".replace(".", "").strip("0"))


def _rounded(said: float, value: float) -> bool:
    """To a whole number from ten on, or to fewer decimals: 72 for 72.4; "73.6" is no rounding of 73.64's neighbours."""
    decimals = len(f"{said:.6f}".rstrip("0").partition(".")[2])
    if decimals == 0 and value < 10 and value != int(value) and abs(said - value) > 0.25:
        return False
    return said >= 1 and abs(said - value) <= 0.5 * 10**-decimals + 1e-9 and value != int(value)


def _derived(figure: Figure, known: Sequence[Figure]) -> list[float]:
    """What follows from two figures: how far apart they are, how many times, what share."""
    found: list[float] = []
    if figure.unit in ("points", "%"):
        of = [each.value for each in known if each.unit in ("%", "points")]
        found += [round(a - b, 6) for a, b in permutations(of, 2) if a > b]
    if figure.unit == "x":
        found += [1 + each.value / 100 for each in known if each.unit == "%"]
    if figure.unit in ("x", "part"):
        scale = 100.0 if figure.unit == "part" else 1.0
        for a, b in permutations(known, 2):
            if b.value and a.unit == b.unit and (a.value < b.value) is (figure.unit == "part"):
                found.append(scale * a.value / b.value)
    return found


def crossed(statement: str, claims: Sequence[str]) -> tuple[Figure, Figure] | None:
    """Two numbers that change places between a claim and the statement, as the ends of "from 36.0% to 73.6%" or by the words beside each."""
    there = {ends for claim in claims for ends in _journeys(claim)}
    for ends, pair in _journeys(statement).items():
        if ends[::-1] in there and ends not in there:
            return pair
    mine = _settings(statement)
    for theirs in map(_settings, claims):
        words = {figure.value: near for figure, near in reversed(theirs)}
        for (x, near_x), (y, near_y) in combinations(mine, 2):
            if x.value == y.value or not {x.value, y.value} <= words.keys():
                continue
            only_x, only_y = words[x.value] - words[y.value], words[y.value] - words[x.value]
            turned = len((near_x - near_y) & only_y), len((near_y - near_x) & only_x)
            if min(turned) >= 1 and sum(turned) > len(near_x & only_x) + len(near_y & only_y) + 1:
                return x, y
    return None


def _journeys(text: str) -> dict[tuple[float, float], tuple[Figure, Figure]]:
    """The two ends of each "from 36.0% to 73.6%", by their values."""
    return {
        (one.value, other.value): (one, other)
        for one, other in pairwise(figures(text))
        if text[one.end : other.start].strip() == "to" and text[: one.start].rstrip().lower().endswith("from")
    }


def _settings(text: str) -> list[tuple[Figure, frozenset[str]]]:
    """Each number with the stems of the content words beside it, as far as the next comma or "and"."""
    ends = [0, *(cut.end() for cut in _CUT.finditer(text)), len(text)]
    placed = []
    for figure in figures(text):
        start = max(end for end in ends if end <= figure.start)
        stop = min(end for end in ends if end >= figure.end)
        beside = f"{text[start : figure.start]} {text[figure.end : stop]}"
        placed.append((figure, frozenset(word.stem for word in content(beside))))
    return placed
