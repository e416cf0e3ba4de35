"""What a person has said of proposed links: `kb-review.jsonl`, one judgement a line, by the words judged and not by ids: so they
survive rebuilds and small edits, and can be merged line by line. Of two judgements on one pair the later counts."""

import errno
import json
import os
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import ValidationError

from kb.claim import Fact
from kb.errors import NotAVault
from kb.files import leads_within, open_regular, read_within
from kb.link import Relation, TensionKind
from kb.problem import Problem

FILE = "kb-review.jsonl"
Verdict = Literal["accept", "reject"]


class Side(Fact):
    """One of the two claims judged."""

    quote: str
    """Word for word, as it stood."""
    path: str
    """Where it stood; only a hint."""


class Judgement(Fact):
    """One line of the file."""

    a: Side
    b: Side
    verdict: Verdict
    relation: Relation
    """What `a` does to `b`; of a rejected link what was proposed."""
    tension: TensionKind | None = None
    """The kind of tension, as accepted or as changed."""
    date: str
    """ISO date."""

    @property
    def is_of_one_sentence(self) -> bool:
        """Whether one sentence was judged, which sets two notes against each other: it stands on both sides."""
        return self.a == self.b


def judgements(vault: Path) -> tuple[list[Judgement], list[Problem]]:
    """What was judged, and remarks on lines that cannot be read. They stay in the file as they are."""
    path = vault / FILE
    try:
        lines = read_within(vault, path).decode("utf-8").split("\n")
    except FileNotFoundError:
        return [], []
    except OSError as why:
        return [], [_remark(0, f"it cannot be read ({why.strerror})")]
    except UnicodeDecodeError as why:
        return [], [_remark(0, f"it cannot be read ({why})")]
    found: list[Judgement] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
            # What a merge leaves between two sides is no judgement, and the sides are.
            continue
        try:
            found.append(Judgement.model_validate(json.loads(line)))
        except (ValueError, ValidationError, RecursionError):
            problems.append(_remark(number, "this line is no judgement"))
    return sorted(found, key=lambda judgement: judgement.date), problems


class Given(NamedTuple):
    """A judgement that was put down, and where, so that it can be taken back."""

    judgement: Judgement
    start: int | None
    """Size of the file before; none where it was not there yet."""
    written: bytes


def give(vault: Path, judgement: Judgement) -> Given:
    """Put a judgement down at once, at the end and as a whole line, so that nothing is lost by leaving."""
    path = vault / FILE
    line = f"{judgement.model_dump_json(exclude_none=True)}\n".encode()
    try:
        if not leads_within(vault, path):
            raise OSError(errno.ELOOP, "this symbolic link leads out of the vault, or nowhere", str(path))
        is_there = path.exists()
        with os.fdopen(open_regular(path, os.O_RDWR | os.O_CREAT | os.O_APPEND), "ab+") as file:
            start = file.seek(0, os.SEEK_END)
            file.seek(max(0, start - 1))
            line = line if file.read(1) in (b"\n", b"") else b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as why:
        raise NotAVault(path, f"the judgement cannot be written ({why.strerror})", "Make the file writable.") from None
    return Given(judgement, start if is_there else None, line)


def take_back(vault: Path, given: Given) -> bool:
    """Leave the file as it was before; not where somebody has written to it since."""
    path = vault / FILE
    try:
        with os.fdopen(open_regular(path, os.O_RDWR), "rb+") as file:
            file.seek(given.start or 0)
            if file.read() != given.written:
                return False
            file.truncate(given.start or 0)
        if given.start is None:
            path.unlink()
    except OSError:
        return False
    return True


def _remark(line: int, message: str) -> Problem:
    return Problem(
        code="review",
        message=f"{message}.",
        path=FILE,
        line=line or None,
        hint="Mend or delete it; the other lines count.",
    )
