"""Front matter: YAML or TOML at the top of a file, told from a note that merely begins with a rule."""

import re
import tomllib
from collections.abc import Callable, Iterable

import yaml

from kb.oneline import one_line
from kb.problem import Problem

_LIMIT = 65_536
_DEEPEST = 50
_YAML = re.compile(r"---[ \t]*(?:\r\n|\n|\r)(.*?)(?:^|(?:\r\n|\n|\r))(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|$)", re.DOTALL)
_TOML = re.compile(r"\+\+\+[ \t]*(?:\r\n|\n|\r)(.*?)(?:\r\n|\n|\r)\+\+\+[ \t]*(?:\r\n|\n|\r|$)", re.DOTALL)
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def front_matter(text: str, path: str) -> tuple[dict[str, object], int, tuple[Problem, ...]]:
    """What the front matter says, where the body starts, and what could not be read of it."""
    read: Callable[[str], object]
    if text.startswith("---"):
        match = _YAML.match(text, 0, _LIMIT)
        read = _yaml
    elif text.startswith("+++"):
        match = _TOML.match(text, 0, _LIMIT)
        read = tomllib.loads
    else:
        return {}, 0, ()
    if match is None:
        return {}, 0, ()
    try:
        meta = read(match[1])
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError, TypeError, OverflowError) as why:
        mark = getattr(why, "problem_mark", None)
        line = mark.line + 2 if mark is not None else 1
        said = getattr(why, "problem", None) or str(why).split("\n")[0]
        problem = Problem(
            code="front-matter",
            message=f"The front matter cannot be read: {said}.",
            path=path,
            line=line,
            hint="Titles with a colon need quotation marks. The text of the note was read all the same.",
        )
        return {}, match.end(), (problem,)
    if not isinstance(meta, dict):
        # A rule, some prose, a rule: no front matter at all.
        return {}, 0, ()
    return {str(key).casefold(): value for key, value in meta.items()}, match.end(), ()


def _yaml(source: str) -> object:
    """Safe YAML without aliases: a few lines of them can stand for gigabytes."""
    loader = _LOADER(source)
    try:
        if len(source) > 1_000 or "*" in source or "&" in source:
            _refuse_traps(source)
        return loader.get_single_data() if source.strip() else {}
    finally:
        loader.dispose()


def _refuse_traps(source: str) -> None:
    """Aliases, and nesting so deep that libyaml, which goes down by recursion, would take the process with it."""
    depth = 0
    for event in yaml.parse(source, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise yaml.YAMLError("it is nested too deeply")


def words(value: object) -> tuple[str, ...]:
    """A front matter value as a list of strings, whatever shape its author gave it."""
    if value is None or isinstance(value, bool):
        return ()
    if isinstance(value, str):
        return (one_line(value),) if value.strip() else ()
    if isinstance(value, dict):
        return tuple(word for key in ("name", "title", "literal") for word in words(value.get(key)))
    if isinstance(value, list | tuple | set):
        return tuple(word for part in value for word in words(part))
    return (str(value),)


def tags(value: object, gap: str = ",") -> tuple[str, ...]:
    """Tags and topics: a list, or one string with commas (for tags in Obsidian's sense, with blanks as well)."""
    given = words(value)
    if isinstance(value, str):
        given = tuple(part.strip() for word in given for part in word.replace(",", gap).split(gap))
    return tuple(tag.lstrip("#") for tag in given if tag.strip("# "))


def distinct_tags(given: Iterable[str]) -> tuple[str, ...]:
    """Each tag once, whatever its case; as it is written first."""
    kept: dict[str, str] = {}
    for tag in given:
        kept.setdefault(tag.casefold(), tag)
    return tuple(kept.values())
