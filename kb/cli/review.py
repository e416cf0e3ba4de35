"""`kb review`: a person's word on proposed links, one a screen, one key each."""

import sys
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import typer

from kb.catalogue import notes
from kb.cli import door
from kb.cli.screen import console, quoted, tell
from kb.cli.tensions import KINDS
from kb.cli.tensions import as_dict as tension_as_dict
from kb.link import TensionKind
from kb.oneline import one_line
from kb.review import Given, give, take_back
from kb.store import Store
from qa.proposed import Judged, Proposal, judged_pairs, proposals
from qa.render import said_by

KEYS = "a accept   r reject   k kind   l later   u undo   q quit"


def review(
    author: Annotated[bool, typer.Option("--author", help="What authors state, which is gone through anyway.")] = False,
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
                tell(problem)
            return
        waiting = proposals(store)
        if as_json:
            door.print_json([as_dict(store, each) for each in waiting])
        else:
            _Session(store, waiting).run()


def as_dict(store: Store, each: Proposal) -> dict[str, Any]:
    """The contract of `kb review --json`: the tension as `kb tensions` has it, and what one claim does to the other."""
    return {**tension_as_dict(store, each.held), "relation": each.relation}


def _judged_as_dict(each: Judged) -> dict[str, Any]:
    """The contract of `kb review --list --json`: the line of the file, and what it means today."""
    claims = [claim.id if claim else None for claim in each.claims]
    return {**each.judgement.model_dump(), "found": each.is_found, "claims": claims, "overruled": each.overruled}


class _Session:
    """The screens, the keys, and what was said so far."""

    def __init__(self, store: Store, waiting: list[Proposal]) -> None:
        self.store, self.waiting = store, waiting
        self.out, self.keys = console(), key_presses()
        self.given: list[Given | None] = []
        """What was said of each proposal passed; nothing where it was left for later."""

    def run(self) -> None:
        if not self.waiting:
            self.out.print("No link waits for your word.")
            return
        while self._screen():
            pass
        said = [given.judgement.verdict for given in self.given if given]
        accepted, rejected = said.count("accept"), said.count("reject")
        self.out.print(f"{accepted} accepted, {rejected} rejected, {len(self.waiting) - len(said)} left.")

    def _screen(self) -> bool:
        """One proposal, until it is judged or passed; whether to go on. After the last its word can still be taken back."""
        at = len(self.given)
        if at == len(self.waiting):
            self.out.print("That was the last.   u undo   q quit", style="dim")
            return next(self.keys, "q") == "u" and self._undo()
        each = self.waiting[at]
        kind = each.held.tension.kind
        self._show(each, kind)
        while (key := next(self.keys, "q")) != "q":
            if key in "ar":
                word = each.judged("accept" if key == "a" else "reject", kind, date.today().isoformat())
                self.given.append(give(self.store.vault, word))
                return True
            if key == "l":
                self.given.append(None)
                return True
            if key == "u" and self.given:
                return self._undo()
            if key == "k":
                self.out.print("   ".join(f"{number} {word}" for number, word in enumerate(KINDS, 1)), style="dim")
                kind = dict(zip("123456", KINDS, strict=True)).get(next(self.keys, ""), kind)
                self.out.print(f"Kind: {kind}")
            else:
                self.out.print("Nothing to undo." if key == "u" else KEYS, style="dim")
        return False

    def _undo(self) -> bool:
        last = self.given.pop()
        if last and not take_back(self.store.vault, last):
            # What others wrote is theirs; of two judgements on one pair the later counts.
            self.out.print("kb-review.jsonl has changed since, so the line stays; judge it again and that counts.")
        return True

    def _show(self, each: Proposal, kind: TensionKind) -> None:
        if sys.stdin.isatty() and sys.stdout.isatty():
            self.out.clear()
        tension, a, b = each.held[:3]
        counted = f"{len(self.given) + 1} of {len(self.waiting)}   "
        self.out.block((counted, "dim"), (kind, "yellow"), f"   {said_by(tension)}", by=0)
        for claim in (a,) if tension.stated else (a, b):
            self.out.claim(claim)
        self.out.titles(notes(self.store, tension.notes))
        self.out.say(tension.why, "dim", by=2)
        self.out.print(KEYS, style="dim")


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
        told = f"   {one_line(judgement.date, 40)}{state}"
        out.block(f"{judgement.verdict}ed   ", (kind, "yellow"), told, by=0)
        sides = list(zip((judgement.a, judgement.b), each.claims, strict=True))
        for side, claim in sides[:1] if judgement.is_of_one_sentence else sides:
            out.block(quoted(side.quote))
            where = f"{claim.place.path}:{claim.place.line}" if claim else f"{side.path} (not found)"
            out.row((one_line(where), "cyan" if claim else "red"), by=4)
        out.print()
    if not found:
        out.print("Nothing was judged yet.")
