"""`kb sync --dry-run`: what a sync would do, and what it would ask of a language model."""

from pathlib import Path

from ingest import asking, eliciting, judging
from ingest.changes import Progress, is_idle, plan
from ingest.intake import to_claims
from ingest.judges import asks_model
from ingest.pipeline import READER, count
from ingest.synced import Synced
from kb.embed import is_own
from kb.settings import Settings
from kb.store import open_copy


def rehearse(vault: Path, settings: Settings, progress: Progress | None = None) -> tuple[Synced, asking.Outlook]:
    """What a sync would do, and what it would ask of a language model: done on a copy in memory, and let go."""
    say = progress or (lambda doing, done, of: None)
    store = open_copy(vault)
    if store.meta("reader") != READER:
        store.close()
        store = open_copy(vault, empty=True)
    with store:
        wanted = plan(store, settings)
        if not is_idle(store, settings, wanted):
            # Whoever embeds here is not asked either; which pairs are near is only told about.
            to_claims(store, settings if is_own(settings.embed) else Settings(), wanted, say)
        count(store, wanted)
        pairs = judging.candidates(store) if asks_model(settings) else ()
        outlook = asking.outlook(store, settings, pairs)
        return wanted.synced, outlook.with_notes(*eliciting.outlook(store, wanted.heard)) if wanted.heard else outlook
