"""Which files are read, by how their names end, and their bytes as the text that offsets count in (decoding)."""

from kb.problem import Problem

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"})
PLAIN = frozenset({".txt", ".text"})
HTML = frozenset({".html", ".htm", ".xhtml"})
LIBRARY = frozenset({".bib", ".bibtex"})
_NEVER = bytes({*range(32)} - {*b"\t\n\v\f\r\x1b"}) + b"\x7f"
NOTES = MARKDOWN | PLAIN | HTML | {".pdf"}
KNOWN = NOTES | LIBRARY | {".json"}


def decode(data: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """The file's text without a BOM, newlines untouched, and a remark where the encoding was a guess."""
    bom, encoding, odd = encoding_of(data)
    problem = Problem(
        code="encoding",
        message="This is not UTF-8; it was read as Western European text (Windows-1252).",
        path=path,
        line=odd,
        hint="Save the file as UTF-8 if letters look wrong.",
    )
    return data[len(bom) :].decode(encoding, "replace"), (problem,) if odd else ()


def encoding_of(data: bytes) -> tuple[bytes, str, int | None]:
    """A file's BOM and its encoding; where that is a guess, the line that is not UTF-8."""
    for bom, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(bom):
            return bom, name, None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as why:
        return b"", "cp1252", data.count(b"\n", 0, why.start) + 1
    return b"", "utf-8", None


def is_binary(data: bytes) -> bool:
    """Many null bytes and no BOM to explain them, or many characters that no text has."""
    head = data[:65_536]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return head.count(0) > max(8, len(head) // 100) or len(head) - len(head.translate(None, _NEVER)) > max(
        32, len(head) // 20
    )


def text_of(data: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """What offsets in this file count in: its decoded text, or the text a PDF holds."""
    if path.casefold().endswith(".pdf"):
        from ingest.formats import pdf

        return pdf.text_of(data, path)
    return decode(data, path)
