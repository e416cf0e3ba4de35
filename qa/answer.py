"""An answer: statements on claims, the tensions between them, what is missing, where to go next."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from kb.claim import Fact, Paged
from kb.link import Tension
from kb.note import NoteKind, Source
from kb.problem import Problem
from kb.readable import as_read

Verdict = Literal["supported", "contested", "contradicted", "unknown"]
Coverage = Literal["silent", "near", "thin", "one-sided", "contested", "settled"]
StatementRole = Literal["finding", "tension", "caveat", "link", "inference"]


class Premise(Fact):
    """Something the question takes for granted, held against the notes."""

    text: str
    """As a statement."""
    verdict: Verdict
    claims: tuple[str, ...] = ()
    """Those that bear on it, for and against."""


class Statement(Fact):
    """A sentence of the answer. What stands in quotation marks is word for word in a note."""

    text: str
    claims: tuple[str, ...]
    """Never empty."""
    thread: int
    """Which thread it belongs to, counted from 0."""
    role: StatementRole
    lead: str = ""
    """The words before the quote; they say only what the graph knows."""
    opens: bool = False
    """Whether it stands before the strands, as the answer in brief."""
    goes_on: bool = False
    """Whether its quote goes on from that of the statement before, in the same paragraph."""

    @property
    def shown(self) -> str:
        """Its text as a reader sees it: without the marks of emphasis and links."""
        return as_read(self.text)


class Thread(Fact):
    """A strand of the answer."""

    title: str
    notes: tuple[str, ...]


class Next(Fact):
    """A question to take up next."""

    question: str
    because: tuple[str, ...]
    """Claim or note ids."""
    why: str


class Cited(Paged):
    """A claim as an answer shows it."""

    text: str
    quote: str
    note: str
    path: str
    line: int
    start: int
    end: int
    sources: tuple[Source, ...] = ()


class Looked(Fact):
    """A note that was looked at."""

    id: str
    title: str
    path: str | None
    summary: str
    cited: bool
    kind: NoteKind = "note"


class Apart(Fact):
    """Two notes that an author sets against each other, where it is not sure enough which of their sentences are meant."""

    a: str
    b: str
    why: str


class Withheld(Fact):
    """A sentence that a model wrote and its claims do not carry."""

    text: str
    why: str
    """What is wrong with it."""


class Engine(Fact):
    """What made the answer."""

    embed: str
    reader: str | None = None
    """What read the notes found again; none where nothing did."""
    judge: str | None = None
    """What said which claims agree and which do not; none where rules alone did."""
    llm: str | None
    seconds: float


class Answer(Fact):
    """The contract of `kb ask --json`."""

    question: str
    reading: str
    premises: tuple[Premise, ...] = ()
    coverage: Coverage
    statements: tuple[Statement, ...] = ()
    threads: tuple[Thread, ...] = ()
    tensions: tuple[Tension, ...] = ()
    next: tuple[Next, ...] = ()
    claims: dict[str, Cited] = Field(default_factory=dict)
    notes: tuple[Looked, ...] = ()
    """Best first; cited or only looked at."""
    problems: tuple[Problem, ...] = ()
    stance: None = None
    """How the claims stand to a yes-no question: not told yet, since the judge in the box is wrong too often to be counted on."""
    engine: Engine
    voices: int = 0
    """Independent sources among what is cited."""
    missing: str = ""
    """What the notes lack, in a sentence; empty where nothing is."""
    apart: tuple[Apart, ...] = ()
    """Tensions between notes that are cited, of which no two sentences can be quoted."""
    withheld: tuple[Withheld, ...] = ()
    """What a model wrote and is not part of the answer."""

    def told_premises(self) -> list[Premise]:
        """Those that the notes have something to say about."""
        return [premise for premise in self.premises if premise.verdict != "unknown"]

    def in_brief(self) -> list[Statement]:
        """What stands before the strands."""
        return passages(statement for statement in self.statements if statement.opens)

    def said_in(self, thread: int) -> list[Statement]:
        """What one strand says."""
        return passages(
            statement for statement in self.statements if statement.thread == thread and not statement.opens
        )

    def strands(self) -> list[tuple[int, Thread, list[Statement]]]:
        """The strands that say something: the number of each, the strand, and what it says."""
        told = ((number, thread, self.said_in(number)) for number, thread in enumerate(self.threads))
        return [each for each in told if each[2]]

    def heading_of(self, thread: int) -> Statement | None:
        """The statement that heads a strand in its own words, where one does."""
        title = self.threads[thread].title.removesuffix(" …")
        first = next(iter(self.said_in(thread)), None)
        return first if first and title and first.shown.startswith(f"{first.lead} “{title}".lstrip()) else None


def passages(statements: Iterable[Statement]) -> list[Statement]:
    """Statements as they are shown: what goes on in one paragraph is one quotation."""
    shown: list[Statement] = []
    for each in statements:
        if each.goes_on and shown:
            before = shown.pop()
            text = f"{before.text.removesuffix('”')} {each.text.removeprefix('“')}"
            each = before.model_copy(
                update={"text": text, "claims": tuple(dict.fromkeys((*before.claims, *each.claims)))}
            )
        shown.append(each)
    return shown
