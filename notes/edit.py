"""Links put in a file, and nothing else changed: every other byte stays, or nothing is written.

What would be written is read again as a draft first. It must say the same outside what was inserted, and link to the
notes that were announced and to no others.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ingest.decode import MARKDOWN, PLAIN, encoding_of
from ingest.integrity import content_hash
from ingest.temporary_files import written_beside
from kb.errors import KbError
from kb.files import read_regular
from kb.store import Store
from notes.draft import Draft, draft_of, path_of

_AGAIN = "Nothing was written. Ask again, with: kb links"


class Edit(NamedTuple):
    """What replaces a span of a draft's text; with `start` equal to `end`, what is put between two characters."""

    start: int
    end: int
    insert: str


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text with the edits in it. Raises ValueError where they overlap or lie outside."""
    out: list[str] = []
    done = 0
    before = -1
    for edit in sorted(edits):
        if not 0 <= edit.start <= edit.end <= len(text):
            raise ValueError(f"an edit at {edit.start} to {edit.end} lies outside the text")
        # Two at one point are told apart by nothing, so they overlap.
        if edit.start < done or edit.start == before:
            raise ValueError(f"two edits meet at {edit.start}")
        out += text[done : edit.start], edit.insert
        before, done = edit.start, edit.end
    return "".join([*out, text[done:]])


def write_edits(store: Store, file: Path, sha: str, edits: Sequence[Edit], notes: Sequence[str]) -> None:
    """Write the edits into a file whose bytes still have this hash; each edit links to the note beside it in `notes`.

    Raises KbError, and writes nothing, where anything but that would change.
    """
    # What a symlink points to is written: the link stays one.
    target = file.resolve()
    try:
        data = read_regular(target)
    except OSError as why:
        raise KbError(f"{file}: it cannot be read ({why.strerror}).", "Name a file that can be.") from None
    if content_hash(data) != sha:
        raise KbError(f"{file}: it was changed after it was read.", _AGAIN)
    if target.suffix.casefold() not in MARKDOWN | PLAIN:
        raise KbError(f"{file}: links are written into Markdown and plain text only.", "Copy them by hand.")
    path = path_of(store, target)
    new = spliced(data, edits, str(file))
    changed = unannounced_change(draft_of(store, data, path), draft_of(store, new, path), edits, notes)
    if changed:
        remedy = "Nothing was written. Leave that link out, or write it by hand."
        raise KbError(f"{file}: with these links in it, {changed}.", remedy)
    try:
        if not os.access(target, os.W_OK):
            raise PermissionError(13, "it is read-only")
        with written_beside(target, new, target.stat().st_mode) as made:
            # Asked once more, as late as can be: an editor may have saved in between.
            if content_hash(read_regular(target)) != sha:
                raise KbError(f"{file}: it was changed while the links were put in.", _AGAIN)
            made.replace(target)
    except OSError as why:
        told = f"{file}: it cannot be written ({why.strerror})."
        raise KbError(told, "Make the file and its folder writable.") from None


def spliced(data: bytes, edits: Sequence[Edit], name: str = "draft") -> bytes:
    """The same bytes with the edits among them, in the file's own encoding. Offsets count decoded characters."""
    bom, encoding, _ = encoding_of(data)
    text = data[len(bom) :].decode(encoding, "replace")
    if bom + text.encode(encoding, "replace") != data:
        raise KbError(f"{name}: some of its bytes are no text in {encoding}.", "Save it as UTF-8, then ask again.")
    try:
        return bom + edited(text, edits).encode(encoding)
    except UnicodeEncodeError:
        raise KbError(
            f"{name}: a link has letters that its encoding, {encoding}, has not.", "Save it as UTF-8, then ask again."
        ) from None


def unannounced_change(before: Draft | None, after: Draft | None, edits: Sequence[Edit], notes: Sequence[str]) -> str:
    """What besides the links announced would differ, in words; empty where nothing would."""
    if before is None or after is None:
        return "it could not be read as a note any more"
    ordered = sorted(zip(edits, notes, strict=True))
    old = [(edit.start, edit.end) for edit, _ in ordered]
    new, shift = [], 0
    for edit, _ in ordered:
        new.append((edit.start + shift, edit.start + shift + len(edit.insert)))
        shift += len(edit.insert) - (edit.end - edit.start)
    if _words(before, old) != _words(after, new):
        return "its text would read differently"
    # A summary is words of the text, links in them among it, and those were compared.
    if before.page.note.model_copy(update={"summary": ""}) != after.page.note.model_copy(update={"summary": ""}):
        return "its title, names or date would differ"
    mine = [[each for each in after.links if a <= each.start and each.end <= b] for a, b in new]
    added = {id(each) for some in mine for each in some}
    kept = [(each.target, each.form, each.note) for each in after.links if id(each) not in added]
    if kept != [(each.target, each.form, each.note) for each in before.links]:
        return "one of its other links would differ"
    for (_, note), found in zip(ordered, mine, strict=True):
        if [each.note for each in found] != [note]:
            return f"one of them would not lead to {note}"
    return ""


def _words(draft: Draft, without: Sequence[tuple[int, int]]) -> list[tuple[str, str, str]]:
    """What a reader sees outside some spans, block by block, spacing aside."""
    found: list[tuple[str, str, str]] = []
    for block in draft.page.blocks:
        seen = []
        for here, there, length, wide in block.part.shown.pieces:
            shown = block.part.shown.text[here : here + length]
            if length != wide:
                seen.append("" if any(a < there + wide and there < b for a, b in without) else shown)
                continue
            at = there
            for a, b in without:
                if b > at and a < there + length:
                    seen.append(shown[max(0, at - there) : max(0, a - there)])
                    at = max(at, b)
            seen.append(shown[max(0, at - there) :])
        found.append((block.part.kind, block.section, "".join("".join(seen).split())))
    return found
