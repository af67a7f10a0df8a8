"""Pruning: deletes recordings that are older than their owner wants to keep them."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"kickback-(\d{8}-\d{6})(-\d+)?(-recovered(-\d+)?)?\.mcap(-\d+)?(\.unreadable)?")


def prune(folder: Path, before: datetime) -> list[Path]:
    """Delete the recordings of sessions that began before a moment; return which.

    Only files that the appliance itself has named, by the session's time in the name: a file that was
    renamed, copied here or is still being written stays. A file that cannot be deleted stays, too.
    """
    deleted = []
    for path in sorted(folder.iterdir()):
        began = _began(path.name)
        if began is not None and began < before:
            with suppress(OSError):
                path.unlink()
                deleted.append(path)
    return deleted


def _began(name: str) -> datetime | None:
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
