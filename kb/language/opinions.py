"""What the judge said of claims and sentences: asked where it is not known yet, and kept by content."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kb.errors import Unavailable
from kb.files import from_home
from kb.language.disk_cache import DiskCache, key_of
from kb.language.judge import FolderJudge, Judge, Opinion, Pair, boxed
from kb.problem import Problem
from kb.settings import Settings

GUARDS = "guards"
"""The value of `judge` that asks no model."""


class Opinions:
    """A judge that is asked nothing twice."""

    def __init__(self, judge: Judge, folder: Path | None = None) -> None:
        """`folder` is that of the base; without one, nothing outlives this."""
        self.judge = judge
        self._cache = DiskCache("opinion", folder)

    @property
    def name(self) -> str:
        return self.judge.name

    def opinions(self, pairs: Sequence[Pair]) -> list[Opinion]:
        keys = [key_of(self.judge.name, *pair) for pair in pairs]
        rows = self._cache.made(
            keys, pairs, lambda new: [np.array(each, np.float32).tobytes() for each in self.judge.opinions(new)]
        )
        return [Opinion(*np.frombuffer(row, np.float32).tolist()) for row in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._cache.close()


def open_opinions(settings: Settings, folder: Path) -> Opinions | None:
    """The judge that a vault asks for, with what it has said; none where it wants none, or where it cannot be had."""
    try:
        judge = _judge(settings, folder.parent)
    except Unavailable:
        return None
    return Opinions(judge, folder) if judge else None


def unavailable(settings: Settings, vault: Path) -> list[Problem]:
    """A remark where the judge that kb.toml names cannot be had."""
    try:
        _judge(settings, vault)
    except Unavailable as why:
        return [Problem(code="judge", message=why.message, path=settings.judge, hint=why.remedy)]
    return []


def _judge(settings: Settings, vault: Path) -> Judge | None:
    if settings.judge == GUARDS:
        return None
    if not settings.judge:
        return boxed()
    return FolderJudge(vault / from_home(settings.judge))


def which_judge(settings: Settings) -> str:
    """Who judges, in words; no model is loaded to say so."""
    if settings.judge and settings.judge != GUARDS:
        return settings.judge
    return "the judge in the box" if not settings.judge and boxed() else "exact guards alone"
