"""`kb export` and `kb open`: each format is read again by what reads it, hostile titles and all."""

import csv
import io
import itertools
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import bibtexparser.entrypoint
import networkx
import pytest
import warm
from hostile import STRINGS, unseen
from test_cli_contract import ask
from test_hostile_outputs import note
from transcript import synced_sample

from qa.export.formats import FORMATS

HOSTILE = '"]; evil [label="{x}} --> `$(id)` <script>alert(1)</script> \\input{/etc/passwd} =cmd|calc'


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synced_sample(tmp_path_factory.mktemp("sample") / "vault")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    (folder / "a.md").write_text(
        f"---\ntitle: 'Naps {HOSTILE}'\nauthors: [Ann Smith, Bo Chen, Sleep and Dream Group]\nyear: 2020\ndoi: 10.1000/nap.1\ncitekey: Smith_2020:nap\n---\n"
        "A nap of an hour raises recall by a fifth in adults.\n\ncontradicts:: [[b]]\n"
    )
    (folder / "b.md").write_text("# Naps do nothing\n\nA nap of an hour does not raise recall in adults at all.\n")
    return folder


ARGDOWN = Path(os.environ.get("KB_NODE_MODULES", "")) / "@argdown" / "core"
"""Where `npm install @argdown/core` has put it; nothing is downloaded by a test."""


def kb(vault: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [warm.command(), "--vault", str(vault), *words],
        capture_output=True,
        text=True,
        env={**os.environ, **env},
        check=False,
    )


def exported(vault: Path, form: str, *words: str) -> str:
    done = kb(vault, "export", form, *words)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_literature(vault: Path) -> None:
    library = bibtexparser.entrypoint.parse_string(exported(vault, "bibtex"))
    assert not library.failed_blocks and [entry["doi"] for entry in library.entries] == ["10.1000/nap.1"]
    assert library.entries[0].key == "Smith_2020:nap", "as a report cites it"
    assert library.entries[0]["author"] == "Ann Smith and Bo Chen and {Sleep and Dream Group}"
    (work,) = json.loads(exported(vault, "csl-json"))
    assert work["DOI"] == "10.1000/nap.1" and work["issued"] == {"date-parts": [[2020]]} and len(work["author"]) == 3


def test_csl_json_is_read_by_pandoc(vault: Path) -> None:
    works = json.loads(piped(exported(vault, "csl-json"), "pandoc", "--from", "csljson", "--to", "csljson"))
    assert [(work["id"], work["DOI"]) for work in works] == [("Smith_2020:nap", "10.1000/nap.1")]
    assert works[0]["author"][0] == {"family": "Smith", "given": "Ann"}


def piped(text: str, *command: str) -> str:
    """What another program prints of it, without a complaint."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"NO {command[0].upper()}: install it to have exports read by it")
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_linked_claims(vault: Path) -> None:
    graph = networkx.parse_graphml(exported(vault, "graphml"))
    assert [kind for _, _, kind in graph.edges(data="kind")] == ["contradicts"]
    assert {note for _, note in graph.nodes(data="note")} == {"a.md", "b.md"}
    rows = list(csv.DictReader(io.StringIO(exported(vault, "csv"))))
    assert [row["kind"] for row in rows] == ["contradicts"] and {"a.md", "b.md"} == {
        row[end].split(":")[0] for row in rows for end in ("a_place", "b_place")
    }
    drawn = json.loads(piped(exported(vault, "dot"), "dot", "-Tjson"))
    assert len(drawn["objects"]) == 2 and [edge["label"] for edge in drawn["edges"]] == ["contradicts"]


def test_json_ld_is_linked_data(sample: Path) -> None:
    from pyld import jsonld

    told = json.loads(exported(sample, "jsonld"))
    found = {each["@id"]: each for each in jsonld.flatten(told)}
    kinds = [kind for each in found.values() for kind in each.get("@type", [])]
    words = ("Relation", "Claim", "Evidence", "Source", "Question")
    relations, claims, evidence, sources, questions = (kinds.count(f"urn:discourse-graph:{word}") for word in words)
    assert claims == evidence > 50 and relations > 50 and sources > 50 and questions == 6
    # Nothing is lost for want of a name, and what is pointed to is there.
    assert len(found) == len(told["@graph"])
    pointed = {ref["@id"] for each in found.values() for values in each.values() if isinstance(values, list) for ref in values if isinstance(ref, dict) and "@id" in ref}  # fmt: skip
    assert pointed and pointed <= found.keys()


def test_argdown_is_read_by_argdown(vault: Path, sample: Path) -> None:
    if not ARGDOWN.is_dir() or shutil.which("node") is None:
        pytest.skip("NO ARGDOWN: npm install @argdown/core, and name its node_modules in KB_NODE_MODULES")
    script = """
        const { ArgdownApplication, ParserPlugin, ModelPlugin } = require(process.argv[1]);
        const app = new ArgdownApplication();
        app.addPlugin(new ParserPlugin(), "parse-input"); app.addPlugin(new ModelPlugin(), "build-model");
        const input = require("fs").readFileSync(0, "utf8");
        const made = app.run({ input, process: ["parse-input", "build-model"] });
        const told = { errors: (made.parserErrors || []).length, relations: made.relations.map(r => r.relationType) };
        console.log(JSON.stringify(told));"""
    for folder, least in ((vault, 1), (sample, 50)):
        told = json.loads(piped(exported(folder, "argdown"), "node", "-e", script, str(ARGDOWN)))
        assert told["errors"] == 0 and len(told["relations"]) >= least and "attack" in told["relations"]


def test_a_canvas_can_be_read(sample: Path) -> None:
    """JSON Canvas 1.0: no card on another, each in the frame of its note, every edge between two cards."""
    made = json.loads(exported(sample, "canvas"))
    cards = [box for box in made["nodes"] if box["type"] == "text"]
    frames = [box for box in made["nodes"] if box["type"] == "group"]
    assert len(cards) > 20 and len(frames) > 10
    for boxes in (cards, frames):
        assert not [(a["id"], b["id"]) for a, b in itertools.combinations(boxes, 2) if apart(a, b) < 20]
    titles = {each["id"]: each["title"] for each in json.loads(kb(sample, "notes", "--json").stdout)}
    notes = dict(networkx.parse_graphml(exported(sample, "graphml")).nodes(data="note"))
    for card in cards:
        (label,) = (frame["label"] for frame in frames if within(card, frame))
        assert label == titles[notes[card["id"]]] and re.search(r"\w{3}", card["text"].split("\n")[0]), card
    ids = {box["id"] for box in made["nodes"]}
    assert len(ids) == len(made["nodes"]) and all({edge["fromNode"], edge["toNode"]} <= ids for edge in made["edges"])
    labels = {"contradicts": "contradicts", "qualifies": "limits", "supports": "supports", "restates": "says again"}
    rows = csv.DictReader(exported(sample, "csv").splitlines())
    assert Counter(edge["label"] for edge in made["edges"]) == Counter(labels[row["kind"]] for row in rows)
    for box in made["nodes"]:
        assert {"id", "type", "x", "y", "width", "height"} <= box.keys()


def test_a_canvas_says_who_opposes_whom(vault: Path) -> None:
    made = json.loads(exported(vault, "canvas"))
    told = {box["id"]: box["text"] for box in made["nodes"] if box["type"] == "text"}
    edge = next(edge for edge in made["edges"] if edge["label"] == "contradicts")
    (row,) = [row for row in csv.DictReader(exported(vault, "csv").splitlines()) if row["kind"] == "contradicts"]
    for end, side in (("fromNode", "a"), ("toNode", "b")):
        path = row[f"{side}_place"].rsplit(":", 1)[0]
        assert f"[[{path}|{row[f'{side}_place']}]]" in told[edge[end]]
    assert all(len(text.split("“")[-1].split("”")[0]) > 5 for text in told.values() if "“" in text)


def apart(a: dict[str, int], b: dict[str, int]) -> int:
    """Pixels between two boxes; below 0 they overlap."""
    return max(a["x"] - b["x"] - b["width"], b["x"] - a["x"] - a["width"], a["y"] - b["y"] - b["height"], b["y"] - a["y"] - a["height"])  # fmt: skip


def within(a: dict[str, int], b: dict[str, int]) -> bool:
    return b["x"] <= a["x"] and b["y"] <= a["y"] and a["x"] + a["width"] <= b["x"] + b["width"] and a["y"] + a["height"] <= b["y"] + b["height"]  # fmt: skip


def test_a_card_says_words(vault: Path) -> None:
    from markdown_it import MarkdownIt

    for box in json.loads(exported(vault, "canvas"))["nodes"]:
        inline = [
            child for token in MarkdownIt("commonmark").parse(box.get("text", "")) for child in token.children or ()
        ]
        assert {child.type for child in inline} <= {"text", "text_special", "softbreak", "strong_open", "strong_close"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """150 notes whose titles, authors and quotes would like to be more than words."""
    folder = tmp_path_factory.mktemp("hostile-export")
    for number, text in enumerate(STRINGS):
        words = note(number, text).replace("year: 2020\n", f"year: {1900 + number}\n", 1)
        (folder / f"n{number:03}.md").write_bytes(words.encode("utf-8", "replace"))
    ask(folder, "sync")
    return folder


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_notes_are_words_in_every_format(hostile: Path, form: str) -> None:
    text = ask(hostile, "export", form).out
    assert unseen(text) == [] and len(text.splitlines()) > 100
    if form == "graphml":
        assert networkx.parse_graphml(text).number_of_edges() > 100
    elif form == "dot":
        assert len(json.loads(piped(text, "dot", "-Tjson"))["edges"]) > 100
    elif form == "bibtex":
        library = bibtexparser.entrypoint.parse_string(text)
        assert not library.failed_blocks and len(library.entries) > 100
        assert len(json.loads(piped(text, "pandoc", "--from", "bibtex", "--to", "csljson"))) == len(library.entries)
    elif form == "csv":
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t")]
    elif form in ("jsonld", "csl-json", "canvas"):
        json.loads(text)


QUESTION = "Why would meaningless reward signals make Qwen better at maths?"


def test_what_an_answer_cites(sample: Path) -> None:
    answer = ask(sample, "ask", QUESTION, "--json").json
    cited = {claim["note"] for claim in answer["claims"].values()}
    told = json.loads(ask(sample, "export", "jsonld", "--question", QUESTION).out)["@graph"]
    claims = {each["@id"].removeprefix("claim:") for each in told if "dg:Claim" in each["@type"]}
    assert claims == answer["claims"].keys()
    assert {
        unquote(each["@id"].removeprefix("note:")) for each in told if each.get("@id", "").startswith("note:")
    } == cited
    works = {work["id"] for work in json.loads(ask(sample, "export", "csl-json", "--question", QUESTION).out)}
    assert works and works == {source["citekey"] for claim in answer["claims"].values() for source in claim["sources"]}


@pytest.mark.parametrize(("option", "asked"), [("--topic", "influenza vaccines"), ("--topic", "sleep"), ("--question", "How are influenza vaccines updated?")])  # fmt: skip
def test_what_the_notes_do_not_speak_of_is_not_exported(sample: Path, option: str, asked: str) -> None:
    done = ask(sample, "export", "bibtex", option, asked)
    assert (done.status, done.out) == (1, "") and asked in done.err and len(done.err.splitlines()) == 2
    assert 1 < ask(sample, "export", "bibtex", "--topic", "model collapse").out.count("\n@") < 20


def test_to_a_file_and_as_json(sample: Path, tmp_path: Path) -> None:
    text = ask(sample, "export", "dot").out
    assert ask(sample, "export", "dot", "--json").json == {"format": "dot", "text": text.rstrip("\n")}
    assert ask(sample, "export", "canvas", "--json").json.keys() == {"nodes", "edges"}
    file = tmp_path / "graph.dot"
    assert ask(sample, "export", "dot", "-o", str(file)).out == "" and file.read_text("utf-8") == text
    file.write_text("mine")
    done = ask(sample, "export", "dot", "-o", str(file))
    assert done.status == 1 and len(done.err.splitlines()) == 2 and file.read_text() == "mine"
    assert ask(sample, "export", "dot", "-o", str(file), "--force").status == 0 and file.read_text("utf-8") == text


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
