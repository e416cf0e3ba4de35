"""What of a note is no claim (boilerplate): bibliography lines, index pages, captions, navigation, licences, phrases without a
verb. Named rules, each to be left out and measured; whatever none of them names is an assertion."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ingest.page import Block, Page, PartKind
from ingest.roles import section_role
from ingest.sentences import CJK
from kb.claim import Role
from kb.language.verbs import has_finite_verb
from kb.maths import readable_maths
from kb.note import slug

LETTER = re.compile(r"[^\W\d_]")
_SIGNPOST = re.compile(
    r"(?:This (?:line|note|essay|post|article|section|page|paragraph|question|reads|explores|asks|examines|looks at|is (?:a|my) (?:note|summary|draft))"
    r"|In this (?:note|post|section|article|essay|page)|(?:Below|Above) (?:are|is|I)\b|Here (?:are|is) (?:some|the|my|what|how|an? (?:list|overview|summary|few))\b|Let['’]?s\b|Let us\b|See (?:also|below|above)?\b|Cf\."
    r"|Read (?:more|on)|Next,? (?:we|I)|(?:We|I) (?:(?:will|now|shall) )+(?:look|turn|see|discuss|explore)|Table of contents"
    r"|TODO|TBD|FIXME|WIP|Related|Click|Subscribe|Share this|Connects to\b|Created\b|(?:Last )?(?:updated|modified)\b"
    r"|(?:Table|Fig(?:ure|\.)) ?\d+\w? (?:lists|gives|presents|summari[sz]es|illustrates|depicts|plots|shows the)\b)",
    re.I,
)  # "In this note I explore ..."
_CAPTION = re.compile(
    r"(?:(?:Extended Data |Supplementary )?(?:Fig(?:ure|\.)?|Table|Box|Listing|Image|Photo|Screenshot|Chart)s?\.? ?S?\d+[a-z]?(?: ?[:.|–—]|$)|(?:Image|Photo|Screenshot|Illustration|Figure|Source|Credit)s?(?: ?:| by\b| credit| source| courtesy)|©)",
    re.I,
)  # "Figure 3: Accuracy rises with size."
_METADATA = re.compile(
    r"(?:tags?|keywords?|topics?|category|categories|aliases|authors?|editors?|year|date|published|publisher|journal|venue|volume|pages|doi|isbn|issn|arxiv|url|link|pdf|repo(?:sitory)?|github"
    r"|source(?: topics?| notes?)?|sources|status|created|updated|last (?:updated|modified|edited)|up|prev(?:ious)?|next|parent|children|see also|related(?: notes?)?|citekey|scores?|rating|download|citation|cite as)\s*[:：](?!:)",
    re.I,
)  # "Scores: novelty 4 / fit 5"
_SEPARATED = re.compile(r"[^·|•»]+(?: [·|•»] [^·|•»]+){2,}")  # "Home · About · Contact"
TEMPLATE = re.compile(r"\{\{.*?\}\}|<%.*?%>")  # "{{what was found}}"
_LEGAL = re.compile(
    r"\b(?:all rights reserved|licen[sc]ed under)\b|^(?:copyright ?(?:\(c\)|©|\d{4})|©)", re.I
)  # "Copyright © 2009 Wiley."
_LEGAL_PAGE = re.compile(
    r"permission is hereby granted, free of charge|redistribution and use in source and binary|terms and conditions for use, reproduction|permitted to copy and distribute verbatim copies"
    r"|creative commons corporation|contributor covenant code of conduct|as contributors and maintainers",
    re.I,
)  # a licence or a code of conduct, whole
_LEGAL_FILE = re.compile(
    r"(?:.*/)?(?:licen[sc]e|copying|notice|code[ _-]of[ _-]conduct)[^/]*", re.I
)  # "CODE_OF_CONDUCT.md"
_NAME = r"(?:(?:van|von|de|der|den|di|da|la|le|el|al|bin|dos|du|ter|ten)[ -]){0,3}[^\W\d_a-z][\w'’.-]+(?:[ -][^\W\d_a-z][\w'’-]+)?"
_INITIALS = r"(?:[^\W\d_a-z]\.[ -]?(?:[^\W\d_a-z]\.[ -]?){0,3})"
_AUTHORS = re.compile(rf"[\W\d]*{_NAME},? {_INITIALS}(?:\W|$)")  # "Smith, J. A., & Jones, B."
_YEAR = re.compile(
    r"\((?:c\. ?|in press|forthcoming|n\.d\.|(?:1[5-9]|20)\d\d[a-z]?)[^()]{0,20}\)|[.,] (?:1[5-9]|20)\d\d[a-z]?[.,]|\b(?:19|20)\d\d\)?\.?$"
)
_SERIAL = re.compile(
    r"\b\d{1,4} ?\(\d{1,4}(?:[-–/]\d{1,4})?\)(?:[,:] ?(?:pp?\. ?)?[\w]*\d|\.|$)|\bpp?\. ?\d+ ?[-–] ?\d+|, ?\d{1,4}, ?\d{1,5}[-–]\d{1,5}\b|\bdoi(?:\.org/|: ?)10\.|\barXiv(?: preprint)?[: ](?:arXiv:)?\d{4}\.\d"
    r"|\bIn:? Proceedings of\b|\bProc(?:\.|eedings) of the\b|\bAvailable at:|\bRetrieved from\b|\bISBN\b",
    re.I,
)  # "Digital journalism, 5(7), 809-828."
_REFERENCES = re.compile(
    r"(?:references?|bibliography|works cited|literature cited|citations?|sources?|further reading|reading list|see also|related(?: notes?| work)?|external links|links|table of contents|contents|navigation|backlinks|metadata)(?: list)?\W*$"
)
_LISTED = re.compile(
    r"references?|bibliography|works cited|literature cited|table of contents|contents|navigation|backlinks|metadata"
)
_ENGLISH = frozenset("the of and is to for with that are this".split())
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 4_000
_LEAST_ENGLISH = 0.04
"""Share of the ten commonest words in a page of English; lists of terms in English have 0.08, other languages 0.01."""
_INDEX_SHARE, _INDEX_LEAST = 0.6, 4
"""Of the items and paragraphs of a page: from here on it is an index or a map of others."""
_FIELDS = re.compile(r"(?:[A-Z][\w-]+(?: [A-Z][\w-]+)?: [^:]{1,80}?\s?){3}")  # "Status: done Level: 2 Source: a book"
_OPENS = 3
"""Characters before a link that a line of a list of links begins with."""
_BESIDE = 5
"""Words beside a link that say nothing of it yet."""
_STATED = 7
"""Spaces in a sentence that states something even on an index page."""
_TERM = re.compile(
    r"[^\W\d_][\w ,/()’'+-]{1,60}?(?:\s[—–-]|:)\s+(?P<said>\S.*)"
)  # "Entropy: the average surprise of a source"
_LONG = 8
"""Spaces in a line that is read as a sentence though it does not end like one."""
_SAID = 4
_ELLIPTIC = re.compile(
    r"\d\s?(?:%|percent|x\b|×|points?)|\b(?:no|not|more|less|fewer|higher|lower|larger|smaller|stronger|weaker|better|worse|faster|slower|significant(?:ly)?|substantial(?:ly)?|little|only|most|few|equal|comparable|similar)\b"
    r"|[βχη]\S? ?=|\bp ?[<=]",
    re.I,
)  # "No effect on polarization", "False content in 46% of posts": a result without "there is"


class Sentence(NamedTuple):
    """A sentence on trial."""

    words: str
    """As its paragraph shows it, without the citations beside it."""
    bare: str
    """Without the marks around it, its formulas readable."""
    block: "BlockFacts"
    page: "PageFacts"


class BlockFacts(NamedTuple):
    """What is true of every sentence of a paragraph or item."""

    kind: PartKind
    role: Role | None
    is_completing: bool
    """Whether it goes on with the sentence that introduces its list: "The lamps did three things:" "flicker all night"."""
    is_reference: bool
    is_index_line: bool


class PageFacts(NamedTuple):
    """What is true of every sentence of a page."""

    title: str
    """As a slug."""
    is_index: bool
    is_licence: bool
    is_english: bool


def facts_of(page: Page) -> PageFacts:
    """What a page is as a whole: an index, a licence, in English."""
    text = " ".join(block.part.shown.text for block in page.blocks)
    return PageFacts(
        slug(page.note.title),
        _is_index(page.blocks),
        bool(_LEGAL_FILE.fullmatch(page.note.path or "") or _LEGAL_PAGE.search(text[:_SAMPLE])),
        _is_english(text),
    )


def facts_of_block(block: Block) -> BlockFacts:
    """What a paragraph is as a whole: an entry of a bibliography, a line of an index."""
    text, heading = block.part.shown.text, block.section.rpartition(" / ")[2]
    index = not block.about and is_index_line(block)
    opens = any(mention.shown and mention.shown[0] <= _OPENS for mention in block.part.mentions)
    listed = bool(_REFERENCES.match(heading)) and (opens or bool(_LISTED.match(heading) or _YEAR.search(text)))
    completes = bool(block.lead) and text.lstrip()[:1].islower() and has_finite_verb(block.lead)
    return BlockFacts(
        block.part.kind, section_role(block.section, block.lead), completes, listed or is_bibliographic(text), index
    )


def _is_index(blocks: Iterable[Block]) -> bool:
    shown = [block for block in blocks if block.part.shown.text.strip() and not block.about]
    listed = sum(map(is_index_line, shown))
    return listed >= _INDEX_LEAST and listed >= _INDEX_SHARE * len(shown)


def is_index_line(block: Block) -> bool:
    """Whether a line is links to notes with hardly a word beside them, and none of these a verb."""
    text = block.part.shown.text
    spans = [m.shown for m in block.part.mentions if m.shown and m.form in ("wikilink", "markdown", "citekey", "title")]
    if not spans or (block.part.kind != "item" and has_finite_verb(text)):
        return False
    for start, end in reversed(spans):
        text = text[:start] + " " + text[end:]
    return len(_WORD.findall(text)) + len(CJK.findall(text)) <= _BESIDE and not has_finite_verb(text)


def _is_english(text: str) -> bool:
    words = _WORD.findall(text[:_SAMPLE].lower())
    return sum(word in _ENGLISH for word in words) >= _LEAST_ENGLISH * len(words) and len(words) > 0


def is_bibliographic(text: str) -> bool:
    """Whether a paragraph is an entry of a list of references: "Smith, J. (2020). Title. Journal, 5(7), 809-828."."""
    head = text.strip()
    if len(head) > 900 or not _YEAR.search(head):
        return False
    return bool(_AUTHORS.match(head) or (_SERIAL.search(head) and not has_finite_verb(_YEAR.split(head)[0])))


def _has_few_letters(s: Sentence) -> bool:
    letters = len(LETTER.findall(s.bare[:400]))
    if CJK.search(s.bare):
        return letters < 6
    return letters < 0.5 * min(len(s.bare), 400) or letters < 16 or s.bare.count(" ") < 3


def _ends(s: Sentence) -> bool:
    return s.words.rstrip(" \"”’')*_").endswith((".", "!", "。"))


def _has_no_verb(s: Sentence) -> bool:
    """A phrase; but a term with what it means, and a result or limit told in few words, are assertions."""
    if (
        not s.page.is_english
        or CJK.search(s.bare)
        or s.block.is_completing
        or has_finite_verb(s.bare, ends=_ends(s) or s.bare.count(" ") >= _LONG)
    ):
        return False
    term = _TERM.fullmatch(s.bare)
    if term and term["said"].count(" ") + 1 >= _SAID and s.block.kind != "quote":
        return False
    return not (s.block.role == "caveat" or (s.block.role == "finding" and _ELLIPTIC.search(s.bare)))


def _is_cut_short(s: Sentence) -> bool:
    """A line of a paragraph that neither ends nor is long enough to be taken for a sentence."""
    return not (CJK.search(s.bare) or s.bare.count(" ") >= 5 or s.block.kind == "item" or _ends(s))


RULES: tuple[tuple[str, Callable[[Sentence], object]], ...] = (
    ("question", lambda s: s.bare.endswith(("?", "？"))),
    ("template", lambda s: TEMPLATE.search(s.bare)),
    ("few letters", _has_few_letters),
    ("title", lambda s: len(s.bare) < 2 * len(s.page.title) + 20 and slug(s.bare) == s.page.title),
    ("colon", lambda s: s.bare.endswith((":", "：")) or s.words.rstrip(" *_").endswith((":", "："))),
    ("formula", lambda s: s.words.startswith("$$") or "$$" in s.bare),  # by itself, or cut in two
    ("signpost", lambda s: _SIGNPOST.match(s.bare)),
    ("caption", lambda s: _CAPTION.match(s.bare)),
    ("metadata", lambda s: _METADATA.match(s.bare) or _SEPARATED.fullmatch(s.bare) or _FIELDS.match(s.bare)),
    ("licence", lambda s: s.page.is_licence or _LEGAL.search(s.bare)),
    ("bibliography", lambda s: s.block.is_reference),
    ("index", lambda s: s.block.is_index_line or (s.page.is_index and s.bare.count(" ") < _STATED)),
    ("cut short", _is_cut_short),
    ("no verb", _has_no_verb),
)


def without_marks(words: str) -> str:
    """A sentence without the quotation marks, brackets and emphasis around it."""
    return words.strip(" \t*_“”\"'()-–—")


def boilerplate(words: str, block: BlockFacts, page: PageFacts) -> str:
    """The first rule by which a sentence is no claim; empty for an assertion."""
    bare = without_marks(readable_maths(words))
    sentence = Sentence(words, bare, block, page)
    return next((name for name, applies in RULES if applies(sentence)), "")
