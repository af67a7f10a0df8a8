"""What this process holds in memory."""

import ctypes
import gc
import os
from pathlib import Path


def held_mb() -> float:
    """Resident memory that is in use.

    The C library keeps what was freed: some 80 MB after a simulation, in which a leak would hide for hours.
    It is told to give that back first, where it can (`malloc_trim` of glibc).
    """
    gc.collect()
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:
        give_back(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
