"""Saved web pages: text in, a `Sheet` out.

Links become mentions where they could name another note: relative ones, and those to the page's own site,
whose address is the page's canonical link, `og:url`, or what the browser wrote into the saved file. The rest
are not mentions; those that lead to a DOI or to arXiv are listed in `meta["links"]`.
"""

import logging
import re
from urllib.parse import urlsplit

from ingest.formats.html_elements import Draft, Head
from ingest.formats.html_walk import walk
from ingest.formats.identifiers import normal_arxiv, normal_doi
from ingest.formats.library import plain_name
from ingest.page import Mention, Part, Sheet
from kb.note import REPORT

_saved_from = re.compile(r"<!--[^>]{0,80}?(?:saved from url=\(\d+\)|\burl:)\s*(https?://[^\s>]+)")
_scheme = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_asset = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|avif|ico|css|js|json|xml|rss|atom|woff2?|zip|gz|mp[34]|webm|wav|mov)", re.I
)
_date = re.compile(r"((?:1[5-9]|20)\d\d)(?:([-/.]?)(0?[1-9]|1[0-2])(?!\d)(?:[-/.](0?[1-9]|[12]\d|3[01])(?!\d))?)?")
_and = re.compile(r"\s*;\s*|\s+(?:and|&)\s+")
_SOURCES = re.compile(
    r"[\W\d]*(?:sources?|references?|bibliography|works? cited|citations?|literature|foot ?notes|end ?notes"
    r"|notes|further reading|(?:next )?inquiring lines?(?: that .*)?|related (?:concepts|notes)\b.*"
    r"|connects to\b.*)(?:\W|\d|notes?\b)*",
    re.I,
)
_BIGGEST = 1_000_000
_LEAST = 200
_word = re.compile(r"\w+")


def sheet(text: str, path: str) -> Sheet:
    """The parts of a saved page that are its own, and what its head says of it."""
    drafts, head = walk(text)
    url = _address(text, head)
    host = _host(url)
    own = own_parts(drafts, text)
    parts = tuple(_part(draft, host) for draft in own)
    meta = _meta(head, url, next((part.shown.text for part in parts if part.kind == "heading"), ""))
    hrefs = (anchor.href for draft in own for anchor in draft.links)
    if works := list(dict.fromkeys(href for href in hrefs if _is_work(href))):
        meta["links"] = works
    return Sheet(path, parts, meta)


def _part(draft: Draft, host: str) -> Part:
    mentions = tuple(
        Mention(target, "markdown", anchor.start, anchor.end, shown=anchor.shown)
        for anchor in draft.links
        if (target := _target(anchor.href, host))
    )
    return Part(draft.where.kind, draft.shown(), draft.where.level, mentions)


def _target(href: str, host: str) -> str:
    """The link as written, without query and fragment, if it may lead to a note; else nothing."""
    bare = href.split("#", 1)[0].split("?", 1)[0]
    scheme = _scheme.match(bare)
    if scheme and scheme[0].lower() not in ("http:", "https:"):
        return ""
    if (scheme or bare.startswith("//")) and (not host or _host(bare) != host):
        return ""
    name = bare.rstrip("/").rpartition("/")[2]
    if scheme or bare.startswith("//"):
        name = bare.split("//", 1)[-1].partition("/")[2].rstrip("/").rpartition("/")[2]
    dot = name.rfind(".")
    if name in ("", ".", "..") or (dot > 0 and _asset.fullmatch(name, dot)):
        return ""
    return bare


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _is_work(href: str) -> bool:
    return bool(href.lower().startswith(("http:", "https:", "doi:", "//")) and (normal_doi(href) or normal_arxiv(href)))


def _address(text: str, head: Head) -> str:
    said: list[str] = [head.canonical, *head.metas.get("og:url", ())]
    for url in said:
        if url.startswith(("http://", "https://")):
            return url
    saved = _saved_from.search(text[:4000])
    return saved[1] if saved else ""


def _meta(head: Head, url: str, heading: str) -> dict[str, object]:
    def first(*names: str) -> str:
        return next((value for name in names for value in head.metas.get(name, ())), "")

    title = first("citation_title", "og:title") or head.title or heading
    # "Title | Site": the heading says where the title ends.
    title = heading if heading and title.casefold().startswith(heading.casefold()) else title
    doi = next((doi for name in _DOI for value in head.metas.get(name, ()) if (doi := normal_doi(value))), "")
    meta: dict[str, object] = {
        "title": " ".join(title.split()),
        "authors": _authors(head),
        "date": _iso(
            first("article:published_time", "citation_publication_date", "citation_date", *_DATE) or head.time
        ),
        "doi": doi,
        "arxiv": normal_arxiv(first("citation_arxiv_id")),
        "url": url,
        "topics": [REPORT] if first("generator") == REPORT else [],
        "description": " ".join(first("description", "og:description", "dc.description").split()),
    }
    return {name: value for name, value in meta.items() if value}


_DOI = ("citation_doi", "dc.identifier", "dc.identifier.doi", "prism.doi", "bepress_citation_doi")
_DATE = ("date", "dc.date", "dc.date.issued", "datepublished", "pubdate")


def _authors(head: Head) -> list[str]:
    for name in ("citation_author", "author", "dc.creator", "article:author"):
        found: list[str] = []
        for value in head.metas.get(name, ()):
            for one in _and.split(value):
                # "Ada King, Bo Li" are two; "King, Ada" is one.
                several = one.split(",") if all(" " in part.strip() for part in one.split(",")) else [plain_name(one)]
                found += [" ".join(each.split()) for each in several if each.strip() and "://" not in each]
        if found:
            return list(dict.fromkeys(found))
    return []


def _iso(text: str) -> str:
    found = _date.search(text)
    if not found:
        return ""
    year, _, month, day = found.groups()
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


def own_parts(drafts: list[Draft], text: str) -> list[Draft]:
    """The parts of a page that are its own and not the site's.

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
