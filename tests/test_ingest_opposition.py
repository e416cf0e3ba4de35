"""Two claims held against each other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.bearing import bears_on
from ingest.opposition import Stance, compare

OPPOSED = [
    ("Self-correction improves reasoning accuracy.", "Self-correction does not improve reasoning accuracy."),
    ("Self-correction improves reasoning accuracy.", "Self-correction hurts reasoning accuracy."),
    ("Self-correction improves reasoning accuracy.", "Self-correction has no effect on reasoning accuracy."),
    ("Self-correction improves reasoning accuracy.", "Self-correction fails to improve reasoning accuracy."),
    ("Self-correction improves reasoning accuracy.", "There is no evidence that self-correction improves reasoning accuracy."),
    ("Chains of thought are faithful explanations.", "Chains of thought are unfaithful explanations."),
    ("Chains of thought are faithful explanations.", "Chains of thought are not faithful explanations."),
    ("Retrieval reduces hallucinations of language models.", "Retrieval increases hallucinations of language models."),
    ("Retrieval reduces hallucinations of language models.", "Retrieval does not reduce hallucinations of language models."),
    ("Longer chains raise accuracy.", "Longer chains lower accuracy."),
    ("Accuracy rises with longer chains.", "Accuracy falls with longer chains."),
    ("RL outperforms supervised fine-tuning on rules.", "Supervised fine-tuning outperforms RL on rules."),
    ("Large models are more faithful than small models.", "Large models are less faithful than small models."),
    ("Process rewards beat outcome rewards.", "Outcome rewards beat process rewards."),
    ("Aspirin is associated with stroke mortality.", "Aspirin is not associated with stroke mortality."),
    ("Wrong labels affect in-context accuracy.", "Wrong labels do not affect in-context accuracy."),
    ("Demonstrations with wrong labels teach the format.", "Demonstrations with wrong labels do not teach the format."),
    ("Weight decay causes grokking.", "Weight decay does not cause grokking."),
    ("Weight decay prevents grokking.", "Weight decay does not prevent grokking."),
    ("Verbose prompts are necessary for reasoning chains.", "Verbose prompts are unnecessary for reasoning chains."),
    ("Synthetic text degrades later generations.", "Synthetic text does not degrade later generations."),
    ("Policy entropy falls during reinforcement learning.", "Policy entropy rises during reinforcement learning."),
]  # fmt: skip

NOT_OPPOSED = [
    ("Self-correction improves reasoning accuracy.", "Self-correction raises reasoning accuracy."),
    ("Retrieval reduces hallucinations.", "Retrieval does not increase hallucinations."),
    ("Retrieval improves recall.", "Pruning does not improve latency."),
    ("Retrieval improves recall.", "Distillation hurts diversity."),
    ("The model improves.", "The model fails."),
    ("Models are trained on text.", "Models are not deterministic."),
    ("Retrieval improves recall.", "Retrieval does not change the licence."),
    ("Accuracy is high on MATH.", "Accuracy is low on AIME."),
    ("Retrieval reduces error.", "Retrieval improves error."),
    ("Pruning does not affect accuracy.", "Pruning has no effect on accuracy."),
    ("Self-correction does not fail to improve accuracy.", "Self-correction improves accuracy."),
    ("Unlabelled text improves recall.", "Text improves recall."),
    ("Non-linear probes improve recall.", "Linear probes improve recall."),
    ("A larger teacher helps up to a point and then harms.", "A larger teacher helps only up to a point, after which it harms."),
    ("Why does retrieval improve recall?", "Retrieval does not improve recall."),
    ("The effect is not uncommon.", "The effect is common."),
    ("RL outperforms imitation.", "Imitation underperforms RL."),
    ("Pioglitazone raises the risk of bladder cancer.", "Pioglitazone does not raise the risk of breast cancer in an entirely different population of patients."),
    ("Labels matter.", "Formats matter."),
    ("", ""),
    ("No.", "Yes."),
    ("Feedback removal lowers recall.", "Feedback raises recall."),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), OPPOSED)
def test_claims_that_pull_apart(a: str, b: str) -> None:
    stance = compare(a, b)
    assert stance is not None
    assert stance.kind == "opposing result"
    assert stance.strength >= 0.4
    assert f"“{stance.a.word}” against “{stance.b.word}”" in stance.why
    assert all(part.word.lower() in text.lower() for part, text in ((stance.a, a), (stance.b, b)))


@pytest.mark.parametrize(("a", "b"), NOT_OPPOSED)
def test_claims_that_do_not(a: str, b: str) -> None:
    stance = compare(a, b)
    assert stance is None or stance.kind in ("agrees", "magnitude")


@pytest.mark.parametrize(
    ("a", "b", "condition"),
    [
        ("Long chains improve accuracy.", "Long chains do not improve accuracy for small models.", "for small models"),
        ("Self-correction improves accuracy only when feedback is given.", "Self-correction does not improve accuracy.", "only when feedback is given"),
        ("Tuned models beat base models at small k.", "Base models beat tuned models at large k.", "at large k"),
        ("Retrieval helps recall if the index is fresh.", "Retrieval hurts recall if the index is stale.", "if the index is fresh"),
        ("Students improve recall without feedback.", "Students do not improve recall.", "without feedback"),
    ],
)  # fmt: skip
def test_another_scope_is_named(a: str, b: str, condition: str) -> None:
    stance = compare(a, b)
    assert stance is not None
    assert (stance.kind, condition in stance.why) == ("scope", True)


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("Random rewards raise the accuracy of Qwen by 21%.", "Random rewards raise the accuracy of Qwen by 5%.", "magnitude"),
        ("Random rewards raise the accuracy of Qwen by 21%.", "Random rewards raise the accuracy of Qwen by 21.4%.", "agrees"),
        ("Random rewards raise the accuracy of Qwen.", "Random rewards raise the accuracy of Qwen.", "agrees"),
        ("Retrieval reduces hallucinations.", "Retrieval lowers hallucinations.", "agrees"),
    ],
)  # fmt: skip
def test_how_much_is_compared_where_the_way_is_one(a: str, b: str, kind: str) -> None:
    stance = compare(a, b)
    assert stance is not None
    assert stance.kind == kind


def mirrored(stance: Stance | None) -> tuple[object, ...] | None:
    return (
        None
        if stance is None
        else (stance.kind, stance.strength, stance.b.word, stance.a.word, stance.b.about, stance.a.about)
    )


def straight(stance: Stance | None) -> tuple[object, ...] | None:
    return (
        None
        if stance is None
        else (stance.kind, stance.strength, stance.a.word, stance.b.word, stance.a.about, stance.b.about)
    )


@pytest.mark.parametrize(("a", "b"), OPPOSED + NOT_OPPOSED)
def test_the_order_does_not_matter(a: str, b: str) -> None:
    assert straight(compare(a, b)) == mirrored(compare(b, a))


_WORDS = st.sampled_from(
    "retrieval recall models accuracy improves hurts does not fails to is are faithful unfaithful no effect on reduces errors more less than "
    "when large small , but although never only 21% 5 of the with in RL reinforcement learning higher lower".split()
)
_SENTENCES = st.lists(_WORDS, max_size=14).map(" ".join)


@given(_SENTENCES, _SENTENCES)
@settings(max_examples=300, deadline=None)
def test_no_order_of_any_words_matters(a: str, b: str) -> None:
    near = {frozenset(("recall", "accuracy")): 0.7}
    one = compare(a, b, akin=lambda x, y: near.get(frozenset((x, y)), 0.0))
    other = compare(b, a, akin=lambda x, y: near.get(frozenset((x, y)), 0.0))
    assert straight(one) == mirrored(other)


@given(st.text(max_size=80), st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_is_borne(a: str, b: str) -> None:
    stance = compare(a, b)
    assert stance is None or 0 <= stance.strength <= 1
    assert bears_on(a, b) in ("for", "against", "limits", None)


def test_nearness_and_rarity_weigh() -> None:
    a, b = OPPOSED[0]
    full, far = compare(a, b), compare(a, b, nearness=0.3)
    assert full is not None
    assert far is None or far.strength < full.strength
    assert compare("Models improve text.", "Models hurt text.", rarity={"model": 0.0, "text": 0.0}) is None


def test_words_may_be_akin() -> None:
    a, b = "Retrieval improves recall of facts.", "Retrieval hurts remembrance of facts."
    without = compare(a, b)
    with_it = compare(a, b, akin=lambda x, y: 0.9 if {x, y} == {"recall", "remembrance"} else 0.0)
    assert with_it is not None
    assert without is None or without.strength <= with_it.strength


@pytest.mark.parametrize(
    ("statement", "claim", "bearing"),
    [
        ("Policy entropy falls during training.", "Policy entropy falls sharply during training.", "for"),
        ("Policy entropy falls during training.", "Policy entropy does not fall during training.", "against"),
        ("Policy entropy falls during training.", "Policy entropy rises during training.", "against"),
        ("Policy entropy falls during training.", "Reward hacking is rare.", None),
        ("Policy entropy falls during training.", "Policy entropy is plotted.", None),
        ("Self-correction improves accuracy.", "Self-correction improves accuracy only when feedback is given.", "limits"),
        ("Self-correction improves accuracy.", "Self-correction mostly improves accuracy.", "limits"),
        ("Self-correction always improves accuracy.", "Self-correction mostly improves accuracy.", "against"),
        ("Self-correction always improves accuracy.", "Self-correction improves accuracy if feedback is given.", "against"),
        ("Self-correction always improves accuracy.", "Some self-correction does not improve accuracy.", "against"),
        ("Large models write less faithful reasoning.", "Larger models write less faithful reasoning on most tasks.", "limits"),
        ("Random rewards help Llama more than Qwen.", "Random rewards lift Qwen, but not Llama.", "against"),
        ("Random rewards help Qwen more than Llama.", "Random rewards lift Qwen, but not Llama.", "for"),
        ("Random rewards help Qwen more than Llama.", "Random rewards help Llama more than Qwen.", "against"),
        ("Models often leave out the hint.", "Models often reveal the hint in less than 20% of cases.", "for"),
        ("Models never disclose the hint.", "Models sometimes disclose the hint.", "against"),
        ("Wrong traces destroy what a student learns.", "Wrong traces teach a student almost as well as right ones.", "against"),
        ("Repetition costs almost nothing.", "Repetition has no effect.", None),
        ("A helper bridges the gap.", "A helper bridges the gap, but the gain vanishes later.", "limits"),
        ("RL improves unseen rules.", "Reinforcement learning improves unseen rules.", "for"),
        ("", "Reinforcement learning improves unseen rules.", None),
    ],
)  # fmt: skip
def test_a_claim_bears_on_a_statement(statement: str, claim: str, bearing: str | None) -> None:
    assert bears_on(statement, claim) == bearing


def test_a_claim_far_from_the_statement_bears_on_nothing() -> None:
    assert bears_on("Retrieval improves recall.", "Retrieval improves recall.", nearness=0.1) is None
