"""Layouts: a sheet becomes a page, as a hub, a post or any other note; sections and lists of notes, which every layout has.
The two layouts with more to them have modules of their own, `line` and `synthesis`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from ingest.formats.identity import heading, is_question, is_source_line, note_of, says
from ingest.names import listed_as
from ingest.page import Block, Listed, Mention, Page, Part, Sheet
from ingest.titles import Titles, cite
from kb.note import NoteKind
from kb.oneline import one_line

_DASH = re.compile(r"\s*(?:[—–:]|--|-(?=\s))?\s*")
_ALL_NOTES = re.compile(r"←\s*all notes", re.I)
_COUNT = re.compile(r"topic hub\b.*", re.I)
_CHROME = re.compile(r"(?:view as.*|\d+ notes?|explore related.*|read →|concept map)", re.I)
_ALL_POSTS = re.compile(r"←\s*(?:blog|all posts|posts|home|back)", re.I)
_SUMMARY = re.compile(r"tl;?dr:?|summary|in short", re.I)
_SUMMARIES = ("summary", "abstract", "tl;dr", "tldr", "overview", "scope")


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
            lead = re.split(r"(?<=[.!?])\s+", before)[-1] if before.endswith((":", "：")) else lead
            before = ""
        else:
            lead, before = "", text
        yield Block(part, section, lead)


def mentions_of(sheet: Sheet, blocks: Iterable[Block]) -> tuple[Mention, ...]:
    """Every mention of a page once: in front matter, headings and lists as well as in its prose."""
    front = sheet.meta.get("mentions")
    found = dict.fromkeys(front if isinstance(front, tuple) else ())
    found |= dict.fromkeys(mention for part in sheet.parts for mention in part.mentions)
    found |= dict.fromkeys(mention for block in blocks for mention in block.part.mentions)
    return tuple(sorted(found, key=lambda mention: (mention.start, mention.end)))


def summaries(found: Iterable[tuple[Listed, Part | None]], section: str) -> tuple[Block, ...]:
    """What a list says of notes, as claims of these."""
    return tuple(Block(part, section, about=listed_as(entry.target, entry.title)) for entry, part in found if part)


def described(parts: Sequence[Part]) -> list[tuple[Listed, Part | None]]:
    """Title and summary of each note in a list: one after the other, or a link and its gloss in one item."""
    found: list[tuple[Listed, Part | None]] = []
    for part in parts:
        text = one_line(part.shown.text, 4000)
        links = [mention for mention in part.mentions if mention.shown and mention.form != "title"]
        whole = bool(links) and links[0].shown is not None and links[0].shown[1] - links[0].shown[0] >= len(text) - 3
        if links and links[0].shown and not whole and part.shown.text[: links[0].shown[0]].strip(' *_“"') == "":
            named = one_line(part.shown.text[slice(*links[0].shown)])
            gap = _DASH.match(part.shown.text, links[0].shown[1])
            rest = part.shown.cut(gap.end() if gap else links[0].shown[1])
            found.append((Listed(named, one_line(rest.text, 1000), links[0].target), Part("prose", rest)))
        elif is_question(text) or whole or part.kind == "heading":
            found.append((Listed(text, "", links[0].target if links else ""), None))
        elif found and found[-1][1] is None:
            found[-1] = (found[-1][0]._replace(summary=text[:1000]), part)
    return found


def is_hub(sheet: Sheet) -> bool:
    """Whether the sheet is a topic hub: a question and the notes that bear on it, each with its scope line."""
    return any(says(part, _COUNT) for part in sheet.parts[:8])


def read_hub(sheet: Sheet, titles: Titles) -> Page:
    """The hub as a page: no claims of its own, but every note it lists, with what it says of it."""
    parts = [part for part in sheet.parts if not says(part, _ALL_NOTES) and not says(part, _CHROME)]
    count = next(at for at, part in enumerate(parts) if says(part, _COUNT))
    head = [part.shown.text.strip() for part in parts[:count]]
    title = next((text for text in head if is_question(text)), head[0] if head else "")
    summary = next((text for text in head if text != title), "")
    # A heading that is no question and no link parts the notes; it is none.
    rest = (
        part
        for part in parts[count + 1 :]
        if part.kind != "heading" or part.mentions or is_question(part.shown.text.strip())
    )
    listed = described(list(rest))
    note = note_of(sheet, "note", title=one_line(title), summary=summary)
    entries = tuple(entry for entry, _ in listed)
    return Page(note, summaries(listed, "related"), mentions_of(sheet, ()), entries, problems=sheet.problems)


def is_post(sheet: Sheet) -> bool:
    """Whether the sheet is a blog post: it says so, opens with a TL;DR, or lives among posts."""
    said = str(sheet.meta.get("kind") or sheet.meta.get("type") or sheet.meta.get("layout") or "").casefold()
    if said in ("post", "blog", "blog post", "article"):
        return True
    if any(says(part, _ALL_POSTS) for part in sheet.parts[:2]) or any(
        part.kind == "heading" and re.match(r"tl;?dr", part.shown.text.strip(), re.I) for part in sheet.parts[:6]
    ):
        return True
    return bool(
        {"post", "posts", "blog", "_posts"} & {name.casefold() for name in PurePosixPath(sheet.path).parts[:-1]}
    )


def read_post(sheet: Sheet, titles: Titles) -> Page:
    """The post as a page; what stands under TL;DR is its summary."""
    parts = [part for part in sheet.parts if not says(part, _ALL_POSTS)]
    title = ""
    if parts and parts[0].kind == "heading" and not sheet.meta.get("title"):
        title = one_line(parts[0].shown.text)
        parts = parts[1:]
    blocks = cite(tuple(in_sections(parts)), titles, False)
    summary = next(
        (block.part.shown.text for block in blocks if _SUMMARY.fullmatch(block.section.split(" / ")[-1])), ""
    )
    note = note_of(sheet, "post", title=title, summary=summary)
    return Page(note, blocks, mentions_of(sheet, blocks), problems=sheet.problems)


def read_note(sheet: Sheet, titles: Titles) -> Page:
    """Any other note as a page: whatever its sections are called, all of its prose and every one of its links. Its summary is
    what it calls one, else the paragraph it opens with."""
    parts = list(sheet.parts)
    title = ""
    if not sheet.meta.get("title") and parts and not heading(sheet):
        first = parts[0].shown.text.strip()
        if parts[0].kind == "heading" or (is_question(first) and len(parts) > 1):
            title, parts = first, parts[1:]
    blocks = cite(tuple(in_sections(parts)), titles, False)
    summary = next((block.part.shown.text for block in blocks if block.section.split(" / ")[-1] in _SUMMARIES), "")
    if not summary:
        opening = next((block.part for block in blocks if not is_source_line(block.part)), None)
        summary = opening.shown.text if opening and opening.kind == "prose" and len(opening.shown.text) <= 600 else ""
    kind: NoteKind = "paper" if sheet.path.casefold().endswith(".pdf") else "note"
    note = note_of(sheet, kind, title=title, summary=summary)
    return Page(note, blocks, mentions_of(sheet, blocks), problems=sheet.problems)
