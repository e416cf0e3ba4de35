"""What is published of the checks, and when: not while the sentence in question is being typed."""

import re

from lsprotocol import types

from kb.catalogue import claims as read_claims
from notes.draft import Draft
from notes.finding import Finding
from notes.lsp.addresses import uri_of
from notes.lsp.cards import title_of
from notes.lsp.desk import Buffer, Desk
from notes.lsp.shelf import Shelf
from notes.plain_text import plain_text

PAUSE = 0.4
"""Seconds without a letter before a draft is checked."""
LONGER = 6
"""Such pauses after which a sentence that was mended in its middle counts as written."""
_ENDED = re.compile(r"[.?!。？！…:;|]['\"”’)\]»*_]*\s*\Z")
_SEVERITY = {
    "contradicted": types.DiagnosticSeverity.Warning, "miscited": types.DiagnosticSeverity.Warning,
    "overstated": types.DiagnosticSeverity.Warning, "broken-link": types.DiagnosticSeverity.Warning,
    "ambiguous-link": types.DiagnosticSeverity.Information, "uncited": types.DiagnosticSeverity.Hint,
}  # fmt: skip


def check(shelf: Shelf, buffer: Buffer) -> "Reviewed | None":
    """What is wrong with a buffer as it stands, and where its sentences are."""
    draft = shelf.draft(buffer)
    if draft is None:
        return None
    return Reviewed(draft, tuple(shelf.checker.check(draft)))


class Reviewed:
    """A draft with what was found in it."""

    def __init__(self, draft: Draft, findings: tuple[Finding, ...]) -> None:
        self.spans = tuple((each.start, each.end) for each in draft.sentences)
        self.text = draft.text
        self.findings = findings

    def to_tell(self, edited: int | None, quiet: bool) -> tuple[Finding, ...]:
        """The findings outside the sentence at hand; those within it once it is written, as far as one can tell."""
        busy = self._at_hand(edited, quiet)
        return tuple(each for each in self.findings if busy is None or each.end <= busy[0] or each.start >= busy[1])

    def waits(self, edited: int | None) -> bool:
        """Whether a longer pause would tell more."""
        return len(self.to_tell(edited, True)) > len(self.to_tell(edited, False))

    def _at_hand(self, edited: int | None, quiet: bool) -> tuple[int, int] | None:
        if edited is None:
            return None
        span = next(((start, end) for start, end in self.spans if start <= edited <= end), None) or self._line(edited)
        before, after = self.text[span[0] : edited], self.text[edited : span[1]]
        if not after.strip():
            return None if _ENDED.search(before) else span
        return None if quiet and _ENDED.search(after) else span

    def _line(self, at: int) -> tuple[int, int]:
        """What is not yet prose, such as half a link, goes by its line."""
        start = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        return start, len(self.text) if end < 0 else end


def diagnostics(shelf: Shelf, desk: Desk, text: str, findings: tuple[Finding, ...]) -> list[types.Diagnostic]:
    """Findings as an editor shows them: plain text, with the claims they rest on a click away."""
    where = desk.positions(text)
    return [
        types.Diagnostic(
            range=where.range(each.start, each.end),
            message="\n".join(filter(None, (plain_text(each.message, 600), plain_text(each.hint, 300)))),
            severity=_SEVERITY.get(each.code, types.DiagnosticSeverity.Information),
            code=each.code, source="kb", related_information=_related(shelf, each) or None,
        )
        for each in findings
    ]  # fmt: skip


def _related(shelf: Shelf, finding: Finding) -> list[types.DiagnosticRelatedInformation]:
    found = []
    for claim in read_claims(shelf.store, list(finding.claims)):
        at = types.Position(max(0, claim.place.line - 1), 0)
        place = types.Location(uri_of(shelf.vault / claim.place.path), types.Range(at, at))
        said = f"{plain_text(title_of(shelf, claim.note), 120)}: “{plain_text(claim.quote, 300)}”"
        found.append(types.DiagnosticRelatedInformation(place, said))
    return found
