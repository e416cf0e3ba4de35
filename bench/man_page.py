"""The man page `docs/kb.1`, made of what `kb help` shows: `make docs` writes it, a test holds it against that text."""

import re
from collections.abc import Iterator
from pathlib import Path

from kb import __version__
from kb.cli.help import EXAMPLES, GROUPS
from kb.manual import TOPICS, Block, blocks, inline, section, usages

FILE = Path(__file__).parent.parent / "docs" / "kb.1"
WHOLE = ("commands", "narrowing", "files", "settings", "zotero", "privacy", "problems")
"""The topics that stand in it; of `commands` the prose, since each has its section."""


def roff(text: str) -> str:
    """Words as roff takes them: nothing in them is a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped, flags=re.M)


def worded(text: str) -> str:
    """Words of a page, code and emphasis in bold and italics."""
    marked = inline(text, lambda kind, words: f"\0{'I' if kind == 'emphasis' else 'B'}{words}\0R")
    return re.sub(r"\0([BIR])", r"\\f\1", roff(marked))


def of_block(block: Block) -> Iterator[str]:
    first, *rest = block.words
    if block.kind == "heading":
        yield f'.SS "{worded(first)}"'
    elif block.kind == "code":
        yield f".PP\n.RS\n.nf\n{roff(first)}\n.fi\n.RE"
    elif block.kind == "item":
        yield f".IP \\(bu 2\n{worded(first)}"
    elif block.kind == "row":
        yield "\n.br\n".join([f".TP\n{worded(first)}", *map(worded, rest)] if rest else [f".PP\n{worded(first)}"])
        if rest:
            yield ""
    else:
        yield f".PP\n{worded(first)}"


def of_commands() -> Iterator[str]:
    told = usages()
    for heading, group in GROUPS.items():
        yield f'.SH "{heading.upper()}"'
        for name in group:
            usage = told[name]
            yield f'.SS "kb {name} {roff(usage["takes"])}"\n{roff(usage["help"])}'
            for left, right in [*usage.get("Arguments", []), *usage["Options"]]:
                if "--help" not in left:
                    yield f".TP\n\\fB{roff(left)}\\fR\n{roff(' '.join(right.split()))}"


def of_topic(topic: str) -> Iterator[str]:
    heading, *rest = blocks(section(topic))
    yield f'.SH "{roff(heading.words[0].upper())}"'
    for block in rest:
        if topic != "commands" or block.kind != "row":
            yield from filter(None, of_block(block))


def page() -> str:
    """The man page."""
    topics = [f".TP\n\\fB{name}\\fR\n{roff(about)}" for name, (_, _, about) in TOPICS.items()]
    lines = [
        f'.TH KB 1 "" "kb {__version__}" "User Commands"',
        ".SH NAME\nkb \\- a claim graph for research notes that answers with the tensions left in",
        ".SH SYNOPSIS\n.B kb\n[\\fB\\-\\-vault\\fR \\fIDIR\\fR] \\fICOMMAND\\fR [...]",
        *of_topic(WHOLE[0]),
        *of_commands(),
        *(line for topic in WHOLE[1:] for line in of_topic(topic)),
        ".SH TOPICS\n.PP\n\\fBkb help\\fR \\fITOPIC\\fR shows each of these pages.",
        *topics,
        ".SH EXAMPLES\n.nf\n" + "\n".join(map(roff, EXAMPLES)) + "\n.fi",
    ]
    return re.sub(r"^(\.S[HS] .*)\n\.PP$", r"\1", "\n".join(lines), flags=re.M) + "\n"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
