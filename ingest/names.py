"""What a note answers to, and which note a link means. Every link is looked up by one key, so a file that comes or goes can
change only the links that share a key with it."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from posixpath import normpath
from typing import NamedTuple
from urllib.parse import unquote

from ingest.decode import NOTES
from kb.note import Note, slug
from kb.vault import FOLDER

_QUERY = re.compile(r"\?[\w%.-]+=.*$")
SELF = "#"
"""Key of a link into its own note ("[[#Heading]]")."""
_CUT = 80
_ENDINGS = frozenset(ending.removeprefix(".") for ending in NOTES)
_ORDER = ("path", "title", "alias", "citekey", "file")


class Candidate(NamedTuple):
    """A file that answers to a key, and by what."""

    path: str
    how: str


def key_of(name: str) -> str:
    """The form in which a name is looked up."""
    return slug(name)[:_CUT].rstrip("-")


def names_of(note: Note) -> Iterator[tuple[str, str]]:
    """Every (key, how) that a note answers to."""
    path = note.path or ""
    yield key_of(PurePosixPath(path).stem), "path"
    yield key_of(note.title), "title"
    for alias in note.aliases:
        yield key_of(alias), "alias"
    for source in note.sources:
        if source.citekey:
            yield key_of(source.citekey), "citekey"


def target_key(target: str) -> str:
    """The key of a link's target, whatever folder, heading or ending it carries."""
    bare = _bare(target)
    return key_of(bare.rsplit("/", 1)[-1]) if bare else SELF if target.startswith(("#", "^")) else ""


def _bare(target: str) -> str:
    """The target without heading, block id, query and the ending of a note."""
    bare = unquote(target).replace("\\", "/").strip()
    # A question is a title and keeps its mark; "?a=b" is a query.
    bare = _QUERY.sub("", bare)
    bare = bare.split("#", 1)[0].split("^", 1)[0].rstrip("/").strip()
    stem, dot, ending = bare.rpartition(".")
    return stem if dot and stem and ending.casefold() in _ENDINGS else bare


def listed_as(target: str, title: str) -> str:
    """What a listed note is looked up by: its link, or its title where the link names nothing."""
    return target if target_key(target) not in ("", SELF) else title


def is_note_name(target: str, form: str) -> bool:
    """Whether a target that nothing answers to would be a note: a picture, a sound or a folder would not."""
    if form == "markdown" and target.split("#", 1)[0].endswith("/"):
        return False
    suffix = PurePosixPath(_bare(target)).suffix
    return not (1 < len(suffix) <= 5 and suffix[1:].isalnum() and not suffix[1:].isdigit() and suffix[1:].islower())


def choose(target: str, form: str, source: str, candidates: Sequence[Candidate]) -> str | None:
    """The path that a link in `source` means: the nearest answer, ties by depth and then by name."""
    ranked = _ranked(target, form, source, candidates)
    return ranked[0][1] if ranked else None


def tied(target: str, form: str, source: str, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The paths among which only their spelling decides; none where a link means one note plainly."""
    ranked = _ranked(target, form, source, candidates)
    first = tuple(dict.fromkeys(path for rank, path in ranked if rank == ranked[0][0]))
    return first if len(first) > 1 else ()


def _ranked(
    target: str, form: str, source: str, candidates: Sequence[Candidate]
) -> list[tuple[tuple[object, ...], str]]:
    """Each candidate with how well it answers, best first."""
    if not candidates:
        return []
    bare = _bare(target)
    folder = PurePosixPath(source).parent
    relative = _joined(folder, bare) if form == "markdown" or bare.startswith(".") else None
    if relative is None and (form == "markdown" or bare.startswith(".")):
        return []
    folded = bare.casefold().lstrip("/")
    last = bare.rsplit("/", 1)[-1]

    def rank(candidate: Candidate) -> tuple[object, ...]:
        path = PurePosixPath(candidate.path)
        plain = str(path.with_suffix("")) if path.suffix[1:].casefold() in _ENDINGS else candidate.path
        suffix = plain.casefold() == folded or plain.casefold().endswith(f"/{folded}")
        by = _ORDER.index(candidate.how)
        if form in ("title", "citekey"):
            by = 0 if candidate.how == form else 1 + by
        written = candidate.path.casefold().endswith(unquote(target).split("#", 1)[0].casefold().lstrip("./"))
        return (
            by if form in ("title", "citekey") else 0, plain != relative, plain != bare.lstrip("/"), not suffix, not written, by, candidate.path.startswith(f"{FOLDER}/"), path.stem != last,
            path.parent != folder, len(path.parts),
        )  # fmt: skip

    return sorted((rank(candidate), candidate.path) for candidate in candidates)


def _joined(folder: PurePosixPath, target: str) -> str | None:
    """A relative path made vault-relative; none if it climbs out of the vault."""
    if target.startswith("/"):
        return target.lstrip("/")
    joined = normpath(folder / target)
    return None if joined.partition("/")[0] == ".." else joined
