"""What the server can do, each by the method that the protocol has for it."""

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from notes.lsp import actions, completion, hover, navigation, rename
from notes.lsp.actions import LINK_ALL, Abilities
from notes.lsp.clerk import Refused
from notes.lsp.hints import hints
from notes.lsp.server import Server

_FAILED = -32803
"""The protocol's code for a request that was understood and cannot be done."""


def add_to(server: Server) -> None:
    """Register every feature."""
    for add in (_life, _completion, _reading, _writing):
        add(server)


def _life(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.begin(params)

    @server.feature(types.INITIALIZED)
    def initialized(params: Any) -> None:
        server.ready()

    @server.feature(types.SHUTDOWN)
    def shutdown(params: Any) -> None:
        server.status = 0

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.saved(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:
        # The base lies in the folder that is watched: its own changes are no news.
        if any("/.kb/" not in change.uri and "/.git/" not in change.uri for change in params.changes):
            server.keeper.wake()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(params: types.DidChangeConfigurationParams) -> None:
        server.configure(params.settings)


def _completion(server: Server) -> None:
    options = types.CompletionOptions(trigger_characters=["[", "@"], resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    async def complete(params: types.CompletionParams) -> types.CompletionList | None:
        buffer = server.buffer(params.text_document.uri)
        if buffer is None:
            return None
        where = server.desk.positions(buffer.text)
        typed = (
            params.context is not None and params.context.trigger_kind == types.CompletionTriggerKind.TriggerCharacter
        )
        return await server.ask(
            lambda shelf: completion.complete(shelf, buffer, where, params.position, not typed),
            types.CompletionList(is_incomplete=True, items=[]),
        )

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    async def resolve(item: types.CompletionItem) -> types.CompletionItem:
        document = server.client_capabilities.text_document
        formats = document.completion.completion_item if document and document.completion else None
        markdown = formats is not None and types.MarkupKind.Markdown in (formats.documentation_format or ())
        return await server.ask(lambda shelf: completion.documented(shelf, item, markdown), item)


def _reading(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def shown(params: types.HoverParams) -> types.Hover | None:
        buffer = server.buffer(params.text_document.uri)
        if buffer is None:
            return None
        document = server.client_capabilities.text_document
        formats = document.hover.content_format if document and document.hover else None
        markdown = types.MarkupKind.Markdown in (formats or ())
        where = server.desk.positions(buffer.text)
        return await server.ask(lambda shelf: hover.hover(shelf, buffer, where, params.position, markdown), None)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: types.DefinitionParams) -> list[types.Location] | None:
        if (buffer := server.buffer(params.text_document.uri)) is None:
            return None
        return await server.ask(lambda shelf: navigation.definition(shelf, server.desk, buffer, params.position), None)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def references(params: types.ReferenceParams) -> list[types.Location] | None:
        if (buffer := server.buffer(params.text_document.uri)) is None:
            return None
        declared = params.context.include_declaration
        return await server.ask(
            lambda shelf: navigation.references(shelf, server.desk, buffer, params.position, declared), None
        )

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)
    async def links(params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
        if (buffer := server.buffer(params.text_document.uri)) is None:
            return None
        where = server.desk.positions(buffer.text)
        return await server.ask(lambda shelf: navigation.document_links(shelf, buffer, where), None)

    @server.feature(types.WORKSPACE_SYMBOL)
    async def symbols(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol] | None:
        return await server.ask(lambda shelf: navigation.symbols(shelf, params.query), None)

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay(params: types.InlayHintParams) -> list[types.InlayHint] | None:
        buffer = server.buffer(params.text_document.uri)
        if buffer is None or not server.hints:
            return None
        where = server.desk.positions(buffer.text)
        return await server.ask(lambda shelf: hints(shelf, buffer, where, params.range), None)


def _writing(server: Server) -> None:
    kinds = [types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite, LINK_ALL]

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)
    )
    async def acts(params: types.CodeActionParams) -> list[types.CodeAction] | None:
        if (buffer := server.buffer(params.text_document.uri)) is None:
            return None
        can = Abilities(server.client_capabilities)
        return await server.ask(lambda shelf: actions.actions(shelf, server.desk, buffer, params, can), None)

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> types.CodeAction:
        return await server.ask(lambda shelf: actions.resolved(shelf, server.desk, action), action)

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def renameable(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        if (buffer := server.buffer(params.text_document.uri)) is None:
            return None
        return await server.ask(lambda shelf: rename.renameable(shelf, server.desk, buffer, params.position), None)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def renamed(params: types.RenameParams) -> types.WorkspaceEdit | None:
        if (buffer := server.buffer(params.text_document.uri)) is None:
            return None
        can = Abilities(server.client_capabilities)
        if not can.rename:
            raise JsonRpcException("This editor cannot rename files by itself, so no link was touched.", _FAILED)
        try:
            return await server.ask(
                lambda shelf: rename.rename(
                    shelf, server.desk, buffer, params.position, params.new_name, can.annotated
                ),
                None,
            )
        except Refused as why:
            raise JsonRpcException(str(why), _FAILED) from why
