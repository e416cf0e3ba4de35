"""Completion of links, citekeys and claims: by what a note is called, and by what the sentence so far is about.

Editors filter a list by the letters typed. What is found by meaning does not share them, so each item says that it is
what was typed, and the list is asked for again with each letter.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lsprotocol import types

from kb.catalogue import claims as read_claims
from kb.claim import Claim
from notes.lsp.addresses import in_vault
from notes.lsp.cards import claim_card, distinct, note_card, title_of
from notes.lsp.desk import Buffer
from notes.lsp.names import Named
from notes.lsp.positions import Positions
from notes.lsp.shelf import Shelf
from notes.plain_text import plain_text

_NAMED, _MEANT, _SAID = 20, 12, 5
"""Most notes by name, most by meaning, most claims."""
_TELLING = 4
"""Words of a sentence from which claims are offered for it without a bracket."""
_NEAR = 0.4
"""Cosine that the nearest claim must have for that: whoever completes a sentence does not want just any other."""
_LINK = re.compile(r"\[\[([^\[\]|#^\n]*)$")
_SOURCE = re.compile(r"\[(?:[^\[\]\n]*[;\s-])?@([\w:.#$%&+?<>~/-]*)$")
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n[ \t]*\r?\n|\A---\n.*?\n---\n|^#{1,6} .*\n", re.DOTALL | re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.?!…])[\"”’)\]]*\s+|(?<=[。？！])|\n(?=[ \t]*(?:[-*+>]|\d+[.)])\s)")
_MARK = re.compile(r"\s*(?:(?:[-*+>]|\d+[.)])\s+)*(?:\[[ xX]\]\s+)?")


class Asked(NamedTuple):
    """Where a completion was asked for."""

    kind: str
    """"link", "source" or "sentence"."""
    typed: str
    start: int
    """Where what is to be replaced begins: at the bracket, at the @, or with the sentence."""
    sentence: str
    """What was written of the sentence before that."""


def complete(shelf: Shelf, buffer: Buffer, where: Positions, at: types.Position, invoked: bool) -> types.CompletionList:
    """What could stand here."""
    offset = where.offset(at)
    asked = asked_at(buffer.text, offset)
    own = in_vault(shelf.vault, buffer.uri) or ""
    items: list[types.CompletionItem] = []
    if asked is not None and asked.kind == "sentence":
        if invoked and len(asked.typed.split()) >= _TELLING:
            items = list(_sentences(shelf, buffer, where, asked, offset, own))
    elif asked is not None:
        items = list(_links(shelf, buffer, where, asked, offset, own))
    return types.CompletionList(is_incomplete=True, items=items)


def documented(shelf: Shelf, item: types.CompletionItem, markdown: bool) -> types.CompletionItem:
    """An item with what its note says, which is looked up only for those that somebody looks at."""
    data = item.data if isinstance(item.data, dict) else {}
    card = ""
    if isinstance(data.get("claim"), str):
        card = claim_card(shelf, data["claim"], markdown)
    elif isinstance(data.get("note"), str):
        card = note_card(shelf, data["note"], markdown)
    if card:
        kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
        item.documentation = types.MarkupContent(kind, card)
    return item


def asked_at(text: str, offset: int) -> Asked | None:
    """What is being written at a place; none within a block of code."""
    before = text[max(0, offset - 4_000) : offset]
    shift = offset - len(before)
    line = before[before.rfind("\n") + 1 :]
    if len(_FENCE.findall(text[:offset])) % 2:
        return None
    for kind, pattern, mark in (("link", _LINK, 2), ("source", _SOURCE, 1)):
        if found := pattern.search(line):
            opened = len(before) - len(line) + found.start()
            return Asked(kind, found[1], offset - len(found[1]) - mark, _sentence(before, opened)[1])
    begin, so_far = _sentence(before, len(before))
    return Asked("sentence", so_far, begin + shift, so_far)


def _sentence(before: str, end: int) -> tuple[int, str]:
    """Where the sentence that stands before a place begins, and its words."""
    begin = max((match.end() for match in _PARAGRAPH.finditer(before, 0, end)), default=0)
    ends = [match.end() for match in _SENTENCE.finditer(before, begin, end)]
    last = ends[-1] if ends else begin
    mark = _MARK.match(before, last, end)
    start = mark.end() if mark else last
    return start, plain_text(before[start:end], 600)


def _links(
    shelf: Shelf, buffer: Buffer, where: Positions, asked: Asked, offset: int, own: str
) -> Iterator[types.CompletionItem]:
    end = _closing(buffer.text, offset, "]]" if asked.kind == "link" else "]")
    spot = where.range(asked.start, end)
    written = buffer.text[asked.start : offset]
    words = asked.sentence or _before(buffer.text, asked.start)
    by_name = [each for each in shelf.names.matching(asked.typed, _NAMED) if each.note != own]
    if asked.kind == "source" and asked.typed:
        by_name += [each for key, each in shelf.names.cited() if asked.typed.casefold() in key.casefold()][:_NAMED]
    near = (
        shelf.near(words if by_name or not asked.typed else f"{words} {asked.typed}", own)
        if words or asked.typed
        else None
    )
    meant = dict(near.notes[:_MEANT]) if near else {}
    by_name.sort(key=lambda each: -meant.get(each.note, 0.0))
    notes = list(dict.fromkeys([*by_name, *(shelf.names.all[note] for note in meant if note in shelf.names.all)]))
    called = {each.note for each in by_name}
    rank = 0
    for each in notes:
        for new in _forms(shelf, asked.kind, each, own):
            yield types.CompletionItem(
                label=plain_text(each.title, 120), kind=types.CompletionItemKind.Reference,
                detail=_detail(each, asked.kind, new, each.note in called), sort_text=f"{rank:03}", filter_text=written,
                text_edit=types.TextEdit(spot, new), data={"note": each.note},
            )  # fmt: skip
            rank += 1
    for claim in _claims(shelf, near.claims if near else (), called if asked.typed else None):
        for new in _forms(shelf, asked.kind, shelf.names.all[claim.note], own, as_citation=True):
            yield _claim_item(shelf, claim, types.TextEdit(spot, f"{_sayable(claim)} {new}"), written, rank)
            rank += 1


def _forms(shelf: Shelf, kind: str, named: Named, own: str, as_citation: bool = False) -> list[str]:
    if kind == "link":
        return [f"[[{shelf.names.target(named, own)}]]"]
    opening = "[" if as_citation else ""
    return [f"{opening}@{key}]" for key in named.citekeys[:1]]


def _detail(named: Named, kind: str, new: str, called: bool) -> str:
    what = new.strip("[]") if kind == "source" else named.path or "not written yet"
    return what if called else f"{what} · near in meaning"


def _closing(text: str, offset: int, marks: str) -> int:
    """Past the brackets that the editor has closed by itself."""
    for length in range(len(marks), 0, -1):
        if text.startswith(marks[:length], offset):
            return offset + length
    return offset


def _before(text: str, start: int) -> str:
    """Where a sentence only begins, what was said last; at the top of a note, nothing."""
    return plain_text(text[max(0, start - 300) : start].rpartition("\n\n")[2], 300)


def _claims(shelf: Shelf, found: tuple[tuple[str, float], ...], of: set[str] | None) -> list[Claim]:
    """The claims found, best first, each assertion once."""
    read = distinct(read_claims(shelf.store, [claim for claim, _ in found]))
    return [each for each in read if each.note in shelf.names.all and (of is None or each.note in of)][:_SAID]


def _sentences(
    shelf: Shelf, buffer: Buffer, where: Positions, asked: Asked, offset: int, own: str
) -> Iterator[types.CompletionItem]:
    """Claims in place of the sentence begun. An edit keeps to its line, so what was begun above goes by another."""
    near = shelf.near(asked.typed, own)
    if near.nearness < _NEAR:
        return
    line = where.line_span(where.position(offset).line)[0]
    start = max(line, asked.start)
    above = [types.TextEdit(where.range(asked.start, start), "")] if asked.start < start else None
    for rank, claim in enumerate(_claims(shelf, near.claims, None)):
        target = shelf.names.target(shelf.names.all[claim.note], own)
        said = _sayable(claim)
        stop = said[-1:] if said[-1:] in ".?!。？！" else ""
        edit = types.TextEdit(where.range(start, offset), f"{said.removesuffix(stop)} [[{target}]]{stop}")
        item = _claim_item(shelf, claim, edit, buffer.text[start:offset], rank)
        item.additional_text_edits = above
        yield item


def _claim_item(shelf: Shelf, claim: Claim, edit: types.TextEdit, written: str, rank: int) -> types.CompletionItem:
    return types.CompletionItem(
        label=f"“{plain_text(claim.quote, 100)}”", kind=types.CompletionItemKind.Text, detail=plain_text(title_of(shelf, claim.note), 120),
        sort_text=f"{rank:03}", filter_text=written, text_edit=edit, data={"claim": claim.id},
    )  # fmt: skip


def _sayable(claim: Claim) -> str:
    return plain_text(claim.quote, 2_000)
