"""The names that notes go by, as a table of words in which a draft's prose is looked up in one pass.

Words are met in their plain form: "Causal orders" is found where "causal-ordering" stands.
"""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from kb.note import REPORT, Note
from kb.store import Store
from qa.terms import STOP

How = Literal["title", "alias", "citekey", "work"]

TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+(?:['’][^\W\d_]+)*"
)
_GENERIC = frozenset(
    """index, home, readme, todo, to-do, todos, notes, note, inbox, journal, diary, daily, log, changelog, about, me, now, contact, links, link,
    bookmarks, tags, tag, topics, topic, archive, archives, misc, miscellaneous, other, others, untitled, new, scratch, scratchpad, draft,
    drafts, template, templates, reading, list, reading-list, books, movies, music, people, projects, project, areas, resources, references,
    bibliography, sources, summary, abstract, introduction, conclusion, overview, contents, start, here, welcome, map, moc, dashboard, ideas,
    idea, questions, question, meeting, meetings, quotes, glossary, faq, license, contributing, code, of, conduct, blog, posts, example,
    examples, test, results, methods, discussion, background, definition, definitions, appendix, things, random, about me, new note,
    reading list, table of contents, start here, code of conduct, further reading, see also, to do, home page""".replace(
        "\n    ", " "
    ).split(", ")
)
"""Names that say what a file is for and not what it is about."""
# "Conflict-free Replicated Data Type (CRDT)" -> both
_ASIDE = re.compile(r"^(?P<long>.{4,}?)\s*\((?P<short>[^()]{2,40})\)$")
_LEAST_CJK = 3
_MOST = 24
"""Words of the longest name that is looked up: nobody writes out more by chance."""


class NoteName(NamedTuple):
    """One name of one note."""

    words: str
    """As the author wrote it."""
    note: str
    how: How
    tokens: tuple[str, ...]


class NameMatch(NamedTuple):
    """A name found in a text."""

    start: int
    end: int
    tokens: tuple[re.Match[str], ...]
    names: tuple[NoteName, ...]
    """All that it is the name of."""


def word_form(word: str) -> str:
    """A word without possessive, plural and verb endings, alike for names and for text."""
    word = re.sub(r"['’]s?$", "", word.casefold())
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    word = singular(word)
    for ending in ("ing", "ed"):
        bare = word.removesuffix(ending)
        if bare != word and len(bare) >= 3 and re.search("[aeiouy]", bare):
            word = bare[:-1] if bare[-1] == bare[-2] and bare[-1] not in "lsz" else bare
            break
    return word[:-1] + "y" if word.endswith("i") else word.removesuffix("e") if len(word) > 4 else word


def singular(word: str) -> str:
    """A lower-case word without its plural or its possessive."""
    word = re.sub(r"['’]s?$", "", word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def is_code(word: str) -> bool:
    """An acronym or a name no dictionary has: "CRDT", "LoRA", "GPT4", "wei2022emergent"."""
    bare = re.sub(r"['’]?s$", "", word)
    capitals = sum(letter.isupper() for letter in bare)
    digits = any(letter.isdigit() for letter in bare) and any(letter.isalpha() for letter in bare)
    return len(bare) >= 2 and (capitals >= 2 or digits or any(letter.isupper() for letter in bare[1:]))


def is_generic(note: Note) -> bool:
    """Whether a note is furniture: an index, a list of tasks."""
    stem = note.id.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return any(_is_furniture(name) for name in (note.title, stem))


def _is_furniture(name: str) -> bool:
    return name.casefold().replace("_", " ").strip(" -.") in _GENERIC


class NoteNames:
    """All names of a base, read once."""

    def __init__(self, store: Store) -> None:
        self._by_words: dict[tuple[str, ...], list[NoteName]] = {}
        self._longest: dict[str, int] = {}
        """Of those that begin with a word."""
        for name in _names(store):
            self._by_words.setdefault(name.tokens, []).append(name)
            self._longest[name.tokens[0]] = max(len(name.tokens), self._longest.get(name.tokens[0], 0))

    def matches(self, text: str) -> Iterator[NameMatch]:
        """Every name in a text from left to right, the longest where several begin or overlap."""
        found = list(TOKEN.finditer(text))
        words = [word_form(token[0]) for token in found]
        at = 0
        while at < len(found):
            longest = self._longest.get(words[at], 0)
            for count in range(min(longest, len(found) - at), 0, -1):
                names = self._by_words.get(tuple(words[at : at + count]))
                if names and self._joined(text, found[at : at + count], names):
                    tokens = tuple(found[at : at + count])
                    yield NameMatch(tokens[0].start(), tokens[-1].end(), tokens, tuple(names))
                    at += count - 1
                    break
            at += 1

    @staticmethod
    def _joined(text: str, tokens: Sequence[re.Match[str]], names: Sequence[NoteName]) -> bool:
        """Between its words stands what joins words, or what stands there in the name."""
        for one, other in pairwise(tokens):
            gap = text[one.end() : other.start()]
            if gap.strip(" \t\n\r\u00a0-‐‑") and not any(gap.strip() in name.words for name in names):
                return False
            if len(gap) > 8 or (not gap and one[0].isascii()):
                return False
        return True


def _names(store: Store) -> Iterator[NoteName]:
    rows = store.sql.execute(
        "SELECT name, title, aliases, topics, sources FROM note WHERE file IS NOT NULL ORDER BY id"
    )
    for note, title, aliases, topics, sources in rows:
        if f'"{REPORT}"' in topics:
            continue
        seen: set[tuple[str, ...]] = set()
        given: list[tuple[str, How]] = [
            (title, "title"),
            *((alias, "alias") for alias in aliases.split("\n") if alias.strip()),
        ]
        # "Conflict-free Replicated Data Type (CRDT)" answers to both; "Emerson (2018)" to its name alone.
        for aside, how in [(aside, how) for words, how in given if (aside := _ASIDE.match(words))]:
            is_name = is_code(aside["short"]) and " " not in aside["short"]
            given += [(aside["long"], how), *([(aside["short"], how)] if is_name else [])]
        for source in json.loads(sources):
            given += [(source["citekey"], "citekey")] if source.get("citekey") else []
            given += [(source["title"], "work")] if len(source.get("title", "").split()) > 2 else []
        # Of two spellings that read alike the telling one counts: "LoRA" before the file name "lora".
        for words, how in sorted(given, key=lambda each: not is_code(each[0])):
            tokens = tuple(word_form(token[0]) for token in TOKEN.finditer(words))
            if tokens and tokens not in seen and _is_telling(words, tokens):
                seen.add(tokens)
                yield NoteName(words.strip(), note, how, tokens)


def _is_telling(words: str, tokens: tuple[str, ...]) -> bool:
    """Not a number, a date, an ordinary phrase without content, or a name of any folder's furniture."""
    letters = "".join(tokens)
    if len(tokens) > _MOST or len(letters) < 2 or not any(letter.isalpha() for letter in letters):
        return False
    if _is_furniture(words) or all(token in STOP or token.isdigit() for token in tokens):
        return False
    if all(not token.isascii() and len(token) == 1 for token in tokens):
        return len(tokens) >= _LEAST_CJK
    return not re.fullmatch(
        r"[\d\W]*(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\d\W]*)?", words.casefold()
    )
