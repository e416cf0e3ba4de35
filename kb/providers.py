"""Providers of language models, where each one is, and the llama-index client for it, imported when it is used. Clients made here
follow no redirect and take no more of a reply than an answer can be."""

import importlib
import os
import time
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from kb.allowed import NotAllowed, is_allowed, may_send, read_address, shown
from kb.errors import Unavailable
from kb.settings import Settings

Way = Literal["schema", "plain"]
"""How a structured answer is asked for: by its schema, or in words alone."""

MOST = 8_000_000
"""Bytes of one reply: a stream of 20,000 tokens, each in an envelope of its own."""
LONGEST = 1_800.0
"""Seconds that one reply may take, however steadily it comes."""
ROOM = 16_384
"""Tokens that a model of Ollama is given room for: prompt and reply; it would take 4,096 and cut without a word."""
_CONNECT = 10.0
"""Seconds: a server is there or it is not; that it is slow to answer is another matter."""
_THOUGHT = 4_000
"""Tokens that a reasoning model of OpenAI may think before it writes: they count as its reply."""


class Provider(NamedTuple):
    """Whoever can be asked; all but Ollama in the manner of OpenAI, which Anthropic and Google understand as well."""

    keys: tuple[str, ...]
    ways: tuple[Way, ...]
    address: str
    """Where it is asked unless `llm_url` says otherwise."""
    key_needed: bool = True


_HOW: tuple[Way, ...] = ("schema", "plain")
PROVIDERS = {
    "ollama": Provider(("OLLAMA_API_KEY",), _HOW, "http://localhost:11434", False),
    "openai": Provider(("OPENAI_API_KEY",), _HOW, "https://api.openai.com/v1"),
    "openai-like": Provider(("OPENAI_API_KEY",), _HOW, "", False),
    "anthropic": Provider(("ANTHROPIC_API_KEY",), ("plain",), "https://api.anthropic.com/v1"),
    "google-genai": Provider(
        ("GOOGLE_API_KEY", "GEMINI_API_KEY"), ("plain",), "https://generativelanguage.googleapis.com/v1beta/openai",
    ),
}  # fmt: skip
"""A closed list, so that a misspelt name is told and not asked."""
_ALSO = {"gemini": "google-genai"}


class Client(NamedTuple):
    """A provider's client, and what asking it takes."""

    llm: Any
    provider: str
    ways: tuple[Way, ...]
    replies: list[Any]

    def hang_up(self) -> None:
        """Leave what is still coming in, so that a server stops making it."""
        while self.replies:
            self.replies.pop().close()

    def limits(self, tokens: int) -> dict[str, Any]:
        """How this client is told that a reply may have so many tokens."""
        if self.provider == "ollama":
            self.llm.additional_kwargs = {"num_predict": tokens}
            return {}
        if self.provider == "openai":
            return {"max_completion_tokens": tokens if _is_plain(self.llm.model) else tokens + _THOUGHT}
        return {"max_tokens": tokens}

    def streams(self) -> dict[str, Any]:
        """What a stream is asked for besides; other servers than OpenAI's may refuse what they do not know."""
        return {"stream_options": {"include_usage": True}} if self.provider == "openai" else {}

    def shapes(self, way: Way, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        """How this client is told the form of a reply."""
        if way == "plain":
            return {}
        if self.provider == "ollama":
            return {"format": schema}
        return {
            "response_format": {"type": "json_schema", "json_schema": {"name": name, "schema": schema, "strict": True}}
        }


def named(settings: Settings) -> tuple[str, str]:
    """The provider and the model that a vault names."""
    provider, _, model = settings.llm.partition("/")
    return _ALSO.get(provider, provider), model


def address(settings: Settings) -> str:
    """Where the model of a vault is asked; empty where none is named. Names and passwords in it are not shown."""
    provider, _ = named(settings)
    if not settings.llm or provider not in PROVIDERS:
        return ""
    url = _address(settings, provider)
    return shown(url) if url else ""


def destination(settings: Settings) -> str:
    """The model of a vault and where it is."""
    return f"{settings.llm} at {address(settings) or 'no known address'}"


SENT = "text of notes, questions and a key, where one is set,"


def may_ask(settings: Settings) -> bool:
    """Whether the model of a vault may be asked: at its provider, on this machine, or where a person has allowed it."""
    if not settings.llm_url or named(settings)[0] not in PROVIDERS or _is_own(settings) or is_allowed(settings.llm_url):
        return True
    return may_send(settings.llm_url) and not PROVIDERS[named(settings)[0]].key_needed


def keeps_key(settings: Settings) -> bool:
    """Whether the model of a vault is asked without a key: it is at an address that only the vault names."""
    return bool(settings.llm_url) and not _is_own(settings) and not is_allowed(settings.llm_url)


def _is_own(settings: Settings) -> bool:
    """Whether `llm_url` is at a provider to whom this very key belongs."""
    address, about = read_address(settings.llm_url), PROVIDERS[named(settings)[0]]
    homes = [read_address(each.address) for each in PROVIDERS.values() if each.keys == about.keys and each.address]
    return address is not None and any(home and home[:3] == address[:3] for home in homes)


def open_client(settings: Settings, patience: float) -> Client:
    """The client for the model that a vault names; nothing is sent yet."""
    provider, model = named(settings)
    if not settings.llm:
        raise Unavailable("No language model is named.", 'Name one in kb.toml, such as llm = "ollama/qwen3:8b".')
    if provider not in PROVIDERS or not model:
        raise Unavailable(
            f"llm: “{settings.llm}” names no model that can be asked.",
            f"Possible: PROVIDER/MODEL with one of {', '.join([*PROVIDERS, *_ALSO])}.",
        )
    if settings.offline:
        raise Unavailable(
            f"“{settings.llm}” needs a connection, and this vault is offline.",
            "Take out offline (or KB_OFFLINE), or do without a language model.",
        )
    about = PROVIDERS[provider]
    url = _address(settings, provider)
    if not (url and read_address(url)):
        raise Unavailable(
            f"“{settings.llm}” needs the address of its server.",
            'Set llm_url in kb.toml, such as llm_url = "http://localhost:8000/v1".',
        )
    if not may_ask(settings):
        raise NotAllowed(url, SENT)
    key = next((os.environ[name] for name in about.keys if os.environ.get(name) and not keeps_key(settings)), "")
    if about.key_needed and not key:
        raise Unavailable(
            f"“{settings.llm}” needs a key, and {' and '.join(about.keys)} {'is' if len(about.keys) == 1 else 'are'} not set.",
            f"Put it into the environment: export {about.keys[0]}=...",
        )
    client, kind = ("ollama", "Ollama") if provider == "ollama" else ("openai_like", "OpenAILike")
    make = getattr(importlib.import_module(f"llama_index.llms.{client}"), kind)
    replies: list[Any] = []
    return Client(make(**_options(provider, model, url, key, patience, replies)), provider, about.ways, replies)


def _address(settings: Settings, provider: str) -> str:
    if settings.llm_url:
        return settings.llm_url
    if provider == "ollama" and (host := os.environ.get("OLLAMA_HOST")):
        return host if "://" in host else f"http://{host}"
    return PROVIDERS[provider].address


def _options(provider: str, model: str, url: str, key: str, patience: float, replies: list[Any]) -> dict[str, Any]:
    """How each client is made: without retries of its own, which would not say what they wait for."""
    if provider == "ollama":
        from ollama import Client as Asking

        client = Asking(
            url, timeout=_timeout(patience), follow_redirects=False, event_hooks=_hooks(replies), headers=_PLAINLY
        )
        if not key:
            client._client.headers.pop("authorization", None)  # it looks into the environment by itself
        return {
            "model": model, "base_url": url, "client": client, "temperature": 0.0, "context_window": ROOM,
            "request_timeout": patience, "thinking": False,
        }  # fmt: skip
    import httpx

    return {
        "model": model, "api_base": url, "api_key": key or "none", "max_retries": 0, "timeout": patience,
        "temperature": 1.0 if provider == "openai" and not _is_plain(model) else 0.0,
        "is_chat_model": True, "context_window": ROOM,
        "http_client": httpx.Client(timeout=_timeout(patience), event_hooks=_hooks(replies), headers=_PLAINLY),
    }  # fmt: skip


def _is_plain(model: str) -> bool:
    """Whether a model of OpenAI answers without thinking; the others refuse a temperature."""
    return model.startswith(("gpt-3", "gpt-4"))


_PLAINLY = {"Accept-Encoding": "identity", "Connection": "close"}
"""A packed reply could be a thousand times longer than what is counted; a connection kept for the next one would stay open to the end."""


def _timeout(patience: float) -> Any:
    import httpx

    return httpx.Timeout(patience, connect=min(patience, _CONNECT))


def _hooks(replies: list[Any]) -> dict[str, list[Any]]:
    """Every reply that comes in is bounded, in bytes and in time."""
    import httpx

    class Bounded(httpx.SyncByteStream):
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        def __iter__(self) -> Iterator[bytes]:
            until = time.monotonic() + LONGEST
            taken = 0
            for piece in self._stream:
                taken += len(piece)
                if taken > MOST or time.monotonic() > until:
                    raise TooLong
                yield piece

        def close(self) -> None:
            self._stream.close()

    def bound(response: httpx.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise TooLong
        response.stream = Bounded(response.stream)
        replies[:] = [each for each in replies if not each.is_closed] + [response]

    return {"response": [bound]}


class TooLong(Exception):
    """A reply that is longer than any answer; told as `kb.errors.Unavailable`."""
