"""A blog post: a title, a summary up front, sections; it cites little and argues much."""

import re
from pathlib import PurePosixPath

from ingest.formats.identity import note_of, says
from ingest.page import Page, Sheet
from ingest.sections import in_sections, mentions_of
from ingest.titles import Titles, cite
from kb.oneline import one_line

_BACK = re.compile(r"←\s*(?:blog|all posts|posts|home|back)", re.I)
_SUMMARY = re.compile(r"tl;?dr:?|summary|in short", re.I)


def fits(sheet: Sheet) -> bool:
    """Whether the sheet is a post: it says so, opens with a TL;DR, or lives among posts."""
    said = str(sheet.meta.get("kind") or sheet.meta.get("type") or sheet.meta.get("layout") or "").casefold()
    if said in ("post", "blog", "blog post", "article"):
        return True
    if any(says(part, _BACK) for part in sheet.parts[:2]) or any(
        part.kind == "heading" and re.match(r"tl;?dr", part.shown.text.strip(), re.I) for part in sheet.parts[:6]
    ):
        return True
    return bool(
        {"post", "posts", "blog", "_posts"} & {name.casefold() for name in PurePosixPath(sheet.path).parts[:-1]}
    )


def read(sheet: Sheet, titles: Titles) -> Page:
    """The post as a page; what stands under TL;DR is its summary."""
    parts = [part for part in sheet.parts if not says(part, _BACK)]
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
