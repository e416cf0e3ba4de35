"""Precision of unlinked mentions: python bench/mentions.py VAULT

`bench/mention_cases.toml` holds 200 mentions found in a garden of 750 notes, drawn at random and judged by hand: does the
author speak here of what that note is about? Each case is a place, a hash of the words there and a verdict; the garden's own
words stay in the garden. Cases are looked up in the vault given; a case that is found no longer, or whose words have
changed, is counted apart. The cases were drawn anew for those that a rule, mended after reading errors, found no more.
"""

import argparse
import tomllib
from pathlib import Path

from ingest.pipeline import sync
from kb.claim import fingerprint
from kb.settings import load_settings
from kb.store import open_store
from notes.draft import known_titles, read_draft
from notes.mentions import Mentions

CASES = Path(__file__).with_name("mention_cases.toml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("vault", type=Path)
    vault = parser.parse_args().vault.resolve()
    cases = tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]
    sync(vault, load_settings(vault))
    right = wrong = gone = 0
    found: dict[tuple[str, int, str], str] = {}
    with open_store(vault) as store:
        mentions, titles = Mentions(store), known_titles(store)
        for path in sorted({case["path"] for case in cases}):
            draft = read_draft(store, vault / path, titles) if (vault / path).is_file() else None
            for each in mentions.find(draft) if draft else ():
                found[path, each.start, each.note] = fingerprint(draft.text[each.start : each.end]) if draft else ""
    for case in cases:
        if found.get((case["path"], case["start"], case["note"])) != case["sha"]:
            gone += 1
        elif case["right"]:
            right += 1
        else:
            wrong += 1
    print(
        f"{right + wrong} of {len(cases)} cases found: {right} right, {wrong} wrong; precision {right / max(1, right + wrong):.3f}"
    )
    if gone:
        print(f"{gone} are found no more: judge others in their place")


if __name__ == "__main__":
    main()
