"""Who a note is: title, aliases, sources and date, from front matter, an HTML head or the file's name; the identifiers of works,
DOI and arXiv, in the one form in which they are compared."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import PurePosixPath

from ingest.formats.front import distinct_tags, tags, words
from ingest.formats.html_elements import without_markup
from ingest.page import Part, Sheet
from kb.note import Note, NoteKind, Source, slug
from kb.oneline import one_line

_DATE = re.compile(r"\b((?:19|20)\d\d)(?:-(0[1-9]|1[0-2])(?:-([0-2]\d|3[01]))?)?")
_NAMED_ARXIV = re.compile(r"arXiv:\s+", re.I)  # "arXiv: 2403.01234"
_AND = re.compile(r"\s*;\s*|\s*,?\s+(?:and|&)\s+")
URL = re.compile(r"https?://[^\s<>()\[\]\"']+")
_NO_NAMES = frozenset(("summary", "abstract", "introduction", "notes", "overview", "tl;dr", "index", "contents"))
SOURCE_LINE = re.compile(r"\s*\**(?:source|paper|original|link|url|doi|arxiv|reference)s?\b\**\s*[:：]", re.I)
_DOI = re.compile(r"\b10\.[0-9]{4,9}/[^\s\"'<>{}|\\^`?#]+")
_ARXIV = re.compile(
    r"([0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/[0-9]{7})(?:v[0-9]+)?(?:\.pdf)?(?![0-9])",
    re.I,
)
_IN_ARXIV = re.compile(r"arxiv(?:\.org/(?:abs|pdf|html|ps|e-print)/|[.:/])\s*(?=[0-9a-z])", re.I)


def note_of(
    sheet: Sheet,
    kind: NoteKind,
    *,
    title: str = "",
    summary: str = "",
    aliases: Iterable[str] = (),
    when: str = "",
    topics: Iterable[str] = (),
) -> Note:
    """The note a sheet is; what its layout found goes before what the front matter says of it."""
    meta = sheet.meta
    stem, first = PurePosixPath(sheet.path).stem, heading(sheet)
    named = (
        one_line(title)
        or one_line(without_markup(next(iter(words(meta.get("title"))), "")))
        or first
        or one_line(stem)
        or sheet.path
    )
    others = (
        *aliases,
        *words(meta.get("aliases")),
        *words(meta.get("alias")),
        *((first,) if first.casefold() not in _NO_NAMES else ()),
        stem,
    )
    return Note(
        id=sheet.path,
        title=named,
        kind=kind,
        path=sheet.path,
        summary=one_line(summary or next(iter(words(meta.get("summary") or meta.get("description") or "")), ""), 1000),
        aliases=_distinct(others, named),
        sources=sources_of(sheet),
        date=when or date_of(meta),
        topics=tuple(dict.fromkeys((*topics, *tags(meta.get("topics") or meta.get("topic")), *tags(meta.get("tags"))))),
        tags=distinct_tags((*tags(meta.get("tags") or meta.get("tag"), " "), *sheet.tags)),
    )


_LINKED = re.compile(
    r"(?:\s*\[(?:pdf|html|paper|arxiv|video|slides?|talk|poster|code|github|blog(?: post)?|website|link|amazon)(?: \d+)?\])+$",
    re.I,
)  # "Attention is all you need [pdf] [video 1]"


def heading(sheet: Sheet) -> str:
    """The first heading, when the file begins with it."""
    for part in sheet.parts[:3]:
        if part.kind == "heading" and part.level == 1:
            return _LINKED.sub("", one_line(part.shown.text)) or one_line(part.shown.text)
        if part.kind != "row":
            break
    return ""


def _distinct(names: Iterable[str], title: str) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for name in map(one_line, map(without_markup, names)):
        key = slug(name)
        if key and key != slug(title):
            kept.setdefault(key, name)
    return tuple(kept.values())


def date_of(meta: Mapping[str, object]) -> str:
    """An ISO date from whatever the front matter calls one."""
    for key in ("date", "created", "published", "updated", "modified"):
        value = meta.get(key)
        if isinstance(value, datetime | date):
            return value.isoformat()[:10]
        if match := _DATE.search(str(value or "")):
            return "-".join(part for part in match.groups() if part)
    return ""


def sources_of(sheet: Sheet) -> tuple[Source, ...]:
    """The literature the note says it rests on: in its front matter, or in a line "Source: ..."."""
    meta = sheet.meta
    year = _DATE.search(str(meta.get("year") or ""))
    links = words(meta.get("links"))
    first = Source(
        citekey=next(iter(words(meta.get("citekey") or meta.get("citation_key") or meta.get("bibkey"))), "").lstrip(
            "@"
        ),
        doi=normal_doi(_first(meta, "doi")),
        arxiv=normal_arxiv(_first(meta, "arxiv", "arxiv_id", "eprint")),
        url=next(
            (url for url in (_first(meta, "url", "link", "source_url", "source")).split() if URL.fullmatch(url)), ""
        ),
        authors=_authors(meta.get("authors") or meta.get("author")),
        year=int(year[1]) if year else None,
        title=_first(meta, "paper", "work", "paper_title", "source_title"),
    )
    found = [first] if first.citekey or first.doi or first.arxiv or first.url or first.title else []
    if first.authors and first.year and not found:
        found = [first]
    for text in (*(part.shown.text for part in sheet.parts if SOURCE_LINE.match(part.shown.text)), *links):
        found += _identified(text)
    found += [
        Source(citekey=key.lstrip("@")) for key in words(meta.get("sources") or ()) if re.fullmatch(r"@[\w:.-]+", key)
    ]
    by_voice = {source.voice(): source for source in reversed(found)}
    return tuple(reversed(by_voice.values()))


def _identified(text: str) -> list[Source]:
    """DOIs and arXiv ids in one line, else addresses."""
    found: list[Source] = []
    for word in _NAMED_ARXIV.sub("arXiv:", text).split():
        if doi := normal_doi(word):
            found.append(Source(doi=doi))
        elif "arxiv" in word.casefold() and (arxiv := normal_arxiv(word)):
            found.append(Source(arxiv=arxiv))
    return found or [Source(url=match[0].rstrip(".,;")) for match in URL.finditer(text)]


def _first(meta: Mapping[str, object], *keys: str) -> str:
    return next((word for key in keys for word in words(meta.get(key))), "")


def _authors(value: object) -> tuple[str, ...]:
    given = words(value)
    if len(given) == 1 and (" and " in given[0] or ";" in given[0] or given[0].count(",") > 1):
        given = tuple(split_authors(given[0]))
    return tuple(name for name in given if name and name.casefold() not in ("et al", "et al."))


def split_authors(text: str) -> list[str]:
    """Names in one string: "Ada King, Bo Li" are two, "King, Ada" is one."""
    found: list[str] = []
    for one in _AND.split(text):
        names = [" ".join(name.split()) for name in one.split(",")]
        found += names if len(names) > 2 or all(" " in name for name in names) else [plain_name(one)]
    return [name for name in found if name]


def plain_name(name: str) -> str:
    """A person as one says it: "First Last", from "Last, First" or "von Last, Jr, First"."""
    parts = [" ".join(part.split()) for part in name.split(",")]
    if len(parts) > 2 and parts[0]:
        return f"{' '.join(parts[2:])} {parts[0]}, {parts[1]}".strip(" ,")
    return " ".join(part for part in reversed(parts) if part)


def is_question(text: str) -> bool:
    """A title of this house: one question and nothing else."""
    return text.endswith("?") and text.count("?") == 1 and 8 <= len(text) <= 300 and ". " not in text


def is_source_line(part: Part) -> bool:
    """ "Source: ...": where a note comes from, not what it says."""
    return bool(SOURCE_LINE.match(part.shown.text))


def says(part: Part, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """Whether the whole part is a label such as "Sources 7 notes"."""
    return pattern.fullmatch(part.shown.text.strip())


def normal_doi(text: str) -> str:
    """The DOI in a text, lower case and without resolver or prefix; empty where there is none.

    >>> normal_doi("https://doi.org/10.1000/ABC."), normal_doi("none")
    ('10.1000/abc', '')
    """
    found = _DOI.search(text.replace("%2F", "/").replace("%2f", "/"))
    if not found:
        return ""
    doi = found[0].rstrip(".,;:!*_]")
    if doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi.rstrip(").,;")
    return doi.lower()


def normal_arxiv(text: str) -> str:
    """The arXiv identifier that a text is, or that an address, DOI or "arXiv:..." in it names. No version.

    >>> normal_arxiv("arXiv:2403.01234v2"), normal_arxiv("arxiv.org/abs/cs/0112017"), normal_arxiv("3.14")
    ('2403.01234', 'cs/0112017', '')
    """
    whole = _ARXIV.fullmatch(text.strip())
    if whole:
        return whole[1].lower()
    named = (_ARXIV.match(text, name.end()) for name in _IN_ARXIV.finditer(text))
    return next((found[1].lower() for found in named if found), "")


def first_arxiv(*texts: str) -> str:
    """The identifier in the first of these texts that has one."""
    return next((found for text in texts if (found := normal_arxiv(text))), "")
