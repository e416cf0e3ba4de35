"""A path as it is typed."""

from pathlib import Path


def from_home(path: Path | str) -> Path:
    """With "~" read as a shell does; one that names a stranger's home stays as it is."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)
