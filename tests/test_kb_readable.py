"""Quotes as a reader sees them: links as their words, no marks, nothing lost and nothing torn."""

import pytest

from kb.readable import as_listed, as_read


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("As [[a|the first]] and [b](c.md) say, it **holds**.", "As the first and b say, it holds."),
        ("It is replayed at night [[napping]].", "It is replayed at night [napping]."),
        ("It is shown by [[napping]].", "It is shown by napping."),
        ("They err (see [[sleep]], [[naps]]).", "They err (see sleep, naps)."),
        ("[[#figure one]] shows it, and [[sleep#stages]] too.", "figure one shows it, and sleep too."),
        ("Rats learn (@bi1998; @wu2020) and so do we ([[@fu20]]).", "Rats learn and so do we."),
        ("It weakens (STDP; [[@bi1998]]) with time.", "It weakens (STDP) with time."),
        ("[This paper](https://example.org/a ) is new.", "This paper is new."),
        ("That was\n> wrong, as\n>> all say.", "That was wrong, as all say."),
        ("Write to me@example.org (at 5).", "Write to me@example.org (at 5)."),
    ],
)
def test_a_quote_is_shown_as_it_is_read(quote: str, shown: str) -> None:
    assert as_read(quote) == shown


def test_in_a_list_a_link_without_words_stays_one() -> None:
    assert as_listed("*As* [[naps]] and [[a|the first]] say.") == "As [[naps]] and the first say."
