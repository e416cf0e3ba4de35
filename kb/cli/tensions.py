"""`kb tensions`: where claims pull apart, all of it or on a topic."""

from contextlib import closing
from typing import Annotated, Any

import typer

from kb.catalogue import notes
from kb.cli import door
from kb.cli.claims import as_dict as claim_as_dict
from kb.cli.listing import NOTE_KINDS, AsJson, Folders, Since, Tags, note_named, one_of, within
from kb.cli.screen import Screen, console, counted, quoted
from kb.errors import NotFound
from kb.link import STATED, TensionKind
from kb.readable import as_read
from kb.settings import Settings
from kb.store import Store
from qa.coverage import speaks_of
from qa.retrieve import Retriever
from qa.scope import Scope
from qa.tensions import Held, held, on_topic, spread, with_remedies

KINDS: tuple[TensionKind, ...] = ("opposing result", "scope", "method", "magnitude", "superseded", "definition")
"""In the order of the digits of `kb review`."""
_STATED = "Stated by an author or by you"
_OF_NOTES = "Stated of two notes; which sentences are meant is not sure"


def tensions(
    topic: Annotated[
        list[str] | None, typer.Argument(help="A topic or question; without one, every tension.", metavar="[TOPIC]")
    ] = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            help=f"Only this kind of tension: {', '.join(KINDS)}; or between this kind of notes: {', '.join(NOTE_KINDS)}.",
            metavar="KIND",
        ),
    ] = None,
    method: Annotated[str, typer.Option(help=f"Only what this source says: {', '.join(STATED)}.", metavar="WHO")] = "",
    note: Annotated[str, typer.Option(help="Only those of one note.", metavar="NOTE")] = "",
    folders: Folders = None,
    tags: Tags = None,
    since: Since = "",
    limit: Annotated[int, typer.Option(min=1, help="How many to show.", metavar="N")] = 20,
    explain: Annotated[str, typer.Option(help="One tension alone, with both quotes, sure or not.", metavar="ID")] = "",
    every: Annotated[
        bool, typer.Option("--all", help="Those as well of which only the notes are known, not the sentences.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List tensions: two quotes, who says that they pull apart, and why."""
    wanted = [one_of("--kind", kind, (*KINDS, *NOTE_KINDS)) for kind in kinds or ()]
    of_kind = [kind for kind in wanted if kind in KINDS]
    method = one_of("--method", method, STATED) if method else ""
    with door.base() as (store, settings):
        if explain:
            _explain(store, explain, as_json)
            return
        narrowed = within(store, folders, tags, [kind for kind in wanted if kind in NOTE_KINDS], since)
        scope = Scope(store, within=narrowed)
        found = [
            each
            for each in _found(store, settings, " ".join(topic or ()), note, scope)
            if (not of_kind or each.tension.kind in of_kind) and (not method or each.tension.method == method)
        ]
        found.sort(key=lambda each: not each.is_quotable)
        listed = [each for each in found if every or each.is_quotable]
        if as_json:
            door.print_json([as_dict(store, each, scope) for each in listed[:limit]])
        else:
            _screen(store, listed[:limit], len(listed), len(found) - len(listed), scope)


def _found(store: Store, settings: Settings, topic: str, note: str, scope: Scope) -> list[Held]:
    if topic.strip():
        with closing(Retriever(store, settings)) as retriever:
            found = retriever.find(topic, notes=30, within=scope.within)
        return on_topic(store, found.notes, unsure=True, scope=scope) if speaks_of(store, topic, found) else []
    if not note:
        return list(spread(held(store, unsure=True, scope=scope)))
    name = note_named(store, note).id
    return [each for each in spread(held(store, [name], unsure=True, scope=scope)) if name in each.notes]


def as_dict(store: Store, each: Held, scope: Scope | None = None) -> dict[str, Any]:
    """The contract of `kb tensions --json`: the tension, with both claims inlined."""
    told = with_remedies(store, [each.tension], scope)[0]
    return {
        "id": each.id,
        **told.model_dump(),
        "claims": {claim.id: claim_as_dict(claim) for claim in (each.a, each.b)},
    }


def _screen(store: Store, shown: list[Held], of: int, rest: int, scope: Scope) -> None:
    """Cards of two quotes, then what is known of notes alone."""
    out = console()
    if not shown:
        out.say(f"No tension was found{f' {scope.within}' if scope.is_narrow else ''}.")
    for title, is_quotable in ((_STATED, True), (_OF_NOTES, False)):
        _print_group(out, store, title, [each for each in shown if each.is_quotable == is_quotable], scope)
    if of > len(shown):
        out.say(f"{counted(of - len(shown), 'more tension')}; --limit {of} shows all.", "dim")
    if rest:
        again = counted(rest, "more time")
        out.say(
            f"Authors set two notes against each other {again}, where the sentences meant are not sure: --all.", "dim"
        )


def _print_group(out: Screen, store: Store, title: str, group: list[Held], scope: Scope | None = None) -> None:
    if group:
        out.say(title, "bold")
        out.print()
    for each in group:
        _card(out, store, each, scope, of_notes=title == _OF_NOTES)


def _card(out: Screen, store: Store, each: Held, scope: Scope | None, *, of_notes: bool) -> None:
    """Both quotes with their places, or the one sentence that holds both sides and the notes it names; who says so, and why.
    `of_notes`: the two notes; or, within one note, the author's own sentence, which names the other."""
    tension = each.tension if of_notes else with_remedies(store, [each.tension], scope)[0]
    out.block("~ ", (tension.kind, "yellow"), f"   {each.id}", by=0)
    only_notes = of_notes and len(each.notes) == 2 and tension.stated is None
    if not only_notes:
        for claim in (each.a,) if of_notes or tension.stated else (each.a, each.b):
            out.claim(claim)
    if only_notes or tension.stated:
        out.titles(notes(store, tension.notes or [each.a.note, each.b.note]))
    out.say(tension.why, "dim", by=2)
    if tension.reconcile:
        out.block("To settle it, an author says: ", quoted(as_read(tension.reconcile)))
    out.print()


def _explain(store: Store, wanted: str, as_json: bool) -> None:
    """Who states one tension, where, and the words of both sides, sure or not."""
    each = next((each for each in held(store, unsure=True) if each.id == wanted), None)
    if each is None:
        raise NotFound("tension", wanted, "List them with: kb tensions")
    if as_json:
        door.print_json(as_dict(store, each))
    else:
        _print_group(console(), store, _STATED, [each])
