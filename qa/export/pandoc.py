"""A report for pandoc: `[@key]` citations, the bibliography named, and nothing that only a vault of notes understands.

`pandoc report.md --citeproc -o report.docx` makes Word of it; LaTeX and PDF are made in the same way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from kb.catalogue import notes
from kb.note import REPORT
from kb.oneline import one_line
from kb.store import Store
from qa.answer import Answer, Statement
from qa.export.literature import Work, bibtex, citekeys, works
from qa.export.markdown import Citing, below_fields, body, escaped, quoted
from qa.export.save import check_free, save

_ACTIVE = re.compile(r"[\\`*_\[\]<>|#$~^@{}&=]")  # "$x$", "a^2^", "@key" stay words as well
_LISTED = re.compile(r"^(\(?\w{0,9})([.)]|(?<![\w(])[-+:%])(?=\s)")  # "1. A nap", "(a) A nap", "- A nap"
_KEY = re.compile(r"\w+(?:[:.+/-]\w+)*")  # "vaswani2017:attention" as it is; others, such as "a--b", in braces


def pandoc_report(answers: Sequence[Answer], works: Mapping[str, Work], bibliography: str, date: str) -> str:
    """The whole file. `works` by voice; `bibliography` is the file's name beside the report, listed where there are any."""
    alone = len(answers) == 1
    title = answers[0].question if alone else f"{len(answers)} questions, and what the notes say"
    listed = [
        f"bibliography: {quoted(bibliography)}", "link-citations: true", "reference-section-title: Works cited",
    ]  # fmt: skip
    fields = [f"title: {quoted(title)}", f"date: {date}", *(listed if works else []), f"topics: [{REPORT}]"]
    return below_fields(fields, [body(answer, PandocCiting(answer, works, alone)) for answer in answers])


def write_for_pandoc(answers: Sequence[Answer], path: Path, store: Store, *, force: bool) -> str:
    """A report, and beside it a library of the works cited, under the keys of `kb export bibtex`; what was written, in words."""
    every = notes(store)
    voices = {source.voice() for answer in answers for claim in answer.claims.values() for source in claim.sources}
    cited = {work.source.voice(): work for work in works(every, citekeys(every)) if work.source.voice() in voices}
    library = path.with_suffix(".bib")
    check_free(path, force=force)
    if cited:
        save(library, bibtex(list(cited.values())))
    save(path, pandoc_report(answers, cited, library.name, date.today().isoformat()), force=force)
    return f"and the works cited ({len(cited)}): {library}" if cited else ""


class PandocCiting(Citing):
    """Works by their keys; a note behind which there is none, in a footnote."""

    def __init__(self, answer: Answer, works: Mapping[str, Work], alone: bool) -> None:
        super().__init__(answer, "pandoc")
        self.works, self.alone = works, alone

    def opening(self) -> Iterator[str]:
        """A question that stands alone is the title already; what is quoted is said."""
        if not self.alone:
            yield f"# {self.escaped(self.answer.question)}\n"
        if self.numbers.order:
            by = self.answer.engine.llm
            worded = f" The prose is by {self.escaped(by)}, each sentence checked against its claims." if by else ""
            of = " on the works cited, not from the works themselves" if self.works else ""
            yield f"The quotations are from notes{of}.{worded}\n"

    def heading(self, words: str, level: int = 2) -> str:
        return super().heading(words, level - self.alone)

    def counted(self) -> str:
        return "Notes quoted"

    def escaped(self, text: str) -> str:
        return _LISTED.sub(r"\1\\\2", escaped(text, _ACTIVE))

    def strand(self, number: int, said: Sequence[Statement]) -> Iterator[str]:
        """A strand headed by what it says first has that in bold: a heading would only say it twice."""
        head = self.answer.heading_of(number)
        if head is None:
            yield from super().strand(number, said)
            return
        yield f"**{self.escaped(head.text)}**{self.of(head.claims)}\n"
        if rest := [statement for statement in said if statement is not head]:
            yield self.prose(rest)

    def of(self, keys: Iterable[str]) -> str:
        pages: dict[str, dict[int, None]] = {}
        for claim in (self.answer.claims[key] for key in keys if key in self.answer.claims):
            pages.setdefault(claim.note, {}).update({claim.page: None} if claim.page else {})
        cited = [each for note, on in pages.items() for each in self._cited(note, list(on))]
        footnotes = "".join(f"^[A note: {self.named(note)}]" for note in pages if not self.sources.get(note))
        return (f" [{'; '.join(dict.fromkeys(cited))}]" if cited else "") + footnotes

    def _cited(self, note: str, pages: Sequence[int] = ()) -> list[str]:
        """ "@wei2022, p. 4" for each work behind a note."""
        told = f", {'p.' if len(pages) == 1 else 'pp.'} {', '.join(map(str, pages))}" if pages else ""
        keys = [self.works[source.voice()].key for source in self.sources.get(note, ())]
        return [f"@{key}{told}" if _KEY.fullmatch(key) else f"@{{{key}}}{told}" for key in keys]

    def named(self, note: str) -> str:
        looked = self.notes.get(note)
        return f"“{self.escaped(looked.title if looked else note)}”"

    def listing(self) -> Iterator[str]:
        for note in self.numbers.order:
            cited = self._cited(note)
            summary = one_line(self.notes[note].summary, 600) if note in self.notes else ""
            works = f" [{'; '.join(cited)}]" if cited else ""
            yield f"- {self.named(note)}{works}. {self.escaped(summary)}".rstrip()
