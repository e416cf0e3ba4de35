"""An inquiring line: a question, an essay that cites notes, the notes it cites, the questions it leads to.

Read in every layout: with its label or without, flat (single newlines, and no titles under Sources),
or as Markdown or a saved page with real links.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.formats.identity import is_question, note_of, says
from ingest.names import listed_as
from ingest.page import Block, Listed, Page, Part, Sheet, Writer
from ingest.sections import in_sections, mentions_of
from ingest.titles import Titles, cite
from kb.note import slug
from kb.oneline import one_line
from kb.problem import Problem

_LABEL = re.compile(r"inquiring line", re.I)
_SOURCES = re.compile(r"sources(?:\s+(\d+)\s+notes?)?:?", re.I)
_NEXT = re.compile(r"next (?:inquiring )?(?:lines|questions):?", re.I)
_LEAD = re.compile(r"this (?:line |essay |question )?(?:explores|asks|examines|reads|looks at|investigates)\b", re.I)
_DASH = re.compile(r"[\s]*(?:[—–:]|--|-(?=\s))?\s*")
_WORD = re.compile(r"\w{4,}")
_MOST = 400


def fits(sheet: Sheet) -> bool:
    """Whether the sheet is an inquiring line."""
    said = str(sheet.meta.get("kind") or sheet.meta.get("type") or "").casefold().replace("-", " ")
    if said in ("line", "inquiring line") or (sheet.parts and says(sheet.parts[0], _LABEL)):
        return True
    head = sheet.parts[:4]
    asked = is_question(str(sheet.meta.get("title") or "")) or any(
        is_question(part.shown.text.strip()) for part in head[:2]
    )
    if not asked:
        return False
    counted = any((found := says(part, _SOURCES)) and found[1] for part in sheet.parts)
    onward = any(says(part, _NEXT) for part in sheet.parts)
    return counted or onward or any(_LEAD.match(part.shown.text) for part in head)


def read(sheet: Sheet, titles: Titles) -> Page:
    """The line as a page. Notes under Sources are listed; their summaries are claims of those notes."""
    parts = [part for part in sheet.parts if not says(part, _LABEL)]
    title, parts = _title(sheet, parts)
    sources_at = _find(parts, _SOURCES)
    next_at = _find(parts, _NEXT)
    ends = [at for at in (sources_at, next_at) if at is not None]
    body = parts[: min(ends, default=len(parts))]
    listing = _between(parts, sources_at, next_at)
    onward = _between(parts, next_at, sources_at)
    given = [part for part in listing if part.shown.text.strip() and not says(part, re.compile(r"\d+ notes?"))]

    described = _described(given)
    known = Titles()
    for listed, _ in described:
        known.add(listed.title)
    blocks = cite(cite(tuple(in_sections(body)), known, False), titles, True)
    if given and not described:
        described = _titles_from_text(given, blocks)
    stated = says(parts[sources_at], _SOURCES) if sources_at is not None else None
    expected = int(stated[1]) if stated and stated[1] else len(described)
    problems = (
        sheet.problems
        if expected == len(described)
        else (*sheet.problems, _miscounted(sheet, expected, len(described)))
    )

    summaries = tuple(
        Block(part, "sources", about=listed_as(entry.target, entry.title)) for entry, part in described if part
    )
    note = note_of(sheet, "line", title=title, summary=_lead(body))
    questions = tuple(one_line(part.shown.text) for part in onward if part.shown.text.strip().endswith("?"))
    entries = tuple(entry for entry, _ in described)
    return Page(note, (*blocks, *summaries), mentions_of(sheet, blocks), entries, questions, problems=problems)


def _title(sheet: Sheet, parts: list[Part]) -> tuple[str, list[Part]]:
    """The question, and what follows it."""
    for index, part in enumerate(parts[:3]):
        text = part.shown.text.strip()
        if part.kind == "heading" or is_question(text):
            return text, parts[index + 1 :]
        if part.kind != "row":
            break
    return str(sheet.meta.get("title") or ""), parts


def _lead(body: Sequence[Part]) -> str:
    first = next((part.shown.text.strip() for part in body if part.kind == "prose"), "")
    return first if _LEAD.match(first) or len(first) < 600 else ""


def _find(parts: Sequence[Part], pattern: re.Pattern[str]) -> int | None:
    """The last part that is this label: an essay may use the word before."""
    return next((at for at in range(len(parts) - 1, -1, -1) if says(parts[at], pattern)), None)


def _between(parts: Sequence[Part], start: int | None, other: int | None) -> Sequence[Part]:
    if start is None:
        return ()
    return parts[start + 1 : other if other is not None and other > start else len(parts)]


def _described(parts: Sequence[Part]) -> list[tuple[Listed, Part | None]]:
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
            found[-1] = (replace(found[-1][0], summary=text[:1000]), part)
    if title:
        found.append((Listed(title[0], "", title[1]), None))
    return found


def _rest(part: Part, start: int) -> Part:
    """What an item says after its link."""
    match = _DASH.match(part.shown.text, start)
    out = Writer()
    out.copy(part.shown, match.end() if match else start, len(part.shown.text))
    return Part("prose", out.done())


def _titles_from_text(given: Sequence[Part], blocks: Sequence[Block]) -> list[tuple[Listed, Part | None]]:
    """The flat layout loses the titles; its summaries stand in the order of first citation."""
    order: dict[str, str] = {}
    told: dict[str, str] = {}
    for block in blocks:
        for mention in block.part.mentions:
            if mention.form == "title" and mention.shown:
                key = slug(mention.target)
                order.setdefault(key, mention.target)
                before = block.part.shown.text[max(0, mention.shown[0] - 300) : mention.shown[0]]
                told[key] = f"{told.get(key, mention.target)} {before}"
    keys = list(order)
    if len(keys) == len(given):
        pairs = list(zip(keys, given, strict=True))
    else:
        pairs = _aligned(keys, [told[key] for key in keys], given)
    return [(Listed(order[key], one_line(part.shown.text, 1000), inferred=True), part) for key, part in pairs]


def _aligned(keys: list[str], told: list[str], given: Sequence[Part]) -> list[tuple[str, Part]]:
    """The pairing in order that shares most words, where the counts differ."""
    keys, given = keys[:_MOST], given[:_MOST]
    theirs = [_words(part.shown.text) for part in given]
    score = [[_shared(mine, other) for other in theirs] for mine in map(_words, told[:_MOST])]
    rows, columns = len(keys), len(given)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + score[i][j])
    pairs: list[tuple[str, Part]] = []
    i = j = 0
    while i < rows and j < columns:
        if score[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + score[i][j]:
            pairs.append((keys[i], given[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _words(text: str) -> set[str]:
    return {word.casefold()[:7] for word in _WORD.findall(text)}


def _shared(mine: set[str], theirs: set[str]) -> float:
    return len(mine & theirs) / (1 + min(len(mine), len(theirs)))


def _miscounted(sheet: Sheet, stated: int, found: int) -> Problem:
    return Problem(
        code="source-titles",
        message=f"The line names {stated} sources, and {found} could be told apart.",
        path=sheet.path,
        hint="Notes that could not be told apart are missing from its sources; link them to be sure.",
    )
