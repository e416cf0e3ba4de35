"""Whole stages of the product on texts that were hard for them once: name, what is done, and a text of n characters."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import ingest.passages
from ingest.file_entries import entry_of
from ingest.pipeline import sync
from ingest.scan import Seen, ignores_of
from ingest.titles import Titles
from kb.settings import Settings
from kb.store import open_store
from notes.check import Checker
from notes.draft import draft_of

Stage = tuple[str, Callable[[str], object], Callable[[int], str]]
SIZES = (8_192, 16_384, 32_768, 65_536)
WORDS = "Sparse dense random curated spurious delayed shaped learned sampled ranked".split()


def stages() -> Iterator[Stage]:
    for name, form, piece in (
        ("blanks in a line", "Alpha data{} helps students.", " \t"),
        ("stars before a claim", "# {}\n\nAlpha data helps students learn.", "*"),
        ("links in one paragraph", "{}", "Alpha data helps [[alpha]] students learn. "),
        ("links in one sentence", "Alpha data helps {}.", "and [[alpha]], "),
        ("a sentence without end", "Alpha {}.", "data lifts what students learn "),
        ("links never closed", "{}", "[a]("),
        ("tags never closed", "{}", "<b "),
        ("denials in one paragraph", "{}", "But rewards do not raise the accuracy of students. "),
        ("front matter", "---\ntitle: {}\n---\n", "a: "),
    ):
        yield f"reading: {name}", lambda text: _read("a.md", text), _filled(form, piece)
    yield "reading: a saved page", lambda text: _read("a.html", text), _filled("<p>{}</p>", "<i>a")
    yield "reading: a library", lambda text: _read("a.bib", text), _filled("@article{{a, title={{{}}}}}", "{x}")
    yield "reading: plain text", lambda text: _read("a.txt", text), _filled("Sources 1 notes\n{}", "a \u00a0")
    yield "an ignore pattern of stars", lambda text: ignores_of([text])("a" * 250, False), _filled("{}b", "*a")
    yield "kb check of a note inside its vault", _check, _claims


def _filled(form: str, piece: str) -> Callable[[int], str]:
    return lambda size: form.format(piece * (size // len(piece)))


def _claims(size: int) -> str:
    """As many different claims as fit."""
    made = (
        f"{WORDS[n % 10]} rewards lengthen the {WORDS[n // 10 % 10].lower()} training of {n} {WORDS[n // 100 % 10].lower()} models."
        for n in range(size // 64)
    )
    return "# Large\n\n" + " ".join(made)


def _read(name: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_text(text, encoding="utf-8")
        entry_of(folder, Seen(name, 1, 1), Titles(["Can rewards add ability?"]))


def _check(text: str) -> None:
    ingest.passages.catch_up = lambda *given, **more: False  # Chroma is no part of it
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder).resolve()
        (vault / "large.md").write_text(text, encoding="utf-8")
        sync(vault, Settings())
        with open_store(vault) as store:
            draft = draft_of(store, text, "large.md")
            assert draft is not None
            Checker(store, Settings()).check(draft)
