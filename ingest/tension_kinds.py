"""Which kind of tension an author states, from his words: the relation says that two claims pull apart, not how."""

import re

from kb.link import TensionKind

_METHOD = re.compile(
    r"\b(?:artefacts?|artifacts?|confound\w*|accounts? for (?:most|much|a large|part)|(?:is|are|largely|mostly) explained by|averages? hides?"
    r"|contaminat\w+|leak(?:ed|age|s)?|memori[sz](?:ed|ation)|by choice of (?:metric|measure)|(?:harsh|discontinuous|stricter|wrong) (?:metric|measure)s?"
    r"|measured (?:differently|by|with)|counts? (?:lucky|only)|only under (?:\w+ ){0,2}metrics?|may test recall|format correction|the (?:measure|metric|grader|benchmark|baseline|control) "
    r"(?:itself|does|is|was|may|cannot))\b",
    re.I,
)
_DEFINITION = re.compile(
    r"\b(?:(?:usually|often|properly)? ?defined as|refers? to\b.{0,60}\bnot|(?:poor|wrong|misleading) (?:name|word|term)|at odds with how .{3,40} is defined"
    r"|(?:by|means?|in the sense of) (?:the word|the term)|is a misnomer)\b",
    re.I,
)
_SUPERSEDED = re.compile(
    r"\b(?:(?:revised|later|newer|second|updated) (?:version|edition|release|paper|preprint)|first version|the (?:old )?assumption (?:was|had been)|(?:was|were) (?:long )?(?:assumed|believed|thought)"
    r"|superseded?s?|supersedes|outdated|withdrawn|retracted|no longer holds?)\b",
    re.I,
)


def kind_of(relation: str, cue: str, a: str, b: str) -> TensionKind:
    """From the author's cue and the words of both sides."""
    said = f"{cue} {a} {b}"
    if _METHOD.search(said):
        return "method"
    if _SUPERSEDED.search(said):
        return "superseded"
    if _DEFINITION.search(said):
        return "definition"
    return "opposing result" if relation == "contradicts" else "scope"
