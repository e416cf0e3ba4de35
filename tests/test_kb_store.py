"""The base as a file: made, brought up to date, refused, damaged, full; and the words in it."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_ingest_rebuild import quickly

from ingest.pipeline import sync
from kb.catalogue import find_notes, match_query
from kb.errors import BaseBroken, BaseLocked, KbError, NotAVault
from kb.schema import VERSION, is_newer, prepare
from kb.settings import Settings
from kb.store import foreign_errors, open_store, searchable, translated


def shape(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()


# Made and brought up to date. ---------------------------------------------------------------------------


def test_an_empty_file_becomes_a_base(tmp_path: Path) -> None:
    (tmp_path / ".kb").mkdir()
    (tmp_path / ".kb" / "base.sqlite3").touch()
    with open_store(tmp_path) as store:
        assert store.sql.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert store.sql.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store.sql.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert store.count("note") == 0
        assert len(store.meta("base")) == 8


def test_a_base_of_an_earlier_version_is_emptied_and_made_anew(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Naps\n\nNaps restore attention in pilots.\n")
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store:
        new, claims = shape(store.sql), store.count("claim")
        store.sql.execute("ALTER TABLE claim DROP COLUMN page")
        store.sql.execute("CREATE TABLE subject (key TEXT)")
        store.sql.execute("PRAGMA user_version = 3")
    with open_store(tmp_path) as store:
        assert shape(store.sql) == new
        assert (store.count("claim"), store.is_whole) == (0, False)
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store:
        assert (store.count("claim"), store.is_whole) == (claims, True)


def test_tables_are_made_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.schema._TABLES", "CREATE TABLE extra (x);\nCREATE TABLE extra (x);")
    base = sqlite3.connect(":memory:", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        prepare(base)
    assert base.execute("PRAGMA user_version").fetchone() == (0,)
    assert shape(base) == []
    base.close()


def test_the_identity_of_a_base_stays(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        first = store.meta("base")
    with open_store(tmp_path) as store:
        assert store.meta("base") == first
    with open_store(tmp_path / "other") as store:
        assert store.meta("base") != first


def test_a_base_is_opened_and_read_while_another_process_writes_into_it(tmp_path: Path) -> None:
    with open_store(tmp_path) as writer, writer.transaction():
        writer.set_meta("links", 7)
        with open_store(tmp_path) as reader:
            assert (reader.read_only, reader.meta("links"), reader.is_whole) == (False, "", False)
            assert reader.sql.total_changes == 0


def test_a_base_of_a_later_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.sql.execute("PRAGMA user_version = 999")
    before = (tmp_path / ".kb" / "base.sqlite3").read_bytes()
    with pytest.raises(BaseBroken) as told:
        open_store(tmp_path)
    assert "later version" in told.value.message and "kb sync --rebuild" in told.value.remedy
    assert (tmp_path / ".kb" / "base.sqlite3").read_bytes() == before
    base = sqlite3.connect(tmp_path / ".kb" / "base.sqlite3")
    assert is_newer(base)
    base.close()


def test_processes_that_open_a_new_base_at_once_all_find_it_made(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kb.store import open_store; open_store(Path(sys.argv[1])).close()"
    )
    others = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(4)]
    assert [other.wait(timeout=60) for other in others] == [0, 0, 0, 0]
    with open_store(tmp_path) as store:
        assert store.count("note") == 0


def test_the_folder_ignores_itself_for_git(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    assert (tmp_path / ".kb" / ".gitignore").read_text() == "*\n"


def test_without_leave_to_make_one_a_missing_base_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(NotAVault, match="no base here yet"):
        open_store(tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / ".kb").write_text("mine")
    with pytest.raises(NotAVault) as told:
        open_store(tmp_path)
    assert ".kb" in told.value.message and told.value.remedy
    assert (tmp_path / ".kb").read_text() == "mine"


def test_a_folder_in_the_place_of_the_base_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / ".kb" / "base.sqlite3").mkdir(parents=True)
    with pytest.raises(KbError):
        open_store(tmp_path)


@pytest.mark.parametrize("rubbish", [b"not a database, by any means" * 300, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_rubbish_is_a_broken_base(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / ".kb").mkdir()
    (tmp_path / ".kb" / "base.sqlite3").write_bytes(rubbish)
    with pytest.raises(BaseBroken) as told:
        open_store(tmp_path)
    assert "Your notes are untouched" in told.value.remedy


# What SQLite says, in our words. ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (sqlite3.OperationalError("database or disk is full"), NotAVault),
        (sqlite3.OperationalError("disk I/O error"), NotAVault),
        (sqlite3.OperationalError("attempt to write a readonly database"), NotAVault),
        (sqlite3.OperationalError("unable to open database file"), NotAVault),
        (sqlite3.OperationalError("database is locked"), BaseLocked),
        (sqlite3.OperationalError("no such table: note"), BaseBroken),
        (sqlite3.DatabaseError("database disk image is malformed"), BaseBroken),
        (sqlite3.DatabaseError("file is not a database"), BaseBroken),
        (sqlite3.IntegrityError("UNIQUE constraint failed: file.path"), BaseBroken),
        (sqlite3.DatabaseError("something new"), BaseBroken),
    ],
)
def test_each_error_of_sqlite_becomes_one_of_ours(
    foreign: sqlite3.DatabaseError, ours: type[KbError], tmp_path: Path
) -> None:
    with pytest.raises(ours) as told, foreign_errors(tmp_path):
        raise foreign
    assert told.value.message and told.value.remedy and told.value.status == 1
    assert "\n" not in told.value.message + told.value.remedy


def test_a_mistake_in_our_own_sql_is_not_blamed_on_the_base(tmp_path: Path) -> None:
    assert translated(sqlite3.OperationalError('near "SELEKT": syntax error'), tmp_path) is None
    with open_store(tmp_path) as store, pytest.raises(sqlite3.OperationalError), foreign_errors(tmp_path):
        store.sql.execute("SELEKT 1")


# Transactions. ------------------------------------------------------------------------------------------


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        with pytest.raises(KeyboardInterrupt), store.transaction():
            store.set_meta("one", 1)
            raise KeyboardInterrupt
        assert store.meta("one", "unset") == "unset"
        with store.transaction():
            store.set_meta("one", 1)
            store.set_meta("one", 2)
    with open_store(tmp_path) as store:
        assert store.meta("one") == "2"


def test_a_reader_sees_what_was_there_until_all_of_it_is_there(tmp_path: Path) -> None:
    with open_store(tmp_path) as writer, open_store(tmp_path) as reader:
        with writer.transaction():
            writer.put_stub("stub:a", "A", "", (), "[]")
            assert reader.count("note") == 0
        assert reader.count("note") == 1


def test_a_second_writer_at_sqlites_own_door_is_told_that_it_is_locked(tmp_path: Path) -> None:
    with open_store(tmp_path) as first, open_store(tmp_path) as second:
        second.sql.execute("PRAGMA busy_timeout = 50")
        with first.transaction(), pytest.raises(BaseLocked), second.transaction():
            pass


def test_what_a_file_brought_leaves_with_it(tmp_path: Path) -> None:
    lay(tmp_path, a="Students learn from rewards that they can reach.\n")
    with open_store(tmp_path) as store:
        assert store.count("note") == store.count("claim") == store.count("vector") == 1
        store.sql.execute("DELETE FROM file")
        for table in ("note", "claim", "passage", "vector"):
            assert store.count(table) == 0, table
        assert store.count("passage_gone") == 1


# Words. -------------------------------------------------------------------------------------------------


def lay(vault: Path, **notes: str) -> None:
    """Notes by the short way in: read and put, without Chroma."""
    for name, text in notes.items():
        (vault / f"{name}.md").write_text(text, encoding="utf-8")
    with quickly():
        sync(vault, Settings())


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("学生从奖励中学习。", "奖励"),
        ("学生从奖励中学习。", "奖"),
        ("モデルは報酬から学ぶ。", "報酬"),
        ("학생은 보상에서 배운다.", "보상"),
        ("DeepSeek-R1在数学上达到了新的水平。", "数学"),
        ("Models were trained on naïve résumés.", "naive resume"),
        ("Students learned from rewards.", "learning student"),
        ('Rewards "quoted" AND NOT (this) OR that*', 'NOT "quoted" AND ('),
        ("Ein Überblick über Belohnungen.", "überblick"),
        ("Accuracy rises to 73.6% on MATH500.", "73.6"),
    ],
)
def test_words_of_every_script_are_found(tmp_path: Path, text: str, query: str) -> None:
    lay(
        tmp_path,
        a=f"# {text}\n\n{text}\n\nNothing more of it was ever said by anybody.\n",
        b="Something else altogether is said here.\n",
    )
    with open_store(tmp_path) as store:
        assert find_notes(store, query, 5) == ["a.md"]
        assert searchable(text)


@given(st.text())
def test_no_query_is_an_error(query: str) -> None:
    words = match_query(query)
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    if words:
        base.execute("SELECT * FROM t WHERE t MATCH ?", (words,)).fetchall()
    base.close()


@given(st.text(), st.text())
def test_searchable_words_lose_nothing_but_gain_spaces(text: str, more: str) -> None:
    assert searchable(text).replace(" ", "") == text.replace("\x00", "").replace(" ", "")


def test_words_leave_the_index_with_their_file_without_a_trace(tmp_path: Path) -> None:
    def terms(table: str) -> list[tuple[str, ...]]:
        with open_store(tmp_path) as store:
            store.sql.execute(f"CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, {table}, instance)")
            return store.sql.execute("SELECT * FROM terms").fetchall()

    lay(
        tmp_path,
        a="# 学生 learn\n\n学生 learn from rewards: naïve résumés rise to 73.6%.\n\nThey learn it from [[nowhere]] too.\n",
    )
    assert terms("claim_words") and terms("note_words")
    (tmp_path / "a.md").unlink()
    lay(tmp_path)
    assert terms("claim_words") == terms("note_words") == []


def test_a_stub_put_twice_is_there_once(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.put_stub("stub:x", "First title", "first", ("a", "b"), "[]")
        store.put_stub("stub:x", "Second title", "second", (), "[]")
        assert store.count("note") == 1
        assert find_notes(store, "first", 5) == []
        assert find_notes(store, "second", 5) == ["stub:x"]


# A base that may only be read. ----------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="immutable files are asked of SQLite by address")
def test_a_base_that_sqlite_may_not_write_is_opened_to_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, a="Students learn from rewards that they can reach.\n")
    real = sqlite3.connect

    def only_reading(path: object, **options: object) -> sqlite3.Connection:
        if options.get("uri"):
            return real(path, **options)  # type: ignore[call-overload, no-any-return]
        base: sqlite3.Connection = real(f"{Path(str(path)).as_uri()}?mode=ro", uri=True, isolation_level=None)
        return base

    monkeypatch.setattr("kb.store._connect", lambda path: only_reading(path))
    with open_store(tmp_path) as store:
        assert store.count("claim") == 1
