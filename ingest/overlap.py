"""How far two lists of words speak of the same, and whether they speak of more or less of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ingest.lexicon import GENERAL, Word

Rarity = Mapping[str, float] | Callable[[str], float]
"""How much a stem says: about 1 for a usual word, less for one that is everywhere."""
Akin = Callable[[str, str], float]
"""How near two words are in meaning, 0 to 1; below `_AKIN` they are strangers."""
Match = tuple[Word, Word, float]

_AKIN = 0.5


class Shared(NamedTuple):
    """What two sides have in common."""

    weight: float
    share: float
    """Of the shorter side."""
    mutual: float
    """Of the longer side."""
    sign: float
    """1 where what is shared has the same sign on both sides, -1 where it is turned."""
    words: tuple[tuple[Word, Word], ...]


NOTHING = Shared(0.0, 0.0, 0.0, 1.0, ())


def shared(xs: Sequence[Word], ys: Sequence[Word], rarity: Rarity | None = None, akin: Akin | None = None) -> Shared:
    """Each word is matched once, with its own stem, else with the nearest in meaning, or with what it abbreviates."""
    if not xs or not ys:
        return NOTHING
    of_x, of_y = {x.stem: x for x in reversed(xs)}, {y.stem: y for y in reversed(ys)}
    found = [(of_x[key], of_y[key], weight_of(key, rarity)) for key in of_x if key in of_y]
    if akin is not None:
        found += _akin(of_x, of_y, rarity, akin)
    found += [(x, y, each) for x, y, each in _spelt_out(xs, ys, {x.stem for x, _, _ in found}, rarity)]
    found += [(x, y, each) for y, x, each in _spelt_out(ys, xs, {y.stem for _, y, _ in found}, rarity)]
    weight = _sum(each for _, _, each in found)
    if not weight:
        return NOTHING
    least, most = sorted(_sum(weight_of(key, rarity) for key in side) for side in (of_x, of_y))
    sign = _sum(each * x.sign * y.sign for x, y, each in found) / weight
    words = tuple((x, y) for x, y, _ in found)
    return Shared(weight, min(1.0, weight / least) if least else 1.0, min(1.0, weight / most), sign, words)


def weight_of(key: str, rarity: Rarity | None = None) -> float:
    """How much a stem says; "accuracy" and "model" are in every note."""
    if rarity is not None:
        return rarity(key) if callable(rarity) else rarity.get(key, 1.0)
    return 0.5 if key in GENERAL else 1.0 if len(key) > 3 else 0.8


def rivals(xs: Sequence[Word], ys: Sequence[Word]) -> bool:
    """Whether two things of one name are told apart: "bladder cancer", "prostate cancer"."""
    x_stems, y_stems = {x.stem for x in xs}, {y.stem for y in ys}
    heads = {xs[i].stem for i in range(1, len(xs)) if xs[i - 1].stem not in y_stems}
    return any(ys[i].stem in heads and ys[i - 1].stem not in x_stems for i in range(1, len(ys)))


def _sum(numbers: Iterable[float]) -> float:
    """The same whatever the order, so that neither side counts for more."""
    return sum(sorted(numbers))


def _akin(of_x: Mapping[str, Word], of_y: Mapping[str, Word], rarity: Rarity | None, akin: Akin) -> list[Match]:
    found = []
    left, right = {x for x in of_x if x not in of_y}, {y for y in of_y if y not in of_x}
    near = [(akin(of_x[x].text, of_y[y].text), x, y) for x in left for y in right]
    for level, x, y in sorted(near, key=lambda each: (-each[0], *sorted(each[1:]))):
        if level < _AKIN:
            break
        if x in left and y in right:
            left.remove(x)
            right.remove(y)
            found.append((of_x[x], of_y[y], level * (weight_of(x, rarity) + weight_of(y, rarity)) / 2))
    return found


def _spelt_out(xs: Sequence[Word], ys: Sequence[Word], met: set[str], rarity: Rarity | None) -> list[Match]:
    """ "RL" beside "reinforcement learning"."""
    found = []
    for x in xs:
        letters = "".join(letter for letter in x.text if letter.isupper()).lower()
        if len(letters) < 2 or len(x.text) > len(letters) + 2 or x.stem in met:
            continue
        for i in range(len(ys) - len(letters) + 1):
            run = ys[i : i + len(letters)]
            if "".join(y.text[0].lower() for y in run) == letters:
                found.append((x, ys[i], sum(sorted(weight_of(y.stem, rarity) for y in run))))
                break
    return found
