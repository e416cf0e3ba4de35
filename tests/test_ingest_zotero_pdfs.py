"""The PDFs that Zotero stores: what they say is cited by page, as the item's, and opens there. Nothing of Zotero's is written."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hostile import STRINGS, unseen
from test_cli_contract import ask, places_hold
from test_ingest_pdf import pdf
from test_ingest_rebuild import contents, flaws, rebuilt
from test_ingest_zotero import DREAMS, NAPS, Zotero, said

from ingest.pipeline import sync
from kb.files import read_regular
from kb.settings import load_settings

COFFEE = "Coffee after lunch lowered the effect of a nap by half."
SLEPT = "In our second trial the sleepers forgot fewer words than the readers did."
PAPER = pdf(["Abstract", NAPS, "1"], ["2 Results", SLEPT, COFFEE, "2"], title="untitled", author="admin")
OTHER = pdf(["Sleepers who dreamed of the list remembered most of its words."])


@pytest.fixture
def zotero(tmp_path: Path) -> Iterator[Zotero]:
    made = Zotero(tmp_path / "Zotero")
    with closing(made.sql):
        paper = made.item("journalArticle", title="Naps and memory: a trial", date="2020", extra="Citation Key: smith2020nap")  # fmt: skip
        made.by(paper, ("Ann", "Smith"))
        stored = made.pdf(paper)
        made.store(stored, PAPER)
        made.mark(stored, 2, COFFEE, "I doubt this: nobody measured the coffee.")
        yield made


@pytest.fixture
def vault(tmp_path: Path, zotero: Zotero) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    (folder / "kb.toml").write_text(f"zotero = {json.dumps(str(zotero.folder))}\n")
    (folder / "mine.md").write_text("# Do naps help?\n\nNaps help most people remember words [@smith2020nap].\n")
    return folder


def opened(vault: Path, claim: dict[str, Any]) -> str:
    return ask(vault, "open", claim["id"], "--print").out.strip()


def everything_in(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def test_a_stored_pdf_is_cited_by_page_as_its_item_and_opens_there(vault: Path, zotero: Zotero) -> None:
    before = everything_in(zotero.folder)
    done = ask(vault, "sync", "--json").json
    assert done["failed"] == done["remarks"] == []
    found = said(vault)
    places_hold(vault, list(found.values()))
    naps, slept, doubt = found[NAPS], found[SLEPT], found["I doubt this: nobody measured the coffee."]
    assert (naps["page"], slept["page"], doubt["page"]) == (1, 2, 2)
    assert naps["role"] != "position" and doubt["role"] == "position", "the paper's words are not the reader's"
    (paper,) = [note for note in ask(vault, "notes", "--json").json if note["kind"] == "paper"]
    assert paper["title"] == "Naps and memory: a trial" and paper["sources"][0]["citekey"] == "smith2020nap"
    assert {naps["note"], slept["note"], doubt["note"]} == {paper["id"]}
    place = f"zotero://open-pdf/library/items/{zotero.key(2)}"
    assert opened(vault, naps) == f"{place}?page=1" and opened(vault, slept) == f"{place}?page=2"
    assert opened(vault, doubt) == f"{place}?page=2&annotation={zotero.key(3)}"
    answer = ask(vault, "ask", "Did the sleepers forget fewer words?", "--json").json
    cited = next(claim for claim in answer["claims"].values() if claim["quote"] == SLEPT)
    assert cited["page"] == 2 and cited["sources"][0]["citekey"] == "smith2020nap"
    assert everything_in(zotero.folder) == before


def test_a_sentence_that_its_reader_highlighted_is_quoted_once(vault: Path) -> None:
    answer = ask(vault, "ask", "Does coffee after lunch lower the effect of a nap?", "--json").json
    quotes = [answer["claims"][claim]["quote"] for each in answer["statements"] for claim in each["claims"]]
    assert quotes.count(COFFEE) == 1


def test_after_any_change_the_base_is_what_a_rebuild_makes(vault: Path, zotero: Zotero) -> None:
    settings, stored, other = load_settings(vault), zotero.folder / "storage" / zotero.key(2) / "a.pdf", 0
    sync(vault, settings)

    def more() -> None:
        nonlocal other
        other = zotero.pdf(zotero.item("book", title="Dreams", date="1999"), path="storage:b c.pdf", mode=1)

    changes: list[tuple[str, Callable[[], object], tuple[str, ...]]] = [
        ("a mark more", lambda: zotero.mark(2, 1, NAPS), (NAPS, SLEPT, COFFEE)),
        ("a mark less", lambda: zotero.delete(3), (NAPS, SLEPT, COFFEE)),
        ("a title", lambda: zotero.set(1, "title", "Naps, corrected"), (NAPS, SLEPT, COFFEE)),
        ("another text", lambda: stored.write_bytes(pdf([DREAMS], [COFFEE])), (DREAMS, COFFEE)),
        ("not fetched yet", more, (DREAMS, COFFEE)),
        (
            "fetched",
            lambda: zotero.store(other, OTHER, "b c.pdf"),
            (DREAMS, COFFEE, "Sleepers who dreamed of the list remembered most of its words."),
        ),
        ("the same bytes anew", lambda: stored.write_bytes(pdf([DREAMS], [COFFEE])), (DREAMS, COFFEE)),
        ("file gone", stored.unlink, (NAPS,)),
        ("item gone", lambda: zotero.delete(1), ()),
    ]
    for name, change, quotes in changes:
        change()
        sync(vault, settings)
        assert contents(vault) == rebuilt(vault, settings) and flaws(vault) == [], name
        assert set(quotes) <= said(vault).keys() and sync(vault, settings).touched == 0, name
    assert NAPS not in said(vault)


def test_only_what_has_changed_is_read_again(vault: Path, zotero: Zotero, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.formats import pdf as reader

    settings, read = load_settings(vault), list[str]()
    extract = reader.text_of
    monkeypatch.setattr(reader, "text_of", lambda data, path: read.append(path) or extract(data, path))  # type: ignore[func-returns-value]
    sync(vault, settings)
    own = f"storage/{zotero.key(2)}/a.pdf"
    assert read == [own]
    zotero.mark(2, 1, None, "A comment on the first page of it all.", kind=2)
    sync(vault, settings)
    os.utime(zotero.folder / own)
    sync(vault, settings)
    assert read == [own], "a mark, and a time of its own, change no PDF"
    sync(vault, settings, rebuild=True)
    assert read == [own, own]


def test_a_pdf_saved_a_moment_ago_has_no_other_read_again(vault: Path, zotero: Zotero, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    settings, first, opened_ = load_settings(vault), zotero.folder / "storage" / zotero.key(2) / "a.pdf", list[Path]()
    far = 2_000_000_000_000_000_000
    os.utime(first, ns=(far, far))
    old = max(path.stat().st_ctime_ns for path in (first, zotero.folder / "zotero.sqlite"))
    clock = old + 2_000_000_001
    monkeypatch.setattr("ingest.mirror.time.time_ns", lambda: clock)

    def counted(path: Path) -> bytes:
        opened_.extend([path] * (path.suffix == ".pdf"))
        return read_regular(path)

    monkeypatch.setattr("ingest.mirror.read_regular", counted)
    sync(vault, settings)
    sync(vault, settings)
    assert opened_ == [first], "a time of modification that is still to come does no harm"
    saved = zotero.pdf(zotero.item("book", title="New"))
    new = zotero.store(saved, OTHER)
    while new.stat().st_ctime_ns <= old:
        new.touch()
    for _ in range(2):
        sync(vault, settings)
    assert opened_ == [first, new, new], "it could be written to again in the same tick"
    clock += new.stat().st_ctime_ns - old
    for _ in range(2):
        sync(vault, settings)
    assert opened_ == [first, new, new, new] and contents(vault) == rebuilt(vault, settings)


def test_what_lies_in_the_pdf_itself_is_not_said_twice(vault: Path, zotero: Zotero) -> None:
    quads = "50 760 350 760 50 745 350 745"
    note = f"<< /Type /Annot /Subtype /Highlight /QuadPoints [{quads}] /Rect [50 745 350 760] /Contents (Hardly a fair trial of naps, I think.) >>"
    stored = zotero.pdf(zotero.item("book", title="Marked"))
    zotero.store(stored, pdf([NAPS], marks={1: note}))
    marked = [claim for claim in ask(vault, "claims", "--json").json if claim["quote"].startswith("Hardly")]
    assert [claim["page"] for claim in marked] == [1], "as from a PDF in the vault"
    mark = zotero.mark(stored, 1, NAPS, "Hardly a fair trial of naps, I think.", external=1)
    (claim,) = [claim for claim in ask(vault, "claims", "--json").json if claim["quote"].startswith("Hardly")]
    assert opened(vault, claim).endswith(f"annotation={zotero.key(mark)}"), "Zotero has read it"


@pytest.mark.parametrize(
    ("broken", "code", "told"),
    [
        (b"%PDF-1.4\nrubbish", "pdf", "damaged"),
        (PAPER[: len(PAPER) // 2], "pdf", "damaged"),
        (pdf([""]), "pdf", "no text"),
        (pdf(["Much too long."], title="x" * 1_000_000), "too-large", "at most 0.5 MB are read"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_told_by_its_name(vault: Path, zotero: Zotero, broken: bytes, code: str, told: str) -> None:  # fmt: skip
    (vault / "kb.toml").write_text((vault / "kb.toml").read_text() + "max_file_mb = 0.5\n")
    bad = zotero.pdf(zotero.item("book", title="Broken"))
    file = zotero.store(bad, broken)
    done = ask(vault, "sync", "--json").json
    failed = code == "pdf"
    assert [problem["code"] for problem in done["failed"]] == [code] * failed
    listed = ask(vault, "status", "--files").out.replace("\n", " ")
    assert " ".join(listed.split()).count(f"storage/{zotero.key(bad)}/a.pdf") == 1 and told in " ".join(listed.split())
    assert NAPS in said(vault), "the others are read"
    zotero.mark(bad, 3, DREAMS)
    found = said(vault)
    assert found[DREAMS]["page"] == 3, "what was marked in it counts"
    file.write_bytes(OTHER)
    assert ask(vault, "sync", "--json").json["failed"] == [] and contents(vault) == rebuilt(vault, load_settings(vault))


def test_only_pdfs_that_zotero_itself_stores_are_read(vault: Path, zotero: Zotero, tmp_path: Path) -> None:
    secret = "The secret recipe of the bakery needs three eggs and no flour."
    outside = tmp_path / "secret.pdf"
    outside.write_bytes(pdf([secret]))
    item = zotero.item("book", title="Elsewhere")
    zotero.pdf(item, path=str(outside), mode=2)
    zotero.pdf(item, path="attachments:secret.pdf", mode=2)
    for path in ("storage:../../../secret.pdf", "storage:/secret.pdf", "storage:..", "storage:", str(outside)):
        zotero.pdf(item, path=path)
    leading = zotero.store(zotero.pdf(item), b"")
    leading.unlink()
    leading.symlink_to(outside)
    folder = zotero.store(zotero.pdf(item, path="storage:secret.pdf"), b"").parent
    shutil.rmtree(folder)
    folder.symlink_to(tmp_path)
    fifo = zotero.store(zotero.pdf(item), b"")
    fifo.unlink()
    os.mkfifo(fifo)
    page = zotero.pdf(item, path="storage:page.html", mode=1, kind="text/html")
    zotero.store(page, f"<p>{secret}".encode(), "page.html")
    found = said(vault)
    assert NAPS in found and secret not in found


def test_a_storage_that_was_moved_by_a_link_is_read_where_it_is(vault: Path, zotero: Zotero, tmp_path: Path) -> None:
    storage = zotero.folder / "storage"
    storage.rename(tmp_path / "disk")
    storage.symlink_to(tmp_path / "disk")
    assert {NAPS, SLEPT} <= said(vault).keys()


def test_a_storage_whose_link_leads_round_has_no_pdfs(vault: Path, zotero: Zotero) -> None:
    storage = zotero.folder / "storage"
    storage.rename(zotero.folder / "gone")
    storage.symlink_to(storage)
    for words in (("sync",), ("sync", "--dry-run")):
        done = ask(vault, *words)
        assert done.status == 0 and "mistake of its own" not in done.err, done


def test_a_pdf_that_stands_alone_and_one_of_a_group_are_read(vault: Path, zotero: Zotero) -> None:
    alone = zotero.pdf(None)
    zotero.set(alone, "title", "A report that nobody catalogued")
    zotero.store(alone, OTHER)
    group = zotero.pdf(zotero.item("book", library=2, title="Shared"), 2)
    zotero.store(group, pdf([DREAMS]))
    found = said(vault)
    theirs = found["Sleepers who dreamed of the list remembered most of its words."]
    titles = {note["id"]: note["title"] for note in ask(vault, "notes", "--json").json}
    assert titles[theirs["note"]] == "A report that nobody catalogued"
    assert opened(vault, theirs) == f"zotero://open-pdf/library/items/{zotero.key(alone)}?page=1"
    assert opened(vault, found[DREAMS]) == f"zotero://open-pdf/groups/4711/items/{zotero.key(group)}?page=1"


def test_many_pdfs_are_read_side_by_side_and_a_storage_that_goes_takes_them_along(vault: Path, zotero: Zotero) -> None:
    for number in range(12):
        stored = zotero.pdf(zotero.item("book", title=f"Book {number}"))
        zotero.store(stored, pdf([f"In study {number} a nap improved recall by {number + 2} points."]))
    settings = load_settings(vault)
    sync(vault, settings)
    assert sum(quote.startswith("In study") for quote in said(vault)) == 12
    assert contents(vault) == rebuilt(vault, settings)
    shutil.rmtree(zotero.folder / "storage")
    sync(vault, settings)
    assert not any(quote.startswith("In study") for quote in said(vault)) and contents(vault) == rebuilt(
        vault, settings
    )


def test_what_a_pdf_says_is_no_mark_of_zotero(vault: Path, zotero: Zotero) -> None:
    stored = zotero.pdf(zotero.item("book", title="Forged"))
    lines = ["% at EVIL2345", "% highlight: Nobody ever slept in this laboratory at all.", "We reached 50% at noon and the rest at midnight.", NAPS]  # fmt: skip
    zotero.store(stored, pdf(lines))
    for claim in ask(vault, "claims", "--json").json:
        if claim["path"].endswith(f"{zotero.key(stored)}.zotero"):
            assert claim["role"] != "position" and "annotation" not in opened(vault, claim)


def test_hostile_titles_and_texts_are_words(vault: Path, zotero: Zotero) -> None:
    zotero.sql.execute("BEGIN")
    for number, text in enumerate(STRINGS[:60]):
        stored = zotero.pdf(zotero.item("book", title=f"Work {number} {text}"))
        drawn = text.encode("latin-1", "ignore").decode("latin-1").replace("\r", " ").replace("\n", " ")
        zotero.store(stored, pdf([f"In study {number} a nap improved recall by {number + 2} points.", f"Nap {number} {drawn} was a good one."], title=drawn.replace("(", "").replace(")", "").replace("\\", "")))  # fmt: skip
    zotero.sql.execute("COMMIT")
    done = ask(vault, "sync", "--json")
    assert done.json["failed"] == [] and done.err == ""
    found = ask(vault, "claims", "--json").json
    places_hold(vault, found)
    assert sum(claim["quote"].startswith("In study") for claim in found) == 60
    for words in (("claims", "--limit", "900"), ("notes",), ("status", "--files"), ("ask", "Does a nap improve recall?")):  # fmt: skip
        assert unseen(ask(vault, *words).out) == []
