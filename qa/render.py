"""An answer on a terminal: calm, narrow, and without anything that needs colour to be understood."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from kb.addresses import address
from kb.link import Tension
from kb.maths import readable_maths
from kb.note import Source
from kb.oneline import one_line
from kb.readable import as_read
from qa.answer import Answer, Cited, Statement
from qa.compose import who
from qa.evidence import excerpt

_VERDICTS = {
    "supported": "the notes bear this out",
    "contested": "the notes disagree on this",
    "contradicted": "the notes speak against this",
}


_TELLING = ("near", "contested")
"""Verdicts that are shown; of the others a reader thinks otherwise as often as not, and the counts say it better."""


class NumberedSource(NamedTuple):
    """A note that is cited, with what is cited of it."""

    number: int
    note: str
    title: str
    claims: list[Cited]
    literature: str


class Numbers:
    """The number of each source, in the order of citation."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        keys = [key for statement in answer.statements for key in statement.claims]
        keys += [key for each in answer.tensions for key in (each.a, each.b, *each.settled_by)]
        keys += [key for premise in answer.premises for key in premise.claims]
        self.order = {note: number for number, note in enumerate(self.notes(keys), 1)}

    def notes(self, keys: Iterable[str]) -> list[str]:
        """The notes of some claims, each once."""
        return list(dict.fromkeys(self.answer.claims[key].note for key in keys if key in self.answer.claims))

    def of(self, keys: Iterable[str]) -> str:
        """ "[1][4]": each source once."""
        return "".join(f"[{self.order[note]}]" for note in self.notes(keys))

    def sources(self) -> Iterator[NumberedSource]:
        """What is cited, by number."""
        titles = {note.id: note.title for note in self.answer.notes}
        for note, number in self.order.items():
            mine = [claim for claim in self.answer.claims.values() if claim.note == note]
            yield NumberedSource(number, note, titles.get(note, note), mine, literature(mine[0].sources))


def show(answer: Answer, console: Console, vault: Path) -> None:
    """Print an answer."""
    numbers = Numbers(answer)
    for block in _blocks(answer, numbers, vault if console.is_terminal else None):
        console.print(block)


def _blocks(answer: Answer, numbers: Numbers, vault: Path | None) -> Iterator[RenderableType]:
    yield Text(one_line(answer.question, 2000) or "(no question)", style="bold")
    yield Text()
    if one_line(answer.question, 2000).strip(" ?.!") not in answer.reading:  # else it only says the question again
        yield _labelled("Reading", Text(answer.reading))
    yield _labelled("Coverage", Text(coverage_line(answer)))
    if answer.engine.llm:
        yield _labelled(
            "Written by", Text(f"{one_line(answer.engine.llm, 80)}, each sentence checked against its claims")
        )
    for premise in answer.told_premises():
        told = Text.assemble(
            one_line(premise.text),
            ("  ", ""),
            (_VERDICTS[premise.verdict], "italic"),
            f" {numbers.of(premise.claims)}".rstrip(),
        )
        yield _labelled("Premise", told)
    if answer.coverage == "near":
        yield Text(f"\n{one_line(nearest_to(answer))}")
    if first := answer.in_brief():
        yield Text()
        yield _paragraph(first, numbers)
    for number, thread, mine in answer.strands():
        yield Text()
        if answer.heading_of(number):
            yield _hanging(f"{number + 1}  ", _paragraph(mine, numbers))
        else:
            yield _hanging(f"{number + 1}  ", Text(one_line(thread.title, 400), style="bold"))
            yield Padding(_paragraph(mine, numbers), (0, 0, 0, 3))
    if answer.coverage == "silent":
        yield from _silence(answer, vault)
    yield from _tensions(answer, numbers)
    if answer.missing and answer.coverage not in ("silent", "near"):
        yield Text(f"\nMissing    {one_line(answer.missing, 600)}", style="dim")
    if answer.next:
        yield Text("\nNext", style="bold")
        for index, line in enumerate(answer.next):
            yield _hanging(
                f"{index + 1:2} ", Text.assemble(one_line(line.question), (f"  {one_line(line.why)}", "dim"))
            )
    if numbers.order:
        yield Text("\nSources", style="bold")
        yield from _sources(numbers, vault)
    if answer.withheld:
        count = _count(len(answer.withheld), "sentence")
        yield Text(
            f"\nWithheld   {count} of the model that the claims named do not carry (--why shows them)", style="dim"
        )
    for problem in answer.problems:
        where = f"{problem.path}:{problem.line}" if problem.line else problem.path
        at = f"{one_line(where)}: " if where else ""
        yield Text(f"\n! {at}{one_line(problem.message)} {one_line(problem.hint)}", style="red")


def _tensions(answer: Answer, numbers: Numbers) -> Iterator[RenderableType]:
    if answer.tensions or answer.apart:
        yield Text("\nTensions", style="bold")
    cards: list[RenderableType] = []
    for tension in answer.tensions:
        card = [
            Text.assemble((tension.kind, "yellow"), (f"   {said_by(tension)}", "dim")),
            _side(answer, tension.a, numbers),
            Text(f"on {' and '.join(named_notes(answer, tension))}")
            if tension.stated
            else _side(answer, tension.b, numbers),
            Text(one_line(tension.why), style="dim"),
        ]
        if tension.reconcile:
            said, by = one_line(as_read(tension.reconcile)), numbers.of(tension.settled_by)
            card.append(Text.assemble("To settle it, an author says: “", said, "” ", (by, "cyan")))
        cards.append(Group(*card))
    for index, each in enumerate([*cards, *map(Text, apart_in_words(answer))]):
        yield _hanging("\n ~ " if index else " ~ ", each)


def named_notes(answer: Answer, tension: Tension) -> list[str]:
    """The notes that one sentence sets against each other, by their titles."""
    titles = {note.id: one_line(note.title, 200) for note in answer.notes}
    return [f"“{titles.get(note, one_line(note, 200))}”" for note in tension.notes]


def apart_in_words(answer: Answer) -> Iterator[str]:
    """What is said of each two notes that an author sets against each other without a sentence to quote."""
    titles = {note.id: one_line(note.title, 200) for note in answer.notes}
    for each in answer.apart:
        yield (
            f"An author sets “{titles[each.a]}” and “{titles[each.b]}” against each other; which sentences are meant is not "
            f"sure enough to quote. {one_line(each.why[:1].upper() + each.why[1:], 300)}."
        )


def show_withheld(answer: Answer, console: Console) -> None:
    """Print what a model wrote and is not part of the answer, each with what is wrong with it."""
    if answer.withheld:
        console.print(Text("\nWithheld", style="bold"))
    for each in answer.withheld:
        console.print(_hanging(" - ", Text.assemble(one_line(each.text, 600), (f"\n{one_line(each.why, 400)}", "dim"))))


def show_tensions(answer: Answer, console: Console) -> None:
    """Print only the tensions."""
    for part in _tensions(answer, Numbers(answer)) if answer.tensions or answer.apart else [Text("None was found.")]:
        console.print(part)


def show_sources(answer: Answer, console: Console) -> None:
    """Print only the sources."""
    numbers = Numbers(answer)
    for part in _sources(numbers, None) if numbers.order else [Text("Nothing was cited.")]:
        console.print(part)


def said_by(tension: Tension) -> str:
    """ "stated by an author", "stated by you"."""
    return "stated by you" if tension.method == "person" else "stated by an author"


def coverage_line(answer: Answer) -> str:
    """ "contested: 5 notes, 4 independent sources, 2 tensions stated by their authors"; a word only where it says more."""
    if answer.coverage == "silent":
        return "silent: these notes cannot answer that"
    notes = sum(1 for note in answer.notes if note.cited)
    stated = sum(1 for tension in answer.tensions if tension.method == "author")
    told = [_count(notes, "note")]
    if all(claim.sources for claim in answer.claims.values()):  # else nobody knows what a note rests on
        told.append(_count(answer.voices, "independent source"))
    if stated:
        told.append(f"{_count(stated, 'tension')} stated by {'its author' if stated == 1 else 'their authors'}")
    word = f"{answer.coverage}: " if answer.coverage in _TELLING else ""
    return f"{word}{', '.join(told)}"


def nearest_to(answer: Answer) -> str:
    """How an answer opens that does not speak of the very point."""
    return f"{answer.missing.removesuffix('.')}; nearest to it:"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _labelled(label: str, text: Text) -> RenderableType:
    return _hanging(Text(f"{label:10} ", style="dim"), text)


def _hanging(mark: str | Text, body: RenderableType) -> RenderableType:
    from rich.table import Table

    first = mark if isinstance(mark, Text) else Text(mark)
    above = len(first.plain) - len(first.plain.lstrip("\n"))
    grid = Table.grid(padding=0)
    grid.add_column(no_wrap=True, width=len(first.plain.lstrip("\n")))
    grid.add_column(ratio=1, overflow="fold")
    grid.add_row(Text(first.plain.lstrip("\n"), style=first.style), body)
    return Group(*([Text()] * above), grid)


def _paragraph(statements: Sequence[Statement], numbers: Numbers) -> Text:
    text = Text()
    for statement in statements:
        if text.plain:
            text.append("\n")
        text.append(one_line(readable_maths(statement.shown), 4000))
        text.append(f" {numbers.of(statement.claims)}", style="cyan")
    return text


def _side(answer: Answer, key: str, numbers: Numbers) -> Text:
    return Text.assemble(
        "“", one_line(readable_maths(words_of(answer.claims[key])), 400), "” ", (numbers.of([key]), "cyan")
    )


def words_of(claim: Cited) -> str:
    """What is quoted of a claim: without mark-up, and as long as that can be understood."""
    return excerpt(claim.quote) or as_read(claim.quote)


def _silence(answer: Answer, vault: Path | None) -> Iterator[RenderableType]:
    nearest = [note for note in answer.notes if note.path][:3]
    if nearest:
        yield Text("\nNearest", style="bold")
    for note in nearest:
        yield _hanging("   ", Text.assemble(one_line(note.title), "\n", _path(note.path or "", None, vault)))
    if answer.missing:
        yield Text(f"\n{one_line(answer.missing, 600)}", style="dim")


def _sources(numbers: Numbers, vault: Path | None) -> Iterator[RenderableType]:
    for source in numbers.sources():
        body = Text(one_line(source.title))
        for path in dict.fromkeys(claim.path for claim in source.claims):
            here = [claim for claim in source.claims if claim.path == path]
            lines = sorted({claim.page or claim.line for claim in here})
            body.append("\n")
            body.append_text(_path(path, lines[0], vault, " p. " if here[0].page else ":", here[0].line))
            if len(lines) > 1:
                body.append(f", {', '.join(map(str, lines[1:]))}", style="cyan")
        if source.literature:
            body.append(f"\n{one_line(source.literature, 400)}", style="dim")
        yield _hanging(f"{f'[{source.number}]':>5} ", body)


def _path(path: str, told: int | None, vault: Path | None, before: str = ":", line: int | None = None) -> Text:
    """A file and the line or page that is told of it; the link leads to the line."""
    text = Text(one_line(path) + (f"{before}{told}" if told else ""), style="cyan")
    if vault is not None:
        text.stylize(f"link {address(vault.absolute(), path, line)}")
    return text


def cite(source: Source) -> str:
    """ "Wang et al. (2025). Title. arXiv:2504.20571"."""
    told = [who(source) if source.authors else str(source.year or ""), source.title]
    told.append(f"doi:{source.doi}" if source.doi else f"arXiv:{source.arxiv}" if source.arxiv else source.url)
    return ". ".join(part for part in told if part) or source.citekey


def literature(sources: Iterable[Source]) -> str:
    """The works behind a note, as a reference list has them."""
    return "; ".join(filter(None, map(cite, sources)))
