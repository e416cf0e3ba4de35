"""Documentation that cannot lie: all there is, is documented; all that is documented is there, and runs.

A file whose console blocks name `examples/vault` is typed in a folder that holds a copy of it; the others are
typed in the copy itself. `pytest --update` rewrites what the blocks show.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import transcript
import typer

import kb.errors
from kb.cli import app
from kb.note import slug
from kb.problem import Code
from kb.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]

_FENCE = re.compile(r"^(```+|~~~+).*?^\1\s*$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(<?([^)\s>]+)>?\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_ROW = re.compile(r"^\| `([^`]+)` \|(.*)\|$", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows(name: str) -> dict[str, list[str]]:
    """The table of a page: what its first column names in code, and the other columns."""
    found = _ROW.findall(text(name))
    assert len({key for key, _ in found}) == len(found), "a row stands there twice"
    return {key: [cell.strip() for cell in rest.split(" | ")] for key, rest in found}


def commands() -> dict[str, Any]:
    """Every command by name; the door itself is `kb`."""
    door: Any = typer.main.get_command(app)
    return {"kb": door, **{f"kb {name}": door.get_command(None, name) for name in door.commands}}


def options() -> Iterator[tuple[str, str]]:
    for name, command in commands().items():
        for parameter in command.params:
            if parameter.param_type_name == "option" and not parameter.hidden:
                yield name, max(parameter.opts, key=len)


def everything() -> str:
    return "\n".join(text(name) for name in NAMES if name != "docs/design.md")


def mentions(word: str, where: str) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", where))


def test_every_command_is_documented() -> None:
    said = everything()
    assert [name for name in commands() if not mentions(name, said)] == []


def test_every_option_is_documented() -> None:
    """Somewhere on a page that speaks of its command as well."""
    pages = [text(name) for name in NAMES if name != "docs/design.md"]
    missing = [
        f"{command} {option}"
        for command, option in options()
        if not any(mentions(command, page) and mentions(option, page) for page in pages)
    ]
    assert missing == []


def test_every_command_and_argument_says_what_it_is_for() -> None:
    for name, command in commands().items():
        assert command.help, name
        for parameter in command.params:
            assert parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("docs/design.md", "docs/benchmarks.md")])
def test_no_command_is_documented_that_is_not_there(name: str) -> None:
    said = set(re.findall(r"(?:`|^\$ |^|&& |bin/)kb (?:--vault \S+ )?([a-z]+)\b", text(name), re.MULTILINE))
    assert {f"kb {word}" for word in said} <= commands().keys()


def test_every_setting_is_documented_with_its_default() -> None:
    table = rows("docs/settings.md")
    assert list(table) == list(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        assert tomllib.loads(f"x = {table[name][0].strip('`')}")["x"] == default, name


def test_the_example_of_settings_is_valid() -> None:
    for block in re.findall(r"^```toml\n(.*?)^```$", text("docs/settings.md"), re.DOTALL | re.MULTILINE):
        Settings.model_validate(tomllib.loads(block))


def test_every_problem_code_is_documented() -> None:
    table = rows("docs/problems.md")
    assert list(table) == sorted(get_args(Code))
    assert all(len(cells) == 2 and all(cells) for cells in table.values())


def test_the_tree_of_exceptions_is_whole() -> None:
    tree = dict(re.findall(r"[├└]── (\w+)\s+(.+)", kb.errors.__doc__ or ""))
    there = {kind.__name__: kind for kind in vars(kb.errors).values() if isinstance(kind, type)}
    assert tree.keys() == there.keys() - {"KbError"}
    for name, meaning in tree.items():
        assert issubclass(there[name], kb.errors.KbError)
        assert slug(there[name].__doc__ or "") == slug(meaning), f"{name} is said to be two things"


@pytest.mark.parametrize("name", NAMES)
def test_every_internal_link_leads_somewhere(name: str) -> None:
    page = _FENCE.sub("", text(name))
    for target in _LINK.findall(page):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), f"{name} links to {target}"
        if anchor and file.suffix == ".md":
            headings = _HEADING.findall(_FENCE.sub("", file.read_text(encoding="utf-8")))
            assert anchor in {slug(heading.replace("`", "")) for heading in headings}, f"{name} links to {target}"


@pytest.mark.parametrize("name", NAMES)
def test_every_console_block_shows_what_a_terminal_shows(name: str, request: pytest.FixtureRequest) -> None:
    blocks = re.findall(r"^```console\n(.*?)^```$", text(name), re.DOTALL | re.MULTILINE)
    if not blocks:
        return
    outside = any("examples/vault" in step.typed for block in blocks for step in transcript.steps(block))
    first = name == "README.md"  # what a newcomer types is what is run, in a vault as it is fetched
    with transcript.home(sample="examples/vault", synced=not first, real=first) as folder:
        start = "." if outside else "examples/vault"
        difference = transcript.replay(ROOT / name, folder, start, request.config.getoption("--update"))
    assert not difference, "\n" + "\n".join(difference)
