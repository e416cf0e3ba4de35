"""Reference libraries, BibTeX and CSL-JSON: text in, sources and problems out.

bibtexparser splits the file and lists of names; braces, a name's parts and identifiers are ours, since its middlewares turn a
whole entry into an error over one odd macro. pylatexenc decodes accents.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping

from ingest.formats.html_elements import without_markup
from ingest.formats.identity import first_arxiv, normal_doi, plain_name
from ingest.page import Lines
from kb.maths import from_latex
from kb.note import Source
from kb.problem import Problem

_year = re.compile(r"(?<![0-9])(?:1[5-9]|20)[0-9]{2}(?![0-9])")
_latex = re.compile(r"[\\${}~]|--|``|''")
_percent = re.compile(r"(?<!\\)%")
_braced_url = re.compile(r"\\(?:url|href)\s*\{|[{}]")
_lost_comma = re.compile(r"[}\"]\s+\w+\s*=\s*[{\"0-9]")
_items = re.compile(r'\ufeff?\s*(?:\[|\{[^\[]{0,400}?"items"\s*:\s*\[)')
_next = re.compile(r"[\s,]*")
# The types of CSL 1.0.2, but for those that no note would cite.
_csl_types = re.compile(
    "article(-journal|-magazine|-newspaper)?|bill|book|broadcast|chapter|classic|collection|dataset|document|entry"
    "|entry-(dictionary|encyclopedia)|event|figure|graphic|hearing|interview|legal_case|legislation|manuscript|map"
    "|motion_picture|pamphlet|paper-conference|patent|performance|periodical|personal_communication|post"
    "|post-weblog|regulation|report|review|review-book|software|song|speech|standard|thesis|treaty|webpage"
)


def bibtex(text: str, path: str) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """The sources of a BibTeX file, and a problem for each entry that cannot be read."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock

    log = logging.getLogger("bibtexparser.splitter")
    was, log.disabled = log.disabled, True
    try:
        blocks = parse_string(_clean(text).replace("\r\n", "\n").replace("\r", "\n")).blocks
    except Exception:  # It calls some states a bug of its own and raises; to the user the file is unreadable.
        return (), (_problem(path, None, "This BibTeX file cannot be read.", "Check its braces."),)
    finally:
        log.disabled = was
    sources: list[Source] = []
    problems: list[Problem] = []

    def tell(line: int | None, message: str, hint: str) -> None:
        problems.append(_problem(path, line, message, hint))

    for block in blocks:
        line = (block.start_line or 0) + 1
        entry = block
        if isinstance(block, DuplicateBlockKeyBlock):
            tell(line, f"The key {_short(block.key)} is used twice.", "The first entry counts; rename this.")
            continue
        if isinstance(block, DuplicateFieldKeyBlock):
            names = _short(", ".join(sorted(block.duplicate_keys)))
            tell(line, f"An entry gives {names} twice.", "The first one counts; remove the other.")
            entry = block.ignore_error_block or block
        elif isinstance(block, ParsingFailedBlock):
            tell(line, "This entry cannot be read.", "Check its braces, quotes and commas.")
        if not isinstance(entry, Entry):
            continue
        fields: dict[str, str] = {}
        for item in entry.fields:
            value = str(item.value)
            if lost := _lost_comma.search(value):
                tell((item.start_line or 0) + 1, f"After {_short(item.key)} a comma is missing.", "Put it in.")
                value = value[: lost.start()].lstrip('{"')
            fields.setdefault(item.key.strip().lower(), value)
        source = _from_bibtex(entry.key.strip(), fields)
        if _says_what(source):
            sources.append(source)
        else:
            tell(line, f"The entry {_short(source.citekey)} describes nothing.", "Give it a title or a DOI.")
    return tuple(sources), tuple(problems)


def _says_what(source: Source) -> bool:
    return bool(source.title or source.doi or source.arxiv or source.url)


def csl(text: str, path: str) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """The sources of a CSL-JSON file. What stands before a syntax error is kept."""
    lines = Lines(text)
    sources: list[Source] = []
    problems: list[Problem] = []
    seen: set[str] = set()

    def tell(line: int | None, message: str, hint: str) -> None:
        problems.append(_problem(path, line, message, hint))

    try:
        for at, item in _csl_items(text):
            source = csl_source(item) if isinstance(item, Mapping) else None
            if source is None or not _says_what(source):
                tell(lines.at(at), "This item describes nothing.", "Give it a title or a DOI.")
            elif source.citekey and source.citekey in seen:
                tell(
                    lines.at(at),
                    f"The id {_short(source.citekey)} is used twice.",
                    "The first item counts; rename this.",
                )
            else:
                sources.append(source)
                seen.add(source.citekey)
    except json.JSONDecodeError as error:
        tell(lines.at(error.pos), f"From here on this is no JSON: {error.msg}.", "Export the library again.")
    except (ValueError, RecursionError):
        tell(None, "This JSON cannot be read.", "Export the library again.")
    return tuple(sources), tuple(problems)


def is_csl(text: str) -> bool:
    """Whether a JSON text is a library: decided by its first item."""
    try:
        first = next(_csl_items(text), (0, None))[1]
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(first, Mapping)
        and bool(_csl_types.fullmatch(str(first.get("type"))))
        and any(name in first for name in ("title", "author", "issued", "DOI", "container-title"))
    )


def _csl_items(text: str) -> Iterator[tuple[int, object]]:
    start = _items.match(text)
    if not start:
        raise json.JSONDecodeError("neither a list of items nor an object with one", text, 0)
    decoder, at = json.JSONDecoder(), start.end()
    while True:
        gap = _next.match(text, at)
        at = gap.end() if gap else at
        if text.startswith("]", at):
            return
        item, end = decoder.raw_decode(text, at)
        yield at, item
        at = end


def _from_bibtex(key: str, fields: Mapping[str, str]) -> Source:
    def get(*names: str) -> str:
        return next((fields[name].strip() for name in names if fields.get(name, "").strip()), "")

    url = next((word for word in _braced_url.sub(" ", get("url", "howpublished")).split() if "://" in word), "")
    eprint = get("eprint")
    ours = "arxiv" in get("archiveprefix", "eprinttype").lower() or (eprint and get("primaryclass", "eprintclass"))
    year = _year.search(get("year") or get("date"))
    return Source(
        citekey=key,
        doi=normal_doi(get("doi")) or normal_doi(url),
        arxiv=first_arxiv(eprint if ours else "", get("doi"), url, get("journal", "journaltitle"), get("note")),
        url=url,
        authors=tuple(_people(get("author", "editor"))),
        year=int(year[0]) if year else None,
        title=_plain(get("title")),
    )


def csl_source(item: Mapping[str, object]) -> Source:
    """What one item of CSL-JSON describes."""

    def get(*names: str) -> str:
        values = (item.get(name) for name in names)
        return next((_clean(str(value)).strip() for value in values if isinstance(value, str | int) and value), "")

    url = get("URL", "url")
    numbers = (
        ("number", "archive_location", "archive-location") if "arxiv" in get("archive", "publisher").lower() else ()
    )
    people = item.get("author") or item.get("editor")
    names = (_csl_name(each) for each in people) if isinstance(people, list) else iter(())
    return Source(
        citekey=get("citation-key", "id"),
        doi=normal_doi(get("DOI", "doi")) or normal_doi(url),
        arxiv=first_arxiv(
            *(get(name) for name in numbers),
            *(f"in {get(name)}" for name in ("DOI", "URL", "number", "container-title", "note")),
        ),
        url=url if "://" in url else "",
        authors=tuple(name for name in names if name),
        year=_csl_year(item.get("issued")),
        title=" ".join(without_markup(get("title")).split()),
    )


def _csl_name(person: object) -> str:
    if not isinstance(person, Mapping):
        return ""
    order = ("given", "dropping-particle", "non-dropping-particle", "family", "suffix", "literal")
    said = [person.get(name) for name in order]
    return " ".join(_clean(" ".join(part for part in said if isinstance(part, str))).split())


def _csl_year(issued: object) -> int | None:
    if isinstance(issued, Mapping):
        # {"date-parts": [[2024, 3]]}, the numbers at times as strings; or {"raw": "March 2024"}.
        parts = issued.get("date-parts")
        while isinstance(parts, list):
            parts = parts[0] if parts else None
        issued = parts or issued.get("raw") or issued.get("literal")
    found = _year.search(str(issued)) if isinstance(issued, str | int) else None
    return int(found[0]) if found else None


def _people(text: str) -> Iterator[str]:
    """Names split at every "and" outside braces; a name in braces is one as it stands."""
    from bibtexparser.middlewares.names import split_multiple_persons_names

    for name in split_multiple_persons_names(text):
        whole = name.startswith("{") and name.find("}") == len(name) - 1
        said = _plain(name) if whole else plain_name(_plain(name))
        if said and said.lower() != "others":
            yield said


def _plain(text: str) -> str:
    """A field of BibTeX as it is read."""
    if _latex.search(text):
        # To BibTeX a bare "%" is a character; to LaTeX the rest would be a comment.
        text = from_latex(_percent.sub(r"\\%", text)) or text
    return " ".join(text.replace("\xa0", " ").replace("{", "").replace("}", "").split())


def _clean(text: str) -> str:
    """Without lone surrogates, which neither pydantic nor SQLite takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _problem(path: str, line: int | None, message: str, hint: str) -> Problem:
    return Problem(code="library", message=message, path=path, line=line, hint=hint)
