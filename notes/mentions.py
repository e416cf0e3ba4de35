"""Titles, aliases and citekeys that stand in a draft unlinked.

A name of several words, or one that no dictionary has, is found wherever it stands. A single ordinary word is not: it
takes a reason to believe that the author means the note, and the best is that the author has linked that word before.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ingest.formats.inline import marked_up
from ingest.page import Block
from kb.catalogue import match_query
from kb.store import Store
from notes.draft import Draft
from notes.note_names import TOKEN, How, NameMatch, NoteName, NoteNames, is_code, singular
from qa.terms import STOP

_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{0,20}://|\bwww\.)[^\s<>]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]+|(?<![\w-])[\w-]{1,64}\.(?:com|org|net|io|dev|edu|ai|md|py|js|ts|rs|html)\b[^\s<>]*|(?<!\w)[#@][\w/-]+",
    re.I,
)
# What is opened and never closed is looked for in so many characters and no farther, from each opening.
_PAIRED = re.compile(
    r"<(a|code|pre|kbd|samp|var|script|style|svg|math|button|h[1-6])\b[^<>]*>.{0,2000}?</\1\s*>", re.I | re.S
)
_DISPLAY = re.compile(
    r"\$\$.{1,2000}?\$\$|\\\[.{1,2000}?\\\]|\\\(.{1,1000}?\\\)|\\begin\{(\w{1,40}\*?)\}.{0,2000}?\\end\{\1\}", re.S
)
_DELIMITED = re.compile(r"\[[^\[\]\n]*\]\([^)\s]{0,2000}\)|\{\{.{0,2000}?\}\}|\{%.{0,2000}?%\}", re.S)
_SAMPLE = 40
"""Claims that are read to see how a word is spelt."""
_HABIT, _OF_ALIAS, _OFTEN = 0.12, 0.25, 2
"""What share of the claims with a word link it to the note it is the title or the alias of, and how many claims at
least, for the word to mean the note."""
_NAME = 0.2
"""A word that is written with a capital so often amid sentences is a name, and without one another word."""
_RARE = 6
"""An ordinary-looking word in no more claims than this is a term: most are found in the one note on it."""
_LONG = 8


class UnlinkedMention(NamedTuple):
    """A name of a note that stands in the draft as words alone."""

    start: int
    """Offset in the draft's text."""
    end: int
    line: int
    words: str
    """As shown: a line break in them is a space."""
    note: str
    name: str
    """The name that it goes by here, as the note has it."""
    how: How
    score: float
    """How surely the words mean the note."""
    block: int


class Mentions:
    """Finds them, for one state of the base."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._names = NoteNames(store)
        self._spelt: dict[str, float] = {}
        self._habits: dict[tuple[str, str], float] = {}
        self._titles: dict[str, str] = {}

    def find(self, draft: Draft) -> list[UnlinkedMention]:
        """In the order of the draft. Its own note is never among them."""
        barred = _barred(draft)
        found: list[UnlinkedMention] = []
        for number, block in enumerate(draft.page.blocks):
            if block.part.kind not in ("heading", "row") and block.part.shown.text:
                found += self._in_block(draft, number, block, barred)
        return found

    def _in_block(
        self, draft: Draft, number: int, block: Block, barred: list[tuple[int, int]]
    ) -> Iterator[UnlinkedMention]:
        shown = block.part.shown
        begin, stop = shown.span(0, len(shown.text))
        # Whole lines: what opens a piece of code is not shown.
        begin = max(draft.text.rfind(end, 0, begin) for end in "\r\n") + 1
        stop = min(at for end in "\r\n" if (at := draft.text.find(end, stop) % (len(draft.text) + 1)) >= stop)
        closed = [span for span in barred if span[0] < stop and begin < span[1]]
        closed += [(begin + a, begin + b) for a, b in marked_up(re.sub(r"[\r\n]", " ", draft.text[begin:stop]))]
        for met in self._names.matches(shown.text):
            start, end = shown.span(met.start, met.end)
            if any(a < end and start < b for a, b in closed) or not _stands(draft.text, shown.text, met, start, end):
                continue
            best = self._meant(draft, shown.text, met)
            if best is not None:
                name, score = best
                words = shown.text[met.start : met.end]
                line = draft.text.count("\n", 0, start) + 1
                yield UnlinkedMention(
                    start, end, line, " ".join(words.split()), name.note, name.words, name.how, score, number
                )

    def _meant(self, draft: Draft, text: str, met: NameMatch) -> tuple[NoteName, float] | None:
        """The note that is meant, where one surely is."""
        order = ("title", "citekey", "alias", "work")
        scored: dict[str, tuple[float, int, NoteName]] = {}
        for name in met.names:
            if name.note != draft.note and (score := self._surely(name, text, met)):
                key = (score, -order.index(name.how), name)
                if name.note not in scored or key[:2] > scored[name.note][:2]:
                    scored[name.note] = key
        ranked = sorted(scored.values(), key=lambda each: (-each[0], -each[1], each[2].note))
        if not ranked or (len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]):
            return None
        if any(name.note == draft.note for name in met.names):
            return None
        return ranked[0][2], round(ranked[0][0], 3)

    def _surely(self, name: NoteName, text: str, met: NameMatch) -> float:
        if len(met.tokens) > 1:
            return self._several(name, text, met)
        return self._single(name, text, met)

    def _several(self, name: NoteName, text: str, met: NameMatch) -> float:
        """Words together: surer the more of them say something."""
        if _is_part(text, met):
            return 0.0
        said = [token[0] for token in met.tokens]
        telling = [word for word in said if word.casefold() not in STOP and not word.isdigit()]
        own = [token[0] for token in TOKEN.finditer(name.words)]
        if len(telling) < 2 and not any(is_code(word) for word in said):
            # "The Art of It", "In between": only in the very letters of the title.
            return 0.8 if said == own and any(word[0].isupper() for word in telling) else 0.0
        if any(one.casefold() != other.casefold() for one, other in zip(said[:-1], own[:-1], strict=False)):
            # "Networking layers" is another thing than the network layer; only the last word is inflected.
            return 0.0
        if _is_end(text, met):
            return 0.0
        habit = self._habit(" ".join(said), name.note)
        return min(0.98, 0.86 + 0.03 * (len(telling) - 2) + 0.1 * min(1.0, 3 * habit))

    def _single(self, name: NoteName, text: str, met: NameMatch) -> float:
        word, own = met.tokens[0][0], next(TOKEN.finditer(name.words))[0]
        if name.how == "citekey":
            return 0.98 if word == own else 0.0
        if singular(word.casefold()) != singular(own.casefold()) or _is_part(text, met):
            return 0.0
        habit = self._habit(word, name.note)
        if is_code(own):
            same = singular(word) == singular(own) or re.sub(r"['’]?s$", "", word) == own
            if same and not self._stands_for(text, word, name):
                return 0.0
            return (0.9 + 0.08 * min(1.0, 3 * habit) if not _is_shouted(text, met) else 0.0) if same else 0.0
        if len(own) < 3:
            return 0.0
        capital = self._capital(word)
        if capital >= 0.9:
            # A name of somebody or something: it is written with a capital.
            return 0.85 + 0.12 * min(1.0, 3 * habit) if word[0].isupper() and len(own) > 3 else 0.0
        if word[0].isupper() and not _begins(text, met.start):
            # Amid a sentence the capital makes an ordinary word a name, and of something else.
            return 0.0
        if habit >= (_HABIT if name.how == "title" else _OF_ALIAS):
            return 0.7 + 0.28 * min(1.0, habit / 0.6)
        if word[0].islower() and capital >= _NAME:
            return 0.0
        total = self._claims_with(word)
        if len(own) >= _LONG and total <= _RARE and not own.casefold().endswith(("ing", "ed", "ly", "able", "ful")):
            return 0.72
        return 0.0

    def _stands_for(self, text: str, short: str, name: NoteName) -> bool:
        """Whether an acronym that is spelt out beside it, "cross correlation (CC)", is so in the note as well."""
        letters = re.sub(r"['’]?s$", "", short)
        words = "".join(rf"({re.escape(letter)}[\w-]*)[ -]" for letter in letters if letter.isalpha())
        spelt = re.search(rf"\b{words}\({re.escape(letters)}s?\)", text, re.I)
        if spelt is None:
            return True
        long = spelt[0].rsplit("(", 1)[0].strip()
        return bool(
            self.store.sql.execute(
                "SELECT 1 FROM note WHERE name = ?1 AND note.id IN (SELECT rowid FROM note_words WHERE note_words MATCH ?2)",
                (name.note, _phrase(long) or '""'),
            ).fetchone()
        )

    def _claims_with(self, words: str) -> int:
        match = _phrase(words)
        if not match:
            return 0
        row = self.store.sql.execute(
            "SELECT count(*) FROM (SELECT 1 FROM claim_words WHERE claim_words MATCH ? LIMIT 2000)", (match,)
        ).fetchone()
        return int(row[0])

    def _habit(self, words: str, note: str) -> float:
        """The share of the claims with these words that link them to this note; a small letter asks for small letters."""
        small = words[0].islower() and " " not in words
        key = (f"{'' if small else '^'}{singular(words.casefold())}", note)
        if key not in self._habits:
            match = _phrase(words)
            linked = 0
            if match:
                linked = self.store.sql.execute(
                    "SELECT count(DISTINCT claim.id) FROM mention JOIN claim ON claim.name = mention.claim "
                    "WHERE mention.note = ? AND claim.id IN (SELECT rowid FROM claim_words WHERE claim_words MATCH ? LIMIT 2000) "
                    "AND instr(claim.text, ?) > 0",
                    (note, match, singular(words) if small else ""),
                ).fetchone()[0]
            self._habits[key] = linked / max(1, self._claims_with(words)) if linked >= _OFTEN else 0.0
        return self._habits[key]

    def _capital(self, word: str) -> float:
        """The share of a word's occurrences amid sentences that begin with a capital; 0 where it is not known."""
        key = singular(word.casefold())
        if key not in self._spelt:
            match = _phrase(word)
            rows = (
                self.store.sql.execute(
                    "SELECT text FROM claim WHERE id IN (SELECT rowid FROM claim_words WHERE claim_words MATCH ? LIMIT ?)",
                    (match, _SAMPLE),
                )
                if match
                else []
            )
            pattern = re.compile(rf"(?<=[a-z,;:] )({re.escape(key)})(?=(?:['’]?s)?\b)", re.I)
            seen = [each[1] for (text,) in rows for each in pattern.finditer(text)]
            self._spelt[key] = sum(each[0].isupper() for each in seen) / len(seen) if len(seen) >= 2 else 0.0
        return self._spelt[key]


def _phrase(words: str) -> str:
    """For FTS5: these words side by side."""
    return '"' + match_query(words).replace('" OR "', " ").replace('"', "") + '"' if match_query(words) else ""


def _barred(draft: Draft) -> list[tuple[int, int]]:
    """Where no link may be put, whatever stands there: links, addresses, tags' insides, display math."""
    spans = [(each.start, each.end) for each in draft.page.mentions]
    for pattern in (_ADDRESS, _PAIRED, _DISPLAY, _DELIMITED):
        spans += [match.span() for match in pattern.finditer(draft.text)]
    return sorted(spans)


def _stands(source: str, text: str, met: NameMatch, start: int, end: int) -> bool:
    """Whether the words stand in the file as they are shown, nothing but emphasis's absence and line ends between."""
    there = source[start:end]
    if "".join(there.split()) != "".join(text[met.start : met.end].split()) and not _is_folded(
        there, text[met.start : met.end]
    ):
        return False
    before, after = source[start - 1 : start], source[end : end + 1]
    if (
        before in ("\\", "/", "_", "$", "{")
        or after in ("/", "_", "\\", "}")
        or (before == "." and source[start - 2 : start - 1].strip())
    ):
        return False
    if after == "." and source[end + 1 : end + 2].isalnum():
        return False
    joined = (before in ("-", "‐", "‑") and source[start - 2 : start - 1].isalnum()) or (
        after in ("-", "‐", "‑") and source[end + 1 : end + 2].isalnum()
    )
    return not joined or (len(met.tokens) == 1 and is_code(met.tokens[0][0]) and before not in ("-", "‐", "‑"))


def _is_folded(there: str, shown: str) -> bool:
    """A line break within a quotation or a list brings its mark or its indentation along."""
    return "".join(re.sub(r"\n[ \t>]*", " ", there.replace("\r", "")).split()) == "".join(shown.split())


def _is_part(text: str, met: NameMatch) -> bool:
    """Whether a capital word stands beside another: "Google Play" is not about play."""
    before = re.search(r"([^\W_]+)[ ]$", text[max(0, met.start - 40) : met.start])
    after = re.match(r"[ ]([^\W_]+)", text[met.end : met.end + 40])
    beside = [
        each[1]
        for each, token in ((before, met.tokens[0]), (after, met.tokens[-1]))
        if each and token[0][0].isupper() and not is_code(token[0]) and not is_code(each[1])
    ]
    return any(each[0].isupper() and each.casefold() not in STOP and not each.isdigit() for each in beside)


def _begins(text: str, at: int) -> bool:
    """Whether a sentence, an item or a quotation begins here."""
    return not (before := text[:at].rstrip(" “\"'(‘*_")) or before[-1] in ".?!:;—–-•\n"


def _is_end(text: str, met: NameMatch) -> bool:
    """Whether it is the end of a longer term: "media access control (MAC)"."""
    short = re.match(r"s? \(([A-Z]{2,8})s?\)", text[met.end : met.end + 14])
    before = re.search(r"(\w)[\w]*[ -]$", text[max(0, met.start - 40) : met.start])
    if not short or not before or len(short[1]) <= len(met.tokens):
        return False
    return short[1].casefold() == (before[1] + "".join(token[0][0] for token in met.tokens)).casefold()


def _is_shouted(text: str, met: NameMatch) -> bool:
    """An acronym says nothing where all is in capitals."""
    around = re.findall(r"[^\W\d_]{2,}", text[max(0, met.start - 40) : met.start] + " " + text[met.end : met.end + 40])
    return len(around) > 2 and all(word.isupper() for word in around)
