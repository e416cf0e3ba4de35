"""`kb review`: a person's word on proposed links, one a screen, one key each."""

import sys
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from kb.cli import door
from kb.cli.listing import print_claim
from kb.cli.screen import console, indented, quoted
from kb.cli.tensions import KINDS
from kb.cli.tensions import as_dict as tension_as_dict
from kb.link import TensionKind
from kb.oneline import one_line
from kb.review import Given, give, take_back
from kb.store import Store
from qa.proposed import Judged, Proposal, judged_pairs, proposals

KEYS = "a accept   r reject   k kind   l later   u undo   q quit"


def review(
    author: Annotated[bool, typer.Option("--author", help="Go through what authors state as well.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List what was judged, and ask nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON, and ask nothing.")] = False,
) -> None:
    """Accept or reject proposed links, one key each. Your word goes to kb-review.jsonl, beside the notes."""
    with door.base() as (store, _):
        if listed:
            found, problems = judged_pairs(store)
            if as_json:
                door.print_json([_judged_as_dict(each) for each in found])
            else:
                _list(found)
            for problem in problems:
                where = f"{problem.path}:{problem.line}" if problem.line else problem.path
                print(f"kb: {where}: {problem.message}\n    {problem.hint}", file=sys.stderr)
            return
        waiting = proposals(store, author=author)
        if as_json:
            door.print_json([as_dict(store, each) for each in waiting])
        else:
            _Session(store, waiting, author).run()


def as_dict(store: Store, each: Proposal) -> dict[str, Any]:
    """The contract of `kb review --json`: the tension as `kb tensions` has it, and what one claim does to the other."""
    return {**tension_as_dict(store, each.held), "relation": each.relation}


def _judged_as_dict(each: Judged) -> dict[str, Any]:
    """The contract of `kb review --list --json`: the line of the file, and what it means today."""
    a, b = each.claims
    return {
        **each.judgement.model_dump(),
        "found": each.is_found,
        "claims": [a.id if a else None, b.id if b else None],
        "overruled": each.overruled,
    }


class _Session:
    """The screens, the keys, and what was said so far."""

    def __init__(self, store: Store, waiting: list[Proposal], author: bool) -> None:
        self.store = store
        self.waiting = waiting
        self.author = author
        self.out: Console = console()
        self.given: list[Given | None] = []
        """What was said of each proposal passed; nothing where it was left for later."""
        self.keys = key_presses()

    def run(self) -> None:
        if not self.waiting:
            more = "" if self.author else " What authors state: kb review --author"
            self.out.print(f"No link waits for your word.{more}")
            return
        while self._screen():
            pass
        said = [given.judgement.verdict for given in self.given if given]
        accepted, rejected = said.count("accept"), said.count("reject")
        self.out.print(f"{accepted} accepted, {rejected} rejected, {len(self.waiting) - len(said)} left.")

    def _screen(self) -> bool:
        """One proposal, until it is judged or passed; whether to go on."""
        at = len(self.given)
        if at == len(self.waiting):
            return self._end()
        each = self.waiting[at]
        kind = each.held.tension.kind
        self._show(each, kind)
        while (key := next(self.keys, "q")) != "q":
            if key in "ar":
                word = each.judged("accept" if key == "a" else "reject", kind, date.today().isoformat())
                self.given.append(_give(self.store, word))
                return True
            if key == "l":
                self.given.append(None)
                return True
            if key == "u" and self.given:
                self._undo()
                return True
            if key == "k":
                kind = self._kind(kind)
                self.out.print(f"Kind: {kind}")
            else:
                self.out.print("Nothing to undo." if key == "u" else KEYS, style="dim")
        return False

    def _end(self) -> bool:
        """After the last one: its word can still be taken back."""
        self.out.print("That was the last.   u undo   q quit", style="dim")
        if next(self.keys, "q") != "u":
            return False
        self._undo()
        return True

    def _undo(self) -> None:
        last = self.given.pop()
        if last and not take_back(self.store.vault, last):
            # What others wrote is theirs; of two judgements on one pair the later counts.
            self.out.print("kb-review.jsonl has changed since, so the line stays; judge it again and that counts.")

    def _kind(self, kind: TensionKind) -> TensionKind:
        self.out.print("   ".join(f"{number} {word}" for number, word in enumerate(KINDS, 1)), style="dim")
        key = next(self.keys, "")
        chosen: Any = KINDS[int(key) - 1] if key in set("123456") else kind
        return chosen  # type: ignore[no-any-return]

    def _show(self, each: Proposal, kind: str) -> None:
        if sys.stdin.isatty() and sys.stdout.isatty():
            self.out.clear()
        tension, a, b = each.held[:3]
        sure = "stated by an author" if tension.method == "author" else f"possible, {tension.confidence:.2f}"
        head = f"{len(self.given) + 1} of {len(self.waiting)}   "
        self.out.print(Text.assemble((head, "dim"), (kind, "yellow"), f"   {sure}"))
        for claim in (a, b):
            print_claim(self.out, claim, self.store.vault)
        self.out.print(indented(Text(one_line(tension.why, 400), style="dim")))
        self.out.print(KEYS, style="dim")


def _give(store: Store, word: Any) -> Given:
    return give(store.vault, word)


def key_presses() -> Iterator[str]:
    """Key presses from a terminal; else the characters of stdin, whatever white space parts them."""
    while True:
        if sys.stdin.isatty():
            try:
                key = typer.getchar()
            except EOFError:
                return
        else:
            # By bytes: what is no key is answered with the keys, in whatever encoding it comes.
            key = sys.stdin.buffer.read(1).decode("latin-1")
            if not key:
                return
        if key.strip():
            yield key.casefold()[:1]


def _list(found: list[Judged]) -> None:
    out = console()
    for each in found:
        judgement = each.judgement
        state = "" if each.is_found else "   rests: a quote is not found"
        state = "   overruled by a later line" if each.overruled else state
        kind = judgement.tension or judgement.relation
        out.print(
            Text.assemble(f"{judgement.verdict}ed   ", (kind, "yellow"), f"   {one_line(judgement.date, 40)}{state}")
        )
        for side, claim in zip((judgement.a, judgement.b), each.claims, strict=True):
            out.print(indented(quoted(side.quote)))
            where = f"{claim.place.path}:{claim.place.line}" if claim else f"{side.path} (not found)"
            out.print(indented(Text(one_line(where), style="cyan" if claim else "red"), 4), soft_wrap=True)
        out.print()
    if not found:
        out.print("Nothing was judged yet.")
