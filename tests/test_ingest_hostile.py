"""Files made to hurt: each costs bounded time and memory, is told by name where it is due, and harms no neighbour.

Every file is synced by a child with 3 GB of address space. The bound on time is generous: what is caught
is a cost that grows with the square of the file.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import warm

SECONDS = int(os.environ.get("KB_HOSTILE_SECONDS", "60"))
"""Of the processor's time, four times what the slowest takes: a busy machine may take longer by the clock."""
GIGABYTES = 3
NEIGHBOUR = "# A neighbour\n\nOne example of alpha data lifts accuracy on MATH500 to 73.6% [[elsewhere]].\n"


SYNC = """
import json, sys
from pathlib import Path
from ingest.pipeline import sync
from kb.catalogue import claims, files
from kb.settings import Settings
from kb.store import open_store
vault = Path(sys.argv[1])
done = sync(vault, Settings())
with open_store(vault) as store:
    print(json.dumps({
        "added": done.added, "remarks": [problem.message for problem in done.remarks],
        "files": {path: [state, [problem.code for problem in problems]] for path, state, problems in files(store)},
        "neighbour": [claim.quote for claim in claims(store) if claim.place.path == "neighbour.md"],
    }))
"""


def bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES << 30, GIGABYTES << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def child(*arguments: str, **more: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, errors="surrogateescape", timeout=2.5 * SECONDS, preexec_fn=bounded, **more
    )  # fmt: skip


def kb(vault: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [warm.command(), "--vault", str(vault), *arguments], capture_output=True, text=True, errors="surrogateescape",
        timeout=120, check=False, env={**os.environ, "COLUMNS": "100"},
    )  # fmt: skip


def synced(vault: Path) -> dict[str, Any]:
    """Sync in a child, and what the base holds then; the neighbour is whole."""
    (vault / "neighbour.md").write_text(NEIGHBOUR)
    done = child("-c", SYNC, str(vault))
    assert done.returncode == 0, f"status {done.returncode}: {done.stderr[-2000:]}"
    found = dict(json.loads(done.stdout))
    assert [quote[:40] for quote in found["neighbour"]] == [NEIGHBOUR[15:55]]
    assert found["files"]["neighbour.md"] == ["note", []]
    return found


LONG: dict[str, Callable[[], str]] = {
    "one line of 1 MB": lambda: "Students learn from rewards that carry information. " * 19_250,
    "one word of 10 MB": lambda: "a" * 10_000_000,
    "2,500 wikilinks in paragraphs": lambda: "\n\n".join(f"Students learn from [[note {n}]] and from rewards." for n in range(2_500)),
    "25,000 wikilinks in a line": lambda: " ".join(f"[[note {n}]]" for n in range(25_000)),
    "50,000 wikilinks to one note": lambda: " ".join(["[[elsewhere]]"] * 50_000),
    "a YAML bomb": lambda: "---\n" + "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)) + "---\n\nStudents learn from rewards.\n",
    "YAML nested deeply": lambda: "---\na: " + "[" * 30_000 + "]" * 30_000 + "\n---\n\nStudents learn from rewards.\n",
    "100,000 opening brackets": lambda: "[" * 100_000,
    "25,000 images": lambda: "![" * 25_000,
    "10,000 quotations within each other": lambda: ">" * 10_000 + " deep",
    "a list 3,000 deep": lambda: "\n".join(" " * min(n, 3000) + "- item" for n in range(10_000))[:7_500_000],
    "20,000 list marks in a line": lambda: "- " * 20_000 + "deep",
    "100,000 question marks": lambda: "?" * 100_000,
    "50,000 questions": lambda: "Does it help students to learn? " * 50_000,
    "100,000 questions mid-sentence": lambda: "and we ask Does it help " * 50_000 + "?",
    "100,000 double stars": lambda: "**" * 100_000,
    "100,000 stars in words": lambda: "a**b" * 100_000,
    "100,000 backticks": lambda: "".join("`" * (n % 400 + 1) + " " for n in range(2_000)),
    "100,000 dollars": lambda: "$" * 100_000 + "x$ " * 30_000,
    "10,000 footnotes": lambda: "\n\n".join(f"Text of it[^{n}].\n\n[^{n}]: note {n} on it" for n in range(10_000)),
    "25,000 headings": lambda: "\n".join(f"{'#' * (n % 6 + 1)} Heading {n}\n" for n in range(25_000)),
    "a table of 100,000 bars": lambda: "|" * 100_000 + "\n" + "|-" * 1_000 + "\n" + "|" * 100_000,
    "100,000 open tags": lambda: "<a " * 100_000 + "<!--" * 20_000,
    "100,000 emails": lambda: "a@" * 100_000 + " <http://" * 20_000,
    "10,000 fields": lambda: "\n".join(f"contradicts:: [[n{n}]]" for n in range(10_000)),
    "thousands of sources": lambda: "# What is known?\n\nThis explores it.\n\nSources 3000 notes\n\n" + "\n\n".join(f"Does it help students number {n}?\n\nIt does for {n} students of that kind." for n in range(3_000)),
    "a flat line with 300 sources": lambda: "What is known of it?\nThis explores what is known.\n" + " ".join(f"Students learn it well Does it help number {n} of them?." for n in range(300)) + "\nSources 280 notes\n" + "\n".join(f"It does for {n} students of that kind." for n in range(280)),
    "1,000,000 newlines": lambda: "\n" * 1_000_000,
    "150,000 carriage returns": lambda: "word\r" * 150_000,
    "spaces without end": lambda: "word" + " " * 3_000_000 + "word. " + "\t" * 1_000_000,
    "digits without end": lambda: "accuracy rises to " + "1" * 1_000_000 + "%. " + "1,111" * 200_000,
    "reference definitions": lambda: "\n".join(f"[{n}]: <x{n}>" for n in range(50_000)) + "\n\n" + "[1] " * 50_000,
    "CJK without end": lambda: "学生从奖励中学习" * 300_000 + "。",
    "10,000 combining marks": lambda: "e" + "\u0301" * 200_000 + " students learn from rewards.",
    "abbreviations": lambda: "e.g. i.e. et al. Fig. " * 50_000,
}  # fmt: skip


ALONE = (
    "one line of 1 MB", "2,500 wikilinks in paragraphs", "25,000 wikilinks in a line", "50,000 wikilinks to one note", "thousands of sources",
)  # fmt: skip


@pytest.mark.parametrize("what", ALONE)
def test_a_long_file_takes_bounded_time_and_memory(tmp_path: Path, what: str) -> None:
    (tmp_path / "hostile.md").write_text(LONG[what](), encoding="utf-8", newline="")
    assert synced(tmp_path)["files"]["hostile.md"][0] == "note"


def test_many_long_files_together_take_bounded_time_and_memory(tmp_path: Path) -> None:
    """Those of them that cost little; each is read, none takes another with it."""
    together = [what for what in LONG if what not in ALONE]
    for what in together:
        (tmp_path / f"{what}.md").write_text(LONG[what](), encoding="utf-8", newline="")
    found = synced(tmp_path)["files"]
    assert {what: found[f"{what}.md"][0] for what in together} == dict.fromkeys(together, "note")


def test_a_file_beyond_the_limit_is_named_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "line.md").write_text("Students learn from rewards that carry information. " * 970_000)  # 50 MB
    with (tmp_path / "huge.md").open("wb") as file:
        file.truncate(3 << 30)
    found = synced(tmp_path)["files"]
    assert found["huge.md"] == found["line.md"] == ["skipped", ["too-large"]]


# Bytes that are no text, and text that is no good. ----------------------------------------------------------

BYTES: dict[str, tuple[bytes, str, list[str]]] = {
    "nulls": (b"\x00" * 5_000, "skipped", ["binary"]),
    "a null in a text": (b"Students learn \x00 from rewards that they can reach.\n", "note", []),
    "not UTF-8": (b"Students learn \xff\xfe\xe9 from rewards that they can reach.\n", "note", ["encoding"]),
    "a cut character": ("Students learn from rewards that they can reach 学".encode()[:-1], "note", ["encoding"]),
    "half a surrogate": (b"Students learn \xed\xa0\x80 from rewards that they can reach.\n", "note", ["encoding"]),
    "UTF-16 cut within a character": ("\ufeffStudents learn from rewards.\n".encode("utf-16-le")[:-1], "note", []),
    "a BOM and nothing": (b"\xef\xbb\xbf", "note", ["empty"]),
    "nothing": (b"", "note", ["empty"]),
    "bad YAML": (b"---\ntitle: [\n---\nStudents learn from rewards that they can reach.\n", "note", ["front-matter"]),
    "YAML with aliases": (b"---\na: &a [x]\nb: *a\n---\nStudents learn from rewards that they can reach.\n", "note", ["front-matter"]),
    "YAML of its own classes": (b"---\na: !!python/object/apply:os.system [echo]\n---\nStudents learn from rewards they reach.\n", "note", ["front-matter"]),
    "dates of no calendar": (b"---\ndate: 2024-99-99\nyear: 10e999\naliases: {a: {b: [c]}}\ntags: 5\n---\nStudents learn from rewards.\n", "note", ["front-matter"]),
}  # fmt: skip


def test_bytes_that_are_no_text_are_named_and_harm_no_one(tmp_path: Path) -> None:
    for what, (data, _, _) in BYTES.items():
        (tmp_path / f"{what}.md").write_bytes(data)
    found = synced(tmp_path)["files"]
    expected = {what: (state, codes) for what, (_, state, codes) in BYTES.items()}
    assert {what: (found[f"{what}.md"][0], found[f"{what}.md"][1]) for what in BYTES} == expected


FORMATS = {
    "a.pdf": b"%PDF-1.7\n%%EOF",
    "b.bib": b"@article{" * 20_000,
    "c.json": b"[" * 100_000,
    "d.json": b'[{"id": 1, "type": 2}]',
    "e.html": b"<div>" * 50_000,
    "f.html": b"<a href=" * 20_000,
    "g.bib": b"@string{a = a # a}" * 2_000,
}


def test_other_formats_are_no_weaker(tmp_path: Path) -> None:
    for name, data in FORMATS.items():
        (tmp_path / name).write_bytes(data)
    found = synced(tmp_path)["files"]
    assert {name: found[name][0] for name in FORMATS} == {
        "a.pdf": "failed", "b.bib": "note", "c.json": "skipped", "d.json": "skipped", "e.html": "note", "f.html": "note", "g.bib": "note",
    }  # fmt: skip


OUTSIDE = (
    "../../../etc/passwd",
    "/etc/passwd",
    "..\\..\\secret",
    "file:///etc/passwd",
    "C:\\secret",
    "....//....//secret",
    "%2e%2e/secret",
    "~/secret",
    "\x00secret",
    "a" * 10_000,
)


def test_links_out_of_the_vault_resolve_to_no_file(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (tmp_path / "secret.md").write_text("# Secret\n\nThis must never be read by anyone at all.\n")
    links = [
        f"Students learn from [[{target}]] and [it]({target.replace(' ', '%20')}) and ![[{target}]]."
        for target in OUTSIDE
    ]
    (vault / "a.md").write_text("\n\n".join(links))
    assert set(synced(vault)["files"]) == {"a.md", "neighbour.md"}
    notes = json.loads(kb(vault, "notes", "--json").stdout)
    assert {link["to"] for note in notes for link in note["links"]} == {None}
    assert "must never be read" not in kb(vault, "claims").stdout


# What reaches the terminal. ----------------------------------------------------------------------------------

EVIL = "\x1b[31mred\x1b[0m \x1b]0;owned\x07 \u202eesrever\u2066 \x9b31m \x08\x7f\u200b bell\x07"
BARE = [
    *map(chr, (*range(9), *range(11, 32), *range(0x7F, 0xA0), 0x200B, 0x200F, 0x202A, 0x202E, 0x2066, 0x2069, 0xFEFF))
]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    vault = tmp_path_factory.mktemp("terminal")
    names = (
        ["plain.md"]
        if sys.platform != "linux"
        else ["plain.md", "\x1b[31mred\x1b[0m.md", "two\nlines.md", "\u202egnp.md", "草稿 🌱.md", "a" * 240 + ".md"]
    )
    body = f"Students {EVIL} learn 73.6% from rewards that they can reach [[evil {EVIL}]]."
    for number, name in enumerate(names):
        (vault / name).write_text(
            f'---\ntitle: "Title {number} {json.dumps(EVIL)[1:-1]}"\naliases: ["{json.dumps(EVIL)[1:-1]}"]\n---\n# {EVIL}\n\n## {EVIL}\n\n{body}\n\n'
            f"contradicts:: [[{EVIL}]]\n\n- {EVIL}: {body}\n", encoding="utf-8",
        )  # fmt: skip
    (vault / "bad\x1b[31m.pdf").write_bytes(b"%PDF no")
    (vault / "refs.bib").write_text(f"@article{{evil, title = {{Of {EVIL}}}, author = {{{EVIL}}}, year = 2020}}")
    (vault / "cites.md").write_text("Students learn it from what was said by [@evil] at the time.\n")
    assert kb(vault, "sync").returncode in (0, 1)
    return vault


@pytest.mark.parametrize(
    "command",
    [
        "notes",
        "notes students",
        "claims",
        "status",
        "status --files",
        "sync",
        "sync --rebuild",
        "doctor",
        "show plain.md",
        "show stub:evil",
        "show CLAIM",
        "show NOWHERE",
    ],
)
def test_no_control_character_of_a_file_reaches_the_terminal(terminal: Path, command: str) -> None:
    words = command.split()
    if "CLAIM" in words:
        claims = json.loads(kb(terminal, "claims", "--json").stdout)
        words = ["show", next(claim["id"] for claim in claims if claim["path"] == "plain.md")]
    if "NOWHERE" in words:
        words = ["show", EVIL.replace("\x00", "")]
    done = kb(terminal, *words)
    assert "mistake of its own" not in done.stderr, done.stderr
    shown = done.stdout + done.stderr
    assert shown.strip()
    assert [repr(char) for char in BARE if char in shown] == []
    assert not any("\udc80" <= char <= "\udcff" for char in shown), "bytes that are no UTF-8"
