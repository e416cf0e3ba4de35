"""Replies of a language model about notes, kept by the notes' content: which sentences of each it calls claims. The base
remembers with which reply it read a file; where that is not today's, the file is read again."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, get_args

from ingest.scan import Seen
from kb.claim import Role, fingerprint
from kb.prompts import EXTRACT
from kb.replies import known_replies, reply_key
from kb.settings import Settings
from kb.store import Store

ROLES: tuple[Role, ...] = get_args(Role)


class Span(NamedTuple):
    """Words that the model copied, and what it says they do in their note."""

    quote: str
    role: Role


class Reply(NamedTuple):
    """What is known of one note."""

    spans: tuple[Span, ...] = ()
    asked: int = 0
    """Calls that were made about it; a long note takes several."""

    def text(self) -> str:
        """As it is kept."""
        return json.dumps([self.asked, self.spans], ensure_ascii=False)


class ModelReplies:
    """The replies about notes, of one model. It may be handed to other processes."""

    def __init__(self, folder: Path, model: str) -> None:
        self.folder = folder
        self.model = model

    def key(self, sha: str) -> str:
        """Under which the reply on a file of this content is kept."""
        return reply_key(self.model, EXTRACT, sha)

    def of(self, sha: str) -> Reply:
        """What is known of a file of this content."""
        return self.of_all([sha]).get(sha, Reply())

    def of_all(self, shas: Iterable[str]) -> dict[str, Reply]:
        """The same for many, without those that nothing is known of."""
        keys = {self.key(sha): sha for sha in shas}
        return {keys[key]: told for key, text in known_replies(self.folder, keys).items() if (told := _read(text))}

    def mark(self, told: Reply) -> str:
        """By which the base remembers with what it read a file."""
        return fingerprint(f"{EXTRACT}\n{self.model}\n{told.text()}")


def asks_model(settings: Settings) -> bool:
    """Whether this vault wants claims of its language model."""
    return settings.extract == "llm"


def replies_of(store: Store, settings: Settings) -> ModelReplies | None:
    """The replies about this vault's notes; none where they are not wanted."""
    return ModelReplies(store.folder, settings.llm) if asks_model(settings) else None


def read_otherwise(store: Store, heard: ModelReplies | None, seen: Mapping[str, Seen]) -> list[Seen]:
    """The files that the base read with another reply than there is now; those that are to be read anyway may be among them."""
    rows = store.sql.execute(
        "SELECT file.path, file.sha, heard.mark FROM file LEFT JOIN heard ON heard.file = file.id "
        "WHERE file.state = 'note' AND (?1 OR heard.mark IS NOT NULL) ORDER BY file.path",
        (heard is not None,),
    ).fetchall()
    if heard is not None and rows:
        known = heard.of_all({sha for _, sha, _ in rows})
        nothing = Reply()
        rows = [row for row in rows if heard.mark(known.get(row[1], nothing)) != row[2]]
    return [seen[path] for path, _, _ in rows if path in seen]


def waiting(store: Store) -> int:
    """How many notes the model has not been asked about, or not wholly."""
    query = "SELECT count(DISTINCT sha) FROM heard JOIN file ON file.id = heard.file WHERE waits > 0 AND sha <> ''"
    return int(store.sql.execute(query).fetchone()[0])


def _read(text: str) -> Reply | None:
    try:
        asked, spans = json.loads(text)
        return Reply(tuple(Span(str(quote), role) for quote, role in spans if role in ROLES), int(asked))
    except (ValueError, TypeError):
        return None  # not as this version writes it: asked again
