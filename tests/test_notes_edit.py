"""`notes.edit`: links are put in a file and nothing else of it changes, byte for byte; or nothing is written at all."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.integrity import content_hash
from ingest.pipeline import sync
from kb.errors import KbError
from kb.settings import Settings, load_settings
from kb.store import Store, open_store
from notes.apply import without_overlaps
from notes.draft import read_draft
from notes.edit import Edit, edited, spliced, unannounced_change, write_edits
from notes.suggest import Suggester

NOTES = {
    "spaced-repetition": "# Spaced repetition\n\nSpaced repetition improved recall after a month by 24% in 310 pupils.\n",
    "CRDT": "---\naliases: [conflict-free replicated data type]\n---\n# CRDT\n\nA CRDT lets replicas converge without a leader.\n",
    "naïve-bayes": "---\ntitle: Naïve Bayes classifier\n---\n\nA naïve Bayes classifier takes features for independent of one another.\n",
    "nap-recall": "# Does a nap improve recall?\n\nA nap of 20 minutes after a lesson improved recall by 12%. It is like [[spaced-repetition]].\n",
}
SENTENCES = [
    "Spaced repetition works.", "We merge with two CRDTs today.", "A conflict-free replicated data type converges.",
    "spaced\nrepetition helps", "`CRDT` is code, and so is $CRDT$.", "See [[CRDT]] for more.", "A Naïve Bayes classifier was trained",
    "A nap of 20 minutes after a lesson improved recall by 12%.", "> Replicas converge without a leader\n> in a CRDT.",
    "- an item on spaced repetition\n- another, of CRDTs", "## Spaced repetition", "**CRDTs** and *spaced repetition*.",
    "| CRDT | table |\n|---|---|\n| CRDT | x |", "<b>CRDT</b> <!-- CRDT -->", "https://example.org/CRDT?x=1 is an address.",
    "```\nCRDT\n```", "    spaced repetition, indented", "Ends with dots… (spaced repetition)!", "[spaced repetition](https://example.org)",
    "Émile’s naïve notes: “spaced-repetition”.", "\u2003odd\u00a0spaces CRDT\t", "[^1]: A footnote on CRDTs.", "& &amp; CRDT &lt;",
    "%% CRDT %%", "tags:: CRDT", "Trailing spaces  ",
]  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Suggester]]:
    vault = tmp_path_factory.mktemp("vault")
    for name, text in NOTES.items():
        (vault / f"{name}.md").write_text(text, encoding="utf-8")
    sync(vault, load_settings(vault))
    with open_store(vault) as store:
        suggester = Suggester(store, Settings())
        yield store, suggester
        suggester.close()


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    pieces=st.lists(st.sampled_from(SENTENCES) | st.text(max_size=20), min_size=1, max_size=7),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    gap=st.sampled_from(["\n\n", "\n", " "]),
    end=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252"]),
)
def test_the_only_differences_are_the_announced_insertions(
    base: tuple[Store, Suggester], pieces: list[str], newline: str, gap: str, end: bool, encoding: str
) -> None:
    store, suggester = base
    text = gap.join(pieces).encode("utf-8", "ignore").decode() + ("\n" if end else "")
    text = text.replace("\n", newline)
    bom = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    before = bom + text.encode(encoding, "ignore")
    file = store.vault.parent / "draft.md"
    file.write_bytes(before)
    draft = read_draft(store, file)
    found = without_overlaps(suggester.suggest(draft)) if draft else []
    if draft is None or not found:
        return
    try:
        write_edits(
            store, file, draft.sha, [Edit(*each.at, each.insert) for each in found], [each.note for each in found]
        )
    except KbError:
        assert file.read_bytes() == before
        return
    after, taken = file.read_bytes(), before
    # From the last to the first, each insertion is taken out of the bytes again, and what it replaced put back.
    codec = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    if codec == "cp1252" and _is_utf8(before):
        codec = "utf-8"
    start = len(before) - len(draft.text.encode(codec))
    taken, at, shift = after, 0, 0
    for each in sorted(found, key=lambda each: each.at):
        at = start + len(draft.text[: each.at[0]].encode(codec))
        insert, old = each.insert.encode(codec), draft.text[slice(*each.at)].encode(codec)
        assert taken[at : at + len(insert)] == insert
        taken = taken[:at] + old + taken[at + len(insert) :]
        shift += len(insert) - len(old)
    assert taken == before
    assert len(after) == len(before) + shift
    assert list(file.parent.glob("*.new")) == []


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def linked(
    store: Store, file: Path, at: int, *, sha: str = "", insert: str = "[[CRDT]]", note: str = "CRDT.md"
) -> None:
    """Put a link over the four letters of `CRDT` that begin at an offset."""
    write_edits(store, file, sha or content_hash(file.read_bytes()), [Edit(at, at + 4, insert)], [note])


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    file = tmp_path / "draft.md"
    file.write_bytes(b"A CRDT converges.\r\nIt does.")
    return file


def test_newlines_and_a_missing_one_at_the_end_stay(base: tuple[Store, Suggester], draft: Path) -> None:
    linked(base[0], draft, 2)
    assert draft.read_bytes() == b"A [[CRDT]] converges.\r\nIt does."


def test_a_file_changed_meanwhile_is_left_alone(base: tuple[Store, Suggester], draft: Path) -> None:
    sha = content_hash(draft.read_bytes())
    draft.write_bytes(b"A CRDT converges, now.")
    with pytest.raises(KbError, match="changed after it was read"):
        linked(base[0], draft, 2, sha=sha)
    assert draft.read_bytes() == b"A CRDT converges, now."


def test_the_mode_stays_and_a_symlink_stays_one(base: tuple[Store, Suggester], draft: Path, tmp_path: Path) -> None:
    draft.chmod(0o640)
    link = tmp_path / "link.md"
    link.symlink_to(draft)
    linked(base[0], link, 2)
    assert link.is_symlink()
    assert draft.read_bytes().startswith(b"A [[CRDT]]")
    assert stat.S_IMODE(draft.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("text", "insert", "note", "why"),
    [
        ("A CRDT converges.", "[[spaced-repetition|CRDT]]", "CRDT.md", "would not lead to CRDT.md"),
        ("A CRDT converges.", "CRDT", "CRDT.md", "would not lead to CRDT.md"),
        ("A CRDT converges.", "[[CRDT]] [[CRDT]]", "CRDT.md", "would not lead to CRDT.md"),
        ("A CRDT `converges`.", "[[CRDT]] `", "CRDT.md", "read differently"),
        ("A CRDT converges.\n", "[[CRDT]]\n\n# ", "CRDT.md", "read differently"),
        ("A CRDT and [[spaced-repetition]].", "[[CRDT]] `", "CRDT.md", ""),
    ],
)  # fmt: skip
def test_what_would_read_otherwise_is_refused(
    base: tuple[Store, Suggester], tmp_path: Path, text: str, insert: str, note: str, why: str
) -> None:
    file = tmp_path / "draft.md"
    file.write_text(text, encoding="utf-8")
    if not why:
        # A lone backtick opens nothing here: it is kept as a letter, and the link beside it too.
        linked(base[0], file, 2, insert=insert, note=note)
        return
    with pytest.raises(KbError, match=why):
        linked(base[0], file, 2, insert=insert, note=note)
    assert file.read_text(encoding="utf-8") == text


def test_a_letter_that_the_encoding_lacks_is_refused(base: tuple[Store, Suggester], tmp_path: Path) -> None:
    file = tmp_path / "draft.md"
    file.write_bytes("Émile: CRDT".encode("cp1252"))
    with pytest.raises(KbError, match="its encoding, cp1252, has not"):
        linked(base[0], file, 7, insert="[[CRDT|草]]")
    linked(base[0], file, 7)
    assert file.read_bytes() == "Émile: [[CRDT]]".encode("cp1252")


def test_a_page_and_a_read_only_file_are_refused(base: tuple[Store, Suggester], tmp_path: Path, draft: Path) -> None:
    page = tmp_path / "draft.html"
    page.write_text("<p>A CRDT converges.</p>", encoding="utf-8")
    with pytest.raises(KbError, match="Markdown and plain text only"):
        linked(base[0], page, 5)
    draft.chmod(0o444)
    if not os.access(draft, os.W_OK):
        with pytest.raises(KbError, match="read-only"):
            linked(base[0], draft, 2)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_links_are_put_in_whatever_the_encoding(base: tuple[Store, Suggester], tmp_path: Path, encoding: str) -> None:
    bom = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    file = tmp_path / "draft.md"
    file.write_bytes(bom + "A naïve CRDT, and a CRDT again.".encode(encoding))
    edits = [Edit(20, 24, "[[CRDT]]"), Edit(8, 12, "[[CRDT|naïve CRDT]]")]
    write_edits(base[0], file, content_hash(file.read_bytes()), edits, ["CRDT.md", "CRDT.md"])
    expected = "A naïve [[CRDT|naïve CRDT]], and a [[CRDT]] again."
    assert file.read_bytes() == bom + expected.encode(encoding)


def test_what_is_no_file_and_what_may_not_be_written_are_told(
    base: tuple[Store, Suggester], draft: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for missing in (tmp_path / "none.md", tmp_path):
        with pytest.raises(KbError, match="it cannot be read"):
            linked(base[0], missing, 2, sha="any")
    monkeypatch.setattr(os, "access", lambda *given: False)
    with pytest.raises(KbError, match="it is read-only"):
        linked(base[0], draft, 2)
    assert draft.read_bytes() == b"A CRDT converges.\r\nIt does." and list(tmp_path.iterdir()) == [draft]


def test_what_an_editor_saves_meanwhile_is_kept(
    base: tuple[Store, Suggester], draft: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: draft.write_bytes(b"A CRDT converges, it is said."))
    with pytest.raises(KbError, match="changed while the links were put in"):
        linked(base[0], draft, 2)
    assert draft.read_bytes() == b"A CRDT converges, it is said." and list(tmp_path.iterdir()) == [draft]


def test_a_title_and_other_links_stay_what_they_are(base: tuple[Store, Suggester], tmp_path: Path) -> None:
    file = tmp_path / "draft.md"
    file.write_text("---\ntitle: CRDT\n---\nReplicas converge.\n")
    with pytest.raises(KbError, match="its title, names or date would differ"):
        linked(base[0], file, 11, insert="Replicas")
    file.write_text("See [it][1].\n\n[1]: spaced-repetition.md\n\nCRDT\n")
    with pytest.raises(KbError, match="one of its other links would differ"):
        linked(base[0], file, 41, insert="[[CRDT]]\n\n[1]: nap-recall.md")


def test_what_is_no_note_any_more_is_refused(base: tuple[Store, Suggester], draft: Path) -> None:
    read = read_draft(base[0], draft)
    for before, after in ((None, read), (read, None)):
        assert "could not be read as a note" in unannounced_change(before, after, [], [])
    assert unannounced_change(read, read, [], []) == ""


def test_edits_that_meet_are_refused() -> None:
    assert edited("abcdef", [Edit(4, 5, "E"), Edit(1, 2, "BB"), Edit(3, 3, "-")]) == "aBBc-dEf"
    for edits in (
        [Edit(1, 3, "x"), Edit(2, 4, "y")],
        [Edit(1, 1, "x"), Edit(1, 1, "y")],
        [Edit(5, 9, "x")],
        [Edit(-1, 1, "x")],
    ):
        with pytest.raises(ValueError, match=r"meet|outside"):
            edited("abcdef", edits)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(KbError, match="no text in cp1252"):
        spliced(b"\x81\xff CRDT", [Edit(0, 0, "x")])
