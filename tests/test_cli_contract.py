"""What scripts may rely on (docs/design.md, contracts): exact keys and types of every `--json`, exit statuses,
a silent stderr in a pipe, and offsets that lead back to the quote."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any

import pytest
import transcript
import warm

from ingest.decode import text_of

PROBLEM = {"code": str, "message": str, "path": str, "line": (int, NoneType), "hint": str}
PLACE = {"path": str, "start": int, "end": int, "line": int, "sha": str}
SYNC = {
    "added": int, "changed": int, "moved": int, "removed": int, "unchanged": int, "failed": [PROBLEM], "skipped": int,
    "remarks": [PROBLEM], "notes": int, "claims": int, "links": int, "seconds": float,
}  # fmt: skip
DRY = {
    "added": int, "changed": int, "moved": int, "removed": int, "unchanged": int, "skipped": int,
    "asks": (str, NoneType), "notes": int, "calls": int, "tokens": int,
}  # fmt: skip
SOURCE = {
    "citekey": str, "doi": str, "arxiv": str, "url": str, "authors": [str], "year": (int, NoneType), "title": str,
}  # fmt: skip
NOTE = {
    "id": str, "title": str, "kind": str, "path": (str, NoneType), "summary": str, "aliases": [str], "sources": [SOURCE],
    "date": str, "topics": [str], "tags": [str], "cites": [str], "cited_by": [str],
    "links": [{"line": int, "target": str, "to": (str, NoneType)}],
}  # fmt: skip
CLAIM = {
    "id": str, "text": str, "quote": str, "note": str, "path": str, "line": int, "start": int, "end": int, "role": str,
    "citations": [str], "numbers": [{"quantity": str, "value": float, "unit": str}],
}  # fmt: skip
LINK = {
    "kind": str, "a": str, "b": str, "method": str, "confidence": float, "evidence": [PLACE], "reason": str,
    "tension": (str, NoneType),
}  # fmt: skip
STATUS = {
    "vault": str, "counts": {"indexed": int, "skipped": int, "failed": int}, "notes": {...: int}, "claims": int,
    "links": {...: int}, "engine": {"embed": str, "vectors": str, "reader": bool, "judge": str, "llm": (str, NoneType), "sends": [str]},
    "whole": bool, "bytes": {"base": int, "text": int}, "age_seconds": int,
    "files": [{"path": str, "status": str, "problems": [PROBLEM]}],
}  # fmt: skip
DOCTOR = {"sound": bool, "checks": [{"name": str, "checked": int, "problems": [str], "remarks": [str]}]}
TENSION = {
    "id": str, "kind": str, "a": str, "b": str, "method": str, "confidence": float, "why": str,
    "reconcile": (str, NoneType), "settled_by": [str], "claims": {...: CLAIM},
}  # fmt: skip
_AT = list(TENSION).index("settled_by") + 1
STATED = {**dict(list(TENSION.items())[:_AT]), "stated": str, "notes": [str], **dict(list(TENSION.items())[_AT:])}
"""A tension that one sentence holds: it is both sides, and names the two notes."""
JUDGED = {
    "a": {"quote": str, "path": str}, "b": {"quote": str, "path": str}, "verdict": str, "relation": str,
    "tension": (str, NoneType), "date": str, "found": bool, "claims": [(str, NoneType)], "overruled": bool,
}  # fmt: skip
OMISSION = {
    "code": str, "message": str, "why": str, "path": str, "line": int, "tension": (str, NoneType), "claims": [CLAIM],
}  # fmt: skip
BRIEF = {"id": str, "title": str, "kind": str, "path": (str, NoneType)}
WORDS = {"id": str, "quote": str, "note": str, "path": str, "line": int}
IMPACT = {
    "note": BRIEF, "changed": bool, "claims": [{**WORDS, "now": (str, NoneType)}],
    "links": [{
        "kind": str, "a": str, "b": str, "method": str, "confidence": float, "reason": str, "tension": (str, NoneType),
        "others": list,
    }],
    "citing": [{**BRIEF, "lines": [int]}], "reports": [BRIEF], "quoting": [{**WORDS, "old": str}],
}  # fmt: skip

TENSIONS = {"opposing result", "scope", "method", "superseded", "definition", "magnitude"}
KINDS = {"note", "line", "post", "paper", "stub"}
ROLES = {"finding", "mechanism", "method", "condition", "caveat", "definition", "position"}
RELATIONS = {"supports", "contradicts", "qualifies", "restates", "cites"}


@dataclass(frozen=True)
class Asked:
    """What a command printed, and how it ended."""

    out: str
    err: str
    status: int

    @property
    def json(self) -> Any:
        assert self.out.count("\n") == 1, "one value on one line"
        return json.loads(self.out)


def ask(vault: Path, *words: str) -> Asked:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("KB_", "COLUMNS"))},
        "PYTHONPATH": str(transcript.ROOT),
    }
    command = [warm.command(), "--vault", str(vault), *words]
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120, check=False)
    return Asked(done.stdout.decode(), done.stderr.decode(), done.returncode)


def fits(value: Any, shape: Any, at: str = "") -> None:
    """The value has exactly the keys and the types of the shape. An int is no bool, and may stand for a float never."""
    if shape is list:
        assert isinstance(value, list), at
    elif isinstance(shape, list):
        assert isinstance(value, list), at
        for number, item in enumerate(value):
            fits(item, shape[0], f"{at}[{number}]")
    elif isinstance(shape, dict):
        assert isinstance(value, dict), at
        if ... in shape:
            shape = dict.fromkeys(value, shape[...])
        assert list(value) == list(shape), f"{at}: {list(value)}"
        for key, inner in shape.items():
            fits(value[key], inner, f"{at}.{key}")
    else:
        kinds = shape if isinstance(shape, tuple) else (shape,)
        assert type(value) in kinds, f"{at}: {value!r}"


def places_hold(vault: Path, claims: list[dict[str, Any]]) -> None:
    """Each quote is what stands in the file between its offsets, and on its line."""
    for claim in claims:
        text, _ = text_of((vault / claim["path"]).read_bytes(), claim["path"])
        assert text[claim["start"] : claim["end"]] == claim["quote"], claim
        before = text[: claim["start"]].replace("\r\n", "\n").replace("\r", "\n")
        assert before.count("\n") + 1 == claim["line"], claim


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    vault = tmp_path_factory.mktemp("sample") / "vault"
    shutil.copytree(transcript.SAMPLE, vault, ignore=shutil.ignore_patterns(".kb"))
    return vault


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One of each: newlines of three kinds, a BOM, another encoding, letters beyond the 16-bit plane, what fails."""
    vault = tmp_path_factory.mktemp("odd")
    (vault / "sub").mkdir()
    files = {
        "crlf.md": "# Do naps help?\r\n\r\nNaps of 20 minutes raised recall by 12%.\r\n\r\ncontradicts:: [[lf]]\r\n",
        "sub/lf.md": "# lf\n\n🌱 Naps change nothing in 310 adults. See [[Who naps?]] and [crlf](../crlf.md).\n",
        "cr.txt": "Spindles are bursts of 11 Hz.\r\rThey last 2 seconds, as 14 studies found.\r",
        "bom.md": "\ufeff# BOM\n\nTwo of 3 students slept late.\n",
        "empty.md": "",
        "library.bib": "@article{walker2017, title = {Why We Sleep}, author = {Walker, Matthew}, year = {2017}}\n",
    }
    for name, text in files.items():
        (vault / name).write_bytes(text.encode())
    (vault / "cafe.txt").write_bytes("Café society slept late in 1750.\n".encode("cp1252"))
    (vault / "paper.pdf").write_bytes(b"%PDF-1.4 and then nothing")
    (vault / "figure.png").write_bytes(b"\x89PNG")
    yield vault


def test_the_sample_vault_keeps_every_contract(sample: Path) -> None:
    shutil.rmtree(sample / ".kb", ignore_errors=True)  # another test may have come before
    first, again = ask(sample, "sync", "--json"), ask(sample, "sync", "--json")
    notes, claims = ask(sample, "notes", "--json"), ask(sample, "claims", "--json")
    status = ask(sample, "status", "--json")
    dry = ask(sample, "sync", "--dry-run", "--json")
    for asked in (first, again, notes, claims, status, dry):
        assert (asked.err, asked.status) == ("", 0)
    for asked, shape in (
        (first, SYNC),
        (again, SYNC),
        (status, STATUS),
        (notes, [NOTE]),
        (claims, [CLAIM]),
        (dry, DRY),
    ):
        fits(asked.json, shape)

    files = sum(1 for path in transcript.SAMPLE.rglob("*") if path.is_file() and ".kb" not in path.parts)
    assert first.json["added"] == files
    assert again.json == {**first.json, "added": 0, "unchanged": files, "seconds": again.json["seconds"]}
    assert len(notes.json) == first.json["notes"] == sum(status.json["notes"].values())
    assert len(claims.json) == first.json["claims"] == status.json["claims"] > 500
    assert sum(status.json["links"].values()) == first.json["links"]
    assert status.json["counts"] == {"indexed": files, "skipped": 0, "failed": 0}
    assert status.json["vault"] == str(sample.resolve())

    known = {note["id"] for note in notes.json}
    named = {name for note in notes.json for name in (*note["cites"], *note["cited_by"])}
    assert {name for claim in claims.json for name in (claim["note"], *claim["citations"])} | named <= known
    assert {note["kind"] for note in notes.json} <= KINDS
    assert {claim["role"] for claim in claims.json} <= ROLES
    assert len({claim["id"] for claim in claims.json}) == len(claims.json)
    assert all((note["path"] is None) == (note["kind"] == "stub") for note in notes.json)
    places_hold(sample, claims.json)


def test_odd_files_keep_every_contract(odd: Path) -> None:
    shutil.rmtree(odd / ".kb", ignore_errors=True)
    done, again = ask(odd, "sync", "--json"), ask(odd, "sync", "--json")
    for asked in (done, again):
        fits(asked.json, SYNC)
        assert [problem["path"] for problem in asked.json["failed"]] == ["paper.pdf"]
        assert (asked.err, asked.status) == ("", 1)
    assert {problem["path"] for problem in done.json["remarks"]} >= {"cafe.txt"}

    status = ask(odd, "status", "--json")
    fits(status.json, STATUS)
    assert (status.err, status.status) == ("", 0)
    found = {file["path"]: file for file in status.json["files"]}
    assert {path: file["status"] for path, file in found.items() if file["status"] != "indexed"} == {
        "figure.png": "skipped", "paper.pdf": "failed",
    }  # fmt: skip
    assert [problem["code"] for problem in found["cafe.txt"]["problems"]] == ["encoding"]

    claims = ask(odd, "claims", "--json")
    fits(claims.json, [CLAIM])
    assert {claim["path"] for claim in claims.json} >= {"crlf.md", "sub/lf.md", "cr.txt", "bom.md", "cafe.txt"}
    places_hold(odd, claims.json)

    notes = {note["id"]: note for note in ask(odd, "notes", "--json").json}
    fits(list(notes.values()), [NOTE])
    assert notes["sub/lf.md"]["links"] == [
        {"line": 3, "target": "Who naps?", "to": None},
        {"line": 3, "target": "../crlf.md", "to": "crlf.md"},
    ]
    assert notes["crlf.md"]["links"] == [{"line": 5, "target": "lf", "to": "sub/lf.md"}]
    stub = next(note for note in notes.values() if note["kind"] == "stub")
    assert (stub["title"], stub["path"], stub["cited_by"]) == ("Who naps?", None, ["sub/lf.md"])


def test_show_gives_a_note_or_a_claim_with_its_links(odd: Path) -> None:
    note = ask(odd, "show", "Do naps help?", "--json")
    fits(note.json, {**NOTE, "claims": [CLAIM], "typed": [LINK]})
    assert note.json["path"] == "crlf.md"
    assert [(link["kind"], link["b"], link["method"]) for link in note.json["typed"]] == [
        ("contradicts", "sub/lf.md", "author")
    ]
    assert {link["kind"] for link in note.json["typed"]} <= RELATIONS
    places_hold(odd, note.json["claims"])

    wanted = note.json["claims"][0]
    claim = ask(odd, "show", wanted["id"], "--json")
    fits(claim.json, {**CLAIM, "intact": bool, "links": [LINK]})
    assert {key: claim.json[key] for key in wanted} == wanted
    assert claim.json["intact"] is True
    assert (note.err, note.status, claim.err, claim.status) == ("", 0, "", 0)


def test_a_query_keeps_the_contract_and_its_limit(sample: Path) -> None:
    notes = ask(sample, "notes", "reinforcement learning", "--limit", "3", "--json")
    claims = ask(sample, "claims", "reinforcement learning", "--limit", "3", "--json")
    fits(notes.json, [NOTE])
    fits(claims.json, [CLAIM])
    assert (len(notes.json), len(claims.json)) == (3, 3)
    nothing = ask(sample, "claims", "xylophone", "--json")
    assert (nothing.out, nothing.err, nothing.status) == ("[]\n", "", 0)


def test_tensions_and_what_waits_for_review_keep_one_contract(sample: Path) -> None:
    tensions, few = (
        ask(sample, "tensions", "--limit", "500", "--json"),
        ask(sample, "tensions", "--limit", "3", "--json"),
    )
    waiting, judged = ask(sample, "review", "--author", "--json"), ask(sample, "review", "--list", "--json")
    for asked in (tensions, few, waiting, judged):
        assert (asked.err, asked.status) == ("", 0)
    for each in tensions.json:
        fits(each, STATED if "stated" in each else TENSION)
    for each in waiting.json:
        fits(each, {**(STATED if "stated" in each else TENSION), "relation": str})
    assert judged.json == [] and len(few.json) == 3
    assert {each["kind"] for each in tensions.json} <= TENSIONS
    assert {each["method"] for each in tensions.json} <= {"author", "rule", "model", "person"}
    assert {each["relation"] for each in waiting.json} <= {"contradicts", "qualifies"}
    for each in tensions.json:
        assert list(each["claims"]) == list(dict.fromkeys([each["a"], each["b"]]))
        assert each.get("stated") in (None, each["a"]) and (each["a"] == each["b"]) is ("stated" in each)
    assert len({each["id"] for each in tensions.json}) == len(tensions.json) > 20
    places_hold(sample, [claim for each in tensions.json for claim in each["claims"].values()])
    nothing = ask(sample, "tensions", "--kind", "magnitude", "--json")
    assert (nothing.out, nothing.err, nothing.status) == ("[]\n", "", 0)


def test_a_judgement_is_listed_as_it_was_written(odd: Path) -> None:
    (tension,) = ask(odd, "tensions", "--json").json
    a, b = (tension["claims"][tension[side]] for side in "ab")
    sides = {"a": {"quote": a["quote"], "path": a["path"]}, "b": {"quote": b["quote"], "path": "moved.md"}}
    line = {**sides, "verdict": "reject", "relation": "contradicts", "date": "2026-01-01"}
    path = odd / "kb-review.jsonl"
    try:
        path.write_text(json.dumps(line) + "\n", encoding="utf-8")
        judged = ask(odd, "review", "--list", "--json")
        fits(judged.json, [JUDGED])
        assert judged.json == [{
            **sides, "verdict": "reject", "relation": "contradicts", "tension": None, "date": "2026-01-01",
            "found": True, "claims": [a["id"], b["id"]], "overruled": False,
        }]  # fmt: skip
        assert ask(odd, "tensions", "--json").json == []
    finally:
        path.unlink()


def test_an_audit_says_what_is_left_out_and_ends_with_1(sample: Path, tmp_path: Path) -> None:
    line = ask(sample, "audit", "lines/does-rlvr-teach-or-merely-reveal.md", "--json")
    note = {"id": str, "title": str, "path": (str, NoneType), "date": str}
    codes = set()
    for each in line.json:
        fits(each, {**OMISSION, "note": note if each["note"] else NoneType})
        codes.add(each["code"])
        places_hold(sample, each["claims"])
    assert codes <= {"omitted-tension", "one-sided", "newer-note"}
    assert (line.err, line.status) == ("", 1 if line.json else 0)
    one_sided = tmp_path / "draft.md"
    one_sided.write_text(
        "# Does RLVR teach?\n\nTraining narrows what is solved, says [[rlvr-sharpens-sampling-rather-than-adding-ability]].\n",
        encoding="utf-8",
    )
    draft = ask(sample, "audit", str(one_sided), "--json")
    assert draft.status == 1 and draft.err == ""
    assert {each["code"] for each in draft.json} & {"one-sided", "newer-note"}


def test_impact_gives_what_rests_on_a_note(odd: Path) -> None:
    ask(odd, "sync")
    before = ask(odd, "impact", "sub/lf.md", "--json")
    fits(before.json, IMPACT)
    assert (before.err, before.status, before.json["changed"]) == ("", 0, False)
    assert [link["kind"] for link in before.json["links"]] == ["contradicts"]
    assert [(note["id"], note["lines"]) for note in before.json["citing"]] == [("crlf.md", [5])]
    text = (odd / "sub" / "lf.md").read_bytes()
    try:
        (odd / "sub" / "lf.md").write_bytes(text.replace(b"310 adults", b"290 adults"))
        after = ask(odd, "impact", "sub/lf.md", "--json")
        fits(after.json, IMPACT)
        assert after.json["changed"]
        assert [(each["quote"], each["now"]) for each in after.json["claims"]] == [
            ("🌱 Naps change nothing in 310 adults.", "🌱 Naps change nothing in 290 adults.")
        ]
    finally:
        (odd / "sub" / "lf.md").write_bytes(text)


def test_doctor_ends_with_1_when_something_is_damaged(sample: Path) -> None:
    ask(sample, "sync")
    sound = ask(sample, "doctor", "--json")
    fits(sound.json, DOCTOR)
    assert (sound.json["sound"], sound.err, sound.status) == (True, "", 0)
    shutil.rmtree(sample / ".kb" / "chroma")
    damaged = ask(sample, "doctor", "--json")
    fits(damaged.json, DOCTOR)
    assert (damaged.json["sound"], damaged.err, damaged.status) == (False, "", 1)
    assert [bool(check["problems"]) for check in damaged.json["checks"]] == [False, False, False, True]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("show", "no such thing", "--json"), 1),
        (("show", "--json"), 2),
        (("claims", "--json", "--limit", "0"), 2),
        (("audit", "no such thing", "--json"), 1),
        (("audit", "--json"), 2),
        (("impact", "no such thing", "--json"), 1),
        (("impact", "--json"), 2),
        (("tensions", "--json", "--kind", "quarrel"), 2),
        (("frobnicate", "--json"), 2),
    ],
)
def test_an_error_leaves_stdout_empty_and_says_two_lines(odd: Path, words: tuple[str, ...], status: int) -> None:
    asked = ask(odd, *words)
    assert (asked.out, asked.status) == ("", status)
    told, remedy = asked.err.splitlines()
    assert told.startswith("kb: ") and remedy.startswith("    ")


@pytest.mark.parametrize("wrong", [{"a": 1.0}, {"a": True}, {"a": 1, "b": 2}, {}, {"a": None}])
def test_a_wrong_shape_does_not_fit(wrong: dict[str, object]) -> None:
    fits({"a": 1}, {"a": int})
    with pytest.raises(AssertionError):
        fits(wrong, {"a": int})


@pytest.mark.parametrize("remedy", [("sync", "--rebuild"), ("doctor", "--repair")])
def test_the_remedy_for_a_damaged_base_works(tmp_path: Path, remedy: tuple[str, ...]) -> None:
    (tmp_path / "a.md").write_text("Naps of 20 minutes raised recall by 12%.\n", encoding="utf-8")
    (tmp_path / ".kb").mkdir()
    (tmp_path / ".kb" / "base.sqlite3").write_text("not a database", encoding="utf-8")
    damaged = ask(tmp_path, "notes")
    assert damaged.status == 1 and "kb sync --rebuild" in damaged.err
    assert ask(tmp_path, *remedy).status == 0
    assert ask(tmp_path, "doctor", "--json").json["sound"]
