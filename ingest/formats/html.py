"""Saved web pages: text in, a `Sheet` out. Links become mentions where they could name another note: relative ones, and those
to the page's own site; those that lead to a DOI or to arXiv are listed in `meta["links"]`."""

import re
from urllib.parse import urlsplit

from ingest.formats.html_elements import Draft, Head
from ingest.formats.html_walk import walk
from ingest.formats.identity import normal_arxiv, normal_doi, split_authors
from ingest.page import Mention, Part, Sheet
from kb.note import REPORT

_saved_from = re.compile(r"<!--[^>]{0,80}?(?:saved from url=\(\d+\)|\burl:)\s*(https?://[^\s>]+)")
_scheme = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_asset = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|avif|ico|css|js|json|xml|rss|atom|woff2?|zip|gz|mp[34]|webm|wav|mov)", re.I
)
_date = re.compile(r"((?:1[5-9]|20)\d\d)(?:([-/.]?)(0?[1-9]|1[0-2])(?!\d)(?:[-/.](0?[1-9]|[12]\d|3[01])(?!\d))?)?")
_SOURCES = re.compile(
    r"[\W\d]*(?:sources?|references?|bibliography|works? cited|citations?|literature|foot ?notes|end ?notes"
    r"|notes|further reading|(?:next )?inquiring lines?(?: that .*)?|related (?:concepts|notes)\b.*"
    r"|connects to\b.*)(?:\W|\d|notes?\b)*",
    re.I,
)


def sheet(text: str, path: str) -> Sheet:
    """The parts of a saved page that are its own, and what its head says of it."""
    drafts, head = walk(text)
    url = _address(text, head)
    host = _host(url)
    own = own_parts(drafts)
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
    said = (url for url in (head.canonical, *head.metas.get("og:url", ())) if url.startswith(("http://", "https://")))
    saved = _saved_from.search(text[:4000])
    return next(said, saved[1] if saved else "")


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
        found = [each for value in head.metas.get(name, ()) for each in split_authors(value) if "://" not in each]
        if found:
            return list(dict.fromkeys(found))
    return []


def _iso(text: str) -> str:
    found = _date.search(text)
    if not found:
        return ""
    year, _, month, day = found.groups()
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


def own_parts(drafts: list[Draft]) -> list[Draft]:
    """The parts of a page that are its own and not the site's. The first `h1` and a list of sources stay in any case.

    Out is what stands in navigation, headers, footers, asides and forms (`where.frame`), unless next to nothing is left. Of the
    rest `<main>`, else all `<article>`, is the page if it holds half. Else, on a page that looks like a site's, out is what is
    mostly links, or of a class that speaks of sidebars, cookies or related posts, unless most of the page would be.
    """
    kept = _protected(drafts)
    inside = [draft for draft in drafts if not draft.where.frame]
    if _size(inside) * 5 < sum(draft.length for draft in drafts if draft.where.frame == "form"):
        inside = [draft for draft in drafts if draft.where.frame != "frame"]
    inside = inside if any(draft.where.kind != "heading" for draft in inside) else drafts
    main = [draft for draft in inside if draft.where.main == "main"]
    article = [draft for draft in inside if draft.where.main]
    own = next((part for part in (main, article) if part and _size(part) * 2 >= _size(inside)), [])
    if not own and (len(inside) < len(drafts) or any(draft.where.suspect for draft in inside)):
        own = [
            draft
            for draft in inside
            if not draft.where.suspect and (draft.linked * 2 < draft.length or draft.where.kind == "heading")
        ]
        own = own if _size(own) * 3 >= _size(inside) else []
    wanted = {id(draft) for draft in own or inside} | kept
    return [draft for draft in drafts if id(draft) in wanted]


def _size(drafts: list[Draft]) -> int:
    return sum(draft.length for draft in drafts)


def _protected(drafts: list[Draft]) -> set[int]:
    """The first `h1`, of a site's header only where the page has none, and lists of sources with their heading."""
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
