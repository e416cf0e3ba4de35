"""`kb ask`: the answer to a question, or to several."""

import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ingest.decode import is_binary
from kb.addresses import address_within
from kb.catalogue import notes
from kb.cli import door
from kb.cli.llm import Choice, writer
from kb.cli.screen import console
from kb.cli.within import Folders, Kinds, Since, Tags, within
from kb.errors import KbError, NotFound
from kb.oneline import one_line
from kb.settings import Settings
from kb.store import Store
from qa.answer import Answer
from qa.ask import Asker
from qa.export.literature import bibtex, citekeys, works
from qa.export.markdown import STYLES, report
from qa.export.page import page
from qa.export.pandoc import pandoc_report
from qa.export.save import check_free, save
from qa.question import is_question
from qa.render import show, show_withheld

_HTML = (".html", ".htm")
PANDOC = "pandoc"
"""The style of a report that is handed on to Word or LaTeX."""


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from stdin.", show_default=False)] = "",
    questions: Annotated[
        Path | None, typer.Option("--from", help="A file with a question on each line.", metavar="FILE")
    ] = None,
    limit: Annotated[int, typer.Option(min=40, help="Words that the answer's statements may have.")] = 300,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write a report: Markdown, or .html.", metavar="FILE")
    ] = None,
    cite: Annotated[
        str, typer.Option("--cite", help="How a Markdown report cites: wikilink, citekey, footnote or pandoc.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write the report over a file changed since.")] = False,
    folders: Folders = None,
    tags: Tags = None,
    kinds: Kinds = None,
    since: Since = "",
    llm: Choice = None,
    why: Annotated[
        bool, typer.Option("--why", help="Also print what a model wrote and the notes do not carry, and why.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the answer as one JSON object; several as one a line.")
    ] = False,
) -> None:
    """Answer an open question from the notes, with the tensions left in."""
    asked = _asked(question, questions)
    _check_report(report, cite)

    with (
        door.base() as (store, settings),
        writer(store, settings, llm, is_heard=not as_json) as words,
        closing(Asker(store, settings, writer=words, within=within(store, folders, tags, kinds, since))) as asker,
    ):
        answers = []
        for number, text in enumerate(asked):
            answer = asker.ask(text, words=limit)
            answers.append(answer)
            if as_json:
                door.print_json(answer, is_row=questions is not None)
            else:
                _show(answer, store.vault, number, why)
        if report is not None and cite == PANDOC:
            _write_for_pandoc(answers, report, store, force, is_told=not as_json)
        elif report is not None:
            write_report(answers, report, store.vault, settings, cite, force)


def write_report(answers: list[Answer], path: Path, vault: Path, settings: Settings, cite: str, force: bool) -> None:
    """Write answers as a report, Markdown or HTML by the ending of the file."""

    _check_report(path, cite)
    if path.suffix.casefold() in _HTML:
        made = page(answers, lambda note, line: address_within(path, vault, note, line, settings.open))
    else:
        made = report(answers, cite or settings.cite, date.today().isoformat())
    save(path, made, force=force)


def _write_for_pandoc(answers: list[Answer], path: Path, store: Store, force: bool, *, is_told: bool) -> None:
    """A report for pandoc, and beside it a library of the works cited, under the keys of `kb export bibtex`."""

    every = notes(store)
    voices = {source.voice() for answer in answers for claim in answer.claims.values() for source in claim.sources}
    cited = {work.source.voice(): work for work in works(every, citekeys(every)) if work.source.voice() in voices}
    library = path.with_suffix(".bib")
    check_free(path, force=force)
    if cited:
        save(library, bibtex(list(cited.values())))
    save(path, pandoc_report(answers, cited, library.name, date.today().isoformat()), force=force)
    if is_told:
        beside = (
            f", and the works cited ({len(cited)}): {one_line(str(library))}"
            if cited
            else "; the notes cited name no works"
        )
        typer.echo(f"\nWritten    {one_line(str(path))}{beside}")


def _check_report(path: Path | None, cite: str) -> None:
    """What no report can be made of is told before anything is asked."""
    if cite:
        if cite not in (*STYLES, PANDOC):
            raise typer.BadParameter(f"--cite: “{cite}”; possible: {', '.join((*STYLES, PANDOC))}.")
        if cite == PANDOC and path is not None and path.suffix.casefold() in _HTML:
            raise typer.BadParameter("--cite pandoc: pandoc reads Markdown, so name a report that ends in .md.")
    if path is not None and path.suffix.casefold() not in (*_HTML, ".md", ".markdown", ".txt"):
        raise typer.BadParameter(f"--report: “{path.name}” is neither Markdown nor HTML; possible: .md, .html.")


class NoQuestion(KbError):
    """What was typed asks nothing."""

    status = 2

    def __init__(self, given: str) -> None:
        super().__init__(
            f"“{one_line(given, 80)}” is no question.",
            'Ask one in words: kb ask "Does an afternoon nap improve recall?"',
        )


def _asked(question: str, questions: Path | None) -> list[str]:
    if questions is not None:
        try:
            lines = questions.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as why:
            raise NotFound(
                "file of questions", str(questions), f"{why.strerror}. Name a text file with a question on each line."
            ) from None
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if question == "-":
        given = sys.stdin.buffer.read() if sys.stdin else b""
        if is_binary(given):
            raise NoQuestion("what came through the pipe")
        question = given.decode("utf-8", "replace")
    if not question.strip():
        raise typer.BadParameter("There is no question.")

    if not is_question(question):
        raise NoQuestion(question)
    return [question]


def _show(answer: Answer, vault: Path, number: int, why: bool) -> None:
    out = console()
    if number:
        out.print("\n" + "─" * min(out.width, 60) + "\n")
    show(answer, out, vault)
    if why:
        show_withheld(answer, out)
