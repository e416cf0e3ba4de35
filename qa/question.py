"""What is asked, and what it takes for granted."""

import re
from dataclasses import dataclass
from typing import Literal

from kb.note import slug
from kb.oneline import one_line
from qa.clause import auxiliary_of
from qa.indirect import Indirect, indirect
from qa.presupposed import presupposed

Kind = Literal["why", "how", "whether", "which", "when", "compare", "what", "topic"]

_LONGEST = 2_000
_QUOTED = 300
_COMPARE = re.compile(r"\b(?:compared? (?:to|with)|versus|vs\.?|differences? between|compare|contrast)\b", re.I)
_HOW_MUCH = re.compile(
    r"how (?:much|many|few|little|often|far|long|large|big|small|fast|well|badly|likely|strong|good|bad|hard)\b", re.I
)
_LEAD_IN = re.compile(
    r"^(?:(?:so|and|but|ok(?:ay)?|well|hi|hello|please|then)[,]?|(?:however|also|hmm|still),)\s+", re.I
)
_POLITE = re.compile(
    r"^(?:can|could|would) you (?:please )?(?:tell me|explain(?: to me)?|say)\s+"
    r"|^(?:i(?:'d|’d| would) like to know|i wonder|tell me(?: more)?(?: about)?|explain(?: to me)?|what do (?:the|my) notes say about)\s+",
    re.I,
)
_ADJUNCT = re.compile(
    r"^(?:if|in|for|given|since|now that|once|when|while|although|even|though|as|after|before|with|without|under|at|on|despite|by|"
    r"because|unless|whereas|among|from|beyond|apart)\b",
    re.I,
)
_ASKS_NEXT = re.compile(r",\s+(?:then\s+)?(?=(?P<word>[\w’']+)\s)")
_SENTENCES = re.compile(r"(?<=[.?!])\s+(?=[A-Z“\"])")
_RUN = re.compile(r"([?!.,;:])\1+|(?<=[?!.,;:])[?!.,;:]+")


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
    sought: str = ""
    """How it is looked for: the same whether it was typed with a capital and a question mark or without."""


def read_question(given: str) -> Question:
    """Read any text at all as a question."""
    text = one_line(given, _LONGEST)
    plain = _LEAD_IN.sub("", text)
    bare = _LEAD_IN.sub("", _POLITE.sub("", plain)).strip()
    sentences = _SENTENCES.split(bare)
    one = next((each for each in sentences if each.endswith("?")), sentences[0])
    adjunct, core = _adjunct(one)
    found = indirect(core, embedded=bare != plain)
    kind = _kind(core.rstrip("?？!. ").split(), core)
    reading = _turned(adjunct, found) if found and len(sentences) == 1 else _quoted(bare, kind)
    return Question(text, kind, reading, presupposed(core, found, adjunct), text if kind == "topic" else _written(text))


GREETINGS = frozenset(
    "hi hello hey hiya hallo howdy yo thanks thank you bye ok okay test testing please help good morning evening there".split()
)


def is_question(given: str) -> bool:
    """Whether anything is asked at all: "hi" and "???" ask nothing of notes."""
    return any(map(str.isalnum, given)) and not set(slug(one_line(given, _LONGEST)).split("-")) <= GREETINGS


def _written(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('?？!. ')}?"


def _adjunct(text: str) -> tuple[str, str]:
    """What is said before the question proper ("If only the answer is rewarded, do ..."), and that."""
    second = text.split(" ", 2)[1].lower() if text.count(" ") > 1 else ""
    if not _ADJUNCT.match(text) or second in ("what", "which", "whose", "whom") or auxiliary_of(second)[0]:
        return "", text
    for match in _ASKS_NEXT.finditer(text):
        if "," in text[: match.start()] and not text.lower().startswith("given"):
            break
        word = match["word"].lower()
        if auxiliary_of(word)[0] or word in ("why", "how", "what", "which", "when", "where", "who"):
            return text[: match.start()], text[match.end() :]
    return "", text


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
        return "when" if first in ("under", "in", "at") else "what"
    return "whether" if auxiliary_of(first)[0] and len(words) > 2 else "topic"


def _turned(adjunct: str, found: Indirect) -> str:
    before = f", {adjunct[:1].lower()}{adjunct[1:]}," if adjunct else ""
    return f"This asks{before} {found}."


def _quoted(bare: str, kind: Kind) -> str:
    """A sentence that is grammatical whatever was typed: what could not be turned round stands in quotation marks."""
    said = _RUN.sub(lambda run: run[1] or "", bare).strip(" .,;:")
    if len(said) > _QUOTED:
        said = f"{said[:_QUOTED].rsplit(' ', 1)[0].rstrip(' .,;:?!')}…"
    if not any(map(str.isalnum, said)):
        return "This asks nothing yet."
    quoted = f"“{said}”"
    match kind:
        case "whether":
            return f"This asks for a yes or no, and its conditions: {quoted}."
        case "why":
            return f"This asks for reasons: {quoted}."
        case "how":
            return f"This asks by what means: {quoted}."
        case "when":
            return f"This asks under what conditions: {quoted}."
        case "compare":
            return f"This asks for a comparison: {quoted}."
        case "which" | "what":
            return f"This asks {quoted}."
        case _:
            return f"This asks what the notes say about {quoted}."
