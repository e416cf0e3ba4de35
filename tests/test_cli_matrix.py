"""`kb matrix`: who is for and against is who an author or the judge says, quotes stand where they are said to, works count once."""

import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from markdown_it import MarkdownIt
from test_cli_contract import ask, places_hold

from kb.errors import Unavailable
from kb.language.verdict import Verdict
from qa.stance import judged_stance

POINT = "A nap of an hour raises recall in adults by a fifth."
NOTES = {
    "gains.md": f"---\ntitle: =1+1 Naps raise recall\ndoi: 10.1000/gains\n---\n{POINT}\n",
    "copy.md": f"---\ntitle: =1+1 The same study again\ndoi: 10.1000/gains\n---\n{POINT}\n",
    "nothing.md": "---\ntitle: Naps | do <b>nothing</b>\n---\nNo nap of an hour raised recall in any group of adults that was tested.\n\ncontradicts:: [[gains]]\n",
    "young.md": "# Only in the young\n\nRecall rises after a nap of an hour only in adults below thirty years.\n\nqualifies:: [[gains]]\n",
    "backed.md": "# A second group\n\nIn a second group of adults recall rose as well after a nap of an hour.\n\nsupports:: [[gains]]\n",
    "bread.md": "# Bread\n\nSourdough bread keeps its crust for two days in a cloth bag.\n",
    "line.md": "---\nkind: line\n---\n# Should pupils nap?\n\nAn hour of sleep at noon helps adults recall [[gains]]. Every teacher was given a new bicycle by the mayor [[bread]].\n\nNothing is known of pupils at all so far.\n",
    "later.md": "---\nkind: line\n---\n# What do naps do?\n\nA nap of an hour raises recall in adults by a fifth.\n",
}


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("matrix")
    (folder / "kb.toml").touch()
    for name, text in NOTES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def matrix(vault: Path, *words: str) -> dict[str, Any]:
    done = ask(vault, "matrix", *words, "--json")
    assert (done.status, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


def stances(found: dict[str, Any], quote: str) -> dict[str, tuple[str, str]]:
    """How each work stands to a point, and who says so, by the work's first file."""
    (at,) = (n for n, column in enumerate(found["columns"]) if found["claims"][column["claim"]]["quote"] == quote)
    return {row["notes"][0]: (row["cells"][at]["stance"], row["cells"][at]["by"]) for row in found["rows"]}


@pytest.mark.parametrize("topic", ["Does a nap raise recall in adults?", ""])
def test_a_work_stands_as_its_author_says(vault: Path, topic: str) -> None:
    found = matrix(vault, topic)
    stand = stances(found, POINT)
    assert (stand.get("copy.md") or stand["gains.md"]) == ("for", "itself")
    assert stand["nothing.md"] == ("against", "author")
    assert stand["young.md"] == ("condition", "author")
    assert stand["backed.md"] == ("for", "author")
    assert "bread.md" not in stand


def test_two_notes_on_one_source_are_one_voice_and_a_line_is_none(vault: Path) -> None:
    found = matrix(vault, "Does a nap raise recall in adults?")
    (study,) = [row for row in found["rows"] if "gains.md" in row["notes"]]
    assert sorted(study["notes"]) == ["copy.md", "gains.md"]
    (later,) = [row for row in found["rows"] if row["notes"] == ["later.md"]]
    assert not later["is_voice"]
    assert ("for", "guard") in {(cell["stance"], cell["by"]) for cell in later["cells"]}, (
        "it stands there word for word"
    )
    column = next(each for each in found["columns"] if found["claims"][each["claim"]]["quote"] == POINT)
    assert {stance: column["voices"][stance] for stance in ("for", "against", "condition")} == {
        "for": 2, "against": 1, "condition": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "near", "agreed", "stance"),
    [
        (Verdict("agrees", 0.95, agrees=0.95), 0.8, 0.95, "for"),
        (Verdict("agrees", 0.95, agrees=0.95), 0.65, 0.95, None),
        (Verdict("denies", 0.9, denies=0.9), 0.9, 0.1, "against"),
        (Verdict("denies", 0.9, denies=0.9), 0.8, 0.1, None),
        (Verdict("denies", 0.9, denies=0.9), 0.9, 0.95, None),
        (Verdict("denies", 0.97, "“fell” against “rose”", denies=0.97), 0.7, 0.99, "against"),
        (Verdict("limits", 0.97, "“all” goes further than “some”", limits=0.97), 0.7, 0.0, "condition"),
        (Verdict("unrelated", 0.9), 0.9, 0.0, None),
    ],
)
def test_the_judge_is_heard_of_near_copies_and_a_guard_always(
    verdict: Verdict, near: float, agreed: float, stance: str | None
) -> None:
    assert judged_stance(verdict, near, agreed) == stance


def test_every_cell_has_its_quote_and_the_quote_its_place(vault: Path) -> None:
    for topic in ("Does a nap raise recall in adults?", "", "line"):
        found = matrix(vault, topic)
        places_hold(vault, [{"id": key, **claim} for key, claim in found["claims"].items()])
        for row in found["rows"]:
            assert len(row["cells"]) == len(found["columns"])
            for cell in row["cells"]:
                assert (cell["claim"] is None) == (cell["stance"] == "silent") and (cell["claim"] or "") in {
                    "",
                    *found["claims"],
                }


def test_a_line_is_set_beside_what_it_cites(vault: Path) -> None:
    found = matrix(vault, "Should pupils nap?")
    cited = {note for row in found["rows"] for note in row["notes"]}
    assert found["of"] == "line" and cited == {"gains.md", "bread.md"}
    of_recall = next(
        each["quote"] for each in found["claims"].values() if each["path"] == "line.md" and "recall" in each["quote"]
    )
    of_bicycles = next(
        each["quote"] for each in found["claims"].values() if each["path"] == "line.md" and "bicycle" in each["quote"]
    )
    assert [stance for stance, by in stances(found, of_recall).values() if by == "citation"] == ["speaks"]
    assert stances(found, of_bicycles)["bread.md"] == ("silent", "citation"), "it is cited for what it does not say"
    assert "cited there; nothing found in it comes near" in ask(vault, "matrix", "line").out
    for form in ("--md", "--html"):
        made = ask(vault, "matrix", "line", form).out
        below = made.split("Every teacher was given a new bicycle")[1]
        assert "Bread: silent, cited there" in below and "<td" not in made and "| 1 |" not in made, "below its sentence"


def test_it_can_be_narrowed_and_says_where_nothing_is_left(vault: Path) -> None:
    found = matrix(vault, "Does a nap raise recall in adults?", "--kind", "line")
    assert {row["kind"] for row in found["rows"]} <= {"line"} and {
        each["path"] for each in found["claims"].values()
    } <= {"line.md", "later.md"}
    assert "No tension was found" in ask(vault, "matrix", "--kind", "line").out
    done = ask(vault, "matrix", "nap", "--csv", "--md")
    assert done.status == 2 and "--csv and --md" in done.err


class Cells(HTMLParser):
    """The elements of a page, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def test_each_form_holds_the_same_words_and_none_of_them_acts(vault: Path) -> None:
    topic = "Does a nap raise recall in adults?"
    rows = list(csv.reader(io.StringIO(ask(vault, "matrix", topic, "--csv").out)))
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")], "no cell is a formula"
    assert any(
        cell.startswith("against: “No nap of an hour") and "nothing.md:4" in cell for row in rows for cell in row
    )
    markdown = ask(vault, "matrix", topic, "--md").out
    rendered = Cells(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown.split("---\n", 2)[2]))
    assert "b" not in rendered.tags and "a" not in rendered.tags
    assert rendered.tags.count("tr") == len(rows) - 1, "a bar in a title ends no cell"
    page = Cells(ask(vault, "matrix", topic, "--html").out)
    assert not {"script", "img", "a", "link"} & set(page.tags) and "Naps | do nothing" in page.words
    for words in (rendered.words, page.words):
        assert POINT in words and "No nap of an hour raised recall in any group of adults that was tested." in words


def test_a_workbook_holds_words_and_no_formula(vault: Path, tmp_path: Path) -> None:
    topic, made = "Does a nap raise recall in adults?", tmp_path / "made.xlsx"
    assert ask(vault, "matrix", topic, "--xlsx", str(made)).out == f"Written    {made}\n"
    rows = [[cell or "" for cell in row] for row in openpyxl.load_workbook(made).active.iter_rows(values_only=True)]  # type: ignore[union-attr]
    written = csv.reader(io.StringIO(ask(vault, "matrix", topic, "--csv").out))
    assert rows == [[cell.removeprefix("'") for cell in row] for row in written]
    assert any(str(row[0]).startswith("=1+1 ") for row in rows)
    cells = [cell for row in openpyxl.load_workbook(made).active.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert {cell.data_type for cell in cells if cell.value} == {"s"} and not any(cell.hyperlink for cell in cells)


def test_a_workbook_that_is_there_stays(vault: Path, tmp_path: Path) -> None:
    made = tmp_path / "mine.xlsx"
    made.write_text("mine")
    done = ask(vault, "matrix", "nap", "--xlsx", str(made))
    assert (done.status, len(done.err.splitlines()), made.read_text()) == (1, 2, "mine") and "--force" in done.err
    assert ask(vault, "matrix", "nap", "--xlsx", str(made), "--force").status == 0 and made.read_bytes()[:2] == b"PK"
    assert ask(vault, "matrix", "nap", "--xlsx", str(tmp_path), "--force").status == 1
    assert ask(vault, "matrix", "nap", "--xlsx", str(tmp_path / "no" / "m.xlsx")).status == 1


def test_without_its_package_that_is_said(vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.cli import matrix as command

    monkeypatch.setattr(command, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match="XlsxWriter"):
        command._free(tmp_path / "m.xlsx", False)


def test_a_quote_that_is_gone_is_told_and_not_shown(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import closing

    from kb.settings import Settings
    from kb.store import open_store
    from qa.ask import Asker
    from qa.matrix import synthesis_matrix

    matrix(vault)
    kept = (vault / "young.md").read_bytes()
    try:
        (vault / "young.md").write_text("# Only in the young\n\nNothing stands here any more.\n")
        with open_store(vault) as store, closing(Asker(store, Settings())) as asker:
            found = synthesis_matrix(asker, "Does a nap raise recall in adults?")
    finally:
        (vault / "young.md").write_bytes(kept)
    assert "young.md" not in {each.path for each in found.claims.values()}
    assert [problem.path for problem in found.problems] == ["young.md"]


def test_a_page_saved_among_the_notes_is_no_note(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").touch()
    for name in ("gains.md", "nothing.md"):
        (tmp_path / name).write_text(NOTES[name], encoding="utf-8")
    ask(tmp_path, "graph", "-o", str(tmp_path / "graph.html"))
    (tmp_path / "matrix.md").write_text(ask(tmp_path, "matrix", "naps", "--md").out)
    (tmp_path / "matrix.html").write_text(ask(tmp_path, "matrix", "naps", "--html").out)
    ask(tmp_path, "ask", "Do naps raise recall?", "--report", str(tmp_path / "answer.md"))
    listed = ask(tmp_path, "notes", "--json").json
    assert [note["path"] for note in listed] == ["answer.md", "gains.md", "nothing.md"], "a saved answer is a line"
