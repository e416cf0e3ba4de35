"""An answer as one HTML page: its own styles, print included, no script, every text escaped."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files

from kb.addresses import Address
from kb.claim import where
from kb.link import Tension
from kb.maths import readable_maths
from kb.note import REPORT
from kb.oneline import one_line
from kb.readable import as_read
from qa.answer import Answer, Cited, Statement
from qa.render import Numbers, apart_in_words, coverage_line, named_notes, nearest_to, said_by, words_of


def page(answers: Sequence[Answer], link: Address | None = None) -> str:
    """The whole page; several answers follow one another. Sources are links where it is said how."""
    bodies = [_body(answer, f"a{number}-", link) for number, answer in enumerate(answers)]
    return whole_page(answers[0].question if answers else "Nothing was asked", bodies)


def whole_page(title: str, bodies: Sequence[str], style: str = "") -> str:
    """What stands around the words of every page: no script runs, nothing is fetched, and kb knows it as a report."""
    head = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f'<meta name="generator" content="{REPORT}">',
        f"<title>{in_html(title)}</title><style>{asset('page.css')}{asset(style)}</style></head><body>",
    ]
    return "\n".join([*head, *bodies, "</body></html>"]) + "\n"


@cache
def asset(name: str) -> str:
    """A part of a page that is a file of its own, in `web/`; nothing where none is named."""
    return (files("qa.export") / "web" / name).read_text(encoding="utf-8") if name else ""


def _body(answer: Answer, prefix: str, link: Address | None) -> str:
    numbers = Numbers(answer)
    by = in_html(answer.engine.llm or "")
    worded = f"<br>Written by {by}, each sentence checked against its claims." if by else ""
    parts = [
        f"<h1>{in_html(answer.question)}</h1>",
        f'<p class="meta">{in_html(answer.reading)}<br>{in_html(coverage_line(answer))}{worded}</p>',
    ]
    for premise in answer.told_premises():
        told = f"{in_html(premise.text)} <em>{premise.verdict}</em>{_cited(numbers, premise.claims, prefix)}"
        parts.append(f'<p class="meta">Taken for granted: {told}</p>')
    if answer.coverage == "near":
        parts.append(f"<p>{in_html(nearest_to(answer))}</p>")
    if first := answer.in_brief():
        parts.append(_paragraph(first, numbers, prefix))
    for _, thread, mine in answer.strands():
        parts.append(f"<h2>{in_html(thread.title)}</h2>{_paragraph(mine, numbers, prefix)}")
    if answer.coverage == "silent":
        nearest = "".join(
            f"<li>{in_html(note.title)} <small>{_linked(note.path, note.path, None, link)}</small></li>"
            for note in answer.notes[:3]
            if note.path
        )
        parts.append(f"<h2>Nearest</h2><ul>{nearest}</ul><p>{in_html(answer.missing)}</p>")
    if answer.tensions or answer.apart:
        parts.append("<h2>Tensions</h2>")
    for tension in answer.tensions:
        sides = "".join(
            f"<p>“{in_html(words_of(answer.claims[key]))}”{_cited(numbers, [key], prefix)}</p>"
            for key in dict.fromkeys((tension.a, tension.b))
        )
        if tension.stated:
            sides += f"<p>on {in_html(' and '.join(named_notes(answer, tension)))}</p>"
        parts.append(card(tension, sides, _cited(numbers, tension.settled_by, prefix)))
    parts += [f'<div class="card"><p>{in_html(told)}</p></div>' for told in apart_in_words(answer)]
    if answer.next:
        lines = "".join(f"<li>{in_html(line.question)} <small>{in_html(line.why)}</small></li>" for line in answer.next)
        parts.append(f"<h2>Next</h2><ol>{lines}</ol>")
    parts.append(f'<h2>Sources</h2><ol class="sources">{"".join(_sources(numbers, prefix, link))}</ol>')
    return "\n".join(parts)


def card(tension: Tension, sides: str, cited: str = "") -> str:
    """A tension: its sides, who says so, why, and what would settle it, with where that is said."""
    told = f"<strong>{tension.kind}</strong> <small>{said_by(tension)}</small>{sides}"
    if tension.reconcile:
        cited = f"<p>To settle it, an author says: “{in_html(as_read(tension.reconcile))}”{cited}</p>"
    return f'<div class="card">{told}<p class="why">{in_html(tension.why)}</p>{cited}</div>'


def where_of(claim: Cited) -> str:
    """Where a claim stands."""
    return where(claim.path, claim.line, claim.page)


def _sources(numbers: Numbers, prefix: str, link: Address | None) -> Iterator[str]:
    for source in numbers.sources():
        places = dict.fromkeys(_linked(where_of(claim), claim.path, claim.line, link) for claim in source.claims)
        below = "<br>".join(filter(None, (", ".join(places), in_html(source.literature))))
        yield f'<li id="{prefix}{source.number}">{in_html(source.title)}<br><small>{below}</small></li>'


def _paragraph(statements: Sequence[Statement], numbers: Numbers, prefix: str) -> str:
    told = (
        f"<p>{in_html(readable_maths(each.shown))}{_cited(numbers, each.claims, prefix)}</p>" for each in statements
    )
    return "".join(told)


def _cited(numbers: Numbers, keys: Iterable[str], prefix: str) -> str:
    cited = [numbers.order[note] for note in numbers.notes(keys)]
    return "".join(f'<sup><a href="#{prefix}{number}">[{number}]</a></sup>' for number in cited)


def _linked(told: str, path: str, line: int | None, link: Address | None) -> str:
    return f'<a href="{escape(link(path, line))}">{in_html(told)}</a>' if link else in_html(told)


def in_html(text: str) -> str:
    """Words of notes as words."""
    return escape(one_line(text, 4000))
