"""150 hostile strings through every output: screens, `--json`, reports, hovers, prompts, and pages in a real browser."""

import json
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from browser import BROWSER
from editor import Editor
from hostile import PWNED, STRINGS, unseen
from scripted import Scripted
from test_cli_contract import ask, places_hold

from kb.oneline import in_json, on_lines, one_line
from kb.settings import Settings
from kb.store import open_store
from qa.answer import Answer
from qa.ask import Asker
from qa.export.markdown import report
from qa.export.page import page

QUESTION = "Does a nap improve the recall of words?"


def note(number: int, text: str) -> str:
    """One string wherever an author can put one."""
    title = text.replace("\n", " ").replace("\r", " ").replace('"', "'").replace("\\", "/")
    return (
        f'---\naliases: ["alias {title}"]\nauthors: ["Author {title}"]\nyear: 2020\n---\n# Does nap {number} {text} improve the recall of words?\n\n'
        f"In study {number} a nap {text} improved the recall of words by {number + 2} points in adults.\n\n## Part {text}\n\n"
        f"A nap of {number + 3} minutes {text} did not improve the recall of words in children.\n\ncontradicts:: [[n{(number + 1) % len(STRINGS):03}]]\n"
    )


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "vault"
    folder.mkdir()
    for number, text in enumerate(STRINGS):
        (folder / f"n{number:03}.md").write_bytes(note(number, text).encode("utf-8", "replace"))
        if number % 3 == 0 and "/" not in text and "\0" not in text and len(text.encode()) < 200:
            (folder / f"file {number} {text}.md").write_bytes(
                f"A short nap {number} helped the memory of pupils.\n".encode()
            )
    (folder / os.fsdecode(b"broken \xff\x9b31m.md")).write_bytes(b"A nap of sheep helped no one.\n")
    (folder / "kb.toml").touch()
    lines = "\n\n".join(
        f"In study {n} a nap {text} improved the recall of words by {n + 9} points. See [[gone {n} {text}]]."
        for n, text in enumerate(STRINGS[::4])
    )
    (folder.parent / "draft.md").write_bytes(lines.encode("utf-8", "replace"))
    ask(folder, "sync")
    return folder


def test_there_are_as_many_as_promised() -> None:
    assert len(STRINGS) == 150


def test_one_filter_lets_none_of_them_through() -> None:
    for text in STRINGS:
        assert unseen(one_line(f"a {text} b")) == unseen(on_lines(f"a\n{text}\nb")) == [], ascii(text)
        written = json.dumps({"a": text}, ensure_ascii=False)
        assert unseen(in_json(written), frozenset("\n\u0605")) == [], ascii(text)
        assert json.loads(in_json(written)) == {"a": text}


def test_what_people_write_is_left_as_it_is() -> None:
    for text in (
        "Naïve café — “quoted” №5",
        "می‌خواهم",
        "क्‍ष",
        "👩‍👧 and ❤️",
        "Ⅷ 10 µm² 葛",
        "עברית العربية",
        "한국어 日本語 ไทย",
    ):
        assert one_line(text) == text
    assert (
        one_line("co\u00adoperate\u200b d") == "cooperate d"
        and one_line("a \u200d b") == "a b"
        and on_lines("a\r\n\tb\rc") == "a\n\tb\nc"
    )


SCREENS = [
    ("sync", "--rebuild"), ("status", "--files"), ("notes",), ("notes", "nap"), ("claims", "--limit", "900"), ("tensions", "--limit", "900", "--all"), ("matrix", "--all"), ("matrix", QUESTION), ("matrix", QUESTION, "--csv"), ("matrix", QUESTION, "--md"), ("matrix", QUESTION, "--html"), ("doctor",), ("eval",),
    ("check", "DRAFT"), ("check", "DRAFT", "--format", "short"), ("links", "DRAFT", "--limit", "900"), ("links", "DRAFT", "--dry-run", "--above", "0.1", "--limit", "900"),
    ("audit", "DRAFT"), ("impact", "n003.md"), ("show", "n000.md"), ("show", "n045.md"), ("review", "--author"), ("ask", QUESTION, "--limit", "5000"), ("ask", "--from", "QUESTIONS"),
    ("show", "\x1b[31m \u202e"), ("claims", "\u202e\x9b31m \u00ad"), (), ("notes", "--limit", "\u202e"), ("\x1b[31m",),
]  # fmt: skip


@pytest.fixture(scope="module")
def named(vault: Path) -> dict[str, str]:
    questions = vault.parent / "questions.txt"
    questions.write_bytes(
        "\n".join(f"Does nap {text} improve recall?" for text in STRINGS[::5]).encode("utf-8", "replace")
    )
    return {"DRAFT": str(vault.parent / "draft.md"), "QUESTIONS": str(questions)}


@pytest.mark.parametrize("words", SCREENS, ids=lambda words: " ".join(words)[:30].encode("ascii", "replace").decode())
def test_no_screen_shows_them(vault: Path, named: dict[str, str], words: tuple[str, ...]) -> None:
    done = ask(vault, *(named.get(word, word) for word in words))
    shown = done.out.replace("\t", "") if "--dry-run" in words else done.out
    assert unseen(shown) == unseen(done.err) == [] and "mistake" not in done.err and done.out + done.err


def test_doctor_names_no_damaged_file_as_it_is_called(vault: Path) -> None:
    damaged = [path for path in vault.glob("file *") if unseen(path.name)]
    kept = {path: path.read_bytes() for path in damaged}
    try:
        for path in damaged:
            path.write_bytes(b"Nothing.")
        done = ask(vault, "doctor")
        assert done.status == 1 and "file " in done.out and unseen(done.out) == []
    finally:
        for path, text in kept.items():
            path.write_bytes(text)


DATA = [
    ("sync",), ("status",), ("notes",), ("claims", "--limit", "900"), ("tensions", "--limit", "900", "--all"), ("matrix", "--all"), ("matrix", QUESTION), ("doctor",), ("eval",), ("check", "DRAFT"), ("links", "DRAFT", "--limit", "900"),
    ("audit", "DRAFT"), ("impact", "n003.md"), ("show", "n045.md"), ("review", "--author"), ("ask", QUESTION, "--limit", "5000"), (), ("check", "DRAFT", "--format", "sarif"),
]  # fmt: skip


@pytest.mark.parametrize("words", DATA, ids=lambda words: " ".join(words)[:30])
def test_json_escapes_them_and_loses_nothing(vault: Path, named: dict[str, str], words: tuple[str, ...]) -> None:
    done = ask(vault, *(named.get(word, word) for word in words), *([] if "sarif" in words else ["--json"]))
    assert unseen(done.out, frozenset("\n\u0605")) == unseen(done.err) == []
    found = json.loads(done.out)
    if words[:1] == ("claims",):
        places_hold(vault, found)
        assert sum(text in claim["quote"] for text in STRINGS for claim in found) > 100


def test_a_workbook_says_them_as_words(vault: Path, tmp_path: Path) -> None:
    made = tmp_path / "m.xlsx"
    assert ask(vault, "matrix", "--limit", "60", "--points", "20", "--xlsx", str(made)).status == 0
    cells = [cell for row in openpyxl.load_workbook(made).active.iter_rows() for cell in row if cell.value]  # type: ignore[union-attr]
    assert len(cells) > 300 and {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells) and unseen("\n".join(str(cell.value) for cell in cells)) == []
    with zipfile.ZipFile(made) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    assert not any("<f>" in part or "TargetMode" in part for part in parts.values())


@pytest.mark.parametrize("form", ["--html", "--md"])
def test_a_matrix_says_them_as_words(vault: Path, form: str) -> None:
    made = ask(vault, "matrix", "--limit", "60", "--points", "20", form).out
    if form == "--md":
        made = rendered_text(made, "table")
    found = [each for each in strays(made) if each[0] not in ("table", "thead", "tbody", "tr", "th", "td")]
    assert found == [] and made.count("<tr") > 20


def test_an_assistant_is_told_them_as_words(vault: Path) -> None:
    pytest.importorskip("mcp", reason="NO MCP: pip install 'counterpoint-kb[mcp]'")
    from test_notes_mcp import Assistant

    assistant = Assistant(vault)
    try:
        for name, given in (
            ("ask", {"question": QUESTION}),
            ("claims", {"limit": 50}),
            ("tensions", {"limit": 50}),
            ("matrix", {"points": 20}),
            ("show", {"name": "n045.md"}),
        ):
            text = assistant.tool(name, **given)[1]
            assert unseen(text, frozenset("\u0605")) == [] and json.loads(text)["notice"]
        note = assistant.ask(lambda client: client.read_resource("kb://note/n005.md")).contents[0].text
        assert unseen(note.replace("\t", "")) == []
    finally:
        assistant.leave()


@pytest.fixture(scope="module")
def answer(vault: Path) -> Answer:
    with open_store(vault) as store, closing(Asker(store, Settings())) as asker:
        found = asker.ask(QUESTION, words=5_000)
    assert found.statements and found.tensions and found.notes
    return found


def spoiled(value: Any, text: str) -> Any:
    """The same with the string wherever words stand; keys and closed sets apart."""
    if isinstance(value, dict):
        fixed = (
            "a",
            "b",
            "claims",
            "notes",
            "note",
            "id",
            "kind",
            "verdict",
            "coverage",
            "role",
            "method",
            "settled_by",
            "because",
            "embed",
            "code",
        )
        return {
            key: each if key in fixed and not isinstance(each, dict) else spoiled(each, text)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [spoiled(each, text) for each in value]
    return f"{value[:40]} {text}" if isinstance(value, str) else value


@pytest.fixture(scope="module")
def answers(answer: Answer) -> list[Answer]:
    return [Answer.model_validate(spoiled(answer.model_dump(), text)) for text in STRINGS]


class Elements(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


OWN = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "br", "em", "ol", "ul", "li", "small", "sup", "a", "div", "strong", "hr", "code", "blockquote",
}  # fmt: skip


def strays(text: str) -> list[tuple[str, dict[str, str | None]]]:
    """Elements that no page of ours has, and attributes that act or lead away."""
    return [
        (tag, attributes)
        for tag, attributes in Elements(text).found
        if tag not in OWN
        or any(name.startswith("on") or name in ("src", "action", "data-pwned", "background") for name in attributes)
        or not (attributes.get("href") or "#").startswith("#")
        or (tag == "meta" and attributes.get("http-equiv", "Content-Security-Policy") != "Content-Security-Policy")
    ]


def seen_by_browser(folder: Path, name: str, text: str) -> str:
    """The page as a real browser has it, once its scripts could have run."""
    assert BROWSER is not None
    (folder / name).write_text(text, encoding="utf-8", errors="replace")
    options = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    done = subprocess.run(
        [BROWSER, *options.split(), f"--user-data-dir={folder / 'browser'}", "--dump-dom", (folder / name).as_uri()],
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout, done.stderr.decode(errors="replace")[-500:]
    return done.stdout.decode("utf-8", "replace")


def rendered_text(markdown: str, *rules: str) -> str:
    """Markdown as a renderer shows it that lets HTML through."""
    from markdown_it import MarkdownIt

    body = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.S)
    return str(MarkdownIt("commonmark", {"html": True}).enable(list(rules)).render(body))


def rendered(answers: list[Answer], style: str) -> str:
    """A Markdown report, shown so."""
    return rendered_text(report(answers, style))


@pytest.mark.parametrize("form", ["page", "wikilink", "citekey", "footnote"])
def test_a_report_says_them_as_words(answers: list[Answer], form: str) -> None:
    made = page(answers) if form == "page" else report(answers, form)
    assert unseen(made) == []
    found = strays(made if form == "page" else rendered(answers, form))
    # A renderer without footnotes takes "[^1]: [[n001]]" for the address of a link.
    assert [
        each for each in found if not (form == "footnote" and (each[1].get("href") or "").startswith("%5B%5Bn"))
    ] == []


def test_the_browser_finds_words_and_nothing_that_acts(answers: list[Answer], tmp_path: Path) -> None:
    if BROWSER is None:
        pytest.skip("NO BROWSER: install chromium to have pages with hostile strings opened in it")
    bare = f"<!doctype html><p>{STRINGS[90]}<script>{PWNED}</script>"
    assert "data-pwned" in seen_by_browser(tmp_path, "control.html", bare), "what would act acts here"
    ours = page(answers)
    without = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", ours)
    assert without != ours
    for name, text in (
        ("page", ours),
        ("no-policy", without),
        ("markdown", f"<!doctype html><meta charset=utf-8>{rendered(answers, 'wikilink')}"),
    ):
        dom = seen_by_browser(tmp_path, f"{name}.html", text)
        assert "data-pwned" not in dom.split(">", 1)[0] + dom.split("<html", 1)[-1].split(">", 1)[0]
        assert strays(dom) == [] and unseen(dom.replace("\t", "")) == []
        assert dom.count("<h1>") >= len(STRINGS)


@pytest.fixture(scope="module")
def editor(vault: Path) -> Iterator[Editor]:
    running = Editor(vault, options={"pause": 0.05})
    yield running
    assert running.leave() == 0


def told(value: Any) -> str:
    """All words in a message."""
    if isinstance(value, dict):
        return " ".join(
            told(each)
            for key, each in value.items()
            if key not in ("newText", "uri", "data", "filterText", "textEdit", "target")
        )
    return " ".join(map(told, value)) if isinstance(value, list) else str(value)


def test_an_editor_is_told_them_as_words(vault: Path, editor: Editor) -> None:
    uri = editor.open("untitled:draft", "".join(f"See [[n{number:03}]].\n" for number in range(len(STRINGS))))
    for number in range(len(STRINGS)):
        hover = told(editor.ask("textDocument/hover", editor.at(uri, number, 8)))
        assert unseen(hover) == [] and "<" not in hover.replace("\\<", "")
    assert unseen(told(editor.complete(uri, 0, 6))) == []
    draft = editor.open("untitled:said", (vault.parent / "draft.md").read_text("utf-8"))
    assert unseen(told(editor.published(draft))) == []


def test_a_prompt_holds_none_of_them(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Scripted("openai", "no") as server:
        (vault / "kb.toml").write_text(server.toml(extract="llm"), encoding="utf-8")
        ask(vault, "sync", "--budget", "60000")
        ask(vault, "ask", QUESTION)
        (vault / "kb.toml").write_text("", encoding="utf-8")
    said = [message["content"] for asked in server.asked for message in asked["messages"]]
    assert len(said) > 4 and [unseen(each.replace("\t", "")) for each in said if unseen(each.replace("\t", ""))] == []
