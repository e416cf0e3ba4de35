"""`kb graph`: one page that asks nothing of any network, as a real browser has it; hostile words in it do nothing."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from browser import BROWSER, Browser
from hostile import STRINGS
from test_cli_contract import ask
from test_hostile_outputs import note
from transcript import synced_sample

from kb.store import open_store
from qa.export import graph_page
from qa.export.graph_page import of_vault, page

ROOT = Path(__file__).parents[1]
NO_BROWSER = "NO BROWSER: install chromium to have the page of kb graph opened in it"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synced_sample(tmp_path_factory.mktemp("graph") / "vault")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if BROWSER is None:
        pytest.skip(NO_BROWSER)
    with Browser() as running:
        yield running


def written(vault: Path, *words: str) -> Path:
    out = vault.parent / "page.html"
    done = ask(vault, "graph", *words, "-o", str(out), "--force")
    assert (done.status, done.err) == (0, "")
    return out


def data_of(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found
    return dict(json.loads(found[1]))


def opened(browser: Browser, path: Path) -> None:
    browser.open(path.as_uri())
    browser.until("document.documentElement.dataset.settled === 'yes'")
    assert browser.complaints == []


def test_a_page_of_the_vault_a_topic_a_note_and_an_answer(sample: Path) -> None:
    whole = data_of(written(sample).read_text("utf-8"))
    listed = json.loads(ask(sample, "tensions", "--limit", "900", "--json").out)
    assert [each["id"] for each in whole["tensions"]] == [each["id"] for each in listed], "liveliest first, as listed"
    for each, told in zip(whole["tensions"], listed, strict=True):
        assert (each["kind"], each["who"], each["why"]) == (told["kind"], told["method"], told["why"])
        places = [
            f"{told['claims'][key]['path']}:{told['claims'][key]['line']}"
            for key in dict.fromkeys((told["a"], told["b"]))
        ]
        assert [whole["claims"][at]["place"] for at in each["claims"]] == places
    name = "notes/label-correctness-barely-matters-in-context.md"
    one = data_of(written(sample, name).read_text("utf-8"))
    assert one["title"] == next(each["title"] for each in whole["notes"] if each.get("path") == name)
    assert one["tensions"] and len(one["notes"]) < len(whole["notes"])
    at = next(number for number, each in enumerate(one["notes"]) if each.get("path") == name)
    assert all(at in each["notes"] for each in one["tensions"])
    topic = data_of(written(sample, "labels", "in", "prompts").read_text("utf-8"))
    assert 0 < len(topic["notes"]) <= 30 and topic["title"] == "labels in prompts"
    question = "Do large language models have emergent abilities?"
    answered = data_of(written(sample, question).read_text("utf-8"))
    answer = json.loads(ask(sample, "ask", question, "--json").out)
    assert {each["title"] for each in answer["notes"] if each["cited"]} <= {each["title"] for each in answered["notes"]}
    assert [each["kind"] for each in answered["tensions"]][: len(answer["tensions"])] == [
        each["kind"] for each in answer["tensions"]
    ]


def test_the_file_is_announced_and_not_written_over_when_changed(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = ask(sample, "graph", "--json")
    told = json.loads(done.out)
    made = tmp_path / told["file"]
    assert made.name == "kb-graph.html" and told["bytes"] == made.stat().st_size and told["tensions"] > 9
    assert ask(sample, "graph").out.startswith("kb-graph.html: ")
    made.write_text("mine", encoding="utf-8")
    refused = ask(sample, "graph")
    assert refused.status == 1 and "left alone" in refused.err and made.read_text() == "mine"
    assert ask(sample, "graph", "-o", "graph.pdf").status == 2
    silent = ask(sample, "graph", "the", "price", "of", "tomatoes", "-o", "silent.html")
    assert silent.status and "price of tomatoes" in silent.err and not (tmp_path / "silent.html").exists()


def test_the_page_may_ask_nothing_of_any_network(sample: Path) -> None:
    text = written(sample).read_text("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert (
        policy and "default-src 'none'" in policy[1] and "connect-src 'none'" in policy[1] and "unsafe" not in policy[1]
    )
    assert not re.search(r"<(?:link|img|iframe|script[^>]+src)|url\(|@import", text)


def test_of_a_large_vault_the_strongest_part_and_so_it_says(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_page, "NOTES", 20)
    monkeypatch.setattr(graph_page, "LINKS", 30)
    with open_store(sample) as store:
        data = data_of(page(store, of_vault(store), lambda path, line: "").text)
    assert len(data["notes"]) == 20 and len(data["links"]) == 30 and data["tensions"]
    assert "Of 84 notes the 20 most linked are shown." in data["told"]
    assert all(max(each["notes"]) < 20 for each in [*data["links"], *data["tensions"]])
    assert any("surest are shown" in each for each in data["told"])


def test_it_opens_on_the_liveliest_tensions(sample: Path, browser: Browser) -> None:
    path = written(sample)
    opened(browser, path)
    assert browser.requests == [path.as_uri()]
    first = browser.ask(
        "(([card]) => [card.querySelectorAll('blockquote').length, card.querySelectorAll('.place').length, card.querySelector('.head').innerText])(document.querySelectorAll('.card'))"
    )
    assert first[:2] == [2, 2] and "stated by an author" in first[2]
    assert browser.ask("document.querySelector('#map').toDataURL().length") > 10_000, "something is drawn"


def test_click_search_and_filter(sample: Path, browser: Browser) -> None:
    opened(browser, written(sample))
    count = "document.querySelectorAll('.card').length"
    browser.click_on(".card .head")
    assert browser.ask("document.querySelectorAll('[aria-current=true]').length") == 1
    assert browser.ask("location.hash").startswith("#t")
    browser.press("Escape")
    # Where the filters leave few notes, each is to be hit.
    index = browser.ask("data.tensions[0].notes[0]")
    browser.click(*browser.ask(f"map.where({index})"))
    assert browser.ask("document.querySelector('.note h2').innerText") == browser.ask(f"data.notes[{index}].title")
    browser.press("Escape")
    browser.press("/")
    browser.write("emergent abilities")
    assert (
        0 < browser.ask(count) < 30 and "emergent" in browser.ask("document.querySelector('#list').innerText").lower()
    )
    browser.press("Escape")
    before = browser.ask("document.querySelector('#list h2').innerText")
    browser.click_on("[aria-pressed=true]")
    assert (
        browser.ask("document.querySelector('#list h2').innerText") != before
        and browser.ask("document.querySelectorAll('.card.contradicts').length") == 0
    )
    browser.ask("(folder.value = 'posts', folder.dispatchEvent(new Event('change')))")
    assert browser.ask("document.querySelectorAll('.card').length") == browser.ask(
        "data.tensions.filter(passes).length"
    )
    assert browser.complaints == []


def test_by_keys_alone(sample: Path, browser: Browser) -> None:
    opened(browser, written(sample))
    browser.press("/")
    browser.press("ArrowDown")
    browser.press("ArrowDown")
    assert browser.ask("[...document.querySelectorAll('.card')].indexOf(document.activeElement)") == 1
    browser.press("Enter")
    assert browser.ask("[...document.querySelectorAll('.card')].findIndex(each => each.matches('[aria-current]'))") == 1
    assert browser.ask("document.activeElement === document.querySelector('[aria-current]')"), "the focus stays"
    browser.ask("document.querySelector('.card .name').focus()")
    browser.press("Enter")
    assert browser.ask("document.activeElement.innerText === data.notes[pick.note].title"), "it goes to what is picked"
    browser.ask("document.getElementById('map').focus()")
    browser.press("ArrowRight")
    seen = [browser.ask("document.querySelector('.note h2').innerText")]
    for key in ("ArrowLeft", "ArrowDown", "ArrowUp"):
        browser.press(key)
        seen.append(browser.ask("document.querySelector('.note h2').innerText"))
    assert all(seen) and len({*seen}) > 1, "from note to note"
    browser.press("Enter")
    assert browser.ask("document.activeElement.tagName") == "H2"
    assert browser.complaints == []


def test_hostile_words_do_nothing(browser: Browser, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    for number, text in enumerate(STRINGS):
        (vault / f"n{number:03}.md").write_bytes(note(number, text).encode("utf-8", "replace"))
    (vault / "kb.toml").touch()
    path = written(vault)
    text = path.read_text("utf-8")
    for name, each in (
        ("page", text),
        ("no-policy", re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)),
    ):
        (tmp_path / f"{name}.html").write_text(each, encoding="utf-8")
        opened(browser, tmp_path / f"{name}.html")
        browser.ask("(data.notes.forEach((_, at) => choose({ note: at })), choose(null), many = 1e6, fill())")
        assert browser.ask("document.querySelectorAll('.card').length") > 100
        assert browser.ask("document.querySelector('[data-pwned]') === null")
        assert browser.ask(
            "[...document.querySelectorAll('#list *')].every(each => 'ARTICLE P STRONG SPAN DIV BLOCKQUOTE BUTTON A H2 UL LI'.includes(each.tagName))"
        )
        assert browser.ask("[...document.querySelectorAll('#list a')].every(each => each.protocol === 'file:')")
        assert browser.requests == [(tmp_path / f"{name}.html").as_uri()] and browser.complaints == []


def test_five_thousand_notes_load_and_are_found(sample: Path, browser: Browser, tmp_path: Path) -> None:
    text = written(sample).read_text("utf-8")
    data = data_of(text)
    data["notes"] = [
        {"id": f"n{at}", "title": f"Note {at}", "kind": "note", "path": f"notes/{at}.md"} for at in range(5_000)
    ]
    data["links"] = [
        {"kind": "supports", "who": "author", "notes": [at, (at * 7 + 1) % 5_000], "why": ""} for at in range(5_000)
    ]
    start = text.index('id="data">') + len('id="data">')
    (tmp_path / "large.html").write_text(
        text[:start] + json.dumps(data) + text[text.index("</script>", start) :], encoding="utf-8"
    )
    opened(browser, tmp_path / "large.html")
    browser.press("/")
    browser.write("Note 4321")
    browser.press("Enter")
    assert browser.ask("document.querySelector('.note h2').innerText") == "Note 4321"


@contextmanager
def served(vault: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """`kb graph --serve` in a process of its own, and its address."""
    command = [sys.executable, "-m", "kb", "--vault", str(vault), "graph", "--serve"]
    # A shell has what it starts in the background ignore Ctrl-C, and children inherit that.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    ) as running:  # fmt: skip
        try:
            assert running.stdout
            yield running.stdout.readline().split()[0], running
        finally:
            running.kill()


def got(address: str, host: str | None = None) -> tuple[int, str]:
    """The status and the body of a page."""
    where = urlsplit(address)
    with closing(HTTPConnection("127.0.0.1", where.port or 0, timeout=60)) as connection:
        connection.request("GET", where.path, headers={"Host": host or where.netloc})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_served_to_whoever_knows_the_address_and_to_no_other_host(sample: Path) -> None:
    with served(sample) as (address, running):
        port = urlsplit(address).port
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{30,}/", address)
        status, text = got(address)
        assert status == 200 and data_of(text)["live"] == got(f"{address}state")[1] and "connect-src 'self'" in text
        assert not any("href" in each for each in data_of(text)["notes"]), "no file:// address from a served page"
        assert got(address, f"localhost:{port}")[0] == 200
        for host in (
            "evil.example",
            f"evil.example:{port}",
            "127.0.0.1",
            "localhost:1",
            f"127.0.0.1:{port}.evil.example",
        ):
            assert got(address, host)[0] == 403, host
        for path in (
            "/",
            "/state",
            "/x/",
            f"/{'a' * 32}/",
            f"{urlsplit(address).path}../kb.toml",
            f"/x{urlsplit(address).path}",
        ):
            assert got(f"http://127.0.0.1:{port}{path}")[0] == 404, path
        running.send_signal(signal.SIGINT)
        assert (running.wait(30), running.stderr.read() if running.stderr else None) == (0, "")


def test_a_served_page_follows_the_notes(browser: Browser, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "kb.toml").touch()
    (vault / "a.md").write_text(
        "# Naps help\n\nA nap of an hour raises recall by a fifth in adults.\n", encoding="utf-8"
    )
    (vault / "b.md").write_text(
        "# Naps do nothing\n\nA nap of an hour does not raise recall in adults at all.\n", encoding="utf-8"
    )
    with served(vault) as (address, _):
        browser.open(address)
        browser.until("data.notes.length === 2 && data.tensions.length === 0")
        (vault / "a.md").write_text(
            "# Naps help\n\nA nap of an hour raises recall by a fifth in adults.\n\ncontradicts:: [[b]]\n",
            encoding="utf-8",
        )
        browser.until("document.querySelectorAll('.card blockquote').length === 2")
        assert {urlsplit(each).netloc for each in browser.requests} == {urlsplit(address).netloc}
        assert browser.complaints == []
