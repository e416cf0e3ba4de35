"""How the tensions that `kb tensions` shows compare with pairs of claims labelled by hand.

    python bench/tensions.py [--garden DIR] [--verbose]

Recall: of the labelled tensions, how many are shown. A pair counts as found when a shown tension joins its two claims,
in either order. "One end" is looser: a shown tension joins the same notes and has one of the two claims. "Notes" is
looser still: it joins the same notes, where a sentence stands for its own note or for one that it cites. What lies
between the columns is the debate found and another sentence quoted. A debate often has several labelled pairs and an
author's link shows one, so "debates" counts the pairs of files (or single files) of which a labelled pair is shown.

Precision: of the shown pairs that are labelled, how many are labelled as a tension. Pairs labelled after the fact, because
they were shown, count here and nowhere else. A shown pair without a label says nothing, so its share counts as well; `--verbose` prints these pairs to be labelled. Doubtful labels are left out of the
headline and counted in the lines that say "all".

What the figures mean: they compare one rule with another and show how it fails. The set was enriched, since tensions
were sought out and negatives chosen to be hard. So precision here is not the precision on a vault, and recall says
nothing of tensions that nobody thought of; bench/tension_labels.md tells how the pairs were drawn. The labels are one
reader's. Of sixty pairs, one more or less moves a figure by almost two points.
"""

import argparse
import hashlib
import shutil
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ingest.pipeline import sync
from kb.catalogue import claims as read_claims
from kb.claim import Claim
from kb.settings import Settings
from kb.store import Store, open_store
from qa.tensions import Held, held

ROOT = Path(__file__).parent.parent
METHODS = ("author", "rule", "all shown")


class Pair(NamedTuple):
    """A labelled pair, as the claims of today."""

    a: Claim
    b: Claim
    label: str
    stated: bool
    doubtful: bool
    after: bool
    """Labelled because it was shown: it tells of precision only."""
    because: str

    @property
    def ends(self) -> frozenset[str]:
        return frozenset((self.a.id, self.b.id))

    @property
    def is_tension(self) -> bool:
        return self.label != "none"

    @property
    def across(self) -> bool:
        """Whether the two stand in different files."""
        return self.a.place.path != self.b.place.path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--garden", type=Path, help="the vault from which the pairs marked garden come")
    parser.add_argument("--verbose", action="store_true", help="list what is missed, wrong and unlabelled")
    given = parser.parse_args()
    vaults = {"sample": ROOT / "examples" / "vault"} | ({"garden": given.garden} if given.garden else {})
    labelled = tomllib.loads((ROOT / "bench" / "tension_pairs.toml").read_text(encoding="utf-8"))["pair"]
    for name, source in vaults.items():
        with tempfile.TemporaryDirectory() as folder:
            vault = Path(folder) / "vault"
            shutil.copytree(source, vault, ignore=shutil.ignore_patterns(".kb"))
            sync(vault, Settings())
            with open_store(vault) as store:
                measure(name, store, [row for row in labelled if row["vault"] == name], given.verbose)


def measure(name: str, store: Store, rows: Sequence[dict[str, Any]], verbose: bool) -> None:
    """Print all figures of one vault."""
    pairs, by_place, lost = mapped(store, rows)
    every = held(store)
    unmapped = f", {len(lost)} not found" if lost else ""
    print(f"{name}: {len(every)} tensions shown; {len(pairs)} labelled pairs, {by_place} of them by place{unmapped}\n")
    for method in METHODS:
        shown = [each for each in every if method in ("all shown", each.tension.method)]
        if shown:
            report(method, shown, pairs)
        else:
            print(f"{method}: none shown\n")
    if verbose:
        listed(store, every, pairs)


def mapped(store: Store, rows: Sequence[dict[str, Any]]) -> tuple[list[Pair], int, list[dict[str, Any]]]:
    """The labelled pairs as claims; how many of them needed their place; and those with no claim there."""
    names = [row[0] for row in store.sql.execute("SELECT name FROM claim")]
    in_file: dict[str, list[Claim]] = {}
    for claim in read_claims(store, names):
        in_file.setdefault(claim.place.path, []).append(claim)
    pairs, lost, by_place = [], [], 0
    for row in rows:
        (a, a_exact), (b, b_exact) = (at(in_file.get(row[side]["path"], []), row[side]) for side in "ab")
        if a is None or b is None or a.id == b.id:
            lost.append(row)
            continue
        by_place += not (a_exact and b_exact)
        stated, doubtful = row["stated"] == "author", bool(row.get("doubtful"))
        after = row.get("drawn") == "shown"
        pairs.append(Pair(a, b, row["label"], stated, doubtful, after, row["because"]))
    return pairs, by_place, lost


def at(claims: Iterable[Claim], place: dict[str, Any]) -> tuple[Claim | None, bool]:
    """The claim with these words, the nearest if there are several; else the one that overlaps the place most."""
    near = sorted(claims, key=lambda claim: abs(claim.place.start - place["start"]))
    same = next((claim for claim in near if claim.place.sha == place["sha"]), None)
    if same:
        return same, True
    best = max(near, key=lambda claim: _overlap(claim, place), default=None)
    return (best if best and _overlap(best, place) > 0 else None), False


def _overlap(claim: Claim, place: dict[str, Any]) -> int:
    return min(claim.place.end, int(place["end"])) - max(claim.place.start, int(place["start"]))


def report(method: str, shown: Sequence[Held], pairs: Sequence[Pair]) -> None:
    """Recall, precision and kinds for what one source says."""
    wanted = [pair for pair in pairs if pair.is_tension and not pair.after]
    sure = [pair for pair in wanted if not pair.doubtful]
    groups = {
        "across files, none doubtful": [pair for pair in sure if pair.across],
        "    of these, by an author": [pair for pair in sure if pair.across and pair.stated],
        "within a file, none doubtful": [pair for pair in sure if not pair.across],
        "stated by an author, all": [pair for pair in wanted if pair.stated],
        "all": wanted,
    }
    print(f"{method}: {len(shown)} shown")
    print(f"    {'recall':30}{'same claims':>15}{'one end':>15}{'notes':>15}")
    for title, group in groups.items():
        cells = (sum(finds(shown, pair) for pair in group) for finds in (same_claims, one_end, same_notes))
        print(f"    {title:30}{''.join(f'{share(hits, len(group)):>15}' for hits in cells)}")
    debates: dict[frozenset[str], list[Pair]] = {}
    for pair in sure:
        debates.setdefault(frozenset((pair.a.place.path, pair.b.place.path)), []).append(pair)
    met = sum(any(same_claims(shown, pair) for pair in debate) for debate in debates.values())
    print(f"    {'debates, any pair of theirs':30}{share(met, len(debates)):>15}")
    judged = [(each, pair) for each in shown if (pair := label_of(each, pairs))]
    firm = [pair for _, pair in judged if not pair.doubtful]
    right = sum(pair.is_tension for pair in firm)
    print(f"    {'precision of the labelled':30}{share(right, len(firm)):>15}")
    print(f"    {'    doubtful ones too':30}{share(sum(pair.is_tension for _, pair in judged), len(judged)):>15}")
    for title, side in (("one half by place", 0), ("the other half", 1)):
        some = [pair for pair in firm if half_of(pair) == side]
        print(f"    {'    ' + title:30}{share(sum(pair.is_tension for pair in some), len(some)):>15}")
    before = [pair for pair in firm if not pair.after]
    print(f"    {'    labelled beforehand':30}{share(sum(pair.is_tension for pair in before), len(before)):>15}")
    print(f"    {'without a label':30}{share(len(shown) - len(judged), len(shown)):>15}")
    kinds = Counter((pair.label, each.tension.kind) for each, pair in judged if pair.is_tension)
    agree = sum(count for (label, kind), count in kinds.items() if label == kind)
    print(f"    {'kind as labelled':30}{share(agree, kinds.total()):>15}")
    for (label, kind), count in sorted(kinds.items(), key=lambda item: (-item[1], item[0])):
        print(f"        {label:16} -> {kind:16} {count}")
    print()


def half_of(pair: Pair) -> int:
    """One of two halves of the labels, by the places of the pair in either order: rules were chosen on the first."""
    places = sorted(f"{claim.place.path}:{claim.place.start}" for claim in (pair.a, pair.b))
    return hashlib.sha256(" ".join(places).encode()).digest()[0] % 2


def same_claims(shown: Iterable[Held], pair: Pair) -> bool:
    """Whether one of these joins the two claims."""
    return any(ends_of(each) == pair.ends for each in shown)


def one_end(shown: Iterable[Held], pair: Pair) -> bool:
    """Whether one joins the same notes, or lies in the same note, with one of the two claims at least."""
    notes = frozenset((pair.a.note, pair.b.note))
    return any(each.notes == notes and ends_of(each) & pair.ends for each in shown)


def same_notes(shown: Iterable[Held], pair: Pair) -> bool:
    """Whether one joins the two debates: each claim stands for its note or for one that it cites."""
    a, b = stands_for(pair.a), stands_for(pair.b)
    for each in shown:
        x, y = stands_for(each.a), stands_for(each.b)
        if each.a.note == each.b.note and not pair.across and each.a.note == pair.a.note:
            return True
        if any(m != n and ((m in x and n in y) or (m in y and n in x)) for m in a for n in b):
            return True
    return False


def stands_for(claim: Claim) -> frozenset[str]:
    """Its note, and those that it cites."""
    return frozenset((claim.note, *claim.citations))


def ends_of(each: Held) -> frozenset[str]:
    """Both claims of a tension."""
    return frozenset((each.a.id, each.b.id))


def label_of(each: Held, pairs: Iterable[Pair]) -> Pair | None:
    """The label of a shown tension, if there is one."""
    return next((pair for pair in pairs if pair.ends == ends_of(each)), None)


def share(count: int, of: int) -> str:
    """A count and what it is of, aligned."""
    return f"{count}/{of} {count / of:4.0%}" if of else "-"


def listed(store: Store, shown: Sequence[Held], pairs: Sequence[Pair]) -> None:
    """Every shown pair that is wrong, of another kind or unlabelled, then every firm tension across files missed."""
    for each in shown:
        pair = label_of(each, pairs)
        verdict = "unlabelled" if pair is None else "none" if not pair.is_tension else pair.label
        if verdict != each.tension.kind:
            print(f"{verdict}: shown as {each.tension.kind} by {each.tension.method}; {each.tension.why}")
            show(each.a, each.b)
    for pair in pairs:
        if pair.is_tension and pair.across and not pair.doubtful and not pair.after and not same_claims(shown, pair):
            near = ", one end shown" if one_end(shown, pair) else ", notes shown" if same_notes(shown, pair) else ""
            print(f"missed: {pair.label}{', stated' if pair.stated else ''}{near}; {pair.because}")
            show(pair.a, pair.b)


def show(*claims: Claim) -> None:
    """Each claim with its place."""
    for claim in claims:
        print(f"    {claim.place.path}:{claim.place.line}  {claim.quote}")
    print()


if __name__ == "__main__":
    main()
