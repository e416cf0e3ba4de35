"""Errors of a language model's client, in our words: every library has its own exceptions, and some quote the key.

Told from status codes and from the names of exceptions, since no library of a provider may be imported to ask.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from kb.allowed import shown
from kb.errors import Unavailable
from kb.masking import masked
from kb.oneline import one_line
from kb.providers import PROVIDERS, keeps_key, named
from kb.settings import Settings

_PASSING = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
"""Statuses after which the same request may well succeed."""
_OF_FORM = frozenset({400, 405, 415, 422, 501})
"""Statuses by which a server may say that it does not know the way it was asked."""
_UNREACHED = frozenset(
    "ConnectError ConnectionRefusedError gaierror ConnectTimeout UnsupportedProtocol InvalidURL".split()
)
_BROKEN_OFF = frozenset(
    "RemoteProtocolError ReadError WriteError ConnectionResetError BrokenPipeError ConnectionAbortedError APIConnectionError "
    "ConnectionError".split()
)
"""Names of exceptions, of Python's, of httpx and of the clients."""


class Refusal(NamedTuple):
    """A failed call: what it was, and whether asking again makes sense."""

    said: str
    remedy: str
    passing: bool = False
    of_form: bool = False
    """Whether another way of asking may do."""
    after: float | None = None
    """Seconds that the server asks to wait."""

    def told(self, name: str, where: str) -> Unavailable:
        """For the person."""
        return Unavailable(f"The language model “{name}” at {where} {self.said}.", self.remedy)


def refusal(why: Exception, settings: Settings) -> Refusal:
    """What a foreign exception means."""
    names = {kind.__name__ for each in _chain(why) for kind in type(each).__mro__}
    provider, _ = named(settings)
    status = _status(why)
    if status is not None and status >= 300:
        return _by_status(status, why, settings)
    if "TooLong" in names:
        return Refusal("sent far more than an answer", "Check that llm_url leads to a language model.")
    if names & _UNREACHED:
        return Refusal("cannot be reached", _start(provider))
    if any("Timeout" in each for each in names):
        return Refusal("did not answer in time", "Try again, or name a smaller model: llm in kb.toml.")
    if names & _BROKEN_OFF:
        return Refusal("broke off the connection", "Try again; the server's own log may say why.", passing=True)
    if "UnicodeDecodeError" in names:
        return Refusal("sent what is no text (not UTF-8)", "Check that llm_url leads to a language model.")
    if provider in ("anthropic", "google-genai"):
        # Their clients know the models by name, and not every version of the one goes with every version of the other.
        said = f"could not be asked, or not understood ({type(why).__name__})"
        return Refusal(said, f"Check the model's name; then: pip install --upgrade {PROVIDERS[provider].package}")
    said = f"sent what is no answer ({type(why).__name__})"
    return Refusal(said, "Check that llm_url leads to a language model, and which one.")


def _by_status(status: int, why: Exception, settings: Settings) -> Refusal:
    provider, model = named(settings)
    said = one_line(masked(str(why), settings), 160)
    if status < 400:
        return Refusal(f"sends elsewhere (status {status})", "Set llm_url to the address itself; nothing follows it.")
    if status in (401, 403) and keeps_key(settings):
        return Refusal(f"wants a key (status {status})", f"To send yours there: kb allow {shown(settings.llm_url)}")
    if status in (401, 403):
        return Refusal(
            f"refused the key (status {status})", f"Check {' or '.join(PROVIDERS[provider].keys)} in the environment."
        )
    if status == 404:
        fetch = f"Fetch it: ollama pull {one_line(model)}"
        remedy = fetch if provider == "ollama" else "Check llm and llm_url in kb.toml."
        return Refusal("knows no model of that name (status 404)", remedy)
    if status == 429:
        wait = "Wait a while; what was answered is kept."
        return Refusal("has had too many requests (status 429)", wait, passing=True, after=_after(why))
    if status >= 500:
        return Refusal(
            f"failed (status {status})", "Try again later; the server's own log may say why.", status in _PASSING, status in _OF_FORM, _after(why)
        )  # fmt: skip
    return Refusal(
        f"refused the request (status {status}: {said})", "Check llm and llm_url in kb.toml.", status in _PASSING, status in _OF_FORM
    )  # fmt: skip


def _start(provider: str) -> str:
    own = "Start it: ollama serve"
    return own if provider == "ollama" else "Start its server, or check llm_url and the connection."


def _status(why: Exception) -> int | None:
    for each in _chain(why):
        for name in ("status_code", "code"):
            found = getattr(each, name, None)
            if isinstance(found, int) and 100 <= found < 600:
                return found
    return None


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
    seen: set[int] = set()
    at: BaseException | None = why
    while at is not None and id(at) not in seen and len(seen) < 10:
        seen.add(id(at))
        yield at
        at = at.__cause__ or at.__context__
