"""The vault as a static site: an index that opens on tensions, a page of all of them, and a page for each note and line.

Pages lead to each other by relative links, so the site works from a folder; nothing is fetched and no script runs.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from ingest.endpoint_confidence import SURE
from kb.catalogue import cited, claims, notes
from kb.claim import Claim, fingerprint
from kb.edges import links
from kb.link import STATED, Link
from kb.note import REPORT, Note, Source, slug
from kb.readable import as_read
from kb.store import Store
from qa.export.page import card, in_html, whole_page
from qa.render import cite
from qa.tensions import Held, held, spread, with_remedies

INDEX, TENSIONS = "index.html", "tensions.html"
_FIRST = 12
"""Tensions on the index; all of them have a page."""
_ASCII = re.compile(r"[^a-z0-9]+")
_WAYS = {"supports": ("supports", "is supported by"), "contradicts": ("contradicts", "is contradicted by"),
         "qualifies": ("limits", "is limited by"), "restates": ("says again", "is said again by")}  # fmt: skip


class _Vault(NamedTuple):
    """What the pages are made of."""

    notes: Mapping[str, Note]
    claims: Mapping[str, Claim]
    said: Mapping[str, Sequence[Claim]]
    """The claims of each note."""
    links: Mapping[str, Sequence[Link]]
    """Those that touch a claim."""
    tensions: Sequence[Held]
    cites: Mapping[str, Sequence[str]]
    cited_by: Mapping[str, Sequence[str]]


def site(store: Store, title: str) -> Iterator[tuple[str, str]]:
    """The name and the text of each page. Saved reports, which repeat what others say, have none."""
    vault = _read(store)
    yield INDEX, _page(title, "", _index(vault, title))
    yield TENSIONS, _page(f"Tensions in {title}", "", _all_tensions(vault))
    for note in vault.notes.values():
        yield page_name(note.id), _page(note.title, "../", _note(vault, note))


def page_name(note: str) -> str:
    """The file of a note: letters that every file system takes, and a hash, so that no two notes share one."""
    stem = _ASCII.sub("-", slug(note.rsplit("/", 1)[-1].removesuffix(".md"))).strip("-")[:60]
    return f"notes/{stem or 'note'}-{fingerprint(note)[:12]}.html"


def _read(store: Store) -> _Vault:
    every = {note.id: note for note in notes(store) if REPORT not in note.topics}
    known = {claim.id: claim for claim in claims(store) if claim.note in every}
    said: dict[str, list[Claim]] = {}
    for claim in known.values():
        said.setdefault(claim.note, []).append(claim)
    touching: dict[str, list[Link]] = {}
    for link in links(store):
        if link.kind in _WAYS and link.chosen >= SURE and link.a in known and link.b in known:
            touching.setdefault(link.a, []).append(link)
            touching.setdefault(link.b, []).append(link)
    found = [each for each in spread(held(store)) if {each.a.id, each.b.id} <= known.keys()]
    told = with_remedies(store, [each.tension for each in found])
    cites: dict[str, list[str]] = {}
    cited_by: dict[str, list[str]] = {}
    for a, b in cited(store):
        if a in every and b in every:
            cites.setdefault(a, []).append(b)
            cited_by.setdefault(b, []).append(a)
    tensions = [each._replace(tension=tension) for each, tension in zip(found, told, strict=True)]
    return _Vault(every, known, said, touching, tensions, cites, cited_by)


def _page(title: str, root: str, parts: Iterable[str]) -> str:
    nav = f'<nav><a href="{root}{INDEX}">Index</a><a href="{root}{TENSIONS}">Tensions</a></nav>'
    return whole_page(title, [nav, *parts], "site.css")


def _index(vault: _Vault, title: str) -> Iterator[str]:
    yield f"<h1>{in_html(title)}</h1>"
    yield f'<p class="meta">{len(vault.notes)} notes, {len(vault.claims)} claims, {len(vault.tensions)} tensions</p>'
    if vault.tensions:
        yield "<h2>Where the notes pull apart</h2>"
        yield from (_card(vault, each, "") for each in vault.tensions[:_FIRST])
        if len(vault.tensions) > _FIRST:
            yield f'<p><a href="{TENSIONS}">All {len(vault.tensions)} tensions</a></p>'
    ordered = sorted(vault.notes.values(), key=lambda note: (note.title.casefold(), note.id))
    for heading, kinds in (("Lines", ("line",)), ("Notes", ("note", "post", "paper")), ("Cited, and not written yet", ("stub",))):  # fmt: skip
        yield from _list(vault, heading, [note.id for note in ordered if note.kind in kinds], "")


def _all_tensions(vault: _Vault) -> Iterator[str]:
    yield "<h1>Tensions</h1>"
    if vault.tensions:
        yield f"<h2>Stated by authors ({len(vault.tensions)})</h2>"
        yield from (_card(vault, each, "") for each in vault.tensions)
    else:
        yield "<p>None was found.</p>"


def _note(vault: _Vault, note: Note) -> Iterator[str]:
    yield f"<h1>{in_html(note.title)}</h1>"
    where = note.path or "not written yet"
    yield f'<p class="meta">{in_html(" · ".join(filter(None, (note.kind, note.date, where))))}</p>'
    if note.summary:
        yield f"<p>{in_html(note.summary)}</p>"
    if note.sources:
        yield f'<p class="meta">{"<br>".join(map(_work, note.sources))}</p>'
    if mine := [each for each in vault.tensions if note.id in (*each.notes, each.a.note, each.b.note)]:
        yield "<h2>Tensions</h2>"
        yield from (_card(vault, each, "../") for each in mine)
    if said := vault.said.get(note.id):
        yield f"<h2>Claims ({len(said)})</h2>"
        yield from (_claim(vault, note, claim) for claim in said)
    yield from _list(vault, "Cites", vault.cites.get(note.id, ()), "../")
    yield from _list(vault, "Cited by", vault.cited_by.get(note.id, ()), "../")


def _claim(vault: _Vault, note: Note, claim: Claim) -> str:
    place = claim.place
    at = f"p. {place.page}" if place.page else f"line {place.line}"
    told = [claim.role, at if place.path == note.path else f"{place.path}, {at}"]
    lines = [in_html(" · ".join(told))]
    lines += [f"cites {_link(vault, each, '../')}" for each in claim.citations if each in vault.notes]
    for link in vault.links.get(claim.id, ()):
        away = link.a == claim.id
        other = vault.claims[link.b if away else link.a]
        possible = "" if link.method in STATED else "possibly "
        way = _WAYS[link.kind][not away]
        lines.append(f"{possible}{way} {_quote(other, '../')}")
    return f'<blockquote id="{claim.id}"><p>“{in_html(as_read(claim.quote))}”</p><small>{"<br>".join(lines)}</small></blockquote>'


def _card(vault: _Vault, each: Held, root: str) -> str:
    """A tension, each quote with the note it stands in."""
    quotes = [each.a] if each.tension.stated else [each.a, each.b]
    told = [f"<p>{_quote(claim, root)}<br><small>{_link(vault, claim.note, root)}</small></p>" for claim in quotes]
    on = [_link(vault, note, root) for note in each.tension.notes if each.tension.stated and note in vault.notes]
    return card(each.tension, "".join(told) + (f"<p><small>on {' and '.join(on)}</small></p>" if on else ""))


def _quote(claim: Claim, root: str) -> str:
    return f'<a href="{root}{page_name(claim.note)}#{claim.id}">“{in_html(as_read(claim.quote))}”</a>'


def _link(vault: _Vault, note: str, root: str) -> str:
    return f'<a href="{root}{page_name(note)}">{in_html(vault.notes[note].title)}</a>'


def _list(vault: _Vault, heading: str, names: Sequence[str], root: str) -> Iterator[str]:
    if names:
        rows = "".join(f"<li>{_link(vault, name, root)}</li>" for name in names)
        yield f'<h2>{heading} ({len(names)})</h2><ul class="list">{rows}</ul>'


def _work(source: Source) -> str:
    """A work as a reference list has it; a link where its own number or address leads to it."""
    address = f"https://arxiv.org/abs/{quote(source.arxiv)}" if source.arxiv else source.url
    address = f"https://doi.org/{quote(source.doi)}" if source.doi else address
    told = in_html(cite(source))
    if not address.startswith(("https://", "http://")):
        return told
    return f'<a rel="noreferrer" href="{in_html(address)}">{told}</a>'
