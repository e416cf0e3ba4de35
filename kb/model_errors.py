"""Errors of a language model's client, in our words: told from status codes and names of exceptions, since no library of a
provider may be imported to ask, and some quote the key."""

import re
from collections.abc import Iterator
from typing import Any

from kb.allowed import shown
from kb.errors import Unavailable
from kb.masking import masked
from kb.oneline import one_line
from kb.providers import PROVIDERS, address, keeps_key, named
from kb.settings import Settings

_PASSING = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
"""Statuses after which the same request may well succeed."""
_OF_FORM = frozenset({400, 405, 415, 422, 501})
"""Statuses by which a server may say that it does not know the way it was asked."""
_LEADS = "Check that llm_url leads to a language model."
_LOG = "Try again; the server's own log may say why."
_BY_NAME = (
    ("TooLong", "sent far more than an answer", _LEADS),
    ("ConnectError|ConnectionRefusedError|gaierror|ConnectTimeout|UnsupportedProtocol|InvalidURL", "cannot be reached", ""),
    (".*Timeout.*", "did not answer in time", "Try again, or name a smaller model: llm in kb.toml."),
    ("(?:RemoteProtocol|Read|Write|ConnectionReset|BrokenPipe|ConnectionAborted|(?:API)?Connection)Error", "broke off the connection", _LOG),
    ("UnicodeDecodeError", "sent what is no text (not UTF-8)", _LEADS),
)  # fmt: skip
"""Names of exceptions, of Python's, of httpx and of the clients; what they say, and the remedy."""


class Refusal(Unavailable):
    """A failed call: what it was, and whether asking again makes sense."""

    def __init__(self, settings: Settings, said: str, remedy: str, status: int = 0, after: float | None = None) -> None:
        super().__init__(f"The language model “{settings.llm}” at {address(settings)} {said}.", remedy)
        self.is_passing = status in _PASSING or remedy == _LOG
        self.is_of_form = status in _OF_FORM
        self.after = after


def refusal(why: Exception, settings: Settings) -> Refusal:
    """What a foreign exception means."""
    status = _status(why)
    if status is not None and status >= 300:
        said, remedy = _by_status(status, why, settings)
        return Refusal(settings, said, remedy, status, _after(why))
    provider, _ = named(settings)
    names = {kind.__name__ for each in _chain(why) for kind in type(each).__mro__}
    for pattern, said, remedy in _BY_NAME:
        if any(re.fullmatch(pattern, name) for name in names):
            start = (
                "Start it: ollama serve"
                if provider == "ollama"
                else "Start its server, or check llm_url and the connection."
            )
            return Refusal(settings, said, remedy or start)
    said = f"sent what is no answer ({type(why).__name__})"
    return Refusal(settings, said, "Check that llm_url leads to a language model, and which one.")


def _by_status(status: int, why: Exception, settings: Settings) -> tuple[str, str]:
    provider, model = named(settings)
    if status < 400:
        return f"sends elsewhere (status {status})", "Set llm_url to the address itself; nothing follows it."
    if status in (401, 403) and keeps_key(settings):
        return f"wants a key (status {status})", f"To send yours there: kb allow {shown(settings.llm_url)}"
    if status in (401, 403):
        return (
            f"refused the key (status {status})",
            f"Check {' or '.join(PROVIDERS[provider].keys)} in the environment.",
        )
    if status == 404:
        fetch = f"Fetch it: ollama pull {one_line(model)}"
        return (
            "knows no model of that name (status 404)",
            fetch if provider == "ollama" else "Check llm and llm_url in kb.toml.",
        )
    if status == 429:
        return "has had too many requests (status 429)", "Wait a while; what was answered is kept."
    if status >= 500:
        return f"failed (status {status})", "Try again later; the server's own log may say why."
    said = one_line(masked(str(why), settings), 160)
    return f"refused the request (status {status}: {said})", "Check llm and llm_url in kb.toml."


def _status(why: Exception) -> int | None:
    codes = (getattr(each, name, None) for each in _chain(why) for name in ("status_code", "code"))
    return next((code for code in codes if isinstance(code, int) and 100 <= code < 600), None)


def _after(why: Exception) -> float | None:
    """The header Retry-After, where it counts seconds."""
    for each in _chain(why):
        headers: Any = getattr(getattr(each, "response", None), "headers", None)
        try:
            return max(0.0, float(headers["retry-after"]))
        except (TypeError, ValueError, KeyError):
            continue
    return None


def _chain(why: BaseException) -> Iterator[BaseException]:
    """An exception and what led to it; clients wrap those of their transport."""
    at: BaseException | None = why
    for _ in range(10):
        if at is None:
            return
        yield at
        at = at.__cause__ or at.__context__
