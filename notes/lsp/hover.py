"""Hover: a link shows its note, a sentence what the notes say about it."""

from lsprotocol import types

from ingest.extract import Sentence
from kb.catalogue import claims as read_claims
from notes.draft import Draft, DraftLink
from notes.lsp.cards import distinct, note_card, said_by, tension_line
from notes.lsp.desk import Buffer
from notes.lsp.positions import Positions
from notes.lsp.shelf import Shelf
from notes.plain_text import escaped
from qa.tensions import held

_NEAR = 0.4
"""Cosine that the nearest claim must have; a sentence on something else is met with silence."""
_SHOWN = 3
_WORDS = 4
"""Words that a sentence must have to be asked about."""


def hover(shelf: Shelf, buffer: Buffer, where: Positions, at: types.Position, markdown: bool) -> types.Hover | None:
    """What is known about what stands here."""
    draft = shelf.draft(buffer)
    offset = where.offset(at)
    if draft is None:
        return None
    if pointer := pointer_at(draft, offset):
        return _shown(_of_link(shelf, pointer, markdown), where.range(pointer.start, pointer.end), markdown)
    if sentence := sentence_at(draft, offset):
        return _shown(
            _of_sentence(shelf, draft, sentence, markdown), where.range(sentence.start, sentence.end), markdown
        )
    return None


def pointer_at(draft: Draft, offset: int) -> DraftLink | None:
    """The link at a place; the innermost, where one stands in another."""
    found = [
        each for each in draft.links if each.start <= offset < each.end or (each.end == offset and each.form != "title")
    ]
    return min(found, key=lambda each: (each.end <= offset, each.end - each.start), default=None)


def sentence_at(draft: Draft, offset: int) -> Sentence | None:
    """The sentence at a place."""
    return next((each for each in draft.sentences if each.start <= offset <= each.end), None)


def _of_link(shelf: Shelf, pointer: DraftLink, markdown: bool) -> str:
    if pointer.note:
        return note_card(shelf, pointer.note, markdown)
    return escaped(f"No note answers to “{pointer.target}”.", markdown)


def _of_sentence(shelf: Shelf, draft: Draft, sentence: Sentence, markdown: bool) -> str:
    if len(sentence.text.split()) < _WORDS and sentence.text.isascii():
        return ""
    near = shelf.near(sentence.text, draft.note)
    if near.nearness < _NEAR:
        return ""
    claims = distinct(read_claims(shelf.store, [claim for claim, _ in near.claims]))[:_SHOWN]
    lines = ["The notes say:", "", *said_by(shelf, claims, markdown)]
    ids = {claim.id for claim in claims}
    pulls = [each for each in held(shelf.store, {claim.note for claim in claims}) if {each.a.id, each.b.id} & ids]
    for each in pulls[:_SHOWN]:
        said = each.a if each.a.id in ids else each.b
        lines.append(tension_line(shelf, each, said.note, markdown))
    return "\n".join(lines)


def _shown(text: str, span: types.Range, markdown: bool) -> types.Hover | None:
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    return types.Hover(types.MarkupContent(kind, text), span) if text else None
