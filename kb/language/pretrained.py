"""A pretrained judge to download, for those who are online and want it: which files, their hashes, fetched, resumed, checked, removed.

Nothing here runs unless a person asks for it by name (`kb model get judge`), and nothing is kept whose hash is another.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from kb.allowed import read_address, shown
from kb.errors import BaseLocked, KbError, Unavailable
from kb.files import NOFOLLOW, open_regular
from kb.folder import base_folder, kind, made_folder, remove
from kb.lock import writing
from kb.vault import FOLDER

NAME, LICENCE = "nli-deberta-v3-xsmall", "Apache-2.0"
REVISION = "a150876415327c80daeff35ca6f68f5ed8cf5c24"
HOME = f"https://huggingface.co/cross-encoder/{NAME}/resolve/{REVISION}"
JUDGES = "judge"
PLACE = f"{FOLDER}/{JUDGES}/{NAME}"
"""Where it lies in the vault, as `judge` in kb.toml names it."""
_PIECE, _PATIENCE = 1 << 18, 30.0
Report = Callable[[str, int, int], None]


class File(NamedTuple):
    """One file of the model."""

    name: str
    remote: str
    size: int
    sha256: str


FILES = (
    File("config.json", "config.json", 1_053, "8d9f07bf7ba54a6fc3b1962483056f94c39dcf188db4cf61843e1c88f94b2342"),
    File("tokenizer.json", "tokenizer.json", 8_656_624, "5124ef2ead1a10a717703bc436de7f353da76d6340e4587719b42b1693707964"),
    File("model.onnx", "onnx/model_quint8_avx2.onnx", 87_377_068, "21b14751a95520953bfcc607ceeb617de7cbeaeb6d60f4c8966716c743985337"),
)  # fmt: skip
"""The hashes are those that several public projects pin for this revision."""
SIZE = sum(file.size for file in FILES)


class NotFetched(Unavailable):
    """A file did not come, or came as another; what is there already is kept for the next time."""

    def __init__(self, why: str, remedy: str = "") -> None:
        super().__init__(f"The judge {NAME} was not fetched: {why}.", remedy or "Run it again; it goes on from there.")


def is_here(vault: Path) -> bool:
    """Whether every file is there, in its size; the hashes were checked when they came."""
    places = [(vault / PLACE / file.name, file.size) for file in FILES]
    return all(place.is_file() and place.stat().st_size == size for place, size in places)


def fetch(vault: Path, source: str, report: Report) -> Path:
    """The folder of the model, with all its files; what is there and right is not fetched again."""
    address = read_address(source)
    if address is None or not (address.scheme == "https" or address.is_loopback):
        raise KbError(
            f"{shown(source)}: a model is fetched over https alone.", "Such as: --from https://models.example.org/judge"
        )
    folder = _made(vault)
    try:
        with writing(folder / "lock", patience=0):
            _fetch_all(folder, source, address.is_loopback, report)
    except BaseLocked:
        raise NotFetched("another kb is fetching it", "Wait for that one to finish.") from None
    return folder


def _fetch_all(folder: Path, source: str, is_near: bool, report: Report) -> None:
    opener = build_opener(*([ProxyHandler({})] if is_near else []))
    before = 0
    for file in FILES:
        place, partial = folder / file.name, folder / f"{file.name}.part"
        if kind(place) != "file" or _hash(place) != file.sha256:
            for had in _downloaded(opener, f"{source.rstrip('/')}/{file.remote}", file, partial):
                report("fetching the judge, MB", (before + had) >> 20, SIZE >> 20)
            if _hash(partial) != file.sha256:
                remove(partial)
                raise NotFetched(
                    f"{file.name} came with another hash than its own",
                    "Nothing of it was kept. Name another source: --from URL",
                )
            partial.replace(place)
        before += file.size


def forget(vault: Path) -> bool:
    """Remove the model; whether there was one."""
    folder = base_folder(vault) / JUDGES
    had = kind(folder) != ""
    remove(folder)
    return had


def _made(vault: Path) -> Path:
    """The folder of the model, made where it is not there; a link in its place is not followed."""
    folder = made_folder(vault)
    for name in (JUDGES, NAME):
        folder = folder / name
        if kind(folder) not in ("", "folder"):
            raise KbError(
                f"{folder}: this is no folder, and the judge needs one of that name.",
                "Remove it: kb model remove judge",
            )
        folder.mkdir(exist_ok=True)
    return folder


def _downloaded(opener: OpenerDirector, url: str, file: File, partial: Path) -> Iterator[int]:
    """Fetch a file, going on where the last time ended; how much of it is there, again and again."""
    descriptor = open_regular(partial, os.O_RDWR | os.O_CREAT | NOFOLLOW)
    with os.fdopen(descriptor, "r+b") as kept:
        had = kept.seek(0, os.SEEK_END)
        if had >= file.size:
            return
        asked = Request(url, headers={"Range": f"bytes={had}-"} if had else {})
        try:
            with opener.open(asked, timeout=_PATIENCE) as reply:
                if reply.status != HTTPStatus.PARTIAL_CONTENT:  # from its beginning, whatever was asked for
                    had = kept.seek(0)
                    kept.truncate()
                while had < file.size and (piece := reply.read(min(_PIECE, file.size - had))):
                    had += kept.write(piece)
                    yield had
        except HTTPError as why:
            raise NotFetched(
                f"{shown(url)} answered {why.code}", "Look whether that address is right, or name another: --from URL"
            ) from None
        except (OSError, HTTPException) as why:
            raise NotFetched(
                f"{shown(url)} did not answer to the end ({getattr(why, 'reason', None) or why})"
            ) from None
        if had < file.size:
            raise NotFetched(f"{file.name} ended after {had:,} of {file.size:,} bytes")


def _hash(path: Path) -> str:
    with os.fdopen(open_regular(path, os.O_RDONLY | NOFOLLOW), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
