"""`kb ask --cite pandoc`: a report that Debian's pandoc makes Word and LaTeX of, its bibliography with it, whatever the notes say."""

import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bibtexparser.entrypoint
import pytest
from hostile import STRINGS
from test_cli_contract import ask
from test_qa_report import hostile
from transcript import synced_sample

from ingest.formats.pdf import text_of
from kb.note import Note, Source
from qa.export.literature import bibtex, citekeys, works
from qa.export.pandoc import pandoc_report

PANDOC = shutil.which("pandoc")
LATEX = next(filter(None, map(shutil.which, ("pdflatex", "xelatex", "lualatex"))), None)
QUESTION = "Why would meaningless reward signals make Qwen better at maths?"
needs_pandoc = pytest.mark.skipif(PANDOC is None, reason="NO PANDOC: install it to have reports read by it")


def pandoc(folder: Path, *words: str) -> str:
    """What pandoc prints; it must not warn of anything, such as a work cited and not listed."""
    assert PANDOC is not None
    done = subprocess.run([PANDOC, *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synced_sample(tmp_path_factory.mktemp("pandoc") / "vault")


@pytest.fixture(scope="module")
def written(vault: Path) -> Path:
    done = ask(vault, "ask", QUESTION, "--report", str(vault.parent / "answer.md"), "--cite", "pandoc")
    assert (done.status, done.err) == (0, "") and str(vault.parent / "answer.bib") in done.out
    return vault.parent


def test_what_the_vault_cites_by_need_not_be_said_again(tmp_path: Path) -> None:
    (tmp_path / "naps.md").write_text("# Do naps help recall?\n\nA nap of an hour raises recall by a fifth.\n")
    (tmp_path / "kb.toml").write_text('cite = "pandoc"\n')
    done = ask(tmp_path, "ask", "Do naps raise recall?", "--report", str(tmp_path / "answer.md"))
    assert (done.status, done.err) == (0, "") and "the notes cited name no works" in done.out
    assert "[[" not in (tmp_path / "answer.md").read_text("utf-8")
    done = ask(tmp_path, "ask", "Do naps raise recall?", "--report", str(tmp_path / "answer.html"))
    assert (done.status, done.err) == (0, "") and (tmp_path / "answer.html").exists()
    assert (
        ask(tmp_path, "ask", "Do naps raise recall?", "--report", str(tmp_path / "b.md"), "--cite", "footnote").status
        == 0
    )
    assert "[^1]: " in (tmp_path / "b.md").read_text("utf-8")


def test_the_works_beside_a_report_are_those_it_cites(vault: Path, written: Path) -> None:
    beside = {entry.key for entry in bibtexparser.entrypoint.parse_file(str(written / "answer.bib")).entries}
    every = {entry.key for entry in bibtexparser.entrypoint.parse_string(ask(vault, "export", "bibtex").out).entries}
    text = (written / "answer.md").read_text("utf-8")
    assert set(re.findall(r"@([\w:.-]+\w)", re.sub(r"\\.", "", text))) == beside < every
    assert "[[" not in text and 'bibliography: "answer.bib"' in text


@needs_pandoc
def test_pandoc_makes_word_and_latex_with_a_bibliography(written: Path) -> None:
    pandoc(written, "answer.md", "--citeproc", "-o", "answer.docx")
    with zipfile.ZipFile(written / "answer.docx") as made:
        words = re.sub("<[^>]+>", "", made.read("word/document.xml").decode())
    latex = pandoc(written, "answer.md", "--citeproc", "--standalone", "--to", "latex")
    for entry in bibtexparser.entrypoint.parse_file(str(written / "answer.bib")).entries:
        family = entry["author"].split(" and ")[0].split()[-1]
        assert family in words.split("Works cited")[1] and family in latex.split("Works cited")[-1]
    cited = pandoc(written, "answer.md", "--biblatex", "--to", "latex")
    assert r"\autocite" in cited and "[@" not in cited


@needs_pandoc
@pytest.mark.skipif(LATEX is None, reason="NO LATEX: install pdflatex, lualatex or xelatex to have reports set by it")
def test_latex_sets_the_report_and_its_bibliography(written: Path) -> None:
    pandoc(written, "answer.md", "--citeproc", "--standalone", f"--pdf-engine={LATEX}", "-o", "answer.pdf")
    text, problems = text_of((written / "answer.pdf").read_bytes(), "answer.pdf")
    words = "".join(text.split())
    assert problems == () and QUESTION.replace(" ", "") in words and "@" not in words
    for entry in bibtexparser.entrypoint.parse_file(str(written / "answer.bib")).entries:
        assert entry["author"].split(" and ")[0].split()[-1] in words.split("Workscited")[-1]


def every(kind: str, value: Any) -> Iterator[Any]:
    """The contents of each element of that kind in pandoc's tree."""
    if isinstance(value, dict):
        if value.get("t") == kind:
            yield value.get("c")
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from every(kind, each)


@needs_pandoc
def test_hostile_text_is_words_to_pandoc(tmp_path: Path) -> None:
    lists = ["1. a list", "(@) a list", "- a list", "::: {.x}", ": said", "a--b", "$x$ and ~y~ ^z^ @w", "a `b`{=latex}"]
    evil = [text for text in STRINGS if text.strip()] + lists
    answers = [hostile(text) for text in evil]
    notes = [
        Note(id=text, title=text, kind="note", path="a.md", sources=(Source(citekey=text, title=text, authors=(text,), year=2020, doi=f"10.1/{number}"),))
        for number, text in enumerate(evil)
    ]  # fmt: skip
    library = works(notes, citekeys(notes))
    assert len({work.key.casefold() for work in library}) == len(library)
    (tmp_path / "r.bib").write_text(bibtex(library), encoding="utf-8")
    mine = {
        source.voice(): library[number % len(library)]
        for number, source in enumerate(source for answer in answers for each in answer.claims.values() for source in each.sources)
    }  # fmt: skip
    (tmp_path / "r.md").write_text(pandoc_report(answers, mine, "r.bib", "2026-01-02"), encoding="utf-8")
    tree = json.loads(pandoc(tmp_path, "r.md", "--to", "json"))
    for kind in ("RawBlock", "RawInline", "Image", "Link", "Math", "Code", "CodeBlock", "OrderedList", "DefinitionList",
                 "BlockQuote", "Table", "Div", "Strikeout", "Superscript", "Subscript", "Emph", "Span"):  # fmt: skip
        assert list(every(kind, tree["blocks"])) == [], kind
    cited = {one["citationId"] for cite in every("Cite", tree) for one in cite[0]}
    assert cited and cited <= {work.key for work in library}
    assert len(json.loads(pandoc(tmp_path, "--from", "bibtex", "--to", "csljson", "r.bib"))) == len(library)
    pandoc(tmp_path, "r.md", "--citeproc", "-o", "r.docx")


def test_notes_without_works_are_named_in_footnotes_and_no_library_is_written(tmp_path: Path) -> None:
    (tmp_path / "naps.md").write_text("# Naps\n\nA nap of an hour raises the recall of words in adults.\n")
    made = tmp_path / "answer.md"
    done = ask(tmp_path, "ask", "Does a nap raise the recall of words?", "--report", str(made), "--cite", "pandoc")
    text = made.read_text("utf-8")
    assert done.status == 0 and not made.with_suffix(".bib").exists() and "name no works" in done.out
    assert "^[A note: “Naps”]" in text and "bibliography" not in text and "orks cited" not in text


def test_a_library_of_the_user_is_never_written_over(vault: Path, tmp_path: Path) -> None:
    own = "@book{mine, title={Mine}}\n"
    (tmp_path / "refs.bib").write_text(own)
    done = ask(vault, "ask", QUESTION, "--report", str(tmp_path / "refs.md"), "--cite", "pandoc", "--force")
    assert done.status == 1 and "refs.bib" in done.err and len(done.err.splitlines()) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["refs.bib"] and (tmp_path / "refs.bib").read_text() == own
    done = ask(vault, "ask", QUESTION, "--report", str(tmp_path / "r.html"), "--cite", "pandoc")
    assert done.status == 2 and ".md" in done.err and done.out == ""
