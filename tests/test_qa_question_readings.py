"""Questions as people ask them: how each is read, and what it takes for granted."""

import pytest

from qa.question import read_question

READINGS = """
Why do bigger teachers always make better students?
    This asks why bigger teachers always make better students.
    * Bigger teachers always make better students.
How does a single training problem teach a model to reason?
    This asks how a single training problem teaches a model to reason.
    * A single training problem teaches a model to reason.
Why is collapse unavoidable as soon as synthetic text enters the training data?
    This asks why collapse is unavoidable as soon as synthetic text enters the training data.
    * Collapse is unavoidable as soon as synthetic text enters the training data.
Why does asking a model to look over its own answer improve its mathematics?
    This asks why asking a model to look over its own answer improves its mathematics.
    * Asking a model to look over its own answer improves its mathematics.
Why do models so often leave out the hint that led them to their answer?
    This asks why models so often leave out the hint that led them to their answer.
    * Models often leave out the hint that led them to their answer.
How do answer-only rewards come to leave unsound reasoning in place?
    This asks how answer-only rewards come to leave unsound reasoning in place.
    * Answer-only rewards leave unsound reasoning in place.
Why can't reasoning models solve River Crossing once there are many pairs?
    This asks why reasoning models cannot solve River Crossing once there are many pairs.
    * Reasoning models cannot solve River Crossing once there are many pairs.
How does forcing a model to go on with "Wait" make its reasoning better?
    This asks how forcing a model to go on with "Wait" makes its reasoning better.
    * Forcing a model to go on with "Wait" makes its reasoning better.
Why is critique of one problem a better teacher than one-example RLVR?
    This asks why critique of one problem is a better teacher than one-example RLVR.
    * Critique of one problem is a better teacher than one-example RLVR.
Why does the same RL recipe help Qwen and stall on Llama?
    This asks why the same RL recipe helps Qwen and stalls on Llama.
    * The same RL recipe helps Qwen and stalls on Llama.
Why did chain stores drive out independent shops?
    This asks why chain stores drove out independent shops.
    * Chain stores drove out independent shops.
Why did the Ottoman printing press come so late?
    This asks why the Ottoman printing press came so late.
    * The Ottoman printing press came late.
Why do honeybees dance?
    This asks why honeybees dance.
    * Honeybees dance.
Why are small models better than large ones at copying?
    This asks why small models are better than large ones at copying.
    * Small models are better than large ones at copying.
Why isn't scale enough?
    This asks why scale is not enough.
    * Scale is not enough.
Why aren't LSTMs used anymore?
    This asks why LSTMs are not used anymore.
    * LSTMs are not used anymore.
Why haven't transformers been replaced?
    This asks why transformers have not been replaced.
    * Transformers have not been replaced.
Why has progress on reasoning slowed down?
    This asks why progress on reasoning has slowed down.
    * Progress on reasoning has slowed down.
Why does RL only work for verifiable tasks?
    This asks why RL only works for verifiable tasks.
    * RL only works for verifiable tasks.
Why do results differ so much?
    This asks why results differ so much.
    * Results differ a lot.
Why does more compute not help?
    This asks why more compute does not help.
    * More compute does not help.
Why do models fail to generalise?
    This asks why models fail to generalise.
    * Models fail to generalise.
Why do models, especially small ones, fail?
    This asks why models, especially small ones, fail.
    * Models, especially small ones, fail.
Why do o1-style models overthink?
    This asks why o1-style models overthink.
    * o1-style models overthink.
Why does pass@k hide gains?
    This asks why pass@k hides gains.
    * pass@k hides gains.
Why does loss spike?
    This asks why loss spikes.
    * Loss spikes.
Why do loss spikes occur?
    This asks why loss spikes occur.
    * Loss spikes occur.
Why does prompt order matter?
    This asks why prompt order matters.
    * Prompt order matters.
Why does the model that Google trained fail?
    This asks why the model that Google trained fails.
    * The model that Google trained fails.
Why is there a gap between theory and practice?
    This asks why there is a gap between theory and practice.
    * There is a gap between theory and practice.
Why is it not enough to fine-tune on a record of other corrections if one wants a model to revise well?
    This asks why it is not enough to fine-tune on a record of other corrections if one wants a model to revise well.
    * It is not enough to fine-tune on a record of other corrections if one wants a model to revise well.
Why is it that models overthink easy problems?
    This asks why models overthink easy problems.
    * Models overthink easy problems.
How come models overthink easy problems?
    This asks why models overthink easy problems.
    * Models overthink easy problems.
What is the reason that models overthink?
    This asks why models overthink.
    * Models overthink.
What is the reason why RL fails on Llama?
    This asks why RL fails on Llama.
    * RL fails on Llama.
What is the reason for collapse?
    This asks what the reason for collapse is.
Why would meaningless reward signals make Qwen better at maths?
    This asks why meaningless reward signals would make Qwen better at maths.
Why might models hide intent?
    This asks why models might hide intent.
Why does it fail?
    This asks why it fails.
Why do models lie, and can we stop it?
    This asks for reasons: “Why do models lie, and can we stop it?”.
    * Models lie.
why do scores stop rising once a policy has lost its randomness
    This asks why scores stop rising once a policy has lost its randomness.
    * Scores stop rising once a policy has lost its randomness.
why do gardens need weeding
    This asks why gardens need weeding.
    * Gardens need weeding.
why is the web so bad now
    This asks why the web is so bad now.
    * The web is bad now.
how do notes become essays
    This asks how notes become essays.
    * Notes become essays.
how should i organise my notes
    This asks how I should organise my notes.
what makes software feel fast
    This asks what makes software feel fast.
    * Software feels fast.
what makes a community last
    This asks what makes a community last.
    * A community lasts.
what makes writing hard
    This asks what makes writing hard.
    * Writing is hard.
who owns the data
    This asks who owns the data.
digital gardening
    This asks what the notes say about “digital gardening”.
is the web dying
    This asks for a yes or no, and its conditions: “is the web dying”.
What makes distillation fail?
    This asks what makes distillation fail.
    * Distillation fails.
What makes Qwen better at maths?
    This asks what makes Qwen better at maths.
    * Qwen is better at maths.
What makes chains of thought so effective?
    This asks what makes chains of thought so effective.
    * Chains of thought are effective.
What makes a good teacher?
    This asks what makes a good teacher.
What causes models to collapse?
    This asks what causes models to collapse.
    * Models collapse.
What allows small models to reason?
    This asks what allows small models to reason.
    * Small models can reason.
What explains the gap between base models and RL models?
    This asks what explains the gap between base models and RL models.
    * There is a gap between base models and RL models.
What explains the sudden drop in accuracy?
    This asks what explains the sudden drop in accuracy.
    * There is a sudden drop in accuracy.
What explains why scores stop rising?
    This asks what explains why scores stop rising.
    * Scores stop rising.
What accounts for the success of distillation?
    This asks what accounts for the success of distillation.
Which property of data makes in-context learning appear?
    This asks which property of data makes in-context learning appear.
    * A property of data makes in-context learning appear.
Which properties of data make in-context learning appear?
    This asks which properties of data make in-context learning appear.
    * Some properties of data make in-context learning appear.
Which sampling temperature gives the best pass@k?
    This asks which sampling temperature gives the best pass@k.
Which varnish did the violin makers of Cremona use?
    This asks which varnish the violin makers of Cremona used.
Which examples should be thrown away first, the easy ones or the hard ones?
    This asks which examples should be thrown away first, the easy ones or the hard ones.
Which tasks has RL solved?
    This asks which tasks RL has solved.
When did scaling laws stop holding?
    This asks when scaling laws stopped holding.
    * Scaling laws stopped holding.
When is distillation worth its compute?
    This asks when distillation is worth its compute.
When do ground-truth labels matter in context?
    This asks when ground-truth labels matter in context.
Since models got bigger, why do they still fail?
    This asks, since models got bigger, why they still fail.
    * Models got bigger.
Since 2020, has progress slowed?
    This asks, since 2020, whether progress has slowed.
Now that RL works without labels, do we need data?
    This asks, now that RL works without labels, whether we need data.
    * RL works without labels.
Given that entropy collapses early, why does RL help?
    This asks, given that entropy collapses early, why RL helps.
    * RL helps.
    * Entropy collapses early.
Given that base models hold correct solutions, and given that rewards without information work, is there reason to train?
    This asks, given that base models hold correct solutions, and given that rewards without information work, whether there is reason to train.
    * Base models hold correct solutions.
    * Rewards without information work.
Since reasoning models never disclose the hints they use, can monitoring work at all?
    This asks, since reasoning models never disclose the hints they use, whether monitoring can work at all.
    * Reasoning models never disclose the hints they use.
If only the final answer is rewarded, do faulty steps survive?
    This asks, if only the final answer is rewarded, whether faulty steps survive.
How does the Learning Law explain why all examples should contribute equally?
    This asks how the Learning Law explains why all examples should contribute equally.
    * The Learning Law explains why all examples should contribute equally.
    * All examples should contribute equally.
How does L explain that pruning works?
    This asks how L explains that pruning works.
    * L explains that pruning works.
    * Pruning works.
Does L explain why pruning works?
    This asks whether L explains why pruning works.
    * Pruning works.
How can chains of thought be faithful if they omit the hint?
    This asks how chains of thought can be faithful if they omit the hint.
    * Chains of thought omit the hint.
How does entropy loss lead to collapse?
    This asks how entropy loss leads to collapse.
    * Entropy loss leads to collapse.
How is RL different from SFT?
    This asks how RL is different from SFT.
    * RL is different from SFT.
How do models work?
    This asks how models work.
How do SFT and RL compare?
    This asks how SFT and RL compare.
How long until RL replaces pretraining?
    This asks “How long until RL replaces pretraining?”.
How much does the answer depend on the written chain?
    This asks how much the answer depends on the written chain.
How often can training text be repeated?
    This asks how often training text can be repeated.
How strong must a base model be before a thousand examples suffice?
    This asks how strong a base model must be before a thousand examples suffice.
How few worked solutions are enough to fine-tune a strong model for olympiad-style mathematics?
    This asks how few worked solutions are enough to fine-tune a strong model for olympiad-style mathematics.
How many experts should a mixture-of-experts layer route each token to?
    This asks how many experts a mixture-of-experts layer should route each token to.
how much does let's think step by step add on gsm8k
    This asks “how much does let's think step by step add on gsm8k”.
What separates distillation from RLVR as a source of capability?
    This asks what separates distillation from RLVR as a source of capability.
What happens inside a network while it groks?
    This asks what happens inside a network while it groks.
What does LESS use to rank candidate training examples?
    This asks what LESS uses to rank candidate training examples.
What must the pretraining data look like for ICL to show up?
    This asks what the pretraining data must look like for ICL to show up.
What is the superficial alignment hypothesis?
    This asks what the superficial alignment hypothesis is.
What is known about grokking?
    This asks what is known about grokking.
What is RL good for?
    This asks what RL is good for.
What is the nature of the work being copied?
    This asks “What is the nature of the work being copied?”.
What work do verifiers do?
    This asks what work verifiers do.
At what number of examples does a given model stop pointing and start learning?
    This asks at what number of examples a given model stops pointing and starts learning.
Under what conditions does RL help?
    This asks under what conditions RL helps.
To what extent does shaping help?
    This asks to what extent shaping helps.
On which kinds of task does CoT prompting pay?
    This asks on which kinds of task CoT prompting pays.
Does one training example teach a model to reason?
    This asks whether one training example teaches a model to reason.
Does what a base model already does before training decide how much it will gain from RL?
    This asks whether what a base model already does before training decides how much it will gain from RL.
Does RLVR teach a model to reason, or only reveal what it already knew?
    This asks whether RLVR teaches a model to reason, or only reveals what it already knew.
Are the jumps in ability that come with scale real, or do they come from the scoring?
    This asks whether the jumps in ability that come with scale are real, or they come from the scoring.
Does the way models learn matter?
    This asks whether the way models learn matters.
Does the fact that models learn matter?
    This asks whether the fact that models learn matters.
Does making models think longer help?
    This asks whether making models think longer helps.
Does the share of tasks that require written reasoning shrink as models grow?
    This asks whether the share of tasks that require written reasoning shrinks as models grow.
Is choosing data better than having more of it?
    This asks whether choosing data is better than having more of it.
Is reading the chain of thought an effective monitor?
    This asks whether reading the chain of thought is an effective monitor.
Is variety in a fine-tuning set worth having?
    This asks whether variety in a fine-tuning set is worth having.
Is in-context learning gradient descent in disguise?
    This asks for a yes or no, and its conditions: “Is in-context learning gradient descent in disguise?”.
Is RL making models better?
    This asks for a yes or no, and its conditions: “Is RL making models better?”.
Are models trained on data generated by humans?
    This asks for a yes or no, and its conditions: “Are models trained on data generated by humans?”.
Can choosing a better model to distil from leave you with a worse pupil?
    This asks whether choosing a better model to distil from can leave you with a worse pupil.
Can language models correct their own reasoning?
    This asks whether language models can correct their own reasoning.
Would a prolonged RLVR run on a never-distilled base model still widen the set of solvable problems?
    This asks whether a prolonged RLVR run on a never-distilled base model would still widen the set of solvable problems.
Must a reasoning trace be correct in order to teach?
    This asks whether a reasoning trace must be correct in order to teach.
Does RL still need labels?
    This asks whether RL still needs labels.
Does dropout stop overfitting because it adds noise?
    This asks whether dropout stops overfitting because it adds noise.
Tell me why models lie
    This asks why models lie.
    * Models lie.
I wonder whether RL works
    This asks whether RL works.
Can you tell me what RL does?
    This asks what RL does.
I trained a model. Why does it fail?
    This asks for reasons: “I trained a model. Why does it fail?”.
Longer Is Not Deeper: What a Thinking Budget Can and Cannot Buy
    This asks what the notes say about “Longer Is Not Deeper: What a Thinking Budget Can and Cannot Buy”.
Tower of Hanoi failures of LRMs: a real limit, or a fault of the test?
    This asks what the notes say about “Tower of Hanoi failures of LRMs: a real limit, or a fault of the test?”.
Why do models lie?!
    This asks why models lie.
    * Models lie.
Why not just scale?
    This asks for reasons: “Why not just scale?”.
???
    This asks nothing yet.
"""


def _table() -> list[tuple[str, str, tuple[str, ...]]]:
    rows: list[tuple[str, str, tuple[str, ...]]] = []
    for line in READINGS.strip().splitlines():
        if not line.startswith(" "):
            rows.append((line, "", ()))
        elif line.startswith("    * "):
            rows[-1] = (*rows[-1][:2], (*rows[-1][2], line[6:]))
        else:
            rows[-1] = (rows[-1][0], line.strip(), rows[-1][2])
    return rows


def test_the_table_is_whole() -> None:
    table = _table()
    assert len(table) >= 80
    assert all(reading for _, reading, _ in table)
    assert sum("“" in reading for _, reading, _ in table) < len(table) / 5


@pytest.mark.parametrize(("asked", "reading", "presupposes"), _table(), ids=[asked[:60] for asked, _, _ in _table()])
def test_a_question_is_read(asked: str, reading: str, presupposes: tuple[str, ...]) -> None:
    question = read_question(asked)
    assert question.reading == reading
    assert question.presupposes == presupposes
