"""`kb tensions`: where claims pull apart, all of it or on a topic."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import door

if TYPE_CHECKING:
    from rich.console import Console

    from ingest.effects import Effect
    from kb.settings import Settings
    from kb.store import Store
    from qa.tensions import Held

KINDS = ("opposing result", "scope", "method", "magnitude", "superseded", "definition")
METHODS = ("author", "rule", "model", "person")


def add_to(app: typer.Typer) -> None:
    """Put the command on the door."""
    app.command("tensions")(tensions)


def tensions(
    topic: Annotated[
        list[str] | None,
        typer.Argument(help="A topic or question; without one, every tension.", metavar="[TOPIC]", show_default=False),
    ] = None,
    kind: Annotated[str, typer.Option(help=f"Only this kind: {', '.join(KINDS)}.", metavar="KIND")] = "",
    method: Annotated[str, typer.Option(help=f"Only what this source says: {', '.join(METHODS)}.", metavar="WHO")] = "",
    note: Annotated[str, typer.Option(help="Only those of one note.", metavar="NOTE")] = "",
    since: Annotated[str, typer.Option(help="Only where a note is of this date or later.", metavar="DATE")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many to show.", metavar="N")] = 20,
    explain: Annotated[
        str, typer.Option(help="What the rule sees in the two claims of one tension.", metavar="ID")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON list.")] = False,
) -> None:
    """List tensions: two quotes, who says that they pull apart, and why."""
    kind, method = _one_of("--kind", kind, KINDS), _one_of("--method", method, METHODS)
    with door.base() as (store, settings):
        if explain:
            _explain(store, explain, as_json)
            return
        found = _found(store, settings, " ".join(topic or ()), note)
        found = [
            each
            for each in found
            if (not kind or each.tension.kind == kind) and (not method or each.tension.method == method)
        ]
        if since:
            found = _since(store, found, since)
        shown = found[:limit]
        if as_json:
            door.print_json([as_dict(store, each) for each in shown])
        else:
            _screen(store, shown, len(found))


def _one_of(option: str, given: str, known: tuple[str, ...]) -> str:
    """One of a closed list, or a beginning of one."""
    if not given:
        return ""
    fits = [word for word in known if word.startswith(given.casefold())]
    if len(fits) != 1:
        raise typer.BadParameter(f"{option}: “{given}”; possible: {', '.join(known)}.")
    return fits[0]


def _found(store: "Store", settings: "Settings", topic: str, note: str) -> "list[Held]":
    from kb.catalogue import named
    from kb.errors import NotFound
    from qa.retrieve import Retriever
    from qa.tensions import held, on_topic, spread

    if topic.strip():
        with closing(Retriever(store, settings)) as retriever:
            return on_topic(store, retriever.find(topic, notes=30).notes)
    if not note:
        return list(spread(held(store)))
    name = named(store, note)
    if name is None:
        raise NotFound("note", note, "List them with: kb notes")
    return [each for each in spread(held(store, [name])) if name in each.notes]


def _since(store: "Store", found: "list[Held]", date: str) -> "list[Held]":
    from kb.catalogue import notes

    dates = {note.id: note.date for note in notes(store, list({name for each in found for name in each.notes}))}
    return [each for each in found if max(dates.get(name, "") for name in each.notes) >= date]


def as_dict(store: "Store", each: "Held") -> dict[str, Any]:
    """The contract of `kb tensions --json`: the tension, with both claims inlined."""
    from kb.cli.claims import as_dict as claim_as_dict
    from qa.tensions import with_remedies

    told = with_remedies(store, [each.tension])[0]
    return {
        "id": each.id,
        **told.model_dump(),
        "claims": {claim.id: claim_as_dict(claim) for claim in (each.a, each.b)},
    }


def _screen(store: "Store", shown: "list[Held]", of: int) -> None:
    from rich.text import Text

    from kb.cli.screen import console, counted

    out = console()
    if not shown:
        out.print(Text("No tension was found."))
        return
    stated = [each for each in shown if each.tension.method in ("author", "person")]
    possible = [each for each in shown if each.tension.method not in ("author", "person")]
    for title, group in (("Stated by an author or by you", stated), ("Possible, by rule", possible)):
        if group:
            out.print(Text(f"{title}\n", style="bold"))
            for each in group:
                print_card(out, store, each)
    if of > len(shown):
        out.print(Text(f"{counted(of - len(shown), 'more tension')}; --limit {of} shows all.", style="dim"))


def print_card(out: "Console", store: "Store", each: "Held") -> None:
    """Both quotes with their places, who says so, and why."""
    from rich.text import Text

    from kb.cli.screen import indented, place, quoted
    from kb.oneline import one_line
    from qa.tensions import with_remedies

    tension = with_remedies(store, [each.tension])[0]
    sure = "" if tension.method in ("author", "person") else f"   {tension.confidence:.2f}"
    out.print(Text.assemble("~ ", (tension.kind, "yellow"), sure, f"   {each.id}"))
    for claim in (each.a, each.b):
        out.print(indented(quoted(claim.quote)))
        out.print(indented(place(claim.place.path, claim.place.line, str(store.vault)), 4), soft_wrap=True)
    out.print(indented(Text(one_line(tension.why, 400), style="dim")))
    if tension.reconcile:
        out.print(indented(Text.assemble("To settle it, an author says: ", quoted(tension.reconcile))))
    out.print()


def _explain(store: "Store", wanted: str, as_json: bool) -> None:
    """What the rule reads in each of two claims, whoever said that they pull apart."""
    from ingest.effects import effects
    from ingest.opposition import compare
    from kb.errors import NotFound
    from qa.tensions import held

    each = next((each for each in held(store) if each.id == wanted), None)
    if each is None:
        raise NotFound("tension", wanted, "List them with: kb tensions")
    sides = [(claim, [_read(effect) for effect in effects(claim.quote)]) for claim in (each.a, each.b)]
    stance = compare(each.a.quote, each.b.quote)
    verdict = f"{stance.kind}, {stance.strength:.2f}: {stance.why}" if stance else "nothing that it would report"
    if as_json:
        parts = {claim.id: effects for claim, effects in sides}
        door.print_json({**as_dict(store, each), "parts": parts, "rule": verdict})
        return
    from rich.text import Text

    from kb.cli.screen import console, indented, quoted

    out = console()
    print_card(out, store, each)
    for claim, found in sides:
        out.print(quoted(claim.quote))
        for effect in found:
            told = ", ".join(f"{name} {value}" for name, value in effect.items() if value)
            out.print(indented(Text(told, style="dim")))
        if not found:
            out.print(indented(Text("no effect is read in it", style="dim")))
    out.print(Text(f"\nBy rule: {verdict}."))


def _read(effect: "Effect") -> dict[str, str]:
    """One effect in words."""
    direction = {1: "up", 0: "no difference", -1: "down"}[effect.direction]
    return {
        "says": f"“{effect.word}”" if effect.word else "",
        "of": " ".join(word.text for word in effect.cause),
        "on": " ".join(word.text for word in effect.outcome),
        "against": " ".join(word.text for word in effect.against),
        "direction": direction,
        "when": "; ".join(effect.conditions),
        "hedged": effect.hedge,
    }
