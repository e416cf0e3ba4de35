"""What can stop a command. Rendered once, by `kb.cli`, in two lines.

    KbError
    ├── NotAVault      the folder named is not there, or cannot hold a base
    ├── BadSettings    kb.toml says something that cannot be
    ├── BaseLocked     another process is writing
    ├── BaseBroken     the base cannot be read as one
    ├── NotFound       what was asked for is not in the base
    └── Unavailable    something outside (a model, a server, a download) did not answer

Each takes facts, writes its own sentence, and ends with what to do next. Problems in the notes
themselves are not here: they are values (`kb.problem`).
"""


class KbError(Exception):
    """A sentence for the person, and the remedy."""

    status = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class NotAVault(KbError):
    """The folder named is not there, or cannot hold a base."""

    def __init__(self, folder: object, why: str, remedy: str = "") -> None:
        super().__init__(f"{folder}: {why}", remedy or "Name a folder of notes with --vault DIR.")
        # Without a remedy of its own it is the name that is wrong, which is misuse.
        self.status = 1 if remedy else 2


class BadSettings(KbError):
    """kb.toml says something that cannot be."""

    status = 2

    def __init__(self, path: object, why: str, remedy: str) -> None:
        super().__init__(f"{path}: {why}", remedy)


class BaseLocked(KbError):
    """Another process is writing."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            f"The base is being written by {holder}.",
            "Wait for it to finish, then try again.",
        )


class BaseBroken(KbError):
    """The base cannot be read as one."""

    def __init__(self, path: object, why: str) -> None:
        super().__init__(
            f"{path}: the base is damaged ({why}).",
            "Your notes are untouched. Build it anew with: kb sync --rebuild",
        )


class NotFound(KbError):
    """What was asked for is not in the base."""

    def __init__(self, what: str, name: str, remedy: str) -> None:
        super().__init__(f"No {what} is called “{name}”.", remedy)


class Unavailable(KbError):
    """Something outside (a model, a server, a download) did not answer."""
