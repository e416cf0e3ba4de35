"""`kb sync --dry-run`: what a sync would do, and what it would ask of a language model."""

from pathlib import Path

from ingest import model_claims
from ingest.changes import Progress, is_idle, plan
from ingest.pipeline import READER, count
from ingest.synced import Synced
from ingest.update import to_claims
from kb.embed import is_own
from kb.settings import Settings
from kb.store import open_copy


def dry_run(vault: Path, settings: Settings, progress: Progress | None = None) -> tuple[Synced, model_claims.Outlook]:
    """What a sync would do, and what it would ask of a language model: done on a copy in memory, and let go."""
    say = progress or (lambda doing, done, of: None)
    store = open_copy(vault)
    if store.meta("reader") != READER:
        store.close()
        store = open_copy(vault, empty=True)
    with store:
        wanted = plan(store, settings)
        if not is_idle(store, settings, wanted):
            # Whoever embeds here is not asked either.
            to_claims(store, settings if is_own(settings.embed) else Settings(), wanted, say)
        count(store, wanted)
        return wanted.synced, model_claims.outlook(store, wanted.heard) if wanted.heard else model_claims.Outlook()
