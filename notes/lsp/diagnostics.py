"""Diagnostics: what is published of the checks, and when: not while the sentence in question is being typed."""

import re

from lsprotocol import types

from kb.catalogue import claims as read_claims
from notes.draft import Draft
from notes.finding import Finding
from notes.lsp.buffers import Buffer
from notes.lsp.open_base import OpenBase, location
from notes.lsp.positions import Positions
from notes.plain_text import plain_text

LONGER = 6
"""Pauses after which a sentence that was mended in its middle counts as written."""
_ENDED = re.compile(r"[.?!。？！…:;|]['\"”’)\]»*_]*\s*\Z")  # "It rose.” "
_SEVERITY = {
    "contradicted": types.DiagnosticSeverity.Warning, "miscited": types.DiagnosticSeverity.Warning,
    "overstated": types.DiagnosticSeverity.Warning, "broken-link": types.DiagnosticSeverity.Warning,
    "ambiguous-link": types.DiagnosticSeverity.Information, "uncited": types.DiagnosticSeverity.Hint,
}  # fmt: skip


class Checked:
    """A version of a buffer with what was found in it."""

    def __init__(self, draft: Draft, version: int, findings: list[Finding]) -> None:
        self.version = version
        self._sentences = [(each.start, each.end) for each in draft.sentences]
        self._text, self._findings = draft.text, findings

    def findings(self, edited: int | None, after_longer: bool = False) -> tuple[Finding, ...]:
        """Those outside the sentence at hand; those within it once it is written, as far as one can tell."""
        busy = self._at_hand(edited, after_longer)
        return tuple(each for each in self._findings if busy is None or each.end <= busy[0] or each.start >= busy[1])

    def is_waiting(self, edited: int | None) -> bool:
        """Whether a longer pause would tell more."""
        return len(self.findings(edited, True)) > len(self.findings(edited))

    def _at_hand(self, edited: int | None, after_longer: bool) -> tuple[int, int] | None:
        """The sentence in which the last edit was and that is not written yet; of what is no prose, its line."""
        if edited is None:
            return None
        line = self._text.rfind("\n", 0, edited) + 1, self._text.find("\n", edited) % (len(self._text) + 1)
        start, end = next((each for each in self._sentences if each[0] <= edited <= each[1]), line)
        before, after = self._text[start:edited], self._text[edited:end]
        is_ended = (
            _ENDED.search(after) if after_longer and after.strip() else not after.strip() and _ENDED.search(before)
        )
        return None if is_ended else (start, end)


def check(base: OpenBase, buffer: Buffer) -> Checked | None:
    """What is wrong with a buffer as it stands; nothing where it cannot be read as a note."""
    draft = base.draft(buffer.uri, buffer.text)
    return Checked(draft, buffer.version, base.checker.check(draft)) if draft is not None else None


def diagnostics(base: OpenBase, where: Positions, findings: tuple[Finding, ...]) -> list[types.Diagnostic]:
    """Findings as an editor shows them: plain text, with the claims they rest on a click away."""
    return [
        types.Diagnostic(
            range=where.range(each.start, each.end),
            message="\n".join(filter(None, (plain_text(each.message, 600), plain_text(each.hint, 300)))),
            severity=_SEVERITY[each.code], code=each.code, source="kb",
            related_information=[
                types.DiagnosticRelatedInformation(
                    location(base, claim.place.path, claim.place.line),
                    f"{plain_text(base.title(claim.note), 120)}: “{plain_text(claim.quote, 300)}”",
                )
                for claim in read_claims(base.store, each.claims)
            ] or None,
        )
        for each in findings
    ]  # fmt: skip
