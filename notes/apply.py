"""What `kb links --apply` puts in: links that are likely enough, to nothing that opposes, and all of them at once."""

from collections.abc import Sequence

from notes.draft import Draft, draft_of
from notes.edit import edited
from notes.suggest import Suggester, Suggestion

_ROUNDS = 10


def links_to_apply(suggester: Suggester, draft: Draft, least: float, limit: int | None = None) -> list[Suggestion]:
    """The suggestions that are put in. Once they stand there, asking again finds nothing more.

    A link makes the notes around it likelier, so what would be suggested next is asked for at once.
    """
    found: list[Suggestion] = []
    now: Draft | None = draft
    for _ in range(_ROUNDS):
        if now is None or (limit is not None and len(found) >= limit):
            break
        likely = [each for each in suggester.suggest(now, most=1000) if each.score >= least and _may_stand(now, each)]
        more = without_overlaps(likely)[: None if limit is None else limit - len(found)]
        before = len(found)
        found = without_overlaps([*found, *(_in_original(each, found) for each in more)])
        if len(found) == before:
            break
        now = draft_of(suggester.store, edited(draft.text, [each.edit for each in found]), draft.path)
    return found


def without_overlaps(found: Sequence[Suggestion]) -> list[Suggestion]:
    """Those that can be put in together: where two claim one place, the better one."""
    kept: list[Suggestion] = []
    for each in found:
        (start, end), others = each.at, [other.at for other in kept]
        if all(start != other[0] and (end <= other[0] or other[1] <= start) for other in others):
            kept.append(each)
    return kept


def _may_stand(draft: Draft, each: Suggestion) -> bool:
    """A note that opposes is never cited for what it denies, and a sentence that links gets no other source."""
    if each.kind == "against":
        return False
    is_citation = each.at[0] == each.at[1]
    return not (is_citation and any(each.start <= link.end and link.start <= each.end for link in draft.links))


def _in_original(each: Suggestion, before: Sequence[Suggestion]) -> Suggestion:
    """A suggestion for a text with some links in it, as one for the text without them."""

    def back(place: int) -> int:
        shift = 0
        for other in sorted(before, key=lambda other: other.at):
            start, end = other.at
            if place < start + shift + len(other.insert):
                break
            shift += len(other.insert) - (end - start)
        return place - shift

    return each._replace(start=back(each.start), end=back(each.end), at=(back(each.at[0]), back(each.at[1])))
