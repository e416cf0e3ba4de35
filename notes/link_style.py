"""Link style: how a link is written, as the vault's author writes links, unless kb.toml says otherwise."""

from collections import Counter
from pathlib import PurePosixPath
from typing import get_args
from urllib.parse import quote

from ingest.connect import candidates
from ingest.names import choose, target_key
from ingest.titles import is_known_by_sight
from kb.addresses import MARKED
from kb.note import Note, slug
from kb.oneline import one_line
from kb.settings import Link, Settings
from kb.store import Store

_FORMS = get_args(Link)[1:]
_ENOUGH = 3
"""Links that make a habit."""
_SAMPLE = 2_000
"""Links looked at to tell how notes are named in them."""


class LinkStyle:
    """How the author of a vault links, told from the links there are."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        counts = Counter(dict(store.sql.execute("SELECT form, count(*) FROM mention GROUP BY form").fetchall()))
        best = max(_FORMS, key=lambda form: counts[form])
        self._form: str = settings.link or (best if counts[best] >= _ENOUGH else "wikilink")
        # A citekey or a title cannot be laid over words.
        self._inline = self._form if self._form in ("wikilink", "markdown") else "wikilink"
        if self._form not in ("wikilink", "markdown") and counts["markdown"] > 2 * counts["wikilink"]:
            self._inline = "markdown"
        self._by, self._root = self._wikilinks()

    def over(self, words: str, note: Note, draft: str) -> str | None:
        """Words that are there already, made a link; none where no link would lead to the note."""
        words = one_line(words, 1000)
        if self._inline == "markdown" and (href := self._href(note.id, draft)):
            return f"[{words}]({href})"
        target = self.target(note.id, note.title, draft)
        if target is None or any(mark in words for mark in "[]|"):
            return None
        return f"[[{target}]]" if target == words else f"[[{target}|{words}]]"

    def after(self, note: Note, draft: str) -> str | None:
        """A link to put behind words."""
        citekey, title = citekey_of(note), note.title
        if (self._form == "citekey" or note.id.endswith(MARKED)) and self._leads(citekey, "citekey", draft, note.id):
            return f"[@{citekey}]"
        if self._form == "title" and is_known_by_sight(title) and self._leads(title, "title", draft, note.id):
            return title
        if self._inline == "markdown" and (href := self._href(note.id, draft)):
            return f"([{title.translate({91: None, 93: None})}]({href}))"
        target = self.target(note.id, title, draft)
        return f"[[{target}]]" if target else None

    def target(self, note: str, title: str, draft: str) -> str | None:
        """The shortest name of the vault's manner by which a wikilink in the draft leads to the note."""
        path = PurePosixPath(note)
        plain = str(path.with_suffix(""))
        wanted = {"path": plain.removeprefix(self._root), "file": path.stem, "title": title}[self._by]
        names = [wanted, path.stem, plain.removeprefix(self._root), plain, note]
        for target in names if not note.endswith(MARKED) else [title]:  # nobody knows the name of such a file
            if not any(mark in target for mark in "[]|#^\r\n") and self._leads(target, "wikilink", draft, note):
                return target
        return None

    def _wikilinks(self) -> tuple[str, str]:
        """Whether wikilinks name the file, its folder too, or the title; and what folder is left out before paths."""
        rows = self.store.sql.execute(
            "SELECT target, note, title FROM mention JOIN note ON note.name = mention.note "
            "WHERE form = 'wikilink' AND note.file IS NOT NULL ORDER BY mention.id LIMIT ?", (_SAMPLE,),
        )  # fmt: skip
        by, roots = Counter({"file": 0}), Counter({"": 0})
        for target, note, title in rows:
            bare, plain = target.split("#", 1)[0], str(PurePosixPath(note).with_suffix(""))
            if "/" in bare and plain.casefold().endswith(bare.casefold().removesuffix(".md")):
                by["path"] += 1
                roots[plain[: len(plain) - len(bare.removesuffix(".md"))]] += 1
            elif bare.casefold() == PurePosixPath(note).stem.casefold():
                by["file"] += 1
            elif slug(bare) == slug(title):
                by["title"] += 1
        return max(by, key=lambda each: by[each]), max(roots, key=lambda each: roots[each])

    def _href(self, note: str, draft: str) -> str | None:
        """The way from the draft's folder to the note."""
        if note.endswith(MARKED):
            return None
        mine = PurePosixPath(draft).parent.parts if not draft.startswith("/") else ()
        other = PurePosixPath(note).parts
        same = 0
        while same < min(len(mine), len(other) - 1) and mine[same] == other[same]:
            same += 1
        href = quote("/".join([*[".."] * (len(mine) - same), *other[same:]]))
        return href if self._leads(href, "markdown", draft, note) else None

    def _leads(self, target: str, form: str, draft: str, note: str) -> bool:
        return bool(target) and choose(target, form, draft, candidates(self.store, target_key(target))) == note


def citekey_of(note: Note) -> str:
    """The citekey of the work a note rests on; empty where none has one."""
    return next((source.citekey for source in note.sources if source.citekey), "")
