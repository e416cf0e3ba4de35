"""What a model wrote, as plain words: its mark-up, its keys of claims, its addresses."""

import re
from collections.abc import Sequence

from kb.claim import Claim
from kb.oneline import one_line
from qa.support import Fault

_KEYED = re.compile(r"\s*[\[(]\s*(?:key:?\s*)?c?[0-9a-f]{5,16}(?:\s*[,;]\s*c?[0-9a-f]{5,16})*\s*[\])]", re.I)
_MARKS = re.compile(r"\*\*|__|`|^\s*(?:[-*#>]+|\d+\.)\s+")
_ADDRESS = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|org|net|io|ai|dev|edu)\b|!\[|\]\(|<[a-z/!]", re.I)


def strays(text: str, claims: Sequence[Claim]) -> list[Fault]:
    """Addresses and mark-up that no claim has: nobody is sent anywhere by an answer."""
    found = [each for each in _ADDRESS.findall(text) if not any(each in claim.text for claim in claims)]
    return [Fault("address", f"“{found[0]}” stands in none of its claims")] if found else []


def short_keys(names: Sequence[str]) -> dict[str, str]:
    """The shortest beginnings of claim ids that tell them apart."""
    for length in range(6, 40):
        short = {name: name[:length] for name in names}
        if len(set(short.values())) == len(short):
            return short
    return {name: name for name in names}


def tidy(text: str) -> str:
    """A model's sentence as plain words: no mark-up, no keys within."""
    return one_line(_MARKS.sub("", _KEYED.sub("", one_line(text, 3_000))), 1_500)
