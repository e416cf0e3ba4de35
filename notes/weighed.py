"""Claims beside a sentence of a draft, each with what it says of it: the same-subject gate before the judge, and its verdicts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ingest.roles import speaks
from ingest.wording import leans
from kb.claim import Claim
from kb.language.judge import Judge, Pair
from kb.language.verdict import Verdict, verdicts
from kb.note import REPORT, Note
from notes.neighbours import Near

MOST = 3
"""Claims that are judged for each sentence: 300 sentences are 3 s of the judge, and what is on one subject is nearest."""
SAME_SUBJECT = 0.45
"""How alike a claim and a sentence must be to be judged; of other subjects a judge of pairs knows nothing."""
_WORDS = 2
"""Content words in common that they need besides ..."""
_WITHOUT_WORDS = 0.5
"""... unless the reader finds them so near: who says the opposite in other words shares none."""


class Weighed(NamedTuple):
    """A claim beside a sentence, and what it says of it."""

    near: Near
    verdict: Verdict

    @property
    def claim(self) -> Claim:
        return self.near.claim


def on_subject(near: Iterable[Near], most: int = MOST) -> list[Near]:
    """Those that are worth a verdict, most alike first."""
    return [each for each in near if _is_on_subject(each)][:most]


def _is_on_subject(near: Near) -> bool:
    in_other_words = near.read is not None and near.read >= _WITHOUT_WORDS
    return near.subject >= SAME_SUBJECT and (near.telling >= _WORDS or in_other_words)


def states(claim: Claim, note: Callable[[str], Note | None]) -> bool:
    """Whether a note states it of the world, first-hand."""
    found = note(claim.note)
    if found is None or found.path != claim.place.path or found.kind in ("line", "post") or REPORT in found.topics:
        return False
    return speaks(claim.text, claim.role) and not leans(claim.quote)


def weigh(asked: Mapping[str, Sequence[Near]], judge: Judge | None) -> dict[Pair, Verdict]:
    """The verdict of each claim on the sentence it is near to, all asked at once."""
    pairs = list(dict.fromkeys((near.claim.text, text) for text, row in asked.items() for near in row))
    return dict(zip(pairs, verdicts(pairs, judge), strict=True))
