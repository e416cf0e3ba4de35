"""After any series of changes the base is what a clean rebuild of the same folder would be.

Row ids, stamps and generations apart, everything is compared: see `contents`. The pools of names and titles
are small on purpose, so that files meet, heal and break each other's links all the time. What changes is notes, their
sizes, links of the file system, ignore files, every setting, and what a model has said; syncs come at once or an hour later.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ingest.changes
import ingest.passages
import ingest.update
from ingest.integrity import content_hash
from ingest.model_replies import ModelReplies, Reply, Span
from ingest.pipeline import sync
from kb.catalogue import cited, find_claims, find_notes, links_as_written, works
from kb.edges import links
from kb.embed import Embedding, open_embedding
from kb.folder import REPLIES
from kb.replies import Replies
from kb.settings import Settings, load_settings
from kb.store import open_store
from kb.vault import FOLDER

EXAMPLES = int(os.environ.get("KB_EXAMPLES", "150"))

QUERIES = {
    "file": "SELECT path, sha, state, problems FROM file",
    "note": "SELECT name, path, title, kind, summary, date, aliases, sources, topics, next_lines, tags FROM note LEFT JOIN file ON file.id = note.file",
    "name": "SELECT key, path, how FROM name JOIN file ON file.id = name.file",
    "title": "SELECT tail, title, path FROM title JOIN file ON file.id = title.file",
    "question": "SELECT tail, path FROM question JOIN file ON file.id = question.file",
    "passage": "SELECT path, start, stop, line FROM passage JOIN file ON file.id = passage.file",
    "claim": "SELECT name, path, about, owner, claim.start, claim.stop, claim.line, claim.sha, text, quote, role, numbers, passage.start, passage.stop "
    "FROM claim JOIN file ON file.id = claim.file JOIN passage ON passage.id = claim.passage",
    "vector": "SELECT path, rows, hex(data) FROM vector JOIN file ON file.id = vector.file",
    "mention": "SELECT path, key, target, form, relation, inverse, line, start, stop, claim, note FROM mention JOIN file ON file.id = mention.file",
    "listed": "SELECT path, key, target, title, title_key, summary FROM listed JOIN file ON file.id = listed.file",
    "work": "SELECT path, key, source FROM work JOIN file ON file.id = work.file",
    "said": "SELECT path, relation, confidence, a, a_key, b, b_key, reason FROM said JOIN file ON file.id = said.file",
    "figure": "SELECT key, claim.name FROM figure JOIN claim ON claim.id = figure.claim",
    "link": "SELECT coalesce('file:' || path, origin), kind, a, b, method, confidence, evidence, reason, tension, chosen "
    "FROM link LEFT JOIN file ON origin = 'file:' || file.id",
    "claim_words": "SELECT term, coalesce(claim.name, '(nobody)'), col, \"offset\" FROM claim_terms LEFT JOIN claim ON claim.id = doc",
    "note_words": "SELECT term, coalesce(note.name, '(nobody)'), col, \"offset\" FROM note_terms LEFT JOIN note ON note.id = doc",
}
WORDS = ("alpha", "reward students", "73.6", "data style ability", "learning")
UNSETTLED = ("dirty_key", "dirty_tail", "dirty_figure", "dirty_file")


def contents(vault: Path) -> dict[str, Any]:
    """All that a base holds, without what a rebuild may number otherwise."""
    with open_store(vault, create=False) as store:
        for table in ("claim", "note"):
            store.sql.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{table}_terms USING fts5vocab(main, {table}_words, instance)"
            )
        held: dict[str, Any] = {
            name: sorted(store.sql.execute(query).fetchall(), key=repr) for name, query in QUERIES.items()
        }
        held["answers"] = [(word, find_claims(store, word, 10), find_notes(store, word, 10)) for word in WORDS]
        held["graph"] = [link.model_dump() for link in links(store)]
        held["cited"], held["works"] = cited(store), works(store)
        held["written"] = {path: [c.model_dump() for c in mine] for path, mine in links_as_written(store).items()}
        held["embed"] = store.meta("embed")
        held["unsettled"] = [table for table in UNSETTLED if store.count(table)]
    return held


def flaws(vault: Path) -> list[str]:
    """What can be wrong with a base whatever its notes say."""
    found = []
    with open_store(vault, create=False) as store:
        sql = store.sql
        for (note,) in sql.execute(
            "SELECT DISTINCT note FROM mention WHERE note IS NOT NULL AND note NOT IN (SELECT name FROM note UNION SELECT path FROM file)"
        ):
            found.append(f"a link resolves to {note}, which is not there")
        for (owner,) in sql.execute(
            "SELECT DISTINCT coalesce(owner, about) FROM claim WHERE coalesce(owner, about) NOT IN (SELECT name FROM note)"
        ):
            found.append(f"a claim is of {owner}, which is not there")
        for a, b in sql.execute(
            "SELECT a, b FROM link WHERE a NOT IN (SELECT name FROM claim UNION SELECT name FROM note) "
            "OR b NOT IN (SELECT name FROM claim UNION SELECT name FROM note)"
        ):
            found.append(f"a link between {a} and {b} hangs in the air")
        for (name,) in sql.execute(
            "SELECT name FROM note WHERE kind = 'stub' AND name NOT IN (SELECT note FROM mention WHERE note IS NOT NULL "
            "UNION SELECT owner FROM claim WHERE owner IS NOT NULL UNION SELECT 'stub:' || key FROM listed)"
        ):
            found.append(f"nobody speaks of {name}")
        found += [f"unsettled: {table}" for table in UNSETTLED if store.count(table)]
        found += [str(row) for row in sql.execute("PRAGMA foreign_key_check")]
    return found


def rebuilt(vault: Path, asked: Settings | None = None) -> dict[str, Any]:
    """The contents of a base made from nothing out of the same notes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder).resolve() / "copy"
        shutil.copytree(vault, copy, symlinks=True, ignore=shutil.ignore_patterns(FOLDER))
        if (vault / FOLDER / REPLIES).exists():
            (copy / FOLDER).mkdir()
            shutil.copy(vault / FOLDER / REPLIES, copy / FOLDER)
        sync(copy, asked or Settings())
        return contents(copy)


def assert_as_rebuilt(vault: Path, asked: Settings | None = None) -> None:
    mine, clean = contents(vault), rebuilt(vault, asked)
    for what in clean:
        if mine[what] != clean[what]:
            if isinstance(clean[what], list):
                extra = [row for row in mine[what] if row not in clean[what]]
                lacks = [row for row in clean[what] if row not in mine[what]]
                pytest.fail(
                    f"{what}: too much {extra[:4]}\nmissing {lacks[:4]}" if extra or lacks else f"{what}: order"
                )
            assert mine[what] == clean[what], what


class Letters:
    """A second embedding, of another width."""

    dimensions = 26

    def __init__(self, name: str = "letters-1") -> None:
        self.name = name

    def embed(self, texts: Any) -> Any:
        import numpy as np

        rows = np.array([[text.lower().count(chr(97 + n)) + 0.01 for n in range(26)] for text in texts], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True) if texts else np.zeros((0, 26), np.float32)


@cache
def _embedding(setting: str) -> Embedding:
    return Letters() if setting == "letters" else open_embedding("wordllama", Path())


@contextmanager
def quickly() -> Iterator[None]:
    """The real embedding loaded once, and no Chroma: whether that equals the store has a test of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.passages, "catch_up", lambda *given, **more: False)
        patch.setattr(ingest.update, "open_embedding", lambda setting, *more: _embedding(setting))
        yield


@contextmanager
def an_hour_later() -> Iterator[None]:
    """What is synced in here was written an hour before, so that times may save reading it."""

    class Clock:
        monotonic = staticmethod(time.monotonic)
        time_ns = staticmethod(lambda: time.time_ns() + 3_600 * 10**9)

    time.sleep(0.01)  # a tick of the clock: an edit after the sync has another time than one before it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.update, "time", Clock)
        patch.setattr(ingest.changes, "time", Clock)
        yield


# What notes are made of. -------------------------------------------------------------------------------

PATHS = (
    "alpha.md",
    "beta.md",
    "sub/alpha.md",
    "sub/gamma.md",
    "line.md",
    "flat.txt",
    "note.txt",
    "delta.md",
    "page.html",
    "library.bib",
)
TITLES = (
    "Does alpha data always help students?",
    "Can beta rewards add ability?",
    "Is gamma alignment only style?",
    "Can gamma rewards add ability?",
)
NAMES = (
    "alpha",
    "beta",
    "gamma",
    "delta",
    "sub/alpha",
    "Alpha effect",
    "Beta effect",
    "does-alpha-data-always-help-students",
    "nowhere",
    "alpha.md#Results",
)
CITATIONS = (
    *(f"[[{name}]]" for name in NAMES),
    *(f" {title}" for title in TITLES),
    "[[alpha|the first]]", "[the third](sub/gamma.md)", "[back](../alpha.md)", "[@alpha2020]", "![[beta]]", "[[#Results]]", "",
)  # fmt: skip
OPENINGS = ("", "But ", "By contrast, ", "Similarly, ", "However, ", "This ", "Only when the teacher is weak, ")
STATEMENTS = (
    "one example of alpha data lifts accuracy on MATH500 to 73.6%",
    "accuracy on MATH500 rises to 73.6% with one example of alpha data",
    "students learn little from 1,209 rewards that carry no information",
    "the gain of 27.4 points confirms what rewards teach students",
    "beta rewards argue the opposite about what students learn",
    "style is learned from 1,209 examples when ability is already there",
    "beta rewards raise the #beta/rewards accuracy of students",
    "beta rewards do not raise the accuracy of students",
    "rewards teach what [[gamma]] and [[beta]] dispute about students",
)
TYPED = (
    "contradicts:: [[beta]]",
    "supported by:: [[Alpha effect]]",
    "qualifies:: [[sub/alpha]]",
    "supports:: [[gamma]], [[nowhere]]",
)

sentence = st.builds(
    lambda opening, said, cites, end: f"{opening}{said if opening else said.capitalize()} {cites}{end}",
    st.sampled_from(OPENINGS), st.sampled_from(STATEMENTS), st.sampled_from(CITATIONS), st.sampled_from((".", ". ", "\n")),
)  # fmt: skip
against_itself = st.builds(
    lambda heading, said: f"## {heading}\n\n{said}",
    st.sampled_from(("Tensions", "Counterpoint", "Limitations")),
    sentence,
)
paragraph = st.one_of(
    st.lists(sentence, min_size=1, max_size=3).map(" ".join),
    st.lists(sentence, min_size=1, max_size=3).map(" ".join),
    against_itself,
)
listing = st.builds(
    lambda shape, title, name, said: {
        "items": f"## Sources\n\n- [[{name}|{title}]] — {said.capitalize()}.\n",
        "labelled": f"Sources 1 notes\n\n{title}\n\n{said.capitalize()}.\n",
        "flat": f"Sources 1 notes\n{said.capitalize()}.\n",
        "related": f"Related concepts in this collection\n\n[{title}]({name}.md)\n\n{said.capitalize()}.\n",
    }[shape],
    st.sampled_from(("items", "labelled", "flat", "related")), st.sampled_from(TITLES), st.sampled_from(NAMES[:8]), st.sampled_from(STATEMENTS),
)  # fmt: skip
head = st.one_of(
    st.just(""),
    st.sampled_from(TITLES).map(lambda title: f"# {title}\n"),
    st.sampled_from(TITLES).map(lambda title: f"INQUIRING LINE\n\n{title}\n"),
    st.builds(
        lambda title, alias, key: f'---\ntitle: "{title}"\naliases: [{alias}]\ncitekey: {key}\n---\n',
        st.sampled_from((*TITLES, "Alpha effect")), st.sampled_from((*NAMES[5:7], "nothing", f'"{TITLES[0]}"')), st.sampled_from(("alpha2020", "beta2021")),
    ),
    st.just("# Alpha effect\n"),
)  # fmt: skip
text = st.builds(
    lambda top, body, typed, tail: "\n".join([top, "\n\n".join(body), typed, tail]),
    head, st.lists(paragraph, min_size=0, max_size=3), st.sampled_from(("", "", *TYPED)), st.one_of(st.just(""), listing),
)  # fmt: skip
bib = st.lists(st.sampled_from(("alpha2020", "beta2021", "nowhere")), min_size=1, max_size=2, unique=True).map(
    lambda keys: "\n".join(
        f"@article{{{key}, title={{On {key}}}, author={{King, Ada}}, year={{2020}}}}" for key in keys
    )
)
BROKEN = (
    b"\xff\xfe\x00",
    b"\x00" * 900,
    b"---\ntitle: [\n---\nOne claim that students learn from rewards [[alpha]].\n",
    b"caf\xe9 latin text that students learn from [[beta]].",
    b"",
    b"@article{",
    b"---\na: &a [x]\nb: [*a, *a]\n---\n",
)

IGNORED = ("alpha.md", "sub/", "*.txt", "*.md\n!beta.md", "**/alpha.md", "/beta.md\n*.html")
SETTINGS = {
    "embed": ("wordllama", "letters"),
    "vectors": ("", "http://127.0.0.1:1"),
    "judge": ("", "guards", "nowhere"),
    "extract": ("", "llm"),
    "llm": ("", "ollama/one", "ollama/two"),
    "llm_url": ("", "http://127.0.0.1:1"),
    "cite": ("wikilink", "footnote", "pandoc"),
    "link": ("", "markdown"),
    "open": ("file", "vscode"),
    "offline": (True, False),
    "ignore": ([], ["beta.md"], ["sub/*", "!gamma.md"]),
    "max_file_mb": (0.0003, 0.001, 16.0),
    "read_ahead": (0.0, 3.0),
    "silence": ([], ["uncited"]),
    "zotero": ("", "nowhere"),
}
configured = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in SETTINGS.items()})
PLAIN = "Rewards help."
"""A sentence that the rule passes over and a model may choose."""

Step = tuple[Any, ...]
path = st.sampled_from(PATHS)
step: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("write"), path, text),
    st.tuples(st.just("write"), path, text),
    st.tuples(st.just("write"), path, text),
    st.tuples(st.just("write"), st.just("library.bib"), bib),
    st.tuples(st.just("append"), path, paragraph),
    st.tuples(st.just("retitle"), path, st.sampled_from(TITLES)),
    st.tuples(st.just("delete"), path),
    st.tuples(st.just("move"), path, path),
    st.tuples(st.just("break"), path, st.sampled_from(BROKEN)),
    st.tuples(st.just("folder"), path),
    st.tuples(
        st.just("ignore"),
        st.sampled_from((".kbignore", ".gitignore", "sub/.kbignore", "sub/.gitignore")),
        st.sampled_from((None, "", *IGNORED)),
    ),
    st.tuples(st.just("settings"), st.one_of(st.none(), configured)),
    st.tuples(st.just("settings"), configured),
    st.tuples(
        st.just("link"), path, st.sampled_from(("alpha.md", "beta.md", "sub/gamma.md", "sub", "../outside.md", "no"))
    ),
    st.tuples(st.just("resize"), path, st.sampled_from((0, 200, 2_000))),
    st.tuples(st.just("reply"), path, st.sampled_from(("ollama/one", "ollama/two"))),
    st.tuples(st.just("sync")),
    st.tuples(st.just("sync")),
    st.tuples(st.just("later")),
    st.tuples(st.just("later")),
)


def take(vault: Path, step: Step) -> None:
    """One thing that happens to a folder of notes."""
    what, *rest = step
    if what in ("sync", "later"):
        with an_hour_later() if what == "later" else nullcontext():
            sync(vault, load_settings(vault))
    elif what == "settings":
        lines = (f"{name} = {json.dumps(value)}\n" for name, value in (rest[0] or {}).items())
        _lay(vault / "kb.toml", None if rest[0] is None else "".join(lines))
    elif what == "ignore":
        _lay(vault / rest[0], rest[1])
    else:
        _take_file(vault, what, vault / rest[0], *rest[1:])


def _lay(file: Path, text: str | None) -> None:
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True) if text is None else file.write_text(text)


def _take_file(vault: Path, what: str, file: Path, given: Any = None) -> None:
    """One thing that happens to one file."""
    if file.is_symlink() and (what != "append" or file.is_dir()):
        file.unlink()
    if file.is_dir() and what != "folder":
        shutil.rmtree(file)
    file.parent.mkdir(exist_ok=True)
    if what == "write":
        file.write_text(given)
    elif what == "break":
        file.write_bytes(given)
    elif what == "append" and file.exists():
        file.write_bytes(file.read_bytes() + b"\n\n" + given.encode())
    elif what == "resize" and file.exists():
        text = file.read_bytes()
        file.write_bytes(text + b"\n\n" + b"More of it. " * (given // 12) if given else text[:250])
    elif what == "retitle" and file.exists():
        file.write_bytes(b"# " + given.encode() + b"\n\n" + file.read_bytes())
    elif what == "delete":
        file.unlink(missing_ok=True)
    elif what == "move" and file.exists():
        target = vault / given
        if not target.is_dir():
            target.parent.mkdir(exist_ok=True)
            file.replace(target)
    elif what == "link":
        file.unlink(missing_ok=True)
        file.symlink_to(os.path.relpath(vault / given, file.parent))
    elif what == "reply" and file.exists():
        file.write_bytes(file.read_bytes() + f"\n\n{PLAIN}\n".encode())
        _keep_reply(vault, given, file.read_bytes())
    elif what == "folder":
        # A directory in place of the file.
        if file.is_file():
            file.unlink()
        file.mkdir(exist_ok=True)
        (file / "within.md").write_text("Students learn more from rewards that they can reach [[alpha]].\n")


def _keep_reply(vault: Path, model: str, data: bytes) -> None:
    """As if the model had been asked about a file of these bytes."""
    (vault / FOLDER).mkdir(exist_ok=True)
    replies = Replies(vault / FOLDER)
    key = ModelReplies(vault / FOLDER, model).key(content_hash(data))
    replies.keep(key, Reply((Span(PLAIN, "finding"),), 1).text())
    replies.close()


def lived(steps: list[Step], check: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory() as folder, quickly():
        vault = Path(folder).resolve() / "vault"
        vault.mkdir()
        (vault.parent / "outside.md").write_text("# Outside\n\nStudents outside of the vault learn from no rewards.\n")
        for one in steps:
            take(vault, one)
        take(vault, ("later",))
        check(vault)


known = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip


def assert_sound(vault: Path) -> None:
    assert_as_rebuilt(vault, load_settings(vault))
    assert flaws(vault) == [], "nothing hangs in the air, whatever the notes say"


def test_every_setting_is_drawn() -> None:
    assert set(SETTINGS) == set(Settings.model_fields)


@known
@given(st.lists(step, min_size=8, max_size=24))
def test_after_any_changes_the_base_is_what_a_rebuild_makes(steps: list[Step]) -> None:
    lived(steps, assert_sound)


def test_what_a_note_is_opposed_in_follows_the_note_that_opposes_it(tmp_path: Path) -> None:
    (tmp_path / "beta.md").write_text(
        "# Is beta alignment only style?\n\nCurated beta examples teach students the style of an answer.\n\n"
        "Spurious rewards raise accuracy on mathematics in every student that was tried.\n\n"
        "## Tensions\n\nThe note [[gamma]] disputes this.\n"
    )
    chosen = []
    for said in ("Spurious rewards raise no accuracy on mathematics.", "Curated examples teach more than style."):
        (tmp_path / "gamma.md").write_text(f"# Can gamma rewards add ability?\n\n{said}\n")
        with quickly():
            sync(tmp_path, Settings())
            assert_as_rebuilt(tmp_path)
        chosen.append([row[2:4] for row in contents(tmp_path)["link"]])
    assert chosen[0] != chosen[1]
