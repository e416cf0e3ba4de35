"""`kb ask`: the answer to a question, or to several."""

import sys
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, get_args

import typer

from ingest.decode import is_binary
from kb.addresses import address_within
from kb.cli import door
from kb.cli.listing import Folders, Kinds, Since, Tags, within
from kb.cli.llm import Choice, writer
from kb.cli.screen import console
from kb.errors import NotFound
from kb.oneline import one_line
from kb.settings import Cite, Settings
from kb.store import Store
from qa.answer import Answer
from qa.ask import Asker
from qa.export.markdown import report as markdown_report
from qa.export.page import page
from qa.export.pandoc import write_for_pandoc
from qa.export.save import save
from qa.question import is_question
from qa.render import show, show_withheld

_HTML = (".html", ".htm")


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from stdin.")] = "",
    questions: Annotated[
        Path | None, typer.Option("--from", help="A file with a question on each line.", metavar="FILE")
    ] = None,
    limit: Annotated[int, typer.Option(min=40, help="Words that the answer's statements may have.")] = 300,
    report: Annotated[Path | None, typer.Option(help="Write a report: Markdown, or .html.", metavar="FILE")] = None,
    cite: Annotated[str, typer.Option(help="How a Markdown report cites: wikilink, citekey, footnote or pandoc.")] = "",
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
        answers: list[Answer] = []
        for text in asked:
            answer = asker.ask(text, words=limit)
            if as_json:
                door.print_json(answer, is_row=questions is not None)
            else:
                _show(answer, store.vault, bool(answers), why)
            answers.append(answer)
        if report is not None:
            told = write_report(answers, report, store, settings, cite, force)
            if told and not as_json:
                typer.echo(f"\nWritten    {one_line(str(report))}{told}")


def write_report(answers: list[Answer], path: Path, store: Store, settings: Settings, cite: str, force: bool) -> str:
    """Write answers as a report, Markdown or HTML by the ending of the file; what was written beside it, in words."""
    _check_report(path, cite)
    if path.suffix.casefold() in _HTML:
        made = page(answers, partial(address_within, path, store.vault, style=settings.open))
    elif "pandoc" in (cite, not cite and settings.cite):
        beside = write_for_pandoc(answers, path, store, force=force)
        return f", {one_line(beside)}" if beside else "; the notes cited name no works"
    else:
        made = markdown_report(answers, cite or settings.cite, date.today().isoformat())
    save(path, made, force=force)
    return ""


def _check_report(path: Path | None, cite: str) -> None:
    """What no report can be made of is told before anything is asked."""
    if cite:
        if cite not in get_args(Cite):
            raise typer.BadParameter(f"--cite: “{cite}”; possible: {', '.join(get_args(Cite))}.")
        if cite == "pandoc" and path is not None and path.suffix.casefold() in _HTML:
            raise typer.BadParameter("--cite pandoc: pandoc reads Markdown, so name a report that ends in .md.")
    if path is not None and path.suffix.casefold() not in (*_HTML, ".md", ".markdown", ".txt"):
        raise typer.BadParameter(f"--report: “{path.name}” is neither Markdown nor HTML; possible: .md, .html.")


def _asked(question: str, questions: Path | None) -> list[str]:
    if questions is not None:
        try:
            lines = questions.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as why:
            remedy = f"{why.strerror}. Name a text file with a question on each line."
            raise NotFound("file of questions", str(questions), remedy) from None
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    given = b""
    if question == "-":
        given = sys.stdin.buffer.read() if sys.stdin else b""
        question = "what came through the pipe" if is_binary(given) else given.decode("utf-8", "replace")
    if not question.strip():
        raise typer.BadParameter("There is no question.")
    if is_binary(given) or not is_question(question):
        example = 'Ask one in words: kb ask "Does an afternoon nap improve recall?"'
        raise door.Misunderstood(f"“{one_line(question, 80)}” is no question.", example)
    return [question]


def _show(answer: Answer, vault: Path, is_next: bool, why: bool) -> None:
    out = console()
    if is_next:
        out.print("\n" + "─" * min(out.width, 60) + "\n")
    show(answer, out, vault)
    if why:
        show_withheld(answer, out)
