"""What an install weighs, package by package, and what of it would go with each requirement of kb.

In a fresh environment: `pip install counterpoint_kb-*.whl`, then `python bench/install_size.py`, with that environment's Python.
"""

import re
import sys
from importlib.metadata import Distribution, distributions

MB = 1_000_000


def name_of(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].replace("_", "-").replace(".", "-").casefold()


def size(package: Distribution) -> int:
    """Bytes of all files, compiled ones among them."""
    places = {place for file in package.files or () if (place := file.locate()).is_file()}  # type: ignore[attr-defined]
    return sum(place.stat().st_size for place in places)


def reached(start: str, needs: dict[str, set[str]], but: frozenset[str] = frozenset()) -> set[str]:
    found, left = set[str](), [start]
    while left:
        name = left.pop()
        if name not in found and name in needs:
            found.add(name)
            left += needs[name] - (but if name == start else frozenset())
    return found


def main() -> None:
    packages = {name_of(each.metadata["Name"]): each for each in distributions()}
    needs = {
        name: {name_of(line) for line in each.requires or () if "extra ==" not in line}
        for name, each in packages.items()
    }
    sizes = {name: size(each) for name, each in packages.items()}
    whole = reached("counterpoint-kb", needs)
    print(f"{sum(sizes[name] for name in whole) / MB:.0f} MB in {len(whole)} packages, {sys.version.split()[0]}\n")
    for name in sorted(whole, key=sizes.__getitem__, reverse=True)[:15]:
        print(f"| {name} | {sizes[name] / MB:.0f} MB |")
    print()
    groups = {name: frozenset({name}) for name in needs["counterpoint-kb"]}
    llama = frozenset(name for name in groups if name.startswith("llama-index"))
    groups |= {"all of llama-index": llama, "llama-index and chromadb": llama | {"chromadb"}}
    gone = {
        name: sum(sizes[each] for each in whole - reached("counterpoint-kb", needs, but))
        for name, but in groups.items()
    }
    for name in sorted(gone, key=gone.__getitem__, reverse=True)[:10]:
        print(f"| without {name} | {gone[name] / MB:.0f} MB less |")


if __name__ == "__main__":
    main()
