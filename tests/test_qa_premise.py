"""What a question takes for granted, held against the nearest claims."""

from collections.abc import Sequence

import numpy as np
import pytest

from kb.claim import Claim, Place, claim_id, fingerprint
from kb.language.judge import Opinion, Pair
from kb.link import Link
from kb.note import Note
from qa.answer import Premise
from qa.evidence import Piece
from qa.premise import NEAREST, premise_verdict

STATED = "Larger teachers make better students."
OPINIONS = {"agrees": Opinion(1, 0, 0, 0), "denies": Opinion(0, 1, 0, 0), "limits": Opinion(0, 0, 1, 0)}


class Scripted:
    """A judge that reads its opinion off the last word of a claim, and counts the pairs."""

    name = "scripted"

    def __init__(self) -> None:
        self.asked: list[Pair] = []

    def opinions(self, pairs: Sequence[Pair]) -> list[Opinion]:
        self.asked += pairs
        return [OPINIONS.get(claim.rstrip(".").rsplit(" ", 1)[-1], Opinion(0, 0, 0, 1)) for claim, _ in pairs]


def piece(says: str, at: int = 0, subject: str = "Teachers and their students") -> Piece:
    return whole(f"{subject}, study {at}: it {says}.", at)


def whole(text: str, at: int = 0) -> Piece:
    place = Place(path=f"n{at}.md", start=0, end=len(text), line=1, sha=fingerprint(text))
    claim = Claim(id=claim_id(f"n{at}", text, 0), text=text, quote=text, place=place, note=f"n{at}", role="finding")
    note = Note(id=f"n{at}", title=f"Note {at}", path=f"n{at}.md", kind="note")
    return Piece(claim, note, 1.0, f"v{at}", np.zeros(4, np.float32), None, None, text, text)


def verdict(*says: str, near: float = 0.8, links: Sequence[Link] = ()) -> Premise:
    pieces = [piece(each, at) for at, each in enumerate(says)]
    return premise_verdict(STATED, pieces, [near] * len(pieces), links, Scripted())


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        (("agrees",), "supported"),
        (("denies",), "contradicted"),
        (("limits",), "contested"),
        (("agrees", "denies"), "contested"),
        (("wavers",), "unknown"),
        ((), "unknown"),
    ],
)
def test_the_nearest_claims_decide(says: tuple[str, ...], expected: str) -> None:
    found = verdict(*says)
    assert found.verdict == expected
    assert bool(found.claims) is (expected != "unknown")


def test_what_is_far_off_or_speaks_of_something_else_is_not_asked() -> None:
    assert verdict("denies", near=0.2).verdict == "unknown"
    judge = Scripted()
    other = piece("denies", subject="Honey bees and the polarisation of light")
    assert premise_verdict(STATED, [other], [0.9], (), judge).verdict == "unknown"
    assert judge.asked == []


def test_only_the_nearest_few_are_asked() -> None:
    judge = Scripted()
    pieces = [piece("agrees", at) for at in range(NEAREST + 4)]
    premise_verdict(STATED, pieces, [0.5 + at / 100 for at in range(len(pieces))], (), judge)
    assert [claim for claim, _ in judge.asked] == [each.claim.text for each in pieces[::-1][:NEAREST]]


def test_an_authors_opposition_to_what_agrees_makes_it_contested() -> None:
    mine = piece("agrees")
    link = Link(
        a=mine.claim.id, b="c123", kind="contradicts", method="author", confidence=1, evidence=(), reason="stated"
    )
    found = verdict("agrees", links=[link])
    assert (found.verdict, found.claims) == ("contested", (mine.claim.id, "c123"))


def test_without_a_judge_the_guards_alone_tell() -> None:
    for said, expected in ((STATED, "supported"), ("Larger teachers make worse students.", "contradicted")):
        assert premise_verdict(STATED, [whole(said)], [0.9], (), None).verdict == expected
    assert (
        premise_verdict(STATED, [whole("Students of larger teachers do better.")], [0.9], (), None).verdict == "unknown"
    )
