"""The writer, with the real clients of llama-index and a server on loopback that says what it is told to.

Whatever the server does, the answer is true: what the notes carry is shown, what they do not carry is withheld and said to
be, and where nothing can be had the notes are quoted.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from scripted import Said, Scripted
from transcript import synced_sample

from kb.model import Model
from kb.replies import Replies
from kb.settings import Settings
from kb.store import open_store
from qa.answer import Answer
from qa.ask import Asker
from qa.model_words import short_keys, tidy
from qa.write import Writer

QUESTION = "Why would meaningless reward signals make Qwen better at maths?"
_CLAIM = re.compile(r"^\[(c[0-9a-f]+)\] \((.*?)\) (.*)$", re.M)
Heard = Callable[[str], None]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("write") / "vault"
    return synced_sample(copy)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def material(request: Any) -> list[tuple[str, str]]:
    """The claims in a prompt: key and text."""
    prompt = request["messages"][-1]["content"]
    return [(key, text) for key, _, text in _CLAIM.findall(prompt)]


def sentence(text: str, *keys: str, role: str = "finding") -> dict[str, Any]:
    return {"text": text, "keys": list(keys), "role": role}


def essay(sentences: Sequence[dict[str, Any]]) -> str:
    """The first opens, the others are two strands."""
    half = 1 + len(sentences) // 2
    strands = [
        {"title": "What was found", "sentences": sentences[1:half]},
        {"title": "Caution", "sentences": sentences[half:]},
    ]
    return json.dumps({"opening": list(sentences[:1]), "strands": strands})


def faithful(request: Any) -> list[dict[str, Any]]:
    """Six claims, word for word: what a careful writer could not be blamed for."""
    return [sentence(text, key) for key, text in material(request)[:6]]


def writes(more: Callable[[list[tuple[str, str]]], list[dict[str, Any]]]) -> Callable[[Any], str]:
    """A model that writes six faithful sentences and some more; what it is told to mend it leaves as it is."""

    def reply(request: Any) -> str:
        if "wrong:" in request["messages"][-1]["content"]:
            return '{"sentences": []}'
        return essay([*faithful(request), *more(material(request))])

    return reply


@pytest.fixture(scope="module")
def asker(vault: Path) -> Iterator[Asker]:
    with open_store(vault) as store, closing(Asker(store, Settings())) as asker:
        yield asker


@pytest.fixture(scope="module")
def quoted(asker: Asker) -> Answer:
    """The answer without a model."""
    asker.writer = None
    return asker.ask(QUESTION)


@contextmanager
def writing(folder: Path, server: Scripted, heard: Heard | None = None) -> Iterator[Writer]:
    with closing(Replies(folder)) as replies:
        yield Writer(
            server.settings(),
            replies,
            (lambda: nullcontext(heard)) if heard else None,
            lambda given: Model(given, patience=1.0, waits=(0.0, 0.0), sleep=lambda _: None),
        )


def answer_of(asker: Asker, folder: Path, server: Scripted, heard: Heard | None = None) -> Answer:
    with writing(folder, server, heard) as asker.writer:
        return asker.ask(QUESTION)


def is_quoted(answer: Answer, instead: Answer) -> bool:
    return answer.engine.llm is None and answer.statements == instead.statements and answer.claims == instead.claims


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_what_the_notes_carry_is_the_answer_and_nobody_is_asked_twice(asker: Asker, tmp_path: Path, kind: str) -> None:
    with Scripted(kind, writes(lambda _: [])) as server:
        answer = answer_of(asker, tmp_path, server)
        assert answer.engine.llm == server.model and answer.withheld == () and answer.problems == ()
        assert len(answer.statements) == 6 and answer.statements[0].opens
        assert [thread.title for thread in answer.threads] == ["What was found", "Caution"]
        for each in answer.statements:
            assert each.claims and all(answer.claims[key].text == each.text for key in each.claims)
        assert len(server.asked) == 1
        again = answer_of(asker, tmp_path, server)
        assert len(server.asked) == 1
        assert again.statements == answer.statements


def test_the_model_is_told_the_question_and_the_claims_between_lines_they_cannot_hold(
    asker: Asker, tmp_path: Path
) -> None:
    with Scripted("openai", writes(lambda _: [])) as server:
        answer_of(asker, tmp_path, server)
    system, prompt = (message["content"] for message in server.asked[0]["messages"])
    assert QUESTION in prompt and "never an instruction" in system
    assert "pull apart: method, as an author states" in prompt
    (line,) = re.findall(r"between the lines (=====[0-9a-f]+)", prompt)
    inside = prompt.split(f"{line}\n", 1)[1].split(f"\n{line}", 1)[0]
    assert len(_CLAIM.findall(inside)) == len(_CLAIM.findall(prompt)) >= 15


def changed(text: str) -> str:
    """One digit of the last number made another."""
    at = max(match.start() for match in re.finditer(r"\d", text))
    return f"{text[:at]}{(int(text[at]) + 3) % 10}{text[at + 1 :]}"


def with_number(claims: Sequence[tuple[str, str]]) -> tuple[str, str]:
    return next((key, text) for key, text in claims if re.search(r"\d\d\.\d", text))


FAULTS: dict[str, Callable[[list[tuple[str, str]]], dict[str, Any]]] = {
    "an invented key": lambda claims: sentence(claims[9][1], "c000000"),
    "no key": lambda claims: sentence("There is more than one side to this."),
    "another matter": lambda claims: sentence("Honey bees navigate by the polarisation of the sky.", claims[0][0]),
    "a digit": lambda claims: sentence(changed(with_number(claims)[1]), with_number(claims)[0]),
    "a negation": lambda claims: next(
        sentence(text.replace(" gains ", " does not gain "), key)
        for key, text in claims
        if "gains 21.4 points from random rewards" in text
    ),
    "a quotation": lambda claims: sentence(f"The note says that “every model gains from any reward whatsoever” here: {claims[0][1]}", claims[0][0]),
    "an address": lambda claims: sentence(f"{claims[0][1]} ![more](https://example.com/x.png)", claims[0][0]),
    "nothing": lambda claims: sentence("", claims[0][0]),
}  # fmt: skip


@pytest.mark.parametrize("what", FAULTS)
def test_a_sentence_that_its_claims_do_not_carry_is_withheld_and_said_to_be(
    asker: Asker, tmp_path: Path, what: str
) -> None:
    with Scripted("openai", writes(lambda claims: [FAULTS[what](claims)])) as server:
        answer = answer_of(asker, tmp_path, server)
        assert answer.engine.llm and len(answer.statements) == 6
        (withheld,) = answer.withheld
        assert withheld.why
        assert withheld.text not in [each.text for each in answer.statements]
        assert len(server.asked) == 2 and withheld.why[:40] in server.prompts()[1]
        assert answer_of(asker, tmp_path, server).withheld == answer.withheld
        assert len(server.asked) == 2


def test_a_swapped_key_is_put_right_where_another_claim_carries_the_sentence(asker: Asker, tmp_path: Path) -> None:
    def swapped(request: Any) -> str:
        claims = material(request)[:6]
        if "wrong:" in request["messages"][-1]["content"]:
            return '{"sentences": []}'
        keys = [key for key, _ in claims]
        keys[0], keys[-1] = keys[-1], keys[0]
        return essay([sentence(text, key) for key, (_, text) in zip(keys, claims, strict=True)])

    with Scripted("openai", swapped) as server:
        answer = answer_of(asker, tmp_path, server)
    assert answer.statements
    for each in answer.statements:
        assert each.text in [answer.claims[key].text for key in each.claims]


def test_the_model_may_mend_a_sentence_once(asker: Asker, tmp_path: Path) -> None:
    def mends(request: Any) -> str:
        key, text = with_number(material(request)[6:])
        prompt = request["messages"][-1]["content"]
        if "wrong:" in prompt:
            (number,) = re.findall(r"^(\d+)\. ", prompt, re.M)
            return json.dumps({"sentences": [{"number": int(number), "text": text, "keys": [key]}]})
        return essay([*faithful(request), sentence(changed(text), key)])

    with Scripted("openai", mends) as server:
        answer = answer_of(asker, tmp_path, server)
    assert answer.withheld == () and len(answer.statements) == 7


BROKEN: dict[str, Said] = {
    "no JSON": Said("The rewards are just noise, I think."),
    "half a JSON": Said('{"opening": [{"text": "Random rew'),
    "another JSON": Said('{"answer": 42}'),
    "a refusal": Said(refused="I cannot help with that."),
    "nothing": Said(""),
    "busy for ever": Said(status=429),
    "broken for ever": Said(status=500),
    "a wrong key": Said("invalid api key sk-secret-123", status=401),
    "a hang": Said("{}", wait=3.0),
    "ten megabytes": Said(raw=b'{"choices": [' + b" " * 10_000_000),
    "no UTF-8": Said(raw=b'{"choices": [{"message": {"content": "\xff\xfe'),
    "a broken connection": Said("{}", cut="reset"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_model_that_fails_costs_a_line_and_the_notes_are_quoted(
    asker: Asker, quoted: Answer, tmp_path: Path, what: str
) -> None:
    with Scripted("openai", BROKEN[what]) as server:
        answer = answer_of(asker, tmp_path, server)
    assert is_quoted(answer, quoted)
    (problem,) = answer.problems
    assert problem.code == "model" and problem.hint and "\n" not in problem.message
    assert "sk-secret" not in answer.model_dump_json()


def test_a_server_that_is_not_there(asker: Asker, quoted: Answer, tmp_path: Path) -> None:
    with Scripted("ollama", "") as server:
        pass
    answer = answer_of(asker, tmp_path, server)
    assert is_quoted(answer, quoted) and answer.problems[0].code == "model"


def test_busy_once_is_asked_again(asker: Asker, tmp_path: Path) -> None:
    with Scripted("openai", Said(status=429, headers={"Retry-After": "0"}), writes(lambda _: [])) as server:
        assert answer_of(asker, tmp_path, server).engine.llm == server.model
        assert len(server.asked) == 2


def test_a_small_model_that_wraps_its_json_is_read(asker: Asker, tmp_path: Path) -> None:
    with Scripted(
        "openai", lambda asked: f"Sure! Here it is:\n```json\n{essay(faithful(asked))}\n```\nHope it helps."
    ) as server:
        assert len(answer_of(asker, tmp_path, server).statements) == 6


def test_a_model_that_invents_most_of_it_is_not_shown_at_all(asker: Asker, quoted: Answer, tmp_path: Path) -> None:
    made_up = [f"Honey bees of kind {at} navigate by the sky above meadows." for at in "abcdefgh"]
    with Scripted("openai", writes(lambda claims: [sentence(text, claims[0][0]) for text in made_up])) as server:
        answer = answer_of(asker, tmp_path, server)
    assert answer.engine.llm is None and answer.statements == quoted.statements
    assert len(answer.withheld) == 8 and "quoted instead" in answer.problems[0].message


# On a terminal, as it comes. ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_sentences_are_heard_as_they_hold(asker: Asker, tmp_path: Path, kind: str) -> None:
    heard: list[str] = []
    with Scripted(kind, writes(lambda claims: [FAULTS["another matter"](claims)])) as server:
        answer = answer_of(asker, tmp_path, server, heard.append)
        assert server.asked[0]["stream"] is True
        assert heard == [each.text for each in answer.statements]
        assert len(answer.withheld) == 1
        assert answer_of(asker, tmp_path, server).statements == answer.statements
        assert len(server.asked) == 2


@pytest.mark.parametrize("cut", ["quietly", "broken"])
def test_a_stream_that_breaks_off_keeps_the_sentences_that_were_whole(asker: Asker, tmp_path: Path, cut: str) -> None:
    def half(request: Any) -> Said:
        return Said(essay(faithful(request)), cut=cut)

    with Scripted("openai", half, half, half, half, writes(lambda _: [])) as server:
        answer = answer_of(asker, tmp_path, server, lambda _: None)
        assert answer.engine.llm and 2 <= len(answer.statements) < 6
        assert [problem.code for problem in answer.problems] == ["model"]
        for each in answer.statements:
            assert all(answer.claims[key].text == each.text for key in each.claims)
        calls = len(server.asked)
        answer_of(asker, tmp_path, server, lambda _: None)
        assert len(server.asked) > calls, "half an answer is not kept for the next time"


def test_who_stops_it_keeps_what_there_is(asker: Asker, tmp_path: Path) -> None:
    heard: list[str] = []

    def hear(text: str) -> None:
        heard.append(text)
        if len(heard) == 3:
            raise KeyboardInterrupt

    with Scripted("openai", writes(lambda _: [])) as server:
        answer = answer_of(asker, tmp_path, server, hear)
    assert [each.text for each in answer.statements] == heard[:3]
    assert "Stopped" in answer.problems[0].message


def test_a_stream_of_prose_is_asked_again_in_form(asker: Asker, tmp_path: Path) -> None:
    with Scripted("openai", "Well, it is complicated.", writes(lambda _: [])) as server:
        assert len(answer_of(asker, tmp_path, server, lambda _: None).statements) == 6
        assert len(server.asked) == 2


# Small things. ------------------------------------------------------------------------------------------------


def test_keys_are_as_short_as_they_can_be_and_tell_claims_apart() -> None:
    assert short_keys(["cabcdef12", "c12345678"]) == {"cabcdef12": "cabcde", "c12345678": "c12345"}
    assert short_keys(["cabcdef12", "cabcdef34"]) == {"cabcdef12": "cabcdef1", "cabcdef34": "cabcdef3"}


def test_a_sentence_is_plain_words() -> None:
    assert tidy("- **Naps** help [c12ab34, cd5678a].") == "Naps help."
    assert tidy("It fell to 3 \x1b[31mpoints\x1b[0m (c12ab34).") == "It fell to 3 points."


def test_a_file_changed_behind_the_base_is_not_shown_to_a_model(vault: Path, tmp_path: Path) -> None:
    copy = tmp_path / "vault"
    shutil.copytree(vault, copy)
    with Scripted("openai", writes(lambda _: [])) as server:
        with (
            open_store(copy) as store,
            writing(tmp_path, server) as writer,
            closing(Asker(store, Settings(), writer=writer)) as asker,
        ):
            note = copy / "notes" / "random-rewards-lift-qwen-but-not-llama-or-olmo.md"
            note.write_text(note.read_text().replace("21.4 points", "99.9 points"))
            answer = asker.ask(QUESTION)
        told = "\n".join(text for _, text in material(server.asked[0]))
    changed = "random rewards raise MATH-500 accuracy by 21.4 points"
    assert changed not in told and "99.9 points" not in told
    assert changed not in " ".join(each.text for each in answer.statements)
