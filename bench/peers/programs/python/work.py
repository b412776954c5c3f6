"""The work that every Python peer does, and Millrace's Python rows too. Each task notes when it ran."""

import os
import time
from pathlib import Path

# The clock that all processes of this machine share, also those of Node.
now = time.monotonic_ns


def note(key: str, began: int, value: int) -> int:
    """Appends one line to the journal of a run: the instants between which a task ran, and what it gave."""
    with (Path(os.environ["BENCH_JOURNALS"]) / key).open("a") as journal:
        journal.write(f"{began} {now()} {value}\n")
    return value


def small(key: str, n: int) -> int:
    return note(key, now(), n + 1)


def heavy(key: str, n: int) -> int:
    began = now()
    fib(33)
    return note(key, began, n + 1)


def numbers(key: str) -> list[int]:
    note(key, now(), 0)
    return list(range(200))


def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)
