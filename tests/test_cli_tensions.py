"""`kb tensions`: what it lists, how it filters, and the contract of its JSON."""

from pathlib import Path

import pytest
from test_cli_contract import STATED, TENSION, ask, fits
from transcript import synced_sample


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("tensions") / "vault"
    return synced_sample(copy)


def test_the_contract(vault: Path) -> None:
    done = ask(vault, "tensions", "--json", "--limit", "500")
    assert (done.status, done.err) == (0, "")
    assert len(done.json) > 40
    for each in done.json:
        fits(each, STATED if "stated" in each else TENSION)
        assert set(each["claims"]) == {each["a"], each["b"]}
        assert each["kind"] in ("opposing result", "scope", "method", "superseded", "definition", "magnitude")
    assert len({each["id"] for each in done.json}) == len(done.json)


def test_filters_leave_what_they_name(vault: Path) -> None:
    every = ask(vault, "tensions", "--json", "--limit", "500").json
    for kind in ("scope", "method"):
        found = ask(vault, "tensions", "--kind", kind, "--json", "--limit", "500").json
        assert {each["id"] for each in found} == {each["id"] for each in every if each["kind"] == kind} != set()
    assert ask(vault, "tensions", "--method", "person", "--json").json == []
    note = "notes/rlvr-sharpens-sampling-rather-than-adding-ability.md"
    found = ask(vault, "tensions", "--note", note, "--json", "--limit", "500").json
    assert found and all(
        note in [*each.get("notes", ()), *(claim["note"] for claim in each["claims"].values())] for each in found
    )
    newer = ask(vault, "tensions", "--since", "2026-01-01", "--json", "--limit", "500").json
    assert 0 < len(newer) < len(every)
    assert ask(vault, "tensions", "--since", "2999", "--json").json == []
    assert ask(vault, "tensions", "sourdough bakeries of Antarctica", "--json").json == [], (
        "of nothing the notes speak of"
    )
    assert ask(vault, "tensions", "emergent abilities", "--json").json


def test_what_is_known_of_notes_alone_is_told_without_quotes(vault: Path) -> None:
    sure = ask(vault, "tensions", "--json", "--limit", "500").json
    every = ask(vault, "tensions", "--all", "--json", "--limit", "500").json
    rest = every[len(sure) :]
    assert every[: len(sure)] == sure and rest and all(each["confidence"] <= 0.5 for each in rest)
    shown = ask(vault, "tensions", "--all", "--limit", "500").out.split("which sentences are meant is not sure")[1]
    across = next(each for each in rest if len({claim["note"] for claim in each["claims"].values()}) == 2)
    assert across["id"] in shown
    assert not any(claim["quote"][:40] in shown for claim in across["claims"].values())
    assert ": --all." in " ".join(ask(vault, "tensions", "--limit", "1").out.split())


def test_a_topic_brings_its_own(vault: Path) -> None:
    found = ask(vault, "tensions", "self-correction", "of", "reasoning", "--json").json
    assert "self-correct" in " ".join(claim["note"] for claim in found[0]["claims"].values())


def test_the_first_screen_does_not_dwell_on_one_debate(vault: Path) -> None:
    found = ask(vault, "tensions", "--json", "--limit", "10").json
    notes = [claim["note"] for each in found for claim in each["claims"].values()]
    assert len(set(notes)) >= 12


def test_one_tension_is_explained_by_who_states_it_and_both_sides(vault: Path) -> None:
    unsure = ask(vault, "tensions", "--all", "--json", "--limit", "500").json[-1]
    told = ask(vault, "tensions", "--explain", unsure["id"])
    assert told.status == 0 and told.out.startswith("Stated by an author or by you\n") and unsure["id"] in told.out
    shown = " ".join(told.out.split())
    for claim in unsure["claims"].values():
        assert " ".join(claim["quote"].split())[:40] in shown and claim["path"] in shown
    assert ask(vault, "tensions", "--explain", unsure["id"], "--json").json == unsure


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("tensions", "--kind", "loud"), 2, "possible: opposing result"),
        (("tensions", "--method", "gossip"), 2, "possible: author"),
        (("tensions", "--explain", "t0"), 1, "kb tensions"),
        (("tensions", "--note", "nowhere"), 1, "kb notes"),
        (("tensions", "--since", "yesterday"), 2, "write it like 2026-03-01"),
        (("tensions", "--since", "2026-02-30"), 2, "is no date"),
    ],
)
def test_mistakes_are_told_in_two_lines(vault: Path, words: tuple[str, ...], status: int, says: str) -> None:
    done = ask(vault, *words)
    assert done.status == status and says in done.err and done.err.count("\n") == 2, done.err


def test_nothing_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Rust\n\nDamp air rusts iron within a year.\n")
    assert ask(tmp_path, "tensions").out == "No tension was found.\n"
    assert ask(tmp_path, "tensions", "--json").json == []


@pytest.mark.parametrize("columns", ["0", "", "abc", "-1"])
def test_a_width_that_is_none_hides_nothing(vault: Path, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert "Stated by an author" in ask(vault, "tensions", "--limit", "1").out


def test_a_limit_holds_without_words_too(vault: Path) -> None:
    assert [len(ask(vault, what, "--limit", "2", "--json").json) for what in ("notes", "claims")] == [2, 2]
    assert len(ask(vault, "claims", "--json").json) > 500
