"""Replies of a language model, kept by content so that nothing is paid for twice (a cache); and the budget of tokens.

They have a file of their own, which survives `kb sync --rebuild`; deleting it has everything asked again, no more.
"""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from kb.claim import hash_of
from kb.folder import REPLIES
from kb.language.disk_cache import DiskCache
from kb.problem import Problem


class Budget:
    """Tokens that may be spent; none named is no limit."""

    def __init__(self, tokens: int | None = None) -> None:
        self.tokens = tokens
        self.spent = 0

    def allows(self, tokens: int) -> bool:
        """Whether a call of about so many tokens still fits."""
        return self.tokens is None or self.spent + tokens <= self.tokens

    def stopped(self, what: str) -> Problem:
        """The remark on what was left undone."""
        return Problem(
            code="budget", message=f"The budget of {self.tokens:,} tokens is spent ({self.spent:,}): {what}.",
            path="kb.toml", hint="What was answered is kept. Go on with: kb sync --budget N",
        )  # fmt: skip


def reply_key(*parts: str) -> str:
    """Under which a reply is kept: a hash of all that it depends on."""
    return hash_of(*parts, size=16).hex()


class Replies:
    """The file of replies; where it cannot be written, what is learnt lasts as long as this does."""

    def __init__(self, folder: Path) -> None:
        self._kept = DiskCache("replies", folder, REPLIES)

    def known(self, keys: Iterable[str]) -> dict[str, str]:
        """The replies there are under these keys."""
        given = {key.encode(): key for key in keys}
        known = self._kept.known(list(given))
        return {given[key]: known[key].decode() for key in given if key in known}

    def keep(self, key: str, text: str) -> None:
        """Remember a reply."""
        self._kept.keep({key.encode(): text.encode()})

    def close(self) -> None:
        self._kept.close()


def known_replies(folder: Path, keys: Iterable[str]) -> dict[str, str]:
    """The same, without making a file."""
    if not (folder / REPLIES).exists():
        return {}
    with closing(Replies(folder)) as replies:
        return replies.known(keys)
