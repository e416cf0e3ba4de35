"""kb.toml: what a vault may ask for."""

import os
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError, field_validator

from kb.addresses import Style
from kb.errors import BadSettings
from kb.files import read_within
from kb.vault import FILE

Link = Literal["", "wikilink", "markdown", "citekey", "title"]
"""The forms in which a link can be written into a draft."""
Cite = Literal["wikilink", "citekey", "footnote", "pandoc"]
"""The ways in which a Markdown report can cite."""
Check = Literal["contradicted", "uncited", "miscited", "overstated", "broken-link", "ambiguous-link"]
"""What a draft can be checked for."""
_ADDRESS = "^(?:$|https?://)"  # "http://127.0.0.1:8000"


class Settings(BaseModel):
    """Every setting has a default; an empty kb.toml, or none, is a good one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("zotero", mode="before")
    @classmethod
    def _folder(cls, given: object) -> object:
        """As a table as well: `[zotero]`, `data = "~/Zotero"`."""
        return given.get("data", given) if isinstance(given, dict) and len(given) == 1 else given

    embed: str = "reader"
    """`reader` (WordLlama finds, the reader in the box reads again), `wordllama` alone, `minilm` for everything, a folder
    with an ONNX model, or `provider/model`."""
    read_ahead: float = Field(default=10.0, ge=0)
    """Seconds after a sync on a terminal in which the reader reads ahead."""
    vectors: str = Field(default="", pattern=_ADDRESS)
    """Address of a Chroma server ("http://127.0.0.1:8000"); empty keeps Chroma in `.kb/`."""
    judge: str = ""
    """Who tells whether a claim denies a sentence: empty is the judge in the box, `guards` exact rules alone, else a folder
    with an ONNX model."""
    extract: Literal["", "llm"] = ""
    """`llm` asks the language model for claims that the rule missed; empty asks none."""
    llm: str = Field(default="", pattern=r"^(?:$|[^/]+/(?s:.))")  # "ollama/qwen3:8b"
    """`provider/model` of a language model; empty is none."""
    llm_url: str = Field(default="", pattern=_ADDRESS)
    """Address of its server, where it is not the provider's usual one."""
    cite: Cite = "wikilink"
    """How a Markdown report cites."""
    link: Link = ""
    """How a link is written into a draft; empty: as most links of the vault are."""
    open: Style = "file"
    """What opens a place that is clicked: the system (`file`), `obsidian` or `vscode`."""
    offline: StrictBool = False
    """Open no socket, whatever else is set."""
    ignore: tuple[str, ...] = Field(default=())
    """Patterns to leave alone, as in .gitignore, besides .gitignore and .kbignore."""
    max_file_mb: float = Field(default=16.0, gt=0)
    """Larger files are listed as skipped and not read."""
    zotero: str = ""
    """Data folder of Zotero ("~/Zotero"), whose library is read as well; empty reads none."""
    silence: tuple[Check, ...] = ()
    """What `kb check` and the editor do not speak of."""


def load_settings(vault: Path) -> Settings:
    """Settings of a vault; a mistake names its file, the setting and the remedy."""
    path = vault / FILE
    try:
        given = tomllib.loads(read_within(vault, path).decode("utf-8"))
    except FileNotFoundError:
        given = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise BadSettings(path, f"not valid TOML: {why}", "Mend that line, or delete the file.") from None
    except OSError as why:
        raise BadSettings(path, why.strerror or str(why), "Put a file there that can be read, or delete it.") from None
    if os.environ.get("KB_OFFLINE"):
        given["offline"] = True
    try:
        return Settings.model_validate(given)
    except ValidationError as why:
        raise _mistake(path, why) from None


def _mistake(path: Path, why: ValidationError) -> BadSettings:
    """What pydantic found, in words for whoever wrote the file."""
    first = why.errors()[0]
    name = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        near = get_close_matches(name, Settings.model_fields, 1, 0.5)
        meant = f"; did you mean {near[0]}?" if near else ""
        return BadSettings(
            path, f"{name}: there is no such setting{meant}", f"The settings are: {', '.join(Settings.model_fields)}."
        )
    wanted = {
        "ignore": 'a list of patterns, such as ["drafts/"]', "max_file_mb": "a number above 0", "read_ahead": "a number of seconds", "offline": "true or false",
        "cite": '"wikilink", "citekey" or "footnote"', "link": '"wikilink", "markdown", "citekey", "title" or ""',
        "open": '"file", "obsidian" or "vscode"', "silence": 'a list of what kb check finds, such as ["uncited"]',
        "extract": '"llm", or empty', "llm": 'a provider and a model, such as "ollama/qwen3:8b"',
        "vectors": 'an address, such as "http://127.0.0.1:8000"', "llm_url": 'an address, such as "http://127.0.0.1:8080/v1"',
    }.get(name, "a text in quotation marks")  # fmt: skip
    return BadSettings(
        path, f"{name}: this must be {wanted}", f"Mend that line; docs/settings.md says what {name} does."
    )
