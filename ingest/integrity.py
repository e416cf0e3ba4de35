"""Whether quotes still stand where they stood. A quote is shown only if they do."""

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from ingest.decode import text_of
from kb.claim import Claim, fingerprint
from kb.files import read_regular
from kb.problem import Problem


def content_hash(data: bytes) -> str:
    """What a file's content is known by."""
    return blake2b(data, digest_size=16).hexdigest()


def text_at(vault: Path, path: str) -> str | None:
    """A file as offsets count in it; none if it cannot be read."""
    try:
        return text_of(read_regular(vault / path), path)[0]
    except OSError:
        return None


def changed_quotes(vault: Path, claims: Iterable[Claim]) -> dict[str, Problem]:
    """The claims whose span no longer holds their quote, each with what to say of it."""
    by_path: dict[str, list[Claim]] = {}
    for claim in claims:
        by_path.setdefault(claim.place.path, []).append(claim)
    found: dict[str, Problem] = {}
    for path, mine in by_path.items():
        text = text_at(vault, path)
        for claim in mine:
            place = claim.place
            if text is None or fingerprint(text[place.start : place.end]) != place.sha:
                what = "The file cannot be read" if text is None else "These words no longer stand in the file"
                found[claim.id] = Problem(
                    code="quote-changed", message=f"{what}: “{claim.quote[:80]}”.", path=path, line=place.line, hint="Run: kb sync",
                )  # fmt: skip
    return found
