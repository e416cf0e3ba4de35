"""What a link means: the key it is looked up by, and which of several notes it chooses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.names import SELF, Candidate, choose, is_note_name, key_of, names_of, target_key
from kb.note import Note, Source


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("Bees", "bees"),
        ("Bees.md", "bees"),
        ("bees.PDF", "bees"),
        ("folder/sub/Bees.md", "bees"),
        ("folder\\sub\\Bees.md", "bees"),
        ("../Bees.md", "bees"),
        ("Bees#Winter losses", "bees"),
        ("Bees#^a1b2", "bees"),
        ("Bees^a1b2", "bees"),
        ("Bees.md?plain=1#L3", "bees"),
        ("Moths%20and%20lamps.md", "moths-and-lamps"),
        ("Moths and lamps", "moths-and-lamps"),
        ("moths-and-lamps", "moths-and-lamps"),
        ("Does salt decide it?", "does-salt-decide-it"),
        ("notes/Does “salt” decide it?", "does-salt-decide-it"),
        ("v1.2", "v1-2"),
        ("GPT-4.1", "gpt-4-1"),
        ("🌱 草稿", "🌱-草稿"),
        ("ÉTUDE", "étude"),
        ("#Later", SELF),
        ("^block", SELF),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_target_is_looked_up_whatever_folder_heading_and_ending_it_carries(target: str, key: str) -> None:
    assert target_key(target) == key


def test_keys_are_cut_as_addresses_are() -> None:
    slug = "training-on-problems-far-beyond-the-model-teaches-shortcuts-that-spoil-what-it-could-do-before"
    assert key_of(slug) == key_of(slug[:80]) == slug[:80].rstrip("-")
    assert not key_of("a" * 79 + "-b").endswith("-")


@given(st.text(max_size=200))
def test_any_target_has_a_key_and_keys_are_stable(target: str) -> None:
    key = target_key(target)
    assert len(key) <= 80
    if key and key != SELF:
        assert key_of(key) == key


def test_a_title_may_have_a_question_mark_in_its_middle() -> None:
    assert target_key("Is it alive? Or dead in its box") == "is-it-alive-or-dead-in-its-box"


def test_a_note_answers_to_path_title_aliases_and_citekeys() -> None:
    note = Note(
        id="n/Old name.md", title="Does it rust?", kind="note", path="n/Old name.md",
        aliases=("Rust", "锈"), sources=(Source(citekey="smith2020"), Source(doi="10.1/x")),
    )  # fmt: skip
    assert list(names_of(note)) == [
        ("old-name", "path"),
        ("does-it-rust", "title"),
        ("rust", "alias"),
        ("锈", "alias"),
        ("smith2020", "citekey"),
    ]


@pytest.mark.parametrize(
    ("target", "form", "is_note"),
    [
        ("Bees", "wikilink", True),
        ("Bees.md", "markdown", True),
        ("paper.pdf", "markdown", True),
        ("GPT-4.1", "wikilink", True),
        ("Dr. Smith", "wikilink", True),
        ("Does it rust?", "title", True),
        ("figure.png", "embed", False),
        ("data/table.csv", "markdown", False),
        ("figure.png#right", "wikilink", False),
        ("notes/", "markdown", False),
        ("notes/#top", "markdown", False),
        ("notes/", "wikilink", True),
    ],
)
def test_a_picture_or_a_folder_is_no_note(target: str, form: str, is_note: bool) -> None:
    assert is_note_name(target, form) is is_note


# Which of several.


def chosen(target: str, *paths: str, form: str = "wikilink", source: str = "a/from.md") -> str | None:
    return choose(target, form, source, [Candidate(path, "path") for path in paths])


def test_nothing_answers() -> None:
    assert choose("Bees", "wikilink", "a.md", []) is None


@pytest.mark.parametrize(
    ("target", "paths", "means"),
    [
        pytest.param("b/Bees", ("Bees.md", "a/Bees.md", "b/Bees.md"), "b/Bees.md", id="its whole path"),
        pytest.param("/b/Bees", ("Bees.md", "a/Bees.md", "b/Bees.md"), "b/Bees.md", id="from the top"),
        pytest.param("c/Bees", ("a/Bees.md", "b/c/Bees.md"), "b/c/Bees.md", id="the end of a path"),
        pytest.param("C/bees", ("a/bees.md", "b/c/Bees.md"), "b/c/Bees.md", id="the end of a path in another case"),
        pytest.param("bees", ("b/Bees.md", "c/bees.md"), "c/bees.md", id="the same case"),
        pytest.param("Bees", ("0/Bees.md", "a/Bees.md"), "a/Bees.md", id="the same folder"),
        pytest.param("Bees", ("b/c/Bees.md", "d/Bees.md"), "d/Bees.md", id="the shallower"),
        pytest.param("Bees", ("c/Bees.md", "b/Bees.md"), "b/Bees.md", id="the first by name"),
        pytest.param("Bees#Winter", ("c/Bees.md", "a/Bees.md"), "a/Bees.md", id="with a heading"),
        pytest.param("d/Bees", ("b/Bees.md",), "b/Bees.md", id="whatever has the name"),
        pytest.param("./Bees", ("b/Bees.md", "a/Bees.md", "Bees.md"), "a/Bees.md", id="here"),
        pytest.param("../Bees", ("b/Bees.md", "a/Bees.md", "Bees.md"), "Bees.md", id="one up"),
    ],
)
def test_a_wikilink_means(target: str, paths: tuple[str, ...], means: str) -> None:
    assert chosen(target, *paths) == chosen(target, *reversed(paths)) == means


@pytest.mark.parametrize(
    ("target", "paths", "means"),
    [
        pytest.param("Bees.md", ("Bees.md", "a/Bees.md", "b/Bees.md"), "a/Bees.md", id="relative to its file"),
        pytest.param("../Bees.md", ("Bees.md", "a/Bees.md"), "Bees.md", id="one up"),
        pytest.param("../b/Bees.md", ("Bees.md", "b/Bees.md", "a/Bees.md"), "b/Bees.md", id="up and down"),
        pytest.param("./sub/../Bees.md", ("Bees.md", "a/Bees.md"), "a/Bees.md", id="there and back"),
        pytest.param("/Bees.md", ("a/Bees.md", "Bees.md"), "Bees.md", id="from the top"),
        pytest.param("Moths%20and%20lamps.md#x", ("b/Moths and lamps.md", "a/Moths and lamps.md"), "a/Moths and lamps.md", id="with escapes"),
    ],
)  # fmt: skip
def test_a_markdown_link_means(target: str, paths: tuple[str, ...], means: str) -> None:
    assert chosen(target, *paths, form="markdown") == chosen(target, *reversed(paths), form="markdown") == means


@pytest.mark.parametrize("target", ["../../Bees.md", "../../../etc/Bees.md", "../../a/Bees.md"])
def test_a_link_that_climbs_out_of_the_vault_means_nothing_in_it(target: str) -> None:
    assert chosen(target, "Bees.md", "a/Bees.md", form="markdown") is None


def test_an_ending_that_is_written_out_counts() -> None:
    assert chosen("Bees.txt", "a/Bees.md", "a/Bees.txt", form="markdown") == "a/Bees.txt"


def test_a_title_means_the_note_so_titled_and_a_citekey_the_note_so_keyed() -> None:
    both = [
        Candidate("b.md", "alias"),
        Candidate("a.md", "file"),
        Candidate("c.md", "title"),
        Candidate("d.md", "citekey"),
    ]
    assert choose("Does it rust?", "title", "x.md", both) == "c.md"
    assert choose("smith2020", "citekey", "x.md", both) == "d.md"
    assert choose("Anything", "wikilink", "x.md", both) == "c.md"


def test_a_citekey_means_its_note_rather_than_a_file_of_that_name() -> None:
    both = [Candidate("pdf/smith2020.pdf", "path"), Candidate("notes/walls.md", "citekey")]
    assert choose("smith2020", "citekey", "x.md", both) == "notes/walls.md"
