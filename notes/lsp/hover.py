"""Hover: a link shows its note, a sentence what the notes say about it. Inlay hints: how many voices say what a note says."""

from collections.abc import Sequence
from functools import cache

from lsprotocol import types

from kb.catalogue import claims as read_claims
from kb.catalogue import claims_of
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.edges import links
from kb.note import slug
from notes.lsp.open_base import OpenBase
from notes.lsp.request import Request
from notes.plain_text import escaped, plain_text
from qa.evidence import voice_of
from qa.tensions import Held, held

NEAR = 0.4
"""Cosine that the nearest claim must have; a sentence on something else is met with silence."""
WORDS = 4
"""Words that a sentence must have to be asked about."""
_CLAIMS, _TENSIONS, _OF_SENTENCE = 4, 3, 3
"""Claims and tensions shown of a note, and of each about a sentence."""
_FIRST = ("finding", "position", "mechanism")
"""Roles of the claims shown first: what a note finds says more of it than how it went about it."""
_TIP = "Independent sources among the notes that say this: those that share a source count once."


def hover(request: Request) -> types.Hover | None:
    """What is known about what stands at the cursor."""
    draft, link, kind = request.draft, request.link, request.client.hover_kind
    markdown = kind == types.MarkupKind.Markdown
    if draft is None:
        return None
    if link is not None:
        start, end = link.start, link.end
        text = note_card(request.base, link.note, markdown) if link.note else ""
        text = text if link.note else escaped(f"No note answers to “{link.target}”.", markdown)
    else:
        sentence = next((each for each in draft.sentences if each.start <= request.offset <= each.end), None)
        if sentence is None or (len(sentence.text.split()) < WORDS and sentence.text.isascii()):
            return None
        start, end = sentence.start, sentence.end
        text = _about(request.base, sentence.text, draft.note, markdown)
    return types.Hover(types.MarkupContent(kind, text), request.positions.range(start, end)) if text else None


def inlay_hints(request: Request) -> list[types.InlayHint] | None:
    """One for each link in a range whose note makes claims; none unless the editor was set to show them."""
    draft = request.draft
    if draft is None or not request.client.hints:
        return None
    start, end = request.positions.span(request.params.range)
    voices = cache(lambda note: _count_voices(request.base, note))
    found = []
    for link in draft.links:
        if link.note and start <= link.end <= end and link.note != draft.note and (count := voices(link.note)):
            label = f"{count} voice{'' if count == 1 else 's'}"
            found.append(types.InlayHint(request.positions.position(link.end), label, padding_left=True, tooltip=_TIP))
    return found


def _count_voices(base: OpenBase, note: str) -> int:
    """The sources of a note and of those that restate or support its claims, each once."""
    claims = [claim.id for claim in claims_of(base.store, note)]
    if not claims:
        return 0
    agreeing = [link for link in links(base.store, note, *claims) if link.kind in ("restates", "supports")]
    ends = {end for link in agreeing for end in (link.a, link.b)}
    names = {note, *ends, *(claim.note for claim in read_claims(base.store, sorted(ends)))}
    return len({voice_of(each) for each in read_notes(base.store, sorted(names))})


def _about(base: OpenBase, sentence: str, own: str, markdown: bool) -> str:
    """The claims of the notes nearest to a sentence, and what pulls against those."""
    near = base.search(sentence, own)
    if near.nearness < NEAR:
        return ""
    claims = distinct(read_claims(base.store, [claim for claim, _ in near.claims]))[:_OF_SENTENCE]
    ids = {claim.id for claim in claims}
    lines = ["The notes say:", ""]
    lines += [f"- {escaped(base.title(each.note), markdown)}: {_quote(each, markdown)}" for each in claims]
    pairs = [each for each in held(base.store, {claim.note for claim in claims}) if {each.a.id, each.b.id} & ids]
    for each in pairs[:_OF_SENTENCE]:
        lines.append(_tension(base, each, each.b if each.a.id in ids else each.a, markdown))
    return "\n".join(lines)


def note_card(base: OpenBase, name: str, markdown: bool) -> str:
    """Title, summary, claims and tensions of a note; empty for one that is not there."""
    note = next(iter(read_notes(base.store, [name])), None)
    if note is None:
        return ""
    keys = [f"@{source.citekey}" for source in note.sources[:2] if source.citekey]
    lines = [_strong(note.title, markdown)]
    lines.append(escaped(", ".join(filter(None, (note.path or "not written yet", note.date, *keys))), markdown))
    if note.summary and note.summary != note.title:
        lines += ["", escaped(note.summary, markdown)]
    claims = sorted(claims_of(base.store, name), key=lambda claim: claim.role not in _FIRST)
    claims = [claim for claim in claims if claim.quote.strip() != note.summary.strip()][:_CLAIMS]
    if claims:
        lines += ["", *(f"- {_quote(claim, markdown)}" for claim in claims)]
    if tensions := held(base.store, [name])[:_TENSIONS]:
        sides = [(each, each.b if each.a.note == name else each.a) for each in tensions]
        lines += ["", _strong("Tensions", markdown), "", *(_tension(base, *each, markdown) for each in sides)]
    return "\n".join(lines)


def claim_card(base: OpenBase, name: str, markdown: bool) -> str:
    """A claim in its author's words, and where it stands."""
    claim = next(iter(read_claims(base.store, [name])), None)
    if claim is None:
        return ""
    place = escaped(f"{claim.place.path}, line {claim.place.line}", markdown)
    return "\n".join([_strong(base.title(claim.note), markdown), "", f"- {_quote(claim, markdown)}", "", place])


def distinct(claims: Sequence[Claim]) -> list[Claim]:
    """What several files quote alike is shown once, from its own note where that is among them."""
    once: dict[str, Claim] = {}
    for each in claims:
        key = slug(plain_text(each.quote, 2_000))
        if key not in once or each.place.path == each.note:
            once[key] = each
    return list(once.values())


def _tension(base: OpenBase, each: Held, other: Claim, markdown: bool) -> str:
    return f"- {escaped(each.tension.kind, markdown)}, {escaped(base.title(other.note), markdown)}: {_quote(other, markdown)}"


def _quote(claim: Claim, markdown: bool) -> str:
    return f"“{escaped(claim.quote, markdown, 300)}”"


def _strong(text: str, markdown: bool) -> str:
    shown = escaped(text, markdown)
    return f"**{shown}**  " if markdown and shown else shown
