"""What the search for tensions that no author states costs, and what it finds of those that are labelled.

    python bench/clashes.py [--claims 10000 100000] [--scifact DIR]

Notes are made as for `bench/sync.py`. A sync without the search leaves out the subjects, and so has nothing to search;
both are whole processes. The search alone is that of a base of which every subject is marked. Then the pairs of
`tension_pairs.toml` that join two files, those with a doubtful label apart, at several bars: even numbers are for
tuning, odd ones are left alone until then.
"""

import argparse
import sys
import tempfile
import time
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import ingest.clashes
from bench.made import make_vault, read_abstracts
from bench.timed import timed
from ingest.clashes import clashes, pull
from ingest.opposition import compare
from ingest.sides import Sides
from kb.embed import open_embedding
from kb.store import open_store

ROOT = Path(__file__).parent.parent
SYNC = """
import sys
from pathlib import Path
import ingest.put
from ingest.pipeline import sync
from kb.settings import Settings
if sys.argv[2] == "without":
    ingest.put.speaks = lambda *given: False
done = sync(Path(sys.argv[1]), Settings(), rebuild=sys.argv[3] == "anew")
print(done.claims)
"""
_A_NOTE = 6.8
"""Claims of a made note, nearly."""
_BARS = (0.3, 0.5, 0.65, 0.8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--scifact", type=Path, default=Path("../shared/data/scifact"))
    parser.add_argument("--garden", type=Path, default=Path("../shared/data/garden/vault"))
    given = parser.parse_args()
    abstracts = read_abstracts(given.scifact)
    for size in given.claims:
        with tempfile.TemporaryDirectory() as folder:
            vault = Path(folder) / "vault"
            make_vault(vault, round(size / _A_NOTE), abstracts)
            cost(vault)
    labelled({"sample": ROOT / "examples" / "vault", "garden": given.garden})


def synced(vault: Path, which: str, how: str) -> tuple[float, float, str]:
    return timed([sys.executable, "-c", SYNC, str(vault), which, how])


def cost(vault: Path) -> None:
    spent = {}
    for which in ("without", "with"):
        seconds, peak, claims = synced(vault, which, "anew")
        synced(vault, which, "on")  # a vault made a moment ago is hashed once more
        time.sleep(2.1)
        synced(vault, which, "on")
        edited = []
        for number in range(3):
            path = sorted(vault.rglob("*.md"))[number * 7]
            path.write_text(path.read_text() + f"\nReward number {number} raises the accuracy of the cells.\n")
            edited.append(synced(vault, which, "on")[0])
        spent[which] = seconds, peak, sorted(edited)[1]
    with open_store(vault) as store, store.transaction() as sql:
        sql.execute("INSERT OR IGNORE INTO dirty_subject SELECT DISTINCT key FROM subject")
        began = time.perf_counter()
        found = len({(row.a, row.b) for _, row in clashes(store, Sides(store))})
        alone = time.perf_counter() - began
        subjects = store.count("subject")
    (bare, bare_peak, bare_edit), (full, full_peak, full_edit) = spent["without"], spent["with"]
    print(f"\n{int(claims):,} claims, {subjects:,} subjects, {found:,} pairs found")
    print(f"  sync without the search   {bare:8.2f} s   {bare_peak:6.0f} MB   one note edited {bare_edit:6.2f} s")
    print(f"  sync with it              {full:8.2f} s   {full_peak:6.0f} MB   one note edited {full_edit:6.2f} s")
    print(f"  the search alone          {alone:8.2f} s")


def labelled(vaults: dict[str, Path]) -> None:
    given = tomllib.loads((ROOT / "bench" / "tension_pairs.toml").read_text())["pair"]
    if not all(vault.exists() for vault in vaults.values()):
        given = [pair for pair in given if vaults[pair["vault"]].exists()]
    quotes = [[_quote(vaults[pair["vault"]], pair[side]) for side in "ab"] for pair in given]
    embedding = open_embedding("wordllama", ROOT)
    near = [float(a @ b) for a, b in map(embedding.embed, quotes)]
    print(f"\n{len(given)} labelled pairs\n{'':22}  pairs  tensions   found  right")
    for half, name in ((0, "even"), (1, "odd")):
        chosen = [
            at
            for at, pair in enumerate(given)
            if at % 2 == half and not pair.get("doubtful") and pair["a"]["path"] != pair["b"]["path"]
        ]
        tense = sum(given[at]["label"] != "none" for at in chosen)
        for bar in _BARS:
            stances = {at: compare(*quotes[at], nearness=near[at]) for at in chosen}
            said = [at for at, it in stances.items() if it and it.kind != "agrees" and it.strength >= bar]
            right = sum(given[at]["label"] != "none" for at in said)
            print(f"{name:5} compare() at {bar:4.2f}  {len(chosen):6} {tense:9} {len(said):7} {right:6}")
        shown = [at for at in chosen if pull(*quotes[at], near[at])]
        right = sum(given[at]["label"] != "none" for at in shown)
        print(f"{name:5} as shown, {ingest.clashes.BAR:4.2f}    {len(chosen):6} {tense:9} {len(shown):7} {right:6}")


def _quote(vault: Path, place: dict[str, int | str]) -> str:
    text = (vault / str(place["path"])).read_bytes().decode("utf-8-sig")
    return text[int(place["start"]) : int(place["end"])]


if __name__ == "__main__":
    main()
