"""A sentence copied from a claim with a word changed: a "not" put in or taken out, a word in the place of its contrary.

Who copies so much means what the claim means, and the little that differs is easy to compare word by word; of freer wording
`qa.turned` judges.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from ingest.phrases import line_of, words_of
from qa.turned import Turn, opposed

_COPIED = 0.75
"""The share of a statement's words that must stand in the claim, in its order."""
_LEAST = 5
_MOST = 200
"""Words of a side that are compared."""
_GAP = 6
"""Words between two stretches in common, beyond which other things are said there."""
_TOKEN = re.compile(r"[A-Za-z0-9][\w.’'@%-]*[\w%]|[A-Za-z0-9]")
_NOT_THIS = re.compile(r"(?:,\s(?:and |but )?not|\brather than|\binstead of|\bas opposed to)\s((?:[\w.’'-]+\s?){1,6})")
_NOBODY = re.compile(r"(?:None|Nobody|Nothing|Neither)(?: of \w+(?: \w+)?)?\s(?P<rest>\w+)")
_DENIES = frozenset("not never no cannot without hardly barely rarely seldom none neither nor nothing scarcely".split())


def altered(statement: str, claims: Sequence[str]) -> Turn | None:
    """What was changed in a copy so that it says the opposite, if anything was."""
    mine = _words(statement)
    if not _LEAST <= len(mine) <= _MOST:
        return None
    found = []
    for claim in claims:
        theirs = _words(claim)
        if len({*mine} & {*theirs}) < _COPIED * len({*mine}) - 2:
            continue
        turn, common = _compared(mine, theirs)
        if common >= _COPIED * len(mine):
            found.append((common, turn))
    return max(found, key=lambda each: each[0])[1] if found else None


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _TOKEN.findall(text)]


def _compared(mine: Sequence[str], theirs: Sequence[str]) -> tuple[Turn | None, int]:
    steps = SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes()
    common = sum(i2 - i1 for step, i1, i2, _, _ in steps if step == "equal")
    turn: Turn | None = None
    odd = 0
    for step, i1, i2, j1, j2 in steps:
        # What stands before or after all that is copied is another sentence, or a part of the claim left out.
        if step == "equal":
            continue
        if j2 - j1 == 1 and i1 == i2 == len(mine) and _denies(theirs[j1]):  # "small ones do not"
            return Turn(mine[-1], f"{mine[-1]} {theirs[j1]}"), common
        if (i1 == i2 and i1 in (0, len(mine))) or (j1 == j2 and j1 in (0, len(theirs))):
            continue
        if max(i2 - i1, j2 - j1) > _GAP:
            continue
        put, taken = mine[i1:i2], theirs[j1:j2]
        denials = sum(map(_denies, put)) - sum(map(_denies, taken))
        if denials:
            odd += denials
            shown = min(len(mine), i2 + 1), min(len(theirs), j2 + 1)
            turn = turn or Turn(" ".join(mine[max(0, i1 - 1) : shown[0]]), " ".join(theirs[max(0, j1 - 1) : shown[1]]))
        elif len(put) == len(taken) and (pair := next((p for p in zip(put, taken, strict=True) if opposed(*p)), None)):
            return Turn(*pair), common
    return (turn if odd % 2 else None), common


def _denies(word: str) -> bool:
    return word in _DENIES or word.endswith("n't")


def exchanged(statement: str, claims: Sequence[str]) -> Turn | None:
    """ "Weight decay, not the policy gradient" of a claim that says "the policy gradient, not weight decay"; and what is said
    to happen where a claim says "none" of it."""
    held, denied, said = _set_aside(statement)
    for claim in claims:
        its_held, its_denied, claimed = _set_aside(claim)
        if denied and its_denied and denied <= its_held and its_denied <= held and not denied & its_denied:
            return Turn(f"not {said}", f"not {claimed}")
        first = _NOBODY.match(claim)
        if first and not _DENIES & {*_words(statement)} and _stems(first["rest"]) & _stems(statement):
            return Turn(statement.split()[0], first[0])
    return None


def _set_aside(text: str) -> tuple[frozenset[str], frozenset[str], str]:
    """The words of a sentence, and those it sets aside with "not", as they stand: none where it does so more than once."""
    found = _NOT_THIS.findall(text)
    if len(found) != 1:
        return _stems(text), frozenset(), ""
    denied = _stems(found[0])
    return _stems(text) - denied, denied, found[0].strip()


def _stems(text: str) -> frozenset[str]:
    line = line_of(text)
    return frozenset(word.stem for word in words_of(line, 0, len(line.lower)))
