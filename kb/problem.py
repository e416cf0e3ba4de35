"""A remark about someone's material. A person's mistake is a value, never an exception."""

from typing import Literal

from kb.claim import Fact

Code = Literal[
    "binary", "budget", "empty", "encoding", "extract", "front-matter", "ignored", "judge", "language", "library",
    "model", "not-a-note", "outside", "pdf", "quote-changed", "review", "source-titles", "too-large", "unfinished",
    "unreadable", "vectors", "zotero",
]  # fmt: skip


class Problem(Fact):
    """What is wrong, where, and what to do about it."""

    code: Code
    """A stable word for scripts and silencing."""
    message: str
    """One sentence naming the thing."""
    path: str
    """The file, relative to the vault."""
    line: int | None = None
    """Counted from 1, where a line can be named."""
    hint: str = ""
    """What to do next."""
