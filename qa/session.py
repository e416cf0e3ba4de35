"""A conversation: follow-ups that keep the thread, without a model, by carrying the focus of the last question."""

import re
from dataclasses import dataclass, field

from qa.answer import Answer
from qa.question import without_lead_in

_FOLLOWS = re.compile(
    r"^(?:and|but|so|then|what about|how about|what if|why|why not|how so|only|even|also|or|for|in|with|when|is that|does that|do they|"
    r"is it|does it|can it|are they|which of (?:them|these|those))\b",
    re.I,
)
_POINTS_BACK = re.compile(r"\b(?:it|its|that|this|they|them|their|those|these|there|so)\b", re.I)
_CARRIED = re.compile(
    r"^(?:how|why|when|where|which|what|who|does|do|did|is|are|was|were|can|could|will|would|should|has|have|may|might|must)\b\s*",
    re.I,
)
_LONGEST = 7
"""Words: a longer question stands on its own, unless it points back."""


@dataclass(slots=True)
class Turn:
    """What was said, what was looked for, what was answered."""

    said: str
    asked: str
    answer: Answer


@dataclass(slots=True)
class Session:
    """The turns so far."""

    turns: list[Turn] = field(default_factory=list)

    def resolve(self, said: str) -> str:
        """The question meant: a number takes up a next line, a follow-up is asked about the last question's subject. Nothing
        where the number is of no line."""
        said = said.strip()
        if not self.turns:
            return said
        last = self.turns[-1]
        if said.isdecimal() and 1 <= int(said) <= len(last.answer.next):
            return last.answer.next[int(said) - 1].question
        if said.isdecimal():
            return ""
        short = len(said.split()) <= _LONGEST
        if (short and _FOLLOWS.match(said)) or (short and _POINTS_BACK.search(said)) or len(said.split()) <= 3:
            # The last question without its question word; of a follow-up, what it was about.
            subject = _CARRIED.sub("", without_lead_in(last.asked.rsplit(" — ", 1)[-1])[0]).rstrip("?. ")
            return f"{said.rstrip('?')} — {subject}?"
        return said

    def add(self, said: str, asked: str, answer: Answer) -> None:
        self.turns.append(Turn(said, asked, answer))
