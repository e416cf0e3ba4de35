"""Mentions: titles, aliases and citekeys that stand in a draft unlinked.

A name of several words, or one that no dictionary has, is found wherever it stands. A single ordinary word is not: it
takes a reason to believe that the author means the note, and the best is that the author has linked that word before.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ingest.formats.inline import marked_up
from ingest.page import Block
from kb.catalogue import match_query
from kb.store import Store
from notes.draft import Draft
from notes.note_names import TOKEN, How, NameMatch, NoteName, NoteNames, is_code, singular
from qa.terms import STOP

# "https://x.org/y", "www.x.org", "me@x.org", "x.org", "notes.md", "#tag", "@name"
_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{0,20}://|\bwww\.)[^\s<>]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]+|(?<![\w-])[\w-]{1,64}\.(?:com|org|net|io|dev|edu|ai|md|py|js|ts|rs|html)\b[^\s<>]*|(?<!\w)[#@][\w/-]+",
    re.I,
)
# What is opened and never closed is looked for in so many characters and no farther, from each opening.
# "<a href="x">words</a>", "<code>x</code>"
_PAIRED = re.compile(
    r"<(a|code|pre|kbd|samp|var|script|style|svg|math|button|h[1-6])\b[^<>]*>.{0,2000}?</\1\s*>", re.I | re.S
)
# "$$x$$", "\[x\]", "\(x\)", "\begin{align}x\end{align}"
_DISPLAY = re.compile(
    r"\$\$.{1,2000}?\$\$|\\\[.{1,2000}?\\\]|\\\(.{1,1000}?\\\)|\\begin\{(\w{1,40}\*?)\}.{0,2000}?\\end\{\1\}", re.S
)
_DELIMITED = re.compile(
    r"\[[^\[\]\n]*\]\([^)\s]{0,2000}\)|\{\{.{0,2000}?\}\}|\{%.{0,2000}?%\}", re.S
)  # "[x](y)", "{{x}}"
_LINE_END = re.compile(r"[\r\n]|\Z")
_GLUED_BEFORE = re.compile(r"[\\/_${]\Z|\S\.\Z")  # "my_CRDT", "\CRDT", "x.CRDT"
_GLUED_AFTER = re.compile(r"[\\/_}]|\.\w")  # "CRDT_name", "CRDT.org"
_HYPHEN_BEFORE, _HYPHEN_AFTER = re.compile(r"\w[-‐‑]\Z"), re.compile(r"[-‐‑]\w")  # "non-CRDT", "CRDT-based"
_ORDER: tuple[How, ...] = ("work", "alias", "citekey", "title")
"""Where words are the name of several notes equally surely, the last of these counts."""
_EXACT, _PHRASE, _CITEKEY, _ACRONYM, _PROPER, _LINKED, _TERM = 0.8, 0.9, 0.98, 0.92, 0.88, 0.8, 0.72
"""How surely words mean the note: a phrase of one telling word, another phrase, a citekey, an acronym, the name of somebody,
a word that the author links, a rare term."""
_TITLE_SHARE, _ALIAS_SHARE = 0.12, 0.25
"""What share of the claims with a word must link it to the note that it is the title, or the alias, of."""
_PROPER_SHARE = 0.9
"""A word written with a capital so often is the name of somebody."""
_LONG, _RARE = 8, 6
"""An ordinary-looking word of so many letters in no more claims than this is a term: most are found in the one note on it."""
_INFLECTED = ("ing", "ed", "ly", "able", "ful")
_MANY = 2_000
"""Claims with a word that are counted: more is often."""
_SAMPLE = 40
"""Claims that are read to see how a word is spelt."""
_CLAIMS_WITH = "SELECT rowid FROM claim_words WHERE claim_words MATCH ? LIMIT ?"


class UnlinkedMention(NamedTuple):
    """A name of a note that stands in the draft as words alone."""

    start: int
    """Offset in the draft's text."""
    end: int
    words: str
    """As shown: a line break in them is a space."""
    note: str
    name: str
    """The name that it goes by here, as the note has it."""
    how: How
    score: float
    """How surely the words mean the note."""


class Mentions:
    """Finds them, for one state of the base."""

    def __init__(self, store: Store) -> None:
        self._names = NoteNames(store)
        self._usage = WordUsage(store)

    def find(self, draft: Draft) -> list[UnlinkedMention]:
        """In the order of the draft. Its own note is never among them."""
        # Where no link may be put, whatever stands there: links, addresses, tags' insides, display math.
        barred = [(each.start, each.end) for each in draft.page.mentions]
        for pattern in (_ADDRESS, _PAIRED, _DISPLAY, _DELIMITED):
            barred += [match.span() for match in pattern.finditer(draft.text)]
        barred.sort()
        blocks = [
            each for each in draft.page.blocks if each.part.kind not in ("heading", "row") and each.part.shown.text
        ]
        return [found for block in blocks for found in self._in_block(draft, block, barred)]

    def _in_block(self, draft: Draft, block: Block, barred: list[tuple[int, int]]) -> Iterator[UnlinkedMention]:
        shown, source = block.part.shown, draft.text
        begin, stop = shown.span(0, len(shown.text))
        # Whole lines: what opens a piece of code is not shown.
        begin = max(source.rfind(end, 0, begin) for end in "\r\n") + 1
        stop = next(_LINE_END.finditer(source, stop)).start()
        closed = [span for span in barred if span[0] < stop and begin < span[1]]
        closed += [(begin + a, begin + b) for a, b in marked_up(re.sub(r"[\r\n]", " ", source[begin:stop]))]
        for match in self._names.matches(shown.text):
            start, end = shown.span(match.start, match.end)
            if any(a < end and start < b for a, b in closed) or not _stands(source, shown.text, match, start, end):
                continue
            if meant := self._meant(draft.note, shown.text, match):
                name, score = meant
                words = " ".join(shown.text[match.start : match.end].split())
                yield UnlinkedMention(start, end, words, name.note, name.words, name.how, score)

    def _meant(self, own: str, text: str, match: NameMatch) -> tuple[NoteName, float] | None:
        """The note that is meant, where one surely is."""
        if any(name.note == own for name in match.names):
            return None
        ranked = sorted(
            ((self._score(name, text, match), _ORDER.index(name.how), name) for name in match.names), reverse=True
        )
        (score, order, best), others = ranked[0], ranked[1:]
        if not score or any((other[0], other[1]) == (score, order) and other[2].note != best.note for other in others):
            return None
        return best, score

    def _score(self, name: NoteName, text: str, match: NameMatch) -> float:
        """How surely the words mean the note; 0 where they need not."""
        if len(match.tokens) > 1:
            return _phrase_score(name, text, match)
        word, own = match.tokens[0][0], next(TOKEN.finditer(name.words))[0]
        if name.how == "citekey":
            return _CITEKEY * (word == own)
        if singular(word.casefold()) != singular(own.casefold()) or _is_part_of_name(text, match) or len(own) < 2:
            return 0.0
        if is_code(own):
            is_same = singular(word) == singular(own) or re.sub(r"['’]?s$", "", word) == own
            return _ACRONYM * is_same
        return self._word_score(name, text, match, word) if len(own) > 2 else 0.0

    def _word_score(self, name: NoteName, text: str, match: NameMatch, word: str) -> float:
        """Of a single word that a dictionary might have."""
        capitals = self._usage.capital_share(singular(word.casefold()))
        if capitals >= _PROPER_SHARE:
            return _PROPER * (word[0].isupper() and len(name.words) > 3)
        if word[0].isupper() and not _begins_sentence(text, match.start):
            # Amid a sentence the capital makes an ordinary word a name, and of something else.
            return 0.0
        if self._usage.is_linked(word, name.note, _TITLE_SHARE if name.how == "title" else _ALIAS_SHARE):
            return _LINKED
        is_term = len(name.words) >= _LONG and not name.words.casefold().endswith(_INFLECTED)
        return _TERM * (is_term and self._usage.claims_with(word) <= _RARE)


def _phrase_score(name: NoteName, text: str, match: NameMatch) -> float:
    said = [token[0] for token in match.tokens]
    own = [token[0] for token in TOKEN.finditer(name.words)]
    telling = [word for word in said if word.casefold() not in STOP and not word.isdigit()]
    if _is_part_of_name(text, match):
        return 0.0
    if len(telling) < 2 and not any(is_code(word) for word in said):
        # "The Art of It", "In between": only in the very letters of the title.
        return _EXACT * (said == own and any(word[0].isupper() for word in telling))
    # "Networking layers" is another thing than the network layer; only the last word is inflected.
    is_same = all(a.casefold() == b.casefold() for a, b in zip(said[:-1], own[:-1], strict=False))
    return _PHRASE * is_same


def _stands(source: str, text: str, match: NameMatch, start: int, end: int) -> bool:
    """Whether the words stand in the file as they are shown, apart from other words, line ends and quotation marks aside."""
    there, shown = source[start:end], "".join(text[match.start : match.end].split())
    # A line break within a quotation or a list brings its mark or its indentation along.
    folded = re.sub(r"\n[ \t>]*", " ", there.replace("\r", ""))
    if shown not in ("".join(there.split()), "".join(folded.split())):
        return False
    before, after = source[max(0, start - 2) : start], source[end : end + 2]
    if _GLUED_BEFORE.search(before) or _GLUED_AFTER.match(after) or _HYPHEN_BEFORE.search(before):
        return False
    return not _HYPHEN_AFTER.match(after) or (len(match.tokens) == 1 and is_code(match.tokens[0][0]))


def _is_part_of_name(text: str, match: NameMatch) -> bool:
    """Whether a capital word stands beside another: "Google Play" is not about play."""
    before = re.search(r"([^\W_]+) $", text[max(0, match.start - 40) : match.start])
    after = re.match(r" ([^\W_]+)", text[match.end : match.end + 40])
    beside = [
        each[1]
        for each, token in ((before, match.tokens[0]), (after, match.tokens[-1]))
        if each and token[0][0].isupper() and not is_code(token[0]) and not is_code(each[1])
    ]
    return any(each[0].isupper() and each.casefold() not in STOP for each in beside)


def _begins_sentence(text: str, at: int) -> bool:
    """Whether a sentence, an item or a quotation begins here."""
    return not (before := text[:at].rstrip(" “\"'(‘*_")) or before[-1] in ".?!:;—–-•\n"


class WordUsage:
    """How the claims of one state of a base write a word: how often, with a capital or without, linked to which note."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_linked, self.capital_share = cache(self._is_linked), cache(self._capital_share)

    def claims_with(self, word: str) -> int:
        return self._count(f"SELECT count(*) FROM ({_CLAIMS_WITH})", _phrase(word), _MANY)

    def _is_linked(self, word: str, note: str, share: float) -> bool:
        """Whether this share of the claims with a word links to the note; a small letter asks for small letters."""
        linked = self._count(
            "SELECT count(DISTINCT claim.id) FROM mention JOIN claim ON claim.name = mention.claim "
            f"WHERE claim.id IN ({_CLAIMS_WITH}) AND mention.note = ? AND instr(claim.text, ?)",
            _phrase(word), _MANY, note, singular(word) if word[:1].islower() else "",
        )  # fmt: skip
        return linked > 1 and linked >= share * self.claims_with(word)

    def _capital_share(self, word: str) -> float:
        """The share of its occurrences amid sentences that begin with a capital; 0 where it is not known."""
        # "They say that Kant was late"
        amid = re.compile(rf"(?<=[a-z,;:] )({re.escape(word)})(?=(?:['’]?s)?\b)", re.I)
        query = f"SELECT text FROM claim WHERE id IN ({_CLAIMS_WITH})"
        rows = self._store.sql.execute(query, (_phrase(word), _SAMPLE))
        seen = [each[1][0].isupper() for (text,) in rows for each in amid.finditer(text)]
        return sum(seen) / len(seen) if len(seen) > 1 else 0.0

    def _count(self, query: str, *values: object) -> int:
        return int(self._store.sql.execute(query, values).fetchone()[0])


def _phrase(words: str) -> str:
    """For FTS5: these words side by side."""
    return '"' + match_query(words).replace('" OR "', " ").replace('"', "") + '"'
