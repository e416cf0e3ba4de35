"""The edits that put a link in or turn one to another note; how it is written is `notes.insertion`'s."""

import re
from collections.abc import Sequence

from kb.note import Note
from notes.draft import Draft, Pointer

Edit = tuple[int, int, str]
_END = re.compile(r"[.!?…]+[\"”’')\]*_]*\s*$")


def put_before_the_end(text: str, start: int, end: int, link: str) -> Edit:
    """The link after the last word of a sentence, before its full stop."""
    stop = _END.search(text, start, end)
    at = stop.start() if stop else start + len(text[start:end].rstrip())
    return at, at, f" {link}"


def retargeted(draft: Draft, citations: Sequence[Pointer], note: Note | None, link: str) -> tuple[Edit, ...]:
    """The edits that turn citations to another note, where it has a name in their form."""
    made: list[Edit] = []
    for pointer in citations:
        mark = draft.text[pointer.start : pointer.end]
        if note is None or note.path is None:
            return ()
        if pointer.form == "wikilink" and mark.startswith("[[") and link.startswith("[["):
            made.append((pointer.start, pointer.end, link))
        elif pointer.form == "citekey" and (key := next((s.citekey for s in note.sources if s.citekey), "")):
            made.append((pointer.start, pointer.end, mark.replace(pointer.target, key)))
    return tuple(made)
