"""Formulas as they are read, `$\\hat q \\geq x_1$` -> q̂ ≥ x_1: in a claim's text and on a screen; a quote keeps its LaTeX."""

import logging
import re
from functools import lru_cache

_LONGEST_FORMULA = 160
"""Characters of a formula that can be read within a sentence; a longer one is left out of it."""
LEFT_OUT = "(formula)"
_MATHS = re.compile(
    r"\$\$(?P<display>[^$]{1,4000})\$\$|\$(?=[^\s$])(?P<inline>[^$\n]{0,500}?[^\s$\\])\$(?!\d)|\\\((?P<round>.{1,500}?)\\\)|\\\[(?P<square>.{1,4000}?)\\\]",
    re.S,
)  # "$x_1$", "$$x$$", "\(x\)", "\[x\]"
_TEX = re.compile(r"[\\^_{}=<>|]")
_TERM = re.compile(r"[A-Za-z]\w?(?: ?[-+*/] ?\w{1,3})+")  # "b - a", not "5 to "
_RELATION_SIGN = re.compile(r"\s*([=≠≈<>≤≥≡≻≺≽≼→⇒∈⊆])\s*")  # "q̂ ≥x_1" -> "q̂ ≥ x_1"
_OF_TWO = re.compile(r"\\[dt]?frac\s*(\d|[a-z])\s*(\d|[a-z])", re.I)  # "\frac12"


def readable_maths(text: str) -> str:
    """A text with its formulas readable. Two sums of money are no formula."""
    if "$" not in text and "\\(" not in text and "\\[" not in text:
        return text
    return _MATHS.sub(_shown_formula, text)


def _shown_formula(match: re.Match[str]) -> str:
    tex = match[match.lastgroup or 0]
    if (
        match.lastgroup == "inline"
        and not _TEX.search(tex)
        and not _TERM.fullmatch(tex)
        and (" " in tex or len(tex) > 12)
    ):
        return match[0]
    plain = _plain_formula(tex)
    return plain if 0 < len(plain) <= _LONGEST_FORMULA else LEFT_OUT


@lru_cache(4_096)
def _plain_formula(tex: str) -> str:
    return " ".join(_RELATION_SIGN.sub(r" \1 ", from_latex(_OF_TWO.sub(r"\\frac{\1}{\2}", tex))).split())


def from_latex(tex: str) -> str:
    """LaTeX as text; nothing where no parser makes anything of it."""
    from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)  # what it makes of a note's formula is nobody's to read
    try:
        return str(LatexNodes2Text(math_mode="text").latex_to_text(tex, tolerant_parsing=True))
    except (Exception, RecursionError):  # what a formula of a note can make of a parser is not known
        return ""
