"""Notes by what is typed of their names: titles, file names, aliases and citekeys."""

from kb.note import STUB, slug
from kb.store import Store


def notes_named(store: Store, typed: str, most: int) -> list[str]:
    """Notes of which one name holds every word typed, the last one begun; those that begin so first, stubs last."""
    wanted = slug(typed)
    words = [word for word in wanted.split("-") if word]
    if not words:
        return []
    holds = " AND ".join(["'-' || key LIKE ?"] * len(words))
    rows = store.sql.execute(
        "SELECT note, min(key NOT LIKE ?) AS within, file IS NULL AS unwritten, min(length(key)) FROM ("
        "SELECT note.name AS note, note.file, key FROM name JOIN note ON note.file = name.file UNION ALL "
        f"SELECT name, file, substr(name, {len(STUB) + 1}) FROM note WHERE file IS NULL) "
        f"WHERE {holds} GROUP BY note ORDER BY within, unwritten, 4, note LIMIT ?",
        (f"{wanted}%", *(f"%-{word}%" for word in words), most),
    )
    return [row[0] for row in rows]


def notes_with_citekey(store: Store, typed: str, most: int) -> list[str]:
    """Notes with a citekey that holds what was typed."""
    rows = store.sql.execute(
        "SELECT DISTINCT note.name FROM name JOIN note ON note.file = name.file WHERE how = 'citekey' AND instr(key, ?) LIMIT ?",
        (slug(typed), most),
    )
    return [row[0] for row in rows]
