"""Support (entailment): whether the claims that a language model names carry what it wrote.

What is quoted must stand there, the numbers and names must be there or follow, and what it speaks of must be what they speak
of: that is told exactly. Whether they deny it or bear out less is asked of the judge (`kb.language.verdict`); without one, only
its guards speak. Everything that is wrong is said in a sentence, fit for a model and for a person.
"""

import re
from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

from kb.claim import Claim
from kb.language.alignment import Alignment
from kb.language.judge import Judge
from kb.language.verdict import Verdict, verdicts
from kb.oneline import one_line
from qa.number_support import crossed, figures, strange, strange_names
from qa.quote_support import folded, spans, stands_in
from qa.word_support import Content, WordSupport, content, lacking, share

FaultKind = Literal["unknown key", "quote", "number", "over-general", "flipped", "wrong key", "unsupported", "address"]

CARRIED = 0.44
"""What a statement must reach, of 1: the mean of the share of its words that its claims hold and of its cosine to them. Of the
half of the prepared statements that this was tuned on, no faithful one is below 0.5, and most that are made up throughout are below 0.43."""
PART = 0.27
"""What each part of it must reach: half a sentence may be the claims', the other half made up."""
_WORDS_ALONE = 0.3
"""The same as `CARRIED` where no embedding tells words that are near in meaning."""
_BETTER = 0.18
"""By how much another claim must carry a statement better for its key to be the wrong one."""
_SURE = 0.6
"""From here on a statement's own claims carry it, whatever another one does."""
_DENIED = 0.99
"""How likely a claim must deny a statement where no guard gives the words: the model in the box takes many a faithful rewording for a
denial, and a sentence withheld for nothing costs more than one let through."""
_LIMITED = 0.6
"""How likely it must bear out less than the statement says."""
_HELD = 0.5
"""The share of the statement's words that the claim must have for that: of what is only beside the matter the judge says that it falls short."""
_AGREES = 0.5
"""From here on a claim agrees."""
_SURELY = 0.8
"""From here on it agrees so clearly that a statement is its own, though it names another."""
_ASKED = 3
"""Other claims, nearest first, that are asked whether they carry a statement."""
_LEAST = 4
"""Content words that a part of a statement needs to be judged alone; one less where it gives a reason, which is where most is made up."""
LONGEST = 3000
"""Characters: what is longer is no statement, and is not read."""
_NAMED = 6
_ENDS = " .,;:\"'"
_BETWEEN = re.compile(r"(?<=[.!?])\s+")
_CUT = re.compile(
    r"((?:,\s)?\b(?:because|which|so that|since)\b|[,;:]\s|\.\s|\s[–—-]\s|\s(?:which|because|since|although|though|while|whereas|but|so that|and (?=(?:the|an?|it|they|this|these|those|its|their|users|many|most)\s))\b)"
)
_REASON = re.compile(r"because|so that|since")


class Fault(NamedTuple):
    """What is wrong with a statement."""

    kind: FaultKind
    why: str
    """In words that can be told to whoever wrote it, and to whoever reads it."""
    key: str = ""
    """The claim that would carry it, where there is one."""


def unknown(keys: Collection[str], known: Collection[str]) -> Fault | None:
    """The fault of a statement that names no claim, or one that was never given."""
    strangers = [f"“{one_line(key, 40)}”" for key in keys if key not in known]
    if not strangers and keys:
        return None
    return Fault(
        "unknown key", f"there is no claim {', '.join(strangers[:_NAMED])}" if strangers else "it names no claim"
    )


def faults(
    statement: str,
    claims: Sequence[Claim],
    others: Sequence[Claim] = (),
    likeness: WordSupport | None = None,
    judge: Judge | None = None,
) -> list[Fault]:
    """All that is wrong with a statement, the surest first."""
    if not claims:
        return [Fault("unknown key", "it names no claim")]
    plain = folded(statement).strip(_ENDS)
    if not any(letter.isalnum() for letter in plain):
        return [Fault("unsupported", "it says nothing")]
    if any(plain in _sentences(text) for claim in claims for text in (claim.text, claim.quote)):
        return []
    if len(statement) > LONGEST:
        return [Fault("unsupported", f"it is longer than {LONGEST:,} characters, and so was not checked")]
    claims = sorted(claims, key=lambda claim: claim.id)
    found = [*_misquoted(statement, claims, others), *_miscounted(statement, claims, others)]
    likeness = likeness or WordSupport()
    said = _asked(statement, claims, judge)
    agrees = max(each.agrees for each in said)
    found += _against(said, agrees)
    found += [
        Fault("unsupported", f"“{_shown(name)}” is named in none of its claims")
        for name in strange_names(statement, [_whole(claim) for claim in claims])
    ]
    elsewhere = _unsupported(statement, claims, others, likeness, judge, agrees)
    return [*found, elsewhere] if elsewhere else found


def _sentences(text: str) -> set[str]:
    """A claim and the sentences of it, each whole: half a sentence may say what the other half denies."""
    said = folded(text)
    return {each.strip(_ENDS) for each in (said, *_BETWEEN.split(said))}


def _asked(statement: str, claims: Sequence[Claim], judge: Judge | None) -> list[Verdict]:
    """What each claim says of a statement, and what they say together, where it rests on more than one."""
    texts = [claim.text for claim in claims]
    texts += [" ".join(texts)] if len(texts) > 1 else []
    said = verdicts([(text, statement) for text in texts], judge)
    return [
        each if each.words or Alignment(text, statement).coverage >= _HELD else each._replace(limits=0.0)
        for text, each in zip(texts, said, strict=True)
    ]


def _against(said: Sequence[Verdict], agrees: float) -> list[Fault]:
    limit = max(said, key=lambda each: each.limits)
    for each in sorted(said, key=lambda each: -each.denies):
        if each.denies > agrees and (each.words or each.denies >= _DENIED):
            return [
                Fault("flipped", f"the claims say the opposite: {each.words}" if each.words else "the claims deny it")
            ]
    if limit.limits >= _LIMITED and agrees < _AGREES:
        return [Fault("over-general", limit.words or "it goes further than the claims")]
    return []


def _shown(text: str) -> str:
    return one_line(text, 80)


def _misquoted(statement: str, claims: Sequence[Claim], others: Sequence[Claim]) -> list[Fault]:
    found = []
    for span in spans(statement):
        if stands_in(span, claims) is None:
            other = stands_in(span, others)
            why = f"the words “{_shown(span)}” do not stand in its claims"
            found.append(Fault("quote", f"{why}, but in another" if other else why, other.id if other else ""))
    return found


def _miscounted(statement: str, claims: Sequence[Claim], others: Sequence[Claim]) -> list[Fault]:
    texts = [_whole(claim) for claim in claims]
    found = []
    for figure in strange(statement, texts):
        other = next((claim.id for claim in others if not strange(statement, [*texts, _whole(claim)])), "")
        found.append(Fault("number", f"the number {_shown(figure.shown)} is in none of its claims", other))
    if not found and (pair := crossed(statement, [claim.text for claim in claims])) is not None:
        why = f"the numbers {_shown(pair[0].shown)} and {_shown(pair[1].shown)} have changed places"
        found.append(Fault("number", why))
    return found


def _whole(claim: Claim) -> str:
    return claim.text if claim.text == claim.quote else f"{claim.text} {claim.quote}"


def _unsupported(
    statement: str,
    claims: Sequence[Claim],
    others: Sequence[Claim],
    likeness: WordSupport,
    judge: Judge | None,
    agrees: float,
) -> Fault | None:
    """What it speaks of must be what its claims speak of, as a whole and part by part; else another claim may carry it."""
    held = [word for claim in claims for word in content(_whole(claim))]
    texts = [claim.text for claim in claims]
    words = content(statement)
    if not words and not figures(statement):
        return Fault("unsupported", "it says nothing that a claim could carry")
    level = _level(statement, words, held, [" ".join(texts), *texts], likeness)
    if level < _SURE and agrees < _AGREES and (key := _elsewhere(statement, level, others, likeness, judge)):
        return Fault("wrong key", "another of the claims carries it, and not those it names", key)
    if agrees < _AGREES and level < (CARRIED if likeness.has_vectors else _WORDS_ALONE):
        return Fault("unsupported", _silent_on(lacking(words, likeness.held(words, held))))
    for part in _parts(statement):
        said = content(part)
        if _level(part, said, held, texts, likeness) < (PART if likeness.has_vectors else PART / 2):
            return Fault("unsupported", _silent_on(lacking(said, likeness.held(said, held))))
    return None


def _elsewhere(
    statement: str, level: float, others: Sequence[Claim], likeness: WordSupport, judge: Judge | None
) -> str:
    """The other claim that carries a statement: one far nearer to it, or a near one that agrees."""
    words = content(statement)
    ranked = sorted(
        (
            (_level(statement, words, content(_whole(each)), [each.text], likeness), each.id, each.text)
            for each in others
        ),
        reverse=True,
    )
    if ranked and ranked[0][0] > max(level + _BETTER, _SURE):
        return ranked[0][1]
    near = [each for each in ranked[:_ASKED] if each[0] > level]
    said = verdicts([(text, statement) for _, _, text in near], judge)
    return next((key for (_, key, _), each in zip(near, said, strict=True) if each.agrees >= _SURELY), "")


def _level(
    text: str, words: Sequence[Content], held: Sequence[Content], texts: Sequence[str], likeness: WordSupport
) -> float:
    if not words:
        return 1.0
    part = share(words, likeness.held(words, held))
    return 0.5 * part + 0.5 * max(likeness.cosines(text, texts)) if likeness.has_vectors else part


def _silent_on(words: Sequence[str]) -> str:
    shown = [f"“{_shown(word)}”" for word in words[:_NAMED]]
    return f"its claims do not speak of {', '.join(shown)}" if shown else "its claims speak of something else"


def _parts(statement: str) -> list[str]:
    """The parts of a statement that say enough to be judged alone; none where it has but one."""
    found: list[str] = []
    held, reason = "", False
    pieces = _CUT.split(statement)
    for number in range(0, len(pieces), 2):
        why = number > 0 and bool(_REASON.search(pieces[number - 1]))
        if why and held and found:
            found[-1], held = f"{found[-1]} {held}", ""
        held, reason = f"{held} {pieces[number]}".strip(), why
        if len(content(held)) >= _LEAST - reason:
            found.append(held)
            held = ""
    if held and found:
        found[-1] += f" {held}"
    return found if len(found) > 1 else []
