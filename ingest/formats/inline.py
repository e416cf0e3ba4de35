"""Inline Markdown of one paragraph: what is shown, which notes it names, and the words that type a link (`contradicts:: [[x]]`).
markdown-it gives blocks without offsets inside them, so the inline level is read here in one pass."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ingest.page import Mention, Shown, Writer
from kb.link import Relation

# Bounded repeats: a hostile paragraph must not make any alternative walk it to the end at every "[".
_INLINE = re.compile(
    r"""
    (?P<escape>\\[!-/:-@\[-`{-~])
  | (?P<code>(?P<tick>`{1,4})(?!`)[^`]{1,2000}(?P=tick)(?!`))
  | (?P<math>\$\$[^$]{1,4000}\$\$ | \$(?=[^\s$])[^$\n]{0,500}?[^\s$\\]\$(?!\d) | \$[^\s$]\$(?!\d))
  | (?P<wiki>!?\[\[(?P<target>[^\[\]\n|]{0,400}?)(?:\\?\|(?P<label>[^\[\]\n]{0,1000}))?\]\](?!\(\w+:))
  | (?P<image>!\[[^\[\]]{0,1000}\]\([^()\n]{0,2000}\))
  | (?P<cites>\[(?=[^\[\]]{0,200}@)[^\[\]@]{0,200}-?@[\w{][^\[\]]{0,1000}\](?!\())
  | (?P<foot>\[\^[^\[\]\s]{1,100}\](?!\())
  | (?P<link>\[(?P<words>(?:[^\[\]]|\[[^\[\]]{0,500}\]){0,1000})\]
        \(\s*+(?P<href><[^<>\n]{0,2000}>|(?:[^\s()\\]|\\.|\([^\s()]{0,500}\)){0,2000}+)
        (?:\s++(?:"[^"]{0,500}"|'[^']{0,500}'))?\s*+\))
  | (?P<ref>\[(?P<refwords>[^\[\]]{1,500})\]\[(?P<reflabel>[^\[\]]{0,200})\])
  | (?P<bare>(?<![\w@./-])-?@[A-Za-z][\w-]{1,60}\d{4}[a-z]?\b)
  | (?P<auto><[a-z][a-z0-9+.-]{1,20}:[^<>\s]{1,2000}>)
  | (?P<tag></?[A-Za-z][^<>]{0,1000}>)
  | (?P<entity>&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)
  | (?P<mark>\*{1,3}|_{1,3}|~~|==)
  | (?P<blockid>\s\^[A-Za-z0-9-]{1,60}\s*$)
    """,
    re.VERBOSE,
)
_SCHEME = re.compile(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|//|#)")
_CITEKEY = re.compile(r"@\{?([\w][\w:.#$%&+?<>~/-]*[\w])\}?")
# "#ml/rl, and #a#b" -> ml/rl, a, b. Before one stands white space, a mark of emphasis or another tag: "C#minor" holds none.
_TAGS = re.compile(
    r"(?<![^\s*_~=])(?:#[^\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f\s'!\"#$%&()*+,.:;<=>?@^`{|}~\[\]\\]+)+"
)
_RELATION_BEFORE = re.compile(r"(?:^|[\s(\[;,])\**([A-Za-z][A-Za-z -]{2,24})\**:{1,2}\**\s*$")

_RELATIONS: dict[Relation, str] = {
    "contradicts": """contradict contradicts contradicting contradicted-by contradiction contradictions refutes
        refuted-by disputes disputed-by opposes opposed-by rebuts rebutted-by conflicts conflicts-with disagrees
        disagrees-with against counterargument counterarguments inconsistent-with argues-against""",
    "supports": """support supports supporting supported-by confirms confirmed-by corroborates corroborated-by
        evidence-for agrees-with backs backed-by reinforces replicates replicated-by consistent-with strengthens""",
    "qualifies": """qualify qualifies qualified-by limits limited-by nuances nuanced-by restricts refines refined-by
        caveat caveats in-tension-with tension-with counterpoint counterpoints complicates challenges challenged-by weakens""",
    "restates": "restates restated-by same-as duplicates duplicate-of reports-the-same",
}
_RELATION_BY_WORD = {word: relation for relation, words in _RELATIONS.items() for word in words.split()}


class Notes(NamedTuple):
    """What the rest of the file defines: footnotes and link references."""

    footnotes: Mapping[str, tuple[Mention, ...]]
    references: Mapping[str, str]


NOTHING = Notes({}, {})


def read_inline(
    raw: Shown, defined: Notes = NOTHING, relation: Relation = "cites"
) -> tuple[Shown, tuple[Mention, ...]]:
    """The paragraph as shown, and its mentions. `raw` is its source, line prefixes already gone."""
    text = raw.text
    if not any(mark in text for mark in "[*_`$<&\\@~=^"):
        return raw, ()
    out = Writer()
    mentions: list[Mention] = []
    done = 0
    for match in _INLINE.finditer(text):
        start, end = match.span()
        kind = match.lastgroup
        if start < done or kind is None:
            continue
        if kind == "mark" and not _is_mark(text, match):
            continue
        gap = len(text[done:start].rstrip()) + done if kind == "cites" and text[end : end + 1] in ".,;:)!?" else start
        out.copy(raw, done, gap)
        done = end
        if kind == "escape":
            out.copy(raw, start + 1, end)
        elif kind == "code":
            tick = len(match["tick"])
            out.copy(raw, start + tick, end - tick)
        elif kind == "math":
            out.copy(raw, start, end)
        elif kind == "entity":
            shown = html.unescape(match[0])
            out.put(shown if len(shown) == 1 else " ", *raw.span(start, end))
        elif kind == "tag" and match[0][1:4].casefold().rstrip(" /") in ("br", "br>"):
            out.put(" ", *raw.span(start, end))
        elif kind == "auto":
            out.copy(raw, start + 1, end - 1)
        elif kind in ("wiki", "link", "ref", "cites", "bare", "foot"):
            mentions += _named(kind, match, raw, out, defined, relation)
    out.copy(raw, done, len(text))
    return out.done(), tuple(mentions)


def inline_tags(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """The tags of some paragraphs, each once, without #; those in code, math, links and HTML are none, nor is a mere number."""
    return tuple(dict.fromkeys(tag for text in paragraphs for tag in _in(text)))


def _in(text: str) -> Iterator[str]:
    runs = list(_TAGS.finditer(text)) if "#" in text else []
    spans = list(marked_up(text)) if runs else []
    for run in runs:
        if not any(start <= run.start() < end for start, end in spans):
            yield from (
                tag for tag in (each.strip("/") for each in run[0][1:].split("#")) if tag and not tag.isdecimal()
            )


def marked_up(text: str) -> Iterator[tuple[int, int]]:
    """Where code, math, links, tags, entities and other mark-up stand in a paragraph, emphasis apart."""
    done = 0
    for match in _INLINE.finditer(text):
        if match.start() >= done and match.lastgroup != "mark":
            done = match.end()
            yield match.span()


def _is_mark(text: str, match: re.Match[str]) -> bool:
    """Emphasis, not a lone asterisk, a product, or a snake_case name."""
    start, end = match.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    if match[0] in ("**", "***", "~~", "=="):
        return not (before.isspace() or not before) or not (after.isspace() or not after)
    if before.isalnum() and after.isalnum():
        return False
    return bool(before.strip() or after.strip())


def _named(
    kind: str, match: re.Match[str], raw: Shown, out: Writer, defined: Notes, relation: Relation
) -> Iterator[Mention]:
    start, end = raw.span(*match.span())
    at = out.length
    said = relation if relation != "cites" else _relation_before(raw.text, match.start())
    if kind == "wiki":
        embed = match[0].startswith("!")
        if not embed:
            out.copy(raw, *_wiki_words(match))
        target = match["target"].rstrip("\\").strip()
        shown = None if embed else (at, out.length)
        yield Mention(target, "embed" if embed else "wikilink", start, end, said, shown)
    elif kind == "link":
        words = raw.cut(*match.span("words"))
        if any(mark in words.text for mark in "[!*_`~="):
            words, _ = read_inline(words)
        out.copy(words, 0, len(words.text))
        yield from _linked(match["href"].strip("<>"), start, end, said, (at, out.length))
    elif kind == "ref":
        href = defined.references.get((match["reflabel"] or match["refwords"]).casefold(), "")
        out.copy(raw, *match.span("refwords" if href else 0))
        yield from _linked(href, start, end, said, (at, out.length))
    elif kind == "foot":
        for named in defined.footnotes.get(match[0][2:-1].casefold(), ()):
            yield Mention(named.target, "footnote", start, end, named.relation, (at, at))
    else:
        keys = _CITEKEY.findall(match[0])
        if kind == "bare" and not match[0].startswith("-"):
            # "as @moss2020 put it": without brackets the key is part of the sentence.
            out.copy(raw, match.start() + 1, match.end())
        for key in keys:
            yield Mention(key, "citekey", start, end, said, (at, at))


def _linked(href: str, start: int, end: int, relation: Relation, shown: tuple[int, int]) -> Iterator[Mention]:
    """A Markdown link, unless it leads to the web or nowhere."""
    if href and not _SCHEME.match(href):
        yield Mention(href, "markdown", start, end, relation, shown)


def _wiki_words(match: re.Match[str]) -> tuple[int, int]:
    """What a wikilink shows: its label, else the name of the note without its folder and heading."""
    if match["label"] is not None:
        return match.span("label")
    target, start = match["target"], match.start("target")
    bare = target.split("#", 1)[0]
    if not bare:
        return start + 1, start + len(target)
    begin = bare.rstrip("/").rfind("/") + 1
    return start + begin, start + len(bare)


def _relation_before(text: str, start: int) -> Relation:
    """ "Contradicts: [[x]]" names the relation just before the link."""
    match = _RELATION_BEFORE.search(text, max(0, start - 40), start)
    return (relation_named(match[1]) or "cites") if match else "cites"


def relation_named(word: str) -> Relation | None:
    """The relation that a field's name or a lead word stands for, if it stands for one."""
    return _RELATION_BY_WORD.get("-".join(word.casefold().replace("_", " ").replace("-", " ").split()))


def is_inverse(word: str) -> bool:
    """ "supported by:: [[x]]" says that x supports this note."""
    return word.casefold().replace("_", " ").replace("-", " ").strip().endswith(" by")
