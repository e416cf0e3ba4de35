"""The claim graph as one HTML page: its tensions as cards beside a map of notes. It asks nothing of any network.

The parts of the page are in `web/`; the data stand in it as JSON. Its own policy (CSP) lets run what is written here, by
hash, and nothing else; words of notes are put into the page as text only.
"""

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

from kb.addresses import Address
from kb.catalogue import cited, claims_of
from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.claim import Claim, fingerprint, where
from kb.edges import Pair, pair_of
from kb.edges import links as read_links
from kb.link import STATED, Link, Tension
from kb.note import REPORT, Note
from kb.oneline import one_line
from kb.readable import as_read
from kb.store import Store
from qa.answer import Answer
from qa.export.page import asset
from qa.render import coverage_line, said_by
from qa.tensions import Held, held, on_topic, spread, with_remedies

NOTES, LINKS, TENSIONS = 5_000, 20_000, 1_000
"""The most that a page shows; of more, the strongest. So many load in 2 s and are drawn in 30 ms on two cores without a graphics card."""
_QUOTE, _SUMMARY = 600, 300
"""Characters of a quote, and of a note's summary."""
_SPREAD = 300
"""Tensions that are put in an order in which no debate fills the screen; it takes the square of their number."""
_SETTLED = 100
"""Those of which it is asked what would settle them."""
_PART = re.compile(r"\{([A-Z]+)\}")  # "<title>{TITLE}</title>"
_SCRIPTS = ("d3.js", "marks.js", "layout.js", "map.js", "page.js")


@dataclass(frozen=True, slots=True)
class View:
    """What a page is of."""

    title: str
    tensions: Sequence[Held]
    """Liveliest first."""
    among: frozenset[str] | None = None
    """The notes shown; None for all."""
    told: tuple[str, ...] = ()
    """Sentences that stand under the title."""


def of_vault(store: Store) -> View:
    """All notes."""
    return View(one_line(store.vault.name) or "The vault", _liveliest(store))


def of_topic(store: Store, words: str, found: Sequence[tuple[str, float]]) -> View:
    """The notes found for some words."""
    return View(one_line(words), on_topic(store, found), frozenset(note for note, _ in found))


def of_note(store: Store, note: Note) -> View:
    """A note, and those that are linked with it or that it cites or is cited by."""
    tensions = [each for each in _liveliest(store, [note.id]) if note.id in each.notes]
    linked = _owners(store, read_links(store, note.id, *(claim.id for claim in claims_of(store, note.id)))).values()
    near = {other for pair in (*cited(store), *linked) if note.id in pair for other in pair}
    return View(one_line(note.title), tensions, frozenset({note.id}.union(near, *(each.notes for each in tensions))))


def of_answer(store: Store, answer: Answer) -> View:
    """The notes that an answer cites, and its tensions before others between them."""
    notes = frozenset(note.id for note in answer.notes if note.cited)
    own = {pair_of(each.a, each.b) for each in answer.tensions}
    among = [each for each in _liveliest(store, notes) if each.notes <= notes]
    among += [each for each in held(store) if pair_of(each.a.id, each.b.id) in own and not each.notes <= notes]
    first = sorted(among, key=lambda each: pair_of(each.a.id, each.b.id) not in own)
    brief = " ".join(statement.text for statement in answer.in_brief())
    told = tuple(filter(None, (brief, f"Coverage: {coverage_line(answer)}.")))
    return View(one_line(answer.question), first, notes.union(*(each.notes for each in first)), told)


class Page(NamedTuple):
    """A page as it is written or served."""

    text: str
    counts: dict[str, int]
    """How many notes, links and tensions it shows."""
    state: str
    """Another one where it shows something else."""


def page(store: Store, view: View, address: Address | None, *, live: bool = False) -> Page:
    """The whole page; a `live` one asks the server it came from for its state, and loads again when that is another."""
    data = shown(store, view, address)
    counts = {name: len(data[name]) for name in ("notes", "links", "tensions")}
    state = fingerprint(_in_script(data))
    if live:
        data["live"] = state
    style, *scripts = (asset(name) for name in ("graph.css", *_SCRIPTS))
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_hash, scripts))}; style-src {_hash(style)}; "
        f"connect-src '{'self' if live else 'none'}'; base-uri 'none'; form-action 'none'"
    )
    parts = {
        "POLICY": policy, "GENERATOR": REPORT, "TITLE": escape(f"{view.title}: claim graph"), "STYLE": f"<style>{style}</style>", "DATA": _in_script(data),
        "SCRIPTS": "\n".join(f"<script>{script}</script>" for script in scripts),
    }  # fmt: skip
    return Page(_PART.sub(lambda part: parts[part[1]], asset("graph.html")), counts, state)


def changes(store: Store) -> str:
    """What differs once anything differs that a page may show."""
    asked = ("path, stamp, size FROM file", "* FROM verdict", "count(*), total(confidence * chosen) FROM link")
    return fingerprint(str([store.sql.execute(f"SELECT {what} ORDER BY 1, 2").fetchall() for what in asked]))


class Part(NamedTuple):
    """As much of a view as a page shows."""

    notes: dict[str, Note]
    links: list[Link]
    owners: dict[Pair, Pair]
    cites: list[Pair]
    tensions: list[Held]
    told: list[str]
    """Of how much this is a part, where it is one."""


def shown(store: Store, view: View, address: Address | None) -> dict[str, Any]:
    """What the page knows, as JSON: notes and claims by number, the links and tensions between them."""
    part = strongest(store, view)
    numbers = {name: number for number, name in enumerate(part.notes)}
    ends = dict.fromkeys(end for link in part.links for end in (link.a, link.b) if end not in part.notes)
    claims = {claim.id: claim for claim in read_claims(store, list(ends))}
    claims |= {claim.id: claim for each in part.tensions for claim in (each.a, each.b)}
    at = {name: number for number, name in enumerate(claims)}
    kinds = {(pair_of(link.a, link.b), link.reason): link.kind for link in part.links}
    settled = with_remedies(store, [each.tension for each in part.tensions[:_SETTLED]])
    remedies = [*settled, *(each.tension for each in part.tensions[_SETTLED:])]
    return {
        "title": view.title,
        "told": [one_line(each, 2000) for each in (*view.told, *part.told)],
        "notes": [_note(note, address) for note in part.notes.values()],
        "claims": [_claim(claim, numbers[claim.note], address) for claim in claims.values()],
        "links": [
            *(_link(link, [numbers[name] for name in part.owners[link.a, link.b]], at) for link in part.links),
            *({"kind": "cites", "who": "author", "notes": [numbers[a], numbers[b]]} for a, b in part.cites),
        ],
        "tensions": [
            _tension(each, remedy, kinds, at, [numbers[name] for name in _sides(each)])
            for each, remedy in zip(part.tensions, remedies, strict=True)
        ],
    }  # fmt: skip


def strongest(store: Store, view: View) -> Part:
    """What a page has room for: the notes most linked, the surest links and tensions between them."""
    wanted = None if view.among is None else sorted(view.among.union(*map(_touched, view.tensions)))
    # A saved report is left out, as is a page like this one: it repeats what others say.
    notes = {note.id: note for note in read_notes(store, wanted) if wanted or REPORT not in note.topics}
    links = [link for link in read_links(store) if link.kind != "cites"]
    owners, cites, told = _owners(store, links), cited(store), []
    if len(notes) > NOTES:
        told.append(f"Of {len(notes):,} notes the {NOTES:,} most linked are shown.")
        weight: Counter[str] = Counter()
        for link in links:
            weight.update(dict.fromkeys(owners[link.a, link.b], 20))
        for pair in cites:
            weight.update(pair)
        by_links = sorted(notes, key=lambda name: -weight[name])
        notes = {name: notes[name] for name in by_links[:NOTES]}
    links = [link for link in links if set(owners[link.a, link.b]) <= notes.keys()]
    cites = [pair for pair in cites if set(pair) <= notes.keys()]
    tensions = [each for each in view.tensions if _touched(each) <= notes.keys()]
    for what, most, there in (("links", LINKS, len(links) + len(cites)), ("tensions", TENSIONS, len(tensions))):
        if there > most:
            told.append(f"Of {there:,} {what} the {most:,} surest are shown.")
    links = links[:LINKS]
    return Part(notes, links, owners, cites[: LINKS - len(links)], tensions[:TENSIONS], told)


def _liveliest(store: Store, notes: Iterable[str] | None = None) -> list[Held]:
    """Surest first, spread over the notes, as `kb tensions` lists them."""
    found = held(store, notes, unsure=True)
    return [each for each in (*spread(found[:_SPREAD]), *found[_SPREAD:]) if each.is_quotable]


def _owners(store: Store, links: Iterable[Link]) -> dict[Pair, Pair]:
    """The two notes of each link."""
    ends = list(dict.fromkeys(end for link in links for end in (link.a, link.b)))
    of = {claim.id: claim.note for claim in read_claims(store, ends)}
    return {(link.a, link.b): (of.get(link.a, link.a), of.get(link.b, link.b)) for link in links}


def _touched(each: Held) -> set[str]:
    """The notes that a tension is between, and those that its quotes stand in."""
    return {*each.notes, each.a.note, each.b.note}


def _sides(each: Held) -> Pair:
    a, b = each.tension.notes or (each.a.note, each.b.note)
    return a, b


def _note(note: Note, address: Address | None) -> dict[str, Any]:
    told = {
        "id": f"n{fingerprint(note.id)[:12]}", "title": one_line(note.title) or one_line(note.id), "kind": note.kind,
        "path": one_line(note.path or ""), "summary": _short(note.summary, _SUMMARY), "href": address(note.path, None) if note.path and address else "",
    }  # fmt: skip
    return {key: value for key, value in told.items() if value}


def _claim(claim: Claim, note: int, address: Address | None) -> dict[str, Any]:
    place = claim.place
    at = where(one_line(place.path), place.line, place.page)
    told = {"quote": _short(as_read(claim.quote)), "note": note, "place": at}
    return told | ({"href": address(place.path, place.line)} if address else {})


def _link(link: Link, notes: list[int], at: dict[str, int]) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": link.kind, "who": _who(link.method), "notes": notes, "why": one_line(link.reason)}
    sides = [at.get(end, -1) for end in (link.a, link.b)]
    return told | ({"claims": sides} if max(sides) >= 0 else {})


def _tension(
    each: Held, told: Tension, kinds: Mapping[tuple[Pair, str], str], at: dict[str, int], notes: list[int]
) -> dict[str, Any]:
    usual = "qualifies" if told.kind in ("scope", "definition") else "contradicts"
    pairs = (pair_of(told.a, told.b), pair_of(*_sides(each)))
    return {
        "id": each.id, "kind": told.kind, "link": next((kinds[pair, told.why] for pair in pairs if (pair, told.why) in kinds), usual),
        "who": _who(told.method), "by": said_by(told), "claims": list(dict.fromkeys((at[told.a], at[told.b]))), "notes": notes,
        "why": one_line(told.why), "settle": _short(as_read(told.reconcile or "")),
    }  # fmt: skip


def _who(method: str) -> str:
    return method if method in STATED else "possible"


def _short(text: str, most: int = _QUOTE) -> str:
    """On one line; where it is cut, that is seen."""
    made = one_line(text, most + 1)
    return made if len(made) <= most else f"{made[:most].rsplit(' ', 1)[0]} …"


def _hash(text: str) -> str:
    """As a policy names what may run."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _in_script(data: dict[str, Any]) -> str:
    """JSON that ends no script element and opens no comment."""
    made = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        made = made.replace(char, f"\\u{ord(char):04x}")
    return made
