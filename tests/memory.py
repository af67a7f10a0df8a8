"""What this process holds in memory."""

import ctypes
import gc
import os
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

GIVE_BACK = getattr(ctypes.CDLL(None), "malloc_trim", None)
"""Lets the C library give back what was freed, some 80 MB after a simulation; None where it is not glibc."""


def held_mb() -> float:
    """Resident memory in use. What was freed and kept is given back first: a leak could hide in that."""
    gc.collect()
    if GIVE_BACK is not None:
        GIVE_BACK(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def traced() -> Iterator[Callable[[], int]]:
    """Yield what tells how many bytes were allocated since, at most at once."""
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
