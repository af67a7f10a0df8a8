"""Durable: what has to be done so that a name in a folder survives a power cut."""

import os
from pathlib import Path


def synchronise_folder(folder: Path) -> None:
    """Make new, renamed and removed names of a folder safe on its disk; raise OSError where it cannot."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
