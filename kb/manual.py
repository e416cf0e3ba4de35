"""The manual at the terminal and as a man page: sections of the documentation by topic, and what each command takes (usage).

It is kept beside the commands, so that help and completion import none of them.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import fill, indent
from typing import NamedTuple, NotRequired, TypedDict

TOPICS = {
    "answers": ("commands.md", "Worded by a model", "what a language model may word, and how it is held to your notes"),
    "assistants": ("mcp.md", "", "your notes as tools for an assistant, by MCP"),
    "audits": ("commands.md", "What an audit finds", "what a line leaves out"),
    "commands": ("commands.md", "Commands", "vaults, output, exit status, and every command with its options"),
    "drafts": ("checks.md", "", "what a draft says against its notes, and beyond them"),
    "editors": ("editors.md", "", "Neovim, Emacs, Helix, VS Code, Zed"),
    "exports": ("export.md", "", "Word, LaTeX, BibTeX, and formats for other tools"),
    "files": ("commands.md", "What files are read", "formats, kinds of notes, links"),
    "graphs": ("commands.md", "A page to look at", "one page of the tensions and what is linked"),
    "matrix": ("commands.md", "The matrix", "works beside points"),
    "models": ("settings.md", "The language model", "which there are, their keys, what they are asked"),
    "narrowing": ("commands.md", "Narrowing", "a part of the notes: by folder, tag, kind or date"),
    "obsidian": ("obsidian.md", "", "beside Obsidian, without a plug-in"),
    "pipelines": ("pipelines.md", "", "llama-index, JSON"),
    "privacy": ("settings.md", "Addresses that a vault may send to", "what leaves this machine, and who says yes to it"),
    "problems": ("problems.md", "", "every code of a problem, and its remedy"),
    "reports": ("commands.md", "Reports", "an answer as a file"),
    "review": ("commands.md", "Your own word", "accepting and rejecting links"),
    "settings": ("settings.md", "Settings", "kb.toml"),
    "tensions": ("tensions.md", "", "the six kinds, who says so, how sure that is"),
    "writing": ("writing.md", "", "linking as you write, starting a note"),
    "zotero": ("settings.md", "Zotero", "a library, its PDFs and what you marked in them"),
}  # fmt: skip
"""Each with its page, its section there (else the whole page), and what it is about."""


_HERE = Path(__file__).parent
USAGE = _HERE / "usage.json"
"""Written by `make docs`; a test holds it against the commands."""
Row = tuple[str, str]
"""An argument or an option as it is typed ("--limit N"), and what it is for."""
_STARTS = re.compile(
    r"```|#+ |\||[ ]*- |!\[|<!--"
)  # what ends a paragraph: a fence, a heading, a row, an item, a picture, a remark
_FENCED = re.compile(r"^(```+).*?^\1$", re.M | re.S)
_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\[(?P<link>(?:`[^`]*`|[^\]`])*)\]\([^)]*\)|\*\*(?P<bold>.+?)\*\*|\*(?P<emphasis>\w.*?)\*"
)
_SHORT = 40
Style = Callable[[str, str], str]
"""How words are shown that are "code", "bold" or "emphasis"."""


class Usage(TypedDict):
    """The help of one command."""

    takes: str
    help: str
    Arguments: NotRequired[list[Row]]
    Options: list[Row]


def usages() -> dict[str, Usage]:
    """The help of every command by its name."""
    found: dict[str, Usage] = json.loads(USAGE.read_text(encoding="utf-8"))
    return found


class Block(NamedTuple):
    """A run of a page: a heading, a paragraph, an item, a block of code, a row of a table."""

    kind: str
    words: tuple[str, ...]
    """One; of a row, its cells, short ones with the head of their column."""
    level: int = 0


def section(topic: str) -> str:
    """The Markdown of a topic: its section with those below it."""
    name, heading, _ = TOPICS[topic]
    folder = next(place for place in (_HERE / "docs", _HERE.parent / "docs") if (place / name).is_file())
    text = (folder / name).read_text(encoding="utf-8")
    plain = _FENCED.sub(lambda code: code[0].replace("#", " "), text)  # a remark in code is no heading
    found = re.search(rf"^(#+) {re.escape(heading)}$", plain, re.M) if heading else None
    if not found:
        return text
    below = max(2, len(found[1]))  # under the title of a page stand its first words alone
    end = re.compile(rf"^#{{1,{below}}} ", re.M).search(plain, found.end())
    return text[found.start() : end.start() if end else len(text)]


def blocks(markdown: str) -> Iterator[Block]:
    """A page as a terminal can show it: without pictures and remarks."""
    lines, heads = markdown.split("\n"), list[str]()
    while lines:
        line = lines.pop(0)
        if line.startswith("```"):
            code = []
            while lines and not lines[0].startswith(line[:3]):
                code.append(lines.pop(0))
            del lines[:1]
            yield Block("code", ("\n".join(code),))
        elif line.startswith("#"):
            yield Block("heading", (line.lstrip("# "),), len(line) - len(line.lstrip("#")))
        elif line.startswith("|"):
            cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if lines and re.match(r"\| *---", lines[0]):
                heads = cells if len(cells) > 2 else [""] * len(cells)
                del lines[:1]
                continue
            named = (
                f"{head}: {cell}" if head and len(cell) < _SHORT else cell
                for head, cell in zip(heads[1:], cells[1:], strict=True)
            )
            yield Block("row", (cells[0], *filter(None, named)))
        elif line.strip() and not line.startswith(("![", "<!--")):
            item = re.match(r"( *)- ", line)
            words = [line]
            while lines and lines[0].strip() and not _STARTS.match(lines[0]):
                words.append(lines.pop(0))
            text = " ".join(map(str.strip, words))
            yield Block("item", (text[2:],), len(item[1]) // 2) if item else Block("prose", (text,))


def inline(text: str, style: Style = lambda kind, words: words) -> str:
    """Words without their mark-up; a link is its words."""

    def shown(found: re.Match[str]) -> str:
        kind = found.lastgroup or ""
        return inline(found[kind], style) if kind == "link" else style(kind, found[kind])

    return _INLINE.sub(shown, text)


def as_text(markdown: str, width: int) -> str:
    """A page for the terminal."""
    shown, before = "", ""
    for block in blocks(markdown):
        shown += ("\n" if before in ("row", "item") and before != block.kind else "") + f"{_lines(block, width)}\n"
        before = block.kind
    return re.sub(r"\n{3,}", "\n\n", shown).strip("\n") + "\n"


def _lines(block: Block, width: int) -> str:
    kind, (first, *rest) = block.kind, block.words
    words = inline(first)
    if kind == "code":
        return indent(first, "    ") + "\n"
    if kind == "heading":
        return f"\n{words}"
    if kind == "item":
        return _wrapped(words, width, f"{'  ' * block.level}  - ")
    if kind == "row":
        cells = [_wrapped(inline(cell), width, "      ") for cell in rest]
        return "\n".join([_wrapped(words, width, "  "), *cells])
    return f"{_wrapped(words, width, '  ')}\n"


def _wrapped(text: str, width: int, lead: str) -> str:
    after = " " * len(lead)
    return fill(
        text, width, initial_indent=lead, subsequent_indent=after, break_on_hyphens=False, break_long_words=False
    )
