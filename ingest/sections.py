"""Parts under their headings: what every layout needs of the shape of a page."""

import re
from collections.abc import Iterable, Iterator

from ingest.page import Block, Mention, Part, Sheet

READER = "highlights and comments of the reader"
"""The heading over what the reader of a paper marked in it: his, not its author's."""


def in_sections(parts: Iterable[Part]) -> Iterator[Block]:
    """Prose with the headings above it and, for items, the sentence that introduces their list."""
    above: list[tuple[int, str]] = []
    section = lead = ""
    before = ""
    for part in parts:
        text = part.shown.text.strip()
        if part.kind == "heading":
            above = [*(entry for entry in above if entry[0] < part.level), (part.level, text.casefold())]
            section = " / ".join(name for _, name in above)
            lead = before = ""
            continue
        if part.kind == "item":
            lead = _last_sentence(before) if before.endswith((":", "：")) else lead
            before = ""
        else:
            lead, before = "", text
        yield Block(part, section, lead)


def _last_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s+", text)[-1]


def mentions_of(sheet: Sheet, blocks: Iterable[Block]) -> tuple[Mention, ...]:
    """Every mention of a page once: in front matter, headings and lists as well as in its prose."""
    front = sheet.meta.get("mentions")
    found = dict.fromkeys(front if isinstance(front, tuple) else ())
    found |= dict.fromkeys(mention for part in sheet.parts for mention in part.mentions)
    found |= dict.fromkeys(mention for block in blocks for mention in block.part.mentions)
    return tuple(sorted(found, key=lambda mention: (mention.start, mention.end)))
