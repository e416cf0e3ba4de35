"""What a sentence says is done to what, which way, and under which conditions."""

import pytest

from ingest.effects import Effect, effects
from ingest.lexicon import sense
from kb.language.stems import stem


def main_effect(sentence: str) -> Effect:
    """What the sentence asserts, rather than what it concedes."""
    return next(effect for effect in effects(sentence) if effect.main)


@pytest.mark.parametrize(
    ("sentence", "direction"),
    [
        ("Self-correction improves reasoning accuracy.", 1),
        ("Self-correction does not improve reasoning accuracy.", -1),
        ("Self-correction doesn't improve reasoning accuracy.", -1),
        ("Self-correction never improves reasoning accuracy.", -1),
        ("Self-correction rarely improves reasoning accuracy.", -1),
        ("Self-correction hardly improves reasoning accuracy.", -1),
        ("Self-correction no longer improves reasoning accuracy.", -1),
        ("Self-correction fails to improve reasoning accuracy.", -1),
        ("Self-correction cannot improve reasoning accuracy.", -1),
        ("Self-correction does not fail to improve reasoning accuracy.", 1),
        ("There is no evidence that self-correction improves accuracy.", -1),
        ("Self-correction is far from improving accuracy.", -1),
        ("Models struggle to improve their answers.", -1),
        ("Models lack the skill.", -1),
        ("Neither the format nor the labels matter.", -1),
        ("Not only the format matters.", 1),
        ("Longer chains hurt accuracy.", -1),
        ("Longer chains lower accuracy.", -1),
        ("Longer chains raise accuracy.", 1),
        ("Retrieval reduces hallucinations.", 1),
        ("Retrieval does not reduce hallucinations.", -1),
        ("Quantisation increases the error.", -1),
        ("Training lowered the perplexity.", 1),
        ("Pruning costs three points.", -1),
        ("Pruning has no effect on accuracy.", 0),
        ("Pruning does not affect accuracy.", 0),
        ("Pruning makes no difference to accuracy.", 0),
        ("Accuracy is unchanged by pruning.", 0),
        ("Accuracy is not unchanged by pruning.", 1),
        ("Label correctness barely matters in context.", 0),
        ("Pruning costs almost nothing.", 0),
        ("Repeated text is nearly as good as fresh text.", 0),
        ("Both methods perform equally.", 0),
        ("Pruned and dense models are comparable.", 0),
        ("Large models are more faithful than small ones.", 1),
        ("Large models are less faithful than small ones.", -1),
        ("RL outperforms supervised fine-tuning.", 1),
        ("RL does not outperform supervised fine-tuning.", -1),
        ("A chain of thought is necessary for such tasks.", 1),
        ("A chain of thought is unnecessary for such tasks.", -1),
        ("A chain of thought is not necessary for such tasks.", -1),
        ("Chains of thought are faithful.", 1),
        ("Chains of thought are unfaithful.", -1),
        ("The explanations are unreliable.", -1),
        ("The prompt is ineffective.", -1),
        ("The data are insufficient for training.", -1),
        ("The effect is not uncommon.", 1),
        ("Policy entropy falls during reinforcement learning.", -1),
        ("Accuracy rose to 73.6%.", 1),
        ("The reward makes the reasoning better.", 1),
        ("Larger teachers often teach worse.", -1),
        ("The label is omitted.", -1),
        ("The mutation leads to reduced recall.", -1),
        ("The mutation leads to a loss of recall.", -1),
        ("The mutation is associated with a lower rate of recall.", -1),
        ("The mutation is not associated with a lower rate of recall.", 1),
        ("The incidence of heart failure increased.", 1),
        ("Models often leave out the hint.", -1),
        ("Models reveal the hint in less than 20% of cases.", -1),
    ],
)
def test_a_sentence_points_somewhere(sentence: str, direction: int) -> None:
    assert main_effect(sentence).direction == direction


@pytest.mark.parametrize(
    "sentence",
    [
        "Non-linear probes improve recall.",
        "Unlabelled text improves recall.",
        "Unsupervised training improves recall.",
        "Unique examples improve recall.",
        "Invariant features improve recall.",
        "Under pressure the method improves recall.",
        "The index improves recall.",
        "Undergraduate readers improve recall.",
        "Interesting examples improve recall.",
        "Nonetheless, retrieval improves recall.",
        "Retrieval improves recall without feedback.",
        "Rather than fine-tuning, retrieval improves recall.",
    ],
)
def test_a_negative_look_is_no_negation(sentence: str) -> None:
    assert main_effect(sentence).direction == 1


@pytest.mark.parametrize(
    ("sentence", "cause", "outcome"),
    [
        ("Retrieval improves recall.", "Retrieval", "recall"),
        ("Recall is improved by retrieval.", "retrieval", "Recall"),
        ("Accuracy fell with longer chains.", "chains", "Accuracy"),
        ("Under pressure, retrieval improves recall.", "Retrieval", "recall"),
        ("Studies show that retrieval improves recall.", "retrieval", "recall"),
        ("Chains are faithful.", "Chains", "faithful"),
        ("The reward makes the reasoning better.", "reward", "reasoning"),
    ],
)
def test_who_does_what_to_what(sentence: str, cause: str, outcome: str) -> None:
    effect = main_effect(sentence)
    assert stem(cause) in {word.stem for word in effect.cause}
    assert stem(outcome) in {word.stem for word in effect.outcome}
    assert stem(cause) not in {word.stem for word in effect.outcome}


@pytest.mark.parametrize(
    ("sentence", "word", "sign"),
    [
        ("The mutation shows reduced recall.", "recall", 1),
        ("The mutation leads to increased recall.", "recall", 1),
        ("The mutation binds to cells with a loss of recall.", "recall", -1),
        ("The mutation is in cells with resistance to recall.", "recall", -1),
        ("Lack of feedback hurts recall.", "feedback", -1),
        ("Feedback removal hurts recall.", "feedback", -1),
        ("Feedback hurts recall.", "feedback", 1),
        ("The reward leaves unsound reasoning.", "reasoning", -1),
        ("The reward leaves reasoning errors.", "reasoning", -1),
    ],
)
def test_the_words_around_a_word_give_its_sign(sentence: str, word: str, sign: int) -> None:
    effect = main_effect(sentence)
    assert {each.stem: each.sign for each in (*effect.cause, *effect.outcome)}[stem(word)] == sign


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Self-correction does not improve accuracy.", "does not improve"),
        ("Retrieval improves recall.", "improves"),
        ("Pruning has no effect on accuracy.", "no effect"),
        ("Chains are unfaithful.", "are unfaithful"),
    ],
)
def test_the_words_are_those_of_the_sentence(sentence: str, words: str) -> None:
    assert main_effect(sentence).word == words


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("RLVR raises accuracy only when the base model solves the task.", "only when the base model solves the task"),
        ("Retrieval helps if the index is fresh.", "if the index is fresh"),
        ("Retrieval helps unless the index is stale.", "unless the index is stale"),
        ("Base models win at large k.", "at large k"),
        ("Long chains hurt recall for small models.", "for small models"),
        ("Models improve without feedback.", "without feedback"),
        ("Under pressure, models improve.", "Under pressure"),
        ("Recall falls once the context is full.", "once the context is full"),
    ],
)
def test_a_condition_is_kept_as_it_stands(sentence: str, condition: str) -> None:
    assert condition in main_effect(sentence).conditions


@pytest.mark.parametrize(
    ("sentence", "hedge"),
    [
        ("Retrieval may improve recall.", "may"),
        ("Some models improve recall.", "some"),
        ("Retrieval always improves recall.", "always"),
        ("Retrieval mainly improves recall.", "mainly"),
        ("Retrieval improves recall.", ""),
    ],
)
def test_how_far_it_is_meant(sentence: str, hedge: str) -> None:
    assert main_effect(sentence).hedge == hedge


@pytest.mark.parametrize(
    ("sentence", "directions"),
    [
        ("Retrieval improves recall but hurts precision.", [1, -1]),
        ("Retrieval improves recall, whereas pruning hurts it.", [1, -1]),
        ("Although retrieval helps, recall drops.", [1, -1]),
        ("Retrieval limits errors and raises recall.", [1, 1]),
        ("Random rewards lift Qwen, but not Llama.", [1, -1]),
    ],
)
def test_each_clause_has_its_own_effect(sentence: str, directions: list[int]) -> None:
    assert [effect.direction for effect in effects(sentence)] == directions


def test_what_is_conceded_is_not_asserted() -> None:
    assert [effect.main for effect in effects("Although retrieval helps, recall drops.")] == [False, True]


@pytest.mark.parametrize(
    "text", ["", "?", "Why do models forget?", "...", "—", "and", "not", "¯\\_(ツ)_/¯", "no no no"]
)
def test_what_says_nothing_is_no_mistake(text: str) -> None:
    assert all(isinstance(effect, Effect) for effect in effects(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("improves", "improvement"), ("generalises", "generalization"), ("reduced", "reduction"), ("losing", "lost"),
        ("behaviours", "behavior"), ("higher", "high"), ("reliable", "reliability"), ("Qwen2.5-Math-7B", "Qwen"), ("taught", "teach"),
    ],
)  # fmt: skip
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("RAD52", "RAD51"), ("unique", "unit"), ("error", "era"), ("loss", "lose")])
def test_other_words_have_other_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize("word", ["unique", "unlabelled", "unsupervised", "index", "under", "interesting", "unit"])
def test_the_lexicon_says_nothing_of_it(word: str) -> None:
    assert sense(word) is None
