"""Entries for the base, one a file: bytes are read, parsed and cut into claims, in parallel where it pays."""

from collections.abc import Generator, Sequence
from pathlib import Path

from ingest.author_links import author_links
from ingest.extract import extract
from ingest.file_rows import Entry
from ingest.integrity import content_hash
from ingest.model_replies import ModelReplies
from ingest.objections import objections
from ingest.offered_lines import chosen, offered_lines, parts
from ingest.read import read
from ingest.scan import Seen, Skipped
from ingest.titles import Titles, tails
from ingest.workers import side_by_side, workers_for
from kb.files import read_regular
from kb.note import REPORT
from kb.problem import Problem
from kb.store import Store

BATCH = 200
"""Files to one transaction: each is whole in it, and the cost of a commit is shared."""
_MANY = 400
"""Fewer files are read sooner than a second process starts."""


def file_entries(
    store: Store, items: Sequence[Seen | Skipped], heard: ModelReplies | None
) -> Generator[Entry, None, None]:
    """Each file read, in the order given; in two processes or more where there are many."""
    titles = [row[0] for row in store.sql.execute("SELECT DISTINCT title FROM title")]
    vault = str(store.vault)
    files = [item for item in items if isinstance(item, Seen)]
    known = Titles(titles)
    workers = workers_for(len(files), _MANY)
    for item in items:
        if isinstance(item, Skipped):
            yield Entry(item.seen, "", None, None, problems=(item.problem,), skipped=True)
    # One batch is read while the one before it is put in the base.
    yield from side_by_side(lambda seen: entry_of(vault, seen, known, heard), files, workers, BATCH // workers)


def entry_of(vault: str, seen: Seen, titles: Titles, heard: ModelReplies | None = None) -> Entry:
    """One file, from the disk to what the base is to hold of it; with what a language model said of it, where that is
    wanted and known."""
    try:
        data = read_regular(Path(vault) / seen.path)
    except OSError as why:
        message = f"The file cannot be read: {why.strerror}."
        problem = Problem(
            code="unreadable", message=message, path=seen.path, hint="Check its permissions; it is tried again."
        )
        return Entry(seen, "", None, None, problems=(problem,))
    sha = content_hash(data)
    reading = read(seen.path, data, titles)
    page = reading.page
    if page is None:
        skipped = all(problem.code in ("binary", "not-a-note", "too-large") for problem in reading.problems)
        return Entry(seen, sha, None, None, problems=reading.problems, skipped=skipped)
    found, mark = extract(page, reading.text), None
    if heard is not None and not page.works:
        told, given = heard.of(sha), offered_lines(page, reading.text, found)
        calls = parts(page, given)
        mark = heard.mark(told), max(0, len(calls) - told.asked)
        if calls and (picked := chosen(given, told.spans)):
            found = extract(page, reading.text, picked)
    asked = {name for block in page.blocks if "?" in block.part.shown.text for name in tails(block.part.shown.text)}
    said = () if REPORT in page.note.topics else (*author_links(found.sentences), *objections(found.sentences))
    return Entry(seen, sha, page, found, said, tuple(sorted(asked)), reading.problems, heard=mark)
