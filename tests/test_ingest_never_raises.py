"""Nothing that a file can hold stops the reading of it, and every quote stays where it is said to stand.

`KB_MUTATIONS=10000 pytest tests/test_ingest_never_raises.py` mutates more pages than the default run does.
"""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_ingest_formats import CASES, VAULT, files

from ingest.author_links import OWN, author_links
from ingest.extract import extract
from ingest.page import Lines
from ingest.read import read
from ingest.titles import Titles
from kb.claim import fingerprint

MUTATIONS = int(os.environ.get("KB_MUTATIONS", "2000"))
SUFFIXES = (".md", ".txt", ".html", ".bib", ".json")
KNOWN = Titles(["Does damp air rust widgets?", "Is “stainless” steel the engineer’s answer?", "Is it? Or not so?"])

PIECES = """
# |## Limitations|\n\n|\n|\r\n|\r|- |  - |1. |> |> [!note]- Title|---|+++|***|```|~~~|$$|$|%%|<!--|-->|[[|]]|[[note|label]]|[[note#h]]|![[e]]
[a](b.md)|[a](<b c.md>)|[^1]|[^1]: |[@key2020]|@key2020|[x]: y.md|contradicts:: [[x]]|supports::|key:: |**|*|_|==|~~|`|\\|&amp;|&#0;|&#xD800;|&nbsp;|<b>|</div>|<script>|<br>
| a | b ||---|---||{{title}}|<% x %>|title: |aliases: [a, b]|date: 2024-01-01|!!python/object:os.system x|&a [*a]|\t|\x00|\u200b|\u2028|\x85|\ufeff|\ufffd|\u202e|e\u0301|🐝|路灯附近的蜜蜂减少了。|見えない！
INQUIRING LINE\n|SYNTHESIS NOTE\n|← Blog\n|← All notes\n|Topic Hub · 3 linked notes · 1 sections\n|Sources 2 notes\n|Next inquiring lines\n|Related concepts in this collection\n|Note · 2026-01-01 · sourced from W\n|TL;DR\n|Key findings:\n
Does damp air rust widgets?|Is corrosion slow?.|Walls age in the rain. |But this is not so. |It rose from 36% to 73.6%. |Smith et al. (2020), e.g. in Fig. 3, agree. |http://a.org/b?c=d. |(|)|“|”|?|. |, |;| ^block|TODO |((uuid))|id:: 1|@article{k, title={T}}|{"id": "x"}|[
""".strip("\n").split("|")  # fmt: skip


def check(path: str, data: bytes) -> int:
    """Read one file; its claims, each where it says."""
    found = read(path, data, KNOWN)
    for problem in found.problems:
        assert problem.path == path and problem.message
    if found.page is None:
        assert found.problems
        return 0
    note = found.page.note
    assert (note.id, note.path) == (path, path)
    assert note.title.strip() and "\n" not in note.title
    extracted = extract(found.page, found.text)
    lines = Lines(found.text)
    for claim in extracted.claims:
        place = claim.place
        assert found.text[place.start : place.end] == claim.quote
        assert (place.line, place.sha) == (lines.at(place.start), fingerprint(claim.quote))
        assert claim.text.strip() and "\n" not in claim.text
    ids = {claim.id for claim in extracted.claims}
    assert len(ids) == len(extracted.claims)
    for reference in extracted.references:
        assert 0 <= reference.start <= reference.end <= len(found.text)
        assert reference.key and (reference.claim is None or reference.claim in ids)
    for said in author_links(extracted.sentences):
        assert said.a in ids and said.b in {*ids, OWN} and (said.b == OWN or said.a_key != said.b_key)
    return len(ids)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=400))
@example(text="---\n")
@example(text="---\na: [\n---")
@example(text="+++\n+++\n")
@example(text="Do it?\nSources 9 notes\nNext inquiring lines\n")
@example(text="Topic Hub ·")
@example(text="SYNTHESIS NOTE")
@example(text="INQUIRING LINE")
@example(text="← Blog")
@example(text="\ud800")
@example(text="[" * 400)
@example(text="> " * 300)
@example(text="@article{" * 40)
def test_no_text_raises(suffix: str, text: str) -> None:
    check(f"a{suffix}", text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=50, deadline=None)
@given(data=st.binary(max_size=400))
@example(data=b"\xff\xfe\x00")
@example(data=b"\xfe\xff\xd8\x00")
@example(data=b"\xef\xbb\xbf")
def test_no_bytes_raise(suffix: str, data: bytes) -> None:
    check(f"a{suffix}", data)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40))
def test_every_quote_is_exact_in_any_mixture_of_mark_up(suffix: str, pieces: list[str]) -> None:
    check(f"posts/a{suffix}" if len(pieces) % 2 else f"a{suffix}", "".join(pieces).encode())


# Real pages, damaged.


def _pages() -> list[tuple[str, str]]:
    pages = [(path, data.decode()) for path, data in files(VAULT)]
    return pages + [(case.path, case.given) for case in CASES if case.given.strip()]


def _span(text: str, dice: random.Random, most: int = 200) -> tuple[int, int]:
    start = dice.randrange(len(text) + 1)
    return start, min(len(text), start + dice.randrange(most))


def _delete(text: str, dice: random.Random) -> str:
    start, end = _span(text, dice)
    return text[:start] + text[end:]


def _duplicate(text: str, dice: random.Random) -> str:
    start, end = _span(text, dice)
    return text[:end] + text[start:end] * dice.randrange(1, 4) + text[end:]


def _swap(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _insert(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + "".join(dice.choices(PIECES, k=dice.randrange(1, 4))) + text[at:]


def _truncate(text: str, dice: random.Random) -> str:
    return text[: dice.randrange(len(text) + 1)]


def _newlines(text: str, dice: random.Random) -> str:
    return text.replace("\n", dice.choice(["\r\n", "\r", "\n\n", " ", "\u2028", "\n> ", "\n- "]))


MUTATIONS_OF_TEXT: tuple[Callable[[str, random.Random], str], ...] = (
    _delete, _duplicate, _swap, _insert, _insert, _truncate, _newlines,
)  # fmt: skip


def mutated(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Pages of the sample vault and of the fixtures, each damaged one to four times, some in their bytes."""
    dice = random.Random(seed)
    pages = _pages()
    for _ in range(count):
        path, text = dice.choice(pages)
        for _ in range(dice.randrange(1, 5)):
            text = dice.choice(MUTATIONS_OF_TEXT)(text, dice)
        data = bytearray(text.encode("utf-8", "surrogatepass"))
        if data and dice.random() < 0.1:
            data[dice.randrange(len(data))] = dice.randrange(256)
        if dice.random() < 0.1:
            path = str(Path(path).with_suffix(dice.choice(SUFFIXES)))
        yield path, bytes(data)


@pytest.mark.timeout(900)
def test_no_damaged_page_raises() -> None:
    claims = 0
    for number, (path, data) in enumerate(mutated(MUTATIONS, seed=20260101)):
        try:
            claims += check(path, data)
        except Exception as why:
            why.add_note(f"mutation {number} of {path}: {data!r}")
            raise
    assert claims > MUTATIONS, "the damaged pages should still state something"
