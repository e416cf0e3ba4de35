"""The form in which a model hands over an answer, read whole or as it comes."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel, Field

from kb.prompts import ROLES

MOST = 60
"""Sentences of one answer; whatever comes after is not read."""
_NEXT = re.compile(r'"title"\s*:\s*(?=")|\{\s*"text"')


class Sentence(BaseModel):
    """One sentence, and the claims that it names."""

    text: str
    keys: list[str] = Field(default_factory=list)
    role: str = Field(default="finding", json_schema_extra={"enum": list(ROLES)})


class Strand(BaseModel):
    """Sentences that belong together."""

    title: str
    sentences: list[Sentence] = Field(default_factory=list)


class Essay(BaseModel):
    """An answer as a model writes it."""

    opening: list[Sentence] = Field(default_factory=list)
    strands: list[Strand]

    def numbered(self) -> Iterator["Numbered"]:
        """Every sentence with its strand; -1 for those that open."""
        sentences = [(-1, each) for each in self.opening]
        sentences += [(at, each) for at, strand in enumerate(self.strands) for each in strand.sentences]
        for number, (strand, sentence) in enumerate(sentences[:MOST], 1):
            yield Numbered(number, strand, sentence)


class Numbered(NamedTuple):
    """A sentence and its place in the essay."""

    number: int
    strand: int
    sentence: Sentence


class Mended(BaseModel):
    """A sentence written anew."""

    number: int
    text: str
    keys: list[str] = Field(default_factory=list)


class Mending(BaseModel):
    """All that could be mended."""

    sentences: list[Mended]


_THOUGHT, _THOUGHT_ENDS = "<think>", "</think>"


class Incoming:
    """An essay that is still being written: what is whole of it so far."""

    def __init__(self) -> None:
        self.essay = Essay(opening=[], strands=[])
        self._text = ""
        self._at = 0

    def take(self, piece: str) -> list[Sentence]:
        """The sentences that this piece completes."""
        self._text += piece
        done: list[Sentence] = []
        if (end := self._text.rfind(_THOUGHT_ENDS)) >= self._at:
            # What stood before was thought, not said.
            self._at = end + len(_THOUGHT_ENDS)
            self.essay = Essay(opening=[], strands=[])
        elif self._text.lstrip().startswith(_THOUGHT[: len(self._text.lstrip())]) and self._at == 0:
            return done
        while (found := _NEXT.search(self._text, self._at)) is not None:
            is_title = found[0].startswith('"')
            try:
                value, end = json.JSONDecoder().raw_decode(self._text, found.end() if is_title else found.start())
            except (ValueError, RecursionError):
                break  # not whole yet
            self._at = end
            if is_title:
                self.essay.strands.append(Strand(title=str(value)))
                continue
            try:
                sentence = Sentence.model_validate(value)
            except ValueError:
                continue
            (self.essay.strands[-1].sentences if self.essay.strands else self.essay.opening).append(sentence)
            done.append(sentence)
        return done
