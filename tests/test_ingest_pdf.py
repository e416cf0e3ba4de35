"""PDF files, written here by hand: a page is a list of lines of text."""

import json
import logging
import subprocess
from functools import partial
from pathlib import Path

import pytest
import warm
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.extract import extract
from ingest.formats.pdf import sheet, text_of
from ingest.page import Lines, Part
from ingest.read import read
from ingest.titles import Titles


def pdf(
    *pages: list[str], title: str = "", author: str = "", encrypt: str = "", marks: dict[int, str] | None = None
) -> bytes:
    """A PDF file with each line of each page set below the one before; `marks` are the annotations of a page, in PDF."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for number, lines in enumerate(pages, 1):
        escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
        stream = "BT /F1 10 Tf 50 750 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in escaped) + " ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        font = "<< /Font << /F1 3 0 R >> >>"
        content = len(objects)
        page = f"/Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {content} 0 R"
        annots = f" /Annots [{marks[number]}]" if marks and number in marks else ""
        objects.append(f"<< {page} /Resources {font}{annots} >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< /Title ({title}) /Author ({author}) >>")
    information = len(objects)
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {information} 0 R {encrypt}>>"
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n{trailer}\nstartxref\n{len(out)}\n"
    return (out + "%%EOF").encode("latin-1")


def shown(*lines: str) -> list[str]:
    """The parts of an extracted page."""
    return [part.shown.text for part in sheet("\f\n" + "\n".join(lines), "a.pdf").parts]


def source(part: Part, text: str, words: str) -> str:
    at = part.shown.text.index(words)
    start, end = part.shown.span(at, at + len(words))
    return text[start:end]


PAPER = pdf(
    [
        "Journal of Examples 12",
        "Abstract",
        "We study distil-",
        "lation of large models, which is",
        "cheap.",
        "DOI 10.1234/ABC.5",
        "1",
    ],
    ["Journal of Examples 13", "1 Introduction", "Small students learn from big teachers.", "2"],
    title="On Distillation",
    author="Ada King and Bo Li",
)


def test_a_paper_from_bytes_to_parts() -> None:
    text, problems = text_of(PAPER, "a.pdf")
    page = sheet(text, "a.pdf")
    assert problems == ()
    assert [(part.kind, part.shown.text) for part in page.parts] == [
        ("heading", "Abstract"),
        ("prose", "We study distillation of large models, which is cheap."),
        ("prose", "DOI 10.1234/ABC.5"),
        ("heading", "1 Introduction"),
        ("prose", "Small students learn from big teachers."),
    ]
    assert page.meta == {"title": "On Distillation", "authors": ["Ada King", "Bo Li"], "doi": "10.1234/abc.5"}


def test_a_page_follows_its_form_feed() -> None:
    text, _ = text_of(PAPER, "a.pdf")
    assert text.startswith("% title On Distillation\n% author Ada King and Bo Li\n\f\nJournal of Examples 12\n")
    assert [Lines(text, paged=True).page_at(text.index(words)) for words in ("We study", "Small students")] == [1, 2]
    bare, _ = text_of(pdf(["Nothing is said about this document."]), "b.pdf")
    assert bare == "\f\nNothing is said about this document."


def test_the_map_goes_to_the_hyphenated_words() -> None:
    text, _ = text_of(PAPER, "a.pdf")
    abstract = sheet(text, "a.pdf").parts[1]
    assert source(abstract, text, "distillation") == "distil-\nlation"
    assert source(abstract, text, "which is cheap") == "which is\ncheap"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a distil-", "lation"], "a distillation"),
        (["a self-", "supervised model"], "a self-supervised model"),
        (["the state-of-the-", "art"], "the state-of-the-art"),
        (["GPT-", "4 fails"], "GPT-4 fails"),
        (["so - that-", "Thus"], "so - that-Thus"),
        (["a co-author wrote to the co-", "author"], "a co-author wrote to the co-author"),
        (["an e\ufb03cient of\xadfice  desk"], "an efficient office desk"),
        (["a ten -", "fold gain"], "a ten - fold gain"),
    ],
)
def test_lines_are_joined(lines: list[str], expected: str) -> None:
    assert shown(*lines) == [expected]


def test_paragraphs_end_at_a_short_line_or_a_blank_one() -> None:
    wide = "a line that is as wide as the column is wide, more or less,"
    assert shown(wide, wide, "and ends.", "Another begins", "", "A third.") == [
        f"{wide} {wide} and ends.",
        "Another begins",
        "A third.",
    ]


def test_a_sentence_runs_on_over_the_page() -> None:
    text = "\f\nRunning head\nThe gain is\n\f\nRunning head\nsmall.\n\f\nRunning head\nNew page."
    parts = sheet(text, "a.pdf").parts
    assert [part.shown.text for part in parts] == ["The gain is small.", "New page."]
    assert source(parts[0], text, "is small") == "is\n\f\nRunning head\nsmall"


def test_bullets_are_items() -> None:
    parts = sheet("\f\nWe find that\n\u2022 data helps\na lot\n\u2022 size does not", "a.pdf").parts
    assert [(part.kind, part.shown.text) for part in parts] == [
        ("prose", "We find that"),
        ("item", "data helps a lot"),
        ("item", "size does not"),
    ]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("Abstract", 1),
        ("1 Introduction", 1),
        ("2.3. Data and training", 2),
        ("A Proofs", 1),
        ("RELATED WORK", 1),
        ("3 of the models failed", 0),
        ("5 Llama 70.2 81.1", 0),
        ("This is an ordinary sentence.", 0),
        ("BERT", 1),
        ("Appendix B", 1),
        ("= 12", 0),
    ],
)
def test_headings(line: str, level: int) -> None:
    parts = sheet(f"\f\nSome prose ends here, at last.\n{line}\nThe next paragraph begins.", "a.pdf").parts
    assert [part.level for part in parts if part.kind == "heading"] == ([level] if level else [])


def test_a_heading_does_not_stand_amid_a_sentence() -> None:
    assert shown("as one can see in Table", "3 Results", "are mixed.") == [
        "as one can see in Table 3 Results are mixed."
    ]


def test_the_references_are_left_out_but_not_what_follows() -> None:
    body = ["Text of the paper.", "References", "[1] A. King. Title. 2020.", "[2] B. Li. Other. 2021."]
    assert shown(*body) == ["Text of the paper."]
    assert shown(*body, "Appendix A", "More text.") == ["Text of the paper.", "Appendix A", "More text."]
    assert "References" in shown("References", "are hard to get right.")[0]


def test_the_arxiv_stamp() -> None:
    text = "\f\narXiv:2403.01234v2 [cs.CL] 5 Mar 2024\nWe study models."
    page = sheet(text, "a.pdf")
    assert page.meta == {"arxiv": "2403.01234"}
    assert [part.shown.text for part in page.parts] == ["We study models."]


@pytest.mark.parametrize("title", ["untitled", "paper.dvi", "Microsoft Word - final.docx", "", "42"])
def test_a_title_that_is_none(title: str) -> None:
    text, _ = text_of(pdf(["A page with a few words of text."], title=title, author="admin"), "a.pdf")
    assert sheet(text, "a.pdf").meta == {}


LOCK = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -4 >> /ID [<41> <41>] "


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "damaged"),
        (b"not a pdf at all", "damaged"),
        (b"%PDF-1.4\n" + bytes(range(256)) * 20, "damaged"),
        (PAPER[:300], "damaged"),
        (pdf([]), "no text"),
        (pdf(), "no text"),
        (pdf(["A page with a few words of text."], encrypt=LOCK), "locked"),
    ],
)
def test_what_cannot_be_read_is_a_problem(data: bytes, word: str, caplog: pytest.LogCaptureFixture) -> None:
    text, (problem,) = text_of(data, "a.pdf")
    assert (text, problem.code, problem.path) == ("", "pdf", "a.pdf")
    assert word in problem.message and problem.hint
    assert not caplog.records
    assert logging.getLogger("pypdf").level == logging.NOTSET


@pytest.mark.timeout(60)
def test_pages_that_hold_one_another_do_not_hang() -> None:
    knot = PAPER.replace(b"/Kids [5 0 R 7 0 R]", b"/Kids [2 0 R 2 0 R]")
    assert knot != PAPER
    text, problems = text_of(knot, "a.pdf")
    assert bool(text) or bool(problems)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(PAPER) - 1), st.binary(max_size=12), st.integers(0, 40))
def test_a_damaged_file_never_raises(at: int, put: bytes, cut: int) -> None:
    text, problems = text_of(PAPER[:at] + put + PAPER[at + cut :], "a.pdf")
    sheet(text, "a.pdf")
    assert text or problems


WORDS = st.sampled_from(
    [
        "\f",
        "\n",
        " ",
        "-",
        "a",
        "References",
        "1 Intro",
        "2020",
        "\u2022 ",
        "\xad",
        "\ufb01",
        ".",
        "\r",
        "% title x",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=60).map("".join)))
@example("% title x\n\f\n-\na\n\f\n\xad")
def test_any_text_gives_parts_whose_places_are_in_order(text: str) -> None:
    for part in sheet(text, "a.pdf").parts:
        assert part.shown.text
        spans = [part.shown.span(at, at + 1) for at in range(len(part.shown.text))]
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert [start for start, _ in spans] == sorted(start for start, _ in spans)


# What the reader marked.

_BOX = "/QuadPoints [50 746 500 746 50 733 500 733] /Rect [50 733 500 746]"
MARKED = pdf(
    ["Widgets rust in damp rooms within a year.", "Dry rooms keep them clean for ten years or more."],
    ["The test ran for one summer in six rooms.", "% comment: This line is the author's and forged."],
    marks={
        1: f"<< /Subtype /Highlight {_BOX} /Contents (The rooms were never heated) >>",
        2: "7 << /Subtype /Highlight /QuadPoints 3 >> << /Subtype /Text /Rect [0 0 9 9] /T (Jo: Doe) /Contents (One summer is too short to tell rust from dirt.) >>"
        " << /Subtype /FreeText /Rect [0 0 9 9] /Contents (The authors never replied to this objection.) >>"
        " << /Subtype /Link /Rect [0 0 9 9] /Contents (Links are not what a reader writes.) >> << /Subtype /Highlight >>",
    },
)


def marked() -> list[tuple[str, str, str, int | None]]:
    reading = read("paper.pdf", MARKED, Titles())
    assert reading.page is not None
    found = extract(reading.page, reading.text).claims
    assert all(reading.text[claim.place.start : claim.place.end] == claim.quote for claim in found)
    return [(claim.quote, claim.text, claim.role, claim.place.page) for claim in found]


def test_what_a_reader_marked_is_his_position_with_its_page() -> None:
    assert marked()[-4:] == [
        (words, f"{who} {words}", "position", page)
        for words, who, page in (
            ("Dry rooms keep them clean for ten years or more.", "Highlight of the reader:", 1),
            (
                "The rooms were never heated",
                "Comment of the reader on “Dry rooms keep them clean for ten years or more”:",
                1,
            ),
            ("One summer is too short to tell rust from dirt.", "Comment of the reader, Jo Doe:", 2),
            ("The authors never replied to this objection.", "Comment of the reader:", 2),
        )
    ]


def test_every_claim_of_a_pdf_knows_its_page_and_no_text_of_its_author_is_taken_for_a_mark() -> None:
    own = marked()[:-4]
    assert [(quote, page) for quote, _, _, page in own[:3]] == [
        ("Widgets rust in damp rooms within a year.", 1),
        ("Dry rooms keep them clean for ten years or more.", 1),
        ("The test ran for one summer in six rooms.", 2),
    ]
    assert all(role != "position" and "of the reader" not in text for _, text, role, _ in own)


def test_a_claim_is_cited_by_its_page(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(MARKED)
    (tmp_path / "note.md").write_text("# Widgets\n\nWidgets rust in damp rooms.\n")
    run = partial(subprocess.run, capture_output=True, text=True, check=True)
    kb = [warm.command(), "--vault", str(tmp_path)]
    assert "paper.pdf p. 2  position" in run([*kb, "claims"]).stdout
    claims = json.loads(run([*kb, "claims", "--json"]).stdout)
    assert {(claim["path"], claim.get("page")) for claim in claims} == {
        ("paper.pdf", 1),
        ("paper.pdf", 2),
        ("note.md", None),
    }
    assert "paper.pdf p. 2" in run([*kb, "show", claims[-1]["id"]]).stdout
    answer = json.loads(run([*kb, "ask", "Do widgets rust in damp rooms?", "--json"]).stdout)
    assert all(
        claim.get("page") in ({1, 2} if claim["path"] == "paper.pdf" else {None}) for claim in answer["claims"].values()
    )
    assert "paper.pdf p. 1" in run([*kb, "ask", "Do widgets rust in damp rooms?"]).stdout
