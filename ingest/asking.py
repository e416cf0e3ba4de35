"""Tensions that a language model reads: pairs of claims near each other, put to it with a closed set of answers.

Each pair is asked once for each model and version of the question, in the order of its texts, so neither side comes
first by chance. What the model did not answer from the set counts as no tension, and is kept as asked in vain. A model
that fails, or a budget that ends, costs a remark: what is known is linked and the rest waits for the next `kb sync`.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from pydantic import BaseModel, Field

from ingest.changes import Progress
from ingest.judges import DONE, WAITING
from ingest.judging import Candidate, place_of, put_links, related
from ingest.sides import Row
from kb.claim import fingerprint
from kb.errors import Unavailable
from kb.model import Model, Unfit, open_model, tokens_in
from kb.problem import Problem
from kb.prompts import ANSWERS, JUDGE, LONGEST_SIDE, NONE, judge_pairs
from kb.providers import address
from kb.settings import Settings
from kb.spent import Budget, Kept, Replies, known_replies, reply_key
from kb.store import Store

CONFIDENCE = 0.7
"""Of what a language model reads: below what an author states with a plain connective, whatever the model says of itself."""
PAIRS = 8
"""To one call: each costs the instructions again, and small models lose count of more."""
_OUT = 45
"""Tokens of the answer on one pair: its key, the kind, and a few words of each side."""
_SLACK = 300
_WORDS = 80
"""Characters of the words that a model copies; more is no longer what pulls apart."""


class Outlook(NamedTuple):
    """What judging would take."""

    pairs: int
    calls: int
    tokens: int
    notes: int = 0
    """That would be read for claims; their calls and tokens are counted with those of the pairs."""

    def with_notes(self, notes: int, calls: int, tokens: int) -> "Outlook":
        """The same, with what asking about notes would take."""
        return Outlook(self.pairs, self.calls + calls, self.tokens + tokens, notes)


class Judgement(BaseModel):
    """What a model says of one pair."""

    key: str
    answer: str = Field(json_schema_extra={"enum": list(ANSWERS)})
    a: str = Field(default="", description="words of A")
    b: str = Field(default="", description="words of B")


class Judgements(BaseModel):
    """The answer on several pairs."""

    judgements: list[Judgement]


class _Pair(NamedTuple):
    """Two texts in their own order, and the key under which the answer is kept."""

    a: str
    b: str
    key: str

    @property
    def short(self) -> str:
        """What the model calls it."""
        return f"p{self.key[:8]}"


class _Verdict(NamedTuple):
    answer: str
    words: tuple[str, str]
    """Of both texts, in their order; empty where the model did not copy them."""


def ask_candidates(
    store: Store,
    settings: Settings,
    candidates: Iterable[Candidate],
    progress: Progress | None = None,
    budget: Budget | None = None,
) -> list[Problem]:
    """Put what the model says in place of what was said before; without a budget it is not asked, only remembered."""
    given = [each for each in candidates if each.a != each.b and not related(store, each)]
    pairs = _pairs(settings, given)
    known = _read(known_replies(store.folder, pairs), pairs)
    new = [pair for key, pair in pairs.items() if key not in known]
    problems: list[Problem] = []
    if new and budget is not None:
        try:
            for verdicts in _asked(store, settings, new, budget, problems, progress):
                known |= verdicts
        except Unavailable as why:
            problems = [Problem(code="judge", message=why.message, path="kb.toml", hint=why.remedy)]
    left = len(pairs) - len(known)
    rows = [row for each in given if (row := _row(store, settings, each, known))]
    put_links(store, rows, (WAITING if left else DONE).format(settings.llm))
    store.set_meta("judge_waits", left)
    return problems


def outlook(store: Store, settings: Settings, candidates: Iterable[Candidate]) -> Outlook:
    """What asking about these would take; nothing is asked."""
    pairs = _pairs(settings, [each for each in candidates if each.a != each.b and not related(store, each)])
    known = known_replies(store.folder, pairs)
    batches = list(_batches([pair for key, pair in pairs.items() if key not in known]))
    return Outlook(sum(map(len, batches)), len(batches), sum(map(_cost, batches)))


def destination(settings: Settings) -> str:
    """The model and where it is."""
    return f"{settings.llm} at {address(settings) or 'no known address'}"


def _asked(
    store: Store,
    settings: Settings,
    new: list[_Pair],
    budget: Budget,
    problems: list[Problem],
    progress: Progress | None,
) -> Iterator[dict[str, _Verdict]]:
    """The model's answers, batch by batch, each kept before it is given."""
    model = open_model(settings)
    replies = Replies(store.folder)
    done = 0
    try:
        for batch in _batches(new):
            if progress:
                progress("judging", done, len(new))
            if not budget.allows(_cost(batch)):
                problems.append(budget.stopped(f"{len(new) - done:,} of {len(new):,} pairs of claims wait"))
                return
            sent, got = model.used.sent, model.used.got
            try:
                found = _ask(model, batch)
            finally:
                budget.spent += model.used.sent - sent + model.used.got - got
            sent, got = (model.used.sent - sent) // len(batch), (model.used.got - got) // len(batch)
            replies.keep(
                model.name,
                [Kept(pair.key, json.dumps(found[pair.key], ensure_ascii=False), sent, got) for pair in batch],
            )
            yield found
            done += len(batch)
    finally:
        replies.close()


def _ask(model: Model, batch: list[_Pair]) -> dict[str, _Verdict]:
    """One call, and two smaller ones where nothing could be read from its reply."""
    said = judge_pairs([(pair.short, pair.a, pair.b) for pair in batch])
    try:
        told = model.fill(Judgements, said.system, said.prompt, max_tokens=_most(batch))
    except Unfit:
        if len(batch) == 1:
            return {batch[0].key: _Verdict("", ("", ""))}
        half = len(batch) // 2
        return _ask(model, batch[:half]) | _ask(model, batch[half:])
    return {pair.key: _verdict(pair, told) for pair in batch}


def _verdict(pair: _Pair, told: Judgements) -> _Verdict:
    """The answer given under the pair's own key, once and from the closed set; otherwise there is none."""
    mine = [each for each in told.judgements if each.key.strip() == pair.short]
    answers = {" ".join(each.answer.lower().split()) for each in mine}
    if len(answers) != 1 or not answers <= set(ANSWERS):
        return _Verdict("", ("", ""))
    copied = _copied(mine[0].a, pair.a), _copied(mine[0].b, pair.b)
    return _Verdict(answers.pop(), copied if all(copied) else ("", ""))


def _copied(words: str, text: str) -> str:
    """Words as they stand in a text; nothing where they do not."""
    bare = " ".join(words.strip(" \"'“”.").split())
    found = re.search(re.escape(bare), text, re.I) if bare and len(bare) <= _WORDS else None
    return found[0] if found else ""


def _pairs(settings: Settings, candidates: Iterable[Candidate]) -> dict[str, _Pair]:
    """Each pair of texts once, in the order of its key: what is asked first does not depend on the order of files."""
    found = {}
    for each in candidates:
        a, b = sorted((each.a_text, each.b_text))
        key = reply_key(settings.llm, JUDGE, fingerprint(a[:LONGEST_SIDE]), fingerprint(b[:LONGEST_SIDE]))
        found[key] = _Pair(a, b, key)
    return dict(sorted(found.items()))


def _batches(pairs: Iterable[_Pair]) -> Iterator[list[_Pair]]:
    pending = iter(pairs)
    while batch := list(islice(pending, PAIRS)):
        yield batch


def _cost(batch: list[_Pair]) -> int:
    """About how many tokens a call costs."""
    return tokens_in(*judge_pairs([(pair.short, pair.a, pair.b) for pair in batch])) + _OUT * len(batch)


def _most(batch: list[_Pair]) -> int:
    return 2 * _OUT * len(batch) + _SLACK


def _read(replies: dict[str, str], pairs: dict[str, _Pair]) -> dict[str, _Verdict]:
    found = {}
    for key, text in replies.items():
        try:
            answer, (a, b) = json.loads(text)
            found[key] = _Verdict(str(answer), (_copied(str(a), pairs[key].a), _copied(str(b), pairs[key].b)))
        except (ValueError, TypeError):
            continue  # not as this version writes it: asked again
    return found


def _row(store: Store, settings: Settings, pair: Candidate, known: dict[str, _Verdict]) -> Row | None:
    """The link between two claims, the same whichever was named first."""
    ((key, texts),) = _pairs(settings, [pair]).items()
    verdict = known.get(key)
    if verdict is None or verdict.answer not in ANSWERS or verdict.answer == NONE:
        return None
    (a, a_text), (b, _) = sorted([(pair.a, pair.a_text), (pair.b, pair.b_text)])
    evidence = [place.model_dump() for name in (a, b) if (place := place_of(store, name))]
    if len(evidence) < 2:
        return None
    words = verdict.words if a_text == texts.a else verdict.words[::-1]
    told = f": “{words[0]}” against “{words[1]}”" if all(words) else ""
    reason = f"a language model ({settings.llm}) reads a tension of this kind{told}"
    relation = "contradicts" if verdict.answer == "opposing result" else "qualifies"
    return Row(relation, a, b, "model", CONFIDENCE, evidence, reason, verdict.answer)
