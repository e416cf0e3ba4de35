"""Objections: how an author contradicts a statement without citing, in forms that are plain enough to be taken at their word.
A "however" between two statements of the author's own is none: most often it only adds a condition."""

import re
from collections.abc import Iterator, Sequence

from ingest.author_links import A_DISPUTE, COUNTER, DISPUTES, OWN, STATED, AuthorLink
from ingest.claim_text import leans
from ingest.endpoint_confidence import telling
from ingest.extract import Sentence
from ingest.names import target_key
from kb.claim import Claim
from kb.language.verbs import has_finite_verb
from kb.link import Relation

_OBJECTS = re.compile(
    r"^\W*(?:(?:an?|one|another|the|my|[A-Z]\w+['’]s) )?(?:(?:possible|common|standard|main|obvious) )?"
    r"(?:critique|criticism|counter-?(?:point|argument|example|claim)|objection|rebuttal)s?(?: (?:(?:to|from|by|against) [^:]{2,40}|of (?:this|that|it|the above)\b[^:]{0,30}))?\s?:(?=\s*+(?:\S++\s++){2}\S)",
    re.I,
)  # "Critique: ...", "An objection to this: ..."; a "Critique of platforms:" is what a paper offers
_FIELD = re.compile(r"^\W*(?!(?:Response|Reply|Answer|Claim|Argument|Thesis|View)\b)[A-Z][\w’'/ -]{2,40}:\s")
"""A field of a list or a step of a procedure ("Initial sampling: ..."): "Critique: ..." after it is one as well."""
_SIDE = re.compile(r"^\W*(?:position|claim|side|camp|stance) (?-i:(A|B))\b(?![’'])[^.:—–]{0,60}[:—–]", re.I)
"""Of two that an author puts side by side: "Position A: ...", "Position B: ..."."""
_ASIDE = 12
"""Claims between them at most."""
_WINDOW = 4
"""Claims before an objection, of which it is set against the one whose words it takes up; else against the last."""
_START = r"^\W*(?:[A-Z]: ?)?(?:(?:and|but|yet|though|although|however|still|often|unfortunately|of course|in practice|I think|I believe|[A-Z]\w+ (?:said|says|argues|notes) that),? )*"
_THAT = r"(?:this|that|it|(?:this|that) (?:claim|argument|idea|theory|view|result|conclusion|assumption|definition|belief|bound|theorem|finding))"
_UNTRUE = re.compile(
    _START + _THAT + r"(?: is|[’']s|(?= isn))(?: simply| just| also| clearly| plainly| very| highly| rather)*"
    r" ?(?:(?:not|n[’']t|isn[’']t)(?: exactly| really| quite| entirely| necessarily| strictly| always| at all)* (?:true|right|correct)"
    r"|wrong|false|mistaken|questionable|debatable|doubtful|untrue|misleading|inadequate)\b(?!,? [*_]*(?:that|to|if|for|when|whether|what|which|who|how|why|yet|by default|actually)\b)"
    r"|\b(?:said|says|mentioned|argued|argues|pointed out|notes|noted) that (?:this|that|it) (?:is not|isn[’']t)(?: \w+ly)? (?:true|right|the case)\b"
    r"|"
    + _START
    + r"the (?:evidence|data|facts?|results?|numbers|record)(?: \w+ly)? (?:do|does|did)(?: not|n[’']t)(?: \w+ly)? (?:support|bear (?:this|that|it) out|back)\b(?:,? (?:this|that|it|the (?:claim|idea|view|theory|hypothesis|conclusion|argument))\b)?(?=\W*$|[,;] (?!that\b))",
    re.I,
)
_PARTLY = re.compile(r"\b(?:exactly|entirely|necessarily|strictly|always) ", re.I)
_DOUBTS = re.compile(
    r"^\W*(?:but |though |however,? |personally,? )?I(?: (?:strongly|respectfully|still|also|rather|would))? (?:disagree(?: with (?:this|that|it|him|her|them)\b|[.,;]|$)"
    r"|(?:don[’']t|do not)(?: fully| really| quite| entirely)? (?:agree(?: with (?:this|that|it|him|her|them)\b|[.,;]|$)|buy (?:this|that|it)\b))"
    r"|^\W*(?:but |though |however,? )?I(?:[’']m| am) not (?:so )?(?:sure|convinced) (?:that )?I(?: fully| really| quite| entirely)? agree(?: with (?:this|that|it)\b|[.,;]|$)",
    re.I,
)
_FAILS = re.compile(
    _START
    + _THAT
    + r" \W{0,2}(?:breaks? down|no longer holds?|falls? apart|does(?: not|n[’']t) hold)\W{0,2} (?:once|when|in|at|for|if|under|as soon)\b",
    re.I,
)
_FINDING = re.compile(r"^\W*(?:\w+,? )?this (?:result|bound|theorem|finding)\b", re.I)
_DISPUTED = re.compile(
    r"^\W*(?:however|but(?! (?:this |that )?then)|yet|on the other hand),? (?!there\b)[^.;:$]{0,70}?\b(?P<verb>"
    + DISPUTES
    + r"|rejects(?! the null)|(?<!the )(?<!many )(?<!and )(?<!of )(?<!or )(?<!new )challenges (?:the|any)\b)",
    re.I,
)
_SPOKEN: tuple[tuple[re.Pattern[str], Relation, str], ...] = (
    (_OBJECTS, "contradicts", "the author labels it"),
    (_UNTRUE, "contradicts", "the author says of it"),
    (_DOUBTS, "contradicts", "the author says of it"),
    (_DISPUTED, "contradicts", "the author sets them against each other:"),
    (_FAILS, "qualifies", "the author says of it"),
)
"""Words of a sentence that speak against what was said before it."""
_WHO = (
    r"(?:(?:some|many|most|other|a lot of) )?(?:(?:\w+ )?(?:people|economists|philosophers|critics|researchers|authors|scholars|scientists|engineers|theorists|materialists"
    r"|proponents|supporters|advocates|participants|experts|commentators|historians|skeptics|sceptics|optimists|pessimists|theories))"
)
_SOMEBODY = r"(?:(?-i:(?!(?:They|He|She|It|We|I|You|This|That|These|Those|There|Which|Who|What|If|When|As|In|So|For|Our|My|The|A|An)\b)[A-Z][\w’'-]+(?:,? (?:and |& )?[A-Z][\w’'-]+){0,2})|one|you)"
_ASSERTS = r"(?:(?:argu|believ)e[sd]?|(?:claim|insist|maintain|contend|assert)(?:s|ed)?|thinks?|thought|says?|said)"
_HOLDS = r"(?:(?:argu|believ|assum|suppos|imagin)e[sd]?|(?:claim|insist|maintain|contend|assert|posit|suggest)(?:s|ed)?|holds?|held|thinks?|thought|says?|said)"
_VIEW = re.compile(
    r"^\W*(?:for example, )?" + _WHO + r"(?: \([^)]{1,30}\))?(?: (?:will|would|might|may|often|also|usually|commonly|tend to|like to|have|has)){0,2} (?:" + _HOLDS + r") (?:that|how)\b"
    r"|^\W*(?:for example, )?" + _SOMEBODY + r"(?: \([^)]{1,30}\))?(?: (?:will|would|might|may|often|also|usually|commonly|has)){0,2} (?:" + _ASSERTS + r") (?:that|how)\b"
    r"|^\W*(?:the|a) (?:common|usual|conventional|received|traditional|popular|standard|naive|prevailing|dominant) (?:view|wisdom|belief|opinion|assumption|consensus|idea|answer) (?:is|was|has been|holds|says)\b"
    r"|^\W*the (?:assumption(?= was| has)|belief|myth|consensus)(?: of [^.,;]{2,30})? (?:is|was|has been) (?:that|only)?"
    r"|\bthe (?:firm |broad |scientific |general )*consensus of\b"
    r"|\b(?:it(?:[’']s| is| would be) (?:so |very |quite )?(?:easy|tempting|natural|common) to (?:say|think|believe|conclude|assume|imagine|suppose))\b"
    r"|\b(?:lead|leads|led) (?:one|you|us|people|some|many) to (?:assume|believe|think|conclude)\b"
    r"|\bI (?:used to|once) (?:think|thought|believe|believed|assume|assumed)\b",
    re.I,
)  # fmt: skip
_NAME = re.compile(r"\b[A-Z]\w{2,}")
_THEORY, _PRACTICE = re.compile(r"^\W*(?:\w+ )?in theory\b", re.I), re.compile(r"\b(?:practice|reality)\b", re.I)
_ANSWERS = re.compile(
    r"^[^\w\"“]*(?:however|yet|but(?! (?:also|then|before|after|first)\b)|in (?:practice|reality|truth)|on the contrary|not so)\b"
    r"(?!,? (?:(?:as|for|in) (?:an?|this|our|the)\b[^,]{0,40}, |there (?:is|are|remains?|has|have)\b|we\b|i\b|(?:further|future|more) (?:research|work|stud)))",
    re.I,
)
"""A gap ("However, there is no consensus"), or what the writer does about it ("However, we treat it as given"), answers nothing."""
_FIRST_CAMP = re.compile(
    r"^\W*(?:some(?! (?:critics|opponents|detractors|s[ck]eptics))(?: people| \w+s)?|proponents|supporters|advocates|(?:the first|one) (?:camp|side|school|group)) (?:\w+ ){0,2}?(?:"
    + _HOLDS
    + r")\b",
    re.I,
)
_OTHER_CAMP = re.compile(
    r"^\W*(?:but |yet |however,? )?(?:others|critics|opponents|detractors|skeptics|sceptics|(?:the (?:other|second|opposing)|another) (?:camp|side|school|group)) (?:\w+ ){0,2}?(?:"
    + _HOLDS
    + r")\b",
    re.I,
)
_AGAINST = re.compile(
    r"\b(?:" + DISPUTES + r"|argu(?:es|ing) against|contrary to|(?:opposite|reverse) of what|I (?:now |have come to |rather |also )?doubt|I no longer (?:believe|trust|agree with))"
    r"(?: (?:the|a|an|of|in|by|what|claims?|results?|findings?|argument|idea|view|account|advice|conclusion|recommendation|note|one|from|made|strict|reading|earlier|original|its|their|his|her|my|i|wrote|said|says)){0,5}\W{0,4}$",
    re.I,
)  # fmt: skip
_UNSAID = re.compile(
    r"\b(?:not|never|no|hardly|neither|nor|cannot|can[’']t|n[o’']t|rather than|instead of|without|would|could|might|may|can|if|when|whether|unless|prevents?|avoids?)\s+(?:\w+\s+){0,3}$",
    re.I,
)  # "does not flatly contradict", "qualify rather than refute", "would contradict"
_ITSELF = re.compile(
    r"\W*(?:this|it)(?: (?:note|finding|result|claim|paper|view|account|is|also|\w+ly)){0,3}\W*$", re.I
)
"""What stands before "contradicts [[x]]" and means the note that it stands in."""
_UNLIKE = re.compile(r"\b(?:unlike|in contrast (?:to|with)) (?:the |an? )?\W{0,3}$", re.I)
_SAYS = re.compile(
    r"[\W_]{0,4}(?:says|claims|argues|suggests|reports)\b|[\W_]{0,4}, [^.;]{0,60}\b(?:found|finds|shows?|showed|reports?|reported|saw|sees) no\b",
    re.I,
)  # after a link: it is named for what it says, or a finding follows that denies it
_RESULT = re.compile(
    r"\b(?:results?|findings?|stud(?:y|ies)|papers?|theorem|law|claims?|arguments?|experiments?|reports?|surveys?|trials?)\b",
    re.I,
)
_SUBJECT = 12
"""Characters before a link that can still be the subject of its sentence."""


def objections(sentences: Sequence[Sentence]) -> Iterator[AuthorLink]:
    """What the author sets against what, in the order of the text."""
    for index, sentence in enumerate(sentences):
        if sentence.claim is None:
            continue
        before = _before(sentences, index)
        yield from _against_links(sentence, sentence.claim)
        yield from _other_side(sentences, index)
        if not before:
            continue
        last, claim = before[0], before[0].claim
        assert claim is not None
        text, other = sentence.text, claim.id
        relation: Relation = "contradicts"
        spoken = next(((words, *rest) for rest in _SPOKEN if (words := rest[0].search(text)) and _is_said(words)), None)
        if spoken:
            words, pattern, relation, said = spoken
            confidence, reason = 0.85, f"{said} “{_cue(words)}”"
            if pattern is _OBJECTS and _says_where(sentence, words):
                continue
            if pattern is _UNTRUE and _UNTRUE.search(last.text):
                continue  # "This is wrong. It is wrong because ..." denies nothing new
            if pattern is _OBJECTS:
                before = [each for each in before if not _OBJECTS.search(each.text)]
                beside = [*before[:1], *sentences[index + 1 : index + 2]]
                before = [each for each in before if not _is_field(each)]
                if not before or any(map(_is_field, beside)):
                    continue
                other = _taken_up(sentence, before).id
            elif pattern is _FAILS and _FINDING.search(text) and last.block != sentence.block:
                other = OWN
            elif pattern in (_UNTRUE, _DOUBTS) and _PARTLY.search(words[0]):
                relation = "qualifies"
        elif (answer := _ANSWERS.search(text)) and (view := _VIEW.search(last.text) or _of_theory(last.text, answer)):
            if _names_again(view, text):
                continue
            confidence = 0.75
            reason = f"the author reports a view, “{_cue(view)}”, and answers it with “{_cue(answer)}”"
        elif (other_camp := _OTHER_CAMP.search(text)) and (first := _FIRST_CAMP.search(last.text)):
            confidence, reason = 0.8, f"the author sets two camps side by side: “{_cue(first)}”, “{_cue(other_camp)}”"
        else:
            continue
        yield AuthorLink(relation, confidence, sentence.claim.id, "", other, "", reason)


def _names_again(view: re.Match[str], answer: str) -> bool:
    """Whether what seems to answer a view is its holder's own: "Johnson thinks ... However, Johnson argues ..."."""
    return bool(set(_NAME.findall(view[0])) & set(_NAME.findall(answer)))


def _says_where(sentence: Sentence, label: re.Match[str]) -> bool:
    """Whether a label says in which note the objection stands: "Critique from [[x]]: ..."."""
    return len(sentence.names) == 1 and bool(sentence.labels[0]) and sentence.labels[0] in label[0]


def _other_side(sentences: Sequence[Sentence], index: int) -> Iterator[AuthorLink]:
    """The first of two positions, where the second begins."""
    sentence, side = sentences[index], _SIDE.search(sentences[index].text)
    if side is None or side[1] != "B" or sentence.claim is None:
        return
    for other in reversed(sentences[max(0, index - _ASIDE) : index]):
        first = _SIDE.search(other.text)
        if first and first[1] == "A" and other.claim and other.section == sentence.section:
            if not (_says_something(other, first) and _says_something(sentence, side)):
                return
            reason = f"the author sets two positions side by side: “{_cue(first)}”, “{_cue(side)}”"
            yield AuthorLink("contradicts", 0.85, other.claim.id, "", sentence.claim.id, "", reason)
            return


def _says_something(sentence: Sentence, label: re.Match[str]) -> bool:
    """Whether more than a name stands behind the label of a position."""
    return has_finite_verb(sentence.text[label.end() :], ends=True)


def _against_links(sentence: Sentence, claim: Claim) -> Iterator[AuthorLink]:
    """A verb of dispute, and the link that is its object."""
    if sentence.text.endswith((" that", ":")) or COUNTER.search(sentence.section):
        # It only announces what a list then says; or it is read as what the note sets against itself.
        return
    if (objection := _OBJECTS.search(sentence.text)) and _says_where(sentence, objection):
        said = f"{STATED}: “{_cue(objection)}”"
        yield AuthorLink("contradicts", 0.85, claim.id, OWN, claim.id, sentence.names[0], said)
        return
    at, subject = 0, ""
    for key, label in zip(sentence.names, sentence.labels, strict=True):
        start = sentence.text.find(label, at) if label else -1
        if start < 0 or _is_word(label, key):
            continue
        text = sentence.text[at:start]
        is_result = _RESULT.search(label) or _SAYS.match(sentence.text, start + len(label))
        unlike = _UNLIKE.search(text) if is_result else None
        cue = _AGAINST.search(text) or unlike
        if cue and not _UNSAID.search(sentence.text[: at + cue.start()]):
            relation: Relation = "qualifies" if cue is unlike else "contradicts"
            is_alone = not leans(claim.quote) or bool(_ITSELF.match(sentence.text[: at + cue.start()]))
            is_whole = cue is not unlike and is_alone and not sentence.text.endswith("?")
            said = f"{STATED}: “{_cue(cue)} {label}”" if is_whole else f"the author says “{_cue(cue)} {label}”"
            yield AuthorLink(relation, 0.85, claim.id, subject, claim.id, key, said)
        subject, at = key if start <= _SUBJECT else "", start + len(label)


def _is_word(label: str, key: str) -> bool:
    """Whether a link is no more than a word of its sentence ("contrary to the [image](what-people-see.md)"): one word, and not the note's name."""
    return label.islower() and " " not in label and target_key(label) != key


def _is_said(words: re.Match[str]) -> bool:
    """Whether a dispute is no mere possibility ("would contradict"), and no noun ("their dispute")."""
    verb = words.groupdict().get("verb") or ""
    if verb.casefold().startswith("dispute") and A_DISPUTE.search(words.string[: words.start("verb")]):
        return False
    return not (words.groupdict().get("verb") and _UNSAID.search(words.string[: words.start("verb")]))


def _of_theory(view: str, answer: re.Match[str]) -> re.Match[str] | None:
    """ "In theory ...", where what answers it is the practice."""
    return _THEORY.search(view) if _PRACTICE.search(answer[0]) else None


def _is_field(sentence: Sentence) -> bool:
    return bool(_FIELD.search(sentence.text)) and not _OBJECTS.search(sentence.text)


def _before(sentences: Sequence[Sentence], index: int) -> list[Sentence]:
    """The claims before it under its heading, the nearest first; none where what is nearest is no claim."""
    found: list[Sentence] = []
    for sentence in reversed(sentences[max(0, index - _WINDOW) : index]):
        if sentence.section != sentences[index].section or sentence.claim is None:
            break
        found.append(sentence)
    return found


def _taken_up(sentence: Sentence, before: Sequence[Sentence]) -> Claim:
    """The claim whose words an objection takes up."""
    mine = telling(sentence.text)
    best = max(before, key=lambda other: len(mine & telling(other.text)))  # the nearest of several
    assert best.claim is not None
    return best.claim


def _cue(match: re.Match[str]) -> str:
    return match[0].strip(" ,.;:—–-“”\"'(")[:60]
