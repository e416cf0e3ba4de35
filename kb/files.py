"""Files as they are opened: regular ones and no others. What a vault brings along may be a symbolic link, a FIFO or a device: a
file is opened without waiting, and looked at before it is read."""

import errno
import os
import stat
from pathlib import Path

NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
"""Not on Windows, where links are made by administrators."""
_NOWAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of a regular file, opened at once. Raises OSError for anything else; a new file is 0644."""
    descriptor = os.open(path, flags | _NOWAIT, 0o644)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "this is not a regular file", str(path))
    return descriptor


def read_regular(path: Path) -> bytes:
    """The bytes of a regular file."""
    with os.fdopen(open_regular(path), "rb") as file:
        return file.read()


def read_within(vault: Path, path: Path) -> bytes:
    """The same, where no symbolic link leads out of the vault; what configures a vault is not read from elsewhere."""
    if not leads_within(vault, path):
        raise OSError(errno.ELOOP, "this symbolic link leads out of the vault, or nowhere", str(path))
    return read_regular(path)


def leads_within(vault: Path, path: Path) -> bool:
    """Whether a path, all symbolic links followed, still lies in the vault; what is not there is where it says."""
    try:
        return path.resolve(strict=path.is_symlink()).is_relative_to(vault.resolve())
    except (OSError, RuntimeError):
        return False


def from_home(path: Path | str) -> Path:
    """A path as it is typed, "~" read as a shell does; one that names a stranger's home stays as it is."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)
