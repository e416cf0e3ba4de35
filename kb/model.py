"""The only door to a language model, through llama-index: asked for text as it comes, or for a value of a given shape. Whatever goes
wrong is `Unavailable`; a call that failed in passing is made again a few times."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

from kb.errors import Unavailable
from kb.masking import InPieces, secrets, without
from kb.model_errors import Refusal, refusal
from kb.prompts import in_form, plainer
from kb.providers import Client, Way, open_client
from kb.settings import Settings
from kb.structured import T, form_of, read_as, schema_of, without_thought

PATIENCE = 240.0
"""Seconds without a sign of life: a model on a laptop needs as long to read a few pages, or to write one."""
WAITS = (1.0, 4.0, 12.0)
"""Seconds before a call that failed in passing is made again."""
_LONGEST_WAIT = 60.0
"""A server that asks for more is not waited for."""
_LONGEST = 400_000
"""Characters of one reply, streamed or whole."""


class Unfit(Unavailable):
    """The model answered, and not in the form asked for."""


def tokens_in(*texts: str) -> int:
    """About how many tokens texts are."""
    return sum(map(len, texts)) // 4 + 1


class Model:
    """A language model that a vault names, as the rest of the house knows it. What is missing for it is said when it is made."""

    def __init__(
        self,
        settings: Settings,
        *,
        patience: float = PATIENCE,
        waits: Sequence[float] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings, self.waits, self.sleep = settings, WAITS if waits is None else waits, sleep
        self.name = settings.llm
        """As kb.toml names it; answers are kept under it."""
        self.tokens = 0
        """Asked and answered so far, as the server counts them, else a quarter of the characters."""
        try:
            self._client: Client = open_client(settings, patience)
        except Unavailable:
            raise
        except Exception as why:  # the client's own look at its options
            raise refusal(why, settings) from None
        self._ways = list(self._client.ways)

    def stream(self, system: str, prompt: str, *, max_tokens: int) -> Iterator[str]:
        """The reply in pieces, as they come; it may be left at any piece."""
        options = self._client.limits(max_tokens) | self._client.streams()
        for attempt in range(len(self.waits) + 1):
            length, last = 0, None
            try:
                with closing(self._client.llm.stream_chat(_messages(system, prompt), **options)) as pieces:
                    said = InPieces(secrets(self.settings))
                    for last in pieces:
                        length += len(last.delta or "")
                        if length > _LONGEST:
                            raise self._says("sent far more than an answer")
                        if ready := said.take(last.delta or ""):
                            yield ready
                    if ready := said.rest():
                        yield ready
            except Unavailable:
                raise
            except Exception as why:
                if length:
                    raise self._says("broke off in the middle of its answer") from None
                self._wait(refusal(why, self.settings), attempt)
                continue
            finally:
                self._client.hang_up()
                if last is not None:
                    self._count(last, tokens_in(system, prompt), length // 4)
            break
        if last is None or not length:
            raise self._says("gave an empty answer")
        if not _ended(last):
            raise self._says("broke off in the middle of its answer")

    def fill(self, shape: type[T], system: str, prompt: str, *, max_tokens: int) -> T:
        """A value of this shape, asked for by its schema; where the server knows none, or none comes of it, in words."""
        form = form_of(shape)
        said = ""
        for way in tuple(self._ways):
            worded = plainer(prompt, form) if way == "plain" else in_form(prompt, form)
            try:
                reply = self._chat(system, worded, max_tokens, way, shape)
            except Refusal as why:
                if way == "plain" or not why.is_of_form:
                    raise
                self._ways.remove(way)  # for as long as this model is open, it is not asked so again
                continue
            # A server may say again what it was sent.
            said = without(reply.message.content or "", secrets(self.settings))
            if (found := read_as(shape, said)) is not None:
                return found
        what = "answered without the form asked for" if without_thought(said) else "gave an empty answer"
        raise Unfit(self._says(what).message, "Name a larger model: llm in kb.toml.")

    def _chat(self, system: str, prompt: str, max_tokens: int, way: Way, shape: type[T]) -> Any:
        """One reply of the client, whole."""
        options = self._client.limits(max_tokens) | self._client.shapes(way, shape.__name__, schema_of(shape))
        for attempt in range(len(self.waits) + 1):
            try:
                reply = self._client.llm.chat(_messages(system, prompt), **options)
            except Exception as why:
                self._wait(refusal(why, self.settings), attempt)
                continue
            self._count(reply, tokens_in(system, prompt), len(reply.message.content or "") // 4)
            return reply
        raise AssertionError("the last attempt answers or raises")

    def _wait(self, told: Refusal, attempt: int) -> None:
        """Before the next attempt; where there is to be none, this is where it ends."""
        if not told.is_passing or attempt == len(self.waits) or (told.after or 0) > _LONGEST_WAIT:
            raise told from None
        self.sleep(max(self.waits[attempt], told.after or 0))

    def _says(self, what: str) -> Refusal:
        return Refusal(self.settings, what, "Try again, or name another model: llm in kb.toml.")

    def _count(self, reply: Any, sent: int, got: int) -> None:
        given = _usage(reply)
        self.tokens += (given[0] or sent) + (given[1] or got)


def _messages(system: str, prompt: str) -> list[Any]:
    from llama_index.core.llms import ChatMessage, MessageRole

    return [
        ChatMessage(role=MessageRole.SYSTEM, content=_sound(system)),
        ChatMessage(role=MessageRole.USER, content=_sound(prompt)),
    ]


def _sound(text: str) -> str:
    """Half a surrogate pair cannot be sent."""
    return text.encode("utf-8", "replace").decode()


def _usage(reply: Any) -> tuple[int, int]:
    """Tokens in and out, as the server counts them; it may say nothing."""
    usage = _of(getattr(reply, "raw", None), "usage")
    sent, got = _of(usage, "prompt_tokens"), _of(usage, "completion_tokens")
    return (sent, got) if isinstance(sent, int) and isinstance(got, int) and min(sent, got) >= 0 else (0, 0)


def _of(raw: Any, name: str) -> Any:
    return raw.get(name) if isinstance(raw, dict) else getattr(raw, name, None)


def _ended(last: Any) -> bool:
    """Whether the last piece says that it is the last, as far as this provider says so."""
    done, choices = _of(last.raw, "done"), _of(last.raw, "choices")
    return (done is None or bool(done)) and (not choices or choices[0].finish_reason is not None)
