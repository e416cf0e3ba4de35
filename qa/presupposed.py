"""What a question takes for granted, as statements.

"Why do models lie?" holds that models lie; "Does RL help?" holds nothing. Only what is plainly granted, and can be
said in a whole sentence, is given: a premise that was never held would be judged against the notes for nothing.
"""

import re
from collections.abc import Callable, Iterator

from qa.clause import Clause
from qa.grammar import (
    BE,
    DETERMINERS,
    MODALS,
    OPENERS,
    PRONOUNS,
    bare,
    is_adjective,
    is_adverb,
    is_gerund,
    is_plural,
    is_preposition,
)
from qa.indirect import Indirect, indirect, is_statement
from qa.predicate import start_of_predicate
from qa.verbs import is_only_verb, is_participle, may_be_noun, past, third

MOST = 3
_GRANTED = r"given (?:the fact )?that|now that|even though|despite the fact that|although|though|since"
_BEFORE = re.compile(rf"^(?:{_GRANTED}|because)\s+", re.I)
_ALSO = re.compile(r",?\s+and\s+(?:given\s+)?that\s+|,?\s+and\s+since\s+", re.I)
_AFTER = re.compile(rf",?\s+(?P<by>{_GRANTED})\s+(?P<said>[^,;]+)$", re.I)
_SECOND = re.compile(
    r",\s+(?:and|but|or|so)\s+(?:if so,?\s+|then\s+)?(?:(?:from|to|by|in|at|under|for)\s+)?"
    r"(?=(?:why|how|what|which|who|when|where|is|are|do|does|did|can|could|will|would|should|has|have|was|were)\b).*$",
    re.I,
)
_WHY = re.compile(
    r"\b(?:explain(?:s|ed)?|accounts? for|tells? us|shows?(?: us)?|reveals?|understand)\s+(?:why|the fact that)\s+(?P<said>[^,;?]+)",
    re.I,
)
_HOW = re.compile(r"\b(?:explain(?:s|ed)?)\s+(?:how|that)\s+(?P<said>[^,;?]+)", re.I)
_MAKES = re.compile(
    r"^what (?P<verb>makes|made|causes|caused|leads|led|drives|drove|allows|allowed|enables|enabled|lets) (?P<rest>.+)$",
    re.I,
)
_THERE = re.compile(
    r"^what (?:explains|explained|accounts for|causes|caused|drives|underlies|is behind|lies behind|is the (?:cause|reason|explanation) (?:of|for)|could explain|might explain|can explain)"
    r" the (?P<thing>(?:\w[\w-]*\s+){0,2}(?:gap|difference|discrepancy|disparity|mismatch|trade-off|tension|correlation|link|relation|relationship|drop|decline|rise|increase|decrease|loss|advantage|improvement|shift))"
    r" (?P<where>(?:between|in|of|over|from)\s.+)$",
    re.I,
)
_SO = re.compile(r"\bso (?!(?:far|that|as|on|long as|called|to|is|are|do|does|can|it|they|the|a|an)\b)(?=[a-z])", re.I)
_MANNER = frozenset(
    "work works look looks feel feels go goes do does perform performs behave behaves fare fares compare compares function functions operate operates sound sounds "
    "know knows mean means define defines handle handles deal deals cope copes think thinks get gets relate relates respond responds interact interacts".split()
)
_UNSURE = frozenset("should would could might may shall".split())
_VAGUE = frozenset("it they this that these those he she i you one".split())
_CAUSES = {
    "make": "makes", "cause": "causes", "lead": "leads", "drive": "drives", "let": "lets", "enable": "enables", "allow": "allows",
    "produce": "produces", "trigger": "triggers", "determine": "determines",
}  # fmt: skip
_RANKED = re.compile(r"\b(?:best|worst|most|least|first|last|better|worse|more|less|of the two|only)\b", re.I)
_MASS = frozenset("data media".split())


def presupposed(question: str, read: Indirect | None, adjunct: str = "") -> tuple[str, ...]:
    """The statements that a question takes for granted; `adjunct` is what was said before it ("Given that ...")."""
    core = question.rstrip("?？!. ")
    asked = indirect(_SECOND.sub("", core)) if _SECOND.search(core) else read
    found: list[str] = []
    outer = _outer(asked)
    text = _AFTER.sub(_unless_granted, outer) if outer else ""
    if text:
        found.append(text)
    found += _inner(outer or (str(asked) if asked else ""), whole=bool(outer))
    found += _subject_questions(core)
    if (
        asked
        and asked.lead == "how"
        and asked.auxiliary in ("can", "could")
        and asked.clause
        and " if " in asked.clause.predicate
    ):
        found += _resolved(asked.clause, asked.clause.predicate.split(" if ", 1)[1])
    if given := _AFTER.search(core):
        found += _stated(given["said"], _surely(given["by"]))
    if adjunct and _BEFORE.match(adjunct):
        surely = not adjunct.lower().startswith("since")
        for part in _ALSO.split(_BEFORE.sub("", adjunct)):
            found += _stated(part, surely)
    return tuple(dict.fromkeys(sentence for text in found if (sentence := _sentence(text))))[:MOST]


def _unless_granted(match: re.Match[str]) -> str:
    return "" if _stated(match["said"], _surely(match["by"])) else match[0]


def _surely(by: str) -> bool:
    """Whether a whole clause must follow: "since" may be followed by a year."""
    return by.lower() not in ("since", "though")


def _stated(said: str, surely: bool = False) -> list[str]:
    words = said.split()
    return [said] if len(words) > 1 and bare(words[0]) not in _VAGUE and (surely or is_statement(words)) else []


def _outer(asked: Indirect | None) -> str:
    """What "why", "how" and "when did" are asked of."""
    if asked is None or asked.clause is None:
        return ""
    subject, predicate = asked.clause
    lead, first = bare(asked.lead), [bare(word) for word in predicate.split()]
    if lead not in ("why", "how") and not (lead == "when" and asked.auxiliary == "did"):
        return ""
    if asked.auxiliary in _UNSURE or (lead == "how" and asked.auxiliary in MODALS):
        return ""
    if not subject:
        return predicate if bare(predicate.split()[0]) not in _VAGUE else ""
    if bare(subject) in _VAGUE and not _expletive(subject, predicate):
        return ""
    if lead == "how":
        verb = next((word for word in first if not is_adverb(word)), "")
        if bare(subject) in PRONOUNS - {"there"} or verb in _MANNER or verb.removesuffix("ed") in _MANNER:
            return ""
        if asked.auxiliary in BE and not any(is_participle(word) or is_adjective(word) for word in first[1:]):
            return ""
        if "supposed" in first or "meant" in first:
            return ""
        predicate = _come_to(predicate)
    return f"{subject} {_plainly(predicate)}"


def _plainly(predicate: str) -> str:
    """A predicate without the "so" and "even" of wonder: "appear so suddenly" says that they appear suddenly."""
    predicate = re.sub(r"\beven (?!if\b|though\b|when\b|as\b)(?=[a-z])", "", predicate)
    predicate = re.sub(
        r"\bso much(?=$|,| (?:in|on|from|with|by|between|across|after|when|as)\b)", "a lot", predicate, flags=re.I
    )
    return _SO.sub("", predicate)


def _expletive(subject: str, predicate: str) -> bool:
    """ "It is hard to ..." says something; "it fails" speaks of we do not know what."""
    return bare(subject) == "it" and bool(re.match(r"(?:is|was) (?:not )?(?:so )?\w+ (?:to|that)\b", predicate))


def _come_to(predicate: str) -> str:
    words = predicate.split()
    forms: dict[str, Callable[[str], str]] = {"come": str, "comes": third, "came": past}
    inflect = forms.get(words[0])
    if inflect and len(words) > 2 and words[1] == "to" and (is_only_verb(words[2]) or may_be_noun(words[2])):
        plain = words[2].rstrip(",")
        return " ".join((inflect(plain) + words[2][len(plain) :], *words[3:]))
    return predicate


def _inner(text: str, whole: bool) -> Iterator[str]:
    """What an explanation is of: "explains why Y" grants Y."""
    match = _WHY.search(text) or (_HOW.search(text) if whole else None)
    if match:
        said = _AFTER.sub(_unless_granted, match["said"])
        words = said.split()
        if is_statement(words) and bare(words[0]) not in _VAGUE | BE:
            yield said


def _subject_questions(core: str) -> Iterator[str]:
    """ "What makes X fail", "What explains the gap between X and Y", "Which X makes Y"."""
    if match := _THERE.match(core):
        thing = match["thing"]
        if not is_plural(thing.split()[-1]) and not _asks_more(match["where"]):
            yield f"there is {_article(thing)} {thing} {match['where']}"
    elif match := _MAKES.match(core):
        yield from _made(match["verb"].lower(), match["rest"].split())
    elif core.lower().startswith("which "):
        yield from _which(core.split()[1:])


def _made(verb: str, words: list[str]) -> Iterator[str]:
    lower = [bare(word) for word in words]
    if _asks_more(" ".join(words)) or lower[0] in _VAGUE | {"them", "us", "him", "me"} or lower[0] in PRONOUNS:
        return
    tense = past if verb in ("made", "caused", "led", "drove") else None
    if verb in ("makes", "made"):
        many = _many(lower)
        for auxiliary in ("do", "is") if many is not None else ():
            place = start_of_predicate(
                {"do": "do" if many else "does", "is": "are" if many else "is"}[auxiliary], words
            )
            if place:
                ends, at = place
                if auxiliary == "is":
                    be = ("were" if many else "was") if tense else "are" if many else "is"
                    yield f"{' '.join(words[:ends])} {be} {_plainly(' '.join(words[ends:]))}"
                elif "and" not in lower[at:] and "or" not in lower[at:]:
                    inflect = tense or (str if many else third)
                    yield " ".join((*words[:at], inflect(words[at]), *words[at + 1 :]))
                return
        return
    if "to" not in lower[1:-1] and verb != "lets":
        return
    at = lower.index("to") if verb != "lets" else 0
    if verb == "lets":
        place = start_of_predicate("do" if _many(lower) else "does", words)
        if place:
            yield " ".join((*words[: place[0]], "can", *words[place[0] :]))
        return
    if lower.count("to") > 1 and any(word == "to" for word in lower[:at]):
        return
    subject, rest = words[:at], words[at + 1 :]
    if not (is_only_verb(bare(rest[0])) or may_be_noun(bare(rest[0]))) or any(
        bare(word) in OPENERS or (i and is_gerund(bare(word))) for i, word in enumerate(subject)
    ):
        return
    if verb in ("allows", "enables"):
        yield " ".join((*subject, "can", *rest))
    elif verb in ("allowed", "enabled"):
        yield " ".join((*subject, "could", *rest))
    elif (many := _many(lower[:at])) is not None and not {"and", "or"} & set(lower[at:]):
        inflect = tense or (str if many else third)
        yield " ".join((*subject, inflect(rest[0]), *rest[1:]))


def _which(words: list[str]) -> Iterator[str]:
    """Something does it, whichever it is; said only of causes, where it may be doubted."""
    lower = [bare(word) for word in words]
    if _RANKED.search(" ".join(words)) or lower[0] in ("of", "one", "ones") or _asks_more(" ".join(words)):
        return
    for i, word in enumerate(lower[1:-1], start=1):
        if word in OPENERS or word in PRONOUNS or word in MODALS | BE:
            return
        many = _many(lower[:i])
        if many is False and word in _CAUSES.values():
            yield f"{_article(words[0])} {' '.join(words)}"
            return
        if many and word in _CAUSES and not is_preposition(lower[i - 1]):
            yield f"some {' '.join(words)}"
            return


def _many(lower: list[str]) -> bool | None:
    """Whether a name is in the plural; None where it cannot be told."""
    name: list[str] = []
    for i, word in enumerate(lower):
        if i and (
            is_preposition(word)
            or word in OPENERS
            or word == "to"
            or (name and (is_only_verb(word) or is_adjective(word)) and i > 1)
        ):
            break
        name.append(word)
    if name[0] in ("a", "an", "this", "each", "every", "one"):
        return False
    heads = [word for word in name[:2] if is_plural(word)] if len(name) > 1 and name[0] not in DETERMINERS else []
    if "and" in name or any(word in _MASS for word in name):
        return None
    return (
        is_plural(name[-1])
        or bool(heads)
        or any(is_plural(word) for word in name[:-1] if may_be_noun(name[-1]) or is_only_verb(name[-1]))
    )


def _resolved(clause: Clause, said: str) -> list[str]:
    """ "How can X be right if it fails": the name in the place of the pronoun."""
    words = said.split()
    many = _many([bare(word) for word in clause.subject.split()])
    if (
        words
        and bare(words[0]) in ("they", "it")
        and many is (bare(words[0]) == "they")
        and bare(clause.subject) not in PRONOUNS
    ):
        words = [*clause.subject.split(), *words[1:]]
        return [" ".join(words)] if len(words) > 2 else []
    return _stated(said)


def _asks_more(text: str) -> bool:
    return bool(_SECOND.search(text) or re.search(r"[,;:?]", text))


def _article(thing: str) -> str:
    letters = re.match(r"[A-Z]{2}|[A-Z]-", thing)
    return "an" if re.match(r"[AEFHILMNORSX]" if letters else r"(?i:[aeio]|un(?!i))", thing) else "a"


def _sentence(text: str) -> str:
    text = " ".join(text.strip(" ,.;:?!-–—").split())
    words = text.split(" ")
    if len(words) < 2 or re.search(r"[?;:]|\.\s|,,", text) or text.count('"') % 2:
        return ""
    name = any(char.isupper() or char.isdigit() or char in "@_" for char in words[0].split("-")[0][1:])
    return f"{text}." if name else f"{text[:1].upper()}{text[1:]}."
