"""Work done side by side in forked processes, which end when the one that started them does. No threads and no queues: each
writes what it made into a pipe of its own. Ctrl-C is the parent's alone; it kills the others, which only read files."""

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

from kb.errors import KbError

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def workers_for(items: int, fewest: int) -> int:
    """How many processes to share the work among: one where there is little, or where forking is not safe."""
    can_fork = sys.platform == "linux" and threading.active_count() == 1
    return min(4, os.cpu_count() or 1) if items >= fewest and can_fork else 1


def side_by_side(
    work: Callable[[_Given], _Made], items: Sequence[_Given], workers: int, share: int
) -> Generator[_Made, None, None]:
    """`map(work, items)`, in the order given. A process is at most one share ahead of what has been asked for."""
    if workers == 1:
        yield from map(work, items)
        return
    fork = multiprocessing.get_context("fork")
    shares = [items[at : at + share] for at in range(0, len(items), share)]
    pipes: list[Connection] = []
    children = []
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        for number in range(min(workers, len(shares))):
            ours, theirs = fork.Pipe(duplex=False)
            pipes.append(ours)
            child = fork.Process(target=_serve, args=(work, shares[number::workers], theirs, tuple(pipes)), daemon=True)
            child.start()
            theirs.close()
            children.append(child)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number in range(len(shares)):
            yield from _received(pipes[number % len(pipes)])
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        for child in children:
            child.kill()
        for child, pipe in zip(children, pipes, strict=False):
            child.join()
            pipe.close()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _received(pipe: Connection) -> list[_Made]:
    try:
        made: list[_Made] | Exception = pipe.recv()
    except EOFError:
        raise KbError("A process that was reading notes was ended from outside.", "Run kb sync again.") from None
    if isinstance(made, Exception):
        raise made
    return made


def _serve(
    work: Callable[[_Given], _Made], shares: Sequence[Sequence[_Given]], pipe: Connection, others: Sequence[Connection]
) -> None:
    """In the child, where Ctrl-C is still held back. Without a reader at the other end, writing fails, and it ends."""
    for other in others:
        other.close()
    try:
        for items in shares:
            pipe.send([work(item) for item in items])
    except BrokenPipeError:
        return
    except Exception as why:
        why.add_note(traceback.format_exc())
        pipe.send(why)
