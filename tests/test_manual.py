"""The manual at the terminal and as a man page: the documentation's own text, whole, at any width, and nothing that roff would run."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from test_cli_contract import ask
from transcript import ROOT

from bench import man_page
from kb.cli.help import GROUPS
from kb.manual import TOPICS, as_text, blocks, section


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("width", [40, 80])
def test_a_topic_says_what_its_page_says(topic: str, width: int) -> None:
    markdown = section(topic)
    shown = as_text(markdown, width)
    heading = TOPICS[topic][1]
    assert heading in shown.split("\n")[0]
    prose = re.sub(r"^(```+).*?^\1$", "", markdown, flags=re.M | re.S)
    wanted = re.findall(r"(?<![\w`(/.#-])[a-z]{4,}(?![\w`)/.-])", re.sub(r"\]\([^)]*\)|`[^`]*`|^\|.*\|\n\|[ -|]*$|^!.*$", "", prose, flags=re.M))  # fmt: skip
    said = " ".join(shown.split())
    assert {word for word in wanted if word not in said} == set()
    assert not re.search(r"\]\(|\*\*|^#|^\s*\|", re.sub(r"^    .*", "", shown, flags=re.M), re.M), "no mark-up is left"
    code = {line.strip() for block in blocks(markdown) if block.kind == "code" for line in block.words[0].split("\n")}
    long = [line for line in shown.split("\n") if len(line) > width and line.strip() not in code]
    assert [line for line in long if " " in line.strip()] == [], "what can be broken is"


def test_a_section_ends_where_the_next_begins() -> None:
    assert "Zotero" not in section("settings").split("```")[-1] and "annotation" in section("zotero")
    assert section("privacy").startswith("### Addresses") and "extract" not in section("privacy")
    assert "worded" not in section("narrowing").casefold()


def test_every_page_of_a_topic_comes_with_the_install() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {f"docs/{page}": f"kb/docs/{page}" for page in sorted({page for page, *_ in TOPICS.values()})}  # fmt: skip
    assert [(ROOT / name).is_file() for name in wheel["shared-data"]] == [True]


def test_kb_help_lists_shows_and_says_what_is_near(tmp_path: Path) -> None:
    listed = ask(tmp_path, "help").out
    assert all(f"  {topic}" in listed for topic in TOPICS) and max(map(len, listed.splitlines())) <= 80
    assert ask(tmp_path, "help", "Narrowing").out.startswith("Narrowing\n") and not (tmp_path / ".kb").exists()
    assert ask(tmp_path, "help", "sync").out == ask(tmp_path, "sync", "--help").out
    wrong = ask(tmp_path, "help", "tensoins\x1b[2J")
    assert (wrong.status, wrong.out, len(wrong.err.splitlines())) == (2, "", 2)
    assert "tensions" in wrong.err and "kb help" in wrong.err and "\x1b" not in wrong.err
    assert not TOPICS.keys() & {name for group in GROUPS.values() for name in group} - {"matrix", "review", "tensions"}


def test_the_man_page_is_that_text(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        man_page.FILE.write_text(man_page.page(), encoding="utf-8")
    assert man_page.FILE.read_text("utf-8") == man_page.page(), "make docs writes it again"


def test_nothing_in_a_page_is_a_request_to_roff() -> None:
    assert man_page.roff(".so /etc/passwd\n'br\n\\X'x' a-b") == "\\&.so /etc/passwd\n\\&'br\n\\eX'x' a\\-b"
    requests = set(re.findall(r"^[.'](\S*)", man_page.page(), re.M))
    assert requests <= {"TH", "SH", "SS", "PP", "TP", "IP", "RS", "RE", "B", "br", "nf", "fi"}


@pytest.mark.parametrize(
    "command", [["mandoc", "-T", "lint", "-W", "warning"], ["groff", "-man", "-ww", "-Kutf8", "-Tutf8", "-z"]]
)
def test_the_man_page_is_sound(command: list[str]) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([*command, str(man_page.FILE)], capture_output=True, text=True, timeout=60, check=False)
    told = [line for line in (done.stdout + done.stderr).splitlines() if "missing date" not in line]
    assert told == []
