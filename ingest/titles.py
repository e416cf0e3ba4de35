"""Citations without any mark-up: the cited note's question title standing in the prose ("... beyond the frontier Does refined
data always help?."). Known titles are found exactly; what remains by shape, where the layout expects such citations."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from ingest.page import Block, Mention
from kb.note import slug

_LONGEST = 320
_MARK = re.compile(r"\?")
_WORD = re.compile(r"[\w’'-]+", re.UNICODE)
_STARTERS = "Am Are Can Could Did Do Does Had Has Have How Is May Might Must Shall Should Was Were What When Where Which Who Whom Whose Why Will Would Aren't Can't Couldn't Didn't Doesn't Don't Hasn't Haven't Isn't Shouldn't Wasn't Weren't Won't Wouldn't".split()
_STARTER = re.compile(
    r"(?<![\w’'-])(?:(?:At|By|For|From|In|On|To|Under|With|Through)\s+(?:what|which|how|whom|whose)|"
    + "|".join(re.escape(word) for word in _STARTERS)
    + r")(?=[\s’'])"
)
_GOES_ON = re.compile(r"[.,;:)]|\s(?!(?:and|but|or|yet|so)\b)[a-z]")
_SENTENCE_END = re.compile(r"(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)[.!?]\s")
_SAME = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\n": " ", "‐": "-", "‑": "-"})


def tail(title: str) -> str:
    """The last two words of a question: what a mention and its title surely share."""
    return "-".join(slug(word) for word in _WORD.findall(title[-80:])[-2:])


def is_known_by_sight(title: str) -> bool:
    """Whether a title can be told from the prose around it."""
    return title.endswith("?") and title.count(" ") >= 2


class Titles:
    """The question titles a vault knows, to be found in prose."""

    def __init__(self, titles: Iterable[str] = ()) -> None:
        self._by_tail: dict[str, set[str]] = {}
        for title in filter(is_known_by_sight, titles):  # only questions can be told from prose
            self._by_tail.setdefault(tail(title), set()).add(title)

    def ending(self, text: str) -> str | None:
        """The longest title known with which this text ends."""
        for title in sorted(self._by_tail.get(tail(text), ()), key=lambda title: (-len(title), title)):
            given = text[-len(title) :]
            before = text[-len(title) - 1 : -len(title)]
            if given.translate(_SAME).lower() == title.translate(_SAME).lower() and not before.isalnum():
                return title
        return None


def tails(text: str) -> Iterator[str]:
    """The tail of every question in a text: which new titles could change how it is read."""
    for mark in _MARK.finditer(text):
        yield tail(text[max(0, mark.start() - 80) : mark.start()])


def cited_titles(text: str, titles: Titles, by_shape: bool) -> list[tuple[int, int, str]]:
    """Where titles stand in the prose: (start, end, title), in order."""
    found: list[tuple[int, int, str]] = []
    for mark in _MARK.finditer(text):
        at = mark.start()
        begin = found[-1][1] if found else 0
        window = max(begin, at - _LONGEST)
        known = titles.ending(text[window : at + 1])
        if known is not None:
            found.append((at + 1 - len(known), at + 1, known))
        elif by_shape and (start := _by_shape(text, window, at, bool(found) and window == begin)) is not None:
            found.append((start, at + 1, text[start : at + 1]))
    return found


def cite(blocks: Sequence[Block], titles: Titles, by_shape: bool) -> tuple[Block, ...]:
    """The blocks with the titles in their prose among their mentions."""
    return tuple(_cite(block, titles, by_shape) if "?" in block.part.shown.text else block for block in blocks)


def _cite(block: Block, titles: Titles, by_shape: bool) -> Block:
    part = block.part
    taken = sorted(mention.shown for mention in part.mentions if mention.shown)
    found: list[Mention] = []
    for start, end, title in cited_titles(part.shown.text, titles, by_shape):
        at = bisect_left(taken, (start, 0))
        inside = at and taken[at - 1][1] > start
        if not inside and not (at < len(taken) and taken[at][0] < end):
            found.append(Mention(title, "title", *part.shown.span(start, end), "cites", (start, end)))
    if not found:
        return block
    mentions = tuple(sorted((*part.mentions, *found), key=lambda mention: mention.start))
    return block._replace(part=part._replace(mentions=mentions))


def _by_shape(text: str, window: int, mark: int, follows: bool) -> int | None:
    """The start of a question that stands where no sentence can start, or that goes on after its mark ("Is it slow? shows ...")."""
    goes_on = bool(_GOES_ON.match(text, mark + 1))
    for match in _STARTER.finditer(text, window, mark):
        start = match.start()
        if not 2 <= text.count(" ", start, mark) <= 40 or _SENTENCE_END.search(text, start, mark):
            continue
        gap = text[window:start]
        beside_another = follows and not gap.strip(" ,;()")
        mid_sentence = gap.rstrip()[-1:] not in ("", *".!?:;\"“'—–")
        if beside_another or mid_sentence or goes_on:
            return start
    return None
