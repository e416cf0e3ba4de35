"""How long the texts are that each regular expression of the product is given, when notes hold lines without end.

Patterns are wrapped, a hundred notes of one long line each are read, checked, searched for links and asked about, and
the longest text that each pattern saw is kept. A pattern that only ever sees a claim, which has 2,000 characters at most,
cannot take long, however it grows.
"""

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from ingest import file_entries, pipeline
from ingest.scan import Seen
from ingest.titles import Titles
from kb.settings import Settings
from kb.store import open_store

LONG = 20_000
SENTENCE = "Alpha rewards do not raise the accuracy of 73.6% of students, while [[alpha]] says that they do"
PIECES = (
    " ", "\t", "a", "A ", "1,", "1 ", "[", "[[", "(", "*", "_", "<", "<b>", '"', "“", "'", "-", "a-", ", ", ". ", "? ", ": ", "|", "`", "$ ",
    "&", "{{", "<% ", "漢", "「", "\u00a0", "73.6% ", "not ", "but ", "and ", "that ", "only when ", "[[alpha]] ", "[a](b.md) ", "[@alpha2020] ",
    "[^1] ", "![", "http://a.b/ ", "(a) ", "\n", "> ", "# ", "~~", "== ", "\\", "^", "a:: ", "However, ", "This ", f"{SENTENCE}, ", f"{SENTENCE}. ",
    "Can gamma rewards add ability? ",
)  # fmt: skip
FORMS = {
    "a.md": ("Alpha data {} helps students learn.", "# {}\n\nAlpha data helps.\n", "- item {} helps students.\n", "---\ntitle: {}\n---\n", "# T\n\n## Tensions\n\nBy contrast, {}\n"),
    "a.txt": ("INQUIRING LINE\n\nDoes alpha help?\n\n{} helps students learn.\n", "Sources 1 notes\n{} helps students learn.\n"),
    "a.html": ("<html><body><h1>T</h1><p>{} helps.</p></body></html>", "{}"),
    "a.bib": ("@article{{a, title={{{}}}, author={{King, Ada}}, year={{2020}}}}", "{}"),
}  # fmt: skip


class Wrapped:
    """A pattern that remembers the longest text it was given."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.wrapped, self.longest = pattern, 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.wrapped, name)
        if name not in ("match", "search", "fullmatch", "findall", "finditer", "sub", "subn", "split"):
            return found
        at = 1 if name.startswith("sub") else 0

        def call(*given: Any, **named: Any) -> Any:
            begin, end = (*given[at + 1 : at + 3], None, None)[:2] if not at else (None, None)
            text = given[at] if len(given) > at else named["string"]
            self.longest = max(self.longest, (len(text) if end is None else min(end, len(text))) - (begin or 0))
            return found(*given, **named)

        return call


def reach(rooms: tuple[str, ...]) -> dict[tuple[str, int], int]:
    """The longest text of each pattern, by its source and flags."""
    from notes.check import Checker
    from notes.draft import draft_of
    from notes.suggest import Suggester
    from qa.ask import Asker

    made: dict[int, Wrapped] = {}
    modules = [module for name, module in list(sys.modules.items()) if name.split(".")[0] in rooms]
    for module in modules:
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                setattr(module, name, made.setdefault(id(value), Wrapped(value)))
    try:
        with tempfile.TemporaryDirectory() as folder:
            vault = Path(folder).resolve()
            titles = Titles(["Can gamma rewards add ability?"])
            for name, forms in FORMS.items():
                for form in forms:
                    for piece in PIECES:
                        (vault / name).write_text(form.format(piece * (LONG // len(piece))), encoding="utf-8")
                        file_entries.entry_of(str(vault), Seen(name, 1, 1), titles)
            (vault / "alpha.md").write_text(f"# Alpha\n\n{SENTENCE}.\n")
            (vault / "a.md").write_text(FORMS["a.md"][0].format(f"{SENTENCE}, " * 200))
            settings = Settings()
            pipeline.sync(vault, settings)
            with open_store(vault) as store:
                asker = Asker(store, settings)
                for piece in PIECES:
                    text = f"Alpha rewards {piece * (LONG // 4 // len(piece))} help students learn."
                    draft = draft_of(store, text, "draft.md")
                    if draft is not None:
                        Checker(store, settings).check(draft)
                        Suggester(store, settings).suggest(draft)
                    asker.ask(f"Do {text[:-1]}?")
                asker.close()
    finally:
        for module in modules:
            for name, value in vars(module).items():
                if isinstance(value, Wrapped):
                    setattr(module, name, value.wrapped)
    return {(each.wrapped.pattern, each.wrapped.flags): each.longest for each in made.values()}
