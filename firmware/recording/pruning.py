"""Pruning: deletes recordings older than their owner wants to keep them, and the oldest for want of room."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from firmware.forgotten import began_of

_NAME = re.compile(r"kickback-(\d{8}-\d{6})(-\d+)?(-recovered(-\d+)?)?\.mcap(-\d+)?(\.unreadable)?")


def prune(folder: Path, before: datetime) -> list[Path]:
    """Delete the recordings of sessions that began before a moment; return which.

    Only files that the appliance itself has named: a file that was renamed, copied here or is still being
    written stays. A file that cannot be deleted stays, too.
    """
    deleted = []
    for path in sorted(folder.iterdir()):
        made = age(path)
        if made is not None and made[0] < before:
            with suppress(OSError):
                path.unlink()
                deleted.append(path)
    return deleted


def free_bytes(folder: Path) -> int:
    """What is free on a folder's disk."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def make_room(folder: Path, wanted_bytes: int, free_bytes: Callable[[Path], int] = free_bytes) -> list[Path]:
    """Delete the oldest recordings until so much is free; return which.

    The same files as `prune`, and nothing else in the folder or beside it. Where all of them together
    would not make enough room, something else fills the disk, and none is deleted.
    """
    short = wanted_bytes - free_bytes(folder)
    # The parts of a session, ...-2.mcap and so on, have longer names than what came before.
    dated = ((made[0], len(path.name), path, made[1]) for path in folder.iterdir() if (made := age(path)))
    sized = sorted(dated)
    deleted: list[Path] = []
    if sum(size for _, _, _, size in sized) < short:
        return deleted
    for _, _, path, size in sized:
        if short <= 0:
            break
        with suppress(OSError):
            path.unlink()
            deleted.append(path)
            short -= size
    return deleted


def session_of(name: str) -> str | None:
    """The session of a finished recording by its name; None for a file that the appliance has not named."""
    found = _NAME.fullmatch(name)
    return None if found is None or began_of(found[1]) is None else found[1]


def age(path: Path) -> tuple[datetime, int] | None:
    """When a recording of the appliance was made, and its size in bytes; None for any other file.

    By the time in its name or that of its last change, whichever is later: before the network has set
    the clock of a Pi, the first names of a day may be months old.
    """
    session = session_of(path.name)
    began = None if session is None else began_of(session)
    if began is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return max(began, datetime.fromtimestamp(found.st_mtime, UTC)), found.st_size
