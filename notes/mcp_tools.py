"""The tools of an assistant (MCP): each asks the open base one thing and gives facts back. Nothing here speaks the protocol.

Arguments are bounded by their types, which become the schema that an assistant sees. Nothing but the last two writes outside `.kb/`.
"""

from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import Field

from kb.catalogue import claims as read_claims
from kb.catalogue import claims_of, find_claims, named
from kb.catalogue import notes as read_notes
from kb.claim import Fact
from kb.errors import KbError, NotFound
from kb.files import leads_within
from kb.link import TensionKind
from kb.note import NoteKind
from kb.oneline import one_line
from kb.review import Verdict, give
from notes.apply import links_to_apply
from notes.draft import UNNAMED, Draft, draft_of, read_draft
from notes.edit import write_edits
from notes.mcp_results import Facts, Results
from notes.suggest import APPLIED, SHOWN, Suggester
from qa.coverage import speaks_of
from qa.kept_base import KeptBase
from qa.matrix import synthesis_matrix
from qa.proposed import proposals
from qa.scope import Within, narrowed
from qa.tensions import held, on_topic, spread

Question = Annotated[str, Field(max_length=2_000, description="A question or a topic, in the language of the notes.")]
Name = Annotated[str, Field(max_length=1_000, description="A claim's id, or a note's title, path, alias or file name.")]
Text = Annotated[
    str, Field(max_length=200_000, description="A draft in Markdown; leave it out where `path` names a file.")
]
InVault = Annotated[
    str, Field(max_length=1_000, description="A file of the vault, its path as in the results: notes/a.md.")
]
Count = Annotated[int, Field(ge=1, le=50)]


class Narrowed(Fact):
    """Which notes count; of several folders, tags or kinds one is enough."""

    folders: tuple[Annotated[str, Field(max_length=400)], ...] = Field(
        default=(), max_length=20, description="In these folders of the vault."
    )
    tags: tuple[Annotated[str, Field(max_length=200)], ...] = Field(
        default=(), max_length=20, description="With one of these tags."
    )
    kinds: tuple[NoteKind, ...] = Field(default=(), max_length=5)
    since: str = Field(default="", max_length=10, description="Of this date or later: 2026, 2026-03 or 2026-03-01.")


class Refusal(KbError):
    """What an assistant asked for cannot be done."""


class Tools(KeptBase):
    """One vault, kept open."""

    def refresh(self) -> None:
        super().refresh()
        self.results = Results(self.store)

    def _open(self) -> None:
        super()._open()
        self.suggester = Suggester(self.store, self.settings, self.asker.retriever)

    def close(self) -> None:
        if self._identity is not None:
            self.suggester.close()
        super().close()

    def ask(
        self, question: Question, words: Annotated[int, Field(ge=40, le=1_000)] = 300, within: Narrowed | None = None,
    ) -> Facts:  # fmt: skip
        """Answer a question from the notes: statements, each with the claims it rests on, the tensions between them, how much the
        notes know (`coverage`), what is missing, what to ask next. Where `coverage` is silent the notes cannot answer."""
        self._narrow(within)
        return self.results.answer(self.asker.ask(_filled(question, "question"), words))

    def claims(
        self, words: Question = "", limit: Count = 20, within: Narrowed | None = None
    ) -> Facts:  # fmt: skip
        """Find claims by their words, each with its verbatim quote, place (path:line) and role."""
        scope = self.asker.retriever.scope((), self._narrow(within))
        names = find_claims(self.store, words) if words.strip() else None
        found = [claim for claim in read_claims(self.store, names) if scope.counts(claim)]
        return {"found": len(found), "claims": self.results.claims(claim.id for claim in found[:limit])}

    def tensions(
        self, topic: Question = "", limit: Count = 10, within: Narrowed | None = None
    ) -> Facts:  # fmt: skip
        """Where the notes pull apart, on a topic or at all: both quotes, the kind of disagreement, who says so, and why."""
        narrowed = self._narrow(within)
        scope = self.asker.retriever.scope((), narrowed)
        if topic.strip():
            near = self.asker.retriever.find(topic, notes=30, within=narrowed)
            found = on_topic(self.store, near.notes, scope=scope) if speaks_of(self.store, topic, near) else []
        else:
            found = list(spread(held(self.store, scope=scope)))
        return {
            "found": len(found),
            "tensions": [self.results.tension(each.tension, each.id) for each in found[:limit]],
        }

    def matrix(
        self, topic: Question = "", points: Annotated[int, Field(ge=1, le=20)] = 6, works: Count = 15, within: Narrowed | None = None,
    ) -> Facts:  # fmt: skip
        """Works by points, as a literature review has it: who is for, against, on a condition, or only speaks of it, each cell with
        its quote and who says so. Of a topic or question; of an inquiring line (its title or path) sentence by sentence; with
        neither, of the liveliest tensions. Works on one source are counted once."""
        self._narrow(within)
        return self.results.matrix(synthesis_matrix(self.asker, topic, points=points, works=works))

    def links(self, text: Text = "", path: InVault = "", limit: Count = 20) -> Facts:
        """Notes to link in a draft, best first: where, what to write, whether the note agrees or disagrees, and why."""
        draft = self._draft(text, path)
        found = [each for each in self.suggester.suggest(draft, most=limit) if each.score >= SHOWN]
        return {"links": [self.results.suggestion(each) for each in found]}

    def check(self, text: Text = "", path: InVault = "") -> Facts:
        """What a draft says against the notes (contradicted), beyond its source (miscited), or without naming one (uncited)."""
        draft = self._draft(text, path)
        return {"findings": [self.results.finding(each, draft.text) for each in self.suggester.checker.check(draft)]}

    def show(self, name: Name) -> Facts:
        """One claim or one note, with all that hangs on it: words, place, literature, links."""
        wanted = _filled(name, "name")
        if found := read_claims(self.store, [wanted]):
            return {"claims": self.results.claims([wanted]), "cites": [self.results.title(note) for note in found[0].citations],
                    "links": self.results.links(wanted)}  # fmt: skip
        note = named(self.store, wanted)
        if note is None:
            raise NotFound("note or claim", one_line(name, 80), "Look for it with the tool claims.")
        return self.results.note(read_notes(self.store, [note])[0], claims_of(self.store, note))

    def review(
        self, tension: Annotated[str, Field(max_length=100)], verdict: Verdict, kind: TensionKind | None = None
    ) -> Facts:
        """Write down the user's own word on a tension (its id from the tool tensions): accept or reject. Only when the user says so."""
        found = next((each for each in proposals(self.store) if each.held.id == tension), None)
        if found is None:
            raise NotFound(
                "tension that waits for a word", one_line(tension, 80), "Its id comes from the tool tensions."
            )
        judged = found.judged(verdict, kind or found.held.tension.kind, date.today().isoformat())
        give(self.folder, judged)
        return {
            "written_to": "kb-review.jsonl",
            "verdict": verdict,
            "tension": self.results.tension(found.held.tension, tension),
        }

    def apply_links(
        self, path: InVault, above: Annotated[float, Field(ge=0, le=1)] = APPLIED, limit: Count = 20
    ) -> Facts:  # fmt: skip
        """Put the surest links into a note of the vault, changing nothing else in it. Only when the user says so."""
        draft = self._draft("", path)
        found = links_to_apply(self.suggester, draft, above, limit)
        if found:
            edits, noted = [each.edit for each in found], [each.note for each in found]
            write_edits(self.store, self._file(path), draft.sha, edits, noted)
        return {"written_to": draft.path, "links": [self.results.suggestion(each) for each in found]}

    def _narrow(self, within: Narrowed | None) -> Within:
        """What this question alone is narrowed to."""
        given = within or Narrowed()
        self.asker.within = narrowed(self.folder, given.folders, given.tags, given.kinds, given.since)
        return self.asker.within

    def _draft(self, text: str, path: str) -> Draft:
        """What is to be read: a text, or a file of the vault and of nowhere else."""
        if bool(text.strip()) == bool(path.strip()):
            raise Refusal("A draft is either `text` or `path`.", "Give one of the two.")
        if text.strip():
            read = draft_of(self.store, text.encode("utf-8", "replace"), UNNAMED)
        else:
            try:
                read = read_draft(self.store, self._file(path))
            except OSError:
                read = None
        if read is None:
            raise Refusal("This cannot be read as a note.", "Name a text in the vault, or give one.")
        return read

    def _file(self, path: str) -> Path:
        """A file of the vault by its path; what lies outside it is not told from what is not there."""
        named_ = PurePosixPath(_filled(path, "path").replace("\\", "/"))
        file = self.folder / named_
        inside = not named_.is_absolute() and not any(part == ".." or part.startswith(".") for part in named_.parts)
        if not inside or not file.is_file() or not leads_within(self.folder, file):
            raise NotFound("file of the vault", one_line(path, 80), "Name one as the paths of the results have it.")
        return file


def _filled(given: str, what: str) -> str:
    """An argument without characters that nobody sees; not an empty one."""
    cleaned = one_line(given, 2_000)
    if not cleaned:
        raise Refusal(f"There is no {what}.", "Say one in words.")
    return cleaned


READ = ("ask", "claims", "tensions", "matrix", "links", "check", "show")
WRITE = ("review", "apply_links")
