"""An answer as an inquiring line: what `ingest` reads back as the same question, citations and claims.

It carries the topic `kb-report`, by which the way in knows that it repeats what others say and does not vote.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from kb.addresses import MARKED
from kb.note import REPORT, Source
from kb.oneline import one_line
from kb.readable import as_read
from qa.answer import Answer, Looked, Statement
from qa.render import Numbers, coverage_line, literature, nearest_to, said_by, words_of

_CITEKEY = re.compile(
    r"\w(?:[\w:.#$%&+?~/-]{0,200}\w)?"
)  # "vaswani2017:attention"; what else a note calls so is not written
_ACTIVE = re.compile(r"[\\`*_\[\]<>|#]")  # "[[x]]", "#tag", "<b>" stay words


def report(answers: Sequence[Answer], style: str = "wikilink", date: str = "") -> str:
    """The whole file; several answers follow one another, under the first one's front matter."""
    fields = [
        f"title: {quoted(answers[0].question if answers else 'Nothing was asked')}", "kind: line", f"topics: [{REPORT}]",
        *([f"date: {date}"] if date else []),
        *(f"written_by: {quoted(name)}" for name in dict.fromkeys(answer.engine.llm for answer in answers) if name),
    ]  # fmt: skip
    return below_fields(fields, [body(answer, Citing(answer, style)) for answer in answers])


def below_fields(fields: Iterable[str], bodies: Iterable[Iterable[str]]) -> str:
    """A file of several texts below its front matter."""
    told = "\n\n".join("\n".join(lines).rstrip() for lines in bodies)
    return "\n".join(["---", *fields, "---", "", told]) + "\n"


def body(answer: Answer, citing: "Citing") -> Iterator[str]:
    """The report's paragraphs, lists and headings."""
    yield from citing.opening()
    yield f"{citing.escaped(answer.reading)} Coverage: {citing.escaped(coverage_line(answer))}.\n"
    for premise in answer.told_premises():
        yield f"The question takes for granted: {citing.escaped(premise.text)} Verdict: {premise.verdict}{citing.of(premise.claims)}.\n"
    if answer.coverage == "near":
        yield f"{citing.escaped(nearest_to(answer))}\n"
    if first := answer.in_brief():
        yield citing.prose(first)
    for number, _, mine in answer.strands():
        yield from citing.strand(number, mine)
    if answer.tensions or answer.apart:
        yield citing.heading("Tensions")
        for tension in answer.tensions:
            one, other = (
                f"“{citing.escaped(words_of(answer.claims[key]))}”{citing.of([key])}" for key in (tension.a, tension.b)
            )
            yield f"- {tension.kind} ({said_by(tension)}): {one}"
            yield f"  on {' and '.join(map(citing.named, tension.notes))}." if tension.stated else f"  and {other}."
            if tension.reconcile:
                yield f"  To settle it, an author says: “{citing.escaped(as_read(tension.reconcile))}”{citing.of(tension.settled_by)}."
        if answer.apart:
            # No sentence, which would be a claim of this report to whoever reads it again.
            if answer.tensions:
                yield ""
            yield citing.heading("Set against each other by an author, with no sentences sure enough to quote", 3)
            yield from (f"- {citing.named(each.a)} and {citing.named(each.b)}" for each in answer.apart)
        yield ""
    yield citing.heading(citing.counted())
    yield from citing.listing()
    if answer.next:
        yield "\n" + citing.heading("Next inquiring lines")
        yield from (f"- {citing.escaped(one_line(line.question))}" for line in answer.next)
    yield from citing.footnotes()


class Citing:
    """How this report names its sources."""

    def __init__(self, answer: Answer, style: str) -> None:
        self.answer, self.numbers, self.style = answer, Numbers(answer), style
        self.notes: Mapping[str, Looked] = {note.id: note for note in answer.notes}
        self.sources: dict[str, tuple[Source, ...]] = {}
        for claim in answer.claims.values():
            self.sources.setdefault(claim.note, claim.sources)

    def opening(self) -> Iterator[str]:
        """What stands before all else."""
        yield f"# {self.escaped(self.answer.question)}\n"

    def heading(self, words: str, level: int = 2) -> str:
        """A heading, and the blank line after it."""
        return f"{'#' * level} {words}\n"

    def strand(self, number: int, said: Sequence[Statement]) -> Iterator[str]:
        yield self.heading(self.escaped(self.answer.threads[number].title))
        yield self.prose(said)

    def prose(self, said: Sequence[Statement]) -> str:
        """Quotes stand apart; what a model wrote leads on from sentence to sentence."""
        if not self.answer.engine.llm:
            return "\n\n".join(f"{self.escaped(each.shown)}{self.of(each.claims)}." for each in said) + "\n"
        told = []
        for statement in said:
            text = self.escaped(statement.shown)
            end = text[-1] if text.endswith((".", "?", "!")) else ""
            told.append(f"{text.removesuffix(end)}{self.of(statement.claims)}{end or '.'}")
        return " ".join(told) + "\n"

    def counted(self) -> str:
        return f"Sources {len(self.numbers.order)} notes"

    def escaped(self, text: str) -> str:
        return escaped(text)

    def of(self, keys: Iterable[str]) -> str:
        """The citation of claims, a blank before it where it takes one."""
        notes = self.numbers.notes(keys)
        if self.style == "footnote":
            return "".join(f"[^{self.numbers.order[note]}]" for note in notes)
        return " " + ", ".join(map(self._link, notes)) if notes else ""

    def _link(self, note: str) -> str:
        key = next((source.citekey for source in self.sources.get(note, ()) if source.citekey), "")
        if (self.style == "citekey" or note.endswith(MARKED)) and _CITEKEY.fullmatch(key):
            return f"[@{key}]"
        return f"[[{self._target(note)}]]"

    def _target(self, note: str) -> str:
        looked = self.notes.get(note)
        if looked is None or looked.path is None or looked.path.endswith(MARKED):
            return _plain(looked.title if looked else note)
        path = PurePosixPath(looked.path)
        return _plain(str(path.with_suffix("")) if path.suffix == ".md" else looked.path)

    def listing(self) -> Iterator[str]:
        """Each note cited, with what it is on and the literature behind it."""
        for note in self.numbers.order:
            looked = self.notes.get(note)
            summary = one_line(looked.summary, 600) if looked else ""
            works = literature(self.sources.get(note, ()))
            said = ". ".join(part.rstrip(".") for part in (summary, works) if part)
            yield f"- {self.named(note)}" + (f" — {self.escaped(said)}." if said else "")

    def named(self, note: str) -> str:
        """A link that shows the title."""
        looked = self.notes.get(note)
        target, title = self._target(note), _plain(looked.title if looked else note)
        return f"[[{target}]]" if target == title else f"[[{target}|{title}]]"

    def footnotes(self) -> Iterator[str]:
        """What the marks in the text stand for."""
        if self.style == "footnote":
            yield ""
            yield from (f"[^{number}]: [[{self._target(note)}]]" for note, number in self.numbers.order.items())


def escaped(text: str, active: re.Pattern[str] = _ACTIVE) -> str:
    """Words from notes stay words: no links, images, emphasis or HTML come of them."""
    return active.sub(r"\\\g<0>", one_line(text, 4000))


def _plain(text: str) -> str:
    """Inside a wikilink nothing can be escaped, so what could be mark-up goes."""
    return " ".join(re.sub(r"[\[\]|#^<>`*\\]|&(?=[#\w])", " ", one_line(text)).split())


def quoted(text: str) -> str:
    """A text as a value of the front matter."""
    # Doubled brackets would be read back as a link.
    plain = one_line(text, 500).replace("[[", "[ [").replace("]]", "] ]")
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
