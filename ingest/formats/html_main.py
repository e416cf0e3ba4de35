"""Which parts of a page are the page's own, and which are the site's.

The rule, in order; whatever it says, the first `h1` and a list of sources stay:

1. Out: navigation, page headers and footers, asides, forms (`where.frame`), unless next to nothing is left,
   as on pages that are one big form.
2. `<main>`, else all `<article>`, is the page if it holds half of the text that is left.
3. Otherwise the page is whole if nothing on it looks like a site: no part was left out, and no class or id
   speaks of sidebars, cookies or related posts.
4. Otherwise trafilatura is asked (it costs more than all the rest). If it finds a fair share of the text,
   what it does not find is left out where it stands before or after all that it finds, is mostly links, or is
   in an element of such a class. A paragraph amid the text is never lost on its word alone.
"""

import logging
import re

from ingest.formats.html_draft import Draft

_SOURCES = re.compile(
    r"[\W\d]*(?:sources?|references?|bibliography|works? cited|citations?|literature|foot ?notes|end ?notes"
    r"|notes|further reading|(?:next )?inquiring lines?(?: that .*)?|related (?:concepts|notes)\b.*"
    r"|connects to\b.*)(?:\W|\d|notes?\b)*",
    re.I,
)
_BIGGEST = 1_000_000
_LEAST = 200
_word = re.compile(r"\w+")


def main(drafts: list[Draft], text: str) -> list[Draft]:
    """The parts to keep, in order."""
    if not drafts:
        return drafts
    kept = _protected(drafts)
    inside = [draft for draft in drafts if not draft.where.frame]
    if _size(inside) * 5 < _size(drafts, "form"):
        inside = [draft for draft in drafts if draft.where.frame != "frame"]
    inside = inside if any(draft.where.kind != "heading" for draft in inside) else drafts
    whole = _size(inside)
    for name in ("main", "article"):
        own = [draft for draft in inside if draft.where.main == name or (name == "article" and draft.where.main)]
        if own and _size(own) * 2 >= whole:
            return _those(drafts, own, kept)
    if len(inside) < len(drafts) or any(draft.where.suspect for draft in inside):
        found = _asked(inside, text)
        if found:
            return _those(drafts, _unlike_a_site(inside, found), kept)
    return _those(drafts, inside, kept)


def _size(drafts: list[Draft], frame: str | None = None) -> int:
    return sum(draft.length for draft in drafts if frame is None or draft.where.frame == frame)


def _those(drafts: list[Draft], own: list[Draft], kept: set[int]) -> list[Draft]:
    wanted = {id(draft) for draft in own} | kept
    return [draft for draft in drafts if id(draft) in wanted]


def _protected(drafts: list[Draft]) -> set[int]:
    """The first `h1`, and lists of sources with their heading.

    An `h1` in the site's header counts only on a page without a heading of its own; else it names the site.
    """
    heads = [draft for draft in drafts if draft.where.kind == "heading" and draft.where.level <= 2]
    own = [draft for draft in heads if not (draft.where.frame or draft.where.suspect)]
    kept = {id(draft) for draft in [draft for draft in own or heads if draft.where.level == 1][:1]}
    under: Draft | None = None
    end = 0
    for draft in drafts:
        if under and (
            draft.number >= end
            or (draft.where.kind == "heading" and draft.where.level <= under.where.level)
            or (draft.where.frame, draft.where.main) != (under.where.frame, under.where.main)
        ):
            under = None
        if draft.where.kind == "heading" and draft.length <= 80 and _SOURCES.fullmatch(draft.text):
            under = draft
            # A heading alone in its element says nothing about where its list ends.
            end = draft.until if draft.until > draft.number + 1 else drafts[-1].number + 1
        if under:
            kept.add(id(draft))
    return kept


def _asked(drafts: list[Draft], text: str) -> list[bool] | None:
    """Of each part, whether trafilatura takes it for content; none where it has no say."""
    if len(text) > _BIGGEST:
        return None
    from trafilatura import extract

    log = logging.getLogger("trafilatura")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        answer = extract(text, output_format="txt", include_comments=False, favor_recall=True, fast=True) or ""
    except Exception:  # It is a guess by a heuristic; a page it stumbles over comes through whole.
        return None
    finally:
        log.setLevel(level)
    lines = {" ".join(_word.findall(line.lower())) for line in answer.splitlines()}
    runs = {run for line in lines for run in _runs(line.split())}
    found: list[bool] = []
    for draft in drafts:
        words = _word.findall(draft.text.lower())
        own = _runs(words)
        found.append(" ".join(words) in lines or (bool(own) and sum(run in runs for run in own) * 2 > len(own)))
    size = sum(draft.length for draft, is_found in zip(drafts, found, strict=True) if is_found)
    return found if size >= _LEAST and size * 3 >= _size(drafts) else None


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + 4]) for at in range(len(words) - 3)]


def _unlike_a_site(drafts: list[Draft], found: list[bool]) -> list[Draft]:
    first, last = found.index(True), len(found) - 1 - found[::-1].index(True)
    # A heading stands and falls with what it heads; a short line before the title is its label.
    title = next(
        (at for at, draft in enumerate(drafts) if draft.where.level == 1 and draft.where.kind == "heading"),
        first,
    )
    first = min(first, title if title == 0 or drafts[title - 1].linked or drafts[title - 1].length > 40 else title - 1)
    return [
        draft
        for at, (draft, is_found) in enumerate(zip(drafts, found, strict=True))
        if is_found or (first <= at <= last and not draft.where.suspect and draft.linked * 2 < draft.length)
    ]
