"""Inline #tags, as Obsidian counts them."""

import re
from collections.abc import Iterable, Iterator

from ingest.formats.inline import marked_up

# "#ml/rl, and #a#b" -> ml/rl, a, b. Before one stands white space, a mark of emphasis or another tag: "C#minor" holds none.
_TAGS = re.compile(
    r"(?<![^\s*_~=])(?:#[^\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f\s'!\"#$%&()*+,.:;<=>?@^`{|}~\[\]\\]+)+"
)


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
