"""How a link is written: as the vault's author writes links, unless kb.toml says otherwise."""

from collections import Counter
from pathlib import PurePosixPath
from typing import NamedTuple, get_args
from urllib.parse import quote

from ingest.connect import candidates
from ingest.names import choose, target_key
from ingest.titles import is_known_by_sight
from kb.note import slug
from kb.oneline import one_line
from kb.settings import Link, Settings
from kb.store import Store

_FORMS = get_args(Link)[1:]
_ENOUGH = 3
"""Links that make a habit."""


class Names(NamedTuple):
    """What a note can be linked by."""

    title: str
    citekey: str


class Habit:
    """How the author of a vault links, told from the links there are."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        counts = dict(store.sql.execute("SELECT form, count(*) FROM mention GROUP BY form").fetchall())
        mine = {form: counts.get(form, 0) for form in _FORMS}
        best = max(mine, key=lambda form: mine[form])
        self.form: str = settings.link or (best if mine[best] >= _ENOUGH else "wikilink")
        self.inline = self.form if self.form in ("wikilink", "markdown") else "wikilink"
        """How words that are there already are linked; a citekey or a title cannot be laid over words."""
        if self.form not in ("wikilink", "markdown") and mine["markdown"] > 2 * mine["wikilink"]:
            self.inline = "markdown"
        self._by, self._root = self._manner()
        self._written: dict[str, str] = {}

    def _manner(self) -> tuple[str, str]:
        """Whether wikilinks name the file, its folder too, or the title; and what folder is left out before paths."""
        rows = self.store.sql.execute(
            "SELECT target, note, title FROM mention JOIN note ON note.name = mention.note "
            "WHERE form = 'wikilink' AND note.file IS NOT NULL ORDER BY mention.id LIMIT 2000"
        )
        by: Counter[str] = Counter()
        roots: Counter[str] = Counter()
        for target, note, title in rows:
            bare, plain = target.split("#", 1)[0], str(PurePosixPath(note).with_suffix(""))
            if "/" in bare and plain.casefold().endswith(bare.casefold().removesuffix(".md")):
                by["path"] += 1
                roots[plain[: len(plain) - len(bare.removesuffix(".md"))]] += 1
            elif bare.casefold() == PurePosixPath(note).stem.casefold():
                by["file"] += 1
            elif slug(bare) == slug(title):
                by["title"] += 1
        return (by.most_common(1) or [("file", 0)])[0][0], (roots.most_common(1) or [("", 0)])[0][0]

    def over(self, words: str, note: str, names: Names, draft: str) -> str | None:
        """Words that are there already, made a link; none where no link would lead to the note."""
        words = one_line(words, 1000)
        if self.inline == "markdown" and (href := self._href(note, draft)):
            return f"[{words}]({href})"
        target = self._target(note, names, draft)
        if target is None or any(mark in words for mark in "[]|"):
            return None
        return f"[[{target}]]" if target == words else f"[[{target}|{words}]]"

    def after(self, note: str, names: Names, draft: str) -> str | None:
        """A link to put behind words."""
        if self.form == "citekey" and self._leads(names.citekey, "citekey", draft, note):
            return f"[@{names.citekey}]"
        if self.form == "title" and is_known_by_sight(names.title) and self._leads(names.title, "title", draft, note):
            return names.title
        if self.inline == "markdown" and (href := self._href(note, draft)):
            return f"([{names.title.translate({91: None, 93: None})}]({href}))"
        target = self._target(note, names, draft)
        return f"[[{target}]]" if target else None

    def _target(self, note: str, names: Names, draft: str) -> str | None:
        """The shortest name of the wanted manner that leads there."""
        if note in self._written and self._leads(self._written[note], "wikilink", draft, note):
            return self._written[note]
        path = PurePosixPath(note)
        plain = str(path.with_suffix(""))
        wanted = {"path": plain.removeprefix(self._root), "file": path.stem, "title": names.title}[self._by]
        for target in (wanted, path.stem, plain.removeprefix(self._root), plain, note):
            if not any(mark in target for mark in "[]|#^\n") and self._leads(target, "wikilink", draft, note):
                self._written[note] = target
                return target
        return None

    def _href(self, note: str, draft: str) -> str | None:
        """The way from the draft's folder to the note."""
        mine = PurePosixPath(draft).parent.parts if not draft.startswith("/") else ()
        other = PurePosixPath(note).parts
        same = 0
        while same < min(len(mine), len(other) - 1) and mine[same] == other[same]:
            same += 1
        href = quote("/".join([*[".."] * (len(mine) - same), *other[same:]]))
        return href if self._leads(href, "markdown", draft, note) else None

    def _leads(self, target: str, form: str, draft: str, note: str) -> bool:
        if not target:
            return False
        return choose(target, form, draft, candidates(self.store, target_key(target))) == note
