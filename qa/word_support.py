"""Lexical support: how much of a statement's content its claims hold, word by word, a word near in meaning counting in part."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from kb.embed import Embedding
from kb.language.closed_class import GENERAL, HEDGES, is_negator
from kb.language.stems import stem
from qa.rerank import KeptVectors
from qa.terms import STOP

_NEAR = 0.2
"""Cosine from which a word stands in part for another."""
_SAME = 0.5
"""Cosine from which it stands for all of it."""
_MOST = 400
"""Words of one text that are read."""
_TOKEN = re.compile(r"[A-Za-z][A-Za-z’']*|\b[A-Za-z]+[A-Za-z0-9.]*\d[\w.]*")
_OURS = frozenset(
    map(
        stem,
        """note study paper author work report suggest claim argue find show conclude state say hold maintain describe observe according view reading account evidence result finding
        contrast hand taken together overall moreover furthermore similarly likewise however thus hence therefore finally also indeed notably specifically conversely nevertheless nonetheless
        dispute disagree agree question answer whether point line case way thing seem appear tend turn remain become simply merely just quite rather fairly largely mainly
        matter mean follow begin come bring give take make get go put set let keep turns respectively example instance particular general term word long far well much little
        several certain various given one two three four five six seven eight nine ten half third quarter fifth hundred thousand million times twice double percent cent per first second
        likely possible possibly clearly strongly sharply noticeably roughly about around nearly almost only even still yet already later earlier once thereafter latter former
        else elsewhere otherwise same other another such own itself themselves ourselves part kind sort number amount""".split(),
    )
)
"""Words of the writer's own frame: they assert nothing that a claim would have to hold."""
_LIGHT = STOP | HEDGES


class Content(NamedTuple):
    """A content word of a text."""

    text: str
    stem: str
    weight: float


class WordSupport:
    """Words and their vectors, where an embedding has quick ones for single words; else words alone."""

    def __init__(self, embedding: Embedding | None = None) -> None:
        is_quick = embedding is not None and embedding.name.startswith("wordllama")
        self._vectors = KeptVectors(embedding) if embedding and is_quick else None

    @property
    def has_vectors(self) -> bool:
        return self._vectors is not None

    def held(self, words: Sequence[Content], claims: Sequence[Content]) -> list[float]:
        """How far each word is held by a claim's words, 0 to 1."""
        stems = {word.stem for word in claims}
        found = [1.0 if word.stem in stems else 0.0 for word in words]
        if self._vectors is None or not claims:
            return found
        missing = [at for at, level in enumerate(found) if not level and not words[at].text[0].isdigit()]
        if missing:
            cosines = (
                self._vectors.of([words[at].text.lower() for at in missing])
                @ self._vectors.of([word.text.lower() for word in claims]).T
            )
            best = ((cosines.max(axis=1) - _NEAR) / (_SAME - _NEAR)).clip(0, 1)
            for at, level in zip(missing, best.tolist(), strict=True):
                found[at] = level
        return found

    def cosines(self, text: str, others: Sequence[str]) -> list[float]:
        """How near a text is to others as wholes; 1 where nothing can tell."""
        if self._vectors is None or not others:
            return [1.0] * len(others)
        vectors = self._vectors.of([text, *others])
        return [float(value) for value in vectors[1:] @ vectors[0]]


@lru_cache(4096)
def content(text: str) -> tuple[Content, ...]:
    """The words of a text that say something, each once; a word of every note counts for less."""
    found: dict[str, Content] = {}
    for token in _TOKEN.findall(text.replace("’", "'"))[:_MOST]:
        word = token.strip("'").removesuffix("'s")
        key = stem(word.lower())
        if len(word) > 1 and word.lower() not in _LIGHT and not is_negator(word.lower()) and key not in _OURS:
            found.setdefault(key, Content(word, key, 0.5 if key in GENERAL else 1.0))
    return tuple(found.values())


def share(words: Sequence[Content], held: Sequence[float]) -> float:
    """The share of a text that is held, by weight."""
    total = sum(word.weight for word in words)
    return sum(word.weight * level for word, level in zip(words, held, strict=True)) / total if total else 1.0


def lacking(words: Sequence[Content], held: Sequence[float]) -> list[str]:
    """The words that nothing holds, as they stand."""
    return [word.text for word, level in zip(words, held, strict=True) if level < 0.5]
