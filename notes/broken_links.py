"""Links of a draft that lead nowhere, or to several notes alike."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from ingest.connect import candidates
from ingest.names import is_note_name, target_key, tied
from kb.note import STUB
from kb.oneline import one_line
from kb.settings import Check
from kb.store import Store
from notes.draft import Draft, DraftLink
from notes.finding import Finding

# "https://x", "//x", "#heading", "^block", "{{title}}", "<% x %>"
_NO_TARGET = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|\^|[^{<$]*(?:\{\{|<%|\$\{)", re.I)
_CHECKED = ("wikilink", "embed", "markdown", "citekey", "field")
Remark = tuple[Check, str, str]
"""Code, message and hint."""


def broken_links(store: Store, draft: Draft) -> Iterator[Finding]:
    """In the order of the draft. What was never meant as a note, an address or a template, is left alone."""
    works = {row[0].casefold() for row in store.sql.execute("SELECT DISTINCT key FROM work")}
    for link in draft.links:
        target = link.target.strip()
        if link.form not in _CHECKED or not target or _NO_TARGET.match(target):
            continue
        remark = None
        if link.candidates:
            remark = _ambiguous(store, draft, link)
        elif not link.note or link.note.startswith(STUB):
            remark = _broken(store, draft, link, works)
        if remark is not None:
            code, message, hint = remark
            yield Finding(link.line, link.start, link.end, code, one_line(message, 300), hint)


def _ambiguous(store: Store, draft: Draft, link: DraftLink) -> Remark | None:
    paths = tied(link.target, link.form, draft.path, candidates(store, target_key(link.target)))
    if not paths:
        return None
    shown = ", ".join(paths[:3]) + (" …" if len(paths) > 3 else "")
    message = f"“{link.target}” could be {len(paths)} notes: {shown}."
    return "ambiguous-link", message, f"Write the path; as it stands it leads to {link.note}."


def _broken(store: Store, draft: Draft, link: DraftLink, works: set[str]) -> Remark | None:
    target = link.target
    if link.form == "citekey":
        # Where no library lies beside the notes, keys are somebody else's to know.
        if not works or target.casefold() in works:
            return None
        message = f"No note and no entry of a library has the key “{target}”."
        return "broken-link", message, "Mend the key, or add it to a library beside the notes."
    if _is_there(store, draft, target):
        return None
    if not is_note_name(target, link.form):
        return "broken-link", f"There is no file “{target}”.", "Mend the path, or add the file."
    citing = "SELECT count(DISTINCT path) FROM mention JOIN file ON file.id = mention.file WHERE note = ? AND path <> ?"
    if cited := store.sql.execute(citing, (link.note, draft.path)).fetchone()[0] if link.note else 0:
        message = f"“{target}” is not written yet; {cited} other {'file' if cited == 1 else 'files'} cite it too."
        return "broken-link", message, "Nothing, if you mean to write it: the link heals when the file appears."
    return "broken-link", f"No note answers to “{target}”.", "Mend the name, or write the note."


def _is_there(store: Store, draft: Draft, target: str) -> bool:
    """Whether a picture, a table or a folder lies where the link says, or anywhere in the vault by its name."""
    bare = unquote(target).split("#", 1)[0].split("?", 1)[0].replace("\\", "/").strip()
    if not bare or "\0" in bare:
        return True
    # A path from the root stays what it is.
    folder = (store.vault / draft.path).parent
    try:
        if any((root / bare.lstrip("/")).exists() for root in (folder, store.vault)):
            return True
    except OSError:
        return True
    name = bare.rsplit("/", 1)[-1]
    anywhere = "SELECT 1 FROM file WHERE path = ?1 OR substr(path, -length(?1) - 1) = '/' || ?1 LIMIT 1"
    return store.sql.execute(anywhere, (name,)).fetchone() is not None
