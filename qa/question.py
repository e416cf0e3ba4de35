"""What is asked, and what it takes for granted."""

import re
from dataclasses import dataclass
from typing import Literal

from kb.oneline import one_line
from qa.clause import AUXILIARIES, Clause, uninverted

Kind = Literal["why", "how", "whether", "which", "when", "compare", "what", "topic"]

_LONGEST = 2_000
_COMPARE = re.compile(r"\b(?:compared? (?:to|with)|versus|vs\.?|differences? between|compare|contrast)\b", re.I)
_HOW_MUCH = re.compile(r"how (?:much|many|often|far|long|large|big|fast|well|likely)\b", re.I)
_GIVEN = re.compile(
    r"\b(?:given that|even though|although|despite the fact that|since|because)\s+(?P<clause>[^,?]{12,200})", re.I
)
_EXPLAINS = re.compile(
    r"\b(?P<verb>explains?|shows?|proves?|means?|implies|imply|tells? us|demonstrates?)\s+(?:to us\s+)?(?P<why>why|that|how)\s+(?P<clause>[^,?]{8,200})",
    re.I,
)
_LEAD_IN = re.compile(r"^(?:so|and|but|ok(?:ay)?|well|hi|hello|please|then)[,]?\s+", re.I)
_POLITE = re.compile(
    r"^(?:can|could|would) you (?:please )?(?:tell me|explain|say)\s+|^(?:i(?:'d| would) like to know|i wonder|tell me|explain(?: to me)?|what do (?:the|my) notes say about)\s+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read."""

    text: str
    """As asked, on one line."""
    kind: Kind
    reading: str
    """One sentence, "This asks ..."."""
    presupposes: tuple[str, ...]
    """Statements that it takes for granted."""


def read_question(given: str) -> Question:
    """Read any text at all as a question."""
    text = one_line(given, _LONGEST)
    bare = _LEAD_IN.sub("", _POLITE.sub("", _LEAD_IN.sub("", text))).strip()
    words = bare.rstrip("?？!. ").split()
    kind = _kind(words, bare)
    clause = _clause(words, kind)
    return Question(text, kind, _reading(bare, kind, clause), _presupposed(bare, kind, clause))


def _kind(words: list[str], text: str) -> Kind:
    if not words:
        return "topic"
    first = words[0].lower().rstrip(",")
    if _COMPARE.search(text):
        return "compare"
    if first in ("why", "how", "when", "which"):
        return "what" if _HOW_MUCH.match(text) else first  # type: ignore[return-value]
    if first in ("what", "who", "where", "whose", "whom"):
        return "what"
    if (
        first in ("under", "in", "at", "on", "to", "for", "by")
        and len(words) > 1
        and words[1].lower() in ("what", "which")
    ):
        return "when" if words[0].lower() in ("under", "in", "at") else "what"
    return (
        "whether"
        if first.replace("’", "'").removesuffix("n't") in AUXILIARIES | {"ca", "wo"} and len(words) > 2
        else "topic"
    )


def _clause(words: list[str], kind: Kind) -> Clause | None:
    lower = [word.lower() for word in words]
    if kind == "whether":
        return uninverted(words)
    if (
        kind in ("why", "how", "when")
        and len(words) > 2
        and lower[1].replace("’", "'").removesuffix("n't") in AUXILIARIES
    ):
        return uninverted(words[1:])
    return None


def _reading(bare: str, kind: Kind, clause: Clause | None) -> str:
    """A sentence that is grammatical whatever was typed: what could not be turned round is quoted."""
    if not bare:
        return "This asks nothing yet."
    quoted = f"“{bare.rstrip('.')}”"
    said = _lowered(str(clause)) if clause else ""
    match kind:
        case "whether":
            return f"This asks whether {said}." if said else f"This asks for a yes or no, and its conditions: {quoted}."
        case "why":
            return f"This asks why {said}." if said else f"This asks for reasons: {quoted}."
        case "how":
            return f"This asks how {said}." if said else f"This asks by what means: {quoted}."
        case "when":
            return (
                f"This asks when {said}."
                if said and bare.lower().startswith("when")
                else f"This asks under what conditions: {quoted}."
            )
        case "compare":
            return f"This asks for a comparison: {quoted}."
        case "which" | "what":
            return f"This asks {quoted}."
        case _:
            return f"This asks what the notes say about {quoted}."


def _presupposed(bare: str, kind: Kind, clause: Clause | None) -> tuple[str, ...]:
    found: list[str] = []
    if clause and kind in ("why", "how", "when"):
        outer = str(clause)
        inner = _EXPLAINS.search(outer)
        if inner:
            found += [f"{outer[: inner.start()]}{inner['verb']} {inner['why']} {inner['clause']}", inner["clause"]]
        elif kind != "when":
            found.append(outer)
    if given := _GIVEN.search(bare):
        found.append(given["clause"])
    return tuple(dict.fromkeys(_sentence(text) for text in found if len(text.split()) >= 3))


def _sentence(text: str) -> str:
    text = text.strip(" ,.;:?")
    return f"{text[:1].upper()}{text[1:]}."


def _lowered(text: str) -> str:
    """Lower case at the start, unless the word is a name or an acronym."""
    first = text.split(" ", 1)[0]
    named = any(char.isupper() or char.isdigit() for char in first[1:]) or (len(first) == 1 and first != "A")
    return text if named else text[:1].lower() + text[1:]
