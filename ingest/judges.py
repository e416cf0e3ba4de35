"""Who judges tensions besides the rule, and whether what it says is in the base."""

from kb.settings import Settings
from kb.store import Store

SETTING = "llm"
"""The value of `judge` that asks for this; a folder of that name is `./llm`."""
UNSETTLED = "?"
DONE, WAITING = "llm {}", "llm {} waits"
"""What the base remembers of its judge."""


def asks_model(settings: Settings) -> bool:
    """Whether the judge of this vault is its language model."""
    return settings.judge == SETTING


def is_asked(store: Store, settings: Settings, asking: bool) -> bool:
    """Whether the links of the base are what the model says; one that may not be asked now is not waited for."""
    done = DONE.format(settings.llm)
    return store.meta("judge") in ((done,) if asking else (done, WAITING.format(settings.llm)))


def waiting(store: Store) -> int:
    """How many pairs have not been put to the model yet."""
    return int(store.meta("judge_waits", "0"))


def is_settled(store: Store, settings: Settings) -> bool:
    """Whether the links of the base are what this setting makes of it; after a failure they are not."""
    return store.meta("judge") == settings.judge


def unsettle(store: Store) -> None:
    """Before claims change: should the sync be broken off, the next one knows that judging is still to be done."""
    store.set_meta("judge", UNSETTLED)


def is_judged(store: Store, settings: Settings, asking: bool) -> bool:
    """Whether the judge of this vault, whoever it is, has had its say."""
    return is_asked(store, settings, asking) if asks_model(settings) else is_settled(store, settings)
