"""What is asked: the kind of question, how it is read, and the statement that it takes for granted (its premise).

Words of the closed class are read, no grammar: a statement is the question's own words without its question word and
auxiliary ("Why do random rewards help?" -> "random rewards help"), since whoever judges it reads meaning and not form.
"""

import re
from dataclasses import dataclass
from typing import Literal

from kb.note import slug
from kb.oneline import one_line

Kind = Literal[
    "why", "how", "whether", "which", "when", "compare", "limits", "define", "advice", "dispute", "reading", "notes", "who", "what", "topic"
]  # fmt: skip

_LONGEST, _QUOTED, _LEAST = 2_000, 300, 3
_LEAD_IN = re.compile(
    r"^(?:(?:so|and|but|ok(?:ay)?|well|hi|hello|please|then)[,]?\s+|(?:however|also|hmm|still),\s+"
    r"|(?:can|could|would) you (?:please )?(?:tell me|explain(?: to me)?|say)\s+|i(?:'d|’d| would) like to know\s+|i wonder\s+"
    r"|tell me(?: more)?(?: about)?\s+|explain(?: to me)?\s+|what do (?:the|my) notes say about\s+|do you know (?=wh|if|how))",
    re.I,
)  # "So, can you explain why RL helps?" -> why RL helps?
_STATED = re.compile(
    r"^(?:is it (?:true|right|correct|the case) that|(?:do|would) you (?:think|believe|say)(?: that)?|whether(?: or not)?|if(?=[^,]*$))\s+",
    re.I,
)  # "Is it true that RL helps?" -> RL helps?
_WHY = re.compile(r"^(?:why is it that|how come|what(?: is|'s|’s) the reason (?:that|why))\s+", re.I)
_AUXILIARY = r"(?:do|does|did|is|are|was|were|can|could|should|will|would|has|have|had|may|might|must)(?:n['’]t)?|can['’]?not|can['’]t|won['’]t"
_FACTUAL = re.compile(r"(?:do|does|did|is|are|was|were|can|has|have)(?:n['’]t)?|can['’]?not|can['’]t", re.I)
"""After "why", these take the rest for granted; "why might" does not."""
_YES_NO = re.compile(rf"^(?P<auxiliary>{_AUXILIARY})\s+(?P<rest>.+)", re.I)  # "Does RL help?" -> does; RL help?
_ADJUNCT = re.compile(
    rf"^(?P<word>since|given(?: that)?|now that|although|even though|though|as|if|when|once|while|for|in|on|with|without|under|after|before|despite)"
    rf"\s+(?!(?:{_AUXILIARY}|what|which)\s)(?P<clause>[^?]{{8,}}?),\s+(?:then\s+)?(?=(?:why|how|what|which|when|where|who|{_AUXILIARY})\s)",
    re.I,
)  # "Since entropy falls early, why does RL help?" -> since; entropy falls early
_GRANTS = frozenset(("since", "given", "given that", "now that", "although", "even though", "though"))
_ALSO_GRANTED = re.compile(r"\s(?:even though|although|given that|now that)\s+(?P<clause>[^,?]+)", re.I)
_SECOND = re.compile(
    rf"\bor\b|[?;:]|(?:,|\band|\bbut)\s+(?:why|how|what|when|where|{_AUXILIARY})\s|\b(?:why|whether)\b", re.I
)
"""Where a question holds another one, or a choice, nothing plain is stated."""
_POINTS = re.compile(r"^(?:it|its|they|their|this|that|these|those|there|he|she|we|i|you|your|my|our|one|not)\b", re.I)
_COMPARE = re.compile(
    r"\b(?:compared? (?:to|with)|versus|vs\.?|differences? between|compare|contrast)\b|^how (?:do|does|did) .+ differ\b",
    re.I,
)
_HOW_MUCH = re.compile(
    r"how (?:much|many|few|little|often|far|long|large|big|small|fast|well|badly|likely|strong|good|bad|hard)\b", re.I
)
_LIMITED = re.compile(
    r"^what (?:are |is )?(?:the )?(?:\w+ )?(?:limits?|limitations?|bounds|boundary conditions|caveats|drawbacks|shortcomings|weaknesses|downsides|problems)"
    r" (?:of|to|on|with) (?P<subject>.+)$|^what limits (?P<object>.+)$"
    r"|^where (?:does|do) (?P<stops>.+?) (?:break down|fail|stop (?:working|holding|helping|paying)|no longer (?:hold|work|help|apply|pay))\b",
    re.I,
)  # "What are the limits of RL?" -> RL; "Where does the idea break down?" -> the idea
_ADVICE = re.compile(
    r"^(?:what|how|when|which \w+) (?:should|ought|can|could) (?:i|we|one|you|people)\b|^(?:should|shall|ought) (?:i|we|one|you)\b|^how (?:do|does) (?:i|we|one|you)\b"
    r"|^what (?:is|are) the best (?:ways?|practices?|advice)\b",
    re.I,
)  # "How should I pick examples?" -> advice
_DISPUTE = re.compile(
    r"^(?:(?:where|what|about what|on what|how|do) (?:do|does|are|is)? ?(?:my|the|these|they|authors?|people|notes|sources)?.*?\b(?:disagree|contradict(?: each other)?|conflict|pull apart|differ)\b"
    r"|what (?:are |is )?(?:the )?(?:\w+ )?(?:tensions?|disagreements?|contradictions?|debates?|controvers(?:y|ies))\b)"
    r"(?: (?:about|on|over|in|within|around|regarding|concerning))?(?P<subject>.*)$",
    re.I,
)  # "Where do my notes disagree about fairness?" -> fairness
_NOTES = re.compile(
    r"\b(?:notes?|sources?|authors?|papers?|they|people|literature|tensions?|debates?|controvers\w+)\b", re.I
)
_READING = re.compile(
    r"^(?:which|what|where)\b.*?\b(?:read first|read next|to read|should (?:i|we) (?:read|start)|(?:do|can) i (?:read|start))\b(?: first| next)?"
    r"(?: (?:about|on|with|to (?:learn|know|understand)(?: (?:about|more about))?|if i want to (?:learn|know|understand)(?: about)?|for|in))?(?P<subject>.*)$",
    re.I,
)  # "Which should I read first on fairness?" -> fairness
_OF_NOTES = re.compile(
    r"^(?:(?:which|what|where) (?:of|in|among) (?:my|the|these|all) notes?|which (?:of the )?notes)(?: (?:do|did|have) i)?(?: (?:(?:speak|talk|are|write|wrote|say (?:any|some)thing) (?:of|about|on)|mention|discuss|deal with))? (?P<subject>.{4,})$",
    re.I,
)  # "Which of my notes argue against it?" -> argue against it
_WHO = re.compile(r"^who (?:is|are|was|were) (?P<subject>[^?]{2,60})$", re.I)  # "Who is Rabin?" -> Rabin
_DEFINED = re.compile(
    r"^(?:what is meant by|what(?: is| are| was|'s|’s)|define|what does)\s+(?:an? |the )?(?P<subject>.+?)(?: mean)?$",
    re.I,
)  # "What is grokking?" -> grokking
_OPTION = r"[\w'’-]+(?: (?!(?:better|worse|more|less|for|in|on|at|to|when|if|with|as|of|matter|the)\b)[\w'’-]+){0,2}"
_OR = re.compile(
    rf"(?P<a>[\w'’-]+) or (?P<b>{_OPTION})", re.I
)  # "Do people prefer fairness or efficiency" -> fairness; efficiency
_BETWEEN = re.compile(
    rf"\bhow (?:do|does|did) (?P<e>[^:,?]+?) (?:and (?P<f>[^:,?]+?) differ\b|differ from (?P<g>[^:,?]+))|\b(?:between|compare|contrast)\s+(?P<a>.+?)\s+(?:and|with|to)\s+(?P<b>{_OPTION})"
    rf"|(?P<c>{_OPTION})\s+(?:versus|vs\.?|compared? (?:to|with))\s+(?P<d>{_OPTION})",
    re.I,
)  # "the difference between RL and SFT" -> RL; SFT
_LEADS = re.compile(r"^(?:how |do(?:es)? |did |is |are |an? |the )+", re.I)  # "does the reward" -> reward
_NO_CHOICE = frozenset(("not", "no", "else", "more", "less", "so", "other"))
_DEFINE = re.compile(
    r"^(?:what(?: is| are| was|'s|’s) (?:an? |the )?(?!(?:\S+ )*(?:of|for|in|on|to|with|about|between|that|not)\b)\S+(?: \S+){0,4}"
    r"|define .+|what does .+ mean|what is meant by .+)$",
    re.I,
)  # "What is grokking?" -> define
_NAMED = re.compile(r"^what(?: is| are|'s|’s) (?:an? |the )?(?P<subject>\S+(?: \S+){0,3}? (?:of|in) .{3,60})$", re.I)
"""A "what" that may ask for a definition: "What is the restrictiveness of a theory?", and not "What is the effect of sleep?"."""
_UNDER_WHAT = re.compile(r"^(?P<word>under|in|at|on|to|for|by) (?:what|which)\b", re.I)
_RUN = re.compile(r"([?!.,;:])\1+|(?<=[?!.,;:])[?!.,;:]+")
_SENTENCES = re.compile(r"(?<=[.?!])\s+(?=[A-Z“\"])")
_ENDS = " \t?？!.,;:"
_ASKS: dict[Kind, str] = {
    "whether": "for a yes or no, and its conditions: ",
    "why": "for reasons: ",
    "how": "by what means: ",
    "when": "under what conditions: ",
    "compare": "for a comparison: ",
    "limits": "for the limits: ",
    "define": "what is meant: ",
    "advice": "what to do, and on whose evidence: ",
    "dispute": "where the notes pull apart: ",
    "reading": "what to read first: ",
    "notes": "which notes: ",
    "who": "what the notes say of somebody: ",
    "topic": "what the notes say about ",
}
GREETINGS = frozenset(
    "hi hello hey hiya hallo howdy yo thanks thank you bye ok okay test testing please help good morning evening there".split()
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read."""

    text: str
    """As asked, on one line."""
    kind: Kind
    reading: str
    """One sentence, "This asks ..."."""
    presupposes: tuple[str, ...] = ()
    """Statements that it takes for granted."""
    subject: str = ""
    """What is to be defined, read about, disputed: "grokking" of "What is grokking?"."""
    options: tuple[str, ...] = ()
    """The two that are compared."""
    sought: str = ""
    """How it is looked for: the same whether it was typed with a capital, a question mark and a "can you explain" or without."""


def read_question(given: str) -> Question:
    """Read any text at all as a question."""
    text = one_line(given, _LONGEST)
    bare, is_stated = without_lead_in(text)
    sentences = _SENTENCES.split(bare)
    one = next((each for each in sentences if each.endswith("?")), sentences[0])
    before = _ADJUNCT.match(one)
    core = one[before.end() :] if before else one
    kind: Kind = "whether" if is_stated else _kind(core.strip(_ENDS))
    granted = [before["clause"]] if before and before["word"].lower() in _GRANTS else []
    granted += [match["clause"] for match in _ALSO_GRANTED.finditer(core)]
    if kind in ("why", "how"):
        granted.append(_taken_for_granted(_ALSO_GRANTED.split(core)[0], bare != text))
    presupposes = tuple(dict.fromkeys(filter(None, map(_statement, granted))))
    sought = bare.strip(_ENDS) or text if kind == "topic" else f"{bare[:1].upper()}{bare[1:].rstrip('?？!. ')}?"
    subject = _subject(core.strip(_ENDS), kind)
    if subject and kind in ("dispute", "reading", "notes", "who"):
        sought = subject
    return Question(text, kind, _quoted(bare, kind), presupposes, subject, _options(core.strip(_ENDS)), sought)


def without_lead_in(text: str) -> tuple[str, bool]:
    """A question without "So, can you tell me"; and whether it is put as a statement, as behind "is it true that"."""
    while (match := _LEAD_IN.match(text)) and match.end() < len(text):
        text = text[match.end() :]
    match = _STATED.match(text)
    return (text[match.end() :], True) if match and match.end() < len(text) else (text, False)


def is_question(given: str) -> bool:
    """Whether anything is asked at all: "hi" and "???" ask nothing of notes."""
    return any(map(str.isalnum, given)) and not set(slug(one_line(given, _LONGEST)).split("-")) <= GREETINGS


_SUBJECTS: dict[Kind, re.Pattern[str]] = {
    "define": _DEFINED,
    "what": _NAMED,
    "limits": _LIMITED,
    "dispute": _DISPUTE,
    "reading": _READING,
    "notes": _OF_NOTES,
    "who": _WHO,
}


def _subject(text: str, kind: Kind) -> str:
    match = _SUBJECTS[kind].match(text) if kind in _SUBJECTS else None
    return next((part for part in match.groups() if part), "").strip(_ENDS) if match else ""


def _options(text: str) -> tuple[str, ...]:
    """ "Do people prefer fairness or efficiency" -> fairness, efficiency; nothing where there is no choice of two."""
    match = _BETWEEN.search(text) or _OR.search(text)
    if match is None or text.lower().count(" or ") > 1:
        return ()
    pair = tuple(" ".join(_LEADS.sub("", part).split()[-3:]) for part in match.groups() if part)
    return pair if len(pair) == 2 and not _NO_CHOICE & {part.lower().split()[0] for part in pair} else ()


def _kind(text: str) -> Kind:
    first = text.split(" ", 1)[0].lower().rstrip(",")
    if _READING.match(text):
        return "reading"
    if _OF_NOTES.match(text) and not _DISPUTE.match(text):
        return "notes"
    if _DISPUTE.match(text) and _NOTES.search(text):
        return "dispute"
    if _WHO.match(text):
        return "who"
    if _LIMITED.match(text):
        return "limits"
    if _ADVICE.match(text):
        return "advice"
    if _COMPARE.search(text) or (_YES_NO.match(text) and _options(text)):
        return "compare"
    if _WHY.match(text):
        return "why"
    if first in ("why", "how", "when", "which"):
        return "what" if _HOW_MUCH.match(text) else first  # type: ignore[return-value]
    if match := _UNDER_WHAT.match(text):
        return "when" if match["word"].lower() in ("under", "in", "at") else "what"
    if _DEFINE.match(text):
        return "define"
    if first in ("what", "who", "where", "whose", "whom"):
        return "what"
    if _YES_NO.match(text) and text.count(" ") > 1:
        return "whether"
    return "compare" if _options(text) else "topic"


def _taken_for_granted(core: str, embedded: bool) -> str:
    """What a why or a how takes for granted; `embedded` as in "tell me why RL helps"."""
    if match := _WHY.match(core):
        return core[match.end() :]
    rest = core.partition(" ")[2]
    match = _YES_NO.match(rest)
    if match is None:
        return rest if embedded else ""
    return _after_auxiliary(rest) if _FACTUAL.fullmatch(match["auxiliary"]) else ""


def _after_auxiliary(text: str) -> str:
    """ "Does RL help?" -> RL help; "Can't models reason?" -> it is not so that models reason."""
    match = _YES_NO.match(text)
    if match is None or _POINTS.match(match["rest"]):
        return ""
    is_denied = match["auxiliary"].lower().endswith(("n't", "n’t", "cannot"))
    return f"it is not so that {match['rest']}" if is_denied else match["rest"]


def _statement(text: str) -> str:
    """A clause as a sentence; nothing where it is too short, or leans on something else, or asks another thing besides."""
    text = text.strip(_ENDS)
    if len(text.split()) < _LEAST or _POINTS.match(text.removeprefix("it is not so that ")) or _SECOND.search(text):
        return ""
    return f"{text[:1].upper() if text.split()[0].islower() else text[:1]}{text[1:]}."


def _quoted(bare: str, kind: Kind) -> str:
    """A sentence that is grammatical whatever was typed, with the question in quotation marks."""
    said = _RUN.sub(lambda run: run[1] or "", bare).strip(" .,;:?" if kind == "topic" else " .,;:")
    if len(said) > _QUOTED:
        said = f"{said[:_QUOTED].rsplit(' ', 1)[0].rstrip(' .,;:?!')}…"
    return f"This asks {_ASKS.get(kind, '')}“{said}”." if is_question(said) else "This asks nothing yet."
