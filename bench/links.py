"""Held-out links: python bench/links.py VAULT [--notes N]

The links in the prose of a vault's notes, one note at a time: its links are taken out of its text, their words kept (a
bare slug in brackets, a citekey and a cited title are no words of the sentence, and go), and suggestions are asked for
the text that is left. What should come back is what its author linked.

Nothing of these links is left in the base meanwhile. It is a copy; within a transaction that is undone afterwards, the
rows that hang on the note's links (its mentions and the relations read from its prose) are deleted, which is what a
rebuild from the stripped file would not have made. The note's own claims are left out by every system, as always.

Beside it stand (a) titles and aliases found as they are written, longer names first, (b) bm25 of each sentence against
the notes, (c) the nearest claim of each note by cosine. Each lists distinct notes, best first, for a whole draft; and
for each sentence that held a link.
"""

import argparse
import random
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from ingest.pipeline import sync
from kb.embed import open_embedding
from kb.note import slug
from kb.settings import load_settings
from kb.store import Store, open_store
from notes.draft import Draft, draft_of, known_titles, read_draft
from notes.suggest import Suggester
from qa.claim_vectors import ClaimVectors
from qa.retrieve import Retriever
from qa.scope import Scope
from qa.words import Words

_WIKI = re.compile(r"\[\[([^\[\]\n|]{1,400}?)(?:\\?\|([^\[\]\n]{0,1000}))?\]\]")
_MARKDOWN = re.compile(r"\[([^\[\]]*)\]\(.*\)$", re.S)
_EACH = 10
"""Notes that each system gives for one sentence."""


class Gold(NamedTuple):
    """A link taken out: where it stood in the text that is left, and the note it led to."""

    at: int
    note: str


Ranked = list[tuple[int, str]]
"""The number of a sentence and a note, best first."""


def stripped(draft: Draft, files: set[str]) -> tuple[str, list[Gold]]:
    """A draft's text without its links, and the links there were in its prose to notes of the vault."""
    inside = [
        block.part.shown.span(0, len(block.part.shown.text))
        for block in draft.page.blocks
        if block.part.shown.text and block.part.kind != "row" and not block.about
    ]
    to = {each.start: each.note for each in draft.links}
    gold: list[Gold] = []
    out, done = "", 0
    for each in sorted(draft.page.mentions, key=lambda each: each.start):
        if each.start < done or each.form in ("embed", "field", "footnote"):
            continue
        out += draft.text[done : each.start]
        words = words_of(draft.text[each.start : each.end])
        if not words:
            out = out.removesuffix(" ")
        note = to.get(each.start, "")
        if note in files and note != draft.note and any(a <= each.end and each.start <= b for a, b in inside):
            gold.append(Gold(len(out), note))
        out += words
        done = each.end
    return out + draft.text[done:], gold


def words_of(mark_up: str) -> str:
    """The words of a link that belong to its sentence."""
    if found := _WIKI.fullmatch(mark_up):
        if found[2]:
            return found[2]
        name = PurePosixPath(found[1].split("#", 1)[0]).name
        return "" if "-" in name and " " not in name and name == slug(name) else name
    found = _MARKDOWN.match(mark_up)
    return found[1] if found else ""


def ours(store: Store, draft: Draft, retriever: Retriever) -> Ranked:
    suggester = Suggester(store, retriever.settings, retriever)
    number = {sentence.start: at for at, sentence in enumerate(draft.sentences)}
    found = []
    for each in suggester.suggest(draft, most=100_000):
        start = max(begin for begin in number if begin <= each.start)
        found.append((number[start], each.note))
    return found


def titles(store: Store, draft: Draft) -> Ranked:
    """The longest name first, then by place; each as it is written, whatever its case."""
    names: dict[str, str] = {}
    rows = store.sql.execute(
        "SELECT name, title, aliases FROM note WHERE file IS NOT NULL AND name <> ?", (draft.note,)
    )
    for note, title, aliases in rows:
        for name in (title, *aliases.split("\n")):
            if len(name.strip()) > 2:
                names.setdefault(" ".join(name.casefold().split()), note)
    found = []
    for at, sentence in enumerate(draft.sentences):
        words = list(re.finditer(r"\w+", text := " ".join(sentence.text.casefold().split())))
        for first, begin in enumerate(words):
            for last in words[first : first + 12]:
                name = text[begin.start() : last.end()]
                for whole in (name, text[begin.start() : last.end() + 1]):
                    if whole in names:
                        found.append((-len(whole), at, names[whole]))
    return [(at, note) for _, at, note in sorted(found)]


def bm25(store: Store, draft: Draft, words: Words) -> Ranked:
    names = store.sql.execute(
        "SELECT id, name FROM note WHERE file IS NOT NULL AND name <> ? ORDER BY id", (draft.note,)
    ).fetchall()
    notes = np.array([row for row, _ in names], np.int64)
    found: list[tuple[float, int, str]] = []
    for at, sentence in enumerate(draft.sentences):
        scores = words.notes(words.asked(sentence.text), notes)
        best = [place for place in np.argsort(-scores, kind="stable")[:_EACH].tolist() if scores[place] > 0]
        found += [(-float(scores[place]), at, names[place][1]) for place in best]
    return [(at, note) for _, at, note in sorted(found)]


def nearest(store: Store, draft: Draft, rows: ClaimVectors, retriever: Retriever) -> Ranked:
    assert retriever.embedding is not None
    names = dict(store.sql.execute("SELECT id, name FROM note WHERE file IS NOT NULL").fetchall())
    own = Scope(store, [draft.note])
    owners, order, starts = rows.grouped
    found = []
    for at, sentence in enumerate(draft.sentences):
        vector = np.asarray(retriever.embedding.embed([sentence.text])[0], np.float32)
        cosines = rows.cosines(vector)
        cosines[np.isin(rows.files, list(own.files))] = -2
        best = np.maximum.reduceat(cosines[order], starts)
        for place in np.argsort(-best, kind="stable")[: _EACH + 2]:
            if int(owners[place]) in names and best[place] > 0:
                found.append((-float(best[place]), at, names[int(owners[place])]))
    return [(at, note) for _, at, note in sorted(found)]


def scores(ranked: Ranked, gold: set[str]) -> tuple[float, float, float]:
    """Reciprocal rank of the first right note, precision among 5, recall among 10."""
    notes = list(dict.fromkeys(note for _, note in ranked))
    first = next((1 / place for place, note in enumerate(notes, 1) if note in gold), 0.0)
    return first, sum(note in gold for note in notes[:5]) / 5, sum(note in gold for note in notes[:10]) / len(gold)


def drafts(store: Store, most: int) -> Iterator[tuple[Draft, str, list[Gold]]]:
    """Notes with links in their prose, in an order without meaning."""
    known = known_titles(store)
    files = {row[0] for row in store.sql.execute("SELECT name FROM note WHERE file IS NOT NULL")}
    paths = [row[0] for row in store.sql.execute("SELECT path FROM file WHERE state = 'note' ORDER BY path")]
    random.Random(5).shuffle(paths)
    for path in paths:
        draft = read_draft(store, store.vault / path, known)
        if draft is not None and most > 0:
            text, gold = stripped(draft, files)
            if gold:
                most -= 1
                yield draft, text, gold


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("vault", type=Path)
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--skip", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "vault"
        shutil.copytree(asked.vault, vault, ignore=shutil.ignore_patterns(".kb"))
        settings = load_settings(vault)
        sync(vault, settings)
        with open_store(vault) as store:
            run(
                store,
                Retriever(store, settings, open_embedding(settings.embed, vault, settings.offline)),
                asked.notes,
                asked.skip,
            )


def run(store: Store, retriever: Retriever, most: int, skip: int) -> None:
    assert retriever.embedding is not None
    words = Words(store)
    rows = ClaimVectors(store, retriever.embedding.dimensions)
    of_drafts: dict[str, list[tuple[float, ...]]] = {}
    of_sentences: dict[str, list[tuple[float, ...]]] = {}
    links = 0
    for count, (draft, text, gold) in enumerate(drafts(store, most + skip)):
        if count < skip:
            continue
        links += len(gold)
        store.sql.execute("SAVEPOINT held_out")
        try:
            file = store.sql.execute("SELECT id FROM file WHERE path = ?", (draft.path,)).fetchone()[0]
            store.sql.execute("DELETE FROM mention WHERE file = ?", (file,))
            store.sql.execute("DELETE FROM link WHERE origin = ?", (f"file:{file}",))
            left = draft_of(store, text, draft.path)
            assert left is not None
            found = {
                "suggestions": ours(store, left, retriever),
                "title mentions": titles(store, left),
                "bm25 of sentences": bm25(store, left, words),
                "nearest vectors": nearest(store, left, rows, retriever),
            }
        finally:
            store.sql.execute("ROLLBACK TO held_out")
            store.sql.execute("RELEASE held_out")
        for name, ranked in found.items():
            of_drafts.setdefault(name, []).append(scores(ranked, {each.note for each in gold}))
            for at, sentence in enumerate(left.sentences):
                mine = {each.note for each in gold if sentence.start <= each.at <= sentence.end}
                if mine:
                    of_sentences.setdefault(name, []).append(scores([each for each in ranked if each[0] == at], mine))
    print(f"{len(of_drafts['suggestions'])} notes, {links} links held out\n")
    print(f"{'':20}{'drafts: MRR':>13}{'P@5':>7}{'R@10':>7}{'sentences: MRR':>17}{'R@10':>7}")
    for name, each in of_drafts.items():
        whole, single = np.mean(each, axis=0), np.mean(of_sentences[name], axis=0)
        print(f"{name:20}{whole[0]:13.3f}{whole[1]:7.3f}{whole[2]:7.3f}{single[0]:17.3f}{single[2]:7.3f}")


if __name__ == "__main__":
    main()
