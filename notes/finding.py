"""A finding of `kb check`, and the case it is found in: one sentence of a draft with what the notes say beside it."""

from dataclasses import dataclass
from typing import NamedTuple

from kb.claim import Claim
from kb.oneline import one_line
from kb.settings import Check
from notes.claim_index import ClaimIndex, NearClaim
from notes.draft import Draft
from notes.draft_sentences import DraftSentence
from notes.edit import Edit
from notes.judged_claims import JudgedClaim
from notes.link_style import LinkStyle


class Finding(NamedTuple):
    """One remark about a draft."""

    line: int
    start: int
    """Offset in `Draft.text`."""
    end: int
    code: Check
    message: str
    hint: str
    claims: tuple[str, ...] = ()
    replace: tuple[Edit, ...] = ()
    """Edits that would mend it."""
    once: str = ""
    """What a draft is told once; empty for what is told at each sentence."""


class Evidence(NamedTuple):
    """What the notes have to say of a sentence, wherever it stands."""

    near: tuple[JudgedClaim, ...] = ()
    """Claims of other notes on its subject, nearest first."""
    cited: tuple[JudgedClaim, ...] = ()
    """Those of the notes it cites that have been judged."""
    of_cited: tuple[NearClaim, ...] = ()
    """The most similar claim of each note it cites; none where one of them makes no claims."""


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence of a draft, its evidence and its surroundings: what a rule is given."""

    draft: Draft
    sentences: tuple[DraftSentence, ...]
    at: int
    evidence: Evidence
    index: ClaimIndex
    style: LinkStyle

    @property
    def sentence(self) -> DraftSentence:
        return self.sentences[self.at]

    def title(self, note: str) -> str:
        return one_line(self.index.title(note), 120)

    def quoted(self, claim: Claim) -> str:
        """A claim in its author's words, and whose it is."""
        return f"“{one_line(claim.quote, 400)}” ({self.title(claim.note)})"

    def link_to(self, note: str) -> str:
        """A link as the vault's author writes links."""
        found = self.index.note(note)
        return (found and self.style.after(found, self.draft.path)) or f"[[{note.removesuffix('.md')}]]"

    def finding(
        self,
        code: Check,
        message: str,
        hint: str,
        claims: tuple[str, ...],
        edits: tuple[Edit, ...] = (),
        once: str = "",
    ) -> Finding:
        here = self.sentence
        return Finding(here.line, here.start, here.end, code, message, hint, claims, edits, once)
