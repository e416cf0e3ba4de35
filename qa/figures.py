"""The numbers of a statement held against those of its claims: altered, or fairly told in other words.

A writer may round, count in words, say "half" for 50% and give the difference of two figures; nothing else is in a claim
that is not there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from ingest.quantities import SCALES
from kb.language.closed_class import EMPTY
from kb.language.stems import stem

_UNITS = """zero:0 one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 twelve:12 thirteen:13 fourteen:14
    fifteen:15 sixteen:16 seventeen:17 eighteen:18 nineteen:19 twenty:20 thirty:30 forty:40 fifty:50 sixty:60 seventy:70 eighty:80 ninety:90"""
_WORDS = {name: float(value) for name, value in (pair.split(":") for pair in _UNITS.split())}
_POWERS = SCALES | {"hundred": 1e2, "dozen": 12.0}
_PARTS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fifth": 1 / 5, "sixth": 1 / 6, "seventh": 1 / 7, "eighth": 1 / 8, "tenth": 1 / 10, "twentieth": 1 / 20, "hundredth": 1 / 100}  # fmt: skip
_NAMES = "|".join(_WORDS)
_SCALED = r"hundred|thousand|million|billion|trillion|dozen"
_FIGURE = re.compile(
    r"(?<![\w.,·$€£/@^-])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s?-?(?P<scale>" + _SCALED + r")\b|(?P<glued>[kKMB])(?!\w))?(?![\d]|\.\d|s\b)"
    r"(?P<unit>\s?(?:%|percent\b|per cent\b)|\s?(?:percentage )?points?\b|\s?(?:×|x\b)|[\s-](?:times|fold)\b)?"
    r"|\b(?:(?P<many>" + _NAMES + r"|an?)[\s-])?(?P<part>half|halves|thirds?|quarters?|fifths?|sixths?|sevenths?|eighths?|tenths?|twentieths?|hundredths?)\b"
    r"|\b(?P<word>" + _NAMES + r")\b(?:-(?P<ones>one|two|three|four|five|six|seven|eight|nine)\b)?(?P<powers>(?:\s(?:" + _SCALED + r")\b)*)"
    r"(?P<word_unit>\s(?:percent|per cent)\b|\s(?:percentage )?points?\b|[\s-](?:times|fold)\b)?"
    r"|\b(?:an?\s)?(?P<bare>hundred|thousand|million|dozen)(?P<bare_more>(?:\s(?:thousand|million))?)\b(?!s)(?P<bare_unit>[\s-](?:times|fold)\b)?"
    r"|\b(?P<double>twice|doubl(?:es?|ed|ing)|tripl(?:es?|ed|ing)|halv(?:es?|ed|ing)|twofold|tenfold)\b",
    re.I,
)  # fmt: skip
_TIMES = {"twice": 2.0, "doubl": 2.0, "tripl": 3.0, "halve": 0.5, "halvi": 0.5, "twofo": 2.0, "tenfo": 10.0}
_RANGE = re.compile(r"(?<=\d)\s?(%?)\s?[-–—]\s?(?=\d)")
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
_PLACE = re.compile(r"\b(?:sections?|figures?|figs?\.?|tables?|chapters?|pages?|pp?\.|theorems?|appendix)\s$", re.I)
_CUT = re.compile(r"[,;:()]|\.\s|\s(?:and|while|whereas|but|versus|against|than|to)\s", re.I)
_TOKEN = re.compile(r"[A-Za-z][\w'’.+-]*\w|[A-Za-z]")
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
    found = []
    for match in _FIGURE.finditer(text):
        if _PLACE.search(text, max(0, match.start() - 12), match.start()):
            continue
        figure = _read(match, text)
        if figure is not None:
            found.append(figure)
        if len(found) >= _MOST:
            break
    for at, (one, other) in enumerate(pairwise(found)):
        if other.unit == "%" and not one.unit and re.fullmatch(r"\s*(?:;|to|and|or)\s*", text[one.end : other.start]):
            found[at] = Figure(one.value, one.shown, one.start, one.end, "%", one.in_words)
    return found


def _read(match: re.Match[str], text: str) -> Figure | None:
    groups = match.groupdict()
    start, end, shown = match.start(), match.end(), match[0].strip()
    if groups["digits"]:
        value = float(groups["digits"].replace(",", ""))
        value *= _POWERS.get((groups["scale"] or groups["glued"] or "").lower(), 1.0)
        return Figure(value, shown, start, end, _unit(groups["unit"]))
    if groups["part"]:
        name = groups["part"].lower()
        name = "half" if name.startswith("hal") else name.removesuffix("s")
        many = _WORDS.get((groups["many"] or "").lower(), 1.0)
        if name in ("third", "fifth", "sixth", "seventh", "eighth", "tenth", "quarter") and not groups["many"]:
            return None  # "the third study"
        return Figure(100 * many * _PARTS[name], shown, start, end, "part", True)
    if groups["double"]:
        return Figure(_TIMES[groups["double"][:5].lower()], shown, start, end, "x", True)
    if groups["bare"]:
        value = _POWERS[groups["bare"].lower()] * _POWERS.get((groups["bare_more"] or "").strip().lower(), 1.0)
        return Figure(value, shown, start, end, _unit(groups["bare_unit"]), True)
    value = _WORDS[groups["word"].lower()] + _WORDS.get((groups["ones"] or "").lower(), 0.0)
    powers = (groups["powers"] or "").split()
    for power in powers:
        value *= _POWERS[power.lower()]
    if text[end : end + 1] == "-" and not powers and not groups["word_unit"]:
        return None if value <= 1 else Figure(value, shown, start, end, "", True)  # "zero-shot", "one-example"
    return Figure(value, shown, start, end, _unit(groups["word_unit"]), True)


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
    spelt = [_joined(name) for claim in claims for name in _NAME.findall(claim)]
    return [
        name
        for name in dict.fromkeys(_NAME.findall(statement))
        if not any(_joined(name) in text for text in known) and not any(other in _joined(name) for other in spelt)
    ]


def _joined(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _idle(figure: Figure, text: str) -> bool:
    """Whether a number asserts nothing: a year, "one of the two", "both studies"."""
    if figure.in_words and not figure.unit and figure.value != 0:
        if figure.value <= _SMALL:
            return True
        if _COUNTED.match(text, figure.end) and figure.value <= 12:
            return True
    if figure.unit == "part" and re.match(
        r"\s*+(?:of the|the)?\s*(?:story|account|picture|truth)\b", text[figure.end :], re.I
    ):
        return True
    return (
        not figure.unit and not figure.in_words and figure.value == int(figure.value) and 1900 <= figure.value <= 2099
    )


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
    if abs(said - value) < 1e-9 * max(1.0, abs(value)):
        return True
    if (said < 0) is not (value < 0) and said and value:
        return False
    if figure.unit == "part":
        return abs(said - value) <= (4.0 if _LOOSE.search(before) else 5.0 if _bounded(said, value, before) else 0.7)
    if _bounded(said, value, before):
        return True
    if _rounded(said, value):
        return True
    return bool(_LOOSE.search(before)) and _places(said) < _places(value) and abs(said - value) <= _SLACK * abs(value)


def _bounded(said: float, value: float, before: str) -> bool:
    if _places(said) >= _places(value):
        return False
    if _MORE.search(before):
        return said < value <= said * _STRETCH
    return bool(_LESS.search(before)) and said / _STRETCH <= value < said


def _places(value: float) -> int:
    """Digits that say something: 2 of 820, 1 of 800, 3 of 54.6. A round number may stand for another, not the reverse."""
    return len(f"{abs(value):.10g}".replace(".", "").strip("0"))


def _rounded(said: float, value: float) -> bool:
    """To a whole number from ten on, or to fewer decimals: 72 for 72.4; "73.6" is no rounding of 73.64's neighbours."""
    decimals = len(f"{said:.6f}".rstrip("0").partition(".")[2])
    if decimals == 0 and abs(value) < 10 and abs(value) != int(abs(value)) and abs(said - value) > 0.25:
        return False
    return abs(said) >= 1 and abs(said - value) <= 0.5 * 10**-decimals + 1e-9 and value != int(value)


def _derived(figure: Figure, known: Sequence[Figure]) -> list[float]:
    """What follows from two figures: how far apart they are, how many times, what share."""
    found: list[float] = []
    if figure.unit in ("points", "%"):
        of = [each.value for each in known if each.unit in ("%", "points")]
        found += [round(abs(a - b), 6) for a, b in permutations(of, 2) if a > b]
        if figure.unit == "points":
            return found
    if figure.unit == "x":
        found += [1 + each.value / 100 for each in known if each.unit == "%"] + [
            each.value for each in known if each.unit == "x"
        ]
    if figure.unit in ("x", "part"):
        scale = 100.0 if figure.unit == "part" else 1.0
        for a, b in permutations(known, 2):
            if b.value and a.unit == b.unit and (a.value < b.value) is (figure.unit == "part"):
                found.append(scale * a.value / b.value)
    return found


def crossed(statement: str, claims: Sequence[str]) -> tuple[Figure, Figure] | None:
    """Two numbers that change places between a claim and the statement, by the words beside each."""
    back = {(b.value, a.value): (a, b) for a, b in _journeys(statement)}
    there = {(a.value, b.value) for claim in claims for a, b in _journeys(claim)}
    for ends, pair in back.items():
        if ends in there and ends[::-1] not in there:
            return pair
    known = {value for ends in there for value in ends}
    for a, b in back.values():
        if {a.value, b.value} <= known and (a.value, b.value) not in there and (b.value, a.value) not in there:
            return a, b
    mine = _settings(statement)
    for claim in claims:
        theirs = _settings(claim)
        for (x, near_x), (y, near_y) in permutations(mine, 2):
            if x.start > y.start or x.value == y.value:
                continue
            at_x = next((words for figure, words in theirs if figure.value == x.value), None)
            at_y = next((words for figure, words in theirs if figure.value == y.value), None)
            if at_x is None or at_y is None:
                continue
            straight = (len(near_x & (at_x - at_y)), len(near_y & (at_y - at_x)))
            turned = (len((near_x - near_y) & (at_y - at_x)), len((near_y - near_x) & (at_x - at_y)))
            if min(turned) >= 1 and sum(turned) > sum(straight) + 1:
                return x, y
    return None


def _journeys(text: str) -> list[tuple[Figure, Figure]]:
    """The two ends of each "from 36.0% to 73.6%"."""
    found = figures(text)
    return [
        (one, other)
        for one, other in pairwise(found)
        if text[one.end : other.start].strip() == "to" and text[: one.start].rstrip().lower().endswith("from")
    ]


def _settings(text: str) -> list[tuple[Figure, frozenset[str]]]:
    """Each number with the content words beside it, as far as the next comma, "and" or number."""
    found = figures(text)
    if len(found) < 2:
        return []
    ends = sorted({0, len(text), *(cut.end() for cut in _CUT.finditer(text))})
    placed = []
    for at, figure in enumerate(found):
        start = max(end for end in ends if end <= figure.start)
        stop = min((end for end in ends if end >= figure.end), default=len(text))
        if at and found[at - 1].end > start:
            start = min(found[at - 1].end + 12, figure.start)
        if at + 1 < len(found) and found[at + 1].start < stop:
            stop = min(figure.end + 12, found[at + 1].start)
        words = _TOKEN.findall(text[start : figure.start] + " " + text[figure.end : stop])
        placed.append((figure, frozenset(stem(word) for word in words if word.lower() not in EMPTY)))
    return placed
