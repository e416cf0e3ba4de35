"""Reference libraries: BibTeX and CSL-JSON."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.identity import normal_arxiv, normal_doi, plain_name
from ingest.formats.library import bibtex, csl, is_csl
from kb.note import Source


def one(fields: str) -> Source:
    """The source that one BibTeX entry gives."""
    (source,), problems = bibtex(f"@article{{key, title = {{T}}, {fields}}}", "a.bib")
    assert not problems
    return source


def item(**fields: object) -> Source:
    """The source that one CSL item gives."""
    (source,), problems = csl(json.dumps([{"id": "key", "title": "T", **fields}]), "a.json")
    assert not problems
    return source


BIBTEX = """\
@string{nips = "NeurIPS"}
@comment{an aside}
@article{muller2020,
  title   = {The {BERT} of M{\\"u}ller: 50\\% \\& more},
  author  = {M{\\"u}ller, J{\\'e}r{\\^o}me and Ada King and {Research and Co}},
  year    = 2020,
  journal = nips,
  doi     = {https://doi.org/10.1234/ABC.D}
}
"""


def test_an_entry() -> None:
    assert bibtex(BIBTEX, "a.bib") == (
        (
            Source(
                citekey="muller2020",
                doi="10.1234/abc.d",
                authors=("Jérôme Müller", "Ada King", "Research and Co"),
                year=2020,
                title="The BERT of Müller: 50% & more",
            ),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("eprint = {2403.01234v2}, archivePrefix = {arXiv}", "2403.01234"),
        ("eprint = {2403.01234}, eprinttype = {arxiv}", "2403.01234"),
        ("eprint = {cs/0112017}, primaryClass = {cs.CL}", ""),
        ("eprint = {cs/0112017}, archiveprefix = {arXiv}", "cs/0112017"),
        ("url = {https://arxiv.org/pdf/2403.01234v1.pdf}", "2403.01234"),
        ("doi = {10.48550/arXiv.2403.01234}", "2403.01234"),
        ("journal = {arXiv preprint arXiv:2403.01234}", "2403.01234"),
        ("eprint = {2403.01234}, eprinttype = {jstor}", ""),
        ("year = {2403}", ""),
    ],
)
def test_the_arxiv_identifier_of_an_entry(fields: str, expected: str) -> None:
    expected = "cs/0112017" if "primaryClass" in fields else expected
    assert one(fields).arxiv == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("author = {King, Ada}", ("Ada King",)),
        ("author = {de la Cruz, Jr., Ana and others}", ("Ana de la Cruz, Jr.",)),
        ("author = {Ada King AND\n Bo Li}", ("Ada King", "Bo Li")),
        ("author = {{Barnes and Noble, Inc.}}", ("Barnes and Noble, Inc.",)),
        ("editor = {Bo Li}", ("Bo Li",)),
        ("author = {\\O rsted, Hans}", ("Hans Ørsted",)),
        ("author = {}", ()),
    ],
)
def test_the_authors_of_an_entry(fields: str, expected: tuple[str, ...]) -> None:
    assert one(fields).authors == expected


@pytest.mark.parametrize(
    ("fields", "year"),
    [
        ("year = {2020}", 2020),
        ("date = {2020-05-01}", 2020),
        ("year = {in press}", None),
        ("year = {c. 1999}", 1999),
    ],
)
def test_the_year_of_an_entry(fields: str, year: int | None) -> None:
    assert one(fields).year == year


def test_the_address_of_an_entry() -> None:
    assert one("howpublished = {\\url{https://a.example/b_c}}").url == "https://a.example/b_c"
    assert one("url = {none}").url == ""


def test_a_percent_sign_is_no_comment() -> None:
    (source,), _ = bibtex("@misc{a, title = {From 36% to 73\\% of {all}}}", "a.bib")
    assert source.title == "From 36% to 73% of all"


def test_broken_entries_are_named_and_the_others_kept() -> None:
    text = (
        "@misc{first, title = {One}}\r\n"
        "@misc{open, title = {No end, year = 2020\r\n"
        "\r\n"
        "@misc{second, title = {Two}}\r\n"
        "@misc{first, title = {Again}}\r\n"
        "@misc{twice, title = {Three}, title = {Four}}\r\n"
        "@misc{empty, note = {nothing}}\r\n"
        "@misc{comma, title = {Five} year = {2020}}\r\n"
    )
    sources, problems = bibtex(text, "a.bib")
    assert [(source.citekey, source.title) for source in sources] == [
        ("first", "One"),
        ("second", "Two"),
        ("twice", "Three"),
        ("comma", "Five"),
    ]
    assert [(problem.line, problem.message) for problem in problems] == [
        (2, "This entry cannot be read."),
        (5, "The key first is used twice."),
        (6, "An entry gives title twice."),
        (7, "The entry empty describes nothing."),
        (8, "After title a comma is missing."),
    ]
    assert {problem.code for problem in problems} == {"library"} and all(problem.hint for problem in problems)


def test_a_csl_item() -> None:
    assert item(
        type="article-journal",
        DOI="10.1234/ABC",
        URL="https://a.example/b",
        title="A <i>fine</i> title",
        author=[{"given": "Ada", "family": "King"}, {"literal": "Research Group"}, {"family": "Li"}],
        issued={"date-parts": [["2020", 5]]},
    ) == Source(
        citekey="key",
        doi="10.1234/abc",
        url="https://a.example/b",
        authors=("Ada King", "Research Group", "Li"),
        year=2020,
        title="A fine title",
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"archive": "arXiv", "number": "2403.01234"}, "2403.01234"),
        ({"number": "arXiv:2403.01234v3"}, "2403.01234"),
        ({"DOI": "10.48550/arXiv.2403.01234"}, "2403.01234"),
        ({"note": "arXiv: 2403.01234 [cs]"}, "2403.01234"),
        ({"number": "2403.01234"}, ""),
    ],
)
def test_the_arxiv_identifier_of_an_item(fields: dict[str, object], expected: str) -> None:
    assert item(**fields).arxiv == expected


@pytest.mark.parametrize(
    ("issued", "year"),
    [
        ({"date-parts": [[2020]]}, 2020),
        ({"raw": "May 1999"}, 1999),
        ({"date-parts": [[]]}, None),
        ("2020", 2020),
        ([], None),
    ],
)
def test_the_year_of_an_item(issued: object, year: int | None) -> None:
    assert item(issued=issued).year == year


@pytest.mark.parametrize("odd", [None, 3, "x", [], {}, [[]], [None], {"a": "\ud800"}])
@pytest.mark.parametrize("name", ["author", "issued", "DOI", "note", "id"])
def test_odd_values_are_ignored(name: str, odd: object) -> None:
    assert item(**{name: odd}).title == "T"


def test_items_that_describe_nothing_are_named_and_the_others_kept() -> None:
    text = """{"items": [
 {"id": "a", "title": "One"},
 {"id": "b"},
 3,
 {"id": "a", "title": "Two"},
 {"id": "c", """
    sources, problems = csl(text, "a.json")
    assert [source.title for source in sources] == ["One"]
    assert [(problem.line, problem.message) for problem in problems] == [
        (3, "This item describes nothing."),
        (4, "This item describes nothing."),
        (5, "The id a is used twice."),
        (6, "From here on this is no JSON: Expecting property name enclosed in double quotes."),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"id": "a", "type": "book", "title": "T"}]', True),
        ('\ufeff {"items": [{"type": "article-journal", "author": []}]}', True),
        ('[{"type": "book"}]', False),
        ('[{"type": "button", "title": "T"}]', False),
        ('{"name": "package", "version": "1"}', False),
        ("[1, 2]", False),
        ("[]", False),
        ("{}", False),
        ("", False),
        ("[" * 100_000, False),
        ("[1" + "0" * 5000 + "]", False),
    ],
)
def test_is_csl(text: str, expected: bool) -> None:
    assert is_csl(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1000/ABC", "10.1000/abc"),
        ("https://doi.org/10.1000/abc.", "10.1000/abc"),
        ("http://dx.doi.org/10.1000%2Fabc", "10.1000/abc"),
        ("doi: 10.1016/S0140-6736(20)30183-5", "10.1016/s0140-6736(20)30183-5"),
        ("(see 10.1000/abc)", "10.1000/abc"),
        ("https://doi.org/10.1000/abc?from=x#top", "10.1000/abc"),
        ("10.1/abc", ""),
        ("", ""),
    ],
)
def test_normal_doi(text: str, expected: str) -> None:
    assert normal_doi(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2403.01234", "2403.01234"),
        ("arXiv:2403.01234v2 [cs.CL]", "2403.01234"),
        ("https://arxiv.org/abs/2403.01234", "2403.01234"),
        ("https://arxiv.org/pdf/2403.01234v12.pdf", "2403.01234"),
        ("10.48550/arxiv.2403.01234", "2403.01234"),
        ("arXiv:math.GT/0309136", "math.gt/0309136"),
        ("2499.01234", ""),
        ("see 2403.01234", ""),
        ("3.14", ""),
    ],
)
def test_normal_arxiv(text: str, expected: str) -> None:
    assert normal_arxiv(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("King, Ada", "Ada King"),
        ("Ada  King", "Ada King"),
        ("King, Jr, Ada", "Ada King, Jr"),
        (", ", ""),
        (",a", "a"),
    ],
)
def test_plain_name(name: str, expected: str) -> None:
    assert plain_name(name) == expected


PIECES = r"""
@article{ @ { } title= author= " , \ \' $ % # k ~and~ 1 [ ] : {"items":[ "title":"x" "DOI":"10.1000/x" \ud800
"""
ODD = ["\n", "\r", " ", "\ud800"]
LIBRARIES = st.lists(st.sampled_from([*PIECES.replace("~", "\t").split(" "), *ODD]), max_size=40).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), LIBRARIES))
def test_no_text_raises(text: str) -> None:
    for sources, problems in (bibtex(text, "a"), csl(text, "a")):
        assert all(problem.line is None or problem.line > 0 for problem in problems)
        assert all(source.model_dump_json() for source in sources)
    is_csl(text)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(BIBTEX)), st.text(alphabet='{}",@=\\ a\n', max_size=4), st.integers(0, 9))
def test_a_damaged_library_never_raises(at: int, put: str, cut: int) -> None:
    bibtex(BIBTEX[:at] + put + BIBTEX[at + cut :], "a.bib")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["{", "@a{", "@a{b,c={", "\\'{", '@a{b, title="', "\\textbf"])
def test_deep_nesting_takes_bounded_time(piece: str) -> None:
    bibtex("@misc{a, title = {" + piece * 20_000 + "}}", "a.bib")
