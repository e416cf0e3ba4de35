"""How two claims, or a claim and a note, stand to each other, and who says so."""

from typing import Literal

from pydantic import Field

from kb.claim import Fact, Place

Relation = Literal["supports", "contradicts", "qualifies", "restates", "cites"]
Method = Literal["author", "rule", "person"]
STATED: tuple[Method, ...] = ("author", "person")
"""Who states a link, tensions always; what a rule finds is possible."""
TensionKind = Literal["opposing result", "scope", "method", "superseded", "definition", "magnitude"]


class Link(Fact):
    """One edge of the graph. `a` says something about `b`."""

    kind: Relation
    """What `a` does to `b`."""
    a: str
    """A claim id; a note id for a typed link that stands for its whole note."""
    b: str
    """A claim id where the words meant could be found, else a note id."""
    method: Method
    """`author` stated it in prose or with a typed link; `rule` is a guess and is called possible."""
    confidence: float
    """0 to 1."""
    evidence: tuple[Place, ...]
    """The spans that show it: on the side of `a` first, then of `b`."""
    reason: str
    """Why, in words a reader can check."""
    tension: TensionKind | None = None
    """For `contradicts` and `qualifies`: how the two pull apart."""
    chosen: float = Field(default=1.0, exclude=True)
    """0 to 1: how sure it is that the evidence are the words meant, where the author names notes and not sentences."""


class Tension(Fact):
    """Two claims that pull apart, with what a reader needs to judge it."""

    kind: TensionKind
    """The sort of disagreement."""
    a: str
    """Claim id."""
    b: str
    """Claim id."""
    method: Method
    """Who says so."""
    confidence: float
    """0 to 1."""
    why: str
    """The words that pull apart."""
    reconcile: str | None = None
    """What would settle it, when the author or the graph knows."""
    settled_by: tuple[str, ...] = ()
    """The claims in which the author says so."""
    stated: str | None = Field(default=None, exclude_if=lambda stated: stated is None)
    """The claim that holds both sides in one sentence, then `a` and `b` as well: it alone is quoted."""
    notes: tuple[str, ...] = Field(default=(), exclude_if=lambda notes: not notes)
    """With `stated`: the two notes that it sets against each other."""
