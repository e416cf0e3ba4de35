"""An answer as a file: read back as what it was, safe whatever the notes say, written whole or not at all."""

import io
import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from rich.console import Console
from test_cli_contract import ask
from test_qa_never_invents import folded, quoted
from transcript import synced_sample

from ingest.pipeline import sync
from ingest.read import read
from ingest.titles import Titles
from kb.link import Tension
from kb.note import REPORT, Source
from kb.readable import as_read
from kb.settings import Settings
from kb.store import open_store
from qa.answer import Answer, Cited, Engine, Looked, Next, Premise, Statement, Thread
from qa.ask import Asker
from qa.export.markdown import report
from qa.export.page import page
from qa.export.save import InTheWay, is_as_written, save
from qa.render import show

STYLES = ("wikilink", "citekey", "footnote")
QUESTION = "Why would meaningless reward signals make Qwen better at maths?"
EVIL = (
    '<script>alert(1)</script> ![x](http://evil.example/p.png) [a](javascript:alert(1)) <img src=x onerror="a()"> '
    "[[other]] **b** `c` </p></style> & # h"
)
VOID = {"meta", "br"}


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("report") / "vault"
    return synced_sample(copy)


@pytest.fixture(scope="module")
def answer(vault: Path) -> Iterator[Answer]:
    with open_store(vault) as store:
        yield Asker(store, Settings()).ask(QUESTION)


def hostile(evil: str = EVIL) -> Answer:
    """An answer over notes that would like to be more than text."""
    claims = {
        key: Cited(
            text=evil, quote=evil, note=f"{key}.md", path=f"{key}.md", line=1, start=0, end=9,
            sources=(Source(citekey="k", title=evil, url="javascript:alert(1)", authors=(evil,), year=2020),),
        )
        for key in ("a", "b")
    }  # fmt: skip
    return Answer(
        question=f"# {evil}\n# Why?",
        reading=f"This asks {evil}.",
        premises=(Premise(text=evil, verdict="unknown", claims=("a",)),),
        coverage="contested",
        statements=(Statement(text=f"“{evil}”", claims=("a",), thread=0, role="finding"),),
        threads=(Thread(title=f"{evil}\n---\n", notes=("a.md",)),),
        tensions=(
            Tension(kind="scope", a="a", b="b", method="author", confidence=1.0, why=evil, reconcile=evil),
        ),
        next=(Next(question=f"{evil}?", because=("a",), why=evil),),
        claims=claims,
        notes=tuple(
            Looked(id=f"{key}.md", title=f"]] {evil}", path=f"{key}.md", summary=evil, cited=True) for key in ("a", "b")
        ),
        engine=Engine(embed="none", llm=None, seconds=0.0),
        voices=2,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ Markdown


def test_a_report_is_read_back_as_a_line_with_the_same_question(answer: Answer) -> None:
    found = read("report.md", report([answer], "wikilink", "2026-01-02").encode(), Titles(()))
    assert found.page is not None and found.problems == ()
    note = found.page.note
    assert (note.kind, note.title, note.date) == ("line", QUESTION, "2026-01-02")
    assert REPORT in note.topics


@pytest.mark.parametrize("style", STYLES)
def test_a_report_in_the_vault_cites_what_the_answer_cites(
    vault: Path, answer: Answer, style: str, tmp_path: Path
) -> None:
    copy = tmp_path / "vault"
    shutil.copytree(vault, copy)
    save(copy / "report.md", report([answer], style, "2026-01-02"))
    synced = sync(copy, Settings())
    assert synced.added == 1 and synced.failed == []
    with open_store(copy) as store:
        rows = store.sql.execute(
            "SELECT DISTINCT mention.note FROM mention JOIN file ON file.id = mention.file WHERE file.path = 'report.md'"
        )
        cited = {row[0] for row in rows}
    assert {note.id for note in answer.notes if note.cited} <= cited
    assert not [name for name in cited if name.startswith("stub:")], "a citation that leads nowhere"


@pytest.mark.parametrize("style", STYLES)
def test_a_report_holds_every_quote(answer: Answer, style: str) -> None:
    text = re.sub(r"\\(.)", r"\1", folded(report([answer], style)))
    for statement in answer.statements:
        assert folded(as_read(quoted(statement.text, statement.lead))) in text
    for thread in answer.threads:
        assert f"## {thread.title}" in text
    assert "## Tensions" in text and f"## Sources {text.count('- [[')} notes" in text
    assert text.count("## Next inquiring lines") == bool(answer.next)


def test_the_three_styles_of_citation(answer: Answer) -> None:
    wiki, keys, notes = (report([answer], style) for style in STYLES)
    assert "[@" not in wiki and "[^" not in wiki and "[[notes/" in wiki
    assert "[@" in keys
    used, defined = set(re.findall(r"(?<!\n)\[\^(\d+)\](?!:)", notes)), re.findall(r"^\[\^(\d+)\]: ", notes, re.M)
    assert used == set(defined) and len(defined) == len(set(defined)) and used


def test_hostile_text_stays_text_in_markdown() -> None:
    from markdown_it import MarkdownIt

    for style in STYLES:
        text = report([hostile()], style)
        tokens = MarkdownIt("commonmark").parse(text.split("---\n", 2)[2])
        inline = [child for token in tokens for child in token.children or ()]
        assert not [token.type for token in tokens if token.type in ("html_block", "code_block", "fence", "hr")]
        kinds = {child.type for child in inline}
        assert not kinds & {"image", "html_inline", "strong_open", "em_open", "code_inline"}, kinds
        # CommonMark has no footnotes and reads "[^1]: [[x]]" as a link reference; nothing else may be a link.
        hrefs = [str(child.attrs["href"]) for child in inline if child.type == "link_open"]
        assert [href for href in hrefs if not href.startswith("%5B%5B")] == []
        headings = [token.tag for token in tokens if token.type == "heading_open"]
        assert headings == ["h1", "h2", "h2", "h2", "h2"]


def test_hostile_text_makes_no_citations() -> None:
    found = read("r.md", report([hostile()]).encode(), Titles(()))
    assert found.page is not None and found.page.note.kind == "line"
    assert {mention.target for mention in found.page.mentions} <= {"a", "b"}


def test_nothing_asked_is_a_report_too() -> None:
    assert "Nothing was asked" in report([]) and "Nothing was asked" in page([])


# ---------------------------------------------------------------------------------------------------------------- HTML


class Strict(HTMLParser):
    """Every element closed in order; what loads or runs is noted."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.loads: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and (value or "").startswith("#"):
                self.targets.append((value or "")[1:])
            elif name in ("src", "href") or name.startswith("on"):
                self.loads.append(f"{tag} {name}={value}")
        if tag in ("script", "img", "iframe", "link", "object", "embed", "form", "base"):
            self.loads.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.words += data


def parsed(text: str) -> Strict:
    parser = Strict()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser


def test_the_page_is_whole_and_loads_nothing(answer: Answer) -> None:
    text = page([answer, answer])
    found = parsed(text)
    assert text.startswith("<!doctype html>") and found.loads == []
    assert "url(" not in text and "@import" not in text and "@media print" in text
    assert len(found.ids) == len(set(found.ids)) and set(found.targets) <= set(found.ids) and found.targets
    for statement in (*answer.in_brief(), *(each for at in range(len(answer.threads)) for each in answer.said_in(at))):
        assert folded(as_read(statement.text)) in folded(found.words)


def test_hostile_text_stays_text_in_html() -> None:
    found = parsed(page([hostile()]))
    assert found.loads == []
    assert "<script>alert(1)</script>" in found.words


def test_a_formula_is_readable_on_a_page_and_a_screen_and_as_written_elsewhere() -> None:
    answer = hostile(r"The gap grows when $\hat{x} \geq 2$ holds.")
    screen = io.StringIO()
    show(answer, Console(file=screen, width=100), Path())
    for shown in (parsed(page([answer])).words, screen.getvalue()):
        assert "The gap grows when x̂ ≥ 2 holds." in shown
    assert r"\hat{x} \geq 2" in answer.statements[0].text


def test_sources_of_a_page_are_links_where_it_is_said_how(vault: Path, tmp_path: Path) -> None:
    made = tmp_path / "answer.html"
    done = ask(vault, "ask", "Do random rewards help Qwen?", "--report", str(made))
    assert done.status == 0
    links = re.findall(r'<small><a href="([^"#]+)">([^<]+):\d+</a>', made.read_text())
    assert links
    for link, shown in links:
        assert link == quote(os.path.relpath(vault / shown, tmp_path))


def test_a_silent_answer_has_a_page_with_the_nearest_notes(vault: Path) -> None:
    with open_store(vault) as store:
        silent = Asker(store, Settings()).ask("How are influenza vaccines updated from year to year?")
    assert silent.coverage == "silent"
    words = parsed(page([silent])).words
    assert silent.missing in words and silent.notes[0].title in words
    assert "silent" in report([silent])


# ---------------------------------------------------------------------------------------------------------------- save


def test_a_report_of_ours_is_replaced_and_one_changed_by_hand_is_not(tmp_path: Path) -> None:
    path = tmp_path / "r.md"
    save(path, "# one\n")
    assert is_as_written(path)
    save(path, "# two\n")
    assert path.read_text().startswith("# two")
    changed = path.read_text().replace("two", "mine")
    path.write_text(changed)
    with pytest.raises(InTheWay):
        save(path, "# three\n")
    assert path.read_text() == changed
    save(path, "# three\n", force=True)
    assert is_as_written(path) and path.read_text().startswith("# three")
    assert [file.name for file in tmp_path.iterdir()] == ["r.md"]


def test_words_added_after_the_mark_are_a_change_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "r.md"
    save(path, "# one")
    path.write_text(path.read_text() + "\nmine\n")
    with pytest.raises(InTheWay):
        save(path, "# two")


@pytest.mark.parametrize("content", [b"", b"mine\n", b"\xff\xfe\x00", b"<!-- kb 0123456789abcdef -->\n"])
def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "r.md"
    path.write_bytes(content)
    with pytest.raises(InTheWay):
        save(path, "# two")
    assert path.read_bytes() == content


def test_a_write_that_fails_leaves_the_old_report_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.md"
    save(path, "# one")
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InTheWay, match="No space left"):
        save(path, "# two")
    assert path.read_bytes() == before and [file.name for file in tmp_path.iterdir()] == ["r.md"]


def test_a_folder_that_is_not_there_is_told_in_two_lines(vault: Path, tmp_path: Path) -> None:
    done = ask(vault, "ask", QUESTION, "--report", str(tmp_path / "no" / "r.md"))
    assert done.status == 1 and len(done.err.splitlines()) == 2 and "could not be written" in done.err
    (tmp_path / "folder.md").mkdir()
    done = ask(vault, "ask", QUESTION, "--report", str(tmp_path / "folder.md"), "--force")
    assert done.status == 1 and len(done.err.splitlines()) == 2 and "this is a folder" in done.err
    done = ask(vault, "ask", QUESTION, "--report", str(tmp_path / "r.docx"))
    assert done.status == 2 and len(done.err.splitlines()) == 2 and ".md, .html" in done.err
    assert done.out == "", "it is told before anything is asked"
    done = ask(vault, "ask", QUESTION, "--cite", "apa")
    assert (done.status, done.out) == (2, "") and "wikilink, citekey, footnote" in done.err


def test_a_page_read_again_is_a_report_and_no_voice(vault: Path) -> None:
    copy = vault.parent / "with-a-page"
    shutil.copytree(vault, copy, ignore=shutil.ignore_patterns(".kb"))
    before = ask(copy, "ask", QUESTION, "--json").json
    assert ask(copy, "ask", QUESTION, "--report", str(copy / "answer.html")).status == 0
    after = ask(copy, "ask", QUESTION, "--json").json
    assert before["statements"] and after["statements"][0] == before["statements"][0]
    assert abs(after["voices"] - before["voices"]) <= 1 and after["coverage"] == before["coverage"]
    assert "answer.html" not in {claim["path"] for claim in after["claims"].values()}


def test_the_command_refuses_and_obeys_force(vault: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text("mine\n")
    done = ask(vault, "ask", QUESTION, "--report", str(mine))
    assert done.status == 1 and "--force" in done.err and mine.read_text() == "mine\n"
    assert ask(vault, "ask", QUESTION, "--report", str(mine), "--force", "--cite", "footnote").status == 0
    assert is_as_written(mine) and "[^1]: " in mine.read_text("utf-8")
    done = ask(vault, "ask", QUESTION, "--report", str(tmp_path / "r.md"), "--cite", "apa")
    assert done.status == 2 and "wikilink, citekey, footnote" in done.err
    assert ask(vault, "ask", QUESTION, "--report", str(tmp_path / "r.HTML")).status == 0
    loads = parsed((tmp_path / "r.HTML").read_text("utf-8")).loads
    assert loads and all(each.startswith("a href=../") for each in loads)
