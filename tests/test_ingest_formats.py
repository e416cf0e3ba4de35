"""Every layout, as a person would keep it, and what is read from it.

The cases stand in `fixtures/formats/*.md`: a title line, the file, what comes of it, each closed by a line
with a full stop. The title line goes on, after " · ", with the path of the file and what is particular
about it: `crlf`, `cr`, `bom`, `latin-1`, `utf-16`, `knows A? | B?` (titles the vault knows), or
`wrong: why` where the reading is known to differ from what the case rightly expects. `pytest --update`
rewrites what the other cases expect; read the difference before keeping it.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.decode import NOTES
from ingest.extract import Extract, Reference, extract
from ingest.page import Lines, Page
from ingest.read import Reading, read
from ingest.titles import Titles
from kb.claim import Claim, fingerprint
from kb.note import Source

FIXTURES = Path(__file__).parent / "fixtures" / "formats"
VAULT = Path(__file__).parent.parent / "examples" / "vault"
SHARED = Path(__file__).parent.parent.parent / "shared"
SAMPLES = SHARED / "samples"
GARDEN = SHARED / "data" / "garden" / "vault"
_BOMS = {"bom": codecs.BOM_UTF8, "utf-16": codecs.BOM_UTF16_LE}
_NEWLINES = {"crlf": "\r\n", "cr": "\r"}


@dataclass(frozen=True)
class Case:
    file: Path
    title: str
    path: str
    options: tuple[str, ...]
    given: str
    expected: str

    @property
    def head(self) -> str:
        return " · ".join((self.title, self.path, *self.options))

    def option(self, name: str) -> str:
        return next((option[len(name) :].strip() for option in self.options if option.startswith(name)), "")

    @property
    def data(self) -> bytes:
        """The bytes of the file the case stands for."""
        text = self.given
        for name, newline in _NEWLINES.items():
            text = text.replace("\n", newline) if name in self.options else text
        bom = next((bom for name, bom in _BOMS.items() if name in self.options), b"")
        encoding = "latin-1" if "latin-1" in self.options else "utf-16-le" if "utf-16" in self.options else "utf-8"
        return bom + text.encode(encoding)

    @property
    def titles(self) -> Titles:
        return Titles(title.strip() for title in self.option("knows").split("|") if title.strip())

    def reading(self) -> Reading:
        return read(self.path, self.data, self.titles)


def cases(file: Path) -> list[Case]:
    """The cases of a fixture file."""
    found: list[Case] = []
    lines = iter(file.read_text(encoding="utf-8").split("\n"))
    for line in lines:
        if not line.strip():
            continue
        title, path, *options = line.split(" · ")
        assert next(lines) == ".", f"{file.name}: no full stop after “{line}”"
        given, expected = "".join(_until_stop(lines)), "".join(_until_stop(lines))
        found.append(Case(file, title, path, tuple(options), given, expected))
    return found


def _until_stop(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line == ".":
            return
        yield line + "\n"
    raise AssertionError("a case is not closed by a line with a full stop")


def rewrite(case: Case, expected: str) -> None:
    """Put a new expectation in the fixture file, touching no other case."""
    whole = [
        f"{each.head}\n.\n{each.given}.\n{expected if each.title == case.title else each.expected}.\n"
        for each in cases(case.file)
    ]
    case.file.write_text("\n".join(whole), encoding="utf-8")


CASES = [case for file in sorted(FIXTURES.glob("*.md")) for case in cases(file)]


def name(case: Case) -> str:
    return f"{case.file.stem}: {case.title}"


# What a reader of a fixture sees of a page.


def rendered(reading: Reading) -> str:
    lines: list[str] = []
    if reading.page is not None:
        found = extract(reading.page, reading.text)
        lines += _note(reading.page)
        lines += (f"links {each.line}: {_reference(each)}" for each in found.references if not each.claim)
        for claim in found.claims:
            lines += _claim(reading.page, claim, found)
    for problem in reading.problems:
        lines.append(f"problem {problem.code}{f' {problem.line}' if problem.line else ''}: {problem.message}")
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _note(page: Page) -> Iterator[str]:
    note = page.note
    yield f"{note.kind}: {note.title}"
    if note.summary:
        yield f"summary: {note.summary}"
    for label, words in (("aliases", note.aliases), ("topics", note.topics)):
        if words:
            yield f"{label}: {' | '.join(words)}"
    if note.date:
        yield f"date: {note.date}"
    for source in note.sources:
        yield f"source: {_source(source)}"
    for entry in page.listed:
        told = " (title told from the prose)" if entry.inferred else ""
        to = f" -> {entry.target}" if entry.target else ""
        yield f"lists: {entry.title}{to}{told}{f': {entry.summary}' if entry.summary else ''}"
    for question in page.next_lines:
        yield f"next: {question}"


def _source(source: Source) -> str:
    given = source.model_dump(exclude_defaults=True)
    return "; ".join(f"{key} {', '.join(value) if isinstance(value, tuple) else value}" for key, value in given.items())


def _reference(reference: Reference) -> str:
    relation = "" if reference.relation == "cites" else f"{reference.relation}{' by' if reference.inverse else ''} "
    return f"{reference.form} {relation}{reference.target}"


def _claim(page: Page, claim: Claim, found: Extract) -> Iterator[str]:
    yield f"{claim.place.line} {claim.role}: {claim.text}"
    if claim.quote != claim.text:
        yield f"    quote {claim.quote!r}"
    if claim.note != page.note.id:
        yield f"    of {claim.note}"
    for reference in found.references:
        if reference.claim == claim.id:
            yield f"    {_reference(reference)}"
    for number in claim.numbers:
        yield f"    number {number.value:g} {number.unit}{f' of {number.quantity}' if number.quantity else ''}".rstrip()


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_page_is_read_as_its_fixture_says(case: Case, request: pytest.FixtureRequest) -> None:
    got = rendered(case.reading())
    wrong = case.option("wrong:")
    if wrong:
        request.applymarker(pytest.mark.xfail(reason=wrong, strict=True))
    elif request.config.getoption("--update") and got != case.expected:
        rewrite(case, got)
        return
    assert got == case.expected


def test_every_layout_has_its_fixtures_and_every_title_is_its_own() -> None:
    stems = {case.file.stem for case in CASES}
    assert stems == {"line", "synthesis", "hub", "post", "vault", "plain", "markdown"}
    names = [name(case) for case in CASES]
    assert len(names) == len(set(names))


# Every place exact.


def assert_exact(path: str, data: bytes, titles: Titles) -> int:
    """Every claim of a file stands where it says; how many there are."""
    reading = read(path, data, titles)
    if reading.page is None:
        return 0
    found = extract(reading.page, reading.text)
    lines = Lines(reading.text)
    for claim in found.claims:
        place = claim.place
        assert reading.text[place.start : place.end] == claim.quote
        assert place.path == path
        assert place.line == lines.at(place.start)
        assert place.sha == fingerprint(claim.quote)
        assert claim.quote == claim.quote.strip() != ""
        assert claim.text.strip()
    assert len({claim.id for claim in found.claims}) == len(found.claims)
    for reference in found.references:
        assert 0 <= reference.start < reference.end <= len(reading.text)
        assert reference.line == lines.at(reference.start)
    return len(found.claims)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_every_claim_of_a_fixture_stands_where_it_says(case: Case) -> None:
    assert_exact(case.path, case.data, case.titles)


PLAINLY = [case for case in CASES if not case.options or case.option("knows")]


@pytest.mark.parametrize("case", PLAINLY, ids=name)
def test_line_ends_and_encodings_change_no_claim(case: Case) -> None:
    """The same words under \\r\\n, behind a BOM or in UTF-16: the same claims, and offsets into the decoded text."""
    plain = _texts(case.path, case.given.encode(), case.titles)
    for data in (
        case.given.replace("\n", "\r\n").encode(),
        codecs.BOM_UTF8 + case.given.encode(),
        codecs.BOM_UTF16_LE + case.given.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + case.given.encode("utf-16-be"),
    ):
        assert _texts(case.path, data, case.titles) == plain
        assert_exact(case.path, data, case.titles)


def _texts(path: str, data: bytes, titles: Titles) -> list[tuple[str, str, int]]:
    reading = read(path, data, titles)
    assert "\ufeff" not in reading.text[:1]
    if reading.page is None:
        return []
    return [(claim.role, claim.text, claim.place.line) for claim in extract(reading.page, reading.text).claims]


def known_titles(root: Path) -> Titles:
    """What a second sync of a folder knows: the titles of its own notes."""
    pages = [read(path, data, Titles()).page for path, data in files(root)]
    return Titles(page.note.title for page in pages if page)


def files(root: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(root.rglob("*")):
        if file.is_file() and file.suffix in NOTES:
            yield file.relative_to(root).as_posix(), file.read_bytes()


def test_every_claim_of_the_sample_vault_stands_where_it_says() -> None:
    titles = known_titles(VAULT)
    counts = {path: assert_exact(path, data, titles) for path, data in files(VAULT)}
    assert len(counts) > 40
    assert min(counts.values()) > 0, [path for path, count in counts.items() if not count]


@pytest.mark.skipif(not GARDEN.is_dir(), reason="the garden is not on this machine")
def test_every_claim_of_the_garden_stands_where_it_says() -> None:
    counts = [assert_exact(path, data, Titles()) for path, data in files(GARDEN)]
    assert len(counts) == 750
    assert sum(counts) > 5_000


# The pages the project was given.

needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample pages are not on this machine")


def sample(file: str) -> tuple[Page, Extract]:
    reading = read(file, (SAMPLES / file).read_bytes(), Titles())
    assert reading.page is not None
    assert not reading.problems
    return reading.page, extract(reading.page, reading.text)


@needs_samples
def test_the_labelled_line_has_twelve_notes_and_cites_them_twelve_times() -> None:
    page, found = sample("line-labelled.txt")
    assert page.note.kind == "line"
    assert page.note.title == "How does training data distribution determine what models can learn?"
    assert len(page.listed) == 12
    assert all(entry.title.endswith("?") and len(entry.summary) > 60 and not entry.inferred for entry in page.listed)
    cited = [mention.target for mention in page.mentions if mention.form == "title"]
    assert len(cited) == 12
    assert set(cited) == {entry.title for entry in page.listed}
    assert all(reference.claim for reference in found.references)
    assert not any(claim.text.rstrip(".").endswith("?") for claim in found.claims)


@needs_samples
def test_the_flat_line_gets_its_seven_titles_back_each_with_its_own_summary() -> None:
    page, _ = sample("line-flat.txt")
    assert page.note.title == "How does the Learning Law explain why all examples should contribute equally?"
    words = {entry.title: entry.summary.split()[0] for entry in page.listed}
    assert words == {
        "Can deep learning theory unify around training dynamics?": "Research",
        "Can a single training example unlock mathematical reasoning?": "A",
        "Can a single problem unlock reasoning through solution critique?": "Critique",
        "Can optimal experimental design improve few-shot example selection?": "AIPD",
        "Does learning from mistakes improve in-context learning?": "LEAP",
        "Does teacher-refined data always improve student model performance?": "Teacher-refined",
        "Does outcome-based RL diversity loss spread across unsolved problems?": "RL",
    }
    assert all(entry.inferred for entry in page.listed)


@needs_samples
def test_titles_common_to_both_lines_are_one_key() -> None:
    keys = [
        {reference.key for reference in sample(file)[1].references} for file in ("line-labelled.txt", "line-flat.txt")
    ]
    assert keys[0] & keys[1] == {
        "does-teacher-refined-data-always-improve-student-model-performance",
        "does-outcome-based-rl-diversity-loss-spread-across-unsolved-problems",
    }


@needs_samples
def test_what_the_post_calls_limitations_are_caveats() -> None:
    page, found = sample("post.txt")
    assert page.note.kind == "post"
    assert page.note.summary.startswith("One training example")
    assert not page.mentions
    limits = page.note.path and [claim for claim in found.claims if 51 <= claim.place.line <= 54]
    assert limits and len(limits) >= 4
    assert {claim.role for claim in limits} == {"caveat"}
    numbers = {number.value for claim in found.claims for number in claim.numbers}
    assert {36.0, 70.0} <= numbers


@needs_samples
@pytest.mark.parametrize("file", sorted(SAMPLES.rglob("*.txt")), ids=lambda file: str(file.name))
def test_every_sample_is_read_with_exact_places(file: Path) -> None:
    path = file.relative_to(SAMPLES).as_posix()
    assert_exact(path, file.read_bytes(), Titles())
    reading = read(path, file.read_bytes(), Titles())
    assert reading.page is not None and reading.page.note.title.endswith(("?", "Pressure"))
