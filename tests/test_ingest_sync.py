"""Sync follows every change of the folder: what it counts, what it notices, what heals and what breaks."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_ingest_rebuild import Letters, an_hour_later, assert_as_rebuilt, contents, flaws, quickly
from transcript import ROOT

import ingest.changes
import ingest.file_entries
import ingest.pipeline
import ingest.update
from ingest.changes import Synced
from ingest.pipeline import sync
from ingest.temporary_files import sweep, temporary_beside
from kb.catalogue import claims, notes
from kb.edges import links
from kb.note import Note
from kb.settings import Settings, load_settings
from kb.store import open_store


@pytest.fixture
def vault(tmp_path: Path) -> Any:
    folder = tmp_path / "vault"
    folder.mkdir()
    with quickly():
        yield folder


def lay(vault: Path, **files: str | None) -> Synced:
    """Write files ("sub__a_md" is sub/a.md), delete those that are None, and sync."""
    for name, text in files.items():
        path = vault / f"{'.'.join(name.replace('__', '/').rsplit('_', 1))}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
    return sync(vault, Settings())


def counted(done: Synced) -> tuple[int, int, int, int, int]:
    return done.added, done.changed, done.moved, done.removed, done.unchanged


def targets(vault: Path, path: str) -> list[tuple[str, str | None]]:
    """What each link of a file is, and the note it means."""
    with open_store(vault) as store:
        return store.sql.execute(
            "SELECT target, note FROM mention JOIN file ON file.id = mention.file WHERE path = ? ORDER BY start",
            (path,),
        ).fetchall()


def note(vault: Path, name: str) -> Note | None:
    with open_store(vault) as store:
        return next(iter(notes(store, [name])), None)


def typed(vault: Path) -> list[tuple[str, str, str]]:
    with open_store(vault) as store:
        return [(link.kind, link.a, link.b) for link in links(store) if link.method == "author"]


ALPHA = "# Does alpha data always help students?\n\nOne example of alpha data lifts accuracy on MATH500 to 73.6%.\n"
BETA = "# Can beta rewards add ability?\n\nRewards without information teach students nothing about style.\n"
ESSAY = "# An essay\n\nStudents learn from what they can reach by themselves [[alpha]].\n"


# What sync counts. ------------------------------------------------------------------------------------


def test_each_kind_of_change_is_counted_once(vault: Path) -> None:
    assert counted(lay(vault, a_md=ALPHA, b_md=BETA, c_md=ESSAY)) == (3, 0, 0, 0, 0)
    assert counted(lay(vault)) == (0, 0, 0, 0, 3)
    assert counted(lay(vault, a_md=ALPHA + "\nMore is known of this by now than before.\n")) == (0, 1, 0, 0, 2)
    (vault / "sub").mkdir()
    (vault / "b.md").rename(vault / "sub" / "moved.md")
    assert counted(lay(vault)) == (0, 0, 1, 0, 2)
    assert counted(lay(vault, c_md=None)) == (0, 0, 0, 1, 2)
    assert counted(lay(vault, c_md=ESSAY, a_md=None)) == (1, 0, 0, 1, 1)
    assert_as_rebuilt(vault)


def test_two_copies_of_which_one_moves_are_one_move(vault: Path) -> None:
    lay(vault, a_md=ALPHA, b_md=ALPHA)
    (vault / "a.md").rename(vault / "z.md")
    assert counted(lay(vault)) == (0, 0, 1, 0, 1)
    assert_as_rebuilt(vault)


def test_a_file_moved_and_edited_at_once_came_and_went(vault: Path) -> None:
    lay(vault, a_md=ALPHA)
    assert counted(lay(vault, a_md=None, z_md=ALPHA + "\n\nAnd now for something else entirely here.\n")) == (
        1,
        0,
        0,
        1,
        0,
    )


def test_the_json_of_sync_counts_notes_claims_and_links(vault: Path) -> None:
    done = lay(vault, alpha_md=ALPHA, c_md=ESSAY)
    assert (done.notes, done.claims, done.links) == (2, 2, 1)


def test_a_rebuild_reads_everything_again(vault: Path) -> None:
    lay(vault, a_md=ALPHA, b_md=BETA)
    before = contents(vault)
    assert counted(sync(vault, Settings(), rebuild=True)) == (2, 0, 0, 0, 0)
    assert contents(vault) == before


def test_an_unreadable_library_is_told_as_failed_and_told_again_until_it_is_mended(vault: Path) -> None:
    (vault / "paper.pdf").write_bytes(b"%PDF-1.7 and then nothing of the kind")
    lay(vault, a_md=ALPHA)
    with open_store(vault) as store:
        assert store.sql.execute("SELECT state FROM file WHERE path = 'paper.pdf'").fetchone() == ("failed",)


def test_what_fails_is_in_the_result_of_sync(vault: Path) -> None:
    (vault / "paper.pdf").write_bytes(b"%PDF-1.7 and then nothing of the kind")
    assert [problem.path for problem in lay(vault, a_md=ALPHA).failed] == ["paper.pdf"]


# What sync notices. -----------------------------------------------------------------------------------


@pytest.fixture
def later() -> Iterator[None]:
    """Every sync happens an hour after the files were written, so that times may save reading them."""
    with an_hour_later():
        yield


def test_where_times_agree_no_byte_is_read(vault: Path, later: None, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(vault, a_md=ALPHA, b_md=BETA)
    monkeypatch.setattr(ingest.changes, "_sha", lambda path: pytest.fail(f"{path} was read"))
    assert counted(sync(vault, Settings())) == (0, 0, 0, 0, 2)


def test_an_edit_of_the_same_size_with_its_time_put_back_is_noticed(vault: Path, later: None) -> None:
    lay(vault, a_md=ALPHA)
    path = vault / "a.md"
    was = path.stat()
    path.write_text(ALPHA.replace("73.6%", "37.6%"))
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (was.st_size, was.st_mtime_ns)
    assert counted(sync(vault, Settings())) == (0, 1, 0, 0, 0)
    assert_as_rebuilt(vault)


def test_a_file_edited_within_a_tick_of_its_sync_is_noticed_without_any_clock(vault: Path) -> None:
    for number in range(20):
        lay(vault, a_md=ALPHA.replace("73.6%", f"{10 + number}.5%"))
        with open_store(vault) as store:
            assert f"{10 + number}.5%" in claims(store)[0].quote


def test_a_touched_file_is_unchanged_and_its_times_are_remembered(
    vault: Path, later: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(vault, a_md=ALPHA)
    os.utime(vault / "a.md", (1, 1))
    assert counted(sync(vault, Settings())) == (0, 0, 0, 0, 1)
    monkeypatch.setattr(ingest.changes, "_sha", lambda path: pytest.fail("read a second time"))
    sync(vault, Settings())


@pytest.mark.parametrize("when", [-(10**17), 0, 2**62, 2**63 - 1])
def test_a_file_from_another_century_is_read_like_any_other(vault: Path, when: int) -> None:
    (vault / "a.md").write_text(ALPHA)
    try:
        os.utime(vault / "a.md", ns=(when, when))
    except OSError:
        pytest.skip("this file system knows no such time")
    assert counted(sync(vault, Settings())) == (1, 0, 0, 0, 0)
    assert counted(sync(vault, Settings())) == (0, 0, 0, 0, 1)


def test_a_once_failed_file_comes_back_when_it_is_mended(vault: Path) -> None:
    lay(vault, alpha_md=ALPHA, c_md=ESSAY)
    assert targets(vault, "c.md") == [("alpha", "alpha.md")]
    (vault / "alpha.md").write_bytes(b"\x00" * 400)
    sync(vault, Settings())
    assert targets(vault, "c.md") == [("alpha", "stub:alpha")]
    with open_store(vault) as store:
        assert {claim.place.path for claim in claims(store)} == {"c.md"}
    assert_as_rebuilt(vault)
    lay(vault, alpha_md=ALPHA)
    assert targets(vault, "c.md") == [("alpha", "alpha.md")]
    assert_as_rebuilt(vault)


LARGE = ALPHA + "\n\n" + "Students learn from rewards. " * 400


@pytest.mark.parametrize(
    ("file", "shut", "opened"),
    [
        (".kbignore", "b.md\n", ""),
        (".gitignore", "b.md\n", "*.txt\n"),
        ("kb.toml", 'ignore = ["b.md"]', ""),
        ("kb.toml", "max_file_mb = 0.005", "max_file_mb = 1"),
    ],
)
def test_a_skipped_file_is_read_once_it_is_allowed(vault: Path, later: None, file: str, shut: str, opened: str) -> None:
    (vault / file).write_text(shut)
    (vault / "b.md").write_text(LARGE)
    (vault / "a.md").write_text(BETA)
    assert sync(vault, load_settings(vault)).notes == 1
    (vault / file).write_text(opened)
    done = sync(vault, load_settings(vault))
    assert (done.added, done.notes) == (1, 2)
    assert_as_rebuilt(vault)


def test_a_file_edited_during_a_sync_is_hashed_once_and_not_at_every_sync(
    vault: Path, later: None, monkeypatch: pytest.MonkeyPatch
) -> None:

    def then_edited(*given: Any) -> Any:
        planned = ingest.changes.plan(*given)
        (vault / "a.md").write_text(ALPHA + "\n\nIt was longer when it was read.\n")
        return planned

    (vault / "a.md").write_text(ALPHA)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.pipeline, "plan", then_edited)
        sync(vault, Settings())
    assert counted(sync(vault, Settings())) == (0, 0, 0, 0, 1)
    assert_as_rebuilt(vault)
    monkeypatch.setattr(ingest.changes, "_sha", lambda path: pytest.fail("hashed a second time"))
    sync(vault, Settings())


def test_a_file_that_cannot_be_read_is_tried_again_and_is_no_change(
    vault: Path, later: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ingest.file_entries.read_regular  # type: ignore[attr-defined]

    def refuses(path: Path) -> bytes:
        if path.name == "b.md":
            raise OSError(5, "Input/output error")
        return real(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.file_entries, "read_regular", refuses)
        patch.setattr(ingest.changes, "read_regular", refuses)
        assert [problem.code for problem in lay(vault, a_md=ALPHA, b_md=BETA).failed] == ["unreadable"]
        assert counted(sync(vault, Settings())) == (0, 0, 0, 0, 2)
    assert counted(sync(vault, Settings())) == (0, 1, 0, 0, 1), "though its times are as they were"
    assert_as_rebuilt(vault)


def test_a_link_turned_to_a_file_of_the_same_size_and_times_is_a_change(vault: Path, later: None) -> None:
    """As after an unpacking, where many files come within one tick of the clock."""
    one, two = vault / "one.md", vault / "two.md"
    one.write_text(ALPHA)
    two.write_text(ALPHA.replace("73.6%", "37.6%"))
    (vault / "link.md").symlink_to("one.md")
    for _ in range(300):
        os.utime(one, (1, 1))
        os.utime(two, (1, 1))
        if one.stat().st_ctime_ns == two.stat().st_ctime_ns:
            break
    else:
        pytest.skip("this clock ticks too fast for it")
    sync(vault, Settings())
    (vault / "link.md").unlink()
    (vault / "link.md").symlink_to("two.md")
    assert sync(vault, Settings()).changed == 1


# What a kill leaves. -------------------------------------------------------------------------------------


def test_a_temporary_file_of_ours_is_swept_when_it_is_an_hour_old(vault: Path) -> None:
    names = (".a.md.x1_9abcd.new", ".gone.md.x1_9abcd.new", ".a.md.mine.new", ".a.md.X1_9ABCD.new", "a.md.x1_9abcd.new")
    lay(vault, a_md=ALPHA, sub__b_md=BETA)
    for name in (*names, "sub/.b.md.abcdefgh.new", "sub/.b.md.abcdefgi.new"):
        (vault / name).write_text(ALPHA)
        os.utime(vault / name, (time.time() - 4_000,) * 2)
    (vault / "kept").write_text(ALPHA)
    (vault / ".a.md.linked00.new").symlink_to("kept")
    os.utime(vault / ".a.md.linked00.new", (1, 1), follow_symlinks=False)
    os.utime(vault / "sub/.b.md.abcdefgi.new")
    sync(vault, Settings())
    left = {path.relative_to(vault).as_posix() for path in vault.rglob("*.new")}
    assert left == {*names[1:], ".a.md.linked00.new", "sub/.b.md.abcdefgi.new"}
    assert_as_rebuilt(vault)


def test_what_is_written_beside_a_note_is_known_when_it_is_left(vault: Path) -> None:
    (vault / "a.md").write_text(ALPHA)
    with temporary_beside(vault / "a.md") as file:
        file.write(b"half of it")
    assert sweep(vault, [Path(file.name).name]) is False, "it may be being written"
    os.utime(file.name, (1, 1))
    assert sweep(vault, [Path(file.name).name]) is True and [path.name for path in vault.iterdir()] == ["a.md"]


# Stubs. -----------------------------------------------------------------------------------------------


def test_a_stub_heals_when_its_file_comes_and_is_back_when_it_goes(vault: Path) -> None:
    lay(vault, c_md=ESSAY)
    assert targets(vault, "c.md") == [("alpha", "stub:alpha")]
    assert note(vault, "stub:alpha") is not None
    lay(vault, sub__alpha_md=ALPHA)
    assert targets(vault, "c.md") == [("alpha", "sub/alpha.md")]
    assert note(vault, "stub:alpha") is None
    lay(vault, sub__alpha_md=None)
    assert targets(vault, "c.md") == [("alpha", "stub:alpha")]
    lay(vault, c_md=None)
    assert note(vault, "stub:alpha") is None
    assert_as_rebuilt(vault)


@pytest.mark.parametrize(
    "head", ["# alpha\n", "---\ntitle: Alpha\n---\n", "---\naliases: [alpha]\n---\n", "---\ncitekey: alpha\n---\n"]
)
def test_a_name_that_comes_and_goes_within_a_file_heals_and_breaks_links(vault: Path, head: str) -> None:
    body = "\nOne example of alpha data lifts accuracy on MATH500 to 73.6%.\n"
    lay(vault, c_md=ESSAY, other_md=body)
    assert targets(vault, "c.md") == [("alpha", "stub:alpha")]
    lay(vault, other_md=head + body)
    assert targets(vault, "c.md") == [("alpha", "other.md")]
    assert_as_rebuilt(vault)
    lay(vault, other_md=body)
    assert targets(vault, "c.md") == [("alpha", "stub:alpha")]
    assert_as_rebuilt(vault)


def test_a_nearer_file_takes_a_link_over_and_gives_it_back(vault: Path) -> None:
    lay(vault, far__away__alpha_md=ALPHA, sub__c_md=ESSAY)
    assert targets(vault, "sub/c.md") == [("alpha", "far/away/alpha.md")]
    lay(vault, sub__alpha_md=BETA)
    assert targets(vault, "sub/c.md") == [("alpha", "sub/alpha.md")]
    lay(vault, sub__alpha_md=None)
    assert targets(vault, "sub/c.md") == [("alpha", "far/away/alpha.md")]
    assert_as_rebuilt(vault)


def test_a_library_names_a_stub_and_unnames_it(vault: Path) -> None:
    lay(vault, c_md="# An essay\n\nStudents learn from what they can reach [@wang2025].\n")
    named = note(vault, "stub:wang2025")
    assert named is not None and (named.title, named.sources) == ("wang2025", ())
    lay(
        vault,
        refs_bib="@article{wang2025, title={Reinforcement from one example}, author={Wang, Yiping}, year={2025}}\n",
    )
    named = note(vault, "stub:wang2025")
    assert named is not None and named.title == "Reinforcement from one example"
    assert [source.year for source in named.sources] == [2025]
    lay(vault, refs_bib="@article{wang2025, title={A new title}, author={Wang, Yiping}, year={2025}}\n")
    named = note(vault, "stub:wang2025")
    assert named is not None and named.title == "A new title"
    assert_as_rebuilt(vault)
    lay(vault, refs_bib=None)
    named = note(vault, "stub:wang2025")
    assert named is not None and (named.title, named.sources) == ("wang2025", ())
    assert_as_rebuilt(vault)


def test_a_list_describes_a_stub_and_its_claims_change_hands_when_the_file_comes(vault: Path) -> None:
    listing = "# What is known?\n\nThis explores it.\n\n## Sources\n\n- [[alpha|Does alpha data always help students?]] — One example of alpha data lifts accuracy to 73.6%.\n"
    lay(vault, line_md=listing)
    stub = note(vault, "stub:alpha")
    assert stub is not None and stub.title == "Does alpha data always help students?" and "73.6%" in stub.summary
    with open_store(vault) as store:
        assert [claim.note for claim in claims(store)] == ["stub:alpha"]
    lay(vault, alpha_md=BETA)
    with open_store(vault) as store:
        assert {claim.note for claim in claims(store) if claim.place.path == "line.md"} == {"alpha.md"}
    assert_as_rebuilt(vault)


LISTING = "# What is known?\n\nThis explores what students learn from [[a]] and [[b]].\n\n## Sources\n\n"


@pytest.mark.parametrize(
    "items",
    [
        "- [[b|a]] — Students of alpha data learn style from rewards.\n- [[a|b]] — Rewards teach students nothing about style.\n",
        "- [[b|a]] — Students of alpha data learn style from rewards.\n- [[c|b]] — Rewards teach students nothing about style.\n",
    ],
    ids=["in a circle", "in a chain"],
)
def test_lists_that_call_each_others_targets_by_title_leave_nothing_in_the_air(vault: Path, items: str) -> None:
    lay(vault, line_md=LISTING + items)
    assert flaws(vault) == []


def test_a_list_that_links_to_nothing_nameable_leaves_nothing_in_the_air(vault: Path) -> None:
    lay(vault, line_md=LISTING + "- [[?]] — Students of beta data learn nothing from rewards.\n")
    assert flaws(vault) == []


# Citations without mark-up: other files are read again. -------------------------------------------------

ASKS = (
    "# An essay\n\nWe know by now how little it takes Does alpha data always help students? and we go on from there.\n"
)


def test_a_title_in_prose_is_a_citation_as_long_as_some_note_is_called_so(vault: Path) -> None:
    lay(vault, essay_md=ASKS)
    assert targets(vault, "essay.md") == []
    done = lay(vault, new_md=ALPHA)
    assert counted(done) == (1, 0, 0, 0, 1)
    assert targets(vault, "essay.md") == [("Does alpha data always help students?", "new.md")]
    assert_as_rebuilt(vault)
    lay(vault, new_md=ALPHA.replace("always", "ever"))
    assert targets(vault, "essay.md") == []
    assert_as_rebuilt(vault)
    lay(vault, new_md=ALPHA)
    assert len(targets(vault, "essay.md")) == 1
    lay(vault, new_md=None)
    assert targets(vault, "essay.md") == []
    assert_as_rebuilt(vault)


def test_a_longer_title_takes_the_words_of_a_shorter_one(vault: Path) -> None:
    essay = "# An essay\n\nWe know it by now for sure Can beta rewards always add ability? and we go on.\n"
    lay(vault, essay_md=essay, short_md="# Rewards always add ability?\n\nThey may well do so now and then.\n")
    assert [target for target, _ in targets(vault, "essay.md")] == ["Rewards always add ability?"]
    lay(vault, long_md="# Can beta rewards always add ability?\n\nThey may well do so now and then.\n")
    assert [note for _, note in targets(vault, "essay.md")] == ["long.md"]
    assert_as_rebuilt(vault)
    lay(vault, long_md=None)
    assert [note for _, note in targets(vault, "essay.md")] == ["short.md"]
    assert_as_rebuilt(vault)


def test_a_list_in_one_file_teaches_its_titles_to_all(vault: Path) -> None:
    lay(vault, essay_md=ASKS)
    lay(
        vault,
        line_md="# What is known?\n\nThis explores it.\n\n## Sources\n\n- [[alpha|Does alpha data always help students?]] — It helps.\n",
    )
    assert [note for _, note in targets(vault, "essay.md")] == ["stub:alpha"]
    assert_as_rebuilt(vault)


# The graph. -------------------------------------------------------------------------------------------


def test_the_same_result_told_twice_is_linked_as_long_as_both_tell_it(vault: Path) -> None:
    again = "# Told again\n\nAccuracy on MATH500 rises to 73.6% with one example of alpha data.\n"
    lay(vault, a_md=ALPHA, b_md=again)
    with open_store(vault) as store:
        (link,) = links(store)
        assert (link.kind, link.method, {place.path for place in link.evidence}) == (
            "restates",
            "rule",
            {"a.md", "b.md"},
        )
    lay(vault, b_md=again.replace("73.6", "61.2"))
    with open_store(vault) as store:
        assert links(store) == []
    assert_as_rebuilt(vault)


def test_two_notes_that_say_the_opposite_are_set_against_each_other_by_nobody_but_an_author(vault: Path) -> None:
    other = "# Does coffee harm recall?\n\nCoffee does not raise the recall of words in older adults.\n"
    lay(vault, a_md="# Coffee\n\nCoffee raises the recall of words in older adults.\n", b_md=other)
    with open_store(vault) as store:
        assert links(store) == []
    lay(vault, b_md=f"{other}\ncontradicts:: [[a]]\n")
    with open_store(vault) as store:
        assert [(link.kind, link.method) for link in links(store)] == [("contradicts", "author")]


ESSAY_OF_TWO = "# Which essay is the better one?\n\nThis explores essays.\n\nRewards teach students nothing about style [[beta]]. But students of alpha data learn style from rewards very well [[Alpha effect]].\n"
ALPHA_OF_ALIAS = "---\naliases: [Alpha effect]\n---\n# alpha\n\nStudents of alpha data learn style from rewards.\n"


def test_a_sentence_with_but_links_the_claims_of_the_notes_it_cites(vault: Path) -> None:
    lay(vault, s_md=ESSAY_OF_TWO, alpha_md=ALPHA_OF_ALIAS, beta_md=BETA)
    with open_store(vault) as store:
        (link,) = links(store)
        found = {claim.id: claim.place.path for claim in claims(store)}
        assert (link.kind, link.method, found[link.a], found[link.b]) == ("qualifies", "author", "alpha.md", "beta.md")
        assert [place.path for place in link.evidence] == ["alpha.md", "beta.md", "s.md", "s.md"]
        for place in link.evidence:
            assert (vault / place.path).read_text()[place.start : place.end].endswith(("rewards", ".", "style", "well"))


def test_a_stated_link_follows_the_claims_of_the_note_cited(vault: Path) -> None:
    lay(vault, s_md=ESSAY_OF_TWO, alpha_md=ALPHA_OF_ALIAS, beta_md=BETA)
    before = typed(vault)
    lay(vault, beta_md="# beta\n\nRewards are said to teach students nothing at all about style.\n")
    assert typed(vault) != before
    assert_as_rebuilt(vault)
    lay(vault, beta_md=None)
    assert_as_rebuilt(vault)


SAYS_OF_ALPHA = "# Line one asks what?\n\nThis explores what students learn.\n\n## Sources\n\n- [[alpha|Alpha]] — Students of alpha data learn style from rewards very well.\n"


@pytest.mark.parametrize("order", ["comes", "goes"])
@pytest.mark.parametrize(
    "essay", [ESSAY_OF_TWO, "# Essay\n\nStudents of alpha data learn style from rewards.\n\ncontradicts:: [[Alpha effect]]\n"], ids=["said", "typed"]
)  # fmt: skip
def test_a_stated_link_follows_what_lists_say_of_the_note_under_any_name(vault: Path, essay: str, order: str) -> None:
    alpha = "---\naliases: [Alpha effect]\n---\n# alpha\n\nNothing.\n"
    lay(vault, s_md=essay, alpha_md=alpha, beta_md=BETA)
    lay(vault, l_md=SAYS_OF_ALPHA)
    if order == "goes":
        sync(vault, Settings(), rebuild=True)
        lay(vault, l_md=None)
    assert_as_rebuilt(vault)


@pytest.mark.parametrize("order", ["comes", "goes"])
def test_two_claims_that_turn_out_to_be_of_one_note_are_no_restatement(vault: Path, order: str) -> None:
    one = "# Line one asks what?\n\nThis explores what students learn.\n\n## Sources\n\n- [[alpha|Alpha]] — One example of alpha data lifts accuracy on MATH500 to 73.6% for students.\n"
    two = "# Line two asks what?\n\nThis explores what students learn.\n\n## Sources\n\n- [[alphaeffect|Other]] — Accuracy on MATH500 rises to 73.6% with one example of alpha data for students.\n"
    alpha = "---\naliases: [alphaeffect]\n---\n# alpha\n\nNothing to see.\n"
    if order == "comes":
        lay(vault, one_md=one, two_md=two)
        lay(vault, alpha_md=alpha)
    else:
        lay(vault, one_md=one, two_md=two, alpha_md=alpha)
        lay(vault, alpha_md=None)
    assert_as_rebuilt(vault)


def test_which_of_two_authors_is_quoted_does_not_depend_on_who_came_first(vault: Path) -> None:
    lay(vault, z_md=ESSAY_OF_TWO, alpha_md=ALPHA_OF_ALIAS, beta_md=BETA)
    lay(vault, a_md=ESSAY_OF_TWO)
    assert_as_rebuilt(vault)


def test_a_typed_link_stands_for_its_notes_and_shows_a_sentence_of_each(vault: Path) -> None:
    lay(vault, a_md=ALPHA + "\ncontradicts:: [[b]]\n", b_md=BETA)
    with open_store(vault) as store:
        (link,) = links(store)
    assert (link.kind, link.a, link.b, link.confidence) == ("contradicts", "a.md", "b.md", 1.0)
    assert [place.path for place in link.evidence] == ["a.md", "b.md"]
    lay(vault, a_md=ALPHA + "\ncontradicted by:: [[b]]\n")
    assert typed(vault) == [("contradicts", "b.md", "a.md")]
    lay(vault, b_md=None)
    assert typed(vault) == [("contradicts", "stub:b", "a.md")]
    lay(vault, a_md=ALPHA)
    assert typed(vault) == []
    assert_as_rebuilt(vault)


# Another embedding. -----------------------------------------------------------------------------------


def widths(vault: Path) -> set[int]:
    with open_store(vault) as store:
        return {len(data) // rows for rows, data in store.sql.execute("SELECT rows, data FROM vector")}


@pytest.mark.parametrize("edit", [False, True])
def test_another_embedding_makes_every_vector_anew(vault: Path, monkeypatch: pytest.MonkeyPatch, edit: bool) -> None:
    lay(vault, a_md=ALPHA, b_md=BETA, s_md=ESSAY_OF_TWO)
    assert widths(vault) == {256}
    monkeypatch.setattr(ingest.update, "open_embedding", lambda *given: Letters())
    if edit:
        (vault / "a.md").write_text(ALPHA + "\nMore is known of this by now than before.\n")
    else:
        (vault / "c.md").write_text(ESSAY)
    sync(vault, Settings())
    assert widths(vault) == {26}
    assert contents(vault)["embed"] == "letters-1"
    assert_as_rebuilt(vault)


def test_another_embedding_is_noticed_though_no_file_has_changed(
    vault: Path, later: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.update, "open_embedding", lambda setting, *more: Letters(setting))
    (vault / "a.md").write_text(ALPHA)
    sync(vault, Settings(embed="one"))
    sync(vault, Settings(embed="two"))
    assert contents(vault)["embed"] == "two"


def test_a_change_of_embedding_that_breaks_off_leaves_the_old_one_whole(vault: Path) -> None:
    lay(vault, a_md=ALPHA, b_md=BETA)
    before = contents(vault)

    class Breaking(Letters):
        left = 1

        def embed(self, texts: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return super().embed(texts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.update, "open_embedding", lambda *given: Breaking())
        (vault / "c.md").write_text(ESSAY)
        with pytest.raises(KeyboardInterrupt):
            sync(vault, Settings())
    (vault / "c.md").unlink()
    assert contents(vault) == before


def test_another_embedding_builds_chroma_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.health import examine

    lay(tmp_path, a_md=ALPHA, b_md=BETA)
    monkeypatch.setattr(ingest.update, "open_embedding", lambda *given: Letters())
    lay(tmp_path, c_md=ESSAY)
    assert widths(tmp_path) == {26}
    assert [check.problems for check in examine(tmp_path, Settings())] == [[]] * 4


def test_a_sync_with_nothing_to_do_loads_nothing_that_reads(vault: Path) -> None:
    lay(vault, a_md=ALPHA)
    sync(vault, Settings())
    script = (
        "import sys; from pathlib import Path; from ingest.pipeline import sync; from kb.settings import Settings\n"
        "done = sync(Path(sys.argv[1]), Settings())\n"
        "print(done.unchanged, *sorted({'numpy', 'markdown_it', 'yaml', 'ingest.extract', 'ingest.update'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, vault], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    assert done.stdout == "1\n", done.stderr
