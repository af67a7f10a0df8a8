"""Durable: what has to be done so that a file, or a name in a folder, survives a power cut."""

import os
from contextlib import suppress
from pathlib import Path


def replace_whole(path: Path, data: bytes) -> None:
    """Let a file hold this, making its folder where there is none; raise OSError where that cannot be.

    It is written beside and takes the name once it is on the disk: after an error or a power cut there is
    the old file or the new one. That it is the new one is safe after `synchronise_folder`.
    """
    fresh = path.with_name(path.name + ".new")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write_through(fresh, data)
        os.replace(fresh, path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def synchronise_folder(folder: Path) -> None:
    """Make new, renamed and removed names of a folder safe on its disk; raise OSError where it cannot."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_through(path: Path, data: bytes) -> None:
    written = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(written, rest) :]
        os.fsync(written)
    finally:
        os.close(written)
