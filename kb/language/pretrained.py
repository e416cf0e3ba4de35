"""A pretrained judge to download, for those who are online and want it: which files, their hashes, fetched, resumed, checked, removed.

Nothing here runs unless a person asks for it by name (`kb model get judge`), and nothing is kept whose hash is another.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPException
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from kb.allowed import read_address, shown
from kb.errors import BaseLocked, KbError, Unavailable
from kb.files import NOFOLLOW, open_regular
from kb.folder import base_folder, kind, made_folder, remove
from kb.lock import writing
from kb.vault import FOLDER

NAME, LICENCE = "nli-deberta-v3-xsmall", "Apache-2.0"
REVISION = "a150876415327c80daeff35ca6f68f5ed8cf5c24"
HOME = f"https://huggingface.co/cross-encoder/{NAME}/resolve/{REVISION}"
JUDGES, LOCKED = "judge", "judge.lock"
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
    """Whether every file is there, by its hash: a vault can be cloned, and its `.kb/` with it."""
    folder = base_folder(vault) / JUDGES
    is_ours = kind(folder) == kind(folder / NAME) == "folder"
    return is_ours and all(_is_right(folder / NAME / file.name, file) for file in FILES)


def fetch(vault: Path, source: str, report: Report) -> Path:
    """The folder of the model, with all its files; what is there and right is not fetched again."""
    address = read_address(source)
    if address is None or not (address.scheme == "https" or address.is_loopback):
        raise KbError(
            f"{shown(source)}: a model is fetched over https alone.", "Such as: --from https://models.example.org/judge"
        )
    with _alone(vault):
        folder = _made(vault)
        _fetch_all(folder, str(address).rstrip("/"), address.is_loopback, report)
    return folder


class _Onward(HTTPRedirectHandler):
    """Follows a mirror to https, or on its own host; what such a reply says besides is not read."""

    def http_error_302(self, req: Request, fp: Any, code: int, msg: str, headers: Any) -> Any:
        to = urlsplit(urljoin(req.full_url, headers.get("location") or ""))
        if to.scheme != "https" and to[:2] != urlsplit(req.full_url)[:2]:
            fp.close()
            raise NotFetched("its address leads on to one that is not https", "Name another source: --from URL")
        fp.read = lambda *_: b""  # urllib would read it to its end
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


@contextmanager
def _alone(vault: Path) -> Iterator[None]:
    """One at a time fetches or removes; the lock lies beside the folder, which may go."""
    try:
        with writing(made_folder(vault) / LOCKED, patience=0):
            yield
    except BaseLocked:
        raise NotFetched("another kb is at it", "Wait for that one to finish.") from None


def _fetch_all(folder: Path, source: str, is_near: bool, report: Report) -> None:
    opener = build_opener(_Onward, *([ProxyHandler({})] if is_near else []))
    before = 0
    for file in FILES:
        place, partial = folder / file.name, folder / f"{file.name}.part"
        if not _is_right(place, file):
            # What was there may have been of another file: then once more, from the beginning.
            for _ in range(2 if kind(partial) == "file" else 1):
                for had in _downloaded(opener, f"{source}/{file.remote}", file, partial):
                    report("fetching the judge, MB", (before + had) >> 20, SIZE >> 20)
                if _is_right(partial, file):
                    break
                if kind(partial) == "":
                    raise NotFetched(f"{file.name} was removed while it came")
                remove(partial)
            if kind(partial) != "file":
                raise NotFetched(
                    f"{file.name} came with another hash than its own",
                    "Nothing of it was kept. Name another source: --from URL",
                )
            partial.replace(place)
        before += file.size


def forget(vault: Path) -> bool:
    """Remove the model; whether there was one."""
    judges = base_folder(vault) / JUDGES
    folder = judges / NAME if kind(judges) == "folder" else judges
    if kind(folder) == "":
        return False
    with _alone(vault):
        remove(folder)
        with suppress(OSError):  # others lie there
            judges.rmdir()
    return True


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
    with os.fdopen(descriptor, "r+b", buffering=0) as kept:
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
                    _keep(kept, piece)
                    had += len(piece)
                    yield had
        except HTTPError as why:
            raise NotFetched(
                f"{shown(url)} answered {why.code}", "Look whether that address is right, or name another: --from URL"
            ) from None
        except (OSError, HTTPException, ValueError) as why:
            raise NotFetched(
                f"{shown(url)} did not answer to the end ({getattr(why, 'reason', None) or why})"
            ) from None
        if had < file.size:
            raise NotFetched(f"{file.name} ended after {had:,} of {file.size:,} bytes")


def _keep(kept: FileIO, piece: bytes) -> None:
    try:
        while piece:
            piece = piece[kept.write(piece) :]
    except OSError as why:
        raise KbError(
            f"The judge cannot be written: {why.strerror}.",
            "Free some disk space, and run it again; it goes on from there.",
        ) from None


def _is_right(path: Path, file: File) -> bool:
    """Whether the very file stands there."""
    if kind(path) != "file":
        return False
    with os.fdopen(open_regular(path, os.O_RDONLY | NOFOLLOW), "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
