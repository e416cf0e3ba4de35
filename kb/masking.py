"""Keys and passwords (secrets) masked in what comes back: a server can say again what it was sent."""

import os
import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from kb.settings import Settings

KEYS = ("OPENAI_API_KEY", "OLLAMA_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY")
_KEY = re.compile(r"\b(?:(?:sk|pk|gsk|xai)[-_]|AIza)[\w*-]{6,}|\b[Bb]earer\s+\S+")  # "Bearer abc" -> …
_SHORTEST_KEY, _SHORTEST = 8, 4
"""Characters: what is shorter is no secret, and may be a word ("none", "ollama")."""


def secrets(settings: Settings) -> list[str]:
    """What was sent in confidence, the longest first: keys, and the password in an address."""
    found = [key for name in KEYS if len(key := os.environ.get(name, "")) >= _SHORTEST_KEY]
    for url in (settings.llm_url, settings.vectors):
        name, _, word = _user(url).partition(":")
        pair = f"{unquote(name)}:{unquote(word)}".encode("utf-8", "replace")
        found += [each for each in (word, unquote(word)) if len(each) >= _SHORTEST]
        found += [b64encode(pair).decode()] if word else []
    return sorted(set(found), key=len, reverse=True)


def _user(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[0]
    except ValueError:
        return ""


def masked(text: str, settings: Settings) -> str:
    """Without the secrets, and without what looks like a key."""
    return _KEY.sub("…", without(text, secrets(settings)))


def without(text: str, secret: Iterable[str]) -> str:
    """A text with each secret as "…"."""
    for each in secret:
        text = text.replace(each, "…")
    return text


class InPieces:
    """The same for a text that comes in pieces, of which one may end within a secret."""

    def __init__(self, secret: list[str]) -> None:
        self._secret = secret
        self._held = ""

    def take(self, piece: str) -> str:
        """What can be shown by now."""
        text = without(self._held + piece, self._secret)
        begun = max((at for each in self._secret for at in range(1, len(each)) if text.endswith(each[:at])), default=0)
        self._held = text[len(text) - begun :]
        return text[: len(text) - begun]

    def rest(self) -> str:
        """What was held back, at the end."""
        return self._held
