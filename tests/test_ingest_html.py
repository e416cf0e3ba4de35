"""Saved web pages: what is shown, where it stands, which links count, and whose text it is."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.formats.html import sheet
from ingest.page import Part, Sheet


def parts(text: str) -> list[tuple[str, str]]:
    return [(part.kind, part.shown.text) for part in sheet(text, "a.html").parts]


def shown(text: str) -> list[str]:
    return [part.shown.text for part in sheet(text, "a.html").parts]


def source(text: str, part: Part, words: str) -> str:
    at = part.shown.text.index(words)
    start, end = part.shown.span(at, at + len(words))
    return text[start:end]


def links(text: str) -> list[tuple[str, str, str]]:
    """Of each mention: its target, its words, and all of its mark-up."""
    return [
        (
            mention.target,
            part.shown.text[slice(*(mention.shown or (0, 0)))],
            text[mention.start : mention.end],
        )
        for part in sheet(text, "a.html").parts
        for mention in part.mentions
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<h2>A</h2><p>b</p>", [("heading", "A"), ("prose", "b")]),
        ("<p>a<p>b<div>c<div>d</div>e</div>f", [("prose", each) for each in "abcdef"]),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", [("item", "a"), ("item", "b"), ("item", "c")]),
        ("<blockquote><p>a</p><p>b</p></blockquote>c", [("quote", "a"), ("quote", "b"), ("prose", "c")]),
        ("<dl><dt>a<dd>b<dt>c<dd>d</dl>", [("prose", each) for each in "abcd"]),
        ("<p>a <b> b</b>\n\t c </p>", [("prose", "a b c")]),
        ("a<br>b<br/>c", [("prose", "a b c")]),
        ("a<br>\n<br>b", [("prose", "a"), ("prose", "b")]),
        ("<h1>a<br><br>b</h1>", [("heading", "a b")]),
        ("a &amp; b &lt;c&gt; &eacute;&#8212;&#x2014;&copy x", [("prose", "a & b <c> é\u2014\u2014© x")]),
        ("a&nbsp;&nbsp; b \xa0c", [("prose", "a b c")]),
        ("dis&shy;til\xadla<wbr>tion\u200b", [("prose", "distillation")]),
        ("&; &#; &#x; &zzz; && AT&T &#0; &#xD800;", [("prose", "&; &#; &#x; &zzz; && AT&T \ufffd \ufffd")]),
        ("&#" + "9" * 5000 + ";", [("prose", "\ufffd" + "9" * 4991 + ";")]),
        ("a <code>b()</code> c<pre>d</pre>", [("prose", "a b() c")]),
        ("10<sup>5</sup> m<sup>2</sup>", [("prose", "10^5 m2")]),
        ("a<sup><a href='#f1'>1</a></sup>, b <a href='#f2'>[2]</a> c", [("prose", "a, b c")]),
        ("a < b <c> & d", [("prose", "a < b & d")]),
        ("a <!-- no --> b <!--> c <!doctype x> <?php ?> d </ > e", [("prose", "a b c d e")]),
        (
            "<table><tr><th>a<th>b<tr><td><p>c</p></td><td>d e</td></tr></table>",
            [("prose", "a | b"), ("prose", "c | d e")],
        ),
        ("<table><tr><td>a<td><td>c</table>", [("prose", "a | c")]),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", [("prose", each) for each in "abc"]),
        ("<table><tr><td><h2>a</h2><ul><li>b</ul>", [("heading", "a"), ("item", "b")]),
        ("<p title='a > b' x=\"<i>\">c</p>", [("prose", "c")]),
        ("<div/>a<p/>b", [("prose", "a"), ("prose", "b")]),
        ("</p></div></td>a</span>", [("prose", "a")]),
        ("<title>a", [("prose", "a")]),
    ],
)
def test_what_is_shown(text: str, expected: list[tuple[str, str]]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>if (a < b) '</p>'</script>",
        "<style>p > a {}</style>",
        "<noscript><p>x</p></noscript>",
        "<template><p>x</template>",
        "<svg><title>x</title><text>x</text></svg>",
        "<math><mi>x</mi></math>",
        "<button>x</button>",
        "<span hidden>x</span>",
        "<span aria-hidden=true>x</span>",
        "<span style='color:red; display : none'>x</span>",
        "<textarea>x</textarea>",
        "<img alt=x>",
    ],
)
def test_what_is_not_shown(hidden: str) -> None:
    assert shown(f"<p>a {hidden} b</p>") == ["a b"]


def test_a_hidden_paragraph_ends_where_the_next_begins() -> None:
    assert shown("<p>a<p hidden>b<p>c<div hidden>d<p>e</div>f") == ["a", "c", "f"]


def test_the_head_is_not_shown_even_if_it_never_ends() -> None:
    assert shown("<html><head><title>t</title><meta name=a content=b><p>a") == ["a"]


def test_levels_of_headings_and_items() -> None:
    page = sheet("<h3>a</h3><ol><li>b<ul><li>c</ul></ol>d", "a.html")
    assert [part.level for part in page.parts] == [3, 1, 2, 0]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_character_knows_its_place_whatever_the_line_ends(newline: str) -> None:
    text = newline.join(["<p>One", "<b>two</b>  &amp;", "three", "<table><tr><td>x</td>", "<td>y</td></table>"])
    prose, row = sheet(text, "a.html").parts
    assert prose.shown.text == "One two & three"
    assert source(text, prose, "One two") == f"One{newline}<b>two"
    assert source(text, prose, "&") == "&amp;"
    assert source(text, prose, "& three") == f"&amp;{newline}three"
    assert source(text, row, "x | y") == f"x</td>{newline}<td>y"


SITE = "<link rel=canonical href='https://www.a.example/notes/b'>"


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("c.html", "c.html"),
        ("../c/d?x=1#y", "../c/d"),
        ("/notes/c/", "/notes/c/"),
        ("c%20d.md", "c%20d.md"),
        ("a&amp;b", "a&b"),
        ("https://a.example/notes/c#d", "https://a.example/notes/c"),
        ("//www.a.example:80/c", "//www.a.example:80/c"),
        ("https://a.example/", None),
        ("https://b.example/c", None),
        ("mailto:a@b.example", None),
        ("javascript:void(0)", None),
        ("file:///c.html", None),
        ("#c", None),
        ("?c", None),
        ("", None),
        ("/", None),
        ("c.png", None),
        ("http://[c", None),
    ],
)
def test_links_that_could_be_notes(href: str, target: str | None) -> None:
    text = f"{SITE}<p>see <a class=x href='{href}'>the <b>note</b></a>."
    markup = text[text.index("<a class") : text.index("</a>") + 4]
    assert links(text) == ([(target, "the note", markup)] if target else [])


@pytest.mark.parametrize(
    "saved",
    [
        "<!-- saved from url=(0020)https://a.example/b -->",
        "<!--\n Page saved\n url: https://a.example/b \n-->",
    ],
)
def test_a_saved_page_knows_its_site_from_the_comment(saved: str) -> None:
    text = f"{saved}<p><a href='https://a.example/c'>C</a> <a href='https://b.example/c'>D</a>"
    assert [target for target, _, _ in links(text)] == ["https://a.example/c"]


def test_a_link_around_blocks_belongs_to_the_first() -> None:
    text = "<a href=c><h3>Title</h3><p>text</p></a><p>more"
    assert links(text) == [("c", "Title", "<a href=c><h3>Title</h3><p>text</p></a>")]


def test_a_link_that_is_never_closed_ends_with_its_words() -> None:
    text = "<p><a href=c>C <a href=d>D</p><p>e</p>"
    assert links(text) == [("c", "C", "<a href=c>C"), ("d", "D", "<a href=d>D")]


def test_an_empty_link_is_no_mention() -> None:
    assert links("<p>a <a href=c><img src=d></a> b") == []


def test_links_to_literature_are_listed() -> None:
    text = (
        "<p><a href='https://doi.org/10.1000/x'>a</a> <a href='https://arxiv.org/abs/2403.01234'>b</a>"
        "<a href='https://b.example/c'>c</a> <a href='https://doi.org/10.1000/x'>again</a>"
    )
    page = sheet(text, "a.html")
    assert page.meta["links"] == ["https://doi.org/10.1000/x", "https://arxiv.org/abs/2403.01234"]


def meta(head: str) -> dict[str, object]:
    return dict(sheet(f"<html><head>{head}</head><body><p>a", "a.html").meta)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<title>A &amp;\n B</title>", {"title": "A & B"}),
        ("<title>A</title><meta property=og:title content='B'>", {"title": "B"}),
        ("<meta name=author content='Ada King, Bo Li and Cy'>", {"authors": ["Ada King", "Bo Li", "Cy"]}),
        ("<meta name=author content='King, Ada'>", {"authors": ["Ada King"]}),
        ("<meta property=article:author content='https://a.example/ada'>", {}),
        (
            "<meta name=citation_author content='King, Ada'><meta name=citation_author content='Li, Bo'>",
            {"authors": ["Ada King", "Bo Li"]},
        ),
        ("<meta property=article:published_time content=2024-03-05T10:00:00Z>", {"date": "2024-03-05"}),
        ("<meta name=citation_publication_date content=2024/3>", {"date": "2024-03"}),
        ("<meta name=citation_doi content='doi:10.1000/ABC'>", {"doi": "10.1000/abc"}),
        ("<meta name=DC.identifier content='10.1000/abc'>", {"doi": "10.1000/abc"}),
        ("<meta name=citation_arxiv_id content='2403.01234v2'>", {"arxiv": "2403.01234"}),
        ("<link rel=canonical href='https://a.example/b'>", {"url": "https://a.example/b"}),
        ("<meta name=description content='What it\n says'>", {"description": "What it says"}),
        ("<meta name=description>", {}),
    ],
)
def test_what_the_head_says(head: str, expected: dict[str, object]) -> None:
    assert meta(head) == expected


def test_the_heading_says_where_the_title_ends() -> None:
    page = sheet("<title>A question? | The site</title><h1>A question?</h1><time datetime=2024-03-05>March</time>", "a")
    assert page.meta == {"title": "A question?", "date": "2024-03-05"}


# Whose text is it? Four layouts, and what must come of each.

FIRST = "Training on filtered data raises accuracy by four points, but only when the filter knows the task."
SECOND = "Larger models need less filtering: their gains shrink from four points to less than one in all."
THIRD = "The reconciliation is that a filter adds what the model lacks, and a larger model lacks less."
PROSE = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
NAV = "<nav><ul><li><a href=/>Home</a><li><a href=/about>About us</a></ul></nav>"


def test_a_clean_export_with_an_article() -> None:
    page = f"""<body>{NAV}<article><header><h1>Does filtering help?</h1></header>{PROSE}
      <aside>An aside</aside><footer>Tags: data</footer></article>
      <section><h2>Sources</h2><ul><li><a href=b.html>Is data finite?</a> A summary.</ul></section>
      <div>Read next: ten more pages</div><footer>© The site</footer></body>"""
    assert shown(page) == [
        "Does filtering help?",
        FIRST,
        SECOND,
        THIRD,
        "Sources",
        "Is data finite? A summary.",
    ]


def test_a_blog_with_a_sidebar_a_cookie_banner_and_related_posts() -> None:
    page = f"""<body><div class="cookie-banner"><p>We use cookies to make this work for you.</p></div>
      <header><a href=/>The blog</a></header>{NAV}<div id=content><h1>Does filtering help?</h1>{PROSE}
      <p>Short.</p><p>{FIRST} Again.</p></div>
      <div class=sidebar><h3>About me</h3><p>I write about many things, mostly about data.</p></div>
      <div class="related-posts"><h3>You may also like</h3><ul><li><a href=/x>A post about x</a></ul></div>
      <form><input><p>Subscribe now</p></form><footer><p>© The blog</p></footer></body>"""
    assert shown(page) == ["Does filtering help?", FIRST, SECOND, THIRD, "Short.", f"{FIRST} Again."]


def test_a_box_of_the_site_amid_the_text_is_left_out_but_a_short_paragraph_is_not() -> None:
    box = "<div class='share social'><ul><li><span>Post</span></li><li><span>Mail</span></li></ul></div>"
    page = f"{NAV}<div><h1>A</h1>{PROSE}{box}<p>Yes.</p>{PROSE}</div>"
    assert shown(page) == ["A", FIRST, SECOND, THIRD, "Yes.", FIRST, SECOND, THIRD]


def test_a_page_with_everything_in_divs_comes_through_whole() -> None:
    page = f"""<body><div><div>SYNTHESIS NOTE</div><div><div>Does filtering help?</div></div>
      <div>{FIRST}</div>
      <div><div><span>{SECOND}</span></div></div><div>{THIRD}<br><br>Short.</div></div></body>"""
    assert shown(page) == ["SYNTHESIS NOTE", "Does filtering help?", FIRST, SECOND, THIRD, "Short."]


LINE = f"""<html><head><title>Does filtering help? - Notes</title>{SITE}</head><body>
<header class="site-header"><a href="/">Notes</a></header>{NAV}
<div class="page"><p class="label">INQUIRING LINE</p><h1>Does filtering help?</h1>
<p class="lead">This explores when filtering helps.</p>
<p>{FIRST} <a href="/notes/is-data-finite">Is data finite?</a>. {SECOND}</p>
<p>But {THIRD} (<a href="https://www.a.example/notes/do-models-forget/?via=line">Do models forget?</a>).</p>
<div class="sources"><h2>Sources 2 notes</h2>
<h3><a href="/notes/is-data-finite">Is data finite?</a></h3><p>Data runs out, and soon.</p>
<h3><a href="/notes/do-models-forget">Do models forget?</a></h3><p>They do.</p></div>
<h2>Next inquiring lines</h2><ul><li><a href="/lines/what-next">What next?</a></li></ul></div>
<footer>© Notes</footer></body></html>"""


def test_a_saved_inquiring_line_keeps_everything_that_it_says() -> None:
    assert parts(LINE) == [
        ("prose", "INQUIRING LINE"),
        ("heading", "Does filtering help?"),
        ("prose", "This explores when filtering helps."),
        ("prose", f"{FIRST} Is data finite?. {SECOND}"),
        ("prose", f"But {THIRD} (Do models forget?)."),
        ("heading", "Sources 2 notes"),
        ("heading", "Is data finite?"),
        ("prose", "Data runs out, and soon."),
        ("heading", "Do models forget?"),
        ("prose", "They do."),
        ("heading", "Next inquiring lines"),
        ("item", "What next?"),
    ]
    assert [(target, words) for target, words, _ in links(LINE)] == [
        ("/notes/is-data-finite", "Is data finite?"),
        ("https://www.a.example/notes/do-models-forget/", "Do models forget?"),
        ("/notes/is-data-finite", "Is data finite?"),
        ("/notes/do-models-forget", "Do models forget?"),
        ("/lines/what-next", "What next?"),
    ]


def test_a_page_that_is_one_form_is_not_empty() -> None:
    assert shown(f"<body><form>{NAV}<h1>A</h1>{PROSE}</form>") == ["A", FIRST, SECOND, THIRD]


def test_the_heading_of_a_site_is_not_that_of_the_page() -> None:
    banner = "<div class=menu-bar><h1>The site</h1></div>"
    assert shown(f"{banner}<main><h2>A</h2>{PROSE}</main>") == ["A", FIRST, SECOND, THIRD]
    assert shown(f"<header><h1>A</h1></header><main>{PROSE}</main>") == ["A", FIRST, SECOND, THIRD]


def test_a_page_of_nothing_but_navigation_is_shown() -> None:
    assert shown(f"<h1>A</h1>{NAV}") == ["A", "Home", "About us"]


def test_cards_of_other_articles_are_not_the_page() -> None:
    cards = "<div>" + "".join(f"<article><p>Card {n}</p></article>" for n in range(3)) + "</div>"
    assert shown(f"<h1>A</h1><div>{PROSE}</div>{cards}")[:4] == ["A", FIRST, SECOND, THIRD]


# No page raises, and none takes long.


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 50_000 + "a",
        "<div><b>" * 25_000 + "</i>" * 50_000,
        "<!--" * 100_000,
        "<a " * 100_000,
        "<a b='" * 100_000,
        "<a href=b>c" * 50_000,
        "<p>" + "<a href='#1'>word</a> " * 50_000,
        "<title>" * 100_000,
        "</title " * 100_000,
        "&#;" * 100_000,
        "&" * 300_000,
        "<" * 300_000,
        " " * 300_000 + "a",
        "<table><tr><td>" * 30_000,
        "<ul><li>" * 25_000 + "a",
        "<p class=menu>a</p>" * 25_000,
        "<!-- saved from url=(" * 10_000,
        "<h2>Sources" * 50_000,
        "<nav></nav>" + "<p>" + "word " * 200_000,
    ],
    ids=lambda text: text[:16],
)
def test_odd_pages_take_bounded_time(text: str) -> None:
    sheet(text, "a.html")


def well_mapped(text: str, page: Sheet) -> None:
    for part in page.parts:
        length = len(part.shown.text)
        spans = [part.shown.span(at, at + 1) for at in range(length)]
        assert length and part.shown.text.strip() == part.shown.text
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert [start for start, _ in spans] == sorted(start for start, _ in spans)
        for (start, end), char in zip(spans, part.shown.text, strict=True):
            assert char.isspace() or char in "|^" or text[start:end] == char or text[start] == "&"
        for mention in part.mentions:
            a, b = mention.shown or (0, 0)
            assert 0 <= a < b <= length
            assert text.startswith(("<a", "<A"), mention.start) and mention.start < mention.end <= len(text)
            start, end = part.shown.span(a, b)
            assert mention.start < start < end <= mention.end


PIECES = """
<p> </p> <p~hidden> <div~class=nav> </div> <a~href=b> <a~href='#1'> <a~href=c/> </a> <b > <br> <sup> </sup>
<table> <tr> <td> </table> <ul> <li> </ul> <h1> <nav> </nav> <main> <article> </article> <form> <head> <title>
<script> </script> <!-- --> <![x &amp; &#1; &# &lt &NotEqualTilde; a 1 ' " = / \0 \u00ad
"""
SPACES = [" ", "\r\n", "\xa0", "\x1f"]
PAGES = st.lists(st.sampled_from([piece.replace("~", " ") for piece in PIECES.split()] + SPACES), max_size=60).map(
    "".join
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), PAGES))
@example("<a href=b><td>1<a href='#1'>1</a>")
def test_any_text_gives_parts_whose_places_are_right(text: str) -> None:
    well_mapped(text, sheet(text, "a.html"))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(LINE)), st.text(alphabet="<>/'\"=& a!-", max_size=6), st.integers(0, 30))
def test_a_damaged_page_never_raises(at: int, put: str, cut: int) -> None:
    text = LINE[:at] + put + LINE[at + cut :]
    well_mapped(text, sheet(text, "a.html"))
