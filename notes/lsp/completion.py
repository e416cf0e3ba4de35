"""Completion of links, citekeys and claims: by what a note is called, and by what the sentence so far is about.

Editors filter a list by the letters typed. What is found by meaning does not share them, so each item says that it is
what was typed, and the list is asked for again with each letter.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from lsprotocol import types

from kb.catalogue import claims as read_claims
from kb.claim import Claim
from kb.note import STUB, Note, slug
from kb.store import Store
from notes.link_style import citekey_of
from notes.lsp.hover import NEAR, WORDS, claim_card, distinct, note_card
from notes.lsp.request import Request
from notes.plain_text import plain_text

_BY_NAME, _BY_MEANING, _CLAIMS = 20, 12, 5
"""Most notes by name, most by meaning, most claims."""
_LINK = re.compile(r"\[\[([^\[\]|#^\n]*)$")  # "see [[nap re" -> nap re
_CITEKEY = re.compile(r"\[(?:[^\[\]\n]*[;\s-])?@([\w:.#$%&+?<>~/-]*)$")  # "see [@a2020; @b" -> b
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
# Where a paragraph begins: behind an empty line, front matter or a heading.
_PARAGRAPH = re.compile(r"\n[ \t]*\r?\n|\A---\n.*?\n---\n|^#{1,6} .*\n", re.DOTALL | re.MULTILINE)
_SENTENCE = re.compile(
    r"(?<=[.?!…])[\"”’)\]]*\s+|(?<=[。？！])|\n(?=[ \t]*(?:[-*+>]|\d+[.)])\s)"
)  # "It rose. " ends one
_MARK = re.compile(r"\s*(?:(?:[-*+>]|\d+[.)])\s+)*(?:\[[ xX]\]\s+)?")  # "- [ ] " before an item


class Typed(NamedTuple):
    """What is being written where completion was asked for."""

    kind: str
    """"link", "source" or "sentence"."""
    typed: str
    start: int
    """Where what is to be replaced begins: at the bracket, at the @, or with the sentence."""
    sentence: str
    """What was written of the sentence before that."""


def complete(request: Request) -> types.CompletionList:
    """What could stand here. A sentence is completed for whoever asks, not for whoever types a bracket."""
    typed = typed_at(request.buffer.text, request.offset)
    context = request.params.context
    by_itself = context is not None and context.trigger_kind == types.CompletionTriggerKind.TriggerCharacter
    items: list[types.CompletionItem] = []
    if typed is not None and typed.kind != "sentence":
        items = list(_links(request, typed))
    elif typed is not None and not by_itself and len(typed.typed.split()) >= WORDS:
        items = list(_sentences(request, typed))
    for rank, item in enumerate(items):
        item.sort_text = f"{rank:03}"
    return types.CompletionList(is_incomplete=True, items=items)


def documented(request: Request) -> types.CompletionItem:
    """An item with what its note says, which is looked up only for those that somebody looks at."""
    item: types.CompletionItem = request.params
    data, kind = item.data if isinstance(item.data, dict) else {}, request.client.documentation_kind
    for key, card in (("claim", claim_card), ("note", note_card)):
        if isinstance(name := data.get(key), str) and (text := card(request.base, name, kind == "markdown")):
            item.documentation = types.MarkupContent(kind, text)
    return item


def typed_at(text: str, offset: int) -> Typed | None:
    """What is being written at a place; none within a block of code."""
    before = text[max(0, offset - 4_000) : offset]
    shift = offset - len(before)
    line = before[before.rfind("\n") + 1 :]
    if len(_FENCE.findall(text[:offset])) % 2:
        return None
    for kind, pattern, mark in (("link", _LINK, 2), ("source", _CITEKEY, 1)):
        if found := pattern.search(line):
            opened = len(before) - len(line) + found.start()
            return Typed(kind, found[1], offset - len(found[1]) - mark, _sentence(before, opened)[1])
    begin, so_far = _sentence(before, len(before))
    return Typed("sentence", so_far, begin + shift, so_far)


def _sentence(before: str, end: int) -> tuple[int, str]:
    """Where the sentence that stands before a place begins, and its words."""
    begin = max((match.end() for match in _PARAGRAPH.finditer(before, 0, end)), default=0)
    last = max((match.end() for match in _SENTENCE.finditer(before, begin, end)), default=begin)
    mark = _MARK.match(before, last, end)
    start = mark.end() if mark else last
    return start, plain_text(before[start:end], 600)


def _links(request: Request, typed: Typed) -> Iterator[types.CompletionItem]:
    """Notes by name, then by meaning, then claims of these with their citation."""
    base, text = request.base, request.buffer.text
    ahead = text[request.offset : request.offset + (2 if typed.kind == "link" else 1)]
    end = request.offset + len(ahead) - len(ahead.lstrip("]"))  # past the brackets that the editor has closed by itself
    spot = request.positions.range(typed.start, end)
    written = text[typed.start : request.offset]
    called = [note for note in notes_named(base.store, typed.typed, _BY_NAME) if note != request.path]
    if typed.kind == "source" and typed.typed:
        called += _notes_with_citekey(base.store, typed.typed, _BY_NAME)
    # Where a sentence only begins, what was said last counts; at the top of a note, nothing.
    words = typed.sentence or plain_text(text[max(0, typed.start - 300) : typed.start].rpartition("\n\n")[2], 300)
    words = words if called else f"{words} {typed.typed}".strip()
    near = request.base.search(words, request.path) if words or typed.typed else None
    meant = dict(near.notes[:_BY_MEANING]) if near else {}
    called.sort(key=lambda note: -meant.get(note, 0.0))
    for note in filter(None, map(base.note, dict.fromkeys((*called, *meant)))):
        for new in _forms(request, typed.kind, note):
            what = new.strip("[]") if typed.kind == "source" else note.path or "not written yet"
            yield types.CompletionItem(
                label=plain_text(note.title, 120), kind=types.CompletionItemKind.Reference,
                detail=what if note.id in called else f"{what} · near in meaning", filter_text=written,
                text_edit=types.TextEdit(spot, new), data={"note": note.id},
            )  # fmt: skip
    for claim in _claims(request, near.claims if near else (), called if typed.typed else None):
        for new in _forms(request, typed.kind, base.note(claim.note), "["):
            yield _claim_item(request, claim, types.TextEdit(spot, f"{plain_text(claim.quote, 2_000)} {new}"), written)


def _sentences(request: Request, typed: Typed) -> Iterator[types.CompletionItem]:
    """Claims in place of the sentence begun. An edit keeps to its line, so what was begun above goes by another."""
    near = request.base.search(typed.typed, request.path)
    if near.nearness < NEAR:
        return
    where, text = request.positions, request.buffer.text
    start = max(where.line_span(request.params.position.line)[0], typed.start)
    above = [types.TextEdit(where.range(typed.start, start), "")] if typed.start < start else None
    for claim in _claims(request, near.claims, None):
        said = plain_text(claim.quote, 2_000)
        stop = said[-1:] if said[-1:] in ".?!。？！" else ""
        note = request.base.note(claim.note)
        target = request.base.target(note, request.path) if note else claim.note
        edit = types.TextEdit(where.range(start, request.offset), f"{said.removesuffix(stop)} [[{target}]]{stop}")
        item = _claim_item(request, claim, edit, text[start : request.offset])
        item.additional_text_edits = above
        yield item


def _forms(request: Request, kind: str, note: Note | None, opening: str = "") -> list[str]:
    """How a note is linked here: not at all by a citekey that it has not."""
    if note is None:
        return []
    if kind == "link":
        return [f"[[{request.base.target(note, request.path)}]]"]
    return [f"{opening}@{key}]"] if (key := citekey_of(note)) else []


def _claims(request: Request, found: Sequence[tuple[str, float]], of: Collection[str] | None) -> list[Claim]:
    """The claims found, best first, each assertion once."""
    claims = distinct(read_claims(request.base.store, [claim for claim, _ in found]))
    return [each for each in claims if of is None or each.note in of][:_CLAIMS]


def _claim_item(request: Request, claim: Claim, edit: types.TextEdit, written: str) -> types.CompletionItem:
    return types.CompletionItem(
        label=f"“{plain_text(claim.quote, 100)}”", kind=types.CompletionItemKind.Text,
        detail=plain_text(request.base.title(claim.note), 120), filter_text=written, text_edit=edit, data={"claim": claim.id},
    )  # fmt: skip


def notes_named(store: Store, typed: str, most: int) -> list[str]:
    """Notes of which one name holds every word typed, the last one begun; those that begin so first, stubs last."""
    wanted = slug(typed)
    words = [word for word in wanted.split("-") if word]
    if not words:
        return []
    holds = " AND ".join(["'-' || key LIKE ?"] * len(words))
    rows = store.sql.execute(
        "SELECT note, min(key NOT LIKE ?) AS within, file IS NULL AS unwritten, min(length(key)) FROM ("
        "SELECT note.name AS note, note.file, key FROM name JOIN note ON note.file = name.file UNION ALL "
        f"SELECT name, file, substr(name, {len(STUB) + 1}) FROM note WHERE file IS NULL) "
        f"WHERE {holds} GROUP BY note ORDER BY within, unwritten, 4, note LIMIT ?",
        (f"{wanted}%", *(f"%-{word}%" for word in words), most),
    )
    return [row[0] for row in rows]


def _notes_with_citekey(store: Store, typed: str, most: int) -> list[str]:
    """Notes with a citekey that holds what was typed."""
    rows = store.sql.execute(
        "SELECT DISTINCT note.name FROM name JOIN note ON note.file = name.file WHERE how = 'citekey' AND instr(key, ?) LIMIT ?",
        (slug(typed), most),
    )
    return [row[0] for row in rows]
