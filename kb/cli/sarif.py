"""Findings as SARIF 2.1.0, the form in which code hosts and editors read the results of a check."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from kb import __version__
from kb.catalogue import claims
from kb.claim import Claim
from kb.store import Store
from notes.draft import Draft
from notes.finding import Finding

_RULES = {
    "contradicted": "The notes hold a claim that pulls against this sentence.",
    "uncited": "A note says this, and it is not cited.",
    "miscited": "The note cited does not say this.",
    "overstated": "The sentence goes beyond the note it cites.",
    "broken-link": "A link that leads nowhere.",
    "ambiguous-link": "A link that several notes answer alike.",
}
_NOTES = ("uncited",)
"""Codes that are worth a note and no warning."""


def as_sarif(store: Store, found: Sequence[tuple[str, Draft, Sequence[Finding]]]) -> dict[str, Any]:
    """One run, its columns counted in characters."""
    wanted = list(dict.fromkeys(name for _, _, findings in found for each in findings for name in each.claims))
    known = {claim.id: claim for claim in claims(store, wanted)}
    rules = [{"id": code, "shortDescription": {"text": text}} for code, text in _RULES.items()]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "kb check", "version": __version__, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(shown, draft.text, each, known) for shown, draft, some in found for each in some],
            }
        ],
    }


def _result(shown: str, text: str, each: Finding, known: dict[str, Claim]) -> dict[str, Any]:
    where = {"uri": quote("stdin.md" if shown == "-" else shown)}
    result: dict[str, Any] = {
        "ruleId": each.code,
        "ruleIndex": list(_RULES).index(each.code),
        "level": "note" if each.code in _NOTES else "warning",
        "message": {"text": f"{each.message} {each.hint}".strip()},
        "locations": [{"physicalLocation": {"artifactLocation": where, "region": _region(text, each.start, each.end)}}],
    }
    if claims := [known[name] for name in each.claims if name in known]:
        result["relatedLocations"] = [_related(claim) for claim in claims]
    if each.replace:
        replacements = [
            {"deletedRegion": _region(text, start, end), "insertedContent": {"text": put}}
            for start, end, put in each.replace
        ]
        change = {"artifactLocation": where, "replacements": replacements}
        result["fixes"] = [{"description": {"text": each.hint or each.message}, "artifactChanges": [change]}]
    return result


def _related(claim: Claim) -> dict[str, Any]:
    """A claim by the line of its note; its file lies in the vault, wherever the draft does."""
    region = {"startLine": claim.place.line, "snippet": {"text": claim.quote}}
    place = {"artifactLocation": {"uri": quote(claim.place.path)}, "region": region}
    return {"physicalLocation": place, "message": {"text": claim.text}}


def _region(text: str, start: int, end: int) -> dict[str, int]:
    (line, column), (last, stop) = _at(text, start), _at(text, end)
    return {"startLine": line, "startColumn": column, "endLine": last, "endColumn": stop}


def _at(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
