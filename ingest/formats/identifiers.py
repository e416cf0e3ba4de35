"""Identifiers of works, DOI and arXiv, in the one form in which they are compared."""

import re

_doi = re.compile(r"\b10\.[0-9]{4,9}/[^\s\"'<>{}|\\^`?#]+")
_arxiv = re.compile(
    r"([0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/[0-9]{7})(?:v[0-9]+)?(?:\.pdf)?(?![0-9])",
    re.I,
)
_arxiv_named = re.compile(r"arxiv(?:\.org/(?:abs|pdf|html|ps|e-print)/|[.:/])\s*(?=[0-9a-z])", re.I)


def normal_doi(text: str) -> str:
    """The DOI in a text, lower case and without resolver or prefix; empty where there is none.

    >>> normal_doi("https://doi.org/10.1000/ABC."), normal_doi("none")
    ('10.1000/abc', '')
    """
    found = _doi.search(text.replace("%2F", "/").replace("%2f", "/"))
    if not found:
        return ""
    doi = found[0].rstrip(".,;:!*_]")
    if doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi.rstrip(").,;")
    return doi.lower()


def normal_arxiv(text: str) -> str:
    """The arXiv identifier that a text is, or that an address, DOI or "arXiv:..." in it names. No version.

    >>> normal_arxiv("arXiv:2403.01234v2"), normal_arxiv("arxiv.org/abs/cs/0112017"), normal_arxiv("3.14")
    ('2403.01234', 'cs/0112017', '')
    """
    whole = _arxiv.fullmatch(text.strip())
    if whole:
        return whole[1].lower()
    named = (_arxiv.match(text, name.end()) for name in _arxiv_named.finditer(text))
    return next((found[1].lower() for found in named if found), "")


def first_arxiv(*texts: str) -> str:
    """The identifier in the first of these texts that has one."""
    return next((found for text in texts if (found := normal_arxiv(text))), "")
