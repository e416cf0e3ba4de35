"""Claims beside a sentence of a draft, each with its verdict: the same-subject gate before the judge, and what it says."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ingest.claim_text import leans
from ingest.roles import speaks
from kb.claim import Claim
from kb.language.judge import Judge, Pair
from kb.language.verdict import PARAPHRASE, SURELY_AGREES, Verdict, verdicts
from kb.note import SYNTHESES, Note
from notes.claim_index import NearClaim
from qa.evidence import is_report

_MOST = 3
"""Claims that are judged for each sentence: 300 sentences are 3 s of the judge, and what is on one subject is nearest."""
_SAME_SUBJECT = 0.45
"""How similar a claim and a sentence must be to be judged; of other subjects a judge of pairs knows nothing."""
_JUDGED = 0.6
"""How near it must be, where the reader has read both, for the judge to be asked and not guards alone: what it says of others is used nowhere."""
_OF_SENTENCE = 0.7
"""How much of the sentence's words it must have."""


class JudgedClaim(NamedTuple):
    """A claim beside a sentence, and what it says of it."""

    near: NearClaim
    verdict: Verdict

    @property
    def claim(self) -> Claim:
        return self.near.claim

    @property
    def is_paraphrase(self) -> bool:
        """Whether the claim says what the sentence says, in words that are near to it."""
        is_near = self.near.cosine >= PARAPHRASE and self.near.of_sentence >= _OF_SENTENCE
        return is_near and self.verdict.agrees >= SURELY_AGREES


def on_subject(near: Iterable[NearClaim]) -> list[NearClaim]:
    """Those that are on the subject of the sentence and so worth a verdict, most similar first."""
    return [each for each in near if each.subject_similarity >= _SAME_SUBJECT][:_MOST]


def is_first_hand(claim: Claim, note: Note | None) -> bool:
    """Whether its note states a claim of the world, and does not repeat what others do."""
    if note is None or note.path != claim.place.path or note.kind in SYNTHESES or is_report(note):
        return False
    return speaks(claim.text, claim.role) and not leans(claim.quote)


def judge_claims(asked: Mapping[str, Sequence[NearClaim]], judge: Judge | None) -> dict[Pair, Verdict]:
    """The verdict of each claim on the sentence it is near to, all asked at once."""
    near = {(each.claim.text, text): each for text, row in asked.items() for each in row}
    judged, by_guards = list[Pair](), list[Pair]()
    for pair, each in near.items():
        is_near = each.reader_cosine is None or each.reader_cosine >= _JUDGED
        (judged if is_near else by_guards).append(pair)
    found = dict(zip(judged, verdicts(judged, judge), strict=True)) if judged else {}
    return found | dict(zip(by_guards, verdicts(by_guards, None), strict=True))
