"""`kb export --site`: pages that lead to each other and nowhere else, whatever titles say, in a folder that is kb's alone."""

import json
import os
import re
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from browser import BROWSER
from hostile import PWNED, STRINGS, unseen
from test_cli_contract import ask
from test_hostile_outputs import OWN, Elements, note, seen_by_browser
from transcript import synced_sample

from ingest.endpoint_confidence import SURE
from kb.edges import links
from kb.store import open_store
from qa.export.save import InTheWay
from qa.export.site import page_name
from qa.export.site_folder import write_site

PATHS = [
    "../../../etc/cron.d/x", "..", ".", "con", "NUL", "aux.html", "index", "Index", "INDEX", "tensions", ".kb-site.json", "a/b/c", "a\\b", "C:\\x", "x:y", "x*?",
    "Same", "same", "SAME", "ſame", "e\u0301", "\u00e9", "É", "ﬁ", "fi", "x" * 240, "%2e%2e%2f", "%00", "~", "~root", "-rf", "--help", "a b", " lead", "trail ", "trail.",
    "#top", "?q=1", "&amp;", "“quoted”", "<b>", "'", '"', "javascript:alert(1)", "//evil.example", "http://evil.example", "mailto:x", "data:text/html,x", "$HOME", "`id`",
]  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synced_sample(tmp_path_factory.mktemp("site") / "vault")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of 200 notes whose titles and quotes would like to be more than words; some files are called so as well."""
    room = tmp_path_factory.mktemp("hostile-site")
    vault = room / "vault"
    titles = [*STRINGS, *PATHS]
    for number, text in enumerate(titles):
        name = (
            text if not set(text) & set("/\\\0") and 0 < len(text.encode()) < 200 and text not in ("..", ".") else "n"
        )
        folder = vault / f"d{number}"
        folder.mkdir(parents=True)
        words = (
            note(number, text).replace("A nap", f"[[t{number}]] A nap")
            + f"\n\ncontradicts:: [[t{(number + 1) % 200}]]\n"
        )
        words = words.replace("aliases: [", f"aliases: [t{number}, ")
        evil = f'doi: "10.1000/{number}"\nurl: "javascript:{PWNED}"\n'
        (folder / f"{name}.md").write_bytes(
            words.replace("year: 2020\n", f"year: 2020\n{evil}").encode("utf-8", "replace")
        )
    done = ask(vault, "export", "--site", str(room / "site"), "--json")
    assert done.json["pages"] >= 202 and done.err == ""
    assert (room / "site" / "tensions.html").read_text("utf-8").count('class="card"') > 50
    assert sorted(path.name for path in room.iterdir()) == ["site", "vault"]
    return room / "site"


def pages(site: Path) -> dict[str, str]:
    return {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")}


def leads_nowhere(site: Path, name: str, text: str) -> list[str]:
    """Links that are neither a page of the site, with the place named in it, nor the address of a work."""
    found = []
    for tag, attributes in Elements(text).found:
        href = attributes.get("href")
        if href is None or re.match(r"https://(doi\.org|arxiv\.org/abs)/", href):
            continue
        path, _, anchor = href.partition("#")
        target = (site / name).parent / unquote(path)
        inside = os.path.normpath(target).startswith(f"{site}{os.sep}") and not urlsplit(href).scheme
        if (
            tag != "a"
            or not inside
            or not target.is_file()
            or (anchor and f'id="{anchor}"' not in target.read_text("utf-8"))
        ):
            found.append(href)
    return found


def test_a_site_opens_on_tensions_and_every_page_leads_on(sample: Path, tmp_path: Path) -> None:
    site = tmp_path / "a" / "site"
    done = ask(sample, "export", "--site", str(site))
    assert done.status == 0 and "index.html" in done.out
    made = pages(site)
    index = made["index.html"]
    assert index.index('class="card"') < index.index("<h2>Lines") < index.index("<h2>Notes")
    claims = ask(sample, "claims", "--json").json
    for claim in claims:
        assert f'id="{claim["id"]}"' in made[page_name(claim["note"])]
    for each in ask(sample, "tensions", "--json", "--limit", "500").json:
        assert all(f'#{key}"' in made["tensions.html"] for key in (each["a"], each["b"]))
    for each in ask(sample, "notes", "--json").json:
        assert all(
            f'href="../{page_name(other)}"' in made[page_name(each["id"])]
            for other in (*each["cites"], *each["cited_by"])
        )
    ways = {"supports": "supports", "contradicts": "contradicts", "qualifies": "limits", "restates": "says again"}
    of = {claim["id"]: claim["note"] for claim in claims}
    with open_store(sample, create=False) as store:
        linked = [
            link for link in links(store) if link.kind in ways and link.chosen >= SURE and {link.a, link.b} <= of.keys()
        ]
    for link in linked:
        possibly = "" if link.method == "author" else "possibly "
        told = f'{possibly}{ways[link.kind]} <a href="../{page_name(of[link.b])}#{link.b}"'
        assert told in made[page_name(of[link.a])], link
    assert {link.kind for link in linked} >= {"supports", "contradicts", "qualifies"}
    for name, text in made.items():
        assert leads_nowhere(site, name, text) == []
        assert "<script" not in text and not re.search(r"<link|<img|@import|url\(", text)
        assert "prefers-color-scheme: dark" in text and "width=device-width" in text


def test_nothing_in_200_notes_acts(hostile: Path, tmp_path: Path) -> None:
    made = pages(hostile)
    for name, text in made.items():
        assert unseen(text) == []
        assert leads_nowhere(hostile, name, text) == []
        strange = [tag for tag, attributes in Elements(text).found if tag not in (*OWN, "nav") or any(key.startswith("on") or key in ("src", "style") for key in attributes)]  # fmt: skip
        assert strange == [], name
    folded = [unicodedata.normalize("NFKC", name).casefold() for name in made]
    assert len(set(folded)) == len(folded) and all(
        re.fullmatch(r"(notes/)?[a-z0-9-]{1,75}\.html", name) for name in made
    )
    if BROWSER is None:
        pytest.skip("NO BROWSER: install chromium to have pages with hostile strings opened in it")
    for name in ("index.html", "tensions.html"):
        dom = seen_by_browser(
            tmp_path, name, re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", made[name])
        )
        assert "data-pwned" not in dom.split("<body", 1)[0] and dom.count('class="card"') == made[name].count(
            'class="card"'
        )


def test_a_site_is_renewed_and_nothing_else_is_touched(sample: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    write_site(site, [("index.html", "one"), ("notes/a.html", "a")])
    write_site(site, [("index.html", "two")])
    assert pages(site) == {"index.html": "two"}
    mine = site / "CNAME"
    mine.write_text("me.example")
    for force in (False, True):
        with pytest.raises(InTheWay, match="CNAME"):
            write_site(site, [("index.html", "three")], force=force)
    mine.unlink()
    (site / "index.html").write_text("changed by hand")
    with pytest.raises(InTheWay, match="not as kb wrote it"):
        write_site(site, [("index.html", "three")])
    write_site(site, [("index.html", "three")], force=True)
    assert pages(site) == {"index.html": "three"} and [path.name for path in tmp_path.iterdir()] == ["site"]
    other = tmp_path / "mine"
    other.mkdir()
    (other / "index.html").write_text("mine")
    for folder in (other, other / "index.html", sample, sample / ".kb", sample / ".kb" / "site", Path("/")):
        done = ask(sample, "export", "--site", str(folder), "--force")
        assert done.status == 1 and len(done.err.splitlines()) == 2 and "site was written" in done.err
    assert (other / "index.html").read_text() == "mine"
    assert ask(sample, "export", "csv", "--site", str(tmp_path / "x")).status == 2


@pytest.mark.parametrize("at", range(6))
def test_a_kill_leaves_one_site_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    site = tmp_path / "site"
    old, new = [("index.html", "old"), ("notes/a.html", "old")], [("index.html", "new"), ("notes/a.html", "new")]
    write_site(site, old)
    left = iter(range(at, -1, -1))

    def killed(real: Any) -> Any:
        def called(*given: Any, **more: Any) -> Any:
            if next(left) == 0:
                raise KeyboardInterrupt
            return real(*given, **more)

        return called

    for name in ("rename", "write_text"):
        monkeypatch.setattr(Path, name, killed(getattr(Path, name)))
    with pytest.raises(KeyboardInterrupt):
        write_site(site, new)
    monkeypatch.undo()
    there = site if site.is_dir() else tmp_path / ".site.kb-old"
    assert set(pages(there).values()) == {"old"}, "never half of one and half of the other"
    write_site(site, new)
    assert set(pages(site).values()) == {"new"} and [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_site_in_the_vault_is_no_note(sample: Path) -> None:
    before = ask(sample, "notes", "--json").json
    assert ask(sample, "export", "--site", str(sample / "site")).status == 0
    assert ask(sample, "notes", "--json").json == before
    assert json.loads((sample / "site" / ".kb-site.json").read_text("utf-8"))["files"]["index.html"]
