"""Addresses that this machine may send to (consent, allow list): a vault can be cloned, and its kb.toml is no person's word.

What is not in `~/.config/kb/allowed` gets no text and no key; a server on this machine (loopback) gets text, and no key.
"""

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from kb.errors import KbError, Unavailable

_ADDRESS = re.compile(
    r"(https?)://(?:[^\s/@\\?#]*@)?([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?((?:/[\w.~!$&'()*+,;=:@-]*)*)",
    re.I | re.A,
)  # "https://me:word@llm.example.org:8443/v1"
"""Strict, so that no two readers of an address can take it for two: no query, no percent signs, no letters beyond ASCII."""


class Address(NamedTuple):
    """Where something is sent."""

    scheme: str
    host: str
    port: int
    path: str

    def __str__(self) -> str:
        usual = self.port == {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{self.host}{'' if usual else f':{self.port}'}{self.path}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine."""
        try:
            return self.host == "localhost" or ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    def covers(self, other: "Address") -> bool:
        """Whether who allows this one has allowed the other."""
        return self[:3] == other[:3] and f"{other.path}/".startswith(f"{self.path}/")


class NotAllowed(Unavailable):
    """A vault names an address, and nobody has allowed it on this machine."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(
            f"kb.toml would send {what} to {shown(url)}, which nobody has allowed on this machine.",
            f"If you trust it: kb allow {shown(url)}   Else take it out of kb.toml, or set KB_OFFLINE=1."
            if read_address(url)
            else "Write it plainly in kb.toml, such as https://llm.example.org/v1, without ? and %.",
        )


def read_address(url: str) -> Address | None:
    """An address without its name and password; none where it is not plainly one."""
    found = _ADDRESS.fullmatch(url.strip())
    if found is None or {".", ".."} & set(found[4].split("/")):
        return None
    scheme = found[1].lower()
    return Address(scheme, found[2].lower(), int(found[3] or {"http": 80, "https": 443}[scheme]), found[4].rstrip("/"))


def shown(url: str) -> str:
    """An address for people: without a name and password."""
    return str(read_address(url) or "an address that cannot be read")


def allowed() -> list[Address]:
    """What a person has allowed on this machine."""
    try:
        lines = _file().read_text("utf-8").splitlines()
    except (OSError, RuntimeError, UnicodeDecodeError):
        return []
    return [found for line in lines if (found := read_address(line))]


def is_allowed(url: str) -> bool:
    """Whether a person has allowed an address, for text and for keys."""
    address = read_address(url)
    return address is not None and any(each.covers(address) for each in allowed())


def may_send(url: str) -> bool:
    """Whether text may go to an address that a vault names."""
    address = read_address(url)
    return address is not None and (address.is_loopback or is_allowed(url))


def allow(url: str, *, still: bool = True) -> Address:
    """A person's word: this machine may send to an address; or the word taken back."""
    address = read_address(url)
    if address is None:
        raise KbError(
            f"“{url}” is no address that can be allowed.",
            "Name one such as https://llm.example.org/v1, without ? and %.",
        )
    others = [each for each in allowed() if each != address]
    try:
        file = _file()
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name("allowed.new")
        new.write_text("".join(f"{each}\n" for each in (*others, *([address] if still else []))), "utf-8")
        new.replace(file)
    except (OSError, RuntimeError) as why:
        raise KbError(
            f"The list of allowed addresses cannot be written: {why}.",
            "Make ~/.config/kb a folder that you may write to.",
        ) from None
    return address


def _file() -> Path:
    # A relative one would lead into whatever folder we are called from.
    config = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    return (config if config.is_absolute() else Path.home() / ".config") / "kb" / "allowed"
