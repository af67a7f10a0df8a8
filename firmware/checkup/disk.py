"""Disk: whether state and recordings can be written, and whether there is room."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from firmware.checkup.finding import Finding, fine, wrong
from firmware.config import Places

_LEAST_FREE_MB = 100


def examine_disk(places: Places, keep_free_mb: int, recording: bool) -> Iterator[Finding]:
    """Look whether state and recordings can be written, and whether there is room."""
    needs = [("state", places.state, _LEAST_FREE_MB)]
    if recording:
        needs.append(("recordings", places.recordings, max(keep_free_mb, _LEAST_FREE_MB)))
    for part, folder, least_mb in needs:
        there = next(each for each in (folder, *folder.parents) if _there(each))
        why = _unwritable(there)
        free_mb = shutil.disk_usage(there).free / 1e6
        if why is not None:
            yield wrong(
                part,
                f"{folder}: {'' if there == folder else f'{there} '}cannot be written ({why})",
                "run this as the user who runs kickback; else give the folder to that user",
            )
        elif free_mb < least_mb:
            yield wrong(
                part,
                f"{folder}: {free_mb:.0f} MB free, {least_mb} are needed",
                "delete old recordings, or lower recording.keep_days",
            )
        else:
            made = "" if there == folder else ", made at the first run"
            yield fine(part, f"{folder}: {free_mb / 1000:.1f} GB free{made}")


def _there(folder: Path) -> bool:
    """Whether it exists; one inside a folder of somebody else cannot be told, and counts as not there."""
    try:
        return folder.exists()
    except OSError:
        return False


def _unwritable(folder: Path) -> str | None:
    if not folder.is_dir():
        return "it is no folder"
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"kickback")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or str(error)
    return None
