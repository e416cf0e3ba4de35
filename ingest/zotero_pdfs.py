"""The PDFs in the storage of a Zotero library: which of them have changed, and their text. They are opened to be read and no more."""

import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ingest.formats import pdf
from ingest.formats.zotero import PdfText
from ingest.intact import content_hash
from ingest.workers import side_by_side
from ingest.zotero_library import Attachment
from kb.files import read_regular

_MANY = 8
"""Fewer are read sooner than a second process starts."""

Stamps = Mapping[str, list[int] | None]
"""Size and times of each PDF, by its path in the data folder; none of one that is not there."""


class Storage(NamedTuple):
    """The PDFs as they are now, and as they were when they were read."""

    data: Path
    most: float
    """Megabytes of the largest that is read."""
    now: Stamps
    before: Stamps

    def text(self, attachment: Attachment, before: PdfText | None) -> PdfText | None:
        """What a PDF says, as it was read before where it has not changed; none where no file is there."""
        path = attachment.pdf
        look = self.now.get(path)
        if look is None:
            return None
        if look[0] > self.most * 1_000_000:
            said = f"{path} has {look[0] / 1e6:.0f} MB; at most {self.most:g} MB are read."
            return PdfText(path, problems=(("too-large", said, "Raise max_file_mb in kb.toml to have it read."),))
        before = before if before and before.path == path and before.sha else None
        if before and look == self.before.get(path):
            return before
        try:
            data = read_regular(self.data / path)
        except OSError as why:
            said = f"{path} cannot be read: {why.strerror}."
            return PdfText(path, problems=(("unreadable", said, "Check its permissions."),))
        sha = content_hash(data)
        return before if before and before.sha == sha else _extracted(data, path, sha)

    def each(self, attachments: Sequence[Attachment], work: Callable[[Attachment], bytes]) -> Iterable[bytes]:
        """`map(work, attachments)`; in several processes where many PDFs are new."""
        new = sum(look is not None and look != self.before.get(path) for path, look in self.now.items())
        workers = min(4, os.cpu_count() or 1)
        if new >= _MANY and workers > 1 and sys.platform == "linux" and threading.active_count() == 1:
            return side_by_side(work, attachments, workers, 1)
        return map(work, attachments)


def _extracted(data: bytes, path: str, sha: str) -> PdfText:
    text, problems = pdf.text_of(data, path)
    return PdfText(path, sha, text, tuple((each.code, f"{path}: {each.message}", each.hint) for each in problems))
