"""`kb export` and `kb open`: each format is read again by what reads it, hostile titles and all."""

import csv
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import bibtexparser.entrypoint
import pytest

HOSTILE = '"]; evil [label="{x}} --> `$(id)` <script>alert(1)</script> \\input{/etc/passwd} =cmd|calc'


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    (folder / "a.md").write_text(
        f"---\ntitle: 'Naps {HOSTILE}'\nauthors: [Ann Smith, Bo Chen, Sleep and Dream Group]\nyear: 2020\ndoi: 10.1000/nap.1\ncitekey: Smith_2020:nap\n---\n"
        "A nap of an hour raises recall by a fifth in adults.\n\ncontradicts:: [[b]]\n"
    )
    (folder / "b.md").write_text("# Naps do nothing\n\nA nap of an hour does not raise recall in adults at all.\n")
    return folder


def kb(vault: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        [sys.executable, "-m", "kb", "--vault", str(vault), *words],
        capture_output=True,
        text=True,
        env={**os.environ, **env},
        check=False,
    )


def exported(vault: Path, form: str) -> str:
    done = kb(vault, "export", form)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_literature(vault: Path) -> None:
    library = bibtexparser.entrypoint.parse_string(exported(vault, "bibtex"))
    assert not library.failed_blocks and [entry["doi"] for entry in library.entries] == ["10.1000/nap.1"]
    assert library.entries[0].key == "Smith_2020:nap", "as a report cites it"
    assert library.entries[0]["author"] == "Ann Smith and Bo Chen and {Sleep and Dream Group}"
    (work,) = json.loads(exported(vault, "csl-json"))
    assert work["DOI"] == "10.1000/nap.1" and work["issued"] == {"date-parts": [[2020]]} and len(work["author"]) == 3


def test_linked_claims(vault: Path) -> None:
    tree = ElementTree.fromstring(exported(vault, "graphml"))
    space = "{http://graphml.graphdrawing.org/xmlns}"
    assert len(tree.findall(f".//{space}node")) == 2 and len(tree.findall(f".//{space}edge")) == 1
    rows = list(csv.DictReader(io.StringIO(exported(vault, "csv"))))
    assert [row["kind"] for row in rows] == ["contradicts"] and {"a.md", "b.md"} == {
        row[end].split(":")[0] for row in rows for end in ("a_place", "b_place")
    }
    graph = json.loads(exported(vault, "jsonld"))["@graph"]
    assert sum(node.get("@type") == "dg:Relation" for node in graph) == 1


@pytest.mark.parametrize(("form", "line"), [
    ("mermaid", r'flowchart LR|  [cn]\w+\["[^"\[\]]*"\]|  [cn]\w+ (?:-->|==>|-\.->\|\w+\|) [cn]\w+'),
    ("dot", r'digraph claims \{|  [cn]\w+ \[shape=box, label="[^"\\]*"\];|  [cn]\w+ -> [cn]\w+ \[label="\w+"(?:, style=dashed)?\];|\}'),
    ("argdown", r"\[[cn]\w+\]: [^\[\]]+|  [-+_] \[[cn]\w+\]|"),
])  # fmt: skip
def test_nothing_in_a_note_is_mark_up(vault: Path, form: str, line: str) -> None:
    lines = exported(vault, form).rstrip("\n").split("\n")
    assert all(re.fullmatch(line, each) for each in lines), lines


def test_what_is_no_format_and_no_note(vault: Path) -> None:
    for words, told in ((("export", "docx"), "is no format"), (("open", "nowhere"), "nowhere")):
        done = kb(vault, *words)
        assert done.returncode and told in done.stderr and "Traceback" not in done.stderr


def test_open_gives_the_line_to_the_editor(vault: Path, tmp_path: Path) -> None:
    found = json.loads(kb(vault, "claims", "fifth", "--json").stdout)[0]
    place = json.loads(kb(vault, "open", found["id"], "--json").stdout)
    assert (place["path"], place["line"]) == (found["path"], found["line"]) and place["address"].startswith("file://")
    editor = tmp_path / "ed"
    editor.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    editor.chmod(0o755)
    done = kb(vault, "open", found["id"], VISUAL=str(editor))
    assert done.stdout.splitlines() == [f"+{found['line']}", str(vault / "a.md")]
    for unfit in ("", "no-such-editor", "'unbalanced"):
        done = kb(vault, "open", found["id"], VISUAL=unfit, EDITOR="")
        assert done.returncode == 2 and "Traceback" not in done.stderr and done.stderr.count("\n") == 2
