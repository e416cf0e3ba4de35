"""The literature behind notes as reference managers and pandoc read it: BibTeX and CSL-JSON, a citation key for each work."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from kb.note import Note, Source, slug, surname
from kb.oneline import one_line

_NO_KEY = re.compile(r"[^\w:.+/-]")  # "Smith_2020:nap" stays as reports cite it; "a b{c}" -> abc
_ADDRESS = ":/?#[]@!$&'()*+,;=%"
"""Characters that an address keeps; braces are percent-encoded."""
_TEX = {
    **{char: rf"\{char}" for char in "&%$#_"}, **dict.fromkeys("{}", " "),  # BibTeX counts braces, escaped or not
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
"""What TeX would obey: "50% of A & B" -> 50\\% of A \\& B."""


class Work(NamedTuple):
    """A work, its key, and the title of the note on it."""

    key: str
    source: Source
    note: str


def citekeys(notes: Iterable[Note]) -> dict[str, str]:
    """The citation key of each work (`Source.voice`): its author's where there is one, none twice whatever its case."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    every = [source for note in notes for source in note.sources]
    for source in sorted(every, key=lambda source: not source.citekey):
        if source.voice() in found:
            continue
        who = surname(source.authors[0]) if source.authors else "anon"
        made = _key(source.citekey) or _key(slug(f"{who}{source.year or ''}")) or "work"
        key, number = made, 1
        while key.casefold() in taken:
            number += 1
            key = f"{made}-{number}"
        taken.add(key.casefold())
        found[source.voice()] = key
    return found


def _key(text: str) -> str:
    return _NO_KEY.sub("", one_line(text, 200)).strip(":.+/-")


def works(notes: Iterable[Note], keys: Mapping[str, str]) -> list[Work]:
    """Each work behind the notes once."""
    found: dict[str, Work] = {}
    for note in notes:
        for source in note.sources:
            found.setdefault(source.voice(), Work(keys[source.voice()], source, note.title))
    return list(found.values())


def bibtex(literature: Sequence[Work]) -> str:
    """An entry for each work."""
    return "\n\n".join(map(_entry, literature))


def csl_json(literature: Sequence[Work]) -> str:
    """The same for reference managers."""
    return json.dumps([_csl(work) for work in literature], ensure_ascii=False, indent=2)


def _entry(work: Work) -> str:
    source = work.source
    names = (f"{{{_tex(name)}}}" if " and " in name else _tex(name) for name in source.authors)
    title = _title(source)
    fields = {
        # Doubled braces: a title keeps the capitals that it has.
        "author": " and ".join(names), "title": f"{{{_tex(title)}}}" if title else "",
        # A note's own title is not the work's.
        "note": "" if source.title else f"Noted as: {_tex(work.note)}", "year": str(source.year or ""),
        "doi": quote(source.doi, safe=_ADDRESS), "eprint": quote(source.arxiv, safe=_ADDRESS),
        "eprinttype": "arxiv" if source.arxiv else "", "url": quote(source.url, safe=_ADDRESS),
    }  # fmt: skip
    told = (f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{'article' if source.doi else 'misc'}{{{work.key},\n" + ",\n".join(told) + "\n}"


def _csl(work: Work) -> dict[str, Any]:
    source = work.source
    made: dict[str, Any] = {"id": work.key, "type": "article"}
    made |= {"title": _title(source)} if _title(source) else {}
    made |= {} if source.title else {"note": f"Noted as: {work.note}"}
    if source.authors:
        made["author"] = [_csl_name(name) for name in source.authors]
    if source.year:
        made["issued"] = {"date-parts": [[source.year]]}
    return made | {name: value for name, value in (("DOI", source.doi), ("URL", source.url)) if value}


def _csl_name(name: str) -> dict[str, str]:
    """Family and given name, as BibTeX parts them; what joins several people or words by "and" is a body's name."""
    family = surname(name)
    given = (name[len(family) :].lstrip(",") if name.startswith(f"{family},") else name.removesuffix(family)).strip()
    return {"family": family, "given": given} if given and " and " not in name else {"literal": name}


def _title(source: Source) -> str:
    """What a reference list shows; of a work known by its number alone, that."""
    if source.title or source.authors:
        return source.title
    return f"arXiv:{source.arxiv}" if source.arxiv else f"doi:{source.doi}" if source.doi else source.url


def _tex(text: str) -> str:
    return " ".join("".join(_TEX.get(char, char) for char in one_line(text, 4000)).split())
