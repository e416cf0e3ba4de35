"""`kb check`: its forms, its exit status, and the hook that its manual gives."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import warm
from test_cli_contract import ask, fits
from transcript import ROOT

SHAPE = [{"line": int, "start": int, "end": int, "code": str, "message": str, "claims": [str], "hint": str}]
NOTES = {
    "coffee": "# Does coffee replace sleep?\n\nCoffee does not restore the attention of drivers after a night without sleep.\n",
    "dreams": "# What are dreams for?\n\nVivid dreams in early sleep strengthen the memory of faces seen on the same day.\n",
}
WRONG = (
    "# Mine 🌱\n\nCoffee restores the attention of drivers after a night without sleep.\n\nA word on [[nobody]] here.\n"
)
FINE = "# Mine\n\nI would rather sleep than drink another cup.\n"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    for name, text in NOTES.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "kb.toml").write_text('ignore = ["drafts/"]\n')
    (folder / "drafts").mkdir()
    (folder / "drafts" / "wrong.md").write_text(WRONG, encoding="utf-8")
    (folder / "drafts" / "fine.md").write_text(FINE, encoding="utf-8")
    return folder


def test_the_contract(vault: Path) -> None:
    done = ask(vault, "check", str(vault / "drafts" / "wrong.md"), "--json")
    assert (done.status, done.err) == (1, "")
    fits(done.json, SHAPE)
    assert [each["code"] for each in done.json] == ["contradicted", "broken-link"]
    first = done.json[0]
    assert WRONG[first["start"] : first["end"]].startswith("Coffee restores") and first["line"] == 3
    assert "does not restore" in ask(vault, "show", first["claims"][0]).out


def test_several_drafts_and_a_folder_name_their_paths(vault: Path) -> None:
    done = ask(vault, "check", str(vault / "drafts"), "--json")
    assert {each["path"] for each in done.json} == {(vault / "drafts" / "wrong.md").as_posix()}


def test_nothing_to_say(vault: Path) -> None:
    done = ask(vault, "check", str(vault / "drafts" / "fine.md"))
    assert (done.status, done.err) == (0, "") and done.out == "1 draft checked; nothing to say.\n"


@pytest.mark.parametrize(
    "given",
    [
        ("nowhere.md",), ("drafts", "--format", "xml"), ("drafts", "--json", "--format", "short"), ("drafts", "--path", "x.md"), (),
    ],
)  # fmt: skip
def test_misuse(vault: Path, given: tuple[str, ...]) -> None:
    done = ask(vault, "check", *(str(vault / each) if each == "drafts" else each for each in given))
    assert done.status == 2 and done.out == "" and len(done.err.splitlines()) == 2


def run(folder: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    return subprocess.run(
        [warm.command(), *words],
        cwd=folder,
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=env,
        check=False,
    )


def test_short_is_what_editors_read(vault: Path) -> None:
    done = run(vault, "check", "drafts/wrong.md", "--format", "short")
    places = re.findall(r"^(.+?):(\d+):(\d+): ([a-z-]+) .+$", done.stdout, re.MULTILINE)
    assert places == [("drafts/wrong.md", "3", "1", "contradicted"), ("drafts/wrong.md", "5", "11", "broken-link")]


def test_stdin_lies_where_it_says(vault: Path) -> None:
    for folder in "ab":
        (vault / folder).mkdir()
        (vault / folder / "lamps.md").write_text("# Lamps\n\nA short note on lamps that says little.\n")
    link = "# Mine\n\nA word on [[lamps]] here.\n"
    done = run(vault, "check", "-", "--path", "drafts/new.md", "--format", "short", given=link)
    assert done.returncode == 1 and done.stdout.startswith("drafts/new.md:3:11: ambiguous-link ")
    assert run(vault, "check", "-", "--path", "b/new.md", given=link).returncode == 0


def test_the_screen_keeps_to_80_columns_but_for_places(vault: Path) -> None:
    shown = run(vault, "check", "drafts/wrong.md").stdout
    assert "“Coffee restores the attention" in shown and "“Coffee does not restore the attention" in shown
    assert "coffee.md:3" in shown and shown.endswith("1 draft checked; 2 things to look at.\n")
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_a_draft_cannot_colour_the_terminal(vault: Path) -> None:
    text = "# Mine\n\nA word on [[no\x1b[31mbody]] here.\n"
    for form in ("screen", "short"):
        assert "\x1b" not in run(vault, "check", "-", "--format", form, given=text).stdout


def test_sarif(vault: Path) -> None:
    text = "# Mine 🌱\n\nÜber alles 🌱. Vivid dreams in early sleep strengthen the memory of faces seen on the same day [[coffee]].\n"
    (vault / "drafts" / "a b.md").write_text(text, encoding="utf-8")
    log = json.loads(run(vault, "check", "drafts", "--format", "sarif").stdout)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    (only,) = log["runs"]
    assert only["columnKind"] == "unicodeCodePoints"
    rules = [rule["id"] for rule in only["tool"]["driver"]["rules"]]
    for result in only["results"]:
        assert set(result) <= {"ruleId", "ruleIndex", "level", "message", "locations", "relatedLocations", "fixes"}
        assert rules[result["ruleIndex"]] == result["ruleId"] and result["level"] in ("note", "warning")
        assert result["message"]["text"]
    assert [each["ruleId"] for each in only["results"]] == ["miscited", "contradicted", "broken-link"]
    miscited = only["results"][0]
    place = miscited["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "drafts/a%20b.md"
    lines = text.split("\n")
    region = place["region"]
    assert lines[2][region["startColumn"] - 1 : region["endColumn"] - 1].startswith("Vivid dreams")
    (change,) = miscited["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    gone = replacement["deletedRegion"]
    assert lines[2][gone["startColumn"] - 1 : gone["endColumn"] - 1] == "[[coffee]]"
    assert replacement["insertedContent"]["text"] == "[[dreams]]"


def test_silence_in_the_settings(vault: Path) -> None:
    (vault / "kb.toml").write_text('ignore = ["drafts/"]\nsilence = ["contradicted", "broken-link"]\n')
    assert run(vault, "check", "drafts").returncode == 0
    (vault / "kb.toml").write_text('silence = ["uncite"]\n')
    done = run(vault, "check", "drafts")
    assert done.returncode == 2 and "silence" in done.stderr


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_the_hook_of_the_manual(vault: Path) -> None:
    manual = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"^```sh\n(.*?)^```$", manual, re.DOTALL | re.MULTILINE)
    home = {
        "HOME": str(vault.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "PATH": f"{Path(warm.command()).parent}:{os.environ['PATH']}",
    }

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        return subprocess.run(
            ["git", *who, *words], cwd=vault, capture_output=True, text=True, env={**os.environ, **home}, check=False
        )

    git("init", "-q")
    hook = vault / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(script)
    hook.chmod(0o755)
    git("add", "coffee.md", "dreams.md", "kb.toml", "drafts/fine.md")
    assert git("commit", "-qm", "Fine").returncode == 0
    git("add", "drafts/wrong.md")
    refused = git("commit", "-qm", "Wrong")
    assert refused.returncode != 0 and "drafts/wrong.md:3:1: contradicted" in refused.stdout + refused.stderr
    assert git("commit", "-qm", "All the same", "--no-verify").returncode == 0
