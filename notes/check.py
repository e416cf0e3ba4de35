"""What a draft says against its notes, beyond them, or without naming them: `kb check` and the editor's diagnostics.

draft -> sentences -> claims near each -> a verdict of each claim -> RULES -> what the draft and kb.toml allow
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, product

from ingest.claim_text import leans
from kb.language.judge import Judge, Pair
from kb.language.opinions import Opinions, open_opinions
from kb.language.verdict import Verdict
from kb.settings import Settings
from kb.store import Store
from notes.broken_links import broken_links
from notes.citation import miscited, overstated, uncited
from notes.claim_index import ClaimIndex, NearClaim, base_state
from notes.contradiction import contradicted
from notes.draft import Draft
from notes.draft_sentences import DraftSentence, draft_sentences
from notes.finding import Case, Evidence, Finding
from notes.judged_claims import JudgedClaim, is_first_hand, judge_claims, on_subject
from notes.link_style import LinkStyle
from qa.retrieve import Retriever

RULES = (overstated, contradicted, miscited, uncited)
"""Each is asked of each sentence; the first that finds something is heard. A sentence that goes beyond the note it cites
does speak of it, and one that is contradicted is not to be cited for."""
_KEPT = 20_000
"""Sentences whose evidence is kept: some hundred drafts."""
_QUOTES = re.compile(r": “|; nearest is “")  # "The notes say otherwise: “It fell.” (Why?)." -> The notes say otherwise
# "<!-- kb: ignore uncited -->", "%% kb: ignore-file %%"
_COMMENT = re.compile(r"(?:<!--|%%)\s*kb:\s*(ignore(?:-file)?)\b([^>%\n]*?)(?:-->|%%)", re.I)
_ALL = "*"
"""Stands for every code where a comment names none."""
_Key = tuple[str, tuple[str, ...], str]


class Checker:
    """Checks drafts against one open base, and keeps what it found beside sentences while the base stays as it is."""

    def __init__(
        self, store: Store, settings: Settings, retriever: Retriever | None = None, judge: Judge | None = None
    ) -> None:
        """Without a judge given, the one that the vault asks for; a retriever given is left open by `close`."""
        self.store, self.settings = store, settings
        self.retriever = retriever or Retriever(store, settings)
        self.index = ClaimIndex(store, self.retriever)
        self._is_lent, self._given = retriever is not None, judge
        self._state: tuple[object, ...] = ()
        self._evidence: dict[_Key, Evidence] = {}

    @cached_property
    def judge(self) -> Judge | None:
        """Opened when the first sentence is judged."""
        return self._given or open_opinions(self.settings, self.store.folder)

    def check(self, draft: Draft) -> list[Finding]:
        """Every finding, in the order of the draft."""
        self.refresh()
        sentences = tuple(draft_sentences(draft))
        found = [*self._by_rules(draft, sentences), *broken_links(self.store, draft)]
        suppressed = {*((code, 0) for code in self.settings.silence), *_suppressed(draft.text)}
        allowed = [
            each for each in found if suppressed.isdisjoint(product((each.code, _ALL), (0, *_lines(draft, each))))
        ]
        return sorted(allowed, key=lambda each: (each.start, each.end, each.code))

    def refresh(self) -> None:
        """Forget what was kept of a base that is another by now."""
        state = base_state(self.store)
        if state != self._state or len(self._evidence) > _KEPT:
            self._state = state
            self._evidence.clear()
            self.index.forget()
            self.style = LinkStyle(self.store, self.settings)

    def close(self) -> None:
        if not self._is_lent:
            self.retriever.close()
        judge = self.__dict__.pop("judge", None)
        if isinstance(judge, Opinions) and judge is not self._given:
            judge.close()

    def judged_near(self, text: str, own: str) -> tuple[JudgedClaim, ...]:
        """What the claims near a sentence say of it; `own` is its note, left out."""
        near = self._near([text], own)
        return _with_verdicts(text, near[text], judge_claims(near, self.judge))

    def _by_rules(self, draft: Draft, sentences: tuple[DraftSentence, ...]) -> Iterator[Finding]:
        said: set[tuple[str, str]] = set()
        for at, evidence in enumerate(self._gathered(draft, sentences)):
            case = Case(draft, sentences, at, evidence, self.index, self.style)
            found = next(filter(None, (rule(case) for rule in RULES)), None)
            if found is not None and not (found.once and (found.code, found.once) in said):
                said.add((found.code, found.once))
                yield found

    def _gathered(self, draft: Draft, sentences: Sequence[DraftSentence]) -> list[Evidence]:
        """The evidence of each sentence; all that is new is judged at once."""
        keys: list[_Key] = [(each.text, each.cited, draft.note) for each in sentences]
        new = {
            key: each for key, each in zip(keys, sentences, strict=True) if each.states and key not in self._evidence
        }
        near = self._near([each.text for each in new.values() if not leans(each.text)], draft.note)
        of_cited = {key: [self.index.of_note(note, key[0]) for note in key[1]] for key in new}
        asked = {key[0]: list(near.get(key[0], ())) for key in new}
        for key, rows in of_cited.items():
            asked[key[0]] += on_subject(_own_words(rows, key[1]))
        verdicts = judge_claims(asked, self.judge if any(asked.values()) else None)
        for key, rows in of_cited.items():
            beside = _with_verdicts(key[0], near.get(key[0], ()), verdicts)
            cited = _with_verdicts(key[0], chain(*rows), verdicts)
            self._evidence[key] = Evidence(beside, cited, tuple(row[0] for row in rows) if all(rows) else ())
        return [self._evidence.get(key, Evidence()) for key in keys]

    def _near(self, texts: Sequence[str], own: str) -> dict[str, list[NearClaim]]:
        """The claims of other notes that are worth a verdict on each sentence."""
        texts = list(dict.fromkeys(texts))
        rows = self.index.nearest(texts) if texts else []
        return {
            text: on_subject(
                each for each in row if each.claim.note != own and is_first_hand(each.claim, self.index.note(each.claim.note))
            )
            for text, row in zip(texts, rows, strict=True)
        }  # fmt: skip


def _suppressed(text: str) -> Iterator[tuple[str, int]]:
    """The codes that comments suppress, each with its line, or that below a comment which stands alone; 0 is the whole file."""
    for found in _COMMENT.finditer(text):
        start, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
        is_alone = not (text[start : found.start()] + text[found.end() : end if end >= 0 else len(text)]).strip()
        line = text.count("\n", 0, found.start()) + 1 + is_alone
        for code in re.split(r"[\s,]+", found[2].strip().lower()) if found[2].strip() else [_ALL]:
            yield code, 0 if found[1].lower() == "ignore-file" else line


def without_quotes(finding: Finding) -> str:
    """The message, for a screen that shows the claims apart."""
    return f"{_QUOTES.split(finding.message, maxsplit=1)[0].rstrip('.')}." if finding.claims else finding.message


def _with_verdicts(text: str, near: Iterable[NearClaim], verdicts: Mapping[Pair, Verdict]) -> tuple[JudgedClaim, ...]:
    pairs = ((each, verdicts.get((each.claim.text, text))) for each in near)
    return tuple(JudgedClaim(each, verdict) for each, verdict in pairs if verdict is not None)


def _own_words(rows: Sequence[Sequence[NearClaim]], cited: Sequence[str]) -> list[NearClaim]:
    """What cited notes say themselves, most similar first; else what lists and lines say of them."""
    own = [each for each in chain(*rows) if each.claim.place.path in cited] or chain(*rows)
    return sorted(own, key=lambda each: -each.similarity)


def _lines(draft: Draft, finding: Finding) -> range:
    return range(finding.line, finding.line + draft.text.count("\n", finding.start, finding.end) + 1)
