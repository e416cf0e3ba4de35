"""Characters of a page: entities (`&amp;`), blanks and what nobody sees."""

import html
import re

UNSEEN = "\xad\u200b\u2060\ufeff"
# Bounded, so that `html.unescape` is never asked for a number of 5,000 digits (it raises).
_ENTITY = r"&(?:#[0-9]{1,9}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?"
_entity = re.compile(_ENTITY)
DATA = re.compile(
    rf"(?P<gap>\s++)|(?P<unseen>[{UNSEEN}]++)|(?P<entity>{_ENTITY})"
    rf"|(?P<words>&|[^\s{UNSEEN}&]++(?: [^\s{UNSEEN}&]++)*+)"
)


def decoded(text: str) -> str:
    """Entities resolved, never raising."""
    return _entity.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text
