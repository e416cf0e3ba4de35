"""Formulas in the text of a claim: readable, never raising; the quote keeps what its author wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract import extract
from ingest.read import read
from ingest.titles import Titles
from kb.maths import readable_maths


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"It holds iff $\hat q \ge x_1$.", "It holds iff q̂ ≥ x_1."),
        (r"With $\frac{1}{2}$ or $\frac12$ of them", "With 1/2 or 1/2 of them"),
        (r"where \(\lambda\) is small", "where λ is small"),
        (r"The value is $$\sigma^2_{\delta}$$ here.", "The value is σ^2_δ here."),
        ("It costs $5 to $10 more.", "It costs $5 to $10 more."),
        ("It cannot exceed $b - a$.", "It cannot exceed b - a."),
        ("From US$5 (A$7) to $2M", "From US$5 (A$7) to $2M"),
        (f"It is $${'x + ' * 60}y$$ long.", "It is (formula) long."),
        (r"An open $\frac{ brace", r"An open $\frac{ brace"),
    ],
)
def test_a_formula_is_shown_as_it_is_read(tex: str, plain: str) -> None:
    assert readable_maths(tex) == plain


@given(st.text(alphabet="$\\{}()[]^_ afrc12\n", max_size=80))
def test_no_formula_raises(text: str) -> None:
    readable_maths(text)


def test_the_quote_is_verbatim_and_the_text_readable() -> None:
    text = "# Head\n\nAn effect is larger when $\\hat{x} \\geq 2$ and $p<0.05$.\n\n$$x = y$$\n"
    page = read("a.md", text.encode(), Titles()).page
    assert page is not None
    (claim,) = extract(page, text).claims
    assert (
        claim.quote
        == text[claim.place.start : claim.place.end]
        == "An effect is larger when $\\hat{x} \\geq 2$ and $p<0.05$."
    )
    assert claim.text == "An effect is larger when x̂ ≥ 2 and p < 0.05."
