"""What a sync did, and what the base holds now."""

from dataclasses import dataclass, field

from kb.problem import Problem


@dataclass(slots=True)
class Synced:
    """Counts of files, problems, and the size of the base."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    notes: int = 0
    claims: int = 0
    links: int = 0
    seconds: float = 0.0

    @property
    def touched(self) -> int:
        return self.added + self.changed + self.moved + self.removed
