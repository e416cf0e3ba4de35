"""Features: what the server can do, each by the method that the protocol has for it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from lsprotocol import types

from notes.lsp.actions import KINDS, code_actions, resolve
from notes.lsp.completion import complete, documented
from notes.lsp.hover import hover, inlay_hints
from notes.lsp.navigation import definition, document_links, references, symbols
from notes.lsp.rename import prepare_rename, rename
from notes.lsp.request import Request


class Feature(NamedTuple):
    """A request that is answered from the base."""

    method: str
    answer: Callable[[Request], Any]
    options: Any = None
    otherwise: Any = None
    """The answer where there is no base."""


FEATURES = (
    Feature(
        types.TEXT_DOCUMENT_COMPLETION, complete,
        types.CompletionOptions(trigger_characters=["[", "@"], resolve_provider=True),
        types.CompletionList(is_incomplete=True, items=[]),
    ),
    Feature(types.COMPLETION_ITEM_RESOLVE, documented),
    Feature(types.TEXT_DOCUMENT_HOVER, hover),
    Feature(types.TEXT_DOCUMENT_DEFINITION, definition),
    Feature(types.TEXT_DOCUMENT_REFERENCES, references),
    Feature(types.TEXT_DOCUMENT_DOCUMENT_LINK, document_links),
    Feature(types.WORKSPACE_SYMBOL, symbols),
    Feature(types.TEXT_DOCUMENT_INLAY_HINT, inlay_hints),
    Feature(
        types.TEXT_DOCUMENT_CODE_ACTION, code_actions,
        types.CodeActionOptions(code_action_kinds=KINDS, resolve_provider=True),
    ),
    Feature(types.CODE_ACTION_RESOLVE, resolve),
    Feature(types.TEXT_DOCUMENT_PREPARE_RENAME, prepare_rename),
    Feature(types.TEXT_DOCUMENT_RENAME, rename, types.RenameOptions(prepare_provider=True)),
)  # fmt: skip
