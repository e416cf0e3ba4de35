"""What a statement quotes, and whether those words stand in a claim: letter for letter, but for spaces, case and the shape of quotation marks."""

import re
from collections.abc import Iterable, Sequence

from kb.claim import Claim

LEAST = 4
"""Words from which a stretch in quotation marks says that somebody wrote just this; shorter ones name a thing."""
_SPAN = re.compile(
    r"“([^“”]{3,2000})”|«([^«»]{3,2000})»|„([^„“”]{3,2000})[“”]|\"([^\"]{3,2000})\""
    r"|(?<![\w’'])[‘']((?:[^‘’'\n]|(?<=\w)[’'](?=\w)){3,2000})[’'](?![\w])"
)
_SHAPES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-", "\xad": None, "*": None, "`": None})  # fmt: skip
_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]|\[([^\[\]]+)\]\([^()\s]*\)")
_CITED = re.compile(r"\s*\[@[^\[\]]*\]")
_DASH = re.compile(r" ?-{2,} ?| - ")
_CUTS = re.compile(r"\[?(?:…|\.\s?\.\s?\.)\]?|\[[^\[\]]{1,40}\]")
_LETTER = re.compile(r"\[(\w)\]")
_ENDS = " \t.,;:!?-\"'"


def spans(text: str) -> list[str]:
    """The stretches of a statement in quotation marks that are long enough to be somebody's words."""
    found = (next(group for group in match.groups() if group is not None) for match in _SPAN.finditer(text))
    return [span.strip() for span in found if len(span.split()) >= LEAST]


def folded(text: str) -> str:
    """What two spellings of the same words have in common."""
    plain = _unlinked(text).translate(_SHAPES).replace("_", " ").casefold()
    return _DASH.sub("-", " ".join(plain.split()))


def _unlinked(text: str) -> str:
    return _CITED.sub("", _LINK.sub(lambda link: link[1] or link[2] or "", text)) if "[" in text else text


def stands_in(span: str, claims: Iterable[Claim]) -> Claim | None:
    """The first claim that has these words. What is left out with "…" or put in within square brackets may stand for
    anything between two stretches, which must come in their order; "[o]utcome" is "outcome"."""
    parts = [folded(part).strip(_ENDS) for part in _CUTS.split(_LETTER.sub(r"\1", _unlinked(span)))]
    parts = [part for part in parts if part]
    if not parts:
        return None
    return next((claim for claim in claims if any(_holds(text, parts) for text in (claim.quote, claim.text))), None)


def _holds(text: str, parts: Sequence[str]) -> bool:
    text, at = folded(text), 0
    for part in parts:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True
