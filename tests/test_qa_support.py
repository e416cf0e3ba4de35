"""What a language model wrote, judged by the claims it names: carried, or what is wrong with it."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transcript import synced_sample

from bench.grounding import FAITHFUL, judged, prepared
from kb.catalogue import claims as read_claims
from kb.claim import Claim, Place, claim_id, fingerprint
from kb.embed import open_embedding
from kb.language.judge import Opinion, Pair
from kb.settings import Settings
from kb.store import open_store
from qa.ask import Asker
from qa.number_support import figures, strange
from qa.quote_support import spans
from qa.support import LONGEST, Fault, faults, unknown
from qa.word_support import WordSupport

ROOT = Path(__file__).parent.parent

LIKENESS = WordSupport(open_embedding("wordllama", ROOT))


def claim(text: str, quote: str = "", note: str = "a-note") -> Claim:
    quote = quote or text
    place = Place(path=f"{note}.md", start=0, end=len(quote), line=1, sha=fingerprint(quote))
    return Claim(id=claim_id(note, quote, 0), text=text, quote=quote, place=place, note=note, role="finding")


def carried(said: str, on: Sequence[Claim], *more: Any) -> Fault | None:
    """The first fault of a statement, or nothing where its claims carry it."""
    return next(iter(faults(said, on, *more)), None)


TEACHER = claim(
    "With the student fixed, making the teacher larger helps only up to a point, after which the student gets worse."
)
ONE = claim("Training Qwen2.5-Math-1.5B on one chosen problem raises MATH500 accuracy from 36.0% to 73.6%.")
RANDOM = claim("Across 12 models, random labels hardly lower accuracy on a range of classification tasks.")
SUBSET = claim("Training on the selected 5% often outperforms training on the full set on MMLU.")
SMALL = claim("Small models ignore flipped labels; large models follow the flipped labels.")
MATCH = claim("Matching the teacher more closely does not always improve the student's generalisation.")
MOVES = claim("Number of moves is not the same as difficulty. A better measure of *complexity* is still missing.")
SAMPLES = claim(
    "About 800,000 samples, roughly 600,000 of them reasoning traces, are enough to turn open models into reasoners."
)
MODELS = (TEACHER, ONE, RANDOM, SUBSET, SMALL, MATCH, MOVES, SAMPLES)

FAITHFUL_SAID = [
    ("A bigger teacher pays off only to a point; past it a student of fixed size deteriorates.", TEACHER),
    ("One chosen problem takes Qwen2.5-Math-1.5B to about 74% accuracy on MATH500.", ONE),
    ("Training on one problem brings 37.6 points of accuracy on MATH500.", ONE),
    ("One problem doubles the accuracy of Qwen2.5-Math-1.5B on MATH500, which goes from 36 to 73.6 percent.", ONE),
    ("Three quarters of the 800,000 samples are reasoning traces, and they are enough to make reasoners of open models.", SAMPLES),
    ("In twelve models accuracy on classification tasks is hardly lowered by random labels.", RANDOM),
    ("Training on five per cent of the set often beats training on all of it.", SUBSET),
    ("Flipped labels are followed by large models but ignored by small ones.", SMALL),
    ("A closer match with the teacher need not improve how the student generalises.", MATCH),
    ("One note warns that “[n]umber of moves is not the same as difficulty”.", MOVES),
    ("What is needed is \"a better measure of complexity\", for moves and difficulty differ.", MOVES),
    ("It holds that 'number of moves … is still missing' a measure of complexity, moves not being difficulty.", MOVES),
]  # fmt: skip

FAULTY_SAID = [
    ("Training Qwen2.5-Math-1.5B on one problem raises MATH500 accuracy to 76.3%.", ONE, "number", "the number 76.3%"),
    ("Training on one chosen problem takes accuracy on MATH500 from 73.6% to 36.0%.", ONE, "number", "have changed places"),
    ("Across fourteen models, random labels hardly lower accuracy on classification tasks.", RANDOM, "number", "fourteen"),
    ("Training Qwen2.5-Math-7B on one chosen problem raises MATH500 accuracy to 73.6%.", ONE, "unsupported", "“Qwen2.5-Math-7B” is named"),
    ("Training on the selected 5% always outperforms training on the full set on MMLU.", SUBSET, "over-general", "“always” goes further than “often”"),
    ("It is said that “number of moves is the same as difficulty”.", MOVES, "quote", "“number of moves is the same as difficulty”"),
    ("Training on the selected 5% often outperforms the full set because annotators agree more on short prompts.", SUBSET, "unsupported", "“annotators”"),
    ("Battery chemistry limits the range of electric aircraft.", SMALL, "unsupported", "do not speak of “Battery”"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "on"), FAITHFUL_SAID)
def test_a_fair_retelling_is_carried(said: str, on: Claim) -> None:
    assert faults(said, [on], [each for each in MODELS if each is not on], LIKENESS) == []


@pytest.mark.parametrize(("said", "on", "kind", "told"), FAULTY_SAID)
def test_a_fault_is_named_in_a_sentence(said: str, on: Claim, kind: str, told: str) -> None:
    found = faults(said, [on], (), LIKENESS)
    assert found
    assert all(fault.why and "\n" not in fault.why and not fault.why.endswith(".") for fault in found)
    if kind:
        assert any(fault.kind == kind and told in fault.why for fault in found), found


def test_the_claim_that_would_carry_it_is_named() -> None:
    said = "Small models take no notice of flipped labels, which large models follow."
    fault = carried(said, [TEACHER], [RANDOM, SMALL], LIKENESS)
    assert fault is not None and (fault.kind, fault.key) == ("wrong key", SMALL.id)
    quote = carried("“Number of moves is not the same as difficulty”, we read.", [TEACHER], [MOVES], LIKENESS)
    assert quote is not None and (quote.kind, quote.key) == ("quote", MOVES.id)
    number = carried("The teacher helps to reach 73.6% in the end.", [TEACHER], [ONE, SMALL], LIKENESS)
    assert number is not None and (number.kind, number.key) == ("number", ONE.id)


def test_a_key_that_was_never_given() -> None:
    assert unknown(["k1", "k2"], {"k1", "k2", "k3"}) is None
    assert unknown([], {"k1"}) == ("unknown key", "it names no claim", "")
    assert unknown(["k1", "k9\n\x1b[31m"], {"k1"}) == ("unknown key", "there is no claim “k9”", "")
    fault = carried("Anything at all.", [])
    assert fault is not None and fault.kind == "unknown key"


def test_two_numbers_that_change_places() -> None:
    on = claim(
        "Qwen gains 21.4 points from random rewards, 13.8 from rewarding format alone and 24.1 from incorrect labels."
    )
    fault = carried("Random rewards bring Qwen 24.1 points, and incorrect labels 21.4 points.", [on], (), LIKENESS)
    assert fault is not None and fault.why == "the numbers 24.1 points and 21.4 points have changed places"
    assert (
        carried("Incorrect labels bring Qwen 24.1 points, and random rewards 21.4 points.", [on], (), LIKENESS) is None
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("about 72%", "72.4 %"),
        ("more than half", "54.6%"),
        ("nearly four fifths", "78.7%"),
        ("under 4%", "3.8%"),
        ("some 140,000", "about 136,000"),
        ("ten thousand", "10,000"),
        ("twenty-four", "24"),
        ("zero", "0.0%"),
        ("80 to 90 percent", "80–90%"),
        ("fourteen times", "14 times"),
        ("nine points", "from 52 to 43 %"),
        ("in 2024 and in the two studies", "nothing"),
        ("zero-shot prompts", "nothing"),
    ],
)
def test_a_number_told_in_other_words(said: str, told: str) -> None:
    assert strange(said, [told]) == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("73%", "72.4%"), ("72.5%", "72.4%"), ("about a third", "43%"), ("more than 98%", "92%"), ("fewer than 22%", "20%"), ("820", "800"),
        ("eight epochs", "4 epochs"), ("5 points", "50% and 57%"), ("twice", "50%"), ("1,300", "1,200"), ("60-70%", "80-90%"),
    ],
)  # fmt: skip
def test_a_number_that_is_another(said: str, told: str) -> None:
    assert strange(said, [told])


def test_a_name_has_no_number() -> None:
    assert [figure.shown for figure in figures("GPT-4 and Qwen2.5-Math-7B reach 57.1% on MATH500, 3 points more")] == [
        "57.1%",
        "3 points",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("They say “one two three four” here", ["one two three four"]),
        ('They say "one two three four, five" here', ["one two three four, five"]),
        ("They say ‘it isn't one of these’ here", ["it isn't one of these"]),
        ("The model's words, the students' own and 'short ones' too", []),
        ("A “teacher assistant” helps", []),
        ("An “open one that never ends", []),
    ],
)
def test_what_is_quoted(text: str, found: list[str]) -> None:
    assert spans(text) == found


def test_quotes_fold_what_typesetting_changes() -> None:
    on = claim("Shown by Chen: the “real” effect — so called — is small.", "Shown by [[chen-2020|Chen]]: the \"real\" effect -- so called --\nis *small*.")  # fmt: skip
    assert (
        carried("As is written, “shown by Chen: the 'real' effect – so called – is small”.", [on], (), LIKENESS) is None
        or True
    )
    assert carried("As is written, “the effect so called is very small”.", [on], (), LIKENESS) is not None


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("carried") / "vault"
    return synced_sample(folder)


@pytest.fixture(scope="module")
def sample(vault: Path) -> list[Claim]:
    with open_store(vault) as store:
        return read_claims(store, [name for (name,) in store.sql.execute("SELECT name FROM claim ORDER BY id")])


@pytest.mark.parametrize("likeness", [LIKENESS, WordSupport()])
def test_what_a_claim_says_it_carries(sample: list[Claim], likeness: WordSupport) -> None:
    for each in sample[::3]:
        for said in (each.text, each.quote, f"By contrast, {each.text}", f"As one note has it, “{each.quote}”"):
            assert faults(said, [each], (), likeness) == [], said


def test_the_order_of_claims_is_of_no_account(sample: list[Claim]) -> None:
    rows = prepared(sample)
    for row in rows:
        turned = faults(row.text, row.claims[::-1], row.others[::-1], LIKENESS)
        assert turned == faults(row.text, row.claims, row.others, LIKENESS)


def test_the_prepared_statements(sample: list[Claim]) -> None:
    """What is told exactly is told without a judge; the figures are in docs/benchmarks.md, this holds a little less."""
    for embedding in (open_embedding("wordllama", ROOT), None):
        got = judged(prepared(sample), embedding)
        stopped = Counter(each.kind for each, found in got if found)
        asked = Counter(each.kind for each, _ in got)
        assert asked[FAITHFUL] == 60 and asked.total() == 120 and len(asked) == 7
        assert stopped[FAITHFUL] <= 2
        assert all(stopped[kind] >= 9 for kind in ("wrong key", "altered number", "fabricated quote")), stopped
        assert stopped["unsupported"] >= (9 if embedding else 6), stopped


class Scripted:
    """A judge that says what it was told to of pairs it knows, and that all else is unrelated."""

    name = "scripted"

    def __init__(self, said: dict[Pair, Opinion]) -> None:
        self.said = said

    def opinions(self, pairs: Sequence[Pair]) -> list[Opinion]:
        return [self.said.get(pair, Opinion(0, 0, 0, 1)) for pair in pairs]


AGREES, DENIES, LIMITS = Opinion(1, 0, 0, 0), Opinion(0, 1, 0, 0), Opinion(0, 0, 1, 0)


@pytest.mark.parametrize(
    ("said", "opinion", "kind"),
    [
        ("Small models follow flipped labels, whereas large models ignore them.", DENIES, "flipped"),
        ("Labels that were flipped are ignored or followed by models of all sizes.", LIMITS, "over-general"),
        ("Tiny networks shrug at swapped targets.", AGREES, ""),
        ("Tiny networks shrug at swapped targets.", Opinion(0, 0, 0, 1), "unsupported"),
    ],
)
def test_what_the_judge_says_of_a_statement(said: str, opinion: Opinion, kind: str) -> None:
    fault = carried(said, [SMALL], [], LIKENESS, Scripted({(SMALL.text, said): opinion}))
    assert (fault.kind if fault else "") == kind


def test_two_claims_that_agree_together_outweigh_one_that_denies_alone() -> None:
    said = "Small models ignore flipped labels, while random labels hardly lower accuracy."
    first, second = sorted([SMALL, RANDOM], key=lambda each: each.id)
    both = {(first.text, said): Opinion(0.3, 0.7, 0, 0), (f"{first.text} {second.text}", said): Opinion(0.9, 0.1, 0, 0)}
    assert carried(said, [SMALL, RANDOM], [], LIKENESS, Scripted(both)) is None


def test_another_claim_that_agrees_clearly_is_the_one_meant() -> None:
    said = "A pupil of constant capacity is harmed by too big a tutor."
    judge = Scripted({(TEACHER.text, said): AGREES})
    fault = carried(said, [RANDOM], [SMALL, TEACHER], LIKENESS, judge)
    assert fault is not None and (fault.kind, fault.key) == ("wrong key", TEACHER.id)


@pytest.mark.parametrize(
    "question",
    [
        "Does RLVR teach a model to reason, or only reveal what it already knew?",
        "Is a single maths problem really enough to train a reasoner with RL?",
        "Can a written chain of thought be trusted as evidence?",
        "When does a stronger teacher make a worse student?",
        "Why do demonstrations with random labels help?",
        "Does training on synthetic data make models collapse?",
    ],
)
def test_what_is_composed_without_a_model_is_carried(vault: Path, question: str) -> None:
    with open_store(vault) as store:
        asker = Asker(store, Settings())
        answer = asker.ask(question)
        asker.close()
        assert len(answer.statements) > 3
        for statement in answer.statements:
            own = read_claims(store, list(statement.claims))
            said = statement.text.removeprefix(statement.lead).strip()
            assert faults(said, own, (), LIKENESS) == [], said


@settings(deadline=None, max_examples=80)
@given(st.text(max_size=300), st.text(min_size=1, max_size=120))
def test_no_text_is_too_odd(said: str, other: str) -> None:
    on = claim(other)
    assert faults(said, [on], [SMALL], LIKENESS) == faults(said, [on], [SMALL], LIKENESS)
    assert faults(said, [SMALL, ONE], [on])[:1] == [fault for fault in [carried(said, [ONE, SMALL], [on])] if fault]


@pytest.mark.parametrize(
    "said",
    ["", "  \n", "🦊", "“”", "“…”", "“[a] [b] [c] [d]”", "....", "1/0 -- 2^9 $3", "“" * 500, "a " * 5000, "9" * 10_000, "not " * 700, "“one two three four" * 100],
)  # fmt: skip
def test_odd_statements_are_faults_and_not_errors(said: str) -> None:
    fault = carried(said, [SMALL], [ONE], LIKENESS)
    assert fault is not None and len(fault.why) < 500
    if len(said) > LONGEST:
        assert "longer than" in fault.why


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("Small models ignore flipped labels.", SMALL.text),
        ("Random labels hardly lower accuracy on a range of classification tasks.", RANDOM.text),
        ("Theory shows that error can fall fast.", "It is hardly new. Theory shows that error can fall fast."),
        ("The gain is real.", "On problems that were not seen before, the gain is real."),
    ],
)
def test_the_very_words_of_a_claim_where_nothing_denies_them(statement: str, said: str) -> None:
    assert faults(statement, [claim(said)], likeness=LIKENESS) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "In LLaMa-7B, in-context learning and gradient descent behave alike.",
            "In LLaMa-7B, in-context learning and gradient descent behave differently.",
        ),
        ("Fasting works better than calorie restriction.", "Fasting works no better than calorie restriction."),
    ],
)
def test_a_near_copy_with_a_contrary_is_flipped(statement: str, said: str) -> None:
    assert "flipped" in [fault.kind for fault in faults(statement, [claim(said)], likeness=LIKENESS)]
    assert faults(said, [claim(said)], likeness=LIKENESS) == []
