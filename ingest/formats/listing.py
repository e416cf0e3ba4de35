"""Lists of notes with what is said of each: under Sources, among related notes, in a hub."""

import re
from collections.abc import Iterable, Sequence

from ingest.formats.identity import is_question
from ingest.names import listed_as
from ingest.page import Block, Listed, Part, Writer
from kb.oneline import one_line

_DASH = re.compile(r"\s*(?:[—–:]|--|-(?=\s))?\s*")


def summaries(found: Iterable[tuple[Listed, Part | None]], section: str) -> tuple[Block, ...]:
    """What a list says of notes, as claims of these."""
    return tuple(Block(part, section, about=listed_as(entry.target, entry.title)) for entry, part in found if part)


def described(parts: Sequence[Part]) -> list[tuple[Listed, Part | None]]:
    """Title and summary of each note: one after the other, or a link and its gloss in one item."""
    found: list[tuple[Listed, Part | None]] = []
    title: tuple[str, str] | None = None
    for part in parts:
        text = one_line(part.shown.text, 4000)
        links = [mention for mention in part.mentions if mention.shown and mention.form != "title"]
        whole = bool(links) and links[0].shown is not None and links[0].shown[1] - links[0].shown[0] >= len(text) - 3
        if links and links[0].shown and not whole and part.shown.text[: links[0].shown[0]].strip(' *_“"') == "":
            if title:
                found.append((Listed(title[0], "", title[1]), None))
                title = None
            named = one_line(part.shown.text[slice(*links[0].shown)])
            rest = _rest(part, links[0].shown[1])
            found.append((Listed(named, one_line(rest.shown.text, 1000), links[0].target), rest))
        elif is_question(text) or whole or part.kind == "heading":
            if title:
                found.append((Listed(title[0], "", title[1]), None))
            title = (text, links[0].target if links else "")
        elif title:
            found.append((Listed(title[0], text[:1000], title[1]), part))
            title = None
        elif found and found[-1][1] is None:
            found[-1] = (found[-1][0]._replace(summary=text[:1000]), part)
    if title:
        found.append((Listed(title[0], "", title[1]), None))
    return found


def _rest(part: Part, start: int) -> Part:
    """What an item says after its link."""
    match = _DASH.match(part.shown.text, start)
    out = Writer()
    out.copy(part.shown, match.end() if match else start, len(part.shown.text))
    return Part("prose", out.done())
