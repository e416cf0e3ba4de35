"""`kb chat`: questions and follow-ups in one session."""

import sys
from collections.abc import Iterator
from contextlib import closing

from kb.cli import door
from kb.cli.ask import write_report
from kb.cli.listing import Folders, Kinds, Since, Tags, within
from kb.cli.llm import Choice, writer
from kb.cli.screen import console
from kb.errors import KbError
from kb.files import from_home
from kb.note import slug
from kb.oneline import one_line
from kb.settings import Settings
from kb.store import Store
from qa.ask import Asker
from qa.question import GREETINGS, is_question
from qa.render import show, show_sources, show_tensions
from qa.session import Session

HELP = """\
Ask a question, then follow up ("and for small models?"). A number takes up a next line.
/sources  the sources of the last answer     /tensions  its tensions
/save FILE  write it as a report             /help, /quit"""


def chat(
    folders: Folders = None, tags: Tags = None, kinds: Kinds = None, since: Since = "", llm: Choice = None
) -> None:
    """Ask, follow up, take up a next line by its number; /help says more. What narrows a question narrows all of them."""
    with (
        door.base() as (store, settings),
        writer(store, settings, llm, is_heard=True) as words,
        closing(Asker(store, settings, writer=words, within=within(store, folders, tags, kinds, since))) as asker,
    ):
        out = console()
        session = Session()
        if sys.stdin.isatty():
            out.print(HELP, style="dim")
        for said in _lines():
            if said.startswith("/"):
                if said in ("/quit", "/exit", "/q"):
                    break
                _command(said, session, store, settings)
                continue
            asked = session.resolve(said)
            if asked and (not is_question(asked) or set(slug(said).split("-")) <= {"", *GREETINGS}):
                out.print("That is no question; ask one in words, or type /help.")
                continue
            if not asked:
                out.print(f"There is no line {one_line(said, 80)}; type a question, or the number of one under Next.")
                continue
            answer = asker.ask(asked)
            session.add(said, asked, answer)
            show(answer, out, store.vault)
            out.print()


def _lines() -> Iterator[str]:
    """What is typed, line by line, until the end of input."""
    tty = sys.stdin.isatty()
    if tty:
        import readline  # noqa: F401 - line editing for input()
    while True:
        try:
            said = input("? " if tty else "").strip()
        except EOFError:
            return
        if said:
            yield said


def _command(said: str, session: Session, store: Store, settings: Settings) -> None:
    out = console()
    word, _, rest = said.partition(" ")
    if word == "/help":
        out.print(HELP)
    elif not session.turns:
        out.print("Nothing has been asked yet.")
    elif word == "/sources":
        show_sources(session.turns[-1].answer, out)
    elif word == "/tensions":
        show_tensions(session.turns[-1].answer, out)
    elif word == "/save" and not rest.strip():
        out.print("Say where to: /save FILE.md or FILE.html.")
    elif word == "/save":
        try:
            told = write_report([session.turns[-1].answer], from_home(rest.strip()), store, settings, "", force=False)
            out.print(f"Written: {one_line(rest)}{told}")
        except KbError as why:
            door.complain(why.message, why.remedy, why.status)
    else:
        out.print("That is no command; /help lists them.")
